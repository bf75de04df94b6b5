"""How well weekly wishes are matched: a problem of which it is known that all of it can be placed."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from schoolbell.planning.greedy import greedy
from schoolbell.planning.matching_problem import DAY, InstructorWeek, Problem, Progress, ResourceWeek, Span, Wish
from schoolbell.planning.solver import solve

GRID = 15
OPENS, CLOSES = 14 * 60, 20 * 60  # each day, Monday to Saturday
LENGTHS = (30, 45, 60)


@dataclass(frozen=True, slots=True)
class Size:
    wishes: int = 300
    instructors: int = 30
    rooms: int = 10


def solvable(size: Size, *, seed: int = 1) -> Problem:
    """A full timetable is drawn first: no room is ever empty for long, and nobody has a free hour to spare. Then it is
    forgotten: of each lesson only windows, a list of instructors, and everybody's hours remain."""
    dice = random.Random(seed)  # noqa: S311
    lessons = _timetable(size, dice)
    hours: dict[int, list[Span]] = {number: [] for number in range(size.instructors)}
    wishes = []
    for key, (who, at, minutes) in enumerate(lessons):
        hours[who].append(Span(at, at + minutes))
        wishes.append(
            Wish(
                key,
                student=key,
                minutes=minutes,
                windows=_windows(at, minutes, dice),
                instructors=_list_with(who, size, dice),
                ranked=True,
                resource_kind="venue",
                grid=GRID,
            )
        )
    dice.shuffle(wishes)
    instructors = tuple(InstructorWeek(number, _widened(sorted(spans), dice)) for number, spans in hours.items())
    whole = tuple(Span(day * DAY + OPENS, day * DAY + CLOSES) for day in range(6))
    rooms = tuple(ResourceWeek(f"room {number}", "venue", whole) for number in range(size.rooms))
    return Problem(tuple(wishes), instructors, rooms)


def _timetable(size: Size, dice: random.Random) -> list[tuple[int, int, int]]:
    """(instructor, start, minutes): room after room is filled from the opening on with whoever is free."""
    lessons: list[tuple[int, int, int]] = []
    busy: dict[int, list[tuple[int, int]]] = {number: [] for number in range(size.instructors)}
    share = -(-size.wishes // 6)
    for day in range(6):
        today = 0
        for room in range(size.rooms):
            at = day * DAY + OPENS + GRID * (room % 2)
            while today < share and len(lessons) < size.wishes:
                minutes = dice.choice(LENGTHS)
                if at + minutes > day * DAY + CLOSES:
                    break
                free = [
                    who
                    for who, taken in busy.items()
                    if all(at + minutes <= start or end <= at for start, end in taken)
                ]
                who = min(free, key=lambda one: (len(busy[one]), dice.random()))
                busy[who].append((at, at + minutes))
                lessons.append((who, at, minutes))
                today += 1
                at += minutes
    return lessons


def _windows(at: int, minutes: int, dice: random.Random) -> tuple[Span, ...]:
    """The day on which it is, two hours or so; and a stretch of another day."""
    day = at // DAY
    early = GRID * dice.randint(0, 4)
    late = GRID * dice.randint(0, 4)
    first = Span(max(day * DAY + OPENS, at - early), min(day * DAY + CLOSES, at + minutes + late))
    other = dice.choice([one for one in range(6) if one != day])
    start = OPENS + GRID * dice.randint(0, 12)
    return (first, Span(other * DAY + start, other * DAY + start + 120))


def _list_with(who: int, size: Size, dice: random.Random) -> tuple[int, ...]:
    others = dice.sample([one for one in range(size.instructors) if one != who], 3)
    listed = [who, *others]
    dice.shuffle(listed)
    return tuple(listed)


def _widened(spans: list[Span], dice: random.Random) -> tuple[Span, ...]:
    """Hours in which the lessons lie, with a quarter of an hour more here and there."""
    return tuple(
        Span(max(0, span.starts - GRID * dice.randint(0, 1)), span.ends + GRID * dice.randint(0, 1)) for span in spans
    )


def measure_solver(*, seconds: float, progress: Callable[[str], None], size: Size | None = None) -> dict[str, float]:
    """`{"solver_requests", "solver_placed", "solver_s"}`; the bound and what the quick way places are said."""
    problem = solvable(size or Size())
    said = [0.0]

    def tell(now: Progress) -> None:
        if time.monotonic() - said[0] > 5:
            said[0] = time.monotonic()
            progress(f"Solver: {now.share:.0%}, {now.placed} placed, at most {now.bound}.")

    progress(f"Solver: {len(greedy(problem).placed)} of {len(problem.wishes)} placed by the quick way.")
    began = time.monotonic()
    found = solve(problem, seconds=seconds, on_progress=tell)
    took = time.monotonic() - began
    proved = "proved best" if found.optimal else "not proved best"
    progress(
        f"Solver: {len(found.placed)} of {len(problem.wishes)} placed in {took:.1f} s, bound {found.bound}; "
        f"preferences missed by {found.score.ranks} places; {proved}."
    )
    return {"solver_requests": len(problem.wishes), "solver_placed": len(found.placed), "solver_s": round(took, 1)}
