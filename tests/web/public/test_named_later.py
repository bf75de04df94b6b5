"""Seats whose student is named later: booked on the form and in the office, named on the pages of whoever may."""

import re

import pytest

from billing.test_naming import seat_for
from factories import (
    OWNER,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_instructor,
    new_session,
    new_student,
    slots_of,
)
from invariants import broken
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.people.actions import NamedLater
from schoolbell.people.models import Person
from schoolbell.schools.models import School
from web.office.conftest import as_person, as_staff
from web.pages import links_of, text_of
from web.public.visitors import Visitor, text

pytestmark = pytest.mark.django_db
STAFF = {"for_whom": "staff", "company": "Acme Works", "seats": "3"}


def names(school: School) -> list[str]:
    return [one.student.person.name for one in Booking.objects.of(school).order_by("id")]


def test_an_employer_books_three_seats_and_names_two_of_them_later(school: School):
    session, visitor = new_session(new_course(school, age_min=16)), Visitor()
    path = f"/s/{school.slug}/book/?session={session.pk}"
    assert "I say later who comes" in text(visitor.get(path))
    seats = {"seat-1-name": "Kim Stone", "seat-1-born_on": "1990-05-01", "seat-1-later": "on", "seat-2-later": "on"}
    missing = visitor.send(path, visitor.fill(path, **STAFF, **seats), status=422)
    assert "Say who is coming." in text(missing)
    assert re.search(r'<input[^>]*name="seat-2-later"[^>]*checked', missing)
    order = visitor.book(path, **STAFF, **seats, **{"seat-3-later": "on"})
    assert names(school) == ["Kim Stone", "Named later", "Named later"]
    assert Person.objects.of(school).filter(is_placeholder=True).count() == 2
    assert (slots_of(session)[0].seats_taken, broken(school)) == (3, {})
    page = order.removesuffix("pay")
    shown = visitor.get(page)
    assert text(shown).count("Named later Say who comes") == 2
    seat = Booking.objects.of(school).order_by("id")[1]
    href = f"{page}name/{seat.pk}"
    assert href in shown
    young = visitor.send(href, {"name": "Lou Stone", "born_on": f"{hour_at(0).starts_at:%Y-%m-%d}"}, status=422)
    assert "This course is for students from 16 years of age." in text(young)
    assert visitor.send(href, {"name": "Lou Stone", "born_on": "1991-05-01"}) == page
    assert "Thank you: the seat has its name." in text(visitor.get(page))
    assert names(school) == ["Kim Stone", "Lou Stone", "Named later"]
    Visitor().get(href, status=404)
    assert "named already" in text(visitor.send(href, {"name": "Max", "born_on": "1991-05-01"}, status=422))


def test_a_parent_cannot_leave_a_child_s_name_out_by_a_box_that_is_not_shown(school: School):
    visitor = Visitor()
    path = f"/s/{school.slug}/book/?session={new_session(new_course(school)).pk}"
    page = visitor.send(path, visitor.fill(path, for_whom="child", **{"seat-1-later": "on"}), status=422)
    assert "Say who is coming." in text(page)


def test_what_is_taken_home_is_counted_once_and_says_which_seat_is_not_named(school: School):
    manual = add_product(school, ProductValues("Pocket manual", 900), by=OWNER)
    session, visitor = new_session(new_course(school)), Visitor()
    seats = {"for_whom": "staff", "company": "Acme Works", "seats": "2", "seat-1-name": "Kim Stone"}
    more = {"seat-2-later": "on", f"product-{manual.pk}": "on", f"quantity-{manual.pk}": "3"}
    where = visitor.book(f"/s/{school.slug}/book/?session={session.pk}", **seats, **more)
    said = text(visitor.get(visitor.pay(where)))
    assert "Fetch what you take home whenever it suits you 3 × Pocket manual" in said
    assert "2 × Pocket manual for Kim Stone Ready for you" in said
    assert "1 × Pocket manual for the seat that is named later Ready for you" in said
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    first = Booking.objects.of(school).order_by("id")[0]
    words = text_of(browser.get(f"{office}bookings/{first.pk}/"))
    assert "2 × Pocket manual for Kim Stone, ₹18.00 Waiting to be fetched Hand over Pocket manual" in words
    assert "1 × Pocket manual for the seat that is named later, ₹9.00 Waiting to be fetched" in words
    assert words.count("Take it off the order Pocket manual") == 2
    assert "1 × Pocket manual for the seat that is named later, " in text_of(browser.get(f"{office}products/"))


def test_a_session_of_one_seat_is_booked_for_somebody(school: School):
    path = f"/s/{school.slug}/book/?session={new_session(new_course(school), capacity=1).pk}"
    assert "I say later who comes" not in text(Visitor().get(path))


def test_a_client_names_one_of_theirs_in_the_portal(school: School):
    acme = new_client(school, "Acme Works")
    session = new_session(new_course(school), hour_at(10))
    (seat,) = seat_for(acme, session, NamedLater())
    kim, lou = (new_student(school, name, guardian=acme) for name in ("Kim Stone", "Lou Stone"))
    buy_seat(new_session(new_course(school), hour_at(10)), lou)
    browser, my = as_person(acme.person), f"/s/{school.slug}/my/bookings/{seat.pk}/"
    words = text_of(browser.get(my))
    assert "for Named later" in words
    assert "Who takes the seat? Nobody is named for it yet." in words
    assert "Cancel the seat on" in text_of(browser.get(my + "cancel"))
    form = text_of(browser.get(my + "name"))
    assert "Who takes the seat Kim Stone Lou Stone Somebody new" in form
    taken = browser.post(my + "name", {"student": str(lou.pk)})
    assert taken.status_code == 422
    assert "That time is taken" in text_of(taken)
    assert browser.post(my + "name", {"student": "new", "name": " "}).status_code == 422
    assert browser.post(my + "name", {"student": str(kim.pk)})["Location"] == my
    assert "Kim Stone has the seat." in browser.get(my).content.decode()
    assert browser.get(my + "name")["Location"] == my
    assert as_person(kim.person).get(my + "name").status_code == 404


def test_the_office_books_two_seats_for_an_employer_and_names_one(school: School):
    acme, session = new_client(school, "Acme Works"), new_session(new_course(school), hour_at(10))
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    path = f"{office}bookings/new/?session={session.pk}"
    assert "Or who names a student later" in text_of(browser.get(path))
    asked = {"session": session.pk, "key": "a" * 32, "pay_with": "desk", "client": acme.pk, "seats": "2"}
    both = browser.post(f"{office}bookings/new/", asked | {"student": new_student(school).pk})
    assert both.status_code == 422
    assert "Choose one of the two" in text_of(both)
    neither = browser.post(f"{office}bookings/new/", asked | {"client": ""})
    assert "Choose who learns." in text_of(neither)
    made = browser.post(f"{office}bookings/new/", asked)["Location"]
    assert names(school) == ["Named later", "Named later"]
    words = text_of(browser.get(made))
    assert words.startswith("Named later First aid")
    assert "Student Named later Say who comes" in words
    assert "The same order is for: Named later" in words
    assert "Named later" in text_of(browser.get(f"{office}sessions/{session.pk}/"))
    assert "Named later" in text_of(browser.get(f"{office}bookings/"))
    done = browser.post(made + "name", {"name": "Kim Stone"})
    assert done["Location"] == made
    page = browser.get(made)
    assert "Kim Stone has the seat." in page.content.decode()
    assert "Said who comes" in text_of(page)
    assert "name" not in links_of(page)
    assert names(school).count("Kim Stone") == 1


def test_whoever_teaches_reads_that_somebody_is_named_later(school: School):
    ida = new_instructor(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    seat_for(new_client(school, "Acme Works"), session, NamedLater())
    lesson = as_person(ida.person).get(f"/s/{school.slug}/teach/lessons/{slots_of(session)[0].pk}/")
    assert "Named later" in lesson.content.decode()
