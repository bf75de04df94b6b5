"""What is open to pay: orders with something left, whatever their number in five statements."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from schoolbell.billing.models import Order, OrderLine, PaymentRequest, ProductLine
from schoolbell.bookings.models import PaymentStatus
from schoolbell.bookings.times import during_of, read_times
from schoolbell.kit.database.statements import read
from schoolbell.kit.time import now
from schoolbell.schools.rows import SchoolRows

# Per line what is left to pay, as `dues.open_for` has it, and what was paid; per order what came in. A booking that
# lives owes its price, less what was waived; a cancelled one its late fee. A hold that ran out owes nothing, nor do
# products beside it when the holds of all seats did.
LEFT_SQL = """
    WITH received AS (
        SELECT order_id, sum(amount) AS amount FROM billing_payment
        WHERE school_id = %(school_id)s AND order_id = ANY(%(order_ids)s) AND status = 'succeeded' GROUP BY order_id
    )
    SELECT line.order_id, line.id, paid.amount, coalesce(received.amount, 0),
           greatest(CASE WHEN booking.status = 'pending' AND booking.hold_expires_at <= %(now)s THEN 0
                         WHEN booking.status NOT IN ('cancelled', 'expired') THEN booking.price - borne.waived
                         WHEN booking.settled_at IS NOT NULL THEN borne.sold
                         ELSE 0 END - paid.amount, 0)
    FROM billing_orderline AS line
    JOIN bookings_booking AS booking ON booking.school_id = line.school_id AND booking.id = line.booking_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount), 0) AS amount FROM billing_allocation
        WHERE school_id = line.school_id AND line_id = line.id
    ) AS paid
    LEFT JOIN received ON received.order_id = line.order_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE 'waived' WHEN debit THEN amount WHEN credit THEN -amount END), 0) AS waived,
               coalesce(sum(CASE 'client' WHEN debit THEN amount WHEN credit THEN -amount END), 0) AS sold
        FROM billing_ledgerentry WHERE school_id = line.school_id AND booking_id = line.booking_id
    ) AS borne
    WHERE line.school_id = %(school_id)s AND line.order_id = ANY(%(order_ids)s)
    UNION ALL
    SELECT line.order_id, line.id, paid.amount, coalesce(received.amount, 0),
           CASE WHEN line.status = 'ordered' AND NOT seats.ran_out THEN line.total ELSE 0 END
    FROM billing_productline AS line
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount), 0) AS amount FROM billing_allocation
        WHERE school_id = line.school_id AND product_line_id = line.id
    ) AS paid
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_and(booking.status = 'expired'
                                 OR booking.status = 'pending' AND booking.hold_expires_at <= %(now)s),
                        false) AS ran_out
        FROM billing_orderline AS seat
        JOIN bookings_booking AS booking ON booking.school_id = seat.school_id AND booking.id = seat.booking_id
        WHERE seat.school_id = line.school_id AND seat.order_id = line.order_id
    ) AS seats
    LEFT JOIN received ON received.order_id = line.order_id
    WHERE line.school_id = %(school_id)s AND line.order_id = ANY(%(order_ids)s)
"""


_NO_TIME: Final = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that waits for money: so much now, under this reference, `until` then where that is limited; and so much
    in all. `lines` are those with something open, with their booking, its student, session and course; `products`
    likewise, with their product and its student. Minor units.
    """

    order: Order
    reference: str
    due_now: int
    still_open: int
    until: dt.datetime | None
    lines: tuple[OrderLine, ...]
    products: tuple[ProductLine, ...] = ()

    @property
    def later(self) -> int:
        return self.still_open - self.due_now

    @property
    def first_at(self) -> dt.datetime | None:
        """When the first lesson of it begins; products have no time."""
        return min((during_of(line.booking).starts_at for line in self.lines), default=None)

    def is_overdue(self, moment: dt.datetime) -> bool:
        """A lesson of it was given already."""
        return any(during_of(line.booking).ends_at <= moment for line in self.lines)


def left_to_pay(orders: Collection[UUID], school_id: UUID) -> tuple[dict[UUID, int], set[UUID]]:
    """Per order what is left, below nothing when too much came in; and the lines with something open. One statement."""
    left: dict[UUID, int] = {}
    open_lines: set[UUID] = set()
    values = {"school_id": school_id, "order_ids": list(orders), "now": now()}
    for order_id, line_id, paid, received, line_left in read(LEFT_SQL, values):
        left[order_id] = left.get(order_id, -int(received)) + int(paid) + int(line_left)
        if line_left:
            open_lines.add(line_id)
    return left, open_lines


def open_orders(orders: SchoolRows[Order]) -> list[OpenOrder]:
    """Those of them for lessons, alone or with products, with something left to pay: by the time of the first lesson,
    those without any last."""
    waiting_for_money = Q(lines__booking__payment_status__in=set(PaymentStatus) - {PaymentStatus.PAID})
    waiting_for_money |= Q(lines__isnull=False, product_lines__status=ProductLine.Status.ORDERED)
    found = {order.pk: order for order in orders.filter(waiting_for_money).distinct().order_by("id")}
    if not found:
        return []
    own: dict[str, Any] = {"school_id": next(iter(found.values())).school_id}
    left, open_lines = left_to_pay(found, own["school_id"])
    waiting = [order_id for order_id in found if left[order_id] > 0]
    lines: dict[UUID, list[OrderLine]] = {order_id: [] for order_id in waiting}
    for line in (
        OrderLine.objects.filter(order_id__in=waiting, id__in=open_lines, **own)
        .select_related("booking__student__person", "booking__session__course")
        .order_by("booking__session__starts_at", "id")
    ):
        lines[line.order_id].append(line)
    products: dict[UUID, list[ProductLine]] = {order_id: [] for order_id in waiting}
    for wanted in (
        ProductLine.objects.filter(order_id__in=waiting, id__in=open_lines, **own)
        .select_related("product", "student__person")
        .order_by("id")
    ):
        products[wanted.order_id].append(wanted)
    requests: dict[UUID, PaymentRequest] = {}
    pending = PaymentRequest.objects.filter(status=PaymentRequest.Status.PENDING, order_id__in=waiting, **own)
    for request in pending.order_by("-id"):
        requests[request.order_id] = request  # the oldest is asked for first
    read_times([line.booking for one in waiting for line in lines[one]])
    owed = [_open(found[one], left[one], requests.get(one), tuple(lines[one]), tuple(products[one])) for one in waiting]
    return sorted(owed, key=lambda one: (one.first_at or _NO_TIME, one.order.pk))


def _open(
    order: Order,
    left: int,
    request: PaymentRequest | None,
    lines: tuple[OrderLine, ...],
    products: tuple[ProductLine, ...],
) -> OpenOrder:
    if request is None:
        return OpenOrder(order, order.reference, left, left, None, lines, products)
    return OpenOrder(order, request.reference, min(request.amount, left), left, request.expires_at, lines, products)
