"""A matching problem in cells of equal length, as bits of whole numbers: what fits where is a matter of an instant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import gcd

from schoolbell.planning.matching_problem import DAY, WEEK, Key, Place, Problem, Reason, Score, Solution, Span, Wish


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to place a wish, all three by their number in the problem; `starts` and `ends` in cells."""

    wish: int
    instructor: int
    starts: int
    ends: int
    occupied: int  # the cells that it takes of its instructor, as bits
    held: int  # those that it takes of its resource
    rank: int

    @property
    def cells(self) -> int:
        return ((1 << self.ends - self.starts) - 1) << self.starts


@dataclass(frozen=True)
class Board:
    """The problem in cells of equal length, into which all starts, lengths and gaps go without remainder."""

    problem: Problem
    cell: int = field(init=False)

    def __post_init__(self) -> None:
        lengths = (part for one in self.problem.wishes for part in _lengths(one))
        object.__setattr__(self, "cell", gcd(DAY, *lengths))

    @property
    def cells(self) -> int:
        return WEEK // self.cell

    def inside(self, spans: Iterable[Span]) -> int:
        """The cells that lie wholly in the spans, which may overlap or touch, as bits."""
        bits = 0
        for span in _joined(spans):
            first, last = -(-span.starts // self.cell), span.ends // self.cell
            if first < last:
                bits |= ((1 << last - first) - 1) << first
        return bits

    def touched(self, spans: Iterable[Span]) -> int:
        """The cells of which the spans take any part."""
        bits = 0
        for span in spans:
            first, last = span.starts // self.cell, -(-span.ends // self.cell)
            bits |= ((1 << last - first) - 1) << first
        return bits

    @cached_property
    def open(self) -> list[int]:
        return [self.inside(one.open) for one in self.problem.instructors]

    @cached_property
    def taken(self) -> list[int]:
        return [self.touched(one.taken) for one in self.problem.instructors]

    @cached_property
    def resource_open(self) -> list[int]:
        return [self.inside(one.open) for one in self.problem.resources]

    @cached_property
    def resource_taken(self) -> list[int]:
        return [self.touched(one.taken) for one in self.problem.resources]

    @cached_property
    def resources_of(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, resource in enumerate(self.problem.resources):
            found.setdefault(resource.kind, []).append(number)
        return found

    @cached_property
    def choices(self) -> list[list[Choice]]:
        """Per wish, every way to place it were it alone, in the order of its instructors, then of time."""
        return [self._choices_of(number) for number in range(len(self.problem.wishes))]

    @cached_property
    def number_of(self) -> dict[Key, int]:
        return {instructor.key: number for number, instructor in enumerate(self.problem.instructors)}

    def _choices_of(self, number: int) -> list[Choice]:
        wish = self.problem.wishes[number]
        long = wish.minutes // self.cell
        starts = self._starts(wish)
        found = []
        for rank, key in enumerate(wish.instructors):
            who = self.number_of.get(key)
            if who is None or not self._has_hours(who, wish):
                continue
            opened, taken = self.open[who], self.taken[who]
            for start in starts:
                cells = ((1 << long) - 1) << start
                if cells & ~opened:
                    continue
                occupied, held = self._occupied(wish, start), self._held(wish, start)
                if occupied & taken or not self._has_lessons(who, start) or not self._resource_free(wish, cells, held):
                    continue
                found.append(Choice(number, who, start, start + long, occupied, held, rank if wish.ranked else 0))
        return found

    def _starts(self, wish: Wish) -> list[int]:
        windows, long = self.inside(wish.windows), wish.minutes // self.cell
        step, lesson = wish.grid // self.cell, (1 << long) - 1
        return [at for at in range(0, self.cells - long + 1, step) if not (lesson << at) & ~windows]

    def _has_hours(self, who: int, wish: Wish) -> bool:
        left = self.problem.instructors[who].minutes_left
        return left is None or left >= wish.minutes

    def _has_lessons(self, who: int, start: int) -> bool:
        left = self.problem.instructors[who].lessons_left
        return left is None or left[self.day_of(start)] > 0

    def day_of(self, start: int) -> int:
        return start * self.cell // DAY

    def _occupied(self, wish: Wish, start: int) -> int:
        return self._around(start, wish.before, wish.minutes + max(wish.after, wish.travel))

    def _held(self, wish: Wish, start: int) -> int:
        return self._around(start, wish.before, wish.minutes + wish.after)

    def _around(self, start: int, before: int, after: int) -> int:
        first, last = max(0, start - before // self.cell), min(self.cells, start + after // self.cell)
        return ((1 << last - first) - 1) << first

    def _resource_free(self, wish: Wish, cells: int, held: int) -> bool:
        if not wish.resource_kind:
            return True
        return any(
            not cells & ~self.resource_open[number] and not held & self.resource_taken[number]
            for number in self.resources_of.get(wish.resource_kind, ())
        )

    def place(self, choice: Choice, resource: int | None) -> Place:
        problem = self.problem
        return Place(
            problem.wishes[choice.wish].key,
            problem.instructors[choice.instructor].key,
            choice.starts * self.cell,
            None if resource is None else problem.resources[resource].key,
        )

    def why_not(self, number: int) -> Reason:
        """Why the wish of that number has no place, where it has none."""
        wish = self.problem.wishes[number]
        if self.choices[number]:
            return Reason.OTHERS_FIRST
        known = [self.number_of[key] for key in wish.instructors if key in self.number_of]
        if not known:
            return Reason.NOBODY_TEACHES
        lesson, starts = (1 << wish.minutes // self.cell) - 1, self._starts(wish)
        opened = [(who, at) for who in known for at in starts if not (lesson << at) & ~self.open[who]]
        if not opened:
            return Reason.NOBODY_OPEN
        free = [
            at
            for who, at in opened
            if self._has_hours(who, wish)
            and self._has_lessons(who, at)
            and not self._occupied(wish, at) & self.taken[who]
        ]
        return Reason.NO_RESOURCE if free else Reason.ALL_TAKEN


def solution(
    board: Board, placed: Iterable[Place], *, bound: int, optimal: bool, current: Mapping[Key, Place] | None = None
) -> Solution:
    """These places, scored, with the reason why each other wish has none."""
    in_order = {wish.key: number for number, wish in enumerate(board.problem.wishes)}
    placed = tuple(sorted(placed, key=lambda place: in_order[place.wish]))
    missing = in_order.keys() - {place.wish for place in placed}
    return Solution(
        placed,
        {key: board.why_not(number) for key, number in in_order.items() if key in missing},
        score_of(board.problem, placed, current or {}),
        bound,
        optimal,
    )


def score_of(problem: Problem, placed: Iterable[Place], current: Mapping[Key, Place]) -> Score:
    placed = tuple(placed)
    wishes = {wish.key: wish for wish in problem.wishes}
    minutes = {one.key: one.minutes_taught for one in problem.instructors}
    ranks = 0
    for place in placed:
        wish = wishes[place.wish]
        minutes[place.instructor] += wish.minutes
        ranks += wish.instructors.index(place.instructor) if wish.ranked else 0
    return Score(
        sum(is_kept(place, current.get(place.wish)) for place in placed),
        len(placed),
        ranks,
        sum(taught * taught for taught in minutes.values()),
    )


def is_kept(place: Place, before: Place | None) -> bool:
    """Who teaches and when is as it was. Another room of the same kind is no change that anybody minds."""
    return before is not None and (place.instructor, place.starts) == (before.instructor, before.starts)


def _lengths(wish: Wish) -> tuple[int, ...]:
    return wish.grid, wish.minutes, wish.before, wish.after, wish.travel


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.starts <= joined[-1].ends:
            joined[-1] = Span(joined[-1].starts, max(joined[-1].ends, span.ends))
        else:
            joined.append(span)
    return joined
