"""A seat in a class every week: in what is there, in what comes, and nowhere by force."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from factories import (
    OWNER,
    be_busy,
    buy_seat,
    new_course,
    new_instructor,
    new_school,
    new_student,
    new_students,
    payer_of,
)
from invariants import broken
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.checks import CHECKS
from schoolbell.bookings.models import Booking, Enrollment, Seating
from schoolbell.bookings.refusals import AgeNotAllowed, SessionFull, StudentNotActive, TransitionRefused
from schoolbell.bookings.sessions import cancel_session
from schoolbell.catalogue.models import Course
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.checks import broken as breaches
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.actions import change_student
from schoolbell.people.models import Student
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.course_changes import CourseChange, change_course
from schoolbell.planning.generation import extend_school
from schoolbell.planning.joining import Joining, join_class, left_out_of, preview_joining
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.pausing import end_enrollment, pause_enrollment, preview_resume, resume_enrollment
from schoolbell.planning.refusals import AlreadyEnrolled
from schoolbell.planning.rescheduling import Target, reschedule_booking
from schoolbell.planning.series import change_series
from schoolbell.planning.stopping import stop_series
from schoolbell.planning.switching import preview_switch, switch_class
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session, Slot

pytestmark = pytest.mark.django_db
TUESDAY = dt.date(2027, 2, 16)
WEEK = dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with at_noon(dt.date(2027, 2, 15)):
        yield


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=28)


def at_noon(day: dt.date) -> time_machine.travel:
    return time_machine.travel(dt.datetime(day.year, day.month, day.day, 12, tzinfo=UTC), tick=False)


def a_class(
    school: School, *, course: Course | None = None, capacity: int = 5, weekday: str = "TU", **more: Any
) -> Series:
    course = course or new_course(school, capacity=capacity, price=2500)
    values = {"starts": dt.time(16), "first_day": TUESDAY, "capacity": capacity} | more
    return create_series(
        NewSeries(course, f"FREQ=WEEKLY;BYDAY={weekday}", instructors=[new_instructor(school)], **values), by=OWNER
    )


def joining(series: Series, student: Student | None = None, **more: Any) -> Joining:
    student = student or new_student(series.course.school, "Leo Marsh")
    return Joining(series, student, payer_of(student), **({"starts_on": TUESDAY} | more))


def join(series: Series, student: Student | None = None, **more: Any) -> Enrollment:
    return join_class(joining(series, student, **more), by=OWNER)


def seats(enrollment: Enrollment, *statuses: str) -> list[str]:
    """The days for which it has a booking."""
    rows = Booking.objects.filter(enrollment_id=enrollment.pk, status__in=statuses or ("confirmed",))
    days = rows.order_by("session__starts_at").values_list("session__occurrence_on", flat=True)
    return [f"{day:%m-%d}" for day in days]


def fill(series: Series, day: dt.date) -> list[Booking]:
    session = Session.objects.get(series_id=series.pk, occurrence_on=day)
    return [buy_seat(session, one) for one in new_students(series.course.school, session.capacity)]


def left_out(enrollment: Enrollment) -> list[tuple[str, str]]:
    return [(f"{one.day:%m-%d}", one.reason) for one in left_out_of(enrollment)]


def test_a_seat_in_every_class_up_to_the_horizon_and_in_what_comes(school: School):
    series = a_class(school)
    enrollment = join(series)
    assert seats(enrollment) == ["02-16", "02-23", "03-02", "03-09"]
    booking = Booking.objects.filter(enrollment_id=enrollment.pk).order_by("session__starts_at").first()
    assert (booking.status, booking.settled_by, booking.price, booking.payment_status) == (
        "confirmed", "enrollment", 2500, "pending"
    )  # fmt: skip
    assert (enrollment.type, enrollment.status, enrollment.in_class) == ("weekly_recurring", "active", True)
    assert set(Slot.objects.values_list("seats_taken", flat=True)) == {1}
    with at_noon(dt.date(2027, 3, 1)):
        extend_school(school)
        assert seats(enrollment) == ["02-16", "02-23", "03-02", "03-09", "03-16", "03-23"]
        extend_school(school)
        assert seats(enrollment) == ["02-16", "02-23", "03-02", "03-09", "03-16", "03-23"]
    names = Record.objects.of(school).filter(subject_id=enrollment.pk).order_by("created_at", "id")
    assert list(names.values_list("name", flat=True)) == [
        "enrollment.seated", "enrollment.created", "enrollment.seated"
    ]  # fmt: skip
    assert not Record.objects.of(school).filter(name="booking.created").exists()
    assert broken(school) == {}


def test_days_and_price_that_are_asked_for(school: School):
    enrollment = join(a_class(school), starts_on=TUESDAY + WEEK, ends_on=TUESDAY + 2 * WEEK, price=2000)
    assert seats(enrollment) == ["02-23", "03-02"]
    assert set(Booking.objects.values_list("price", flat=True)) == {2000}
    with at_noon(dt.date(2027, 3, 1)):
        extend_school(school)
    assert seats(enrollment) == ["02-23", "03-02"]
    assert join(a_class(school, price=1700)).price == 1700


def test_a_full_class_is_said_with_the_nearest_that_has_a_seat_and_tried_again(school: School):
    series = a_class(school, capacity=2)
    a_class(school, course=series.course, weekday="TH", capacity=2)
    taken = fill(series, TUESDAY + WEEK)
    asked = joining(series)
    seen = preview_joining(asked)
    assert [(one.day, one.reason) for one in seen] == [
        (TUESDAY, ""), (TUESDAY + WEEK, "full"), (TUESDAY + 2 * WEEK, ""), (TUESDAY + 3 * WEEK, "")
    ]  # fmt: skip
    assert [f"{one.starts_at:%m-%d}" for one in seen[1].alternatives] == ["02-25", "02-18"]
    assert not Enrollment.objects.of(school).filter(in_class=True).exists()
    enrollment = join_class(asked, by=OWNER)
    assert seats(enrollment) == ["02-16", "03-02", "03-09"]
    assert left_out(enrollment) == [("02-23", "full")]
    told = Outbox.objects.filter(subject_id=enrollment.pk, name="enrollment.left_out")
    assert told.count() == 1
    extend_school(school)
    assert told.count() == 1
    cancel_booking(taken[0], by=OWNER)
    extend_school(school)
    assert seats(enrollment) == ["02-16", "02-23", "03-02", "03-09"]
    assert left_out(enrollment) == []
    assert broken(school) == {}


def test_what_else_the_student_has_is_said_and_never_pushed_aside(school: School):
    series, student = a_class(school), new_student(school, "Leo Marsh")
    noon = dt.datetime(2027, 3, 2, 16, 30, tzinfo=UTC)
    be_busy(student.person.diary_id, school, Stretch(noon, noon + dt.timedelta(hours=1)))
    buy_seat(Session.objects.get(series_id=series.pk, occurrence_on=TUESDAY), student)
    seen = preview_joining(joining(series, student))
    assert [(f"{one.day:%m-%d}", one.reason, [who for who, _when in one.taken]) for one in seen] == [
        ("02-16", "booked", []), ("02-23", "", []), ("03-02", "clash", ["Leo Marsh"]), ("03-09", "", [])
    ]  # fmt: skip
    enrollment = join(series, student)
    assert (seats(enrollment), left_out(enrollment)) == (["02-23", "03-09"], [("02-16", "booked"), ("03-02", "clash")])
    assert broken(school) == {}


def test_no_seat_at_all_enrolls_nobody(school: School):
    series = a_class(school, capacity=1, last_day=TUESDAY)
    fill(series, TUESDAY)
    with pytest.raises(SessionFull):
        join(series)
    assert not Enrollment.objects.of(school).filter(in_class=True).exists()


def test_a_class_that_was_cancelled_by_the_family_or_the_school_does_not_come_back(school: School):
    series = a_class(school)
    enrollment = join(series)
    cancel_booking(Booking.objects.get(session__occurrence_on=TUESDAY), by=OWNER)
    cancel_session(Session.objects.get(occurrence_on=TUESDAY + WEEK), by=OWNER)
    extend_school(school)
    assert seats(enrollment) == ["03-02", "03-09"]
    assert broken(school) == {}


def test_a_class_that_the_family_moved_is_not_given_twice(school: School):
    series = a_class(school)
    other = a_class(school, course=series.course, weekday="TH")
    enrollment = join(series)
    there = Session.objects.get(series_id=other.pk, occurrence_on=dt.date(2027, 2, 18))
    reschedule_booking(Booking.objects.get(session__occurrence_on=TUESDAY), Target(session=there), by=OWNER)
    extend_school(school)
    assert seats(enrollment) == ["02-18", "02-23", "03-02", "03-09"]
    assert broken(school) == {}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"starts_on": dt.date(2027, 2, 14)}, "starts_on"),
        ({"ends_on": dt.date(2027, 2, 15)}, "ends_on"),
        ({"starts_on": dt.date(2027, 2, 17), "ends_on": dt.date(2027, 2, 22)}, "ends_on"),
    ],
)
def test_days_that_cannot_be_are_refused(school: School, more: dict[str, Any], field: str):
    series = a_class(school)
    for act in (preview_joining, lambda asked: join_class(asked, by=OWNER)):
        with pytest.raises(InputRefused) as refused:
            act(joining(series, **more))
        assert list(refused.value.errors) == [field]


def test_who_may_not_join(school: School):
    series = a_class(school)
    leo = new_student(school, "Leo Marsh")
    join(series, leo)
    with pytest.raises(AlreadyEnrolled):
        join(series, leo)
    Course.objects.filter(id=series.course_id).update(age_min=8)
    series.course.refresh_from_db()
    with pytest.raises(AgeNotAllowed):
        join(series)
    gone = new_student(school)
    Student.objects.filter(id=gone.pk).update(status="left")
    gone.refresh_from_db()
    with pytest.raises(StudentNotActive):
        join(series, gone)


def test_a_pause_and_what_follows_it(school: School):
    enrollment = join(a_class(school))
    cancel_booking(Booking.objects.get(session__occurrence_on=TUESDAY + 3 * WEEK), by=OWNER)
    pause_enrollment(enrollment, from_day=TUESDAY + WEEK, by=OWNER)
    assert (seats(enrollment), seats(enrollment, "cancelled")) == (["02-16"], ["02-23", "03-02", "03-09"])
    assert set(Slot.objects.filter(session__occurrence_on__gt=TUESDAY).values_list("seats_taken", flat=True)) == {0}
    with at_noon(dt.date(2027, 3, 1)):
        extend_school(school)
        assert seats(enrollment) == ["02-16"]
        enrollment.refresh_from_db()
        with pytest.raises(InputRefused):
            resume_enrollment(enrollment, on=dt.date(2027, 2, 22), by=OWNER)
        assert [f"{one.day:%m-%d}" for one in preview_resume(enrollment, on=dt.date(2027, 3, 2))] == [
            "03-02", "03-09", "03-16", "03-23"
        ]  # fmt: skip
        resume_enrollment(enrollment, on=dt.date(2027, 3, 2), by=OWNER)
        assert seats(enrollment) == ["02-16", "03-02", "03-16", "03-23"]  # what they cancelled before stays so
        extend_school(school)
        assert seats(enrollment) == ["02-16", "03-02", "03-16", "03-23"]
        assert broken(school) == {}


def test_a_pause_with_an_end_goes_on_by_itself_and_grows(school: School):
    enrollment = join(a_class(school))
    pause_enrollment(enrollment, from_day=TUESDAY + WEEK, until=TUESDAY + 2 * WEEK, by=OWNER)
    enrollment.refresh_from_db()
    assert (enrollment.status, seats(enrollment)) == ("active", ["02-16", "03-02", "03-09"])
    with pytest.raises(InputRefused):
        pause_enrollment(enrollment, from_day=TUESDAY + 4 * WEEK, by=OWNER)
    pause_enrollment(enrollment, from_day=TUESDAY + 2 * WEEK, until=TUESDAY + 3 * WEEK, by=OWNER)
    enrollment.refresh_from_db()
    assert (enrollment.away_from, enrollment.away_until) == (TUESDAY + WEEK, TUESDAY + 3 * WEEK)
    extend_school(school)
    assert seats(enrollment) == ["02-16", "03-09"]
    assert broken(school) == {}


def test_ending_touches_only_what_lies_ahead(school: School):
    enrollment = join(a_class(school))
    with at_noon(dt.date(2027, 2, 24)):
        end_enrollment(enrollment, last_day=dt.date(2027, 3, 2), by=OWNER)
        enrollment.refresh_from_db()
        assert (enrollment.status, enrollment.ends_on, seats(enrollment)) == (
            "ended", dt.date(2027, 3, 2), ["02-16", "02-23", "03-02"]
        )  # fmt: skip
        extend_school(school)
        assert seats(enrollment) == ["02-16", "02-23", "03-02"]
        with pytest.raises(TransitionRefused):
            pause_enrollment(enrollment, from_day=dt.date(2027, 3, 1), by=OWNER)
        assert broken(school) == {}
    assert set(Booking.objects.filter(status="cancelled").values_list("owed_percent", flat=True)) == {100}


def test_an_end_beyond_the_horizon_keeps_the_seats_until_then(school: School):
    enrollment = join(a_class(school))
    end_enrollment(enrollment, last_day=dt.date(2027, 3, 16), by=OWNER)
    with at_noon(dt.date(2027, 3, 1)):
        extend_school(school)
    assert seats(enrollment) == ["02-16", "02-23", "03-02", "03-09", "03-16"]


def test_who_leaves_before_the_first_class_was_never_there(school: School):
    enrollment = join(a_class(school), starts_on=TUESDAY + WEEK)
    end_enrollment(enrollment, last_day=TUESDAY, by=OWNER)
    enrollment.refresh_from_db()
    assert (enrollment.status, seats(enrollment)) == ("cancelled", [])
    extend_school(school)
    assert seats(enrollment) == []
    assert broken(school) == {}


def test_a_class_that_changes_takes_everybody_along(school: School):
    series = a_class(school)
    stays, gone, paused = join(series), join(series), join(series)
    end_enrollment(gone, last_day=TUESDAY, by=OWNER)
    pause_enrollment(paused, from_day=TUESDAY + WEEK, by=OWNER)
    after = change_series(
        series,
        first_day=dt.date(2027, 2, 22),
        change=SeriesChange(rule="FREQ=WEEKLY;BYDAY=WE,FR"),
        by=OWNER,
    )
    assert seats(stays) == ["02-16", "02-24", "02-26", "03-03", "03-05", "03-10", "03-12"]
    assert (seats(gone), seats(paused)) == (["02-16"], ["02-16"])
    for enrollment in (stays, gone, paused):
        enrollment.refresh_from_db()
    assert [one.series_id for one in (stays, gone, paused)] == [after.pk, series.pk, after.pk]
    resume_enrollment(paused, on=dt.date(2027, 3, 4), by=OWNER)
    assert seats(paused) == ["02-16", "03-05", "03-10", "03-12"]
    assert broken(school) == {}


def test_what_changes_far_ahead_leaves_what_comes_before_as_it_is(school: School):
    """Beyond what is on the timetable yet: the weeks until then are put there first."""
    series = a_class(school)
    enrollment = join(series)
    change_series(series, first_day=dt.date(2027, 3, 29), change=SeriesChange(starts=dt.time(17)), by=OWNER)
    with at_noon(dt.date(2027, 3, 8)):
        extend_school(school)
    assert seats(enrollment) == ["02-16", "02-23", "03-02", "03-09", "03-16", "03-23", "03-30"]
    assert broken(school) == {}


def test_a_class_that_ends_ends_it_for_everybody(school: School):
    series = a_class(school)
    enrollment = join(series)
    stop_series(series, last_day=TUESDAY + WEEK, by=OWNER)
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.ends_on, seats(enrollment)) == ("ended", TUESDAY + WEEK, ["02-16", "02-23"])
    assert broken(school) == {}


def test_another_class_of_the_course_from_a_day_on(school: School):
    series = a_class(school)
    other = a_class(school, course=series.course, weekday="TH")
    enrollment = join(series, price=2000)
    seen = preview_switch(enrollment, to=other, first_day=dt.date(2027, 2, 22))
    assert [one.session.occurrence_on for one in seen.left] == [TUESDAY + n * WEEK for n in (1, 2, 3)]
    assert [f"{one.day:%m-%d}" for one in seen.joined] == ["02-25", "03-04", "03-11"]
    after = switch_class(enrollment, to=other, first_day=dt.date(2027, 2, 22), by=OWNER)
    enrollment.refresh_from_db()
    assert (enrollment.status, seats(enrollment)) == ("ended", ["02-16"])
    assert (after.status, after.price, seats(after)) == ("active", 2000, ["02-25", "03-04", "03-11"])
    with pytest.raises(InputRefused):
        switch_class(after, to=a_class(school), first_day=dt.date(2027, 3, 1), by=OWNER)
    assert broken(school) == {}


def test_nothing_of_a_switch_is_done_where_the_other_class_has_no_seat(school: School):
    series = a_class(school)
    other = a_class(school, course=series.course, weekday="TH", capacity=1, last_day=dt.date(2027, 2, 18))
    fill(other, dt.date(2027, 2, 18))
    enrollment = join(series)
    with pytest.raises(SessionFull):
        switch_class(enrollment, to=other, first_day=dt.date(2027, 2, 17), by=OWNER)
    enrollment.refresh_from_db()
    assert (enrollment.status, len(seats(enrollment))) == ("active", 4)


def test_prices_follow_a_course_where_the_office_says_so(school: School):
    series = a_class(school)
    usual, own = join(series), join(series, price=2000)
    change_course(series.course, CourseChange(price=3000, enrollments_follow=True), by=OWNER)
    prices = Booking.objects.order_by("price").values_list("price", flat=True).distinct()
    assert list(prices) == [2000, 3000]
    usual.refresh_from_db()
    own.refresh_from_db()
    assert (usual.price, own.price) == (3000, 2000)


def test_a_class_has_many_enrollments_and_a_student_s_own_lessons_one(school: School):
    """The database holds it: see the races for a student's second enrollment in a class."""
    enrollment = join(a_class(school))
    seating = Seating.objects.filter(enrollment_id=enrollment.pk).first()
    for changes in ({"type": "one_off"}, {"away_until": TUESDAY}, {"away_from": TUESDAY, "away_until": TUESDAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Enrollment.objects.filter(id=enrollment.pk).update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seating(school=school, enrollment=enrollment, session=seating.session).save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrollment.objects.filter(id__in=[enrollment.pk, join(enrollment.series).pk]).update(in_class=False)
    Enrollment.objects.filter(id=enrollment.pk).update(in_class=False)
    (check,) = (one for one in CHECKS if one.rule.startswith("A seat in a class every week"))
    assert list(breaches(check)) == [(school.pk, enrollment.pk, "")]


def test_who_has_left_takes_no_new_seat_until_they_are_back(school: School):
    series = a_class(school)
    enrollment = join(series)
    student = change_student(enrollment.student, by=OWNER, status="left", skill_level="")
    with at_noon(TUESDAY + WEEK - dt.timedelta(days=1)):
        extend_school(school)
        assert seats(enrollment) == ["02-16", "02-23", "03-02", "03-09"]
        assert left_out(Enrollment.objects.get(id=enrollment.pk)) == [("03-16", "away")]
        change_student(student, by=OWNER, status="active", skill_level="")
        extend_school(school)
        assert seats(enrollment) == ["02-16", "02-23", "03-02", "03-09", "03-16"]
        assert left_out(Enrollment.objects.get(id=enrollment.pk)) == []
