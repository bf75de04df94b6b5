"""Small matching problems, and what can be said of them by trying everything. Nothing here is the solver's code."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from hypothesis import strategies as st

from schoolbell.planning.matching_problem import InstructorWeek, Place, Problem, ResourceWeek, Span, Wish

NAMES = ("Ida", "Bo", "Cy")
ROOMS = ("Red", "Blue")


@st.composite
def spans(draw, most: int = 2) -> tuple[Span, ...]:
    """Within the first five hours of the week."""
    found = []
    for _ in range(draw(st.integers(1, most))):
        start = draw(st.integers(0, 8)) * 30 + draw(st.sampled_from((0, 0, 0, 10)))
        found.append(Span(start, start + draw(st.integers(1, 5)) * 30))
    return tuple(found)


@st.composite
def small_problems(draw) -> Problem:
    wishes = tuple(
        Wish(
            key,
            student=draw(st.sampled_from(("Ada", "Ben", f"student {key}"))),
            minutes=draw(st.sampled_from((30, 30, 60))),
            windows=draw(spans()),
            instructors=tuple(draw(st.permutations(NAMES))[: draw(st.integers(1, 3))]),
            ranked=draw(st.booleans()),
            resource_kind=draw(st.sampled_from(("", "", "venue"))),
            before=draw(st.sampled_from((0, 0, 0, 30))),
            after=draw(st.sampled_from((0, 0, 0, 30))),
            travel=draw(st.sampled_from((0, 0, 0, 60))),
            grid=30,
        )
        for key in range(draw(st.integers(1, 4)))
    )
    instructors = tuple(
        InstructorWeek(
            name,
            open=draw(spans()),
            taken=draw(spans(1)) if draw(st.integers(0, 3)) == 0 else (),
            minutes_left=draw(st.sampled_from((None, None, 30, 60))),
            lessons_left=draw(st.sampled_from((None, None, (1,) * 7, (2, 0, 0, 0, 0, 0, 0)))),
            minutes_taught=draw(st.sampled_from((0, 0, 120))),
        )
        for name in NAMES[: draw(st.integers(1, 3))]
    )
    rooms = tuple(
        ResourceWeek(name, "venue", draw(spans()), draw(spans(1)) if draw(st.integers(0, 3)) == 0 else ())
        for name in ROOMS[: draw(st.integers(0, 2))]
    )
    return Problem(wishes, instructors, rooms)


def places_of(problem: Problem, wish: Wish) -> Iterator[Place]:
    """Every place that this wish alone could have, tried minute by minute."""
    known = {one.key: one for one in problem.instructors}
    for name in wish.instructors:
        if name not in known:
            continue
        for start in range(0, 24 * 60, wish.grid):
            lesson = range(start, start + wish.minutes)
            around = range(start - wish.before, start + wish.minutes + max(wish.after, wish.travel))
            held = range(start - wish.before, start + wish.minutes + wish.after)
            if not (
                covered(lesson, wish.windows)
                and covered(lesson, known[name].open)
                and not any(met(around, span) for span in known[name].taken)
            ):
                continue
            if not wish.resource_kind:
                yield Place(wish.key, name, start)
            for room in problem.resources:
                fits = room.kind == wish.resource_kind and covered(lesson, room.open)
                if fits and not any(met(held, span) for span in room.taken):
                    yield Place(wish.key, name, start, room.key)


def covered(lesson: range, spans: tuple[Span, ...]) -> bool:
    return all(any(span.starts <= minute < span.ends for span in spans) for minute in lesson)


def met(around: range, span: Span) -> bool:
    return around.start < span.ends and span.starts < around.stop


def faults(problem: Problem, placed: tuple[Place, ...]) -> list[str]:
    """What is wrong with these places; [] when all is well."""
    wishes = {wish.key: wish for wish in problem.wishes}
    found = [
        f"{place} is no place for it" for place in placed if place not in set(places_of(problem, wishes[place.wish]))
    ]
    if len({place.wish for place in placed}) < len(placed):
        found.append("a wish has two places")
    for one, other in combinations(placed, 2):
        a, b = wishes[one.wish], wishes[other.wish]
        apart = one.starts + a.minutes <= other.starts or other.starts + b.minutes <= one.starts
        spaced = (
            one.starts + a.minutes + a.after <= other.starts - b.before
            or other.starts + b.minutes + b.after <= one.starts - a.before
        )
        reached = (
            one.starts + a.minutes + a.travel <= other.starts - b.before
            or other.starts + b.minutes + b.travel <= one.starts - a.before
        )
        if a.student == b.student and not apart:
            found.append(f"{a.student} is in two lessons: {one}, {other}")
        if one.instructor == other.instructor and not (spaced and reached):
            found.append(f"{one.instructor} is wanted twice: {one}, {other}")
        if one.resource is not None and one.resource == other.resource and not spaced:
            found.append(f"{one.resource} is taken twice: {one}, {other}")
    for instructor in problem.instructors:
        taught = sum(wishes[place.wish].minutes for place in placed if place.instructor == instructor.key)
        if instructor.minutes_left is not None and taught > instructor.minutes_left:
            found.append(f"{instructor.key} teaches {taught} minutes")
        mondays = [place for place in placed if place.instructor == instructor.key]
        if instructor.lessons_left is not None and len(mondays) > instructor.lessons_left[0]:
            found.append(f"{instructor.key} gives {len(mondays)} lessons")
    return found


Value = tuple[int, int, int, int]


def value(problem: Problem, placed: tuple[Place, ...], current: Mapping[object, Place]) -> Value:
    """The more, the better: kept, placed, preferences honoured, load spread."""
    wishes = {wish.key: wish for wish in problem.wishes}
    kept = [
        place
        for place in placed
        if place.wish in current
        and (current[place.wish].instructor, current[place.wish].starts) == (place.instructor, place.starts)
    ]
    ranks = [wishes[place.wish].instructors.index(place.instructor) for place in placed if wishes[place.wish].ranked]
    load = [
        one.minutes_taught + sum(wishes[place.wish].minutes for place in placed if place.instructor == one.key)
        for one in problem.instructors
    ]
    return len(kept), len(placed), -sum(ranks), -sum(minutes**2 for minutes in load)


def best_value(problem: Problem, current: Mapping[object, Place]) -> Value:
    """Of every set of places that has no fault."""
    best = value(problem, (), current)
    options = [list(places_of(problem, wish)) for wish in problem.wishes]

    def extend(placed: tuple[Place, ...], number: int) -> None:
        nonlocal best
        if number == len(options):
            best = max(best, value(problem, placed, current))
            return
        extend(placed, number + 1)
        for place in options[number]:
            if not pair_faults(problem, (*placed, place)):
                extend((*placed, place), number + 1)

    extend((), 0)
    return best


def pair_faults(problem: Problem, placed: tuple[Place, ...]) -> bool:
    return any("no place" not in fault for fault in faults(problem, placed))
