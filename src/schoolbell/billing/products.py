"""Selling what has no timetable: ordered, paid whole, handed over; or cancelled."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from schoolbell.billing.ledger import CLIENT, SALES, TAX, Movement, post
from schoolbell.billing.limits import require_few_holds, require_way_offered, way_of_paying
from schoolbell.billing.models import Allocation, Order, Payment, PaymentRequest, ProductLine
from schoolbell.billing.refusals import ProductNotOnSale, ProductNotPaid, ProductOver
from schoolbell.catalogue.models import Product
from schoolbell.journal.actions import record, tell
from schoolbell.kit.ids import new_reference
from schoolbell.kit.refusals import InputRefused, NotAllowed
from schoolbell.kit.time import now
from schoolbell.people.models import Client, Student
from schoolbell.pricing.price import priced
from schoolbell.schools.actor import SYSTEM, Actor, Role
from schoolbell.schools.models import School

MOST_OF_ONE: Final = 1_000
MOST_AMOUNT: Final = 2_000_000_000  # minor units; what a column holds
_STATUS = ProductLine.Status


@dataclass(frozen=True, slots=True)
class ProductWish:
    """So many of this product."""

    product: Product
    quantity: int = 1


@transaction.atomic
def order_products(
    wishes: Sequence[ProductWish], *, school: School, student: Student, client: Client, pay_with: str | None, by: Actor
) -> Order:
    """One order of them for one student, for the client to pay. All but staff have as long as a hold lasts.

    Raises: InputRefused, ProductNotOnSale, TooManyHolds, WayOfPayingNotOffered.
    """
    pay_with = way_of_paying(pay_with, school.policies, by=by)
    require_way_offered(pay_with, school.policies, by=by)
    if not wishes or len({wish.product.pk for wish in wishes}) < len(wishes):
        raise InputRefused.of("products", _("Name the products, each once."))
    for wish in wishes:
        if not wish.product.is_active:
            raise ProductNotOnSale(wish.product.pk)
        if not 1 <= wish.quantity <= MOST_OF_ONE:
            raise InputRefused.of("quantity", _("Order from one to a thousand."))
    require_few_holds(client, school=school, by=by)
    total = sum(wish.product.price * wish.quantity for wish in wishes)
    if total > MOST_AMOUNT:
        raise InputRefused.of("quantity", _("That is more than one order may cost."))
    order = Order(
        school_id=school.pk,
        client=client,
        reference=new_reference(),
        total=total,
        placed_from=by.ip if by.role == Role.GUEST else None,
    )
    order.save(force_insert=True)
    for wish in wishes:
        _add_line(order, wish, student=student, by=by)
    minutes: int = getattr(school.policies.hold_minutes, pay_with)
    PaymentRequest(
        school_id=school.pk,
        order=order,
        kind=PaymentRequest.Kind.FULL,
        reference=new_reference(),
        amount=total,
        expires_at=None if by.is_staff else now() + dt.timedelta(minutes=minutes),
    ).save(force_insert=True)
    return order


def _add_line(order: Order, wish: ProductWish, *, student: Student, by: Actor) -> None:
    product = wish.product
    price = priced(product.price * wish.quantity, tax_rate=product.tax_rate, due_now=0)
    line = ProductLine(
        school_id=order.school_id,
        order=order,
        product=product,
        student=student,
        quantity=wish.quantity,
        unit_price=product.price,
        total=price.total,
        tax=price.tax,
        tax_rate=price.tax_rate,
    )
    line.save(force_insert=True)
    _record("product.ordered", line, by=by, new={"quantity": line.quantity, "total": line.total})
    tell("product.ordered", line)


def open_for_products(order: Order) -> int:
    """What is still to be paid for the products of an order."""
    rows = ProductLine.objects.filter(school_id=order.school_id, order_id=order.pk, status=_STATUS.ORDERED)
    return int(rows.aggregate(sum=Sum("total", default=0))["sum"])


def lock_products(order: Order) -> list[ProductLine]:
    """The order's products as they are at this moment, in id order."""
    rows = ProductLine.objects.select_for_update(no_key=True, of=("self",)).filter(
        school_id=order.school_id, order_id=order.pk
    )
    return list(rows.select_related("order").order_by("id"))


def pay_for_products(order: Order, payment: Payment, amount: int, *, by: Actor) -> None:
    """`amount` of the payment pays for the products of the order, line after line, each whole. Called in its
    transaction, under `lock_products`."""
    for line in lock_products(order):
        if line.status != _STATUS.ORDERED:
            continue
        if line.total > amount:
            return
        amount -= line.total
        line.status = _STATUS.PAID
        line.save()
        Allocation(
            school_id=order.school_id, payment=payment, product_line=line, student_id=line.student_id, amount=line.total
        ).save(force_insert=True)
        _post(line, Movement(CLIENT, SALES, line.total - line.tax), Movement(CLIENT, TAX, line.tax))
        _record("product.sold", line, by=by, new={"total": line.total})
        tell("product.sold", line)


@transaction.atomic
def hand_over(line: ProductLine, *, by: Actor) -> ProductLine:
    """The student has it. Staff only, and paid. Raises: NotAllowed, ProductNotPaid, ProductOver."""
    if not by.is_staff:
        raise NotAllowed(line.pk)
    current = _locked_line(line)
    if current.status == _STATUS.ORDERED:
        raise ProductNotPaid(line.pk)
    if current.status != _STATUS.PAID:
        raise ProductOver(line.pk)
    current.status, current.handed_over_at = _STATUS.HANDED_OVER, now()
    current.save()
    _record("product.handed_over", current, by=by)
    return current


@transaction.atomic
def cancel_product(line: ProductLine, *, by: Actor) -> ProductLine:
    """It is not wanted any more. What was paid for it is the client's credit. What was handed over stays sold.

    Staff, or whoever ordered it while it is not paid. Raises: NotAllowed, ProductOver.
    """
    current = _locked_line(line)
    if not by.is_staff and (current.status != _STATUS.ORDERED or by.role == Role.INSTRUCTOR):
        raise NotAllowed(line.pk)
    if current.status not in (_STATUS.ORDERED, _STATUS.PAID):
        raise ProductOver(line.pk)
    was_paid = current.status == _STATUS.PAID
    current.status, current.cancelled_at = _STATUS.CANCELLED, now()
    current.save()
    if was_paid:
        _post(current, Movement(SALES, CLIENT, current.total - current.tax), Movement(TAX, CLIENT, current.tax))
    else:
        _ask_for_less(current)
    _record("product.cancelled", current, by=by, old={"status": "paid" if was_paid else "ordered"})
    tell("product.cancelled", current)
    return current


def _ask_for_less(line: ProductLine) -> None:
    for request in PaymentRequest.objects.select_for_update(no_key=True).filter(
        school_id=line.school_id, order_id=line.order_id, status=PaymentRequest.Status.PENDING
    ):
        if request.amount > line.total:
            request.amount -= line.total
        else:
            request.status = PaymentRequest.Status.EXPIRED
        request.save()


def cancel_overdue_products(*, at_most: int = 100) -> int:
    """Orders of products whose time to pay ran out, of every school, are given up; how many lines that were. While a
    payment for one is under way it waits."""
    overdue = ProductLine.objects.filter(
        status=_STATUS.ORDERED,
        order__requests__status=PaymentRequest.Status.PENDING,
        order__requests__expires_at__lte=now(),
    ).exclude(order__payments__status=Payment.Status.PENDING)
    lines = list(overdue.order_by("id")[:at_most])
    return sum(_give_up(line) for line in lines)


def _give_up(line: ProductLine) -> bool:
    try:
        cancel_product(line, by=SYSTEM)
    except ProductOver:  # paid or cancelled a moment ago
        return False
    return True


def _locked_line(line: ProductLine) -> ProductLine:
    """With all of its order's, in the order in which a payment takes them."""
    return next(one for one in lock_products(line.order) if one.pk == line.pk)


def _post(line: ProductLine, *movements: Movement) -> None:
    post(
        list(movements),
        school_id=line.school_id,
        client_id=line.order.client_id,
        product_line_id=line.pk,
    )


def _record(name: str, line: ProductLine, *, by: Actor, **values: dict[str, object]) -> None:
    record(name, line, by=by, student_id=line.student_id, client_id=line.order.client_id, **values)
