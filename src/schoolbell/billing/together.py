"""Buying several things at once: an order of several lines."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.billing.limits import require_few_holds
from schoolbell.billing.models import Order, PaymentRequest
from schoolbell.billing.orders import MOST_AMOUNT, Purchase, buy
from schoolbell.kit.ids import new_reference
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor, Role


@transaction.atomic
def buy_together(purchases: Sequence[Purchase], *, by: Actor) -> Order:
    """One order of several lines for one client: all of them, or none. What is asked for now is asked for in one.

    Raises what `buy` raises.
    """
    first = purchases[0]
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
    order.total = sum(one.terms.price.total for one in placed)
    if order.total > MOST_AMOUNT:
        raise InputRefused.of("slots", _("That is more than one order may cost."))
    order.save()
    asks = {one.terms.ask for one in placed if one.terms.ask}
    if asks:
        PaymentRequest(
            school_id=order.school_id,
            order=order,
            kind=PaymentRequest.Kind.DEPOSIT if PaymentRequest.Kind.DEPOSIT in asks else PaymentRequest.Kind.FULL,
            reference=order.reference,
            amount=sum(one.terms.price.due_now for one in placed if one.terms.ask),
            expires_at=min((one.terms.hold_expires_at for one in placed if one.terms.hold_expires_at), default=None),
        ).save(force_insert=True)
    return order


def _in_order(purchases: Sequence[Purchase]) -> list[Purchase]:
    """By time, so that two orders which want the same never wait for each other in a ring."""

    def time_of(purchase: Purchase) -> tuple[dt.datetime, str]:
        starts_at = purchase.session.starts_at if purchase.session else purchase.starts_at
        return (starts_at or now(), str(purchase.session.pk if purchase.session else purchase.course.pk))

    return sorted(purchases, key=time_of)
