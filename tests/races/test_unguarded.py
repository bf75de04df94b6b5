"""Controls: the same requests and statements as in the other races, on a database that lacks the guard they rest on."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection

from conftest import Databases
from databases import administration, django_on
from factories import (
    at,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    new_students,
    slots_of,
)
from invariants import broken
from races.people import Race, told
from schoolbell.bookings import seats
from schoolbell.bookings.models import Booking
from servers import race, rfc3339, start_servers

GUARDS = (
    "ALTER TABLE diary_claim DROP CONSTRAINT claim_lessons_exclude",
    "ALTER TABLE diary_claim DROP CONSTRAINT claim_kinds_exclude",
    "DROP INDEX attendance_once",
    "DROP INDEX enrollment_one_trial",
)
SEAT_IS_THERE = "AND is_open AND seats_taken < capacity"


@pytest.fixture(scope="module")
def unguarded(databases: Databases, django_db_setup: None, django_db_blocker: object) -> Iterator[Race]:
    """Two server processes on a database without claims that exclude, and without its unique keys of seats."""
    url = databases.new()
    with administration(url) as plain:
        for guard in GUARDS:
            plain.execute(guard)
    with start_servers(url, 2) as servers, django_db_blocker.unblock(), django_on(url):
        yield Race(servers, new_school(timezone="UTC"))
    databases.drop(url)


@pytest.fixture
def school_of_its_own(unguarded: Race) -> Race:
    return Race(unguarded.servers, new_school(timezone="UTC"))


def test_without_claims_that_exclude_many_get_one_instructors_time(school_of_its_own: Race):
    racing = school_of_its_own
    course = new_lessons(racing.school)
    new_instructor(racing.school)
    bodies = [
        {"course": str(course.pk), "starts_at": rfc3339(at(10)), "student": str(student.pk)}
        for student in racing.students(40)
    ]
    answers = told(racing.book(bodies))
    assert answers[201, ""] > 1
    assert len(broken(racing.school)["nobody is in two lessons at once"]) > 0


def test_without_claims_that_exclude_a_session_and_a_lesson_share_an_instructor(school_of_its_own: Race):
    racing = school_of_its_own
    instructor = new_instructor(racing.school)
    session = {
        "course": str(new_course(racing.school).pk),
        "instructors": [str(instructor.pk)],
        "slots": [{"starts_at": rfc3339(at(10, 9, 30)), "ends_at": rfc3339(at(10, 11))}],
    }
    assert told(racing.post("/sessions", [session] * 4)) == {(201, ""): 4}
    assert len(broken(racing.school)["nobody is in two lessons at once"]) == 6


def test_without_claims_that_exclude_a_student_is_in_two_sessions_at_once(school_of_its_own: Race):
    racing = school_of_its_own
    course = new_course(racing.school)
    sessions = [new_session(course), new_session(course, hour_at(30, 10, 30))]
    student = new_student(racing.school)
    answers = racing.book([{"session": str(session.pk), "student": str(student.pk)} for session in sessions])
    assert told(answers) == {(201, ""): 2}
    assert len(broken(racing.school)["nobody is in two lessons at once"]) == 1


def test_without_its_unique_key_a_student_who_asks_often_sits_often(school_of_its_own: Race):
    racing = school_of_its_own
    session = new_session(new_course(racing.school, capacity=40))
    student = new_student(racing.school)
    assert told(racing.book([{"session": str(session.pk), "student": str(student.pk)}] * 16)) == {(201, ""): 16}
    assert broken(racing.school)["a student sits in a session once"] == [(student.pk, slots_of(session)[0].pk)]


def test_without_its_unique_key_a_trial_is_had_in_every_session(school_of_its_own: Race):
    racing = school_of_its_own
    course = new_course(racing.school, trial_price=0)
    student = new_student(racing.school)
    bodies = [
        {"session": str(new_session(course, hour_at(day)).pk), "student": str(student.pk), "enrollment_type": "trial"}
        for day in range(30, 36)
    ]
    assert told(racing.book(bodies)) == {(201, ""): 6}
    assert broken(racing.school) == {"a student tries a course once": [(student.pk, course.pk)]}


@pytest.fixture
def seats_without_their_guard() -> Iterator[None]:
    """The product's own statement, without its question whether there is a seat."""
    whole = seats._SEATED_SQL
    assert SEAT_IS_THERE in whole
    seats._SEATED_SQL = whole.replace(SEAT_IS_THERE, "")
    seats.seat_sql.cache_clear()
    yield
    seats._SEATED_SQL = whole
    seats.seat_sql.cache_clear()


@pytest.mark.usefixtures("scratch", "seats_without_their_guard")
@pytest.mark.parametrize("checked", [True, False])
def test_without_the_guard_forty_buy_twelve_seats_unless_the_check_holds(checked: bool):
    """Guard and CHECK hold by themselves: it takes both to go for a seat to be sold twice."""
    school = new_school(timezone="UTC")
    session = new_session(new_course(school, capacity=12))
    if not checked:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE timetable_slot DROP CONSTRAINT slot_not_oversold")

    def buy(student) -> str:
        try:
            buy_seat(session, student)
        except IntegrityError as failure:
            return failure.__cause__.sqlstate
        return "booked"

    outcomes = Counter(race(buy, new_students(school, 40)))
    assert outcomes == ({"booked": 12, "23514": 28} if checked else {"booked": 40})
    assert Booking.objects.of(school).count() == outcomes["booked"]
    assert broken(school) == ({} if checked else {"no slot is oversold": [(slots_of(session)[0].pk,)]})
