"""Seats in classes every week: a line of series.csv for each, and the classes of the timetable file are theirs."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from factories import OWNER, buy_seat, new_course, new_instructor, new_school, new_student, new_students, payer_of
from importing.files import bad, cells, counts, everything_holds, exported, files_of, sheet, take_in, take_in_one
from invariants import broken
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.models import Booking, Enrollment, Seating
from schoolbell.kit.time import UTC
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.generation import extend_school
from schoolbell.planning.joining import Joining, join_class
from schoolbell.planning.pausing import end_enrollment, pause_enrollment, resume_enrollment
from schoolbell.planning.rescheduling import Target, reschedule_booking
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session

pytestmark = pytest.mark.django_db

WEEK = dt.timedelta(days=7)
TUESDAY = dt.date(2027, 2, 16)


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


def new_town() -> School:
    return new_school("coding", timezone="America/New_York", currency="USD", weekly_ahead_days=35)


def a_club(school: School, weekday: str = "TU", **more) -> Series:
    course = more.pop("course", None) or new_course(school, name="Club", capacity=5, price=2500)
    rule = NewSeries(course, f"FREQ=WEEKLY;BYDAY={weekday}", dt.time(16), TUESDAY, instructors=[new_instructor(school)])
    return create_series(rule, by=OWNER)


def joined(series: Series, name: str, **more) -> Enrollment:
    student = more.pop("student", None) or new_student(series.course.school, name)
    return join_class(Joining(series, student, payer_of(student), **({"starts_on": TUESDAY} | more)), by=OWNER)


@pytest.fixture
def town(db) -> School:
    """A class with seats every week that go on, that ended, that are paused, that went on after a pause, and of one who
    left and came again; one class was cancelled by its family."""
    school = new_town()
    club = a_club(school)
    going_on = joined(club, "Ada Going", price=2000, ends_on=dt.date(2027, 6, 30))
    cancel_and_settle(Booking.objects.filter(enrollment=going_on).order_by("session__starts_at")[1], by=OWNER)
    ended = joined(club, "Ben Ended")
    end_enrollment(ended, last_day=TUESDAY, by=OWNER)
    joined(club, "", student=ended.student, starts_on=TUESDAY + 2 * WEEK, price=1500)
    pause_enrollment(joined(club, "Cleo Paused"), from_day=TUESDAY + WEEK, by=OWNER)
    back = pause_enrollment(joined(club, "Dan Back"), from_day=TUESDAY + WEEK, by=OWNER)
    resume_enrollment(back, on=TUESDAY + 3 * WEEK, by=OWNER)
    return school


def taken_in_elsewhere(school: School) -> School:
    files = exported(school)
    other = new_town()
    done = take_in(other, *files_of(files))
    assert [(one.file.name, one.refused, bad(one)) for one in done.files if one.is_refused] == []
    assert exported(other) == files
    everything_holds()
    assert broken(other) == {}
    return other


def seats(school: School) -> list[tuple[str, str, int, dt.date, str]]:
    """Who is in which class, on which terms."""
    rows = Booking.objects.of(school).filter(settled_by="enrollment").order_by("student__person__first_name")
    return sorted(
        rows.values_list(
            "student__person__first_name", "enrollment__status", "price", "session__starts_at__date", "status"
        )
    )


def test_seats_in_a_class_every_week_come_out_whole_and_go_in_elsewhere(town):
    files = exported(town)
    lines = cells(files["series.csv"])
    assert [
        (line["student"], line["enrollment_status"], line["price"], line["enrolled_on"], line["enrolled_until"])
        for line in lines
    ] == [
        ("Ada Going", "active", "20.00", "2027-02-16", "2027-06-30"),
        ("Ben Ended", "ended", "25.00", "2027-02-16", "2027-02-16"),
        ("Ben Ended", "active", "15.00", "2027-03-02", ""),
        ("Cleo Paused", "paused", "25.00", "2027-02-16", ""),
        ("Dan Back", "active", "25.00", "2027-02-16", ""),
    ]
    assert {line["key"] for line in lines} == {str(Series.objects.of(town).get().pk)}
    again = take_in(town, *files_of(files))
    assert [(one.kind, bad(one), one.changes) for one in again.files if not one.changes_nothing] == []
    other = taken_in_elsewhere(town)
    once_more = take_in(other, *files_of(files))
    assert [(one.kind, bad(one), one.changes) for one in once_more.files if not one.changes_nothing] == []
    assert seats(other) == seats(town)
    assert Enrollment.objects.of(other).filter(in_class=True).count() == 5


def test_the_night_gives_them_the_same_elsewhere_and_a_pause_gives_again_what_it_took(town):
    other = taken_in_elsewhere(town)
    for school in (town, other):
        extend_school(school)
    assert seats(other) == seats(town)
    for school in (town, other):
        resume_enrollment(Enrollment.objects.of(school).get(status="paused"), on=TUESDAY + 2 * WEEK, by=OWNER)
    assert seats(other) == seats(town)
    everything_holds()


def test_a_class_that_was_moved_or_had_no_seat_is_not_given_again_elsewhere(db):
    school = new_town()
    club = a_club(school)
    thursdays = a_club(school, "TH", course=club.course)
    full = Session.objects.get(series=club, occurrence_on=TUESDAY + WEEK)
    for student in new_students(school, full.capacity):
        buy_seat(full, student)
    seat = joined(club, "Ada Going")
    there = Session.objects.get(series=thursdays, occurrence_on=TUESDAY + dt.timedelta(days=2))
    reschedule_booking(
        Booking.objects.get(enrollment=seat, session__occurrence_on=TUESDAY), Target(session=there), by=OWNER
    )
    lines = cells(exported(school)["timetable.csv"])
    assert [(line["starts_at"][:10], line["no_seat"]) for line in lines if line["student"] == "Ada Going"] == [
        ("2027-02-16", "elsewhere"), ("2027-02-18", ""), ("2027-02-23", "full"), ("2027-03-02", ""),
        ("2027-03-09", ""), ("2027-03-16", ""),
    ]  # fmt: skip
    again = take_in(school, *files_of(exported(school)))
    assert [(one.kind, bad(one), one.changes) for one in again.files if not one.changes_nothing] == []
    other = taken_in_elsewhere(school)
    extend_school(other)
    assert seats(other) == seats(school)
    whys = [
        list(Seating.objects.of(one).order_by("session__starts_at").values_list("session__occurrence_on", "reason"))
        for one in (school, other)
    ]
    assert whys[0] == whys[1]


@pytest.fixture
def row(db):
    """A school with a class on Tuesdays, and a line for a seat in it every week."""
    school = new_school("coding", timezone="Europe/London", currency="GBP", weekly_ahead_days=30)
    new_course(school, name="Club", capacity=5, price=2500)
    new_instructor(school, name="Ada Okafor")
    new_student(school, "Emma Marsh")
    club = {
        "key": "c1",
        "course": "Club",
        "repeats": "Tue",
        "starts": "16:00",
        "starts_on": "2027-02-16",
        "instructors": "Ada Okafor",
    }
    take_in_one(school, sheet(club | {"student": ""}))
    return school, club | {"student": "Emma Marsh", "enrolled_on": "2027-02-23"}


def test_a_seat_of_a_file_is_taken_in_every_class_once(row):
    school, line = row
    done = take_in_one(school, sheet(line))
    assert (bad(done), counts(done)) == ([], {"series": {"unchanged": 1}, "seat": {"added": 1}})
    assert done.notes == ["4 seats in classes were taken."]
    enrollment = Enrollment.objects.of(school).get()
    assert (enrollment.in_class, enrollment.status, enrollment.price) == (True, "active", 2500)
    assert list(Booking.objects.of(school).values_list("status", "price", "enrollment_id").distinct()) == [
        ("confirmed", 2500, enrollment.pk)
    ]
    again = take_in_one(school, sheet(line))
    assert (bad(again), counts(again), again.notes) == ([], {"series": {"unchanged": 1}, "seat": {"unchanged": 1}}, [])
    assert Booking.objects.of(school).count() == Seating.objects.of(school).count() == 4
    everything_holds()


def test_a_class_and_who_is_in_it_come_in_one_file(row):
    school, line = row
    new_student(school, "Leo Marsh")
    new = line | {"key": "c2", "starts": "18:00", "price": "20"}
    done = take_in_one(school, sheet(new, new | {"student": "Leo Marsh", "enrolled_until": "2027-03-02"}))
    assert (bad(done), counts(done)) == ([], {"series": {"added": 1}, "seat": {"added": 2}})
    assert [(name, price) for name, _status, price, _day, _booked in seats(school)] == [("Emma", 2000)] * 4 + [
        ("Leo", 2000)
    ] * 2
    everything_holds()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"student": "Nobody"}, "student: there is no student “Nobody”"),
        ({"enrolled_until": "2027-02-01"}, "enrolled_until: is before enrolled_on"),
        ({"enrollment_status": "ended"}, "enrolled_until: is empty, though the seat is given up; say until when"),
        (
            {"enrollment_status": "pending"},
            "enrollment_status: is pending; seats in a class every week are taken at once",
        ),
        ({"enrollment_status": "paused"}, "away_from: is empty, though the seat is paused; say since when"),
        ({"away_until": "2027-03-02"}, "away_until: is not after away_from"),
        ({"paused_at": "2027-02-01 10:00"}, "paused_at: is for lessons that are paused"),
    ],
)
def test_a_seat_that_cannot_be_is_refused(row, rows, changed, told):
    school, line = row
    before = rows()
    assert bad(take_in_one(school, sheet(line | changed))) == [f"line 2, {told}"]
    assert rows() == before


def test_what_is_on_file_of_a_seat_is_not_changed_by_a_file(row):
    school, line = row
    take_in_one(school, sheet(line))
    for changed, column in (({"price": "20"}, "price"), ({"enrolled_until": "2027-03-02"}, "enrolled_until")):
        assert bad(take_in_one(school, sheet(line | changed))) == [
            f"line 2, {column}: is otherwise on file; what repeats is changed in the office"
        ]
    for lines in ([line, line], [line | {"enrolled_on": "2027-03-02"}]):
        assert bad(take_in_one(school, sheet(*lines))) == [
            f"line {len(lines) + 1}, student: has a seat in this class every week already"
        ]


def test_no_seat_is_said_only_of_who_has_one_every_week(row):
    school, line = row
    take_in_one(school, sheet(line))
    session = cells(exported(school)["timetable.csv"])[0]
    assert session["student"] == ""
    for changed, told in (
        ({"student": "Emma Marsh"}, "is for students who have a seat in this class every week"),
        ({}, "is filled, but the line names no student"),
    ):
        assert bad(take_in_one(school, sheet(session | {"no_seat": "full"} | changed))) == [f"line 2, no_seat: {told}"]
    later = cells(exported(school)["timetable.csv"])[1]
    assert bad(
        take_in_one(school, sheet(later | {"no_seat": "full", "booking": "", "booking_type": "", "price": ""}))
    ) == ["line 2, booking_status: is filled, though no_seat says that there is no booking"]
