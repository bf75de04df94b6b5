"""Buying several things at once: an order of several lines."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.billing.limits import require_few_holds, way_of_paying
from schoolbell.billing.models import Order, PaymentRequest, ProductLine
from schoolbell.billing.orders import Purchase, buy
from schoolbell.billing.placing import Placed
from schoolbell.billing.wishes import (
    MOST_AMOUNT,
    ProductWish,
    plan_lines,
    time_to_pay,
    total_of,
    write_lines,
)
from schoolbell.kit.ids import new_reference
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor, Role


@transaction.atomic
def buy_together(purchases: Sequence[Purchase], products: Sequence[ProductWish] = (), *, by: Actor) -> Order:
    """One order of several lines for one client, and of products beside them: all of them, or none. What is asked for
    now is asked for in one, the products whole. Products that are for nobody in particular are for whoever comes.

    Raises what `buy` raises.
    """
    first = purchases[0]
    lines = plan_lines(products, [one.student for one in purchases]) if products else []
    require_few_holds(first.client, school=first.school, by=by)
    order = Order(
        school_id=first.school.pk,
        client=first.client,
        reference=new_reference(),
        total=0,
        placed_from=by.ip if by.role == Role.GUEST else None,
    )
    order.save(force_insert=True)
    placed = [buy(replace(one, joins=order.pk), by=by, keep=lambda _: None) for one in _in_order(purchases)]
    write_lines(lines, order_id=order.pk, client_id=order.client_id, by=by)
    order.total = sum(one.terms.price.total for one in placed) + total_of(lines)
    if order.total > MOST_AMOUNT:
        raise InputRefused.of("slots", _("That is more than one order may cost."))
    order.save()
    _ask(order, placed, lines, until=_time_for_products(first, by=by))
    return order


def _ask(order: Order, placed: Sequence[Placed], lines: Sequence[ProductLine], *, until: dt.datetime | None) -> None:
    """`until`: when products fall that nothing else is asked for with."""
    asking = [one for one in placed if one.terms.ask]
    if not asking and not lines:
        return
    has_deposit = any(one.terms.ask == PaymentRequest.Kind.DEPOSIT for one in asking)
    holds = [one.seat.hold_expires_at for one in asking if one.seat.hold_expires_at]
    PaymentRequest(
        school_id=order.school_id,
        order=order,
        kind=PaymentRequest.Kind.DEPOSIT if has_deposit else PaymentRequest.Kind.FULL,
        reference=order.reference,
        amount=sum(one.terms.price.due_now for one in asking) + total_of(lines),
        expires_at=min(holds, default=None) if asking else until,
    ).save(force_insert=True)


def _time_for_products(purchase: Purchase, *, by: Actor) -> dt.datetime | None:
    policies = purchase.course.policies
    return time_to_pay(policies, way_of_paying(purchase.pay_with, policies, by=by), by=by)


def _in_order(purchases: Sequence[Purchase]) -> list[Purchase]:
    """By time, so that two orders which want the same never wait for each other in a ring."""

    def time_of(purchase: Purchase) -> tuple[dt.datetime, str]:
        starts_at = purchase.session.starts_at if purchase.session else purchase.starts_at
        return (starts_at or now(), str(purchase.session.pk if purchase.session else purchase.course.pk))

    return sorted(purchases, key=time_of)
