"""What is open to pay, as `pay` would take it."""

from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    OWNER,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_course,
    new_school,
    new_session,
    new_student,
    order_of,
    pay_for,
    payer_of,
)
from schoolbell.billing.dues import open_amount
from schoolbell.billing.models import Order
from schoolbell.billing.owing import OpenOrder, open_orders
from schoolbell.billing.payments import confirm_booking_of_order
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.models import Booking
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School


@pytest.fixture
def driving(db) -> School:
    return new_school("driving", free_cancel_hours=24, late_fee_percent=50)


def seat(school: School, *, days: int = 30, price: int = 8900, deposit: int = 3000) -> Booking:
    course = new_course(school, price=price, deposit=deposit)
    booking = buy_seat(new_session(course, hour_at(days)), new_student(school))
    return fresh(booking)


def references_of(order: Order) -> set[str]:
    """Under which the rest may be paid: its request's, where there is one, or the order's own."""
    balance = order.requests.filter(kind="balance").values_list("reference", flat=True)
    return set(balance) or {order.reference}


def fresh(booking: Booking) -> Booking:
    return Booking.objects.select_related("session__course__school").get(id=booking.pk)


def found(school: School) -> list[OpenOrder]:
    return open_orders(Order.objects.of(school))


def cancel_late(booking: Booking) -> None:
    with time_machine.travel(booking.session.starts_at.replace(hour=0), tick=False):
        cancel_and_settle(fresh(booking), by=Actor(Role.CLIENT, person_id=payer_of(booking.student).person_id))


def test_from_the_deposit_to_the_last_coin(driving: School):
    booking = seat(driving)
    (one,) = found(driving)
    request = one.order.requests.get()
    assert (one.due_now, one.later, one.still_open, one.reference) == (3000, 5900, 8900, request.reference)
    assert one.until == request.expires_at
    assert one.until is not None
    assert [line.booking.pk for line in one.lines] == [booking.pk]
    pay_for(booking)
    (one,) = found(driving)
    assert (one.due_now, one.later, one.until) == (5900, 0, None)
    assert one.reference in references_of(one.order)
    pay_for(booking, 900)
    assert [one.due_now for one in found(driving)] == [5000]
    pay_for(booking)
    assert found(driving) == []


def test_what_ended_or_ran_out_or_was_waived_or_costs_nothing_is_not_open(driving: School):
    held, cancelled, overdue, waived = seat(driving), seat(driving), seat(driving), seat(driving, deposit=0)
    seat(driving, price=0, deposit=0)
    cancel_and_settle(cancelled, by=OWNER)
    let_hold_run_out(overdue)
    confirm_booking_of_order(waived, by=OWNER, reason="a friend")
    assert [one.order.pk for one in found(driving)] == [order_of(held).pk]


def a_part_is_waived(booking: Booking) -> None:
    confirm_booking_of_order(booking, by=OWNER, reason="a friend")


def paid_a_little(booking: Booking) -> None:
    pay_for(booking, 1200)


def paid_then_cancelled_late(booking: Booking) -> None:
    pay_for(booking)
    cancel_late(booking)


@pytest.mark.parametrize(
    ("after", "left"),
    [(a_part_is_waived, 5900), (paid_a_little, 7700), (paid_then_cancelled_late, 1450), (cancel_late, 0)],
)
def test_it_is_what_pay_takes(driving: School, after: Callable[[Booking], None], left: int):
    booking = seat(driving, days=2)
    after(booking)
    whole = sum(one.still_open for one in found(driving))
    assert whole == left == max(open_amount(order_of(booking), [fresh(booking)]), 0)


def test_another_schools_orders_do_not_count(driving: School, other_school: School):
    seat(driving)
    assert found(other_school) == []


def test_three_orders_take_as_many_queries_as_one(driving: School):
    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            for one in found(driving):
                str((one.reference, [line.booking.student.person.name for line in one.lines]))
        return len(taken)

    seat(driving)
    one = queries()
    seat(driving, days=31), seat(driving, days=32)
    assert queries() == one
