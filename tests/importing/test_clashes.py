"""Nobody and nothing is in two lessons at once: not within a file, and not with what is on the timetable."""

import pytest

from factories import (
    OWNER,
    at,
    be_busy,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_course,
    new_instructor,
    new_resource,
    new_school,
    new_session,
    new_student,
)
from importing.files import bad, everything_holds, sheet, take_in_one
from schoolbell.bookings.models import Booking
from schoolbell.diary.time_off import enter_time_off
from schoolbell.people.models import Instructor, Student
from schoolbell.timetable.models import Resource, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(db):
    school = new_school(timezone="UTC")
    new_course(school, name="Piano")
    new_instructor(school, name="Ada Okafor")
    new_instructor(school, name="Tom Birch")
    new_resource(school, name="Hall")
    new_student(school, "Emma Marsh")
    new_student(school, "Jack Marsh")
    return school


def lesson(starts: str = "10:00", ends: str = "11:00", **cells: str) -> dict[str, str]:
    day = f"{at(30):%Y-%m-%d}"
    return {
        "course": "Piano", "starts_at": f"{day} {starts}", "ends_at": f"{day} {ends}", "timezone": "UTC"
    } | cells  # fmt: skip


def test_within_a_file_the_later_line_is_refused_and_says_which_it_meets(school):
    done = take_in_one(
        school,
        sheet(
            lesson(session="a", instructors="Ada Okafor", resource="Hall", student="Emma Marsh"),
            lesson("11:00", "12:00", session="b", instructors="Ada Okafor", resource="Hall", student="Emma Marsh"),
            lesson("10:30", "11:00", session="c", instructors="Ada Okafor"),
            lesson("11:59", "13:00", session="d", resource="Hall"),
            lesson("09:00", "12:00", session="e", student="Emma Marsh"),
        ),
    )
    assert bad(done) == [
        "line 4, instructors: Ada Okafor is taken at that time, by line 2",
        "line 5, resource: Hall is taken at that time, by line 3",
        "line 6, student: Emma Marsh is taken at that time, by line 2",
        "line 6, student: Emma Marsh is taken at that time, by line 3",
    ]
    assert Session.objects.of(school).count() == 0


def test_with_the_timetable(school):
    ada = Instructor.objects.of(school).get(person__first_name="Ada")
    hall = Resource.objects.of(school).get(name="Hall")
    taken = new_session(new_course(school, name="Guitar"), hour_at(30), instructors=[ada], resource=hall)
    buy_seat(taken, Student.objects.of(school).get(person__first_name="Emma"))
    be_busy(ada.person.diary_id, school, hour_at(30, 15))
    done = take_in_one(
        school,
        sheet(
            lesson("10:30", "11:30", instructors="Ada Okafor; Tom Birch", resource="Hall", student="Emma Marsh"),
            lesson("15:30", "16:30", instructors="Ada Okafor"),
        ),
    )
    by = f"Guitar, {at(30):%Y-%m-%d} 10:00 UTC"
    assert bad(done) == [
        f"line 2, instructors: Ada Okafor is taken at that time, by {by}",
        f"line 2, resource: Hall is taken at that time, by {by}",
        f"line 2, student: Emma Marsh is taken at that time, by {by}",
        "line 3, instructors: Ada Okafor is taken at that time, by something else",
    ]


def test_what_follows_without_a_gap_or_is_cancelled_does_not_clash(school):
    done = take_in_one(
        school,
        sheet(
            lesson(session="a", instructors="Ada Okafor"),
            lesson("11:00", "12:00", session="b", instructors="Ada Okafor"),
            lesson("10:30", "11:30", session="c", instructors="Ada Okafor", session_status="cancelled"),
            lesson("10:30", "11:30", session="d", student="Emma Marsh"),
            lesson("10:00", "11:00", session="e", student="Emma Marsh", booking_status="cancelled"),
        ),
    )
    assert bad(done) == []
    everything_holds()


def test_two_sessions_may_change_places_in_one_file(school):
    both = [
        lesson(session="a", instructors="Ada Okafor", student="Emma Marsh"),
        lesson("12:00", "13:00", session="b", instructors="Ada Okafor", student="Emma Marsh"),
    ]
    assert bad(take_in_one(school, sheet(*both))) == []
    swapped = [{**one, "session": key} for one, key in zip(both, "ba", strict=True)]
    assert bad(take_in_one(school, sheet(*swapped))) == []
    assert [f"{one.starts_at:%H:%M}" for one in Session.objects.of(school).order_by("id")] == ["12:00", "10:00"]
    everything_holds()


def test_the_clock_that_goes_back_gives_an_hour_twice(school):
    """On 25 October 2026 clocks in London show 01:30 twice; a file says which by its offset."""
    first = {"course": "Piano", "starts_at": "2026-10-25 01:30", "ends_at": "2026-10-25T01:30:00Z"}
    second = first | {"starts_at": "2026-10-25T01:30:00Z", "ends_at": "2026-10-25 02:30"}
    rows = [one | {"timezone": "Europe/London", "instructors": "Ada Okafor"} for one in (first, second)]
    assert bad(take_in_one(school, sheet(*rows))) == []
    assert [one.starts_at.isoformat() for one in Session.objects.of(school).order_by("starts_at")] == [
        "2026-10-25T00:30:00+00:00",
        "2026-10-25T01:30:00+00:00",
    ]


def test_a_hold_that_ran_out_is_in_nobodys_way(school):
    jack = Student.objects.of(school).get(person__first_name="Jack")
    ada = Instructor.objects.of(school).get(person__first_name="Ada")
    held = buy_seat(new_session(new_course(school, name="Guitar", capacity=1), hour_at(30), instructors=[ada]), jack)
    row = lesson("10:00", "11:00", session="a", student="Jack Marsh")
    assert len(take_in_one(school, sheet(row)).bad_lines) == 1
    let_hold_run_out(held)
    assert bad(take_in_one(school, sheet(row))) == []
    held.refresh_from_db()
    assert held.status == Booking.Status.EXPIRED
    everything_holds()


def test_nobody_is_booked_who_finds_no_seat(school):
    rows = [lesson(session="a", capacity="1", student=f"{name} Marsh") for name in ("Emma", "Jack")]
    assert bad(take_in_one(school, sheet(*rows))) == ["line 3, student: finds no seat: the session has 1"]
    rows[0]["booking_status"] = "cancelled"
    assert bad(take_in_one(school, sheet(*rows))) == []
    everything_holds()


def test_time_off_is_called_so(school):
    ada = Instructor.objects.of(school).get(person__first_name="Ada")
    enter_time_off(ada.person.diary, hour_at(30), by=OWNER)
    assert bad(take_in_one(school, sheet(lesson(session="a", instructors="Ada Okafor")))) == [
        "line 2, instructors: Ada Okafor is taken at that time, by time off"
    ]
