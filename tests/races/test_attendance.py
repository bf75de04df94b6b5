"""One seat is marked by two at once, or marked while its booking is cancelled: the record tells it as it was."""

import datetime as dt
from collections import Counter
from threading import Event
from unittest import mock

import pytest

from factories import OWNER, buy_seat, hour_at, new_course, new_school, new_session, new_student
from invariants import broken, deadlocks
from races.people import all_have_looked
from schoolbell.bookings import attendance
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.attendance import Mark, mark_attendance
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import now
from schoolbell.schools.models import School
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")


@pytest.fixture
def school() -> School:
    return new_school(timezone="UTC")


def seat_ahead(school: School) -> Attendance:
    """In a week, and confirmed: somebody may be excused by now."""
    session = new_session(new_course(school, price=0, capacity=4), hour_at(7))
    booking = buy_seat(session, new_student(school))
    return Attendance.objects.select_related("booking", "slot").get(booking_id=booking.pk)


def excuse(seat: Attendance, words: str) -> str:
    try:
        mark_attendance(seat, Mark("excused", feedback=words), by=OWNER)
    except Refusal as refusal:
        return refusal.code
    return "marked"


def cancel(seat: Attendance) -> str:
    cancel_booking(Booking.objects.select_related("session__course__school").get(id=seat.booking_id), by=OWNER)
    return "cancelled"


def said_from(school: School) -> Counter[str]:
    """What was there each time that somebody marked it."""
    return Counter(one.old["status"] for one in Record.objects.of(school).filter(name="attendance.marked"))


def unlocked(booking: Booking) -> Booking:
    return Booking.objects.get(id=booking.pk)


def test_two_who_mark_it_at_once_do_it_one_after_the_other(school: School):
    seat, before = seat_ahead(school), deadlocks()
    assert race(lambda words: excuse(seat, words), [f"Words {number}" for number in range(8)]) == ["marked"] * 8
    assert said_from(school) == {"": 1, "excused": 7}
    last = Record.objects.of(school).filter(name="attendance.marked").order_by("id").last()
    seat.refresh_from_db()
    assert (seat.marked_by, last.new) == (OWNER.who, {"status": "excused"})
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_the_lock_both_say_that_nobody_had_marked_it(school: School):
    seat = seat_ahead(school)
    with (
        mock.patch.object(attendance, "now", all_have_looked(2, now)),
        mock.patch.object(attendance, "locked_booking", unlocked),
    ):
        assert race(lambda words: excuse(seat, words), ["One", "Two"]) == ["marked"] * 2
    assert said_from(school) == {"": 2}


def test_marking_against_cancelling(school: School):
    before = deadlocks()
    for _ in range(3):
        seat = seat_ahead(school)
        acts = [lambda seat=seat: cancel(seat), *(lambda seat=seat, n=n: excuse(seat, f"Words {n}") for n in range(3))]
        first, *marked = race(lambda act: act(), acts)
        assert first == "cancelled"
        assert set(marked) <= {"marked", "not_expected"}
        booking = Booking.objects.get(id=seat.booking_id)
        seat.refresh_from_db()
        assert (booking.status, seat.is_live) == ("cancelled", False)
        assert (seat.marked_at is not None) == ("marked" in marked)
        assert seat.marked_at is None or seat.marked_at <= booking.ended_at
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_the_lock_a_seat_that_was_given_back_is_taken_again(school: School):
    seat, looked, cancelled = seat_ahead(school), Event(), Event()

    def after_the_cancellation() -> dt.datetime:
        looked.set()
        cancelled.wait()
        return now()

    def act(what: str) -> str:
        if what == "mark":
            return excuse(seat, "Ill")
        looked.wait()
        try:
            return cancel(seat)
        finally:
            cancelled.set()

    with (
        mock.patch.object(attendance, "now", after_the_cancellation),
        mock.patch.object(attendance, "locked_booking", unlocked),
    ):
        assert race(act, ["mark", "cancel"]) == ["marked", "cancelled"]
    assert list(broken(school)) == [
        "seats_taken is the number of bookings that hold a seat",
        "an attendance is live as its booking holds a seat",
    ]
