"""An order of products is paid once, however many take its money at once."""

from collections import Counter
from collections.abc import Iterator

import pytest

from factories import OWNER, new_client, new_school, new_student
from invariants import broken
from schoolbell.billing import payments
from schoolbell.billing.models import Order, Payment
from schoolbell.billing.products import ProductWish, order_products
from schoolbell.billing.refusals import NothingToPay
from schoolbell.catalogue.products import ProductValues, add_product
from servers import race

RACERS = 8


def an_order() -> Order:
    school = new_school()
    clara = new_client(school)
    wish = ProductWish(add_product(school, ProductValues("Kit", 12_000), by=OWNER))
    sam = new_student(school, guardian=clara)
    return order_products([wish], school=school, student=sam, client=clara, pay_with=None, by=OWNER)


def pay(order: Order) -> str:
    try:
        return payments.pay(order, payments.Attempt("desk", "cash"), by=OWNER).status
    except NothingToPay as refusal:
        return refusal.code


@pytest.mark.usefixtures("scratch")
def test_eight_desks_take_the_money_for_one_order_once():
    order = an_order()
    assert Counter(race(pay, [order] * RACERS)) == {"succeeded": 1, "nothing_to_pay": RACERS - 1}
    assert Payment.objects.filter(order=order).count() == 1
    assert broken(order.school) == {}


@pytest.fixture
def without_its_lock() -> Iterator[None]:
    locked = payments.lock_products
    payments.lock_products = lambda order: []
    yield
    payments.lock_products = locked


@pytest.mark.usefixtures("scratch", "without_its_lock")
def test_control_without_the_lock_the_money_is_taken_more_than_once():
    order = an_order()
    assert Counter(race(pay, [order] * RACERS))["succeeded"] > 1
    assert Payment.objects.filter(order=order).count() > 1
