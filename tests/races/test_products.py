"""An order of products is paid once, however many take its money at once."""

import threading
from collections import Counter

import pytest

from factories import OWNER, new_client, new_school, new_student
from invariants import broken
from schoolbell.billing import payments
from schoolbell.billing.models import Order, Payment, ProductLine
from schoolbell.billing.products import order_products
from schoolbell.billing.refusals import NothingToPay
from schoolbell.billing.wishes import ProductWish
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


@pytest.mark.usefixtures("scratch")
def test_control_without_the_lock_the_money_is_taken_more_than_once(monkeypatch: pytest.MonkeyPatch):
    everybody = threading.Barrier(RACERS)

    def read_and_wait(order: Order) -> list[ProductLine]:
        everybody.wait()
        return list(ProductLine.objects.filter(order=order).select_related("order"))

    monkeypatch.setattr(payments, "lock_products", read_and_wait)
    monkeypatch.setattr(payments, "receive", lambda payment, *, by: payment)
    order = an_order()
    assert Counter(race(pay, [order] * RACERS))["succeeded"] > 1
    assert Payment.objects.filter(order=order).count() > 1
