"""`/office/products/`: added, changed, paid at the desk, handed over, given up; and how often it asks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import OWNER, new_client, new_school, new_student
from invariants import broken
from schoolbell.billing.models import LedgerEntry, Order, Payment, ProductLine
from schoolbell.billing.products import order_products
from schoolbell.billing.wishes import ProductWish
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.schools.models import School
from web.office.conftest import as_staff
from web.pages import text_of
from web.public.visitors import text

pytestmark = pytest.mark.django_db
TYPED = {"name": "Clay <b>kit</b>", "price": "1200.50", "tax_percent": "18", "description": "", "is_active": "on"}


def ordered(school: School, number: int = 1) -> list[ProductLine]:
    kit = add_product(school, ProductValues("Kit", 12_000), by=OWNER)
    clara = new_client(school)
    for _ in range(number):
        order_products(
            [ProductWish(kit)],
            school=school,
            student=new_student(school, "Sam Ash", guardian=clara),
            client=clara,
            pay_with=None,
            by=OWNER,
        )
    return list(ProductLine.objects.of(school).order_by("id"))


def all_of(browser, office: str) -> str:
    """What the whole page says, with what flashes up."""
    return text(browser.get(office + "products/").content.decode())


def test_a_product_is_added_and_changed_as_it_was_typed(browser, office, school):
    assert browser.post(office + "products/new/", TYPED)["Location"] == office + "products/"
    added = Product.objects.of(school).get()
    assert (added.name, added.price, added.tax_rate, added.is_active) == ("Clay <b>kit</b>", 120_050, 1800, True)
    form = browser.get(f"{office}products/{added.pk}/").content.decode()
    assert 'value="1200.50"' in form
    assert browser.post(f"{office}products/{added.pk}/", TYPED | {"is_active": ""}).status_code == 302
    added.refresh_from_db()
    assert added.is_active is False
    assert "Clay <b>kit</b> not on sale" in text_of(browser.get(office + "products/"))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": " "}, "Give the product a name."),
        ({"price": "lots"}, "Write an amount such as 45.00."),
        ({"price": "0"}, "Give a price of more than nothing."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_added(browser, office, school, typed, words):
    answer = browser.post(office + "products/new/", TYPED | typed)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Product.objects.of(school).count() == 0


@pytest.mark.parametrize(("act", "account"), [("cash", "cash"), ("card", "card"), ("transfer", "transfer")])
def test_money_is_written_down_as_it_came(browser, office, school, act, account):
    (line,) = ordered(school)
    browser.post(f"{office}products/lines/{line.pk}/{act}")
    assert "Kit is paid." in all_of(browser, office)
    assert Payment.objects.of(school).get().method == act
    assert LedgerEntry.objects.of(school).filter(debit=account, amount=12_000).count() == 1
    assert broken(school) == {}


def test_what_waits_is_found_by_who_ordered_it_and_by_the_reference_that_a_payer_names(browser, office, school):
    first, second = ordered(school, 2)
    Order.objects.of(school).filter(id=second.order_id).update(reference="PVGY-6P9X")

    def found(query: str) -> list[str]:
        html = browser.get(f"{office}products/?q={query}").content.decode()
        return [str(one.pk) for one in (first, second) if str(one.pk) in html]

    assert found("pvgy 6p9x") == [str(second.pk)]
    assert found("sam") == [str(first.pk), str(second.pk)]
    assert found("clara") == found("sam")
    assert found("%00") == found("sam")
    assert "Nothing that waits fits “<b>bo”. Show all" in text_of(browser.get(f"{office}products/?q=%3Cb%3Ebo"))
    words = text_of(browser.get(f"{office}bookings/?q=pvgy6p9x"))
    assert words.endswith("No booking fits “pvgy6p9x” Products were ordered so Show all bookings")
    hand_over_all(browser, office, second)
    assert "Products were ordered so" not in text_of(browser.get(f"{office}bookings/?q=pvgy6p9x"))


def hand_over_all(browser, office: str, line: ProductLine) -> None:
    for act in ("transfer", "hand-over"):
        browser.post(f"{office}products/lines/{line.pk}/{act}")


def test_fifty_wait_at_a_time(browser, office, school):
    (line,) = ordered(school)
    values = {field.name: getattr(line, field.name) for field in line._meta.concrete_fields if field.name != "id"}
    ProductLine.objects.bulk_create(ProductLine(**values) for _ in range(49))
    assert "And more: search" not in text_of(browser.get(office + "products/"))
    ProductLine.objects.bulk_create([ProductLine(**values)])
    assert "And more: search" in text_of(browser.get(office + "products/"))


def test_money_is_taken_at_the_desk_and_then_it_is_handed_over(browser, office, school):
    (line,) = ordered(school)
    act = f"{office}products/lines/{line.pk}/"
    browser.post(act + "hand-over")
    assert "This is not paid yet. Record a payment first." in all_of(browser, office)
    browser.post(act + "cash")
    assert "Kit is paid." in all_of(browser, office)
    browser.post(act + "hand-over")
    line.refresh_from_db()
    assert line.status == "handed_over"
    assert "Nothing waits." in text_of(browser.get(office + "products/"))
    assert broken(school) == {}


def test_what_was_paid_and_is_given_up_is_credit(browser, office, school):
    (line,) = ordered(school)
    for act in ("card", "cancel"):
        browser.post(f"{office}products/lines/{line.pk}/{act}")
    line.refresh_from_db()
    assert line.status == "cancelled"
    assert "Kit is taken off the order. What was paid for it is the client’s credit." in all_of(browser, office)


def test_another_schools_products_are_not_there(browser, office):
    other = new_school()
    (line,) = ordered(other)
    assert browser.get(f"{office}products/{line.product_id}/").status_code == 404
    assert browser.post(f"{office}products/lines/{line.pk}/cash").status_code == 404
    line.refresh_from_db()
    assert line.status == "ordered"


def test_the_list_asks_as_often_however_long_it_is(school):
    counted = []
    for number in (1, 3):
        own = new_school()
        ordered(own, number)
        browser = as_staff(own)
        browser.get(f"/s/{own.slug}/office/products/")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/s/{own.slug}/office/products/").status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
