"""A series of classes, changed from a day on: who is booked comes along, what is past stays."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from factories import (
    OWNER,
    be_busy,
    buy_seat,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_student,
    payer_of,
)
from invariants import broken
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.diary.models import Closure
from schoolbell.diary.refusals import SchoolClosed
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor
from schoolbell.planning.generation import Extended, extend_school, extend_series
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.refusals import MoveClashes, SeatsTaken
from schoolbell.planning.series import change_series, preview_change
from schoolbell.planning.stopping import stop_series
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, SeriesStaffing, Session
from schoolbell.timetable.recurrence import occurrence_days, require_rule, weekly_on

pytestmark = pytest.mark.django_db
FIRST = dt.date(2027, 3, 1)  # a Monday


@pytest.fixture(autouse=True)
def _a_friday_in_february() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 26, 12, tzinfo=UTC), tick=False):
        yield


def classes(school: School, *instructors: Instructor, rule: str = "FREQ=WEEKLY;BYDAY=MO", **values: object) -> Series:
    """Mondays at 10:00 in London, for eight weeks; the clocks change on 28 March."""
    course = new_course(school, capacity=5)
    series = Series(
        **{
            "school_id": school.pk, "course": course, "starts_on": FIRST, "starts": dt.time(10),
            "timezone": "Europe/London", "duration_minutes": 60, "rule": rule, "capacity": 5,
        }
        | values
    )  # fmt: skip
    series.save(force_insert=True)
    for place, one in enumerate(instructors):
        SeriesStaffing(school_id=school.pk, series=series, instructor=one, leads=place == 0).save(force_insert=True)
    extend_series(series, until=dt.date(2027, 4, 25))
    return series


def days(series: Series) -> list[str]:
    """When its sessions are, by the clocks of London."""
    rows = Session.objects.filter(series_id=series.pk, status="published").order_by("starts_at")
    return [f"{one.starts_at.astimezone(series.course.school.zone):%d.%m. %H:%M}" for one in rows]


@pytest.fixture
def school() -> School:
    return new_school("courses", timezone="Europe/London", weekly_ahead_days=58)


def test_an_occurrence_keeps_its_hour_over_the_change_of_the_clocks(school):
    series = classes(school)
    assert days(series) == [
        "01.03. 10:00", "08.03. 10:00", "15.03. 10:00", "22.03. 10:00", "29.03. 10:00", "05.04. 10:00", "12.04. 10:00",
        "19.04. 10:00",
    ]  # fmt: skip
    assert extend_series(series, until=dt.date(2027, 4, 25)) == Extended(0, 0)


def test_this_and_following_go_to_another_day_with_who_is_booked(school):
    ida, sam = new_instructor(school), new_student(school)
    series = classes(school, ida)
    booked = Session.objects.get(series_id=series.pk, occurrence_on=dt.date(2027, 3, 29))
    booking = buy_seat(booked, sam)
    change = SeriesChange(rule="FREQ=WEEKLY;BYDAY=WE", starts=dt.time(18))
    looked = preview_change(series, first_day=dt.date(2027, 3, 15), change=change)
    assert [(one.day.isoformat(), len(one.students)) for one in looked.ahead] == [
        ("2027-03-17", 0), ("2027-03-24", 0), ("2027-03-31", 1), ("2027-04-07", 0), ("2027-04-14", 0), ("2027-04-21", 0)
    ]  # fmt: skip
    after = change_series(series, first_day=dt.date(2027, 3, 15), change=change, by=OWNER)
    assert days(series) == ["01.03. 10:00", "08.03. 10:00"]
    assert days(after)[:3] == ["17.03. 18:00", "24.03. 18:00", "31.03. 18:00"]
    assert after.follows_id == series.pk
    booking.refresh_from_db()
    assert (booking.status, booking.session_id) == ("pending", booked.pk)
    booked.refresh_from_db()
    assert (booked.series_id, booked.occurrence_on) == (after.pk, dt.date(2027, 3, 31))
    assert extend_school(school) == Extended(0, 0)  # the change looked as far ahead as the school does
    assert broken(school) == {}


def test_a_clash_refuses_all_or_stays_where_it_is(school):
    ida = new_instructor(school)
    series = classes(school, ida)
    be_busy(ida.person.diary_id, school, Stretch(*(dt.datetime(2027, 3, 24, hour, tzinfo=UTC) for hour in (17, 20))))
    change = SeriesChange(rule="FREQ=WEEKLY;BYDAY=WE", starts=dt.time(18))
    (clash,) = (one for one in preview_change(series, first_day=FIRST, change=change).ahead if one.is_in_the_way)
    assert (clash.day, [one.who for one in clash.clashes]) == (dt.date(2027, 3, 24), ["Ida Teacher"])
    with pytest.raises(MoveClashes):
        change_series(series, first_day=FIRST, change=change, by=OWNER)
    assert days(series)[0] == "01.03. 10:00"
    after = change_series(series, first_day=FIRST, change=change, by=OWNER, leave_clashing=True)
    assert days(after)[2:5] == ["17.03. 18:00", "22.03. 10:00", "31.03. 18:00"]
    left = Session.objects.get(series_id=after.pk, occurrence_on=dt.date(2027, 3, 24))
    assert left.starts_at == dt.datetime(2027, 3, 22, 10, tzinfo=UTC)
    assert broken(school) == {}


def test_a_closed_day_is_no_place_to_move_to(school):
    series = classes(school)
    Closure(school=school, first_day=dt.date(2027, 3, 9), last_day=dt.date(2027, 3, 9), name="Away").save()
    with pytest.raises(SchoolClosed):
        change_series(series, first_day=FIRST, change=SeriesChange(rule="FREQ=WEEKLY;BYDAY=TU"), by=OWNER)


def test_every_second_week_stays_every_second_week(school):
    series = classes(school, rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO")
    assert days(series) == ["01.03. 10:00", "15.03. 10:00", "29.03. 10:00", "12.04. 10:00"]
    after = change_series(series, first_day=dt.date(2027, 3, 10), change=SeriesChange(starts=dt.time(9)), by=OWNER)
    assert days(after) == ["15.03. 09:00", "29.03. 09:00", "12.04. 09:00"]


def test_fewer_days_cancel_what_is_left_over(school):
    series = classes(school, rule="FREQ=WEEKLY;BYDAY=MO,TH", ends_on=dt.date(2027, 3, 18))
    assert len(days(series)) == 6
    booking = buy_seat(
        Session.objects.get(series_id=series.pk, occurrence_on=dt.date(2027, 3, 18)), new_student(school)
    )
    after = change_series(series, first_day=FIRST, change=SeriesChange(rule="FREQ=WEEKLY;BYDAY=FR"), by=OWNER)
    assert days(after) == ["05.03. 10:00", "12.03. 10:00"]
    assert Booking.objects.get(id=booking.pk).status == "cancelled"
    assert broken(school) == {}


def test_capacity_staff_and_place_change_and_seats_that_are_taken_stay(school):
    ida, tom, hall = new_instructor(school), new_instructor(school, name="Tom Other"), new_resource(school)
    series = classes(school, ida)
    session = Session.objects.filter(series_id=series.pk).order_by("starts_at")[2]
    for _number in range(3):
        buy_seat(session, new_student(school))
    with pytest.raises(SeatsTaken):
        change_series(series, first_day=FIRST, change=SeriesChange(capacity=2), by=OWNER)
    after = change_series(
        series, first_day=FIRST, change=SeriesChange(capacity=3, instructors=(tom,), resource=hall, price=900), by=OWNER
    )
    session.refresh_from_db()
    assert (session.capacity, session.resource_id, session.price) == (3, hall.pk, 900)
    assert Booking.objects.filter(session_id=session.pk).values_list("price", flat=True).distinct().get() == 4500
    assert [one.instructor_id for one in after.staffing.all()] == [tom.pk]
    assert broken(school) == {}


def test_it_ends_and_everybody_after_that_is_told(school):
    series = classes(school)
    booking = buy_seat(Session.objects.get(series_id=series.pk, occurrence_on=dt.date(2027, 4, 5)), new_student(school))
    assert len(stop_series(series, last_day=dt.date(2027, 3, 31), by=OWNER)) == 3
    booking.refresh_from_db()
    assert (booking.status, booking.owed_percent) == ("cancelled", 100)
    assert extend_school(school) == Extended(0, 0)


def test_weekly_lessons_move_with_their_bookings():
    school = new_school("coding", timezone="America/New_York", weekly_ahead_days=30)
    sam, course = new_student(school), new_lessons(school, price=4500)
    plan = WeeklyPlan(sam, payer_of(sam), course, new_instructor(school), 2, dt.time(16), dt.date(2027, 3, 2))
    enrollment = enroll_weekly(plan, by=OWNER)
    before = list(Booking.objects.filter(enrollment_id=enrollment.pk).order_by("id").values_list("reference", "status"))
    after = change_series(
        enrollment.series, first_day=dt.date(2027, 3, 9), change=SeriesChange(starts=dt.time(17, 30)), by=OWNER
    )
    assert Enrollment.objects.get(id=enrollment.pk).series_id == after.pk
    assert days(after) == ["09.03. 17:30", "16.03. 17:30", "23.03. 17:30"]
    now_there = Booking.objects.filter(enrollment_id=enrollment.pk).order_by("id").values_list("reference", "status")
    assert list(now_there) == before
    assert broken(school) == {}


def test_nonsense(school):
    series = classes(school, ends_on=dt.date(2027, 4, 1))
    for first_day, change in (
        (dt.date(2027, 4, 2), SeriesChange()),
        (dt.date(2027, 2, 25), SeriesChange()),
        (FIRST, SeriesChange(duration_minutes=3)),
        (FIRST, SeriesChange(rule="FREQ=HOURLY")),
        (FIRST, SeriesChange(rule="FREQ=WEEKLY;BYDAY=XX")),
    ):
        with pytest.raises(InputRefused):
            change_series(series, first_day=first_day, change=change, by=OWNER)


def test_rules_are_read_as_people_write_them():
    assert require_rule(" rrule:freq=weekly;byday=tu ") == "FREQ=WEEKLY;BYDAY=TU"
    assert require_rule("FREQ=DAILY;UNTIL=20270305T235959Z") == "FREQ=DAILY;UNTIL=20270305"
    assert weekly_on(4, 2) == "FREQ=WEEKLY;BYDAY=TU,TH"
    assert weekly_on(1, every=2) == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"


def test_a_rule_that_no_day_meets_has_no_occurrence():
    series = Series(
        rule="FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", starts_on=FIRST, starts=dt.time(9), timezone="UTC", ends_on=None
    )
    assert occurrence_days(series, FIRST, dt.date(2030, 1, 1)) == []


def test_a_day_that_never_was_has_no_occurrence():
    series = Series(
        rule="FREQ=DAILY", starts_on=dt.date(2011, 12, 28), starts=dt.time(9), timezone="Pacific/Apia", ends_on=None
    )
    assert occurrence_days(series, dt.date(2011, 12, 28), dt.date(2012, 1, 1)) == [
        dt.date(2011, 12, 28), dt.date(2011, 12, 29), dt.date(2011, 12, 31), dt.date(2012, 1, 1)
    ]  # fmt: skip
