# ruff: noqa: E501 -- a row of a table is a line
"""Weekly lessons and classes that repeat: whole when they go out, and the same when they come in elsewhere."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection

from factories import (
    OWNER,
    buy_seat,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_student,
    pay_for,
    payer_of,
)
from importing.files import bad, cells, counts, everything_holds, exported, files_of, sheet, take_in, take_in_one
from invariants import broken
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.checks import CHECKS
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.importing.refusals import RowRefused
from schoolbell.importing.writing import Writing
from schoolbell.kit.checks import broken as rows_that_break
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import UTC
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.joining import Joining, join_class
from schoolbell.planning.pausing import end_enrollment, pause_enrollment, resume_enrollment
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session, SkippedOccurrence

pytestmark = pytest.mark.django_db

WEEK = dt.timedelta(days=7)
TUESDAY = dt.date(2027, 2, 16)
ELSEWHERE = {"timezone": "America/New_York", "currency": "USD", "weekly_ahead_days": 35}


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


def new_town() -> School:
    return new_school("coding", **ELSEWHERE)


def enrolled(school: School, **values) -> Enrollment:
    """Tuesdays at 16:00 in New York."""
    student = values.pop("student", None) or new_student(school, f"Sam {new_id().hex[-6:]}")
    plan = {
        "student": student,
        "client": payer_of(student),
        "course": values.pop("course", None) or new_lessons(school, name=f"Piano {new_id().hex[-6:]}", price=4500),
        "instructor": new_instructor(school, name=f"Ida {new_id().hex[-6:]}"),
        "weekday": 2,
        "starts": dt.time(16),
        "starts_on": TUESDAY,
    }
    return enroll_weekly(WeeklyPlan(**plan | values), by=OWNER)


@pytest.fixture
def town(db) -> School:
    """Weekly lessons that go on, that ended, that are paused, and that went on after a pause; a lesson of one was
    cancelled; a class that repeats, with a seat sold in it and two students every week, one of whom left; one closed
    day."""
    school = new_town()
    going_on = enrolled(school, price=4000, ends_on=dt.date(2027, 6, 30))
    first = Booking.objects.of(school).filter(enrollment=going_on).order_by("session__starts_at").first()
    cancel_and_settle(first, by=OWNER)
    end_enrollment(enrolled(school), last_day=TUESDAY + WEEK, by=OWNER)
    pause_enrollment(enrolled(school), from_day=TUESDAY + WEEK, by=OWNER)
    paused = pause_enrollment(enrolled(school), from_day=TUESDAY + WEEK, by=OWNER)
    resume_enrollment(paused, on=TUESDAY + 3 * WEEK, by=OWNER)
    group = new_course(school, name="Club", capacity=4)
    ida, hall = new_instructor(school, name="Tom Club"), new_resource(school, capacity=3)
    rule = NewSeries(group, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", dt.time(17), TUESDAY, instructors=[ida], resource=hall)
    series = create_series(rule, by=OWNER)
    for name in ("Pia Club", "Quin Club"):
        member = new_student(school, name)
        seat = join_class(Joining(series, member, payer_of(member), TUESDAY), by=OWNER)
    end_enrollment(seat, last_day=TUESDAY + WEEK, by=OWNER)
    pay_for(buy_seat(Session.objects.of(school).filter(series=series).order_by("starts_at")[0], new_student(school)))
    SkippedOccurrence(school=school, series=series, occurrence_on=dt.date(2027, 3, 4), reason="closure").save()
    return school


def refusals(done):
    return [(one.file.name, one.refused, bad(one)) for one in done.files if one.is_refused]


def test_a_school_with_weekly_lessons_comes_out_whole_and_goes_in_elsewhere(town):
    files = exported(town)
    assert len(cells(files["series.csv"])) == 7
    again = take_in(town, *files_of(files))
    assert [(one.kind, bad(one), one.changes) for one in again.files if not one.changes_nothing] == []
    other = new_town()
    assert refusals(take_in(other, *files_of(files))) == []
    assert exported(other) == files
    everything_holds()
    assert broken(other) == {}
    for school in (town, other):
        assert Enrollment.objects.of(school).filter(type="weekly_recurring").count() == 6
        assert Booking.objects.of(school).filter(settled_by="enrollment").count() == 28
    statuses = {
        school.pk: sorted(
            Booking.objects.of(school)
            .filter(settled_by="enrollment")
            .values_list("enrollment__status", "status", "session__occurrence_on", "price")
        )
        for school in (town, other)
    }
    assert statuses[town.pk] == statuses[other.pk]


def test_lessons_that_were_paused_go_on_as_they_would_have_here(town):
    other = new_town()
    take_in(other, *files_of(exported(town)))
    given = {}
    for school in (town, other):
        paused = Enrollment.objects.of(school).get(status="paused")
        resume_enrollment(paused, on=TUESDAY + 3 * WEEK, by=OWNER)
        rows = Booking.objects.of(school).filter(enrollment=paused).order_by("session__starts_at", "status")
        given[school.pk] = list(rows.values_list("status", "session__starts_at"))
    assert given[town.pk] == given[other.pk]
    assert [status for status, _at in given[other.pk]].count("confirmed") == 3
    everything_holds()


@pytest.fixture
def row(db):
    """A school, and a line for weekly lessons in it that are not on the timetable yet."""
    school = new_school("coding", timezone="Europe/London", currency="GBP", weekly_ahead_days=30)
    new_lessons(school, name="Piano", price=3000)
    new_course(school, name="Club", capacity=5)
    new_instructor(school, name="Ada Okafor")
    new_student(school, "Emma Marsh")
    return school, {"course": "Piano", "repeats": "tuesday", "starts": "16:00", "starts_on": "2027-02-16",
                    "instructors": "Ada Okafor", "student": "Emma Marsh", "ends_on": ""}  # fmt: skip


def test_weekly_lessons_of_a_file_are_put_on_the_timetable_once(row):
    school, line = row
    done = take_in_one(school, sheet(line))
    assert (bad(done), counts(done)) == ([], {"series": {"added": 1}})
    assert done.notes == ["Up to 2027-03-17, 5 lessons were put on the timetable and 0 left out."]
    assert list(Booking.objects.of(school).values_list("status", "settled_by", "price").distinct()) == [
        ("confirmed", "enrollment", 3000)
    ]
    assert Series.objects.of(school).values_list("rule", "timezone", "duration_minutes", "capacity").get() == (
        "FREQ=WEEKLY;BYDAY=TU", "Europe/London", 60, 1
    )  # fmt: skip
    again = take_in_one(school, sheet(line))
    assert (bad(again), counts(again), again.notes) == ([], {"series": {"unchanged": 1}}, [])
    assert Session.objects.of(school).count() == 5
    everything_holds()


def test_a_class_that_repeats_has_sessions_and_no_bookings(row):
    school, line = row
    club = line | {"course": "Club", "repeats": "Mon; Thu", "student": "", "starts": "9:00"}
    assert bad(take_in_one(school, sheet(club))) == []
    sessions = Session.objects.of(school)
    assert (sessions.count(), set(sessions.values_list("capacity", "status"))) == (8, {(5, "published")})
    assert Booking.objects.of(school).count() == 0


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"repeats": "someday"}, "repeats: “someday” is not a weekday; use Mon, Tue, Wed, Thu, Fri, Sat, Sun, or a rule such as FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ({"repeats": "FREQ=SECONDLY;X=1"}, "repeats: “FREQ=SECONDLY;X=1” is no rule: Give a rule that repeats by day, week or month, such as FREQ=WEEKLY;BYDAY=TU."),
        ({"starts": "4 pm"}, "starts: “4 pm” is not a time of day such as 16:00"),
        ({"starts_on": ""}, "starts_on: is empty"),
        ({"ends_on": "2027-02-01"}, "ends_on: is before starts_on"),
        ({"instructors": ""}, "instructors: is empty; weekly lessons are somebody's to give"),
        ({"student": "Nobody"}, "student: there is no student “Nobody”"),
        ({"student": "", "on_demand": "yes"}, "student: is empty; weekly lessons are one student's"),
        ({"course": "Club", "on_demand": "yes"}, "course: is a group course; a student's weekly lessons are one_to_one"),
        ({"away_from": "2027-02-23"}, "away_from: is for a student's seat in a class"),
        ({"capacity": "2"}, "capacity: is more than the 1 seats that the course and the place allow"),
        ({"enrollment_status": "paused"}, "ends_on: is empty, though the lessons are paused or over; say until when"),
        ({"paused_at": "2027-02-01 10:00"}, "paused_at: is for lessons that are paused"),
        ({"follows": "s9"}, "follows: there is no series “s9”"),
        ({"key": "s1", "follows": "s1"}, "follows: leads back to this series"),
        ({"skipped": "2027-02-23 rain"}, "skipped: “2027-02-23 rain” is not a day and a reason such as 2026-12-25 closure; reasons are closure, clash, hours, rule, away, cancelled"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_is_refused(row, rows, changed, told):
    school, line = row
    before = rows()
    assert bad(take_in_one(school, sheet(line | changed))) == [f"line 2, {told}"]
    assert rows() == before


def test_what_repeats_on_file_is_not_changed_by_a_file(row):
    school, line = row
    take_in_one(school, sheet(line | {"key": "w1"}))
    for changed, told in (
        ({"starts": "17:00"}, "starts"),
        ({"price": "25"}, "price"),
        ({"enrollment_status": "cancelled"}, "enrollment_status"),
    ):
        assert bad(take_in_one(school, sheet(line | {"key": "w1"} | changed))) == [
            f"line 2, {told}: is otherwise on file; what repeats is changed in the office"
        ]


@pytest.fixture
def weekly(row):
    """The school with its weekly lessons, and the lines of the timetable that they make."""
    school, line = row
    take_in_one(school, sheet(line))
    return school, cells(exported(school)["timetable.csv"])


def test_a_cancelled_lesson_leaves_the_enrollment_and_the_other_lessons_alone(weekly):
    school, lines = weekly
    over = {"session_status": "cancelled", "booking_status": "cancelled"}
    done = take_in_one(school, sheet(lines[0] | over, *lines[1:]))
    assert (bad(done), counts(done)["booking"]) == ([], {"changed": 1, "unchanged": 4})
    assert Enrollment.objects.of(school).get().status == "active"
    assert sorted(Booking.objects.of(school).values_list("status", flat=True)) == ["cancelled"] + ["confirmed"] * 4
    everything_holds()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"paid": "30.00"}, "paid: is filled; weekly lessons are paid for together, not one by one"),
        ({"waived": "30.00"}, "waived: is settled already; a file cannot change it"),
        ({"series": ""}, None),
        ({"occurrence_on": "2027-02-17"}, "occurrence_on: is otherwise on file; a file cannot change it"),
    ],
)
def test_what_a_file_cannot_say_of_a_weekly_lesson(weekly, changed, told):
    school, lines = weekly
    done = take_in_one(school, sheet(lines[0] | changed))
    assert bad(done)[-1:] == ([f"line 2, {told}"] if told else [])
    assert done.is_refused == bool(told)


def test_weekly_lessons_without_their_series_are_refused_by_line(weekly, rows):
    school, lines = weekly
    other = new_school("coding", timezone="Europe/London", currency="GBP")
    files = exported(school)
    take_in(other, *[one for one in files_of(files) if one.name not in ("series.csv", "timetable.csv")])
    before = rows()
    done = take_in_one(other, sheet(*({**line, "series": "", "occurrence_on": ""} for line in lines)))
    assert bad(done) == [
        f"line {number}, booking_type: is for this student's weekly lessons: bring them in a file of series, and name "
        "them in series"
        for number in range(2, 7)
    ]
    assert rows() == before


def test_one_day_of_a_series_is_one_session(weekly):
    school, lines = weekly
    twin = lines[0] | {"session": "x", "starts_at": "2027-02-16 18:00", "ends_at": "2027-02-16 19:00", "booking": ""}
    assert bad(take_in_one(school, sheet(twin))) == [
        "line 2, occurrence_on: has its session of this series already"
    ]  # fmt: skip


def test_a_rule_of_the_database_that_nobody_foresaw_refuses_the_file_by_line(school, rows):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalogue_course ADD CONSTRAINT no_thirteens CHECK (price <> 1300)")
    before = rows()
    course = {"duration_minutes": "60"}
    lines = [course | {"name": "Piano", "price": "12"}, course | {"name": "Cello", "price": "13"}]
    assert bad(take_in_one(school, sheet(*lines))) == [
        "line 3: breaks a rule that the database holds (no_thirteens). Nothing was written"
    ]
    assert rows() == before


def test_a_row_without_what_it_must_have_names_the_column(school):
    writing = Writing(school, by=SYSTEM)
    writing.line = 7
    writing.add(Enrollment, student_id=None)
    with pytest.raises(RowRefused) as refused:
        writing.write()
    assert (refused.value.rule, refused.value.line) == ("student_id", 7)


def test_the_check_finds_lessons_ahead_of_an_enrollment_that_is_over(weekly):
    school, _lines = weekly
    (rule,) = [one for one in CHECKS if one.rule.startswith("An enrollment that was cancelled")]
    enrollments = Enrollment.objects.of(school)
    assert list(rows_that_break(rule)) == []
    enrollments.update(status="ended", ends_on=TUESDAY + 2 * WEEK)
    assert len(list(rows_that_break(rule))) == 2
    enrollments.update(status="cancelled")
    assert len(list(rows_that_break(rule))) == 5
