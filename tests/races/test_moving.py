"""Moves, bookings and weekly lessons that want one time at the same moment: one gets it, the others keep theirs."""

from collections import Counter
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from factories import (
    OWNER,
    at,
    buy_lesson,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    payer_of,
)
from invariants import broken, deadlocks
from races.people import Race, all_have_looked, let_lessons_overlap
from schoolbell.bookings.models import Booking
from schoolbell.diary.models import Claim
from schoolbell.kit.refusals import Refusal
from schoolbell.planning import generation, moving
from schoolbell.planning.lessons import Lesson
from schoolbell.planning.moves import as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from servers import race


def outcome_of(act, *args, **kwargs) -> str:
    try:
        act(*args, **kwargs)
    except Refusal as refusal:
        return refusal.code
    return "done"


def moved_to(session: Session, during) -> list:
    rows = Session.objects.select_related("course__school", "resource")
    return [replace(move, slots=(during,)) for move in as_it_is([rows.get(id=session.pk)])]


def test_two_moves_onto_one_time(race_in: Race):
    school, before = race_in.school, deadlocks()
    ida, course = new_instructor(school), new_course(school)
    sessions = [new_session(course, hour_at(10 + day), instructors=[ida]) for day in range(8)]
    done = race(lambda session: outcome_of(move_sessions, moved_to(session, hour_at(30)), by=OWNER), sessions)
    assert Counter(done) == {"done": 1, "time_taken": 7}
    assert Claim.objects.filter(diary_id=ida.person.diary_id).count() == 8
    assert broken(school) == {}
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch")
def test_control_without_lock_and_constraint_both_moves_get_the_time():
    school = new_school(timezone="UTC")
    ida, course = new_instructor(school), new_course(school)
    moves = [moved_to(new_session(course, hour_at(10 + day), instructors=[ida]), hour_at(30)) for day in range(2)]
    let_lessons_overlap()
    with (
        mock.patch.object(moving, "lock_diaries"),
        mock.patch.object(moving, "_write", all_have_looked(2, moving._write)),
    ):
        done = race(lambda move: outcome_of(move_sessions, move, by=OWNER), moves)
    assert done == ["done", "done"]
    assert len(broken(school)["nobody is in two lessons at once"]) == 1


def test_sessions_that_all_change_places_never_wait_in_a_ring(race_in: Race):
    school, before = race_in.school, deadlocks()
    ida, course = new_instructor(school), new_course(school)
    sessions = [new_session(course, hour_at(10, hour), instructors=[ida]) for hour in range(6, 14)]
    pairs = [(sessions[place], sessions[(place + 1) % 8]) for place in range(8)]

    def change_places(pair) -> str:
        one, other = (Session.objects.get(id=session.pk) for session in pair)
        moves = [
            *moved_to(one, hour_at(10, other.starts_at.hour)),
            *moved_to(other, hour_at(10, one.starts_at.hour)),
        ]
        return outcome_of(move_sessions, moves, by=OWNER)

    assert set(race(change_places, pairs)) <= {"done", "time_taken"}
    assert sorted(Session.objects.filter(course_id=course.pk).values_list("starts_at", flat=True)) == [
        at(10, hour) for hour in range(6, 14)
    ]
    assert broken(school) == {}
    assert deadlocks() == before


def test_booking_against_moving(race_in: Race):
    school = race_in.school
    ida, course = new_instructor(school), new_lessons(school)
    session = new_session(course, hour_at(20), instructors=[ida])
    students = [new_student(school, f"Student {number}") for number in range(6)]

    def act(number: int) -> str:
        if number == 6:
            return "moved " + outcome_of(move_sessions, moved_to(session, hour_at(30)), by=OWNER)
        return outcome_of(buy_lesson, course, students[number], at(30))

    done = Counter(race(act, range(7)))
    assert done["done"] + done["moved done"] == 1
    assert done["time_taken"] + done["moved time_taken"] == 6
    assert broken(school) == {}


@pytest.mark.usefixtures("scratch")
def test_control_without_the_constraint_a_lesson_is_booked_where_a_session_goes():
    school = new_school(timezone="UTC")
    ida, course, sam = new_instructor(school), new_lessons(school), new_student(school)
    session = new_session(course, hour_at(20), instructors=[ida])
    let_lessons_overlap()
    acts = [
        lambda: outcome_of(move_sessions, moved_to(session, hour_at(30)), by=OWNER),
        lambda: outcome_of(buy_lesson, course, sam, at(30)),
    ]
    look = all_have_looked(2, lambda: None)

    def write(*args: Any, **more: Any) -> None:
        look()
        writes(*args, **more)

    def take(lesson: Lesson) -> None:
        asks(lesson)
        look()

    writes, asks = moving._write, Lesson.require_possible
    with mock.patch.object(moving, "_write", write), mock.patch.object(Lesson, "require_possible", take):
        assert race(lambda act: act(), acts) == ["done", "done"]
    assert len(broken(school)["nobody is in two lessons at once"]) == 1


def test_generation_against_booking(race_in: Race):
    """Weekly lessons are put on the timetable while others book the same times of the same instructor."""
    school = race_in.school
    plan = weekly_plan(school)
    students = [new_student(school, f"Student {number}") for number in range(3)]

    def act(number: int) -> str:
        if number == 0:
            return outcome_of(enroll_weekly, plan, by=OWNER)
        return outcome_of(buy_lesson, plan.course, students[number - 1], at(7 * (1 + number)))

    done = race(act, range(4))
    assert done[0] == "done"
    assert set(done[1:]) <= {"done", "time_taken"}
    given = Booking.objects.filter(school_id=school.pk, settled_by="enrollment", status="confirmed").count()
    assert given + done[1:].count("done") == 8
    assert broken(school) == {}


def weekly_plan(school: School) -> WeeklyPlan:
    """Eight lessons in the coming eight weeks, at ten."""
    sam, day = new_student(school), at(7).date()
    return WeeklyPlan(
        sam, payer_of(sam), new_lessons(school), new_instructor(school), day.isoweekday(), at(7).time(), day
    )


@pytest.mark.usefixtures("scratch")
def test_control_without_the_constraint_a_lesson_is_booked_where_a_weekly_one_is_put():
    school = new_school(timezone="UTC")
    plan, tom = weekly_plan(school), new_student(school)
    let_lessons_overlap()
    look = all_have_looked(2, lambda: None)

    def put(*args: Any, **more: Any) -> None:
        look()
        puts(*args, **more)

    def take(lesson: Lesson) -> None:
        asks(lesson)
        look()

    acts = [
        lambda: outcome_of(enroll_weekly, plan, by=OWNER),
        lambda: outcome_of(buy_lesson, plan.course, tom, at(14)),
    ]
    puts, asks = generation.put_on_timetable, Lesson.require_possible
    with mock.patch.object(generation, "put_on_timetable", put), mock.patch.object(Lesson, "require_possible", take):
        assert race(lambda act: act(), acts) == ["done", "done"]
    assert len(broken(school)["nobody is in two lessons at once"]) == 1
