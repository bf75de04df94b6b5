"""Two changes of one booking in the same moment: the second finds it where the first has put it."""

from collections.abc import Callable
from threading import Event
from unittest import mock

import pytest

from factories import (
    OWNER,
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    payer_of,
    slots_of,
)
from invariants import broken, deadlocks
from races.test_moving import outcome_of
from schoolbell.bookings import ending
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.ending import Held, end_booking
from schoolbell.bookings.models import Booking
from schoolbell.planning import moving, rescheduling
from schoolbell.planning.rescheduling import Target, reschedule_booking
from schoolbell.schools.actor import SYSTEM, Actor, Role
from schoolbell.timetable.models import Session
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")


class Seats:
    """A seat in the first of three classes, in which somebody else sits too."""

    def __init__(self) -> None:
        self.school = new_school(timezone="UTC", most_reschedules=1)
        course = new_course(self.school, capacity=4)
        self.sessions = [new_session(course, hour_at(day)) for day in (30, 31, 32)]
        self.sam = new_student(self.school)
        self.booking = buy_seat(self.sessions[0], self.sam)
        buy_seat(self.sessions[0], new_student(self.school, "Kim Other"))
        self.client = Actor(Role.CLIENT, who=payer_of(self.sam).person_id)

    def move(self, to: int, *, by: Actor = OWNER) -> str:
        target = Target(session=Session.objects.get(id=self.sessions[to].pk))
        return outcome_of(reschedule_booking, Booking.objects.get(id=self.booking.pk), target, by=by)

    def cancel(self) -> str:
        return outcome_of(cancel_booking, Booking.objects.get(id=self.booking.pk), by=OWNER)

    def expire(self) -> str:
        ended = end_booking(Booking.objects.get(id=self.booking.pk), as_=Booking.Status.EXPIRED, by=SYSTEM)
        return "done" if ended else "moved on"

    def now(self) -> tuple[str, int, list[int]]:
        """Its status, in which class it is, and how many sit in each."""
        booking = Booking.objects.get(id=self.booking.pk)
        place = [session.pk for session in self.sessions].index(booking.session_id)
        return booking.status, place, [slots_of(session)[0].seats_taken for session in self.sessions]


def one_after_the_other(module: object, second: Callable[[], str], first: Callable[[], str]) -> list[str]:
    """`second` has looked and is about to lock slots when `first` does all of its own; then it goes on."""
    looked, done, locks = Event(), Event(), module.lock_slots

    def lock_late(*args: object) -> None:
        if not looked.is_set():
            looked.set()
            done.wait()
        locks(*args)

    def meanwhile() -> str:
        looked.wait()
        try:
            return first()
        finally:
            done.set()

    with mock.patch.object(module, "lock_slots", lock_late):
        return race(lambda act: act(), [second, meanwhile])


def held_as_read(booking: Booking, *, beside: tuple = ()) -> Held:
    """The control: after the locks nobody looks where the seats are."""
    slot_ids = ending._slot_ids(booking)
    ending.lock_slots(booking, [*slot_ids, *beside])
    return Held(Booking.objects.select_for_update(no_key=True).get(id=booking.pk), slot_ids)


ACTS = [
    (Seats.cancel, ("cancelled", 1, [1, 0, 0])),
    (lambda seats: seats.move(2), ("pending", 2, [1, 0, 1])),
    (Seats.expire, ("expired", 1, [1, 0, 0])),
]


def _moved_meanwhile(seats: Seats, act: Callable[[Seats], str]) -> list[str]:
    def move() -> str:
        moved = seats.move(1)
        if act is Seats.expire:
            let_hold_run_out(seats.booking)
        return moved

    return one_after_the_other(ending, lambda: act(seats), move)


@pytest.mark.parametrize(("act", "then"), ACTS, ids=["cancelled", "moved on", "expired"])
def test_a_seat_that_was_moved_a_moment_ago_is_given_back_where_it_is(act, then):
    seats, before = Seats(), deadlocks()
    assert _moved_meanwhile(seats, act) == ["done", "done"]
    assert seats.now() == then
    assert broken(seats.school) == {}
    assert deadlocks() == before


@pytest.mark.parametrize(("act", "then"), ACTS, ids=["cancelled", "moved on", "expired"])
def test_control_without_another_look_it_is_given_back_twice_where_it_was(act, then):
    seats = Seats()
    with (
        mock.patch.object(ending, "lock_seats", held_as_read),
        mock.patch.object(rescheduling, "lock_seats", held_as_read),
    ):
        assert _moved_meanwhile(seats, act) == ["done", "done"]
    lost = [then[2][0] - 1, then[2][1] + 1, then[2][2]]
    assert seats.now() == (*then[:2], lost)
    assert "seats_taken is the number of bookings that hold a seat" in broken(seats.school)


def test_a_client_who_may_move_a_seat_once_moves_it_once_from_two_windows():
    seats = Seats()
    acts = (lambda: seats.move(2, by=seats.client), lambda: seats.move(1, by=seats.client))
    assert one_after_the_other(ending, *acts) == ["too_often_moved", "done"]
    assert seats.now() == ("pending", 1, [1, 1, 0])
    assert broken(seats.school) == {}


class Lesson:
    def __init__(self) -> None:
        self.school = new_school(timezone="UTC", most_reschedules=1)
        new_instructor(self.school)
        sam = new_student(self.school)
        self.booking = buy_lesson(new_lessons(self.school), sam, at(30))
        self.client = Actor(Role.CLIENT, who=payer_of(sam).person_id)

    def moves(self) -> list[str]:
        acts = [lambda day=day: self.move(day) for day in (32, 31)]
        return one_after_the_other(moving, *acts)

    def move(self, day: int) -> str:
        return outcome_of(reschedule_booking, Booking.objects.get(id=self.booking.pk), Target(at(day)), by=self.client)


def test_a_client_who_may_move_a_lesson_once_moves_it_once_from_two_windows():
    lesson = Lesson()
    assert lesson.moves() == ["too_often_moved", "done"]
    assert Booking.objects.get(id=lesson.booking.pk).reschedules == 1
    assert Session.objects.get(id=lesson.booking.session_id).starts_at == at(31)
    assert broken(lesson.school) == {}


def test_control_asked_only_before_the_lock_it_is_moved_twice():
    lesson = Lesson()
    with mock.patch.object(rescheduling, "_require_seldom_moved"):
        assert lesson.moves() == ["done", "done"]
    assert Booking.objects.get(id=lesson.booking.pk).reschedules == 2
