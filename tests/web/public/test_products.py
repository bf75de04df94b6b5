"""Products on the school's front: found, ordered, paid, given up."""

import datetime as dt

import pytest

from factories import OWNER, new_client, new_school, new_student
from invariants import broken
from schoolbell.accounts.actions import create_user
from schoolbell.billing.models import Payment, PaymentRequest, ProductLine
from schoolbell.billing.products import hand_over
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import ProductValues, add_product, change_product
from schoolbell.kit.time import now
from schoolbell.people.actions import link_user
from schoolbell.people.models import Client
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School
from schoolbell.web.templatetags.words import when
from web.public.visitors import Visitor, links, text

pytestmark = pytest.mark.django_db
GUEST = {"quantity": "2", "name": "Gina Guest", "email": "gina@example.org"}


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def kit(school: School) -> Product:
    return add_product(school, ProductValues("Clay <b>kit</b>", 120_000, "Two kilos.", tax_rate=1800), by=OWNER)


def page_of(product: Product) -> str:
    return f"/s/{product.school.slug}/products/{product.pk}/"


def order(visitor: Visitor, product: Product, **values: str) -> str:
    form = visitor.fill(page_of(product))
    return visitor.send(page_of(product), {"key": form["key"], "quantity": "1"} | values)


def pay(visitor: Visitor, here: str, card: str) -> str:
    form = visitor.fill(here)
    assert visitor.send(f"{here}pay-products", {"key": form["key"], "card": card}) == here
    return text(visitor.get(here))


def test_a_guest_orders_two_pays_and_finds_the_order_again(visitor, school, kit):
    front = visitor.get(f"/s/{school.slug}/")
    assert links(front)["Order: Clay <b>kit</b>"] == page_of(kit)
    here = order(visitor, kit, **GUEST)
    said = text(visitor.get(here))
    assert "2 × Clay <b>kit</b> for Gina Guest, not paid yet" in said
    assert "We keep it for you until" in said
    assert "The card was declined" in pay(visitor, here, "fails")
    assert "Thank you, it is yours Fetch it at the school" in pay(visitor, here, "succeeds")
    line = ProductLine.objects.select_related("order").get()
    assert (line.status, line.quantity, line.total) == ("paid", 2, 240_000)
    assert list(Payment.objects.order_by("id").values_list("status", flat=True)) == ["failed", "succeeded"]
    hand_over(line, by=OWNER)
    said = text(visitor.get(here))
    assert "You have it It was handed over." in said
    assert "for Gina Guest, handed over" in said
    Visitor().get(here, status=404)
    assert broken(school) == {}


def test_the_form_sent_twice_orders_once_and_paid_twice_is_paid_once(visitor, kit):
    form = visitor.fill(page_of(kit))
    values = GUEST | {"key": form["key"]}
    here = visitor.send(page_of(kit), values)
    assert visitor.send(page_of(kit), values) == here
    key = visitor.fill(here)["key"]
    for _ in range(2):
        visitor.send(f"{here}pay-products", {"key": key, "card": "succeeds"})
    assert (ProductLine.objects.count(), Payment.objects.count()) == (1, 1)


def test_two_windows_order_once_and_the_second_is_told(visitor, kit):
    first, second = visitor.fill(page_of(kit)), visitor.fill(page_of(kit))
    assert first["key"] == second["key"]
    here = visitor.send(page_of(kit), GUEST | {"key": first["key"]})
    page = visitor.send(page_of(kit), GUEST | {"key": second["key"], "quantity": "3"}, status=409)
    assert "You have ordered this already" in text(page)
    assert links(page)["See what you ordered"] == here
    assert links(page)["Order more of it"] == page_of(kit)
    assert ProductLine.objects.count() == 1
    assert order(visitor, kit, **GUEST) != here  # which they may want


@pytest.mark.parametrize(("first_way", "is_shown"), [("transfer", True), ("card", False)])
def test_the_ways_to_pay_are_said_until_the_hold_ends(visitor, first_way, is_shown):
    school = new_school(ways_to_pay=[first_way, "desk"])
    here = order(visitor, add_product(school, ProductValues("Clay", 100), by=OWNER), **GUEST)
    PaymentRequest.objects.of(school).update(expires_at=now() + dt.timedelta(minutes=5))
    if is_shown:  # it has run for two days
        PaymentRequest.objects.of(school).update(created_at=now() - dt.timedelta(days=2))
    assert ("At the school" in text(visitor.get(here))) == is_shown


def test_whoever_waits_to_pay_for_too_many_is_led_to_them(visitor):
    school = new_school(guest_open_holds=1)
    kit = add_product(school, ProductValues("Kit", 100), by=OWNER)
    here = order(visitor, kit, **GUEST)
    html = visitor.send(page_of(kit), visitor.fill(page_of(kit)) | GUEST, status=429)
    request = PaymentRequest.objects.get()
    until = when(request.expires_at, school.zone)
    assert f"The first of them is held until {until} at the latest." in text(html)
    assert links(html)[f"Pay for {request.order.reference}, or see it"] == here


def test_what_is_not_wanted_any_more_is_given_up(visitor, kit):
    here = order(visitor, kit, **GUEST)
    visitor.send(f"{here}cancel-products", {})
    assert "This order was given up Nothing is to be paid for it any more." in text(visitor.get(here))
    visitor.send(f"{here}pay-products", {"key": "again", "card": "succeeds"})
    assert (ProductLine.objects.get().status, Payment.objects.count()) == ("cancelled", 0)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"quantity": "0"}, "Order at least one."),
        ({"quantity": "two"}, "Write a number, such as 2."),
        ({"quantity": "21"}, "Order at most 20 here."),
        ({"name": ""}, "Say who you are."),
        ({"email": "gina"}, "This address looks unfinished."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(visitor, kit, typed, words):
    page = visitor.send(page_of(kit), GUEST | typed | {"key": "one"}, status=422)
    assert words in text(page)
    kept = (GUEST | typed)["name" if "name" not in typed else "email"]
    assert f'value="{kept}"' in page
    assert ProductLine.objects.count() == 0


def test_a_client_orders_for_a_child(visitor, school, kit):
    clara = new_client(school)
    sam, ida = (new_student(school, name, guardian=clara) for name in ("Sam Learner", "Ida Learner"))
    user = create_user("clara@example.org", password="ring-the-bell")
    link_user(clara.person, user, by=SYSTEM)
    visitor.client.force_login(user)
    page = visitor.get(page_of(kit))
    assert "Ida Learner Sam Learner" in text(page)
    here = order(visitor, kit, student=str(sam.pk))
    assert "for Sam Learner, not paid yet" in text(visitor.get(here))
    stranger = new_student(school, "Not Mine")
    visitor.send(page_of(kit), {"quantity": "1", "student": str(stranger.pk), "key": "x"}, status=422)
    assert ProductLine.objects.get().student_id == sam.pk != ida.pk


def test_what_is_off_sale_or_another_schools_is_not_there(visitor, school, kit):
    theirs = add_product(new_school(), ProductValues("Theirs", 100), by=OWNER)
    visitor.get(f"/s/{school.slug}/products/{theirs.pk}/", status=404)
    change_product(kit, ProductValues(kit.name, kit.price, is_active=False), by=OWNER)
    visitor.get(page_of(kit), status=404)
    assert "To take home" not in text(visitor.get(f"/s/{school.slug}/"))


def test_people_of_the_school_are_not_told_to_strangers(visitor, school, kit):
    order(visitor, kit, **GUEST)
    assert Client.objects.of(school).count() == 1
    assert "Gina" not in visitor.get(page_of(kit))


def test_where_nobody_takes_cards_it_says_how_to_pay_otherwise(visitor, school, kit, settings):
    settings.PRETEND_CARD = False
    here = order(visitor, kit, **GUEST)
    said = text(visitor.get(here))
    assert "pretend" not in said
    assert "How to pay" in said
    assert "By bank transfer" in said
    visitor.send(f"{here}pay-products", {"key": "one", "card": "succeeds"}, status=422)
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": "x" * 101}, "more than 100 letters"),
        ({"email": f"{'a' * 250}@example.org"}, "at most 254 letters"),
    ],
)
def test_what_is_too_long_to_keep_is_told_beside_the_field(visitor, school, kit, typed, told):
    form = visitor.fill(page_of(kit))
    answer = visitor.client.post(page_of(kit), {"key": form["key"], **GUEST, **typed})
    assert (answer.status_code, ProductLine.objects.count()) == (422, 0)
    assert told in answer.content.decode()
    assert next(iter(typed.values())) in answer.content.decode()
