"""Notes are changed while the booking is cancelled: it stays cancelled, and nobody notes anything afterwards."""

from collections import Counter
from threading import Event
from unittest import mock

import pytest

from factories import OWNER, buy_seat, hour_at, new_client, new_course, new_school, new_session, new_student
from invariants import broken, deadlocks
from races.people import all_have_looked
from schoolbell.bookings import notes
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.models import Booking
from schoolbell.bookings.notes import change_notes
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import Refusal
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")


@pytest.fixture
def school() -> School:
    return new_school(timezone="UTC")


def booked(school: School) -> Booking:
    session = new_session(new_course(school, price=0, capacity=4), hour_at(7))
    return buy_seat(session, new_student(school, guardian=new_client(school)))


def change(booking: Booking, words: str) -> str:
    try:
        change_notes(booking, words, by=Actor(Role.CLIENT, person_id=booking.client.person_id))
    except Refusal as refusal:
        return refusal.code
    return "changed"


def cancel(booking: Booking) -> str:
    cancel_booking(Booking.objects.select_related("session__course__school").get(id=booking.pk), by=OWNER)
    return "cancelled"


def said_from(booking: Booking) -> Counter[bool]:
    """Whether there were notes already, each time that they were changed."""
    rows = Record.objects.filter(name="booking.notes_changed", subject_id=booking.pk)
    return Counter(one.old["has_notes"] for one in rows)


def unlocked(booking: Booking) -> Booking:
    return Booking.objects.get(id=booking.pk)


def test_eight_who_change_them_at_once_do_it_one_after_the_other(school: School):
    booking, before = booked(school), deadlocks()
    assert race(lambda words: change(booking, words), [f"Words {number}" for number in range(8)]) == ["changed"] * 8
    assert said_from(booking) == {False: 1, True: 7}
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_the_lock_both_say_that_there_were_none(school: School):
    booking = booked(school)
    with (
        mock.patch.object(notes, "_require_ahead", all_have_looked(2, notes._require_ahead)),
        mock.patch.object(notes, "locked_booking", unlocked),
    ):
        assert race(lambda words: change(booking, words), ["One", "Two"]) == ["changed"] * 2
    assert said_from(booking) == {False: 2}


def test_changing_against_cancelling(school: School):
    before = deadlocks()
    for _ in range(3):
        booking = booked(school)
        acts = [lambda b=booking: cancel(b), *(lambda b=booking, n=n: change(b, f"Words {n}") for n in range(3))]
        first, *changed = race(lambda act: act(), acts)
        assert first == "cancelled"
        assert set(changed) <= {"changed", "wrong_status"}
        assert Booking.objects.get(id=booking.pk).status == "cancelled"
        records = Record.objects.filter(subject_id=booking.pk).order_by("id").values_list("name", flat=True)
        assert list(records)[-1] == "booking.cancelled"
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_the_lock_what_was_cancelled_comes_back(school: School):
    booking, looked, cancelled = booked(school), Event(), Event()

    def after_the_cancellation(_booking: Booking) -> None:
        looked.set()
        cancelled.wait()

    def act(what: str) -> str:
        if what == "change":
            return change(booking, "Words")
        looked.wait()
        try:
            return cancel(booking)
        finally:
            cancelled.set()

    with (
        mock.patch.object(notes, "_require_ahead", after_the_cancellation),
        mock.patch.object(notes, "locked_booking", unlocked),
    ):
        assert race(act, ["change", "cancel"]) == ["changed", "cancelled"]
    assert Booking.objects.get(id=booking.pk).status == "confirmed"
    assert "an attendance is live as its booking holds a seat" in broken(school)
