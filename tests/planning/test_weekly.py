"""Weekly lessons: on the timetable as far ahead as the school says, never twice, never by force."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    OWNER,
    be_busy,
    buy_lesson,
    let_hold_run_out,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_student,
    payer_of,
)
from invariants import broken
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.models import Attendance, Booking, Enrollment
from schoolbell.bookings.refusals import TransitionRefused
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import add_closure, keep_open
from schoolbell.diary.models import Claim
from schoolbell.diary.refusals import TimeTaken
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor
from schoolbell.planning.generation import Extended, extend_school, extend_series
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.pausing import (
    change_weekly,
    end_enrollment,
    pause_enrollment,
    preview_weekly_change,
    resume_enrollment,
)
from schoolbell.planning.skipped import preview_lessons, skipped_lessons
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly, preview_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session, SkippedOccurrence

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2027, 2, 15)
TUESDAY = dt.date(2027, 2, 16)
WEEK = dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


def a_plan(*, school: School | None = None, **values: Any) -> WeeklyPlan:
    """Tuesdays at 16:00 in New York, from tomorrow on, up to five weeks ahead: past the change of the clocks."""
    school = school or new_school("coding", timezone="America/New_York", weekly_ahead_days=35)
    course = new_lessons(school, price=4500)
    student = new_student(school)
    return WeeklyPlan(
        **{
            "student": student,
            "client": payer_of(student),
            "course": course,
            "instructor": new_instructor(school),
            "weekday": 2,
            "starts": dt.time(16),
            "starts_on": TUESDAY,
        }
        | values
    )


def hour(day: dt.date, at: int, minute: int = 0) -> Stretch:
    starts_at = dt.datetime.combine(day, dt.time(at, minute), tzinfo=UTC)
    return Stretch(starts_at, starts_at + dt.timedelta(hours=1))


def open_from(instructor: Instructor, weekday: int, starts: int, ends: int) -> None:
    wall = {"starts": dt.time(starts), "ends": dt.time(ends)}
    add_opening_hours(instructor.person.diary, weekday=weekday, **wall, timezone="UTC", by=OWNER)


def lessons(enrollment: Enrollment, *statuses: str) -> list[dt.datetime]:
    rows = Booking.objects.filter(school_id=enrollment.school_id, enrollment_id=enrollment.pk)
    if statuses:
        rows = rows.filter(status__in=statuses)
    return list(rows.order_by("session__starts_at").values_list("session__starts_at", flat=True))


def test_a_lesson_stays_at_its_hour_when_the_clocks_change():
    enrollment = enroll_weekly(a_plan(), by=OWNER)
    assert lessons(enrollment) == [
        dt.datetime(2027, 2, 16, 21, tzinfo=UTC),
        dt.datetime(2027, 2, 23, 21, tzinfo=UTC),
        dt.datetime(2027, 3, 2, 21, tzinfo=UTC),
        dt.datetime(2027, 3, 9, 21, tzinfo=UTC),
        dt.datetime(2027, 3, 16, 20, tzinfo=UTC),  # the clocks went forward on the 14th
    ]


def test_lessons_every_second_week_stay_at_their_hour_when_the_clocks_change():
    enrollment = enroll_weekly(a_plan(every=2), by=OWNER)
    assert enrollment.series.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
    assert lessons(enrollment) == [
        dt.datetime(2027, 2, 16, 21, tzinfo=UTC),
        dt.datetime(2027, 3, 2, 21, tzinfo=UTC),
        dt.datetime(2027, 3, 16, 20, tzinfo=UTC),  # the clocks went forward on the 14th
    ]
    with time_machine.travel(dt.datetime(2027, 2, 25, 12, tzinfo=UTC), tick=False):
        assert extend_school(enrollment.course.school) == Extended(1, 0)
    assert lessons(enrollment)[3:] == [dt.datetime(2027, 3, 30, 20, tzinfo=UTC)]
    assert broken(enrollment.course.school) == {}


def test_of_several_weeks_none_is_lost_before_the_first_lesson():
    """From a Wednesday on: the first Tuesday is six days later."""
    plan = a_plan(every=3, starts_on=dt.date(2027, 2, 17))
    enrollment = enroll_weekly(plan, by=OWNER)
    assert lessons(enrollment) == [
        dt.datetime(2027, 2, 23, 21, tzinfo=UTC),
        dt.datetime(2027, 3, 16, 20, tzinfo=UTC),
    ]
    assert (enrollment.starts_on, enrollment.series.starts_on) == (dt.date(2027, 2, 17), dt.date(2027, 2, 23))
    for days in ({"starts_on": dt.date(2027, 2, 24), "ends_on": dt.date(2027, 3, 1)}, {"starts_on": dt.date.max}):
        with pytest.raises(InputRefused):
            enroll_weekly(replace(plan, **days), by=OWNER)


def test_lessons_every_second_week_go_on_in_step_after_a_pause():
    enrollment = enroll_weekly(a_plan(every=2), by=OWNER)
    pause_enrollment(enrollment, from_day=TUESDAY + WEEK, until=TUESDAY + 3 * WEEK, by=OWNER)
    assert lessons(enrollment, "confirmed") == [
        dt.datetime(2027, 2, 16, 21, tzinfo=UTC),
        dt.datetime(2027, 3, 16, 20, tzinfo=UTC),
    ]


@pytest.mark.parametrize("every", [-1, 0, 5])
def test_weeks_that_cannot_be_are_refused(every: int):
    plan = a_plan(every=every)
    for act in (preview_weekly, lambda asked: enroll_weekly(asked, by=OWNER)):
        with pytest.raises(InputRefused) as refused:
            act(plan)
        assert list(refused.value.errors) == ["every"]
    assert not Series.objects.of(plan.course.school).exists()


def test_what_is_written():
    plan = a_plan(resource=None)
    enrollment = enroll_weekly(plan, by=OWNER)
    booking = Booking.objects.filter(enrollment_id=enrollment.pk).order_by("session__starts_at").first()
    assert (booking.status, booking.settled_by, booking.price, booking.holds_seat) == (
        "confirmed", "enrollment", 4500, True
    )  # fmt: skip
    session = Session.objects.get(id=booking.session_id)
    assert (session.occurrence_on, session.on_demand, session.status, session.capacity) == (
        TUESDAY, True, "published", 1
    )  # fmt: skip
    assert Claim.objects.filter(diary_id=plan.instructor.person.diary_id).count() == 5
    assert Claim.objects.filter(diary_id=plan.student.person.diary_id).count() == 5
    names = Record.objects.filter(student_id=plan.student.pk).order_by("id")
    assert list(names.values_list("name", flat=True)) == ["student.added", "series.extended", "enrollment.created"]
    assert broken(plan.course.school) == {}


def test_extending_again_adds_nothing_and_a_later_day_adds_what_is_new():
    plan = a_plan()
    enrollment = enroll_weekly(plan, by=OWNER)
    assert extend_school(plan.course.school) == Extended(0, 0)
    assert extend_series(enrollment.series, until=dt.date(2027, 3, 22)) == Extended(0, 0)
    with time_machine.travel(dt.datetime(2027, 2, 17, 12, tzinfo=UTC), tick=False):
        assert extend_school(plan.course.school) == Extended(1, 0)
    assert len(lessons(enrollment)) == 6
    assert Attendance.objects.filter(booking__enrollment_id=enrollment.pk).count() == 6


def test_a_clash_is_kept_with_who_is_taken_and_what_could_be_instead():
    plan = a_plan()
    other = new_student(plan.course.school)
    taken = dt.datetime(2027, 3, 2, 21, tzinfo=UTC)
    buy_lesson(plan.course, other, taken, instructor_id=plan.instructor.pk)
    enrollment = enroll_weekly(plan, by=OWNER)
    skipped = SkippedOccurrence.objects.get(series_id=enrollment.series_id)
    assert (skipped.occurrence_on, skipped.reason) == (dt.date(2027, 3, 2), "clash")
    assert skipped.taken == [
        {
            "diary": str(plan.instructor.person.diary_id),
            "starts_at": "2027-03-02T21:00:00+00:00",
            "ends_at": "2027-03-02T22:00:00+00:00",
        }
    ]
    occurrence = next(one for one in preview_weekly(replace(plan, student=other)) if one.day == dt.date(2027, 3, 2))
    assert {one.diary_id for one in occurrence.taken} == {
        plan.instructor.person.diary_id, other.person.diary_id
    }  # fmt: skip
    (found,) = skipped_lessons(enrollment.series)
    assert [during.starts_at for during in found.alternatives] == [
        taken + dt.timedelta(hours=1),
        taken - dt.timedelta(hours=1),
        taken + dt.timedelta(hours=1, minutes=30),
    ]
    assert broken(plan.course.school) == {}


def test_other_times_are_those_of_the_school_not_of_who_books_themselves():
    """Who books themselves books two days before at the latest, and a fortnight ahead at most."""
    policies = {"notice_minutes": 2880, "furthest_ahead_days": 14, "weekly_ahead_days": 56}
    plan = a_plan(school=new_school("coding", timezone="UTC", **policies))
    for clash in (TUESDAY, TUESDAY + 5 * WEEK):
        be_busy(plan.instructor.person.diary_id, plan.course.school, hour(clash, 16))
    seen = [one for one in preview_lessons(plan) if one.reason]
    assert [one.alternatives for one in seen] == [
        (hour(clash, 17), hour(clash, 15), hour(clash, 17, 30)) for clash in (TUESDAY, TUESDAY + 5 * WEEK)
    ]
    enrollment = enroll_weekly(plan, by=OWNER)
    assert skipped_lessons(enrollment.series) == seen


def test_another_time_has_room_for_all_of_a_lesson():
    """A course of an hour, lessons of two by now: half an hour of theirs is busy, and an hour is free beside it."""
    plan = a_plan(school=new_school("coding", timezone="UTC", weekly_ahead_days=14))
    ida = plan.instructor
    ida.person.diary.opening_hours.all().delete()
    for weekday, starts, ends in ((2, 15, 18), (3, 10, 13)):
        open_from(ida, weekday, starts, ends)
    taken_on = TUESDAY + WEEK
    half_past = Stretch(hour(taken_on, 16, 30).starts_at, hour(taken_on, 16).ends_at)
    be_busy(ida.person.diary_id, plan.course.school, half_past)
    enrollment = enroll_weekly(plan, by=OWNER)
    change = SeriesChange(duration_minutes=120)
    (seen,) = preview_weekly_change(enrollment, first_day=MONDAY, change=change).added
    wednesday = taken_on + dt.timedelta(days=1)
    assert (seen.day, seen.reason) == (taken_on, "clash")
    assert seen.alternatives == tuple(
        Stretch(at.starts_at, at.starts_at + dt.timedelta(hours=2))
        for at in (hour(wednesday, 10), hour(wednesday, 10, 30), hour(wednesday, 11))
    )
    changed = change_weekly(enrollment, first_day=MONDAY, change=change, by=OWNER)
    assert skipped_lessons(changed.series) == [seen]
    assert broken(plan.course.school) == {}


def test_no_other_time_is_that_of_a_lesson_of_the_same_plan():
    plan = a_plan(school=new_school("coding", timezone="UTC", weekly_ahead_days=35))
    ida = plan.instructor
    ida.person.diary.opening_hours.all().delete()
    open_from(ida, 2, 16, 17)
    be_busy(ida.person.diary_id, plan.course.school, hour(TUESDAY + 2 * WEEK, 16))
    assert [(one.reason, one.alternatives) for one in preview_lessons(plan)] == [
        ("", ()), ("", ()), ("clash", ()), ("", ()), ("", ())
    ]  # fmt: skip


def test_no_other_time_is_one_to_which_lessons_move_in_the_same_step():
    plan = a_plan(school=new_school("coding", timezone="UTC", weekly_ahead_days=21))
    ida = plan.instructor
    ida.person.diary.opening_hours.all().delete()
    open_from(ida, 2, 16, 18)
    taken_on = TUESDAY + WEEK
    be_busy(ida.person.diary_id, plan.course.school, Stretch(hour(taken_on, 16).starts_at, hour(taken_on, 17).ends_at))
    enrollment = enroll_weekly(plan, by=OWNER)
    seen = preview_weekly_change(enrollment, first_day=MONDAY, change=SeriesChange(starts=dt.time(17)))
    assert [one.move.slots for one in seen.ahead] == [(hour(TUESDAY, 17),), (hour(TUESDAY + 2 * WEEK, 17),)]
    to_come = TUESDAY + 3 * WEEK  # not on the timetable yet; at five it will be this lesson
    assert [(one.day, one.reason, one.alternatives) for one in seen.added] == [
        (taken_on, "clash", (hour(to_come, 16),))
    ]  # fmt: skip


def test_as_many_queries_for_the_other_times_of_three_as_of_one():
    plan = a_plan()
    counts = []
    for number in (1, 2):
        for week in range(number):
            at = dt.datetime(2027, 2, 16, 21, tzinfo=UTC) + (number + week) * WEEK
            be_busy(plan.instructor.person.diary_id, plan.course.school, Stretch(at, at + dt.timedelta(hours=1)))
        with CaptureQueriesContext(connection) as captured:
            seen = [one.alternatives for one in preview_lessons(plan) if one.reason]
        assert all(seen)
        counts.append((len(seen), len(captured)))
    assert counts == [(1, counts[0][1]), (3, counts[0][1])]


def test_a_closed_day_is_looked_at_again_when_the_school_opens_and_not_every_night():
    plan = a_plan()
    school = plan.course.school
    closure = add_closure(school, TUESDAY + WEEK, TUESDAY + WEEK, "Works", by=OWNER)
    enrollment = enroll_weekly(plan, by=OWNER)
    days = [TUESDAY + place * WEEK for place in (0, 2, 3, 4)]
    assert [one.date() for one in lessons(enrollment)] == days
    with CaptureQueriesContext(connection) as captured:
        assert extend_school(school) == Extended()
    assert not [one for one in captured if "FOR NO KEY UPDATE" in one["sql"]]
    keep_open(closure, by=OWNER)
    assert extend_school(school) == Extended(added=1)
    assert [one.date() for one in lessons(enrollment)] == [TUESDAY + place * WEEK for place in range(5)]
    assert SkippedOccurrence.objects.count() == 0


def test_what_was_skipped_is_tried_again_once_the_time_is_free():
    plan = a_plan()
    hold = buy_lesson(plan.course, new_student(plan.course.school), dt.datetime(2027, 3, 2, 21, tzinfo=UTC))
    enrollment = enroll_weekly(plan, by=OWNER)
    assert len(lessons(enrollment)) == 4
    let_hold_run_out(hold)
    Booking.objects.filter(id=hold.pk).update(hold_expires_at=dt.datetime(2027, 2, 15, 11, tzinfo=UTC))
    assert extend_school(plan.course.school) == Extended(1, 0)
    assert len(lessons(enrollment)) == 5
    assert not SkippedOccurrence.objects.filter(series_id=enrollment.series_id).exists()
    hold.refresh_from_db()
    assert hold.status == "expired"


def test_a_hold_that_ran_out_is_too_close_to_no_lesson():
    plan = a_plan(school=new_school("coding", timezone="UTC", weekly_ahead_days=35, buffer_after_minutes=30))
    hold = buy_lesson(plan.course, new_student(plan.course.school), hour(TUESDAY + WEEK, 15).starts_at)
    assert [one.reason for one in preview_lessons(plan)] == ["", "rule", "", "", ""]
    Booking.objects.filter(id=hold.pk).update(hold_expires_at=dt.datetime(2027, 2, 15, 11, tzinfo=UTC))
    assert [one.reason for one in preview_lessons(plan)] == [""] * 5
    enrollment = enroll_weekly(plan, by=OWNER)
    assert len(lessons(enrollment)) == 5
    hold.refresh_from_db()
    assert hold.status == "expired"
    assert not SkippedOccurrence.objects.filter(series_id=enrollment.series_id).exists()
    assert broken(plan.course.school) == {}


def test_a_lesson_that_was_cancelled_does_not_come_back():
    plan = a_plan()
    enrollment = enroll_weekly(plan, by=OWNER)
    first = Booking.objects.filter(enrollment_id=enrollment.pk).order_by("session__starts_at").first()
    cancel_booking(first, by=OWNER)
    assert extend_school(plan.course.school) == Extended(0, 0)
    enrollment.refresh_from_db()
    assert enrollment.status == "active"
    assert len(lessons(enrollment, "confirmed")) == 4


def test_nothing_fits_so_nothing_is_written():
    plan = a_plan()
    be_busy(
        plan.instructor.person.diary_id,
        plan.course.school,
        Stretch(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), dt.datetime(2027, 4, 15, 12, tzinfo=UTC)),
    )
    with pytest.raises(TimeTaken):
        enroll_weekly(plan, by=OWNER)
    assert not Series.objects.of(plan.course.school).exists()
    assert not Enrollment.objects.of(plan.course.school).exists()


def test_lessons_that_begin_beyond_the_horizon_come_when_they_are_near():
    enrollment = enroll_weekly(a_plan(starts_on=TUESDAY + 6 * WEEK), by=OWNER)
    assert lessons(enrollment) == []
    with time_machine.travel(dt.datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False):
        extend_school(enrollment.course.school)
    assert lessons(enrollment) == [dt.datetime(2027, 3, 30, 20, tzinfo=UTC)]


def test_hours_are_kept_and_what_lies_outside_is_skipped():
    plan = a_plan()
    closed = new_instructor(plan.course.school, hours=False)
    with pytest.raises(TimeTaken):
        enroll_weekly(replace(plan, instructor=closed), by=OWNER)


def test_the_room_that_is_free_most_often_is_chosen():
    school = new_school("coding", timezone="America/New_York", weekly_ahead_days=35)
    course = new_lessons(school, price=4500, resource_kind="online_room", delivery="online")
    busy, free = (new_resource(school, kind="online_room", name=name) for name in ("Room 1", "Room 2"))
    be_busy(busy.diary_id, school, Stretch(*(dt.datetime(2027, 3, 2, hour, tzinfo=UTC) for hour in (21, 22))))
    enrollment = enroll_weekly(a_plan(school=school, course=course), by=OWNER)
    assert enrollment.series.resource == free
    assert len(lessons(enrollment)) == 5


def test_ending_touches_only_what_lies_ahead_and_is_free_of_charge():
    plan = a_plan()
    enrollment = enroll_weekly(plan, by=OWNER)
    ended = end_enrollment(enrollment, last_day=dt.date(2027, 3, 1), by=OWNER)
    assert (ended.status, ended.ends_on) == ("ended", dt.date(2027, 3, 1))
    assert lessons(enrollment, "confirmed") == [dt.datetime(2027, 2, day, 21, tzinfo=UTC) for day in (16, 23)]
    assert set(
        Booking.objects.filter(enrollment_id=enrollment.pk, status="cancelled").values_list("owed_percent", flat=True)
    ) == {100}
    assert extend_series(enrollment.series, until=dt.date(2027, 6, 1)) == Extended(0, 0)
    assert Claim.objects.filter(diary_id=plan.instructor.person.diary_id).count() == 2
    with pytest.raises(TransitionRefused):
        end_enrollment(ended, last_day=dt.date(2027, 3, 1), by=OWNER)
    assert broken(plan.course.school) == {}


def test_a_pause_and_what_follows_it():
    plan = a_plan()
    enrollment = enroll_weekly(plan, by=OWNER)
    paused = pause_enrollment(enrollment, from_day=dt.date(2027, 2, 22), by=OWNER)
    assert paused.status == "paused"
    assert lessons(enrollment, "confirmed") == [dt.datetime(2027, 2, 16, 21, tzinfo=UTC)]
    with pytest.raises(InputRefused):
        resume_enrollment(paused, on=dt.date(2027, 2, 16), by=OWNER)
    resumed = resume_enrollment(paused, on=dt.date(2027, 3, 9), by=OWNER)
    assert resumed.series.follows_id == enrollment.series_id
    assert lessons(enrollment, "confirmed") == [
        dt.datetime(2027, 2, 16, 21, tzinfo=UTC),
        dt.datetime(2027, 3, 9, 21, tzinfo=UTC),
        dt.datetime(2027, 3, 16, 20, tzinfo=UTC),
    ]
    assert broken(plan.course.school) == {}


def test_a_pause_with_an_end_goes_on_by_itself():
    plan = a_plan()
    enrollment = enroll_weekly(plan, by=OWNER)
    paused = pause_enrollment(enrollment, from_day=TUESDAY + WEEK, until=dt.date(2027, 3, 15), by=OWNER)
    assert paused.status == "active"
    assert lessons(enrollment, "confirmed") == [
        dt.datetime(2027, 2, 16, 21, tzinfo=UTC),
        dt.datetime(2027, 3, 16, 20, tzinfo=UTC),
    ]


def test_hours_per_week_bind_weekly_lessons_too():
    school = new_school("coding", timezone="America/New_York", weekly_ahead_days=35)
    plan = a_plan(school=school)
    plan.instructor.max_hours_per_week = 1
    plan.instructor.save()
    enroll_weekly(plan, by=OWNER)
    second = new_student(school)
    with pytest.raises(TimeTaken):
        enroll_weekly(replace(plan, student=second, client=payer_of(second), weekday=4), by=OWNER)


def test_an_hour_may_be_bought_between_two_lessons_but_not_on_one():
    plan = a_plan()
    enroll_weekly(plan, by=OWNER)
    other = new_student(plan.course.school)
    with pytest.raises(TimeTaken):
        buy_lesson(plan.course, other, dt.datetime(2027, 2, 23, 21, tzinfo=UTC))
    assert buy_lesson(plan.course, other, dt.datetime(2027, 2, 23, 22, tzinfo=UTC)).status == "pending"


def test_lessons_go_on_neither_on_a_past_day_nor_after_their_last():
    enrollment = enroll_weekly(a_plan(ends_on=TUESDAY + 4 * WEEK), by=OWNER)
    with pytest.raises(InputRefused) as refused:
        pause_enrollment(enrollment, from_day=TUESDAY + WEEK, until=TUESDAY + 6 * WEEK, by=OWNER)
    assert list(refused.value.errors) == ["until"]
    pause_enrollment(enrollment, from_day=TUESDAY + WEEK, by=OWNER)
    with time_machine.travel(dt.datetime(2027, 3, 3, 12, tzinfo=UTC), tick=False):
        for day in (TUESDAY + 4 * WEEK + dt.timedelta(days=1), dt.date(2027, 3, 2)):
            with pytest.raises(InputRefused):
                resume_enrollment(enrollment, on=day, by=OWNER)
        resume_enrollment(enrollment, on=TUESDAY + 4 * WEEK, by=OWNER)
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.series.starts_on) == ("active", TUESDAY + 4 * WEEK)
    assert broken(enrollment.course.school) == {}
