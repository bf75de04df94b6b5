"""The same credit for several orders in the same moment."""

from collections import Counter
from threading import Barrier

import pytest
from django.db import transaction

from billing.test_credit import has_in_credit, seat
from factories import OWNER, new_client, new_school, order_of
from invariants import broken
from schoolbell.billing.checks import CHECKS
from schoolbell.billing.credit import unused_credit
from schoolbell.billing.ledger import CLIENT, CREDIT, Movement, post
from schoolbell.billing.models import Order, Payment
from schoolbell.billing.payments import Attempt, pay, receive
from schoolbell.kit.checks import broken as breaches
from servers import race

(NOT_MORE_THAN_THEY_HAD,) = (check for check in CHECKS if check.rule == "Nobody used more credit than they had.")


@pytest.mark.usefixtures("scratch")
def test_credit_is_used_once_however_many_orders_want_it():
    clara = new_client(new_school())
    has_in_credit(clara, 10000)
    orders = [order_of(seat(clara, 4000, day)) for day in range(31, 39)]
    outcomes = race(lambda order: pay(order, Attempt("credit", "credit"), by=OWNER).status, orders)
    assert Counter(outcomes) == {"succeeded": 2, "failed": 6}
    assert unused_credit(clara) == 2000
    assert broken(clara.school) == {}
    assert list(breaches(NOT_MORE_THAN_THEY_HAD)) == []


@pytest.mark.usefixtures("scratch")
def test_control_looking_first_and_using_then_uses_it_twice():
    clara = new_client(new_school())
    has_in_credit(clara, 4000)
    orders = [order_of(seat(clara, 4000, day)) for day in range(31, 33)]
    all_have_looked = Barrier(2)

    def use(order: Order) -> int:
        """As somebody writes it who has not thought of the others."""
        with transaction.atomic():
            there_is = unused_credit(clara, order=order)
            all_have_looked.wait()
            post([Movement(CLIENT, CREDIT, 4000)], school_id=clara.school_id, client_id=clara.pk)
            own = {"school_id": clara.school_id, "client_id": clara.pk, "order": order}
            payment = Payment(**own, gateway="credit", method="credit", amount=4000)
            payment.save(force_insert=True)
            receive(payment, by=OWNER)
            return there_is

    assert race(use, orders) == [4000, 4000]
    assert [row[1] for row in breaches(NOT_MORE_THAN_THEY_HAD)] == [clara.pk]
