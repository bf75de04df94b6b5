"""Back from paying: the form's address is asked for once more, and says what whoever asks has there already."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    OWNER,
    at,
    buy_lesson,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_session,
    new_student,
)
from schoolbell.billing.models import Order
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.models import Course
from schoolbell.schools.models import School
from schoolbell.web.templatetags.words import when
from web.portal.conftest import browser_of
from web.public.visitors import Visitor, links, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def piano(school: School) -> Course:
    new_instructor(school)
    return new_lessons(school)


@pytest.fixture
def path(piano: Course) -> str:
    wish = {"course": piano.pk, "starts_at": f"{at(5):%Y-%m-%dT%H:%MZ}"}
    return f"/s/{piano.school.slug}/book/?{urlencode(wish)}"


def the_booking(school: School) -> Booking:
    return Booking.objects.of(school).get()


def told(html: str) -> str:
    said = text(html)
    assert "That time is taken" not in said
    assert "cannot be booked any more" not in said
    assert "You have booked this already" in said
    return said


def test_a_guest_who_has_not_paid_is_led_on_to_pay(path: str, school: School):
    visitor = Visitor()
    where = visitor.book(path)
    html = visitor.get(path, status=409)
    until = when(the_booking(school).hold_expires_at, school.zone)  # type: ignore[arg-type]
    assert f"You hold this time until {until}." in told(html)
    assert links(html)["Go on to pay"] == where
    assert "The nearest free times" in text(html)


def test_a_guest_who_pays_by_transfer_is_led_to_how(path: str, school: School):
    visitor = Visitor()
    where = visitor.book(path, pay_with="transfer")
    html = visitor.get(path, status=409)
    assert "You hold this time until" in told(html)
    assert links(html)["See how to pay"] == where


def test_a_guest_who_paid_reads_their_reference(path: str, school: School):
    visitor = Visitor()
    where = visitor.pay(visitor.book(path))
    order = Order.objects.of(school).get()
    html = visitor.get(path, status=409)
    assert f"You have booked this: {order.reference}." in told(html)
    assert links(html)["See what you booked"] == where


def test_while_the_bank_has_not_answered_nobody_is_sent_to_pay_again(path: str, school: School):
    visitor = Visitor()
    where = visitor.pay(visitor.book(path), "stays_pending")
    html = visitor.get(path, status=409)
    order = Order.objects.of(school).get()
    assert f"You have booked this, and your bank has not answered yet: {order.reference}." in told(html)
    assert links(html)["See your order"] == where
    assert "Go on to pay" not in links(html)


def test_somebody_else_reads_that_it_is_taken_and_nothing_of_the_order(path: str, school: School):
    Visitor().book(path)
    order = Order.objects.of(school).get()
    otto = new_client(school, "Otto Other")
    new_student(school, "Ole Other", guardian=otto)
    signed_in = Visitor()
    signed_in.client = browser_of(otto.person)
    other_guest = Visitor()
    other_guest.book(path.replace(f"{at(5):%Y-%m-%d}", f"{at(6):%Y-%m-%d}"))
    for stranger in (Visitor(), signed_in, other_guest):
        html = stranger.get(path, status=409)
        said = text(html)
        assert "This cannot be booked any more That time is taken. Choose another one." in said
        assert "You hold" not in said
        assert order.reference not in said
        assert str(order.pk) not in html


def test_a_client_who_is_signed_in_reads_it_in_another_browser_too(path: str, piano: Course, school: School):
    clara = new_client(school, "Clara Weber")
    leo = new_student(school, "Leo Weber", guardian=clara)
    booking = buy_lesson(piano, leo, at(5))
    order = Order.objects.of(school).get()
    visitor = Visitor()
    visitor.client = browser_of(clara.person)
    html = visitor.get(path, status=409)
    assert "You hold this time until" in told(html)
    assert f"/s/{school.slug}/orders/{order.pk}/" in " ".join(links(html).values())
    cancel_and_settle(booking, by=OWNER)
    assert "You hold" not in text(visitor.get(path))


def test_what_ran_out_is_not_theirs_any_more(path: str, school: School):
    visitor = Visitor()
    visitor.book(path)
    let_hold_run_out(the_booking(school))
    assert "You hold" not in text(visitor.get(path))


def test_in_a_class_with_more_seats_the_form_is_shown_and_says_so(school: School):
    session = new_session(new_course(school, capacity=3), hour_at(14))
    path, visitor = f"/s/{school.slug}/book/?session={session.pk}", Visitor()
    assert "You hold" not in text(visitor.get(path))
    where = visitor.book(path, for_whom="child", **{"seat-1-name": "Mia Hartley", "seat-1-born_on": "2015-05-01"})
    html = visitor.get(path)
    assert "You hold one seat until" in text(html)
    assert links(html)["Go on to pay"] == where
    assert "You hold" not in text(Visitor().get(path))
    visitor.book(path, for_whom="me")
    assert text(visitor.get(path)).count("You hold one seat until") == 2


def test_the_old_form_sent_again_leads_to_the_same_order(path: str, school: School):
    visitor = Visitor()
    values = visitor.fill(path)
    where = visitor.send(path, values)
    visitor.get(path, status=409)
    assert visitor.send(path, values) == where
    html = visitor.send(path, values | {"key": "another", "name": "Kim Roe"}, status=409)
    assert "You hold this time until" in text(html)
    assert Order.objects.of(school).count() == 1


def test_another_time_of_the_course_is_not_told(path: str, piano: Course, school: School):
    visitor = Visitor()
    visitor.book(path)
    later = path.replace(f"{at(5):%Y-%m-%dT%H}", f"{at(5) + dt.timedelta(hours=2):%Y-%m-%dT%H}")
    assert later != path
    assert "You hold" not in text(visitor.get(later))


def test_two_orders_of_ones_own_ask_the_database_no_more_than_one(school: School):
    path = f"/s/{school.slug}/book/?session={new_session(new_course(school, capacity=5), hour_at(14)).pk}"
    visitor, asked = Visitor(), []
    for name in ("Mia Hartley", "Tom Hartley"):
        visitor.book(path, for_whom="child", **{"seat-1-name": name})
        with CaptureQueriesContext(connection) as captured:
            html = visitor.get(path)
        asked.append(len(captured))
    assert text(html).count("You hold one seat until") == 2
    assert asked[0] == asked[1]
