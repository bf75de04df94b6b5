"""The matching as a model of OR-Tools' CP-SAT.

A wish is given by at most one of its choices (instructor, start). Of the choices that lie over one instant, an
instructor or a student has at most one, and the resources of a kind have as many as there are of them: which of them is
which matters only at the end, when they are dealt out in order of time. Resources of a kind that are not free at the
same times are told apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import gcd

from ortools.sat.python import cp_model

from schoolbell.planning.board import Board, Choice, is_kept
from schoolbell.planning.matching_problem import Key, Place, Solution

MOST_CHOICES = 200_000  # more make a model that takes too long to build and to solve

Literal = cp_model.IntVar
Stretch = tuple[int, int, Literal]  # from one cell to before another, if the literal holds
Alike = tuple[str, int, int]  # resources of one kind that are open and taken at the same times: the kind, those cells


@dataclass
class Model:
    """`is_whole`: nothing was thinned out, so what is proved here is proved of the problem."""

    board: Board
    choices: Sequence[Choice]
    is_whole: bool
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)

    @classmethod
    def of(cls, board: Board, start: Solution, current: Mapping[Key, Place]) -> "Model":
        every = [choice for choices in board.choices for choice in choices]
        if len(every) <= MOST_CHOICES:
            return cls(board, every, is_whole=True)
        needed = {*start.placed, *current.values()}
        wanted = {(place.wish, place.instructor, place.starts) for place in needed}
        most = MOST_CHOICES // len(board.problem.wishes)
        fewer: list[Choice] = []
        for choices in board.choices:
            step = -(-len(choices) // most) or 1
            for number, choice in enumerate(choices):
                place = board.place(choice, None)
                if number % step == 0 or (place.wish, place.instructor, place.starts) in wanted:
                    fewer.append(choice)
        return cls(board, fewer, is_whole=False)

    def __post_init__(self) -> None:
        self.taken = [self.model.new_bool_var("") for _ in self.choices]
        self.steps: list[list[Literal]] = []  # of everybody's load, once the spread is asked for
        self.wishes: dict[int, list[int]] = {}
        for number, choice in enumerate(self.choices):
            self.wishes.setdefault(choice.wish, []).append(number)
        self.missed: list[Literal] = []
        for numbers in self.wishes.values():
            missed = self.model.new_bool_var("")
            self.model.add_exactly_one([*(self.taken[number] for number in numbers), missed])
            self.missed.append(missed)
        self._nobody_twice()
        self._hours_a_week()
        self._lessons_a_day()
        self._no_resource_twice()

    def _nobody_twice(self) -> None:
        problem = self.board.problem
        instructors: dict[int, list[Stretch]] = {}
        students: dict[Key, list[Stretch]] = {}
        wishes: dict[Key, set[int]] = {}
        for choice, taken in zip(self.choices, self.taken, strict=True):
            instructors.setdefault(choice.instructor, []).append((*_reach(choice.occupied), taken))
            student = problem.wishes[choice.wish].student
            students.setdefault(student, []).append((choice.starts, choice.ends, taken))
            wishes.setdefault(student, set()).add(choice.wish)
        several = [stretches for student, stretches in students.items() if len(wishes[student]) > 1]
        for stretches in (*instructors.values(), *several):
            for at_once in together(stretches):
                self.model.add_at_most_one(at_once)

    def _hours_a_week(self) -> None:
        problem = self.board.problem
        for number, instructor in enumerate(problem.instructors):
            if instructor.minutes_left is not None:
                self.model.add(self._minutes(number) <= instructor.minutes_left)

    def _lessons_a_day(self) -> None:
        days: dict[tuple[int, int], list[Literal]] = {}
        for choice, taken in zip(self.choices, self.taken, strict=True):
            days.setdefault((choice.instructor, self.board.day_of(choice.starts)), []).append(taken)
        for (number, day), taken_then in days.items():
            left = self.board.problem.instructors[number].lessons_left
            if left is not None:
                self.model.add(sum(taken_then) <= left[day])

    def _minutes(self, instructor: int) -> cp_model.LinearExprT:
        wishes = self.board.problem.wishes
        own = [number for number, choice in enumerate(self.choices) if choice.instructor == instructor]
        return cp_model.LinearExpr.weighted_sum(
            [self.taken[number] for number in own], [wishes[self.choices[number].wish].minutes for number in own]
        )

    @cached_property
    def alike(self) -> dict[Alike, list[int]]:
        found: dict[Alike, list[int]] = {}
        for number, resource in enumerate(self.board.problem.resources):
            times = self.board.resource_open[number], self.board.resource_taken[number]
            found.setdefault((resource.kind, *times), []).append(number)
        return found

    def _no_resource_twice(self) -> None:
        problem = self.board.problem
        starts: dict[tuple[int, int], list[int]] = {}
        for number, choice in enumerate(self.choices):
            if problem.wishes[choice.wish].resource_kind:
                starts.setdefault((choice.wish, choice.starts), []).append(number)
        self.within: dict[tuple[int, int, Alike], Literal] = {}
        stretches: dict[Alike, list[Stretch]] = {alike: [] for alike in self.alike}
        for (wish, start), numbers in starts.items():
            choice, kind = self.choices[numbers[0]], problem.wishes[wish].resource_kind
            possible = []
            for alike in self.alike:
                if alike[0] == kind and not choice.cells & ~alike[1] and not choice.held & alike[2]:
                    literal = self.within[wish, start, alike] = self.model.new_bool_var("")
                    stretches[alike].append((*_reach(choice.held), literal))
                    possible.append(literal)
            self.model.add(sum(self.taken[number] for number in numbers) == sum(possible))
        for alike, resources in self.alike.items():
            for at_once in together(stretches[alike]):
                if len(at_once) > len(resources):
                    self.model.add(sum(at_once) <= len(resources))

    # What can be aimed at: the less, the better.

    def unplaced(self) -> cp_model.LinearExprT:
        """Of the wishes that have a choice at all."""
        return cp_model.LinearExpr.sum(self.missed)

    def changed(self, current: Mapping[Key, Place]) -> cp_model.LinearExprT:
        """Of the wishes that could stay where they are."""
        kept = [
            taken
            for choice, taken in zip(self.choices, self.taken, strict=True)
            if is_kept(place := self.board.place(choice, None), current.get(place.wish))
        ]
        return len(kept) - cp_model.LinearExpr.sum(kept)

    def ranks(self) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.weighted_sum(self.taken, [choice.rank for choice in self.choices])

    def spread(self) -> cp_model.LinearExprT:
        """The growth of the sum of squares of everybody's minutes. Each step of load costs more than the one before,
        so that the least sum takes them in order."""
        problem = self.board.problem
        unit = gcd(*(wish.minutes for wish in problem.wishes))
        literals: list[Literal] = []
        costs: list[int] = []
        self.steps = []
        for number, instructor in enumerate(problem.instructors):
            possible = {choice.wish for choice in self.choices if choice.instructor == number}
            most = min(
                sum(problem.wishes[wish].minutes for wish in possible),
                self.board.open[number].bit_count() * self.board.cell,
            )
            steps = [self.model.new_bool_var("") for _ in range(most // unit)]
            self.model.add(self._minutes(number) == unit * sum(steps))
            taught = instructor.minutes_taught
            costs += [(taught + (k + 1) * unit) ** 2 - (taught + k * unit) ** 2 for k in range(len(steps))]
            literals += steps
            self.steps.append(steps)
        return cp_model.LinearExpr.weighted_sum(literals, costs)

    # What was found.

    def hint(self, places: Iterable[Place]) -> None:
        """Begin the next search from there."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        at = {place.wish: place for place in places}
        resources = {resource.key: number for number, resource in enumerate(self.board.problem.resources)}
        alike_of = {number: alike for alike, numbers in self.alike.items() for number in numbers}
        used: set[tuple[int, int, Alike]] = set()
        minutes = [0] * len(self.board.problem.instructors)
        for wish, missed in zip(self.wishes, self.missed, strict=True):
            self.model.add_hint(missed, self.board.problem.wishes[wish].key not in at)
        for choice, taken in zip(self.choices, self.taken, strict=True):
            place = at.get(self.board.problem.wishes[choice.wish].key)
            is_it = place is not None and is_kept(self.board.place(choice, None), place)
            self.model.add_hint(taken, is_it)
            if place is not None and is_it:
                minutes[choice.instructor] += self.board.problem.wishes[choice.wish].minutes
                if place.resource is not None:
                    used.add((choice.wish, choice.starts, alike_of[resources[place.resource]]))
        for key, literal in self.within.items():
            self.model.add_hint(literal, key in used)
        unit = gcd(*(wish.minutes for wish in self.board.problem.wishes))
        for number, steps in enumerate(self.steps):
            for k, step in enumerate(steps):
                self.model.add_hint(step, (k + 1) * unit <= minutes[number])

    def places(self, solver: cp_model.CpSolver) -> list[Place]:
        chosen = [choice for choice, taken in zip(self.choices, self.taken, strict=True) if solver.boolean_value(taken)]
        alike_of = {
            (wish, start): alike for (wish, start, alike), held in self.within.items() if solver.boolean_value(held)
        }
        until = [0] * len(self.board.problem.resources)
        places = []
        for choice in sorted(chosen, key=lambda one: _reach(one.held)):
            alike, (first, end) = alike_of.get((choice.wish, choice.starts)), _reach(choice.held)
            resource = None
            if alike is not None:
                resource = next(number for number in self.alike[alike] if until[number] <= first)
                until[resource] = end
            places.append(self.board.place(choice, resource))
        return places


def _reach(cells: int) -> tuple[int, int]:
    """From the first of these cells to behind the last."""
    return (cells & -cells).bit_length() - 1, cells.bit_length()


def together(stretches: Iterable[Stretch]) -> Iterable[list[Literal]]:
    """The largest sets of stretches that lie over one instant: of any two that meet, some set holds both."""
    waiting = sorted(stretches, key=lambda one: one[0])
    running: list[Stretch] = []
    place = 0
    while place < len(waiting):
        start = waiting[place][0]
        running = [one for one in running if one[1] > start]
        while place < len(waiting) and waiting[place][0] == start:
            running.append(waiting[place])
            place += 1
        following = waiting[place][0] if place < len(waiting) else None
        if len(running) > 1 and (following is None or any(one[1] <= following for one in running)):
            yield [literal for _start, _end, literal in running]
