"""What is open to pay, the credit, and what was paid."""

import datetime as dt

import pytest
import time_machine

from factories import OWNER, buy_seat, new_course, new_school, new_session, order_of, pay_for, slots_of
from schoolbell.billing.models import Order
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.models import Booking
from schoolbell.kit.time import UTC, Stretch
from web.pages import links_of, queries_for, text_of

NOW = dt.datetime(2026, 12, 8, 7, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def school(db):
    return new_school("driving", late_fee_percent=50)


def seat(school, student, day: int) -> Booking:
    starts_at = dt.datetime(2026, 12, day, 9, tzinfo=UTC)
    course = new_course(school, name="Driving", price=8900, deposit=3000)
    booking = buy_seat(new_session(course, Stretch(starts_at, starts_at + dt.timedelta(hours=1))), student)
    return Booking.objects.select_related("session__course__school").get(id=booking.pk)


def reference_of(order: Order) -> str:
    """Under which the rest is paid: its request's, where there is one, or the order's own."""
    balance = order.requests.filter(kind="balance", status="pending").first()
    return balance.reference if balance else order.reference


def test_from_the_deposit_to_paid(school, leo, browser, url):
    booking = seat(school, leo, 20)
    order = order_of(booking)
    words = text_of(browser.get(f"{url}payments/"))
    assert (
        f"To pay A$30.00 until Tue 8 Dec, 07:45, reference {order.requests.get().reference} "
        "Leo Weber, Driving, Sun 20 Dec, 09:00 Another A$59.00 is to be paid after that. Pay A$30.00"
    ) in words
    assert f"You have no credit with {school.name}." in words
    assert "Nothing was paid yet" in words
    pay_for(booking)
    page = browser.get(f"{url}payments/")
    words = text_of(page)
    assert f"To pay A$59.00 reference {reference_of(order)} Leo Weber, Driving, Sun 20 Dec, 09:00 Pay A$59.00" in words
    assert f"/s/{school.slug}/orders/{order.pk}/pay" in links_of(page)
    assert f"Paid so far Tue 8 Dec, 07:30 Driving, Leo By card, order {order.reference} A$30.00" in words
    pay_for(booking)
    assert "Nothing is open. All is paid." in text_of(browser.get(f"{url}payments/"))


def test_credit_and_failed_payments_are_said(school, leo, browser, url):
    booking = seat(school, leo, 20)
    pay_for(booking, 8900)
    booking.refresh_from_db()
    cancel_and_settle(booking, by=OWNER)
    pay_for(seat(school, leo, 21), token="fails")
    words = text_of(browser.get(f"{url}payments/"))
    assert f"You have A$89.00 in credit with {school.name}. Choose it when you pay for your next booking." in words
    assert "Payment failed A$30.00" in words
    assert f"You have A$89.00 in credit with {school.name}" in text_of(browser.get(url))


def test_a_late_fee_is_owed(school, leo, browser, url):
    booking = seat(school, leo, 8)
    pay_for(booking)
    booking.refresh_from_db()
    with time_machine.travel(NOW + dt.timedelta(minutes=5), tick=False):
        path = f"{url}bookings/{booking.pk}/cancel"
        assert "A$30.00 of it was paid; A$14.50 is still owed." in text_of(browser.get(path))
        browser.post(path, {"fee": "4450"})
        words = text_of(browser.get(f"{url}payments/"))
    fee = reference_of(order_of(booking))
    assert f"To pay A$14.50 reference {fee} Leo Weber, Driving, Tue 8 Dec, 09:00 Pay A$14.50" in words


def test_what_is_open_comes_by_the_time_of_its_lesson_and_what_was_given_is_overdue(school, leo, browser, url):
    for day in (22, 9, 20):
        pay_for(seat(school, leo, day))
    with time_machine.travel(NOW + dt.timedelta(days=2), tick=False):
        words = text_of(browser.get(f"{url}payments/"))
        home = text_of(browser.get(url))
    open_now = words[words.index("To pay") :]
    days = ("Wed 9 Dec", "Sun 20 Dec", "Tue 22 Dec")
    assert sorted(days, key=open_now.index) == list(days)
    assert open_now.startswith("To pay A$177.00 is open in all. A$59.00 Overdue reference")
    assert (words.count("Overdue"), home.count("Overdue")) == (1, 1)


def test_three_orders_and_payments_take_as_many_queries_as_one(school, leo, browser, url):
    pay_for(seat(school, leo, 20))
    one = queries_for(browser, f"{url}payments/")
    pay_for(seat(school, leo, 21)), pay_for(seat(school, leo, 22))
    assert queries_for(browser, f"{url}payments/") == one


def test_of_a_session_of_several_times_their_own_count(school, leo, browser, url):
    nine = dt.datetime(2026, 12, 9, 9, tzinfo=UTC)
    days = [Stretch(nine + dt.timedelta(days=after), nine + dt.timedelta(days=after, hours=1)) for after in (0, 14)]
    session = new_session(new_course(school, name="Theory", price=8900, deposit=3000), *days, choose_slots=True)
    pay_for(buy_seat(session, leo, slot_ids=(slots_of(session)[1].pk,)))
    pay_for(seat(school, leo, 20))
    with time_machine.travel(NOW + dt.timedelta(days=2), tick=False):
        words = text_of(browser.get(f"{url}payments/"))
    open_now = words[words.index("To pay") :]
    assert open_now.index("Driving, Sun 20 Dec") < open_now.index("Theory, Wed 23 Dec")
    assert "Overdue" not in words
