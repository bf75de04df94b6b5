"""Lessons become longer than their instructors are open: that is said before, not found out night by night."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    OWNER,
    be_busy,
    buy_lesson,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    payer_of,
)
from invariants import broken
from planning.asking import opened
from schoolbell.bookings.models import Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor
from schoolbell.planning.course_changes import CourseChange, Reached, change_course, preview_change
from schoolbell.planning.moves import as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.refusals import MoveClashes
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db

TUESDAY = dt.date(2027, 2, 16)
LONGER = CourseChange(duration_minutes=120)


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=14)


@pytest.fixture
def ida(school: School) -> Instructor:
    return opened(new_instructor(school, hours=False), 2, 16, 17)


def weekly(course: Course, instructor: Instructor) -> Enrollment:
    student = new_student(course.school)
    plan = WeeklyPlan(student, payer_of(student), course, instructor, 2, dt.time(16), TUESDAY)
    return enroll_weekly(plan, by=OWNER)


def lengths(enrollment: Enrollment) -> set[int]:
    rows = Session.objects.filter(series_id=enrollment.series_id)
    return {Stretch(one.starts_at, one.ends_at).minutes for one in rows}


def test_hours_that_are_too_short_are_an_objection_that_the_office_may_override(school: School, ida: Instructor):
    course = new_lessons(school)
    enrollment = weekly(course, ida)
    reached = preview_change(course, LONGER)
    assert [(one.who, one.refusal.code, one.during.minutes) for one in reached.clashes] == [
        ("Ida Teacher", "outside_opening_hours", 120)
    ] * 2
    (ahead,) = reached.left_out
    assert (ahead.series.pk, ahead.student, ahead.lessons, ahead.left_out) == (
        enrollment.series_id, enrollment.student, 4, 4
    )  # fmt: skip
    with pytest.raises(MoveClashes) as refused:
        change_course(course, LONGER, by=OWNER)
    assert refused.value.errors["clashes"][0] == "Ida Teacher: That is outside the opening hours."
    assert (lengths(enrollment), Course.objects.get(id=course.pk).duration_minutes) == ({60}, 60)
    change_course(course, agreed_on(reached), by=OWNER)
    assert lengths(enrollment) == {120}
    assert broken(school) == {}


def agreed_on(seen: Reached) -> CourseChange:
    return CourseChange(duration_minutes=120, despite_hours=frozenset(one.session.pk for one in seen.clashes))


def test_who_agreed_agreed_to_what_was_seen(school: School, ida: Instructor):
    """While the office looks, somebody books one more lesson that would not end before Ida leaves."""
    course = new_lessons(school)
    enrollment = weekly(course, ida)
    opened(ida, 3, 16, 17)
    seen = preview_change(course, LONGER)
    booking = buy_lesson(course, new_student(school), dt.datetime(2027, 3, 10, 16, tzinfo=UTC))
    with pytest.raises(MoveClashes) as refused:
        change_course(course, agreed_on(seen), by=OWNER)
    assert [one.session.pk for one in refused.value.clashes] == [booking.session_id]
    assert (lengths(enrollment), Course.objects.get(id=course.pk).duration_minutes) == ({60}, 60)
    change_course(course, agreed_on(preview_change(course, LONGER)), by=OWNER)
    assert lengths(enrollment) == {120}


def test_who_agreed_about_hours_did_not_agree_about_anything_else(school: School, ida: Instructor):
    """The school lets two lessons follow each other after a pause only; that came up while the office looked."""
    course, later = new_lessons(school), new_lessons(school, name="Later")
    weekly(course, ida)
    seen = preview_change(course, LONGER)
    new_session(later, Stretch(*(dt.datetime(2027, 2, 23, hour, tzinfo=UTC) for hour in (18, 19))), instructors=[ida])
    school.stored_policies |= {"buffer_after_minutes": 15}
    school.save()
    course.refresh_from_db()
    with pytest.raises(MoveClashes) as refused:
        change_course(course, agreed_on(seen), by=OWNER)
    assert [one.refusal.code for one in refused.value.clashes] == ["too_close"]
    again = preview_change(course, LONGER).sessions
    moves = [one for one in as_it_is(list(again)) if one.session.starts_at.day == 23]
    to_six = Stretch(*(dt.datetime(2027, 2, 23, hour, tzinfo=UTC) for hour in (16, 18)))
    longer = [replace(one, slots=(to_six,)) for one in moves]
    with pytest.raises(MoveClashes):
        move_sessions(longer, by=OWNER, despite_hours={one.session.pk for one in moves})


def test_what_is_left_as_it_is_stays_as_long_as_it_was(school: School, ida: Instructor):
    course = new_lessons(school)
    enrollment = weekly(course, ida)
    change_course(course, CourseChange(duration_minutes=120, leave_clashing=True), by=OWNER)
    assert (lengths(enrollment), Course.objects.get(id=course.pk).duration_minutes) == ({60}, 120)


def test_hours_that_are_wide_enough_are_none(school: School):
    course, bo = new_lessons(school), new_instructor(school, name="Bo Teacher")
    weekly(course, bo)
    reached = preview_change(course, LONGER)
    assert (reached.clashes, reached.left_out) == ((), ())


def test_what_was_agreed_outside_of_hours_before_is_no_matter(school: School, ida: Instructor):
    course = new_lessons(school)
    buy_lesson(course, new_student(school), dt.datetime(2027, 2, 23, 16, tzinfo=UTC))
    ida.person.diary.opening_hours.all().delete()
    assert preview_change(course, LONGER).clashes == ()


def test_what_is_taken_beyond_the_timetable_is_counted_too(school: School):
    course, bo = new_lessons(school), new_instructor(school, name="Bo Teacher")
    weekly(course, bo)
    later = dt.datetime(2027, 3, 9, 17, tzinfo=UTC)
    be_busy(bo.person.diary_id, school, Stretch(later, later + dt.timedelta(hours=1)))
    (ahead,) = preview_change(course, LONGER).left_out
    assert (ahead.lessons, ahead.left_out) == (4, 1)


def test_as_many_queries_for_three_series_as_for_one(school: School):
    counts = []
    for number in (1, 3):
        course = new_lessons(school)
        for place in range(number):
            weekly(course, opened(new_instructor(school, hours=False, name=f"Ida {number}{place}"), 2, 16, 17))
        with CaptureQueriesContext(connection) as queries:
            assert len(preview_change(course, LONGER).left_out) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]
