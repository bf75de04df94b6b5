"""Until when a client may cancel, and what it costs."""

import datetime as dt

import pytest
import time_machine

from factories import OWNER, buy_seat, hour_at, new_course, new_school, new_session, new_student, pay_for, payer_of
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.cancelling import free_until, owed_percent
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import LessonBegun
from schoolbell.schools.actor import Actor, Role


@pytest.fixture
def booking(db) -> Booking:
    school = new_school(free_cancel_hours=24, late_fee_percent=40)
    booked = buy_seat(new_session(new_course(school), hour_at(10)), new_student(school))
    pay_for(booked)
    return Booking.objects.select_related("session__course__school").get(id=booked.pk)


@pytest.fixture
def client_(booking: Booking) -> Actor:
    return Actor(Role.CLIENT, person_id=payer_of(booking.student).person_id)


def hours_before(booking: Booking, hours: float) -> dt.datetime:
    return booking.session.starts_at - dt.timedelta(hours=hours)


def test_it_is_free_until_the_policys_hours_before(booking: Booking, client_: Actor):
    assert free_until(booking) == hours_before(booking, 24)
    with time_machine.travel(hours_before(booking, 24), tick=False):
        assert owed_percent(booking, by=client_) == 100
    with time_machine.travel(hours_before(booking, 23.99), tick=False):
        assert owed_percent(booking, by=client_) == 60
        assert owed_percent(booking, by=OWNER) == 100


def test_what_has_begun_only_the_school_cancels(booking: Booking, client_: Actor):
    with time_machine.travel(hours_before(booking, 0), tick=False):
        with pytest.raises(LessonBegun):
            cancel_booking(booking, by=client_)
        assert Booking.objects.get(id=booking.pk).status == "confirmed"
        assert cancel_booking(booking, by=OWNER).status == "cancelled"
