"""Selling what has no timetable: ordered, paid whole, handed over; or cancelled."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.billing.dues import ask_for_less, ask_for_rest, lock_order
from schoolbell.billing.ledger import CLIENT, SALES, TAX, Movement, post
from schoolbell.billing.limits import require_few_holds, require_way_offered, way_of_paying
from schoolbell.billing.models import Allocation, Order, Payment, PaymentRequest, ProductLine
from schoolbell.billing.refusals import ProductNotPaid, ProductOver
from schoolbell.billing.wishes import ProductWish, plan_lines, time_to_pay, total_of, write_lines
from schoolbell.bookings.models import Booking
from schoolbell.journal.actions import record, tell
from schoolbell.kit.ids import new_reference
from schoolbell.kit.refusals import InputRefused, NotAllowed
from schoolbell.kit.time import now
from schoolbell.people.models import Client, Student
from schoolbell.schools.actor import SYSTEM, Actor, Role
from schoolbell.schools.models import School

_STATUS = ProductLine.Status


@transaction.atomic
def order_products(
    wishes: Sequence[ProductWish], *, school: School, student: Student, client: Client, pay_with: str | None, by: Actor
) -> Order:
    """One order of them for one student, for the client to pay. All but staff have as long as a hold lasts.

    Raises: InputRefused, ProductNotOnSale, TooManyHolds, WayOfPayingNotOffered.
    """
    pay_with = way_of_paying(pay_with, school.policies, by=by)
    require_way_offered(pay_with, school.policies, by=by)
    if not wishes:
        raise InputRefused.of("products", _("Name the products, each once."))
    lines = plan_lines(wishes, [student])
    require_few_holds(client, school=school, by=by)
    order = Order(
        school_id=school.pk,
        client=client,
        reference=new_reference(),
        total=total_of(lines),
        placed_from=by.ip if by.role == Role.GUEST else None,
    )
    order.save(force_insert=True)
    write_lines(lines, order_id=order.pk, client_id=client.pk, by=by)
    PaymentRequest(
        school_id=school.pk,
        order=order,
        kind=PaymentRequest.Kind.FULL,
        reference=new_reference(),
        amount=order.total,
        expires_at=time_to_pay(school.policies, pay_with, by=by),
    ).save(force_insert=True)
    return order


def lock_products(order: Order) -> list[ProductLine]:
    """The order's products as they are at this moment, in id order."""
    rows = ProductLine.objects.select_for_update(no_key=True, of=("self",)).filter(
        school_id=order.school_id, order_id=order.pk
    )
    return list(rows.select_related("order").order_by("id"))


def sell_products(lines: Iterable[ProductLine], payment: Payment, *, by: Actor) -> None:
    """The payment pays for them, each whole. Called in its transaction, under `lock_products`."""
    for line in lines:
        line.status = _STATUS.PAID
        line.save()
        Allocation(
            school_id=line.school_id, payment=payment, product_line=line, student_id=line.student_id, amount=line.total
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
    """It is not wanted any more; lessons of the same order are as before. What was paid for it is the client's credit.
    What was handed over stays sold.

    Staff, or whoever ordered it while it is not paid. Locks: the order's products in id order, then the order.
    Raises: NotAllowed, ProductOver.
    """
    current = _locked_line(line)
    if not by.is_staff and (current.status != _STATUS.ORDERED or by.role == Role.INSTRUCTOR):
        raise NotAllowed(line.pk)
    if current.status not in (_STATUS.ORDERED, _STATUS.PAID):
        raise ProductOver(line.pk)
    if current.status == _STATUS.PAID:
        _post(current, Movement(SALES, CLIENT, current.total - current.tax), Movement(TAX, CLIENT, current.tax))
        _give_up(current, by=by)
    else:
        lock_order(current.order)
        _give_up(current, by=by)
        ask_for_less(current.order_id, school_id=current.school_id, by=current.total)
        ask_for_rest(current.order)
    return current


def _give_up(line: ProductLine, *, by: Actor) -> None:
    was = line.status
    line.status, line.cancelled_at = _STATUS.CANCELLED, now()
    line.save()
    _record("product.cancelled", line, by=by, old={"status": was})
    tell("product.cancelled", line)


def let_products_fall(order: Order, bookings: Sequence[Booking]) -> None:
    """What was ordered with seats, and is not paid, goes with them: when the hold of every one of them ran out. Where
    one was cancelled it stays. Called under a lock of the bookings, or by whoever has just seen to one of them.

    Locks: the order's products in id order, then the order.
    """
    if not bookings or any(booking.status != Booking.Status.EXPIRED for booking in bookings):
        return
    fallen = [line for line in lock_products(order) if line.status == _STATUS.ORDERED]
    if fallen:
        lock_order(order)
    for line in fallen:
        _give_up(line, by=SYSTEM)
        ask_for_less(order.pk, school_id=order.school_id, by=line.total)


def cancel_overdue_products(*, at_most: int = 100) -> int:
    """Products whose time to pay ran out, of every school, are given up; how many lines that were. While a payment for
    one is under way it waits, and while a seat of its order is held: those fall together."""
    overdue = (
        ProductLine.objects.filter(
            status=_STATUS.ORDERED,
            order__requests__status=PaymentRequest.Status.PENDING,
            order__requests__expires_at__lte=now(),
        )
        .exclude(order__payments__status=Payment.Status.PENDING)
        .exclude(order__lines__booking__status=Booking.Status.PENDING)
    )
    lines = list(overdue.order_by("id")[:at_most])
    return sum(_cancelled(line) for line in lines)


def _cancelled(line: ProductLine) -> bool:
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
