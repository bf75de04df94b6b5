"""Paying for an order, seeing it again, and what happens when the hold runs out."""

import datetime as dt
import re
from typing import Any

import pytest
from django.template import Context, Template

from billing.test_credit import has_in_credit
from factories import (
    OWNER,
    at,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    order_of,
    pay_for,
)
from invariants import broken
from schoolbell.access.school import change_school
from schoolbell.accounts.actions import create_user
from schoolbell.billing.models import Order, Payment, PaymentRequest
from schoolbell.billing.payments import confirm_booking_of_order, resolve
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.holds import expire_all_overdue_holds
from schoolbell.bookings.models import Booking
from schoolbell.bookings.sessions import cancel_session
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import now
from schoolbell.people.actions import link_user
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School
from schoolbell.web.templatetags.words import when
from web.public.visitors import GUEST, Fields, Visitor, links, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def ordered(visitor: Visitor, school: School, **values: Any) -> tuple[Order, str]:
    """A guest's order of one seat in a session of three days, and where it leads."""
    hall = new_resource(school, name="Kirkgate Hall", address_line1="12 Kirkgate", city="Leeds", postcode="LS2 7DR")
    course = new_course(school, price=8900, deposit=3000, price_per="course", tax_rate=1000, capacity=8)
    session = new_session(course, hour_at(14), hour_at(15), resource=hall)
    where = visitor.book(f"/s/{school.slug}/book/?session={session.pk}", **values)
    return Order.objects.of(school).order_by("-id").first(), where  # type: ignore[return-value]


def booking_of(order: Order) -> Booking:
    return Booking.objects.get(school_id=order.school_id, order_lines__order_id=order.pk)


def driving() -> School:
    return new_school("driving", timezone="Australia/Sydney")


def test_the_card_page_says_that_it_pretends_and_until_when_it_holds(visitor: Visitor):
    school = driving()
    order, where = ordered(visitor, school, pay_with="deposit")
    html = visitor.get(where)
    said = text(html)
    assert "Pay by card" in said
    assert "This is a pretend card page." in said
    assert "We are holding one seat for you until" in said
    assert f'data-hold="{booking_of(order).hold_expires_at.isoformat()}"' in html
    assert "To pay now A$30.00 By the lesson A$59.00" in said


def test_a_deposit_confirms_and_the_rest_is_paid_later(visitor: Visitor):
    school = driving()
    order, where = ordered(visitor, school, pay_with="deposit")
    here = visitor.pay(where, amount="deposit")
    html = visitor.get(here)
    said = text(html)
    assert here == f"/s/{school.slug}/orders/{order.pk}/"
    assert "Deposit received, thank you One seat is yours." in said
    assert f"Your reference {order.reference}" in said
    assert "Pay the rest, A$59.00" in said
    assert "Total A$89.00 Before GST A$80.91 GST 10% A$8.09 Paid −A$30.00 Still to pay A$59.00" in said
    assert "Kirkgate Hall 12 Kirkgate, Leeds LS2 7DR" in said
    rest = links(html)["Pay A$59.00 now"]
    assert visitor.pay(rest) == here
    assert "Paid, thank you" in text(visitor.get(here))
    assert booking_of(order).payment_status == "paid"
    assert broken(school) == {}


def test_all_of_it_can_be_paid_instead_of_the_deposit(visitor: Visitor):
    school = driving()
    order, where = ordered(visitor, school, pay_with="card")
    assert where.endswith("/pay?whole=1")
    assert re.search(r'value="whole"[^>]*checked', visitor.get(where))
    visitor.pay(where, amount="whole")
    assert Payment.objects.of(school).get().amount == 8900
    assert booking_of(order).payment_status == "paid"


def test_a_declined_card_can_be_tried_again_while_the_hold_runs(visitor: Visitor, school: School):
    order, where = ordered(visitor, school)
    assert visitor.pay(where, card="fails") == where
    said = text(visitor.get(where))
    assert "The card was declined. Nothing was charged. What you chose is still held until" in said
    assert booking_of(order).status == "pending"
    assert visitor.pay(where) == f"/s/{school.slug}/orders/{order.pk}/"
    assert [payment.status for payment in Payment.objects.of(school).order_by("id")] == ["failed", "succeeded"]


def test_a_payment_that_stays_pending_is_not_made_twice(visitor: Visitor, school: School):
    order, where = ordered(visitor, school)
    values = Fields(visitor.get(where)).hidden
    here = visitor.pay(where, card="stays_pending")
    said = text(visitor.get(here))
    assert "The payment is under way. Do not pay again." in said
    assert "Total ₹89.00 Before GST ₹80.91 GST 10% ₹8.09 On its way ₹89.00" in said
    assert "Still to pay" not in said
    assert visitor.client.get(where)["Location"] == here
    assert visitor.send(where, values | {"card": "succeeds"}) == here
    assert visitor.send(where, values | {"card": "succeeds", "key": f"pay {order.pk} 1"}) == here
    payment = Payment.objects.of(school).get()
    resolve(payment, succeeded=True, by=SYSTEM)
    assert "One seat is yours." in text(visitor.get(here))


def test_a_bank_that_answers_after_the_hold_ended_is_waited_for(visitor: Visitor, school: School):
    order, where = ordered(visitor, school)
    here = visitor.pay(where, card="stays_pending")
    until = when(booking_of(order).hold_expires_at, school.zone)
    said = text(visitor.get(here))
    assert f"It is held for you until {until}. If the bank answers later, the money is your credit" in said
    let_hold_run_out(booking_of(order))
    expire_all_overdue_holds()
    html = visitor.get(here)
    said = text(html)
    assert "Nothing was charged" not in said
    assert "Your bank has not answered, and the hold has ended" in said
    assert "Do not pay again. If the money still comes, it is your credit" in said
    assert f"the school knows it by {order.reference}." in said
    assert "Booking it again means paying once more." in said
    assert re.search(r"<button[^>]*btn-primary", html) is None
    resolve(Payment.objects.of(school).get(), succeeded=False, by=SYSTEM)
    assert "Nothing was charged." in text(visitor.get(here))


def test_a_part_of_the_price_is_a_deposit_only_where_one_is_asked_for(visitor: Visitor):
    school = new_school(confirm_on="booking")
    order, where = ordered(visitor, school)
    pay_for(booking_of(order), 4000)
    said = text(visitor.get(where.removesuffix("pay")))
    assert booking_of(order).payment_status == "deposit_paid"
    assert "Partly paid, thank you" in said
    assert "Deposit" not in said
    state = Template("{% load parts %}{% payment_state 'deposit_paid' %}")
    chips = [text(state.render(Context({"school": one}))) for one in (school, driving())]
    assert chips == ["Partly paid", "Deposit paid"]


@pytest.mark.parametrize("delivery", ["in_vehicle", "at_venue", "online"])
def test_who_teaches_and_in_which_car_is_told_to_whoever_booked(visitor: Visitor, school: School, delivery: str):
    grace, ben = (new_instructor(school, hours=False, name=name) for name in ("Grace Taylor", "Ben Other"))
    kinds = {"in_vehicle": "vehicle", "at_venue": "venue", "online": "online_room"}
    there = new_resource(school, kind=kinds[delivery], name="Blue Corolla", city="Leeds")
    course = new_course(school, delivery=delivery, capacity=3)
    session = new_session(course, hour_at(14), instructors=[grace, ben], resource=there)
    where = visitor.book(f"/s/{school.slug}/book/?session={session.pk}")
    on_card_page = text(visitor.get(where))
    assert "with Grace Taylor" in on_card_page
    assert "with Ben Other" in on_card_page
    assert ("Blue Corolla" in on_card_page) == (delivery != "online")
    said = {
        "in_vehicle": "With Grace Taylor, Ben Other. In Blue Corolla.",
        "at_venue": "With Grace Taylor, Ben Other. Blue Corolla, Leeds",
        "online": "With Grace Taylor, Ben Other. Online.",
    }
    assert said[delivery] in text(visitor.get(visitor.pay(where)))


def test_a_double_click_and_the_back_button_pay_once(visitor: Visitor):
    school = driving()
    order, where = ordered(visitor, school, pay_with="deposit")
    values = Fields(visitor.get(where)).hidden | {"card": "succeeds", "amount": "deposit"}
    here = visitor.send(where, values)
    assert visitor.send(where, values) == here  # the same form once more
    assert visitor.send(where, values | {"amount": "whole"}) == here  # from another window, filled in otherwise
    other = Visitor()
    other.get(links(visitor.get(here))["Link to this booking"].partition("testserver")[2], status=302)
    assert other.send(where, values) == here  # from another device, with the request that was paid
    assert Payment.objects.of(school).get().amount == 3000
    html = visitor.get(where)  # back on the card page it asks for the rest, and says so
    assert "Pay A$59.00" in text(html)
    pay_for(booking_of(order))
    assert visitor.client.get(where)["Location"] == here


def test_by_transfer_it_is_held_for_days_under_a_reference(visitor: Visitor, school: School):
    order, where = ordered(visitor, school, pay_with="transfer")
    assert where == f"/s/{school.slug}/orders/{order.pk}/"
    said = text(visitor.get(where))
    request = PaymentRequest.objects.of(school).get()
    assert "Held for you until you pay" in said
    assert f"Ask the school for its account, and send ₹89.00 with this reference: {request.reference}" in said
    assert "It is held until" in said
    pay_for(booking_of(order))
    assert "One seat is yours." in text(visitor.get(where))


def test_a_hold_that_ran_out_is_told_and_booked_again_in_one_click(visitor: Visitor, school: School):
    order, where = ordered(visitor, school)
    let_hold_run_out(booking_of(order))
    here = f"/s/{school.slug}/orders/{order.pk}/"
    assert visitor.client.get(where)["Location"] == here
    said = text(visitor.get(here))
    assert "The hold has ended" in said
    assert "It was not paid in time, so others could book it again. Nothing was charged." in said
    assert "It is still free" in said
    again = visitor.send(here + "again", {})
    assert again == visitor.send(here + "again", {})  # a double click
    assert Order.objects.of(school).count() == 2
    assert booking_of(order).status == "expired"
    visitor.pay(again)
    new = Order.objects.of(school).order_by("-id").first()
    assert (booking_of(new).status, booking_of(new).student_id) == ("confirmed", booking_of(order).student_id)
    assert broken(school) == {}


@pytest.mark.parametrize(("way", "is_shown"), [("transfer", True), ("desk", True), ("card", False)])
def test_the_ways_to_pay_are_said_until_the_hold_ends(visitor: Visitor, way: str, is_shown: bool):
    school = new_school()
    order, _where = ordered(visitor, school, pay_with=way)
    ending = now() + dt.timedelta(minutes=5)
    Booking.objects.of(school).update(hold_expires_at=ending)
    if is_shown:  # it has run for two days
        Order.objects.of(school).update(created_at=now() - dt.timedelta(days=2))
    said = text(visitor.get(f"/s/{school.slug}/orders/{order.pk}/"))
    assert ("By bank transfer" in said, "At the school" in said) == (is_shown, is_shown)
    assert ("Held for you until you pay" in said) == is_shown


def test_booked_again_where_no_card_is_taken_it_waits_for_a_transfer(visitor: Visitor):
    school = new_school(ways_to_pay=["transfer", "desk"])
    order, here = ordered(visitor, school, pay_with="transfer")
    let_hold_run_out(booking_of(order))
    again = visitor.send(here + "again", {})
    new = Order.objects.of(school).order_by("-id").first()
    assert again == f"/s/{school.slug}/orders/{new.pk}/"
    assert "Held for you until you pay" in text(visitor.get(again))


def test_a_hold_that_ran_out_and_was_taken_leads_elsewhere(visitor: Visitor, school: School):
    piano, ida = new_lessons(school), new_instructor(school)
    path = f"/s/{school.slug}/book/?course={piano.pk}&starts_at={at(5):%Y-%m-%dT%H:%M}Z&instructor={ida.pk}"
    visitor.book(path)
    order = Order.objects.of(school).get()
    let_hold_run_out(booking_of(order))
    Visitor(REMOTE_ADDR="192.0.2.1").book(path, email="quick@example.org")
    here = f"/s/{school.slug}/orders/{order.pk}/"
    html = visitor.get(here)
    assert "Somebody else has it now." in text(html)
    assert "Book it again" not in html
    assert "The nearest free times" in text(html)
    html = visitor.send(here + "again", {}, status=409)
    assert "That time is taken. Choose another one. Nothing was booked." in text(html)
    assert Order.objects.of(school).count() == 2


def test_what_nobody_took_and_cannot_be_booked_any_more_says_why(visitor: Visitor, school: School):
    order, _where = ordered(visitor, school)
    booking = booking_of(order)
    let_hold_run_out(booking)
    here = f"/s/{school.slug}/orders/{order.pk}/"
    assert "Somebody else has it now." not in text(visitor.get(here))
    expire_all_overdue_holds()
    cancel_session(booking.session, by=OWNER)
    said = text(visitor.get(here))
    assert "Somebody else has it now." not in said
    assert "This session cannot be booked: it is not open." in said
    assert "Book it again" not in said


def test_a_cancelled_order_says_so(visitor: Visitor, school: School):
    order, where = ordered(visitor, school)
    cancel_and_settle(booking_of(order), by=OWNER)
    here = f"/s/{school.slug}/orders/{order.pk}/"
    assert visitor.client.get(where)["Location"] == here
    assert "This booking was cancelled" in text(visitor.get(here))
    visitor.send(here + "again", {}, status=409)


def test_the_link_opens_the_order_for_whoever_has_it_and_no_other_does(visitor: Visitor, school: School):
    order, where = ordered(visitor, school)
    here = f"/s/{school.slug}/orders/{order.pk}/"
    link = links(visitor.get(here))["Link to this booking"]
    path = link.partition("testserver")[2]
    friend = Visitor()
    for forged in (here, where, here + "?k=", here + "?k=x", path[:-1] + ("A" if path[-1] != "A" else "B")):
        friend.get(forged, status=404)
    friend.get(f"/s/{school.slug}/orders/{new_id()}/" + path.partition("/?")[2].join(("?", "")), status=404)
    assert friend.client.get(path)["Location"] == here  # without the signature, so that no page passes it on
    friend.get(here)


def test_a_client_sees_their_own_orders_only(school: School, other_school: School):
    clara = new_client(school)
    user = create_user("clara@example.org", "a-long-way-home")
    link_user(clara.person, user, by=SYSTEM)
    student = new_student(school, guardian=clara)
    course = new_course(school)
    own = order_of(buy_seat(new_session(course, hour_at(4)), student, client=clara))
    foreign = order_of(buy_seat(new_session(course, hour_at(5)), new_student(school)))
    visitor = Visitor()
    visitor.client.force_login(user)
    visitor.get(f"/s/{school.slug}/orders/{own.pk}/")
    visitor.get(f"/s/{school.slug}/orders/{foreign.pk}/", status=404)
    visitor.get(f"/s/{other_school.slug}/orders/{own.pk}/", status=404)


def test_the_calendar_file_has_every_day_of_it(visitor: Visitor, school: School):
    order, where = ordered(visitor, school)
    visitor.pay(where)
    answer = visitor.client.get(f"/s/{school.slug}/orders/{order.pk}/calendar.ics")
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{order.reference}.ics"'
    assert (lines[0], lines[-2], lines.count("BEGIN:VEVENT")) == ("BEGIN:VCALENDAR", "END:VCALENDAR", 2)
    assert f"DTSTART:{at(14):%Y%m%dT%H%M%S}Z" in lines
    assert f"SUMMARY:First aid\\, {school.name}" in lines
    assert "LOCATION:Kirkgate Hall\\, 12 Kirkgate\\, Leeds LS2 7DR" in lines
    assert lines.count("STATUS:CONFIRMED") == 2
    assert Visitor().client.get(f"/s/{school.slug}/orders/{order.pk}/calendar.ics").status_code == 404


def test_nonsense_on_the_card_page_is_told(visitor: Visitor, school: School):
    _order, where = ordered(visitor, school)
    values = Fields(visitor.get(where)).hidden
    html = visitor.send(where, values | {"card": "gold", "request": "x"}, status=422)
    assert "One thing to put right." in text(html)
    visitor.send(where, values | {"key": "é" * 300, "card": "succeeds"})
    assert Payment.objects.of(school).count() == 0


@pytest.mark.parametrize("part", ["", "pay", "again", "calendar.ics"])
def test_an_order_that_is_not_there_is_not_found(visitor: Visitor, school: School, part: str):
    path = f"/s/{school.slug}/orders/{new_id()}/{part}"
    assert (visitor.client.post if part == "again" else visitor.client.get)(path).status_code == 404


def test_a_courses_own_terms_are_shown_from_the_course_to_the_order(visitor: Visitor):
    school = new_school("first-aid", timezone="Europe/London")
    own = {"free_cancel_hours": 72, "late_fee_percent": 40}
    session = new_session(new_course(school, name="Short Course", type="FAW", price=6000, overrides=own), hour_at(14))
    terms = "Cancel free of charge until 3 days before. After that 40% of the price stays with the school."
    course, form = f"/s/{school.slug}/courses/{session.course_id}/", f"/s/{school.slug}/book/?session={session.pk}"
    for path in (course, form, pay := visitor.book(form), pay.removesuffix("pay")):
        said = text(visitor.get(path))
        assert terms in said, path
        assert "7 days before" not in said, path


def test_credit_is_offered_first_to_the_client_alone_and_the_rest_is_asked_for_next(visitor: Visitor, school: School):
    clara = new_client(school)
    has_in_credit(clara, 3000)
    mine = Visitor()
    user = create_user("clara@example.org", "a-long-way-home")
    link_user(clara.person, user, by=SYSTEM)
    mine.client.force_login(user)
    seat = new_session(new_course(school, price=4500), hour_at(14))
    form = f"/s/{school.slug}/book/?session={seat.pk}"
    assert (
        f"You have ₹30.00 in credit with {school.name}. To pay with it, choose the card: the next page asks which to "
        "use, your credit or a card. Nothing is taken from either before that."
    ) in text(mine.get(form))
    booking = buy_seat(seat, new_student(school, guardian=clara))
    order = order_of(booking)
    pay_page = f"/s/{school.slug}/orders/{order.pk}/pay"
    assert "Your credit ₹30.00 It pays a part." in text(mine.get(pay_page))
    link = re.search(r'href="https?://[^/]+(/[^"]*k=[^"]*)"', mine.get(pay_page.removesuffix("pay")))[1]
    visitor.client.get(link)
    assert "Your credit" not in text(visitor.get(pay_page))
    assert "Choose one of these." in text(
        visitor.send(pay_page, Fields(visitor.get(pay_page)).hidden | {"card": "credit"}, status=422)
    )
    assert mine.pay(pay_page, card="credit") == pay_page
    assert "Pay ₹15.00" in text(mine.get(pay_page))
    assert mine.pay(pay_page) == pay_page.removesuffix("pay")
    assert "₹30.00 from your credit" in text(mine.get(pay_page.removesuffix("pay")))
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("confirmed", "paid")
    assert broken(school) == {}


def test_a_school_says_where_a_transfer_goes_and_how_to_reach_it(visitor: Visitor):
    school = change_school(
        new_school(timezone="UTC"),
        {
            "bank_details": "Lotus Academy\nIFSC GCBK0001234",
            "phone": "+918066660140",
            "email": "hello@lotus.example",
            "address": "24 Residency Road, Bengaluru",
        },
        by=OWNER,
    )
    order, where = ordered(visitor, school, pay_with="transfer")
    said = text(visitor.get(where))
    assert "to Lotus Academy IFSC GCBK0001234 with this reference, so that the school finds it:" in said
    assert said.count(order.reference) == 3  # at the head, for the transfer, for the desk: always the same
    assert PaymentRequest.objects.of(school).get().reference == order.reference
    assert "24 Residency Road, Bengaluru +91 80666 60140 hello@lotus.example" in text(visitor.get(f"/s/{school.slug}/"))


def test_without_a_desk_nobody_is_sent_to_it(visitor: Visitor):
    school = new_school("coaching", timezone="UTC")
    _order, where = ordered(visitor, school, pay_with="later")
    said = text(visitor.get(where))
    assert "At the school" not in said
    assert "By card here." in said


def test_a_guest_changes_their_mind_on_the_page(visitor: Visitor, school: School):
    order, where = ordered(visitor, school)
    visitor.pay(where)
    here = where.removesuffix("pay")
    ask = links(visitor.get(here))["Cancel the booking"]
    html = visitor.get(ask)
    assert "This costs you nothing. ₹89.00 that was paid becomes your credit with the school." in text(html)
    assert Visitor().client.get(ask).status_code == 404
    assert "it costs another amount" in text(visitor.send(ask, {"fee": "1"}, status=409))
    assert visitor.send(ask, Fields(html).hidden) == here
    booking = booking_of(order)
    assert (booking.status, booking.owed_percent) == ("cancelled", 100)
    assert "This booking was cancelled" in text(visitor.get(here))
    assert visitor.client.get(ask)["Location"] == here
    assert broken(school) == {}


def test_terms_are_accepted_and_kept_with_the_order(visitor: Visitor, school: School):
    change_school(school, {"terms": "Come <b>rested</b>."}, by=OWNER)
    path = f"/s/{school.slug}/book/?session={new_session(new_course(school, price=100), hour_at(9)).pk}"
    html = visitor.get(path)
    assert "Come &lt;b&gt;rested&lt;/b&gt;." in html
    assert "Read the terms, and accept them." in text(visitor.send(path, visitor.fill(path), status=422))
    visitor.book(path, accepted="on")
    assert Order.objects.of(school).get().accepted_terms == "Come <b>rested</b>."


def test_where_nobody_takes_cards_none_is_offered_and_the_other_ways_are_said(visitor: Visitor, settings: Any):
    settings.PRETEND_CARD = False
    school = driving()
    change_school(school, {"bank_details": "Clutch, BSB 062-000"}, by=OWNER)
    order, where = ordered(visitor, school, pay_with="transfer")
    assert where == f"/s/{school.slug}/orders/{order.pk}/"
    html = visitor.get(where)
    assert "Pay A$30.00" in text(html)
    assert "Clutch, BSB 062-000 with this reference" in text(html)
    assert "card now" not in text(html)
    assert visitor.client.get(f"{where}pay")["Location"] == where
    session = booking_of(order).session_id
    form = visitor.get(f"/s/{school.slug}/book/?session={session}")
    assert "Bank transfer" in text(form)
    assert 'value="card"' not in form


def test_credit_pays_where_nobody_takes_cards(visitor: Visitor, school: School, settings: Any):
    clara = new_client(school)
    has_in_credit(clara, 9000)
    settings.PRETEND_CARD = False
    user = create_user(f"{new_id().hex}@example.org", "a-long-way-home")
    link_user(clara.person, user, by=OWNER)
    sam = new_student(school, guardian=clara)
    session = new_session(new_course(school, price=8900), hour_at(14))
    order = order_of(buy_seat(session, sam, by=OWNER))
    visitor.client.force_login(user)
    form = text(visitor.get(f"/s/{school.slug}/book/?session={session.pk}"))
    assert "in credit with" in form
    assert "Book first: on the page of your order you can pay from it." in form
    assert "choose the card" not in form
    here = f"/s/{school.slug}/orders/{order.pk}/"
    assert links(visitor.get(here))["Pay from your credit"] == f"{here}pay"
    said = text(visitor.get(f"{here}pay"))
    assert "Your credit ₹90.00" in said
    assert "pretend" not in said
    assert visitor.pay(f"{here}pay", card="credit") == here
    assert "Paid, thank you" in text(visitor.get(here))


@pytest.mark.parametrize("way", ["transfer", "desk", "card"])
def test_what_is_held_is_given_up_on_its_page_and_makes_room_for_another_order(visitor: Visitor, way: str):
    school = new_school(guest_open_holds=1)
    order, where = ordered(visitor, school, pay_with=way)
    here = where.removesuffix("pay")
    path = f"/s/{school.slug}/book/?session={booking_of(order).session_id}"
    again = visitor.fill(path, name="Kim Roe")
    refused = visitor.send(path, again, status=429)
    assert "Once one of them is paid or given up, you can order more." in text(refused)
    assert links(refused)[f"Pay for {order.reference}, or see it"] == here
    html = visitor.get(here)
    assert "You do not want it any more? Give it up" in text(html)
    assert "Cancel" not in links(html)
    ask = links(html)["Give it up"]
    html = visitor.get(ask)
    assert "Give this up?" in text(html)
    assert "This costs you nothing. Keep it Give it up" in text(html)
    assert visitor.send(ask, Fields(html).hidden) == here
    booking = booking_of(order)
    assert (booking.status, booking.payment_status, booking.holds_seat) == ("cancelled", "pending", False)
    assert "It is given up." in visitor.get(here)
    visitor.send(path, again)
    assert Order.objects.of(school).count() == 2
    assert broken(school) == {}


def test_what_a_bank_is_asked_for_is_not_given_up(visitor: Visitor, school: School):
    _order, where = ordered(visitor, school)
    here = visitor.pay(where, card="stays_pending")
    assert "Give it up" not in visitor.get(here)
    assert visitor.client.get(here + "cancel")["Location"] == here


def test_a_held_order_with_a_deposit_says_what_is_paid_now_and_what_by_the_lesson(visitor: Visitor):
    school = driving()
    _order, where = ordered(visitor, school, pay_with="transfer")
    said = text(visitor.get(where))
    assert "Pay A$30.00 By " in said
    assert "GST 10% A$8.09 Still to pay A$89.00 Now A$30.00 By the lesson A$59.00" in said


def test_a_deposit_on_its_way_leaves_the_rest_to_pay(visitor: Visitor):
    school = driving()
    _order, where = ordered(visitor, school, pay_with="deposit")
    said = text(visitor.get(visitor.pay(where, "stays_pending", amount="deposit")))
    assert "GST 10% A$8.09 On its way A$30.00 Still to pay A$59.00" in said


def test_of_what_is_free_neither_tax_nor_fees_are_said(visitor: Visitor):
    school = new_school("coaching", late_fee_percent=100, free_cancel_hours=24)
    call = new_course(school, name="Call", price=0, tax_rate=1900)
    session = new_session(call, hour_at(14))
    path = f"/s/{school.slug}/book/?session={session.pk}"
    course, form = text(visitor.get(f"/s/{school.slug}/courses/{call.pk}/")), visitor.get(path)
    assert "Price Free of charge" in course
    assert "Call €0.00 Total €0.00" in text(form)
    here = visitor.send(path, Fields(form).hidden | {**GUEST, "pay_with": ""})
    order = text(visitor.get(here))
    assert "Your reference" in order
    for said in (course, text(form), order):
        assert "VAT" not in said
        assert "stays with the school" not in said


def test_what_the_school_waived_is_said_on_the_order(visitor: Visitor):
    school = driving()
    order, where = ordered(visitor, school, pay_with="transfer")
    confirm_booking_of_order(booking_of(order), by=OWNER, reason="A friend of the house")
    said = text(visitor.get(where))
    assert "GST 10% A$8.09 Waived by the school −A$30.00 Still to pay A$59.00" in said
