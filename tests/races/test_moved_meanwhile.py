"""A seat is taken while its session goes to another time: nobody's day says that they are where the session was."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event
from unittest import mock

import pytest
from django.db import connection, transaction

from factories import (
    OWNER,
    at,
    buy_seat,
    hour_at,
    new_course,
    new_school,
    new_session,
    new_student,
    payer_of,
    slots_of,
)
from invariants import broken, deadlocks
from races.test_moving import moved_to, outcome_of
from races.test_series import FIRST, WEEKS, classes
from schoolbell.bookings import seats
from schoolbell.diary.models import Claim
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Student
from schoolbell.planning import rescheduling, seating
from schoolbell.planning.joining import Joining, join_class
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.rescheduling import Target, reschedule_booking
from schoolbell.timetable.models import Session
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")
AT_ITS_TIME = """
          AND starts_at = (%(slot_starts)s::timestamptz[])[array_position(%(slot_ids)s::uuid[], id)]
          AND ends_at = (%(slot_ends)s::timestamptz[])[array_position(%(slot_ids)s::uuid[], id)]"""
ELSEWHERE = "every booking that happened or may still happen has its student's time"


@pytest.fixture
def seats_at_any_time() -> Iterator[None]:
    """The product's own statement, without its question whether the slots are when they were."""
    whole = seats._SEATED_SQL
    assert AT_ITS_TIME in whole
    seats._SEATED_SQL = whole.replace(AT_ITS_TIME, "")
    seats.seat_sql.cache_clear()
    yield
    seats._SEATED_SQL = whole
    seats.seat_sql.cache_clear()


def while_it_moves(session: Session, act: Callable[[], str], *to: Stretch) -> str:
    """What comes of `act`, which looks before the move is there for others, and waits for its slots until it is."""
    moved, acted = Event(), Event()

    def move() -> None:
        (plan,) = moved_to(session, to[0])
        with transaction.atomic():
            move_sessions([replace(plan, slots=to)], by=OWNER)
            moved.set()
            while not acted.wait(0.05) and not somebody_waits_for_this():
                pass

    def act_late() -> str:
        moved.wait()
        try:
            return act()
        finally:
            acted.set()

    return race(lambda one: one(), [act_late, move])[0]


def somebody_waits_for_this() -> bool:
    """For what this connection has locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def busy(student: Student) -> list[Stretch]:
    rows = Claim.objects.filter(diary_id=student.person.diary_id).order_by("during")
    return [Stretch(claim.during.lower, claim.during.upper) for claim in rows]


def bought_while_it_moves(days: int) -> tuple[str, Student, Session]:
    """A class of so many days, all an hour later by the time it is bought."""
    school = new_school(timezone="UTC")
    session = new_session(new_course(school), *(hour_at(30 + day) for day in range(days)))
    sam = new_student(school)
    later = [hour_at(30 + day, 11) for day in range(days)]
    told = while_it_moves(session, lambda: outcome_of(buy_seat, session, sam), *later)
    return told, sam, session


@pytest.mark.parametrize("days", [1, 2])
def test_whoever_buys_a_seat_while_its_session_moves_is_told_so_and_gets_none(days: int):
    before = deadlocks()
    told, sam, session = bought_while_it_moves(days)
    assert (told, busy(sam)) == ("session_moved", [])
    assert broken(sam.school) == {}
    assert outcome_of(buy_seat, session, sam) == "done"
    assert busy(sam) == [hour_at(30 + day, 11) for day in range(days)]
    assert broken(sam.school) == {}
    assert deadlocks() == before


@pytest.mark.parametrize("days", [1, 2])
@pytest.mark.usefixtures("seats_at_any_time")
def test_control_without_the_question_the_student_is_where_the_session_was(days: int):
    told, sam, _session = bought_while_it_moves(days)
    assert (told, busy(sam)) == ("done", [hour_at(30 + day) for day in range(days)])
    assert len(broken(sam.school)[ELSEWHERE]) == days


class Change:
    """A seat is changed for one in a class that moves."""

    def __init__(self) -> None:
        school = new_school(timezone="UTC")
        course = new_course(school)
        self.sam, self.session = new_student(school), new_session(course, hour_at(31))
        self.booking = buy_seat(new_session(course, hour_at(30)), self.sam)

    def act(self) -> str:
        session = Session.objects.get(id=self.session.pk)
        return outcome_of(reschedule_booking, self.booking, Target(session=session), by=OWNER)


def test_a_seat_that_is_changed_for_one_in_a_session_that_moves_is_where_that_goes():
    change = Change()
    assert while_it_moves(change.session, change.act, hour_at(31, 14)) == "done"
    assert busy(change.sam) == [hour_at(31, 14)]
    assert broken(change.sam.school) == {}


def test_control_with_the_slots_as_they_were_read_it_is_where_the_session_was():
    change = Change()
    read, claims = slots_of(change.session), rescheduling._claim
    with mock.patch.object(rescheduling, "_claim", lambda booking, _slots, taken: claims(booking, read, taken)):
        assert while_it_moves(change.session, change.act, hour_at(31, 14)) == "done"
    assert busy(change.sam) == [hour_at(31)]
    assert len(broken(change.sam.school)[ELSEWHERE]) == 1


def joined_while_it_moves() -> Student:
    """The first class goes to the afternoon when whoever joins has looked at it."""
    school = new_school(timezone="UTC", weekly_ahead_days=FIRST + 7 * WEEKS - 1)
    series, sam = classes(school), new_student(school)
    first = Session.objects.filter(series_id=series.pk).order_by("starts_at")[0]
    joining = Joining(series, sam, payer_of(sam), at(FIRST).date())
    looked, moved, takes = Event(), Event(), seating.take_seat

    def take_late(*args: object, **more: object) -> None:
        if not looked.is_set():
            looked.set()
            moved.wait()
        takes(*args, **more)

    def act(what: str) -> str:
        if what == "join":
            return outcome_of(join_class, joining, by=OWNER)
        looked.wait()
        try:
            return outcome_of(move_sessions, moved_to(first, hour_at(FIRST, 14)), by=OWNER)
        finally:
            moved.set()

    with mock.patch.object(seating, "take_seat", take_late):
        assert race(act, ["join", "move"]) == ["done", "done"]
    return sam


def test_whoever_joins_a_class_that_moves_has_a_seat_where_it_goes():
    sam = joined_while_it_moves()
    assert busy(sam) == [hour_at(FIRST, 14), *(hour_at(FIRST + 7 * week) for week in range(1, WEEKS))]
    assert broken(sam.school) == {}


@pytest.mark.usefixtures("seats_at_any_time")
def test_control_without_the_question_whoever_joins_has_a_seat_where_it_was():
    sam = joined_while_it_moves()
    assert busy(sam) == [hour_at(FIRST + 7 * week) for week in range(WEEKS)]
    assert len(broken(sam.school)[ELSEWHERE]) == 1
