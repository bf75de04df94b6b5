"""Lessons with products in the office: booked together, seen together, paid together; each given up by itself."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.test_one_order import lessons, products, standing
from factories import OWNER, new_client, new_course, new_session, new_student, slots_of
from invariants import broken
from schoolbell.billing.checkout import Party, Wish, check_out
from schoolbell.billing.models import Order
from schoolbell.billing.wishes import ProductWish
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.schools.models import School
from web.public.visitors import Fields, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def kit(school: School) -> Product:
    return add_product(school, ProductValues("Kit", 1200, tax_rate=2000), by=OWNER)


def ordered(school: School, *wishes: ProductWish) -> Order:
    clara = new_client(school)
    course = new_course(school, price=8000, capacity=12)
    session = new_session(course)
    party = Party(clara, [new_student(school, guardian=clara)])
    return check_out(
        Wish(school, course, session, slots_of(session)), party, pay_with="desk", by=OWNER, products=wishes
    )


def booking_page(office: str, order: Order) -> str:
    return f"{office}bookings/{lessons(order)[0].pk}/"


def said(browser, path: str) -> str:
    return text(browser.get(path).content.decode())


def test_the_office_books_both_and_records_one_payment(browser, office, school, kit):
    student = new_student(school, "Sam Ash", guardian=new_client(school))
    session = new_session(new_course(school, price=8000, capacity=12))
    path = f"{office}bookings/new/?session={session.pk}"
    page = browser.get(path).content.decode()
    assert "To take home" in text(page)
    values = Fields(page).hidden | {"student": str(student.pk), "pay_with": "desk", "seats": "1"}
    wanted = {f"product-{kit.pk}": "on", f"quantity-{kit.pk}": "2"}
    wrong = browser.post(path, values | wanted | {f"quantity-{kit.pk}": "0"})
    assert (wrong.status_code, "Order at least one." in text(wrong.content.decode())) == (422, True)
    where = browser.post(path, values | wanted)["Location"]
    order = Order.objects.of(school).get()
    assert (where, order.total, standing(order)) == (
        booking_page(office, order),
        10_400,
        (["pending"], ["ordered"]),
    )
    page = browser.get(where).content.decode()
    assert "On the same order 2 × Kit for Sam Ash, ₹24.00" in text(page)
    assert "₹104.00 is open." in text(page)
    money = Fields(page).hidden
    paid = browser.post(f"{where}pay", {"key": money["key"], "open_seen": "10400", "amount": "104", "method": "cash"})
    assert (paid.status_code, standing(order)) == (302, (["confirmed"], ["paid"]))
    assert broken(school) == {}


def test_a_part_of_a_product_is_not_taken(browser, office, school, kit):
    order = ordered(school, ProductWish(kit))
    page = browser.get(booking_page(office, order)).content.decode()
    values = {"key": Fields(page).hidden["key"], "open_seen": "9200", "amount": "85", "method": "cash"}
    refused = browser.post(f"{booking_page(office, order)}pay", values)
    assert (refused.status_code, "What is not a lesson is paid whole." in text(refused.content.decode())) == (422, True)
    assert standing(order) == (["pending"], ["ordered"])


def test_handed_over_and_given_up_from_the_booking(browser, office, school, kit):
    order = ordered(school, ProductWish(kit), ProductWish(add_product(school, ProductValues("Book", 450), by=OWNER)))
    here = booking_page(office, order)
    given_up, kept = products(order)
    answer = browser.post(f"{office}products/lines/{given_up.pk}/cancel", {"booking": str(lessons(order)[0].pk)})
    assert answer["Location"] == here
    assert "₹84.50 is open." in said(browser, here)
    # Alone it is not paid: the money is written down on the booking.
    assert browser.post(f"{office}products/lines/{kept.pk}/cash")["Location"] == here
    assert standing(order) == (["pending"], ["cancelled", "ordered"])
    assert "Pay with its lesson : Book, Sam Learner" in said(browser, f"{office}products/")
    page = browser.get(here).content.decode()
    values = {"key": Fields(page).hidden["key"], "open_seen": "8450", "amount": "84.50", "method": "cash"}
    browser.post(f"{here}pay", values)
    answer = browser.post(f"{office}products/lines/{kept.pk}/hand-over", {"booking": str(lessons(order)[0].pk)})
    assert (answer["Location"], standing(order)) == (here, (["confirmed"], ["cancelled", "handed_over"]))
    assert broken(school) == {}


def test_pages_ask_as_often_with_three_orders_as_with_one(browser, office, school, kit):
    def asked(path: str) -> int:
        browser.get(path)
        with CaptureQueriesContext(connection) as queries:
            browser.get(path)
        return len(queries)

    order = ordered(school, ProductWish(kit))
    one = asked(f"{office}products/"), asked(booking_page(office, order))
    for _ in range(2):
        ordered(school, ProductWish(kit))
    more = ordered(
        school, *(ProductWish(add_product(school, ProductValues(f"Kit {n}", 100), by=OWNER)) for n in range(3))
    )
    assert (asked(f"{office}products/"), asked(booking_page(office, more))) == one
