"""`/products` and `/orders` over the API."""

import pytest

from api_client import Api
from factories import OWNER, new_client, new_school, new_student, new_token
from schoolbell.billing.models import Order
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.schools.actor import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def clara(school):
    return new_client(school)


@pytest.fixture
def sam(clara):
    return new_student(clara.school, guardian=clara)


@pytest.fixture
def kit(school):
    return add_product(school, ProductValues("Clay kit", 120_000, "Two kilos.", tax_rate=1800), by=OWNER)


@pytest.fixture
def family(school, clara):
    return Api(school.slug, new_token(school, Role.CLIENT, clara.person))


def test_a_product_is_added_found_by_anybody_changed_and_taken_off_sale(school, api, guest):
    added = api.made("/products", {"name": "Workbook", "price": 45_000, "tax_rate": 500})
    assert added | {"id": ""} == {
        "id": "",
        "name": "Workbook",
        "description": "",
        "price": {"amount": 45_000, "currency": school.currency},
        "tax_rate": 500,
        "is_active": True,
    }
    assert guest.get("/products").json["items"] == [added]
    changed = api.send("PATCH", f"/products/{added['id']}", content=b'{"price": 50000, "is_active": false}').json
    assert changed == added | {"price": {"amount": 50_000, "currency": school.currency}, "is_active": False}
    assert guest.get("/products").json["items"] == []
    assert guest.get(f"/products/{added['id']}").json == changed


def test_a_client_orders_pays_and_sees_it_and_the_office_hands_it_over(school, api, family, clara, sam, kit):
    placed = family.made("/orders", {"student": str(sam.pk), "products": [{"product": str(kit.pk), "quantity": 2}]})
    currency = school.currency
    assert placed["total"] == placed["open"] == {"amount": 240_000, "currency": currency}
    assert (placed["client"], placed["pay_until"] is None, placed["order_key"]) == (str(clara.pk), False, None)
    (line,) = placed["products"]
    assert (line["name"], line["quantity"], line["status"]) == ("Clay kit", 2, "ordered")
    paid = {"order": placed["id"], "gateway": "demo", "token": "succeeds"}
    assert family.made("/payments", paid)["amount"] == {"amount": 240_000, "currency": currency}
    seen = family.get(f"/orders/{placed['id']}").json
    assert (seen["open"]["amount"], seen["products"][0]["status"]) == (0, "paid")
    assert family.get("/orders").json["items"] == [seen]
    path = f"/orders/{placed['id']}/products/{line['id']}"
    assert family.post(f"{path}/hand-over").told == (403, "not_allowed")
    assert family.post(f"{path}/cancel").told == (403, "not_allowed")
    assert api.post(f"{path}/hand-over").json["products"][0]["status"] == "handed_over"
    assert api.post(f"{path}/hand-over").told == (409, "product_over")


def test_a_guest_orders_for_themselves_and_comes_back_by_key(guest, kit):
    person = {"name": "Gina Guest", "email": "gina@example.org"}
    placed = guest.made("/orders", {"student": person, "products": [{"product": str(kit.pk)}]})
    again = Api(guest.slug, order_key=placed["order_key"])
    assert again.get(f"/orders/{placed['id']}").json["products"] == placed["products"]
    line = placed["products"][0]["id"]
    assert again.post(f"/orders/{placed['id']}/products/{line}/cancel").json["products"][0]["status"] == "cancelled"
    assert guest.get(f"/orders/{placed['id']}").told == (401, "not_signed_in")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"products": []}, (422, "invalid_input")),
        ({"products": [{"product": "{kit}", "quantity": 0}]}, (422, "invalid_input")),
        ({"products": [{"product": "{kit}", "quantity": "2"}]}, (422, "invalid_input")),
        ({"products": [{"product": "{kit}"}, {"product": "{kit}"}]}, (422, "invalid_input")),
        ({"products": [{"product": "{foreign}"}]}, (404, "not_found")),
        ({"products": [{"product": "{kit}"}], "colour": "red"}, (422, "invalid_input")),
    ],
)
def test_what_cannot_be_ordered_is_refused_and_nothing_is_written(school, api, sam, kit, rows, body, told):
    foreign = add_product(new_school(), ProductValues("Theirs", 100), by=OWNER)
    names = {"{kit}": str(kit.pk), "{foreign}": str(foreign.pk)}
    wishes = [one | {"product": names[one["product"]]} for one in body["products"]]
    before = rows()
    assert api.post("/orders", {"student": str(sam.pk)} | body | {"products": wishes}).told == told
    assert rows() == before
    assert Order.objects.of(school).count() == 0


def test_another_familys_order_is_not_there(school, api, sam, kit):
    placed = api.made("/orders", {"student": str(sam.pk), "products": [{"product": str(kit.pk)}]})
    other = new_client(school, "Otto Other")
    stranger = Api(school.slug, new_token(school, Role.CLIENT, other.person))
    assert stranger.get(f"/orders/{placed['id']}").told == (404, "not_found")
    assert stranger.get("/orders").json["items"] == []
    body = {"student": str(sam.pk), "products": [{"product": str(kit.pk)}]}
    assert stranger.post("/orders", body).told[0] in (404, 409)
