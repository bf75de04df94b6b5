"""The matching of weekly lessons, held against every other timetable that small problems have."""

import hypothesis
import pytest
from hypothesis import strategies as st

from drawing import examples
from planning.small_problems import best_value, faults, small_problems, value
from schoolbell.planning.greedy import greedy
from schoolbell.planning.matching_problem import (
    DAY,
    InstructorWeek,
    Place,
    Problem,
    Progress,
    Reason,
    ResourceWeek,
    Span,
    Wish,
)
from schoolbell.planning.solver import repair, solve

SECONDS = 20.0  # a small problem is proved in some hundredths of one


def hours(start: float, end: float, day: int = 0) -> Span:
    return Span(day * DAY + int(start * 60), day * DAY + int(end * 60))


def wish(key: str, *windows: Span, **more: object) -> Wish:
    values = {"student": key, "minutes": 60, "instructors": ("Ida",)} | more
    return Wish(key, windows=windows, **values)


@hypothesis.given(small_problems())
@examples(150)
def test_whatever_is_placed_has_no_fault(problem: Problem):
    quick = greedy(problem)
    assert faults(problem, quick.placed) == []
    assert {*quick.unplaced, *(place.wish for place in quick.placed)} == {one.key for one in problem.wishes}


@hypothesis.given(small_problems())
@examples(60)
def test_nothing_better_exists_than_what_is_proved_the_best(problem: Problem):
    quick, found = greedy(problem), solve(problem, seconds=SECONDS)
    assert faults(problem, found.placed) == []
    assert found.optimal
    assert value(problem, found.placed, {}) == best_value(problem, {})
    assert len(quick.placed) <= len(found.placed) == found.bound
    assert value(problem, quick.placed, {}) <= value(problem, found.placed, {})


@hypothesis.given(small_problems(), st.data())
@examples(60)
def test_a_repair_changes_as_little_as_can_be(problem: Problem, data: st.DataObject):
    """Somebody leaves, or is taken at another time than before."""
    current = {place.wish: place for place in solve(problem, seconds=SECONDS).placed}
    leaves = data.draw(st.integers(0, len(problem.instructors) - 1))
    staff = [one for number, one in enumerate(problem.instructors) if number != leaves]
    later = Problem(problem.wishes, tuple(staff), problem.resources[: data.draw(st.integers(0, 2))])
    found = repair(later, current, seconds=SECONDS)
    assert faults(later, found.placed) == []
    assert value(later, found.placed, current) == best_value(later, current)


def test_most_are_placed_even_where_the_first_in_line_would_take_the_only_time_of_another():
    problem = Problem(
        (
            wish("early or late", hours(9, 11)),
            wish("early only", hours(9, 10)),
            wish("late, or another day", hours(10, 11), hours(10, 11, day=2)),
        ),
        (InstructorWeek("Ida", (hours(9, 11), hours(10, 11, day=2))),),
    )
    found = solve(problem, seconds=SECONDS)
    assert found.placed == (
        Place("early or late", "Ida", 10 * 60),
        Place("early only", "Ida", 9 * 60),
        Place("late, or another day", "Ida", 2 * DAY + 10 * 60),
    )
    assert (found.bound, found.optimal, found.unplaced) == (3, True, {})


def test_preferences_count_only_after_places():
    """Each would rather have Ida; who has nobody else gets her."""
    problem = Problem(
        (
            wish("either", hours(9, 10), instructors=("Ida", "Bo"), ranked=True),
            wish("Ida only", hours(9, 10), instructors=("Ida",), ranked=True),
        ),
        (InstructorWeek("Ida", (hours(9, 10),)), InstructorWeek("Bo", (hours(9, 10),))),
    )
    found = solve(problem, seconds=SECONDS)
    assert found.placed == (Place("either", "Bo", 540), Place("Ida only", "Ida", 540))
    assert found.score.ranks == 1


def test_load_is_spread_over_those_who_teach_least():
    problem = Problem(
        tuple(wish(f"{number}", hours(9, 13), instructors=("Ida", "Bo", "Cy")) for number in range(4)),
        (
            InstructorWeek("Ida", (hours(9, 13),), minutes_taught=180),
            InstructorWeek("Bo", (hours(9, 13),)),
            InstructorWeek("Cy", (hours(9, 13),)),
        ),
    )
    found = solve(problem, seconds=SECONDS)
    assert sorted(str(place.instructor) for place in found.placed) == ["Bo", "Bo", "Cy", "Cy"]
    assert found.score.spread == 180**2 + 120**2 + 120**2


def test_rooms_that_are_free_at_different_times_are_told_apart():
    problem = Problem(
        (
            wish("a", hours(9, 10), resource_kind="venue"),
            wish("b", hours(9, 11), instructors=("Bo",), resource_kind="venue"),
            wish("c", hours(9, 11), instructors=("Bo",), resource_kind="vehicle"),
        ),
        (InstructorWeek("Ida", (hours(9, 11),)), InstructorWeek("Bo", (hours(9, 11),))),
        (
            ResourceWeek("long", "venue", (hours(9, 11),)),
            ResourceWeek("short", "venue", (hours(9, 10),)),
            ResourceWeek("car", "vehicle", (hours(9, 10),)),
        ),
    )
    found = solve(problem, seconds=SECONDS)
    assert [(place.wish, place.starts, place.resource) for place in found.placed] == [
        ("a", 540, found.placed[0].resource),
        ("b", 600, "long"),
        ("c", 540, "car"),
    ]
    assert faults(problem, found.placed) == []


def test_each_wish_without_a_place_says_why():
    week = InstructorWeek("Ida", (hours(9, 12),), taken=(hours(11, 12),))
    tired = InstructorWeek("Bo", (hours(9, 12),), minutes_left=30)
    problem = Problem(
        (
            wish("nobody", hours(9, 12), instructors=("Zoe",)),
            wish("at night", hours(20, 22)),
            wish("taken", hours(11, 12)),
            wish("no hours left", hours(9, 12), instructors=("Bo",)),
            wish("no car", hours(9, 10), resource_kind="vehicle"),
            wish("first", hours(9, 10), hours(9.5, 10.5)),
            wish("second", hours(9, 10)),
            wish("third", hours(9, 10)),
        ),
        (week, tired),
    )
    expected = {
        "nobody": Reason.NOBODY_TEACHES,
        "at night": Reason.NOBODY_OPEN,
        "taken": Reason.ALL_TAKEN,
        "no hours left": Reason.ALL_TAKEN,
        "no car": Reason.NO_RESOURCE,
    }
    for found in (greedy(problem), solve(problem, seconds=SECONDS)):
        assert {key: reason for key, reason in found.unplaced.items() if key in expected} == expected
        assert [reason for key, reason in found.unplaced.items() if key not in expected] == [Reason.OTHERS_FIRST] * 2


def test_when_an_instructor_leaves_only_their_lessons_move():
    names = ("Ida", "Bo", "Cy")
    problem = Problem(
        tuple(wish(f"{number}", hours(9, 12), instructors=names) for number in range(6)),
        tuple(InstructorWeek(name, (hours(9, 12),)) for name in names),
    )
    current = {f"{number}": Place(f"{number}", names[number % 3], 540 + 60 * (number // 3)) for number in range(6)}
    later = Problem(problem.wishes, problem.instructors[1:])
    found = repair(later, current, seconds=SECONDS)
    assert found.score.kept == 4
    assert len(found.placed) == 6
    assert [place for place in found.placed if place.wish not in "03"] == [current[key] for key in "1245"]


def test_a_pair_of_lessons_keeps_the_gap_that_its_instructor_needs():
    wishes = (wish("a", hours(9, 11.5), before=0, after=15), wish("b", hours(9, 11.5), after=15))
    found = solve(Problem(wishes, (InstructorWeek("Ida", (hours(9, 11.25),)),)), seconds=SECONDS)
    assert sorted(place.starts for place in found.placed) == [9 * 60, 10 * 60 + 15]
    narrow = solve(Problem(wishes, (InstructorWeek("Ida", (hours(9, 11),)),)), seconds=SECONDS)
    assert len(narrow.placed) == 1


def test_progress_ends_with_what_was_found_and_can_be_broken_off():
    problem = Problem(
        tuple(wish(f"{number}", hours(9, 12), student=number) for number in range(4)),
        (InstructorWeek("Ida", (hours(9, 12),)),),
    )
    told: list[Progress] = []
    assert len(greedy(problem, on_progress=told.append).placed) == 3
    assert told[-1] == Progress(1.0, 3, 4)
    assert [now.placed for now in told] == [1, 2, 3, 3]

    class Enough(Exception):
        pass

    def stop(progress: Progress) -> None:
        raise Enough

    with pytest.raises(Enough):
        greedy(problem, on_progress=stop)


def test_nonsense_is_refused_and_nothing_wanted_is_nothing_placed():
    with pytest.raises(ValueError, match="no stretch"):
        Span(600, 540)
    empty = solve(Problem((), ()), seconds=SECONDS)
    assert (empty.placed, empty.unplaced, empty.bound, empty.optimal) == ((), {}, 0, True)
