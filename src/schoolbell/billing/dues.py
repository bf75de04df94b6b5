"""What a client still owes for what they ordered. All amounts in minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, Sum

from schoolbell.billing.ledger import CLIENT, WAIVED, balance
from schoolbell.billing.models import Allocation, LedgerEntry, Order, OrderLine, Payment, PaymentRequest, ProductLine
from schoolbell.bookings.models import Booking, PaymentStatus
from schoolbell.kit.ids import new_reference
from schoolbell.kit.time import now
from schoolbell.pricing.price import half_up
from schoolbell.schools.rows import SchoolRows

ENDED: Final = frozenset({Booking.Status.CANCELLED, Booking.Status.EXPIRED})


def sold_for(booking: Booking) -> int:
    """What the client bears for a booking: nothing before it is confirmed, then its price less what was waived."""
    return -balance(CLIENT, school_id=booking.school_id, booking_id=booking.pk)


def price_returned(booking: Booking, *, percent: int) -> int:
    """That much of what they bear."""
    return half_up(sold_for(booking) * percent, 100)


def owed_for(booking: Booking) -> int:
    """What the client has to pay for a booking in all: its price less what was waived; once it ended, the fee alone."""
    return owed_for_each([booking])[booking.pk]


def owed_for_each(bookings: Sequence[Booking]) -> dict[UUID, int]:
    """The same of bookings of one school, in one query."""
    borne = borne_for(bookings)
    return {one.pk: _owed(one, borne[one.pk]) for one in bookings}


@dataclass(frozen=True, slots=True)
class Borne:
    """What the ledger says of a booking: what the client bears, and what of its price was waived."""

    sold: int = 0
    waived: int = 0


def borne_for(bookings: Sequence[Booking]) -> dict[UUID, Borne]:
    """Of bookings of one school, in one query."""
    if not bookings:
        return {}
    found = (
        LedgerEntry.objects.filter(school_id=bookings[0].school_id, booking_id__in=[one.pk for one in bookings])
        .values("booking_id")
        .annotate(sold=_moved(CLIENT), waived=_moved(WAIVED))
    )
    rows = {row["booking_id"]: Borne(row["sold"], row["waived"]) for row in found}
    return {one.pk: rows.get(one.pk, Borne()) for one in bookings}


def is_waived(booking: Booking, *, paid: int) -> bool:
    """Is nothing open for it though it has a price and nothing was paid?"""
    return booking.payment_status == PaymentStatus.PAID and bool(booking.price) and not paid


def _moved(account: str) -> Any:
    """Debits less credits."""
    debits = Sum("amount", filter=Q(debit=account), default=0)
    return debits - Sum("amount", filter=Q(credit=account), default=0)


def _owed(booking: Booking, borne: Borne) -> int:
    if booking.status not in ENDED:
        return booking.price - borne.waived
    if booking.settled_at:
        return max(borne.sold, 0)
    return borne.sold - half_up(borne.sold * (booking.owed_percent or 0), 100)


def lock_bookings(order: Order) -> list[Booking]:
    """The order's bookings as they are at this moment, in id order."""
    return list(
        Booking.objects.select_for_update(no_key=True, of=("self",))
        .filter(school_id=order.school_id, id__in=OrderLine.objects.filter(order_id=order.pk).values("booking_id"))
        .order_by("id")
    )


def lock_order(order: Order) -> None:
    """Whoever changes what is asked for waits here for others who do; always after the bookings, never before."""
    Order.objects.select_for_update(no_key=True).get(school_id=order.school_id, id=order.pk)


def received(order: Order) -> int:
    """What has come in for an order."""
    return _sum(Payment.objects.filter(school_id=order.school_id, order_id=order.pk, status=Payment.Status.SUCCEEDED))


def paid_for(line: OrderLine) -> int:
    """What has been allocated to a line."""
    return _sum(Allocation.objects.filter(school_id=line.school_id, line_id=line.pk))


def open_for(booking: Booking, line: OrderLine) -> int:
    """What is still to be paid for a line; nothing where more was paid than is owed."""
    return max(owed_for(booking) - paid_for(line), 0)


def open_amount(order: Order, bookings: Sequence[Booking]) -> int:
    """What is still to be paid for an order; below nothing when too much came in. As many queries for many lines as for
    one."""
    lines = {
        line.booking_id: line.pk for line in OrderLine.objects.filter(school_id=order.school_id, order_id=order.pk)
    }
    allocations = Allocation.objects.filter(school_id=order.school_id, payment__order_id=order.pk)
    paid: dict[UUID | None, int] = dict(  # None: for its products
        allocations.values("line_id").annotate(paid=Sum("amount")).values_list("line_id", "paid")
    )
    over = received(order) - sum(paid.values())
    borne = borne_for(bookings)
    of_bookings = sum(max(_owed(one, borne[one.pk]) - paid.get(lines[one.pk], 0), 0) for one in bookings)
    return of_bookings + open_for_products(order) - over


def open_for_products(order: Order) -> int:
    """What is still to be paid for the products of an order."""
    return _sum(
        ProductLine.objects.filter(school_id=order.school_id, order_id=order.pk, status=ProductLine.Status.ORDERED),
        of="total",
    )


def ask_for_rest(order: Order) -> None:
    """Meet what was asked for with what came in. Then, where nothing is asked for and something is open, ask for it:
    the balance after a deposit, a late fee. Locks: the order."""
    lock_order(order)
    bookings = list(Booking.objects.filter(school_id=order.school_id, order_lines__order_id=order.pk).order_by("id"))
    left = open_amount(order, bookings)
    _meet_requests(order, left=left)
    requests = PaymentRequest.objects.filter(school_id=order.school_id, order_id=order.pk)
    bears = any(booking.status != Booking.Status.PENDING for booking in bookings)
    if left > 0 and bears and not requests.filter(status=PaymentRequest.Status.PENDING).exists():
        PaymentRequest(
            school_id=order.school_id,
            order=order,
            kind=PaymentRequest.Kind.BALANCE,
            reference=new_reference(),
            amount=left,
        ).save(force_insert=True)


def _meet_requests(order: Order, *, left: int) -> None:
    """A deposit is met by what came in, anything else once nothing is open. Where nothing came in, nothing is asked for
    any more."""
    came_in = received(order)
    for request in PaymentRequest.objects.filter(
        school_id=order.school_id, order_id=order.pk, status=PaymentRequest.Status.PENDING
    ):
        if not came_in and left <= 0:
            request.status = PaymentRequest.Status.EXPIRED
            request.save()
        elif left <= 0 or (request.kind == PaymentRequest.Kind.DEPOSIT and request.amount <= came_in):
            request.status, request.matched_at = PaymentRequest.Status.CONFIRMED, now()
            request.save()


def ask_for_less(order_id: UUID, *, school_id: UUID, by: int) -> None:
    """So much less is asked for: of the open requests, the oldest first."""
    for request in (
        PaymentRequest.objects.select_for_update(no_key=True)
        .filter(school_id=school_id, order_id=order_id, status=PaymentRequest.Status.PENDING)
        .order_by("id")
    ):
        less = min(by, request.amount)
        by -= less
        if request.amount > less:
            request.amount -= less
        else:
            request.status = PaymentRequest.Status.EXPIRED
        request.save()


def _sum(rows: SchoolRows[Allocation] | SchoolRows[Payment] | SchoolRows[ProductLine], *, of: str = "amount") -> int:
    return int(rows.aggregate(sum=Sum(of, default=0))["sum"])
