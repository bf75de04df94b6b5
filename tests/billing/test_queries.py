"""Money as an office asks for it."""

import datetime as dt

import pytest

from factories import (
    OWNER,
    buy_seat,
    let_hold_run_out,
    new_client,
    new_course,
    new_school,
    new_session,
    new_student,
    order_of,
    pay_for,
)
from schoolbell.billing.models import Order, PaymentRequest
from schoolbell.billing.payments import Attempt, confirm_booking_of_order, pay
from schoolbell.billing.queries import awaited, balances_of, bookings_ordered_under, payments_of, received
from schoolbell.billing.refusals import PaidMeanwhile
from schoolbell.billing.sales import cancel_and_settle, cancel_session_and_settle
from schoolbell.bookings.models import Booking
from schoolbell.kit.time import Stretch, now
from schoolbell.schools.models import School

HOUR = dt.timedelta(hours=1)


def test_what_was_received_counts_when_it_came_and_only_what_came(school: School):
    session = new_session(new_course(school, price=9000))
    paid, failed = (buy_seat(session, new_student(school)) for _ in range(2))
    pay_for(paid)
    pay_for(failed, token="fails")
    past, coming = Stretch(now() - HOUR, now() + HOUR), Stretch(now() + HOUR, now() + 2 * HOUR)
    assert received(school, past, coming) == [9000, 0]
    assert received(school, coming) == [0]
    assert received(new_school(), past) == [0]


def test_balances_of_clients_come_in_one_query(db: None, django_assert_num_queries):
    school = new_school("driving")
    course = new_course(school, price=9000, deposit=3000)
    owing, even, new = (new_client(school, name) for name in ("Owes Some", "Is Even", "Is New"))
    for client, amount in ((owing, 3000), (even, 9000)):
        pay_for(buy_seat(new_session(course), new_student(school, guardian=client)), amount)
    with django_assert_num_queries(1):
        assert balances_of([owing, even, new]) == {owing.pk: -6000, even.pk: 0, new.pk: 0}


def test_what_is_awaited_is_prices_less_payments_and_waivers(db: None):
    school = new_school("driving")
    course = new_course(school, price=9000, deposit=3000)
    held, deposit, whole, waived, off, overdue = (buy_seat(new_session(course), new_student(school)) for _ in range(6))
    pay_for(deposit)
    pay_for(whole, 9000)
    confirm_booking_of_order(waived, by=OWNER, reason="A friend of the house")
    cancel_and_settle(off, by=OWNER)
    let_hold_run_out(overdue)
    assert held.status == "pending"
    assert awaited(Booking.objects.of(school), school=school) == 9000 + 6000 + 6000


def test_every_attempt_to_pay_is_told_the_first_one_first(school: School):
    booking = buy_seat(new_session(new_course(school, price=9000)), new_student(school))
    first = pay_for(booking, 4000, token="fails")
    second = pay(order_of(booking), Attempt("desk", "cash", 4000), by=OWNER)
    assert payments_of([order_of(booking).pk], school=school) == [first, second]


def test_a_cancelled_session_leaves_every_booking_settled(school: School):
    session = new_session(new_course(school, price=9000))
    paid, held = (buy_seat(session, new_student(school)) for _ in range(2))
    pay_for(paid)
    cancel_session_and_settle(session, by=OWNER)
    bookings = Booking.objects.of(school).order_by("id")
    assert [(one.status, one.settled_at is not None) for one in bookings] == [("cancelled", True)] * 2
    assert balances_of([paid.client, held.client]) == {paid.client_id: 9000, held.client_id: 0}


def test_a_desk_payment_that_is_sent_twice_is_recorded_once(school: School):
    booking = buy_seat(new_session(new_course(school, price=9000)), new_student(school))
    attempt = Attempt("desk", "cash", 4000, open_seen=9000)
    pay(order_of(booking), attempt, by=OWNER)
    with pytest.raises(PaidMeanwhile):
        pay(order_of(booking), attempt, by=OWNER)
    assert [one.amount for one in payments_of([order_of(booking).pk], school=school)] == [4000]


def test_bookings_are_known_by_the_reference_of_their_order_and_of_what_is_asked_for(
    school: School, django_assert_num_queries
):
    session = new_session(new_course(school, price=9000))
    booking, other = (buy_seat(session, new_student(school)) for _ in range(2))
    Order.objects.of(school).filter(id=order_of(booking).pk).update(reference="PVGY-6P9X")
    PaymentRequest.objects.of(school).filter(order_id=order_of(other).pk).update(reference="QQQQ-1234")
    with django_assert_num_queries(2):
        assert bookings_ordered_under("pvgy 6p9x", school=school) == [booking.pk]
    assert bookings_ordered_under("vgy", school=school) == [booking.pk]
    assert bookings_ordered_under("QQQQ1234", school=school) == [other.pk]
    with django_assert_num_queries(1):
        assert bookings_ordered_under("QQQQ-1235", school=school) == []
    with django_assert_num_queries(0):
        assert bookings_ordered_under("a@b.example", school=school) == []
    assert bookings_ordered_under("PVGY-6P9X", school=new_school()) == []
