"""`POST /bookings` with products beside the lesson: one order of both."""

import pytest

from api_client import Api
from factories import (
    OWNER,
    at,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    new_token,
)
from schoolbell.billing.models import Order, PaymentRequest
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import ProductValues, add_product, change_product
from schoolbell.people.models import Client, Student
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from servers import rfc3339

pytestmark = pytest.mark.django_db


@pytest.fixture
def clara(school: School) -> Client:
    return new_client(school)


@pytest.fixture
def sam(clara: Client) -> Student:
    return new_student(clara.school, guardian=clara)


@pytest.fixture
def kit(school: School) -> Product:
    return add_product(school, ProductValues("Clay kit", 1200, tax_rate=2000), by=OWNER)


@pytest.fixture
def session(school: School) -> Session:
    return new_session(new_course(school, price=8000, capacity=12))


@pytest.fixture
def family(school: School, clara: Client) -> Api:
    return Api(school.slug, new_token(school, Role.CLIENT, clara.person))


def body(session: Session, student: Student | dict, *products: dict, **more: object) -> dict:
    who = str(student.pk) if isinstance(student, Student) else student
    return {"session": str(session.pk), "student": who, "products": list(products)} | more


def test_both_are_on_one_order_that_is_paid_once(school, family, clara, sam, kit, session):
    placed = family.made("/bookings", body(session, sam, {"product": str(kit.pk), "quantity": 2}))
    currency = school.currency
    assert (placed["status"], placed["amount"]["amount"]) == ("pending", 8000)
    assert placed["payment"]["amount"] == {"amount": 10_400, "currency": currency}
    assert (placed["payment"]["kind"], placed["payment"]["reference"]) == ("full", placed["reference"])
    assert placed["payment"]["expires_at"] == placed["hold_expires_at"]
    (line,) = placed["products"]
    assert line == {
        "id": line["id"],
        "product": str(kit.pk),
        "name": "Clay kit",
        "student": str(sam.pk),
        "quantity": 2,
        "unit_price": {"amount": 1200, "currency": currency},
        "total": {"amount": 2400, "currency": currency},
        "tax": {"amount": 400, "currency": currency},
        "status": "ordered",
        "handed_over_at": None,
    }
    order = family.get(f"/orders/{placed['order']}").json
    assert (order["reference"], order["total"], order["open"]) == (
        placed["reference"],
        {"amount": 10_400, "currency": currency},
        {"amount": 10_400, "currency": currency},
    )
    assert order["products"] == placed["products"]
    assert order["bookings"] == [
        {
            "id": placed["id"],
            "reference": placed["reference"],
            "session": str(session.pk),
            "student": str(sam.pk),
            "total": {"amount": 8000, "currency": currency},
            "tax": {"amount": 0, "currency": currency},
            "status": "pending",
        }
    ]
    assert family.get(f"/bookings/{placed['id']}").json["payment"]["amount"]["amount"] == 10_400
    paid = family.made("/payments", {"order": placed["order"], "gateway": "demo", "token": "succeeds"})
    assert paid["amount"]["amount"] == 10_400
    (order,) = family.get("/orders").json["items"]
    assert (order["open"]["amount"], order["bookings"][0]["status"], order["products"][0]["status"]) == (
        0,
        "confirmed",
        "paid",
    )


def test_the_lesson_is_cancelled_and_the_product_stays_and_the_other_way_round(family, api, sam, kit, session):
    placed = family.made("/bookings", body(session, sam, {"product": str(kit.pk)}))
    family.made("/payments", {"order": placed["order"], "gateway": "demo", "token": "succeeds"})
    assert family.post(f"/bookings/{placed['id']}/cancel").json["status"] == "cancelled"
    order = family.get(f"/orders/{placed['order']}").json
    assert (order["open"]["amount"], order["products"][0]["status"]) == (0, "paid")
    path = f"/orders/{placed['order']}/products/{placed['products'][0]['id']}"
    assert api.post(f"{path}/hand-over").json["products"][0]["status"] == "handed_over"

    other = family.made("/bookings", body(session, sam, {"product": str(kit.pk)}))
    order = family.post(f"/orders/{other['order']}/products/{other['products'][0]['id']}/cancel").json
    assert (order["open"]["amount"], order["bookings"][0]["status"]) == (8000, "pending")
    assert family.get(f"/bookings/{other['id']}").json["payment"]["amount"]["amount"] == 8000


def test_asked_again_under_the_same_key_it_is_ordered_once(family, sam, kit, session):
    wanted = body(session, sam, {"product": str(kit.pk)})
    first = family.post("/bookings", wanted, key="once")
    again = family.post("/bookings", wanted, key="once")
    assert (first.status, again.status, again.json) == (201, 201, first.json)
    other = body(session, sam, {"product": str(kit.pk), "quantity": 2})
    assert family.post("/bookings", other, key="once").told == (409, "idempotency_key_reused")
    assert (Order.objects.count(), Booking.objects.count(), PaymentRequest.objects.count()) == (1, 1, 1)


def test_a_guest_books_a_lesson_on_demand_with_a_book_for_somebody_else(school, guest, kit):
    new_instructor(school)
    wanted = {
        "course": str(new_lessons(school).pk),
        "starts_at": rfc3339(at(10)),
        "student": {"name": "Ada Guest"},
        "client": {"name": "Gina Guest", "email": "gina@example.org"},
        "products": [{"product": str(kit.pk)}, {"product": str(kit.pk), "student": {"name": "Ben Guest"}}],
    }
    placed = guest.made("/bookings", wanted)
    keyed = Api(guest.slug, order_key=placed["order_key"])
    order = keyed.get(f"/orders/{placed['order']}").json
    assert [one["student"] == placed["student"] for one in order["products"]] == [True, False]
    assert order["total"]["amount"] == placed["payment"]["amount"]["amount"] == 4500 + 2400


def test_a_seat_for_whoever_is_named_later_has_its_book(family, clara, kit, session):
    placed = family.made("/bookings", body(session, {"named_later": True}, {"product": str(kit.pk)}))
    assert placed["products"][0]["student"] == placed["student"]


def test_without_products_an_order_has_none(family, sam, session):
    placed = family.made("/bookings", body(session, sam))
    assert placed["products"] == []
    assert family.get(f"/orders/{placed['order']}").told == (404, "not_found")


@pytest.mark.parametrize(
    ("products", "told"),
    [
        ([{"product": "{kit}", "quantity": 0}], (422, "invalid_input")),
        ([{"product": "{kit}", "quantity": 1001}], (422, "invalid_input")),
        ([{"product": "{kit}", "quantity": -1}], (422, "invalid_input")),
        ([{"product": "{kit}", "quantity": "2"}], (422, "invalid_input")),
        ([{"product": "{kit}", "quantity": True}], (422, "invalid_input")),
        ([{"product": "{kit}", "quantity": None}], (422, "invalid_input")),
        ([{"quantity": 1}], (422, "invalid_input")),
        ([{"product": "book"}], (422, "invalid_input")),
        ([{"product": "{kit}", "price": 1}], (422, "invalid_input")),
        ([{"product": "{kit}", "student": "nobody"}], (422, "invalid_input")),
        ([{"product": "{kit}"}, {"product": "{kit}"}], (422, "invalid_input")),
        ([{"product": "{kit}"}, {"product": "{kit}", "student": "{sam}"}], (422, "invalid_input")),
        ([{"product": "{kit}"}] * 51, (422, "invalid_input")),
        ({"product": "{kit}"}, (422, "invalid_input")),
        ([{"product": "{dear}", "quantity": 1000}], (422, "invalid_input")),
        ([{"product": "{unknown}"}], (404, "not_found")),
        ([{"product": "{foreign}"}], (404, "not_found")),
        ([{"product": "{kit}", "student": "{unknown}"}], (404, "not_found")),
        ([{"product": "{kit}", "student": "{stranger}"}], (409, "not_your_student")),
        ([{"product": "{kit}", "student": "{elsewhere}"}], (404, "not_found")),
        ([{"product": "{kit}"}, {"product": "{old}"}], (409, "product_not_on_sale")),
    ],
)
def test_what_cannot_be_ordered_is_refused_with_the_seat(family, sam, kit, session, school, rows, products, told):
    elsewhere = new_school()
    old = add_product(school, ProductValues("Old", 100), by=OWNER)
    change_product(old, ProductValues("Old", 100, is_active=False), by=OWNER)
    names = {
        "{kit}": kit.pk,
        "{sam}": sam.pk,
        "{old}": old.pk,
        "{dear}": add_product(school, ProductValues("Dear", 2_000_000_000), by=OWNER).pk,
        "{foreign}": add_product(elsewhere, ProductValues("Theirs", 100), by=OWNER).pk,
        "{unknown}": elsewhere.pk,
        "{stranger}": new_student(school, "Otto Other").pk,
        "{elsewhere}": new_student(elsewhere).pk,
    }

    def filled(one: dict) -> dict:
        return {
            name: str(names.get(value, value)) if isinstance(value, str) and value in names else value
            for name, value in one.items()
        }

    wanted = [filled(one) for one in products] if isinstance(products, list) else filled(products)
    before = rows()
    assert family.post("/bookings", body(session, sam) | {"products": wanted}, key="once").told == told
    assert rows() == before


def test_a_product_that_is_too_much_for_one_order_with_its_lesson_is_refused(api, school, sam, session, rows):
    dear = add_product(school, ProductValues("Dear", 1_999_999_999), by=OWNER)
    before = rows()
    assert api.post("/bookings", body(session, sam, {"product": str(dear.pk)})).told == (422, "invalid_input")
    assert rows() == before


def test_a_guest_names_nobody_whom_the_school_knows(guest, sam, kit, session, rows):
    wanted = body(session, {"name": "Ada Guest"}, {"product": str(kit.pk), "student": str(sam.pk)})
    before = rows()
    assert guest.post("/bookings", wanted).told == (401, "not_signed_in")
    assert rows() == before


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_orders_asks_as_often_however_long_it_is(
    api, school, clara, kit, session, number, django_assert_num_queries
):
    for place in range(number):
        student = new_student(school, f"Student {place}", guardian=clara)
        api.made("/bookings", body(session, student, {"product": str(kit.pk)}))
    with django_assert_num_queries(8):
        assert len(api.get("/orders").json["items"]) == number
