"""What a client bought beside the lessons, and how it stands."""

import pytest

from factories import OWNER, new_student
from schoolbell.billing.models import Order, ProductLine
from schoolbell.billing.payments import Attempt, pay
from schoolbell.billing.products import cancel_product, hand_over, order_products
from schoolbell.billing.wishes import ProductWish
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import ProductValues, add_product
from web.pages import links_of, queries_for, text_of
from web.portal.conftest import browser_of

PAY = Attempt("desk", "cash")


@pytest.fixture
def kit(school) -> Product:
    return add_product(school, ProductValues("Clay kit", 120_000, tax_rate=1800), by=OWNER)


def order(kit, student, client, quantity=1) -> Order:
    return order_products(
        [ProductWish(kit, quantity)], school=kit.school, student=student, client=client, pay_with=None, by=OWNER
    )


def line_of(order: Order) -> ProductLine:
    return ProductLine.objects.select_related("order").get(order_id=order.pk)


def test_what_is_open_ready_had_and_given_up_is_told_apart(school, clara, leo, browser, url, kit):
    had, ready, open_, given_up = (order(kit, leo, clara, number) for number in (1, 2, 3, 4))
    for one in (had, ready):
        pay(one, PAY, by=OWNER)
    hand_over(line_of(had), by=OWNER)
    cancel_product(line_of(given_up), by=OWNER)
    page = browser.get(f"{url}orders/")
    words = text_of(page)
    assert [state for state in ("Cancelled", "To be paid", "Ready for you", "Handed over") if state in words] == [
        "Cancelled",
        "To be paid",
        "Ready for you",
        "Handed over",
    ]
    assert f"3 × Clay kit, for Leo To be paid {open_.reference}" in words
    assert f"1 × Clay kit, for Leo Handed over {had.reference}" in words
    assert words.count("Pay ₹3,600.00") == 1
    assert f"/s/{school.slug}/orders/{open_.pk}/" in links_of(page)
    assert f"{url}orders/" in links_of(browser.get(f"/s/{school.slug}/orders/{open_.pk}/"))
    assert f"Clay kit, Leo In cash, order {ready.reference}" in text_of(browser.get(f"{url}payments/"))


def test_a_payment_that_is_under_way_is_not_asked_for_again(clara, leo, browser, url, kit):
    pay(order(kit, leo, clara), Attempt("demo", "card", token="stays_pending"), by=OWNER)
    words = text_of(browser.get(f"{url}orders/"))
    assert "1 × Clay kit, for Leo Payment under way" in words
    assert "Pay ₹" not in words


def test_orders_are_shown_where_something_is_sold_and_to_the_client_alone(school, clara, leo, browser, url, kit):
    order(kit, new_student(school, "Not Hers"), leo.guardianships.get().client)
    mine = order(kit, leo, clara)
    assert mine.reference in text_of(browser.get(f"{url}orders/"))
    assert f"{url}orders/" in browser.get(url).content.decode()
    other = browser_of(new_student(school, "Otto Else").person)
    assert "Nothing ordered yet" in text_of(other.get(f"{url}orders/"))
    child = browser_of(leo.person)
    assert child.get(f"{url}orders/").status_code == 404


def test_a_school_that_sells_nothing_has_no_such_tab(browser, url):
    assert f"{url}orders/" not in browser.get(url).content.decode()


def test_three_orders_take_as_many_queries_as_one(clara, leo, browser, url, kit):
    order(kit, leo, clara)
    one = queries_for(browser, f"{url}orders/")
    order(kit, leo, clara), order(kit, leo, clara)
    assert queries_for(browser, f"{url}orders/") == one
