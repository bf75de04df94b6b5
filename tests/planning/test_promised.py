"""Whoever comes every week has their time also where nobody has put it on the timetable yet."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from factories import (
    OWNER,
    buy_lesson,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_student,
    payer_of,
)
from invariants import broken
from schoolbell.bookings.models import Enrollment
from schoolbell.catalogue.models import Course, ResourceKind
from schoolbell.diary.refusals import TimeTaken
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.days_out import leave_out
from schoolbell.planning.free_times import FreeTimes, free_times
from schoolbell.planning.generation import extend_school
from schoolbell.planning.slot_plans import SlotsPlan
from schoolbell.planning.slots import preview_slots, publish_slots
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly, preview_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, SkippedOccurrence

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2027, 2, 15)
FAR = dt.date(2027, 4, 13)  # a Tuesday, eight weeks on; the school plans two weeks ahead
TEN = dt.datetime(2027, 4, 13, 10, tzinfo=UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school("courses", timezone="UTC", weekly_ahead_days=14, furthest_ahead_days=180)


@pytest.fixture
def ida(school: School) -> Instructor:
    return new_instructor(school)


def plan(course: Course, ida: Instructor, student: Student | None = None, **more: object) -> WeeklyPlan:
    student = student or new_student(course.school)
    values = {"weekday": 2, "starts": dt.time(10), "starts_on": MONDAY} | more
    return WeeklyPlan(student, payer_of(student), course, ida, **values)


def weekly(course: Course, ida: Instructor, **more: object) -> Enrollment:
    return enroll_weekly(plan(course, ida, **more), by=OWNER)


def starts(course: Course, **more: object) -> list[dt.datetime]:
    """Offered on that day from nine to twelve."""
    within = Stretch(TEN - HOUR, TEN + 2 * HOUR)
    found = [one.during.starts_at for one in free_times(course.school, course, within, **more)]
    assert FreeTimes(course.school, course, within, **more).starts(within) == sorted(set(found))
    return found


def test_nobody_is_offered_and_nobody_books_what_comes_every_week(school: School, ida: Instructor):
    piano = new_lessons(school)
    enrollment = weekly(piano, ida)
    assert TEN not in starts(piano)
    assert {TEN - HOUR, TEN + HOUR} <= set(starts(piano))
    with pytest.raises(TimeTaken):
        buy_lesson(piano, new_student(school), TEN)
    buy_lesson(piano, new_student(school), TEN + HOUR)
    for day in range(0, 70, 7):  # week after week it is put there, and nothing is in its way
        with time_machine.travel(dt.datetime(2027, 2, 15, 3, tzinfo=UTC) + dt.timedelta(days=day), tick=False):
            extend_school(school)
    assert Session.objects.filter(series_id=enrollment.series_id, occurrence_on=FAR, status="published").exists()
    assert not SkippedOccurrence.objects.of(school).exists()
    assert broken(school) == {}


def test_a_class_and_a_room_are_as_good_as_taken(school: School, ida: Instructor):
    room = new_resource(school, kind=ResourceKind.VEHICLE, capacity=5)
    rule = "FREQ=WEEKLY;BYDAY=TU"
    class_ = NewSeries(new_course(school), rule, dt.time(10), MONDAY, instructors=[ida], resource=room)
    create_series(class_, by=OWNER)
    other = new_instructor(school, name="Bo Teacher")
    driving = new_lessons(school, resource_kind=ResourceKind.VEHICLE)
    assert starts(driving, instructor_id=other.pk).count(TEN) == 0  # there is one car
    assert TEN in starts(new_lessons(school), instructor_id=other.pk)
    assert TEN not in starts(new_lessons(school), instructor_id=ida.pk)


def test_a_student_is_offered_nothing_over_their_own_weekly_lesson(school: School, ida: Instructor):
    sam = new_student(school)
    enroll_weekly(plan(new_lessons(school), ida, sam), by=OWNER)
    new_instructor(school, name="Bo Teacher")
    chess = new_lessons(school)
    assert TEN in starts(chess)
    assert TEN not in starts(chess, student=sam)


def test_what_is_left_out_over_or_every_second_week_is_free(school: School, ida: Instructor):
    piano = new_lessons(school)
    leave_out(weekly(piano, ida).series, FAR, by=OWNER)
    assert TEN in starts(piano)
    weekly(piano, ida, starts=dt.time(9), ends_on=FAR - dt.timedelta(days=1))
    assert TEN - HOUR in starts(piano)
    weekly(piano, ida, starts=dt.time(11), every=2)  # the 2nd, 16th, 30th of March, the 13th of April
    assert TEN + HOUR not in starts(piano)
    week = dt.timedelta(weeks=1)
    next_week = [one.during.starts_at for one in free_times(school, piano, Stretch(TEN + week, TEN + week + 2 * HOUR))]
    assert (TEN + week + HOUR in next_week, TEN + week in next_week) == (True, False)


def test_lessons_that_begin_beyond_the_horizon_meet_those_that_were_promised_before(school: School, ida: Instructor):
    """Two who want the same time from a day on that nobody plans yet: the first has it, the second is told."""
    piano, later = new_lessons(school), dt.date(2027, 4, 5)
    weekly(piano, ida, starts_on=later)
    second = plan(piano, ida, starts_on=later)
    seen = preview_weekly(second)
    assert [(one.day, one.reason) for one in seen] == [
        (later + dt.timedelta(days=1, weeks=week), "clash") for week in range(4)
    ]
    assert seen[0].taken[0].diary_id == ida.person.diary_id
    with pytest.raises(TimeTaken):
        enroll_weekly(second, by=OWNER)
    assert Enrollment.objects.of(school).filter(status="active").count() == 1
    assert [one.reason for one in preview_weekly(plan(piano, ida, starts_on=later, starts=dt.time(11)))] == [""] * 4


def test_a_coach_publishes_no_slot_over_what_comes_every_week(school: School, ida: Instructor):
    weekly(new_lessons(school), ida)
    nine, noon = dt.time(9), dt.time(12)
    call = new_lessons(school, name="Call")
    slots = SlotsPlan(ida, call, frozenset({2}), nine, noon, first_day=FAR, last_day=FAR, minutes=60, timezone="UTC")
    seen = preview_slots(slots)
    assert [one.reason for one in seen] == [None, "clash", None]
    assert seen[1].said == "Ida Teacher has a lesson then, 10:00–11:00."
    assert publish_slots(slots, by=OWNER, skip_clashing=True).added == 2
