"""A client's bookings, one of them, and cancelling it."""

import datetime as dt
import re

import pytest
import time_machine

from factories import (
    OWNER,
    buy_seat,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    order_of,
    pay_for,
    slots_of,
)  # fmt: skip
from schoolbell.billing.ledger import CLIENT, balance
from schoolbell.billing.payments import confirm_booking_of_order
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.models import Booking
from schoolbell.journal.models import Record
from schoolbell.kit.time import UTC, Stretch
from web.pages import links_of, queries_for, text_of
from web.portal.conftest import browser_of

NOW = dt.datetime(2026, 12, 8, 7, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


def hour(day: int, at: int, minutes: int = 60) -> Stretch:
    starts_at = dt.datetime(2026, 12, day, at, tzinfo=UTC)
    return Stretch(starts_at, starts_at + dt.timedelta(minutes=minutes))


@pytest.fixture
def school(db):
    return new_school(free_cancel_hours=24, late_fee_percent=40)


@pytest.fixture
def piano(school):
    return new_lessons(school, price=4500, capacity=1)


def seat(course, student, day: int, *, at: int = 9, is_paid: bool = True) -> Booking:
    booking = buy_seat(new_session(course, hour(day, at)), student)
    if is_paid:
        pay_for(booking)
    booking.refresh_from_db()
    return booking


def status_of(booking: Booking) -> str:
    return Booking.objects.get(id=booking.pk).status


def credit(booking: Booking) -> int:
    return balance(CLIENT, school_id=booking.school_id, client_id=booking.client_id)


def test_some_times_of_a_session_stand_as_their_own(school, leo, mila, browser, url):
    yoga = new_session(new_course(school, name="Yoga"), hour(8, 8), hour(20, 9), hour(22, 9), choose_slots=True)
    first, _second, third = slots_of(yoga)
    for student, slot in ((leo, first), (mila, third)):
        pay_for(buy_seat(yoga, student, slot_ids=(slot.pk,)))
    later = Booking.objects.get(student_id=mila.pk)
    with time_machine.travel(NOW + dt.timedelta(hours=2), tick=False):
        coming, past = text_of(browser.get(f"{url}bookings/")), text_of(browser.get(f"{url}bookings/?past"))
        page = text_of(browser.get(f"{url}bookings/{later.pk}/"))
    assert "Tue 22 Dec, 09:00–10:00 Mila, Yoga Confirmed" in coming
    assert "Leo" not in coming
    assert "Tue 8 Dec, 08:00–09:00 Leo, Yoga Confirmed" in past
    assert "Mila" not in past
    assert "Cancel free of charge until Mon 21 Dec, 09:00 UTC." in page


def test_those_to_come_and_those_past_with_their_states(piano, leo, mila, browser, url):
    held, paid = seat(piano, leo, 20, is_paid=False), seat(piano, mila, 12)
    cancelled = seat(piano, leo, 13)
    cancel_and_settle(Booking.objects.get(id=cancelled.pk), by=OWNER)
    let_hold_run_out(overdue := seat(piano, mila, 14, is_paid=False))
    over = seat(piano, leo, 8, at=8)
    with time_machine.travel(NOW + dt.timedelta(hours=2), tick=False):
        coming, past = browser.get(f"{url}bookings/"), browser.get(f"{url}bookings/?past")
    assert text_of(coming) == (
        f"Bookings Times are UTC time. To come Past Sat 12 Dec, 09:00–10:00 Mila, Piano Confirmed Paid {paid.reference}"
    )
    assert f"{url}bookings/{paid.pk}/" in links_of(coming)
    assert text_of(past) == (
        "Bookings Times are UTC time. To come Past "
        f"Sun 20 Dec, 09:00–10:00 Leo, Piano Hold ended {held.reference} "
        f"Mon 14 Dec, 09:00–10:00 Mila, Piano Hold ended {overdue.reference} "
        f"Sun 13 Dec, 09:00–10:00 Leo, Piano Cancelled {cancelled.reference} "
        f"Tue 8 Dec, 08:00–09:00 Leo, Piano Confirmed Paid {over.reference}"
    )
    assert "Held for 15 min" in text_of(browser.get(f"{url}bookings/"))


def test_empty_lists_say_what_to_do(browser, url):
    assert "No bookings to come Whatever you book appears here. Find a time" in text_of(browser.get(f"{url}bookings/"))
    assert "Nothing is past yet" in text_of(browser.get(f"{url}bookings/?past"))


def test_long_lists_are_paged(school, leo, browser, url):
    course = new_course(school, name="Club", price=0)
    for minute in range(23):
        start = hour(20, 1).starts_at + dt.timedelta(minutes=20 * minute)
        buy_seat(new_session(course, Stretch(start, start + dt.timedelta(minutes=20))), leo)
    first, second = browser.get(f"{url}bookings/"), browser.get(f"{url}bookings/?page=2")
    assert text_of(first).endswith("1–20 of 23 Next")
    assert "?page=2" in links_of(first)
    assert text_of(second).endswith("21–23 of 23 Back")
    assert text_of(browser.get(f"{url}bookings/?page=x")) == text_of(first)


def test_a_booking_says_when_where_with_whom_and_what_is_open(school, leo, browser, url):
    course = new_course(school, name="Club", price=9000, price_per="course")
    session = new_session(course, hour(14, 9), hour(15, 9), instructors=[new_instructor(school, name="Maya Chen")])
    booking = buy_seat(session, leo)
    page = browser.get(f"{url}bookings/{booking.pk}/")
    request = order_of(booking).requests.get()
    assert text_of(page) == (
        "All bookings Club for Leo Weber, with Maya Chen Held for 15 min 2 lessons "
        "Mon 14 Dec 09:00–10:00 Held for 15 min Tue 15 Dec 09:00–10:00 Held for 15 min "
        "Times are UTC time. Put it in my calendar Tell the school something "
        "If it does not suit Cancel free of charge until Sun 13 Dec, 09:00 UTC. "
        "You may change the time 2 times, until Sun 13 Dec, 09:00 UTC. Change the time Cancel the booking "
        "Price Club ₹90.00 Paid ₹0.00 ₹90.00 to pay until Tue 8 Dec, 07:45 UTC, "
        f"reference {request.reference} Pay ₹90.00 Booking {booking.reference}"
    )
    assert f"/s/{school.slug}/orders/{order_of(booking).pk}/pay" in links_of(page)
    pay_for(booking)
    words = text_of(browser.get(f"{url}bookings/{booking.pk}/"))
    assert "Confirmed Paid 2 lessons" in words
    assert "Price Club ₹90.00 Paid ₹90.00 Booking" in words


def test_cancelling_early_names_the_credit_then_gives_it(school, piano, leo, browser, url):
    booking = seat(piano, leo, 12)
    path = f"{url}bookings/{booking.pk}/"
    asked = browser.get(path + "cancel")
    assert text_of(asked) == (
        f"Cancel Leo’s lesson on Sat 12 Dec, 09:00–10:00? Piano, UTC time. Booking {booking.reference}. "
        "This is free of charge until Fri 11 Dec, 09:00 UTC. "
        "The ₹45.00 that was paid becomes credit, for the next booking. Keep the booking Cancel the booking"
    )
    answer = browser.post(path + "cancel", {"fee": fee_in(asked)})
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert (status_of(booking), credit(booking)) == ("cancelled", 4500)
    record = Record.objects.of(school).get(name="booking.cancelled")
    assert (record.role, record.student_id, record.client_id) == ("client", leo.pk, booking.client_id)
    page = browser.get(path)
    assert "Piano on Sat 12 Dec, 09:00–10:00 is cancelled. ₹45.00 is in credit." in page.content.decode()
    assert "Price Piano ₹45.00 Paid ₹45.00 Stays with the school ₹0.00 Became credit ₹45.00 Booking" in text_of(page)
    assert "Cancelled When and where" in text_of(page)
    assert "Find another time" in text_of(page)
    assert "Cancel the booking" not in text_of(page)
    assert browser.get(path + "cancel")["Location"] == path


def fee_in(page) -> str:
    return re.search(r'name="fee" value="(\d+)"', page.content.decode())[1]


@pytest.mark.parametrize(
    ("policies", "paid", "words", "left"),
    [
        ({"late_fee_percent": 40}, True,
         "Now ₹18.00 stays with the school. Of the ₹45.00 that was paid, ₹27.00 becomes credit, for the next booking.",
         2700),
        ({"late_fee_percent": 100}, True,
         "Now ₹45.00 stays with the school. It was paid already. Nothing comes back, and nothing more is owed.", 0),
        ({"late_fee_percent": 40, "confirm_on": "booking"}, False,
         "Now ₹18.00 stays with the school. ₹18.00 of it is still owed.", -1800),
        ({"late_fee_percent": 0}, True,
         "This costs you nothing. The ₹45.00 that was paid becomes credit, for the next booking.", 4500),
        ({}, False, "This costs you nothing. Nothing was paid for it, and nothing is owed.", 0),
    ],
)  # fmt: skip
def test_cancelling_late_names_what_it_costs(school, leo, browser, url, policies, paid, words, left):
    school.stored_policies |= policies
    school.save()
    booking = seat(new_course(school, price=4500, name="Club"), leo, 8, at=12, is_paid=paid)
    path = f"{url}bookings/{booking.pk}/cancel"
    asked = browser.get(path)
    assert text_of(asked).startswith("Cancel Leo’s seat on Tue 8 Dec, 12:00–13:00? Club, UTC time.")
    assert words in text_of(asked)
    assert browser.post(path, {"fee": fee_in(asked)}).status_code == 302
    assert (status_of(booking), credit(booking)) == ("cancelled", left)


def test_what_costs_another_amount_by_then_is_asked_anew(piano, leo, browser, url):
    booking = seat(piano, leo, 9, at=8)
    path = f"{url}bookings/{booking.pk}/cancel"
    fee = fee_in(browser.get(path))
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        answer = browser.post(path, {"fee": fee})
        assert answer.status_code == 409
        assert "Nothing was cancelled yet. Meanwhile it costs another amount" in text_of(answer)
        assert "Now ₹18.00 stays with the school." in text_of(answer)
        assert (fee, fee_in(answer), status_of(booking)) == ("0", "1800", "confirmed")
    assert (browser.post(path).status_code, status_of(booking)) == (200, "confirmed")


def test_what_has_begun_or_was_cancelled_is_refused_in_words(piano, leo, browser, url):
    booking = seat(piano, leo, 8, at=8)
    path = f"{url}bookings/{booking.pk}/"
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        assert browser.get(path + "cancel")["Location"] == path
        answer = browser.post(path + "cancel", {"fee": "0"})
    assert (answer.status_code, status_of(booking)) == (409, "confirmed")
    assert "Nothing was cancelled. This has begun, so it cannot be cancelled here. Ask the school." in text_of(answer)
    other = seat(piano, leo, 12)
    asked = browser.get(f"{url}bookings/{other.pk}/cancel")
    twice = [browser.post(f"{url}bookings/{other.pk}/cancel", {"fee": fee_in(asked)}) for _ in range(2)]
    assert [answer.status_code for answer in twice] == [302, 409]
    assert "This booking is cancelled already." in text_of(twice[1])
    assert "Nothing was cancelled" not in text_of(twice[1])
    assert (credit(other), slots_of(other.session)[0].seats_taken) == (4500, 0)


def test_others_bookings_are_not_there(school, other_school, piano, browser, url):
    stranger = seat(piano, new_student(school, guardian=new_client(school)), 12)
    far = buy_seat(new_session(new_course(other_school), hour(12, 9)), new_student(other_school))
    for booking in (stranger, far):
        for path in ("", "cancel", "lessons.ics"):
            assert browser.get(f"{url}bookings/{booking.pk}/{path}").status_code == 404
        assert browser.post(f"{url}bookings/{booking.pk}/cancel", {"fee": "0"}).status_code == 404
    assert status_of(stranger) == "confirmed"


def test_a_student_may_cancel_their_own_lesson(school, piano, url):
    ada = new_student(school, "Ada Adult", guardian=new_client(school, "Big Company"))
    booking = seat(piano, ada, 12)
    browser = browser_of(ada.person)
    path = f"{url}bookings/{booking.pk}/cancel"
    asked = browser.get(path)
    assert text_of(asked).startswith("Cancel your lesson on Sat 12 Dec, 09:00–10:00?")
    assert browser.post(path, {"fee": fee_in(asked)}).status_code == 302
    assert status_of(booking) == "cancelled"


def test_lessons_go_into_a_calendar(school, piano, leo, browser, url):
    seat(piano, leo, 12)
    held = seat(piano, leo, 13, is_paid=False)
    cancelled = seat(piano, leo, 14)
    cancel_and_settle(Booking.objects.get(id=cancelled.pk), by=OWNER)
    every = browser.get(f"{url}lessons.ics")
    assert every["Content-Type"] == "text/calendar; charset=utf-8"
    assert every["Content-Disposition"] == f'attachment; filename="{school.slug}.ics"'
    lines = every.content.decode().split("\r\n")
    assert [line for line in lines if line.startswith(("DTSTART", "SUMMARY", "STATUS"))] == [
        "DTSTART:20261212T090000Z", "SUMMARY:Leo: Piano", "STATUS:CONFIRMED",
        "DTSTART:20261213T090000Z", "SUMMARY:Leo: Piano", "STATUS:TENTATIVE",
    ]  # fmt: skip
    one = browser.get(f"{url}bookings/{held.pk}/lessons.ics")
    assert one["Content-Disposition"] == f'attachment; filename="{held.reference}.ics"'
    assert one.content.decode().count("BEGIN:VEVENT") == 1
    assert "BEGIN:VEVENT" not in browser.get(f"{url}bookings/{cancelled.pk}/lessons.ics").content.decode()


@pytest.mark.parametrize("query", ["", "?past"])
def test_three_bookings_take_as_many_queries_as_one(piano, leo, mila, browser, url, query):
    def add(student, day: int) -> None:
        booking = seat(piano, student, day)
        if query:
            cancel_and_settle(Booking.objects.get(id=booking.pk), by=OWNER)

    add(leo, 12)
    one = queries_for(browser, f"{url}bookings/{query}")
    add(mila, 13), add(leo, 14)
    assert queries_for(browser, f"{url}bookings/{query}") == one


def test_a_booking_of_three_days_takes_as_many_queries_as_of_one(school, leo, browser, url):
    course = new_course(school, name="Club")
    one = buy_seat(new_session(course, hour(12, 9)), leo)
    three = buy_seat(new_session(course, hour(14, 9), hour(15, 9), hour(16, 9)), leo)
    queries = [queries_for(browser, f"{url}bookings/{booking.pk}/") for booking in (one, three)]
    assert queries[0] == queries[1]


def test_what_the_school_waived_is_nothing_to_pay(piano, leo, mila, browser, url):
    waived, paid = seat(piano, leo, 12, is_paid=False), seat(piano, mila, 13)
    confirm_booking_of_order(waived, by=OWNER, reason="A friend of the house")
    words = text_of(browser.get(f"{url}bookings/"))
    assert f"Confirmed Nothing to pay {waived.reference}" in words
    assert f"Confirmed Paid {paid.reference}" in words
    words = text_of(browser.get(f"{url}bookings/{waived.pk}/"))
    assert "Confirmed Nothing to pay" in words
    assert "Price Piano ₹45.00 Waived by the school ₹45.00 Booking" in words
    assert "Paid" not in words
    one = queries_for(browser, f"{url}bookings/")
    for day in (14, 15):
        confirm_booking_of_order(seat(piano, leo, day, is_paid=False), by=OWNER, reason="Again")
    assert queries_for(browser, f"{url}bookings/") == one
