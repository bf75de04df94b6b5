"""What is told before a booking is cancelled is what the ledger then says."""

import datetime as dt

import pytest
import time_machine

from factories import OWNER, buy_seat, hour_at, new_course, new_school, new_session, new_student, pay_for, payer_of
from schoolbell.billing.cancelling import on_cancelling
from schoolbell.billing.ledger import CLIENT, balance
from schoolbell.billing.payments import confirm_booking_of_order
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.models import Booking
from schoolbell.schools.actor import Actor, Role

EARLY, LATE = 48, 2


def booked(**policies) -> Booking:
    school = new_school("driving", free_cancel_hours=24, **policies)
    course = new_course(school, price=8900, deposit=3000, tax_rate=1000)
    booking = buy_seat(new_session(course, hour_at(10)), new_student(school))
    return Booking.objects.select_related("session__course__school").get(id=booking.pk)


@pytest.mark.parametrize(
    ("paid", "waived", "percent", "hours", "fee", "credit", "owed"),
    [
        (None, False, 50, EARLY, 0, 0, 0),  # held, nothing paid
        (None, False, 50, LATE, 0, 0, 0),
        (1000, False, 50, LATE, 0, 1000, 0),  # held, paid less than the deposit
        (3000, False, 50, EARLY, 0, 3000, 0),  # confirmed by its deposit
        (3000, False, 50, LATE, 4450, 0, 1450),
        (3000, False, 100, LATE, 8900, 0, 5900),
        (8900, False, 50, EARLY, 0, 8900, 0),
        (8900, False, 33, LATE, 2937, 5963, 0),
        (8900, False, 0, LATE, 0, 8900, 0),
        (None, True, 50, LATE, 2950, 0, 2950),  # the deposit was waived, the rest was not
    ],
)  # fmt: skip
def test_the_money_is_as_told(db, paid, waived, percent, hours, fee, credit, owed):
    booking = booked(late_fee_percent=percent)
    client = payer_of(booking.student)
    if paid:
        pay_for(booking, paid)
    if waived:
        confirm_booking_of_order(booking, by=OWNER, reason="a friend")
    by = Actor(Role.CLIENT, person_id=client.person_id)
    booking.refresh_from_db()
    with time_machine.travel(booking.session.starts_at - dt.timedelta(hours=hours), tick=False):
        told = on_cancelling(booking, by=by)
        assert (told.is_late, told.paid, told.fee, told.credit, told.still_owed) == (
            hours == LATE, paid or 0, fee, credit, owed,
        )  # fmt: skip
        assert told.free_until == booking.session.starts_at - dt.timedelta(hours=24)
        cancel_and_settle(booking, by=by)
    assert balance(CLIENT, school_id=booking.school_id, client_id=client.pk) == credit - owed


def test_the_school_cancels_without_a_fee(db):
    booking = booked(late_fee_percent=100)
    pay_for(booking, 8900)
    booking.refresh_from_db()
    with time_machine.travel(booking.session.starts_at - dt.timedelta(hours=LATE), tick=False):
        assert on_cancelling(booking, by=OWNER).credit == 8900
