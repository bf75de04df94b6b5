"""Bookings in the office: found, shown, paid, waived and cancelled."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client as Browser

from factories import (
    OWNER,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_school,
    new_session,
    new_student,
    order_of,
    pay_for,
    slots_of,
)
from schoolbell.billing.models import Payment, PaymentRequest
from schoolbell.billing.orders import Purchase
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.billing.together import buy_together
from schoolbell.bookings.models import Booking
from schoolbell.journal.models import Record
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from web.office.conftest import as_staff
from web.office.test_sessions import words_of
from web.pages import links_of, text_of


@pytest.fixture
def group(school: School) -> Session:
    return new_session(new_course(school, price=9000), hour_at(3), instructors=[new_instructor(school)])


@pytest.fixture
def booking(school: School, group: Session) -> Booking:
    sam = new_student(school, "Sam <b>Learner</b>", guardian=new_client(school, "Clara Parent"))
    return buy_seat(group, sam)


@pytest.fixture
def url(office: str, booking: Booking) -> str:
    return f"{office}bookings/{booking.pk}/"


def rows_of(words: str) -> str:
    return words[words.index("Price") + 6 :]


def test_the_list_shows_the_newest_first(
    school: School, browser: Browser, office: str, group: Session, booking: Booking
):
    paid = buy_seat(group, new_student(school, "Kim Alone"))
    pay_for(paid)
    words = text_of(browser.get(office + "bookings/"))
    assert words.startswith("Bookings 2 bookings, the latest booked first Find a time Name, phone or reference Search")
    lesson = f"{words_of(hour_at(3))} First aid, Ida Teacher"
    assert rows_of(words) == (
        f"Kim Alone {paid.reference} {lesson} Confirmed Paid ₹90.00 "
        f"Sam <b>Learner</b> {booking.reference} {lesson} Held for 15 min To pay ₹90.00"
    )


def test_search_and_chips_work_together(
    school: School, browser: Browser, office: str, group: Session, booking: Booking
):
    paid = buy_seat(group, new_student(school, "Kim Alone"))
    pay_for(paid)

    def found(query: str) -> list[str]:
        links = links_of(browser.get(f"{office}bookings/?{query}"))
        return [link.removeprefix(office) for link in links if "/bookings/0" in link]

    first, second = f"bookings/{booking.pk}/", f"bookings/{paid.pk}/"
    assert found("q=clara") == [first]
    assert found(f"q={paid.reference.lower()}") == [second]
    assert found("status=pending") == [first]
    assert found("payment=unpaid") == [first]
    assert found("payment=paid") == [second]
    assert found(f"course={group.course_id}") == [second, first]
    assert found("q=clara&status=confirmed") == []
    assert found("when=last-week") == []
    page = browser.get(f"{office}bookings/?q=clara&status=pending")
    assert "?q=clara" in links_of(page)
    assert '<input type="hidden" name="status" value="pending">' in page.content.decode()


def test_nothing_found_says_why_and_the_likeliest_cure(browser: Browser, office: str, booking: Booking):
    page = browser.get(f"{office}bookings/?q=learner&status=cancelled")
    assert text_of(page).endswith("No booking fits “learner” Without the filters there is one. Clear the filters")
    assert links_of(page)[-1] == "?q=learner"
    words = text_of(browser.get(office + "bookings/?q=%3Cb%3EMarchetty"))
    assert words.endswith("No booking fits “<b>Marchetty” Try a part of the name, or the reference. Show all bookings")
    assert browser.get(office + "bookings/?q=%00&page=-1&course=%00&when=%00").status_code == 200


def test_a_school_without_bookings_is_told_what_to_do(browser: Browser, office: str):
    assert text_of(browser.get(office + "bookings/")).endswith(
        "No bookings yet They appear here as soon as somebody books. For that something has to be on offer. "
        "Put a session on the timetable"
    )


def test_a_booking_says_what_it_is_and_what_can_be_done(browser: Browser, url: str, booking: Booking):
    page = browser.get(url)
    words = text_of(page)
    assert words.startswith(f"Sam <b>Learner</b> First aid, {words_of(hour_at(3))} UTC Move Cancel the booking")
    assert f"Reference {booking.reference} Lesson First aid Who teaches Ida Teacher Student Sam <b>Learner</b>" in words
    assert "Who pays Clara Parent Notes Add notes Price ₹90.00 Paid ₹0.00" in words
    assert "What happened The latest first, in UTC time Booked" in words
    assert "by the owner" in words
    assert (
        f"Record a payment ₹90.00 is open. A payment for it names {booking.reference}. "
        "Amount (INR) How Cash Card Transfer Record the payment"
    ) in words
    assert "Confirm without payment Up to ₹90.00 is waived: nobody is asked for it any more. Why" in words
    assert 'value="90.00"' in page.content.decode()


def test_a_desk_payment_is_recorded_and_confirms(school: School, browser: Browser, url: str, booking: Booking):
    answer = browser.post(url + "pay", {"amount": "90.00", "method": "transfer", "open_seen": "9000"})
    assert (answer.status_code, answer["Location"]) == (302, url)
    payment = Payment.objects.of(school).get()
    assert (payment.gateway, payment.method, payment.amount, payment.status) == (
        "desk", "transfer", 9000, "succeeded",
    )  # fmt: skip
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("confirmed", "paid")
    page = browser.get(url)
    assert "₹90.00 received." in page.content.decode()
    words = text_of(page)
    assert "Nothing left to do It is paid." in words
    assert "₹90.00 received by transfer" in words
    record = Record.objects.of(school).get(name="payment.succeeded")
    assert str(record.who) == browser.session["_auth_user_id"]


def test_a_part_may_be_paid_and_the_rest_later(browser: Browser, url: str, booking: Booking):
    browser.post(url + "pay", {"amount": "40", "method": "cash", "open_seen": "9000"})
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("pending", "deposit_paid")
    assert "Record a payment ₹50.00 is open." in text_of(browser.get(url))
    browser.post(url + "pay", {"amount": "50", "method": "card", "open_seen": "5000"})
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("confirmed", "paid")


def test_a_form_sent_twice_is_recorded_once_and_answered_twice(school: School, browser: Browser, url: str):
    key = re.search(r'name="key" value="([^"]+)"', browser.get(url).content.decode())
    assert key
    typed = {"amount": "90", "method": "cash", "open_seen": "9000", "key": key[1]}
    for answer in (browser.post(url + "pay", typed), browser.post(url + "pay", typed)):
        assert (answer.status_code, answer["Location"]) == (302, url)
    assert "₹90.00 received." in browser.get(url).content.decode()
    assert [one.amount for one in Payment.objects.of(school)] == [9000]

    other = browser.post(url + "pay", typed | {"amount": "50"})  # the browser's button led back to what was sent
    assert other.status_code == 409
    assert "Something was paid for this in the meantime." in text_of(other)
    assert [one.amount for one in Payment.objects.of(school)] == [9000]


def test_the_same_payment_from_two_windows_is_recorded_once(school: School, browser: Browser, url: str):
    typed = {"amount": "40", "method": "cash", "open_seen": "9000"}
    assert browser.post(url + "pay", typed).status_code == 302
    again = browser.post(url + "pay", typed)
    assert again.status_code == 409
    assert "Something was paid for this in the meantime. Look at what is open now." in text_of(again)
    assert "Record a payment ₹50.00 is open." in text_of(again)
    assert [one.amount for one in Payment.objects.of(school)] == [4000]


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ({"amount": ""}, 422, "Say an amount, such as 45.00."),
        ({"amount": "ninety"}, 422, "Write an amount such as 45.00."),
        ({"amount": "0"}, 422, "The amount must be more than zero."),
        ({"amount": "0.001"}, 422, "That is smaller than the smallest coin."),
        ({"method": ""}, 422, "Say how it was paid."),
        ({"method": "shells"}, 422, "Choose one of these."),
        ({"amount": "90.01"}, 409, "That is more than is open for this order."),
    ],
)
def test_a_payment_that_cannot_be_is_told_beside_the_field(
    school: School, browser: Browser, url: str, typed: dict[str, str], status: int, sentence: str
):
    page = browser.post(url + "pay", {"amount": "90", "method": "card", "open_seen": "9000"} | typed)
    assert page.status_code == status
    assert sentence in text_of(page)
    assert f'value="{typed.get("amount", "90")}"' in page.content.decode() or typed.get("amount") == ""  # it stays
    assert not Payment.objects.of(school).exists()
    assert browser.get(url + "pay")["Location"] == url


def test_a_deposit_is_asked_for_first(db: None):
    school = new_school("driving")
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    booking = buy_seat(new_session(new_course(school, price=8900, deposit=3000)), new_student(school))
    page = browser.get(f"{office}bookings/{booking.pk}/")
    assert "A$30.00 is due now, A$89.00 in all." in text_of(page)
    assert 'value="30.00"' in page.content.decode()


@pytest.mark.parametrize(
    ("preset", "due"),
    [
        ("first-aid", "To pay while it is held £89.00"),
        ("driving", "Deposit, while it is held A$30.00 By the lesson A$59.00"),
        ("coaching", "To pay when it suits you €89.00"),
    ],
)
def test_a_new_booking_says_when_it_is_paid_whatever_way_is_chosen(db: None, preset: str, due: str):
    school = new_school(preset)
    course = new_course(school, price=8900, deposit=3000, type="FAW" if preset == "first-aid" else "")
    session = new_session(course)
    page = as_staff(school).get(f"/s/{school.slug}/office/bookings/new/?session={session.pk}")
    assert text_of(page).endswith(due)


def test_an_order_for_several_says_who_else_is_in_it(school: School, browser: Browser, office: str, group: Session):
    client = new_client(school, "The Yard")
    students = [new_student(school, name, guardian=client) for name in ("Sam Learner", "Kim <i>Learner</i>")]
    group = Session.objects.select_related("course__school").get(school_id=school.pk, id=group.pk)
    order = buy_together(
        [
            Purchase(
                school=school,
                course=group.course,
                student=one,
                client=client,
                session=group,
                session_slots=slots_of(group),
            )
            for one in students
        ],
        by=OWNER,
    )
    first, second = Booking.objects.of(school).filter(order_lines__order_id=order.pk).order_by("id")
    words = text_of(browser.get(f"{office}bookings/{first.pk}/"))
    assert f"Reference {first.reference} Order {order.reference} Lesson First aid" in words
    assert (
        f"₹180.00 is open. The same order is for: {second.student.person.name}. "
        f"A payment for it names {order.reference}. Amount"
    ) in words


def test_the_reference_that_a_payer_was_given_leads_to_the_booking(db: None):
    school = new_school("driving")
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    session = Session.objects.select_related("course__school").get(
        id=new_session(new_course(school, price=9000, deposit=3000)).pk
    )
    client = new_client(school, "The Yard")
    students = [new_student(school, name, guardian=client) for name in ("Sam Learner", "Kim Learner")]
    parts = {"school": school, "course": session.course, "client": client, "session": session}
    order = buy_together(
        [Purchase(**parts, student=one, session_slots=slots_of(session)) for one in students], by=OWNER
    )
    first, second = Booking.objects.of(school).filter(order_lines__order_id=order.pk).order_by("id")
    alone = buy_seat(session, new_student(school, "Bo Alone"))
    assert order.reference not in (first.reference, second.reference)

    def found(text: str) -> str:
        return rows_of(text_of(browser.get(f"{office}bookings/?q={text}")))

    for typed in (order.reference, order.reference.lower().replace("-", " "), order.reference[:7]):
        words = found(typed)
        assert "Bo Alone" not in words
        for one in (first, second):
            assert f"{one.student.person.name} {one.reference} order {order.reference} " in words
    assert "order" not in found(first.reference)
    pay_for(first)
    asked = PaymentRequest.objects.of(school).get(order_id=order.pk, status="pending")
    assert asked.kind == "balance"
    words = found(asked.reference)
    assert first.reference in words
    assert alone.reference not in words
    assert f"A payment for it names {order.reference} or {asked.reference}. Amount" in text_of(
        browser.get(f"{office}bookings/{first.pk}/")
    )


def test_a_whole_reference_is_found_alone_and_no_stranger_by_its_figures(
    school: School, browser: Browser, office: str, group: Session, booking: Booking
):
    Booking.objects.of(school).filter(id=booking.pk).update(reference="1D0Z-ET8S")
    Booking.objects.of(school).filter(id=buy_seat(group, new_student(school, "Margaret Ash")).pk).update(
        reference="0000-1111"
    )
    stranger = buy_seat(group, new_student(school, "Stranger One", phone="+44 1632 960108"))

    def found(text: str) -> int:
        links = {link for link in links_of(browser.get(f"{office}bookings/?q={text}")) if "/bookings/0" in link}
        return len(links)

    assert [found(text) for text in ("1D0Z-ET8S", "1d0zet8s", "1D0Z", "960108", "1632+960-108")] == [1, 1, 1, 1, 1]
    assert [found(text) for text in ("YNHE-49M108", "YNHE-4108", "margaret")] == [0, 0, 1]
    assert f"{office}bookings/{stranger.pk}/" in links_of(browser.get(f"{office}bookings/?q=960108"))
    for page in ("families", "students"):
        for text, people in (("YNHE-4108", 0), ("960108", 1)):
            assert text_of(browser.get(f"{office}{page}/?q={text}")).count("Stranger One") == people


def test_a_seat_is_confirmed_without_payment_for_a_reason(school: School, browser: Browser, url: str, booking: Booking):
    page = browser.post(url + "confirm", {"reason": " "})
    assert page.status_code == 422
    assert "Say why, in a few words." in text_of(page)
    answer = browser.post(url + "confirm", {"reason": "A <i>friend</i> of the house"})
    assert answer["Location"] == url
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    words = text_of(browser.get(url))
    assert "₹90.00 waived: A <i>friend</i> of the house" in words
    assert "Confirmed without payment" in words
    assert "Nothing left to do" in words
    assert "Record a payment" not in words


def test_what_was_waived_is_said_wherever_its_payment_is(
    school: School, browser: Browser, office: str, group: Session, url: str, booking: Booking
):
    paid = buy_seat(group, new_student(school, "Kim Alone"))
    pay_for(paid)
    browser.post(url + "confirm", {"reason": "A friend of the house"})
    words = text_of(browser.get(url))
    assert "UTC Confirmed Waived The booking" in words.replace("Move Cancel the booking ", "")
    assert "Price ₹90.00 Paid ₹0.00 Waived ₹90.00 What happened" in words
    assert "Nothing left to do It was waived: nobody is asked for it." in words
    for page in ("bookings/", f"sessions/{group.pk}/", f"families/{booking.client_id}/"):
        assert "Confirmed Waived" in text_of(browser.get(office + page))
    assert "Confirmed Paid" in text_of(browser.get(f"{office}sessions/{group.pk}/"))

    def found(payment: str) -> list[str]:
        links = links_of(browser.get(f"{office}bookings/?payment={payment}"))
        return [link for link in links if "/bookings/0" in link]

    assert found("waived") == [url]
    assert found("paid") == [f"{office}bookings/{paid.pk}/"]
    assert found("unpaid") == []


def test_a_deposit_that_was_waived_is_said_beside_what_was_paid(db: None):
    school = new_school("driving")
    booking = buy_seat(new_session(new_course(school, price=8900, deposit=3000)), new_student(school))
    browser, url = as_staff(school), f"/s/{school.slug}/office/bookings/{booking.pk}/"
    browser.post(url + "confirm", {"reason": "A friend of the house"})
    words = text_of(browser.get(url))
    assert "Confirmed To pay" in words
    assert "Paid A$0.00 Waived A$30.00" in words
    browser.post(url + "pay", {"amount": "59.00", "method": "cash", "open_seen": "5900"})
    words = text_of(browser.get(url))
    assert "Confirmed Paid" in words
    assert "Paid A$59.00 Waived A$30.00" in words


def test_a_booking_that_ended_is_not_confirmed(browser: Browser, url: str, booking: Booking):
    cancel_and_settle(booking, by=OWNER)
    page = browser.post(url + "confirm", {"reason": "Please"})
    assert page.status_code == 409
    assert "This booking is cancelled; it cannot become confirmed." in text_of(page)
    assert "Nothing left to do This booking has ended." in text_of(page)


def test_cancelling_asks_with_name_and_money(school: School, browser: Browser, url: str, booking: Booking):
    assert text_of(browser.get(url + "cancel")) == (
        f"Cancel Sam <b>Learner</b>’s booking? First aid, {words_of(hour_at(3))} UTC "
        "Clara Parent has paid nothing for it, and nothing more is asked for. Keep the booking Cancel the booking"
    )
    pay_for(booking)
    assert "Clara Parent has paid ₹90.00. It stays with the school as their credit." in text_of(
        browser.get(url + "cancel")
    )
    done = browser.post(url + "cancel", follow=True)
    booking.refresh_from_db()
    assert (booking.status, booking.settled_at is not None) == ("cancelled", True)
    assert "Sam &lt;b&gt;Learner&lt;/b&gt;’s booking is cancelled." in done.content.decode()
    assert browser.get(url + "cancel")["Location"] == url
    again = browser.post(url + "cancel")
    assert again.status_code == 409
    assert "This booking is cancelled already." in text_of(again)
    assert Record.objects.of(school).filter(name="booking.cancelled").count() == 1


def test_a_hold_that_ran_out_can_still_be_confirmed(browser: Browser, url: str, booking: Booking):
    let_hold_run_out(booking)
    words = text_of(browser.get(url))
    assert "Confirm without payment" in words
    assert order_of(booking).total == 9000
    assert booking.hold_expires_at - now() < dt.timedelta(minutes=16)


def test_what_was_cancelled_says_where_its_money_went(
    school: School, browser: Browser, office: str, group: Session, url: str, booking: Booking
):
    pay_for(booking)
    cancel_and_settle(booking, by=OWNER)
    words = text_of(browser.get(url))
    assert "Price ₹90.00 Paid ₹90.00 Stays with the school ₹0.00 Became credit ₹90.00 What happened" in words
    assert "UTC Cancelled The booking" in words
    for page in ("bookings/", f"sessions/{group.pk}/", f"families/{booking.client_id}/"):
        assert "Cancelled Paid" not in text_of(browser.get(office + page))


def test_of_what_was_cancelled_late_the_fee_stays(office: str):
    school = new_school("driving", timezone="UTC", late_fee_percent=40)
    browser = as_staff(school)
    session = new_session(new_course(school, price=9000), hour_at(1))
    booking = buy_seat(session, new_student(school))
    pay_for(booking)
    client = Actor(Role.CLIENT, who=booking.client_id, person_id=booking.client.person_id)
    with time_machine.travel(hour_at(1).starts_at - dt.timedelta(hours=1), tick=False):
        cancel_and_settle(booking, by=client)
        words = text_of(browser.get(f"/s/{school.slug}/office/bookings/{booking.pk}/"))
    assert "UTC Cancelled Paid The booking" in words
    assert "Paid A$90.00 Stays with the school A$36.00 Became credit A$54.00" in words
