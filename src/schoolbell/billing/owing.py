"""What is open to pay: orders with something left, whatever their number in four statements."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from schoolbell.billing.models import Order, OrderLine, PaymentRequest
from schoolbell.bookings.models import PaymentStatus
from schoolbell.kit.database.statements import execute
from schoolbell.kit.time import now
from schoolbell.schools.rows import SchoolRows

# Per line what is left to pay, as `dues.open_for` has it, and what was paid; per order what came in. A booking that
# lives owes its price, less what was waived; a cancelled one its late fee. A hold that ran out owes nothing.
LEFT_SQL = """
    SELECT line.order_id, line.id, paid.amount, received.amount,
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
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount), 0) AS amount FROM billing_payment
        WHERE school_id = line.school_id AND order_id = line.order_id AND status = 'succeeded'
    ) AS received
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE 'waived' WHEN debit THEN amount WHEN credit THEN -amount END), 0) AS waived,
               coalesce(sum(CASE 'client' WHEN debit THEN amount WHEN credit THEN -amount END), 0) AS sold
        FROM billing_ledgerentry WHERE school_id = line.school_id AND booking_id = line.booking_id
    ) AS borne
    WHERE line.school_id = %(school_id)s AND line.order_id = ANY(%(order_ids)s)
"""


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that waits for money: so much now, under this reference, `until` then where that is limited; and so much
    in all. `lines` are those with something open, with their booking, its student, session and course. Minor units.
    """

    order: Order
    reference: str
    due_now: int
    still_open: int
    until: dt.datetime | None
    lines: tuple[OrderLine, ...]

    @property
    def later(self) -> int:
        return self.still_open - self.due_now


def open_orders(orders: SchoolRows[Order]) -> list[OpenOrder]:
    """Those of them with something left to pay, the oldest first."""
    unpaid = orders.filter(lines__booking__payment_status__in=set(PaymentStatus) - {PaymentStatus.PAID}).distinct()
    found = {order.pk: order for order in unpaid.order_by("id")}
    if not found:
        return []
    left: dict[UUID, int] = {}
    open_lines: list[UUID] = []
    own: dict[str, Any] = {"school_id": next(iter(found.values())).school_id}
    for order_id, line_id, paid, received, line_left in execute(
        LEFT_SQL, own | {"order_ids": list(found), "now": now()}
    ):
        left[order_id] = left.get(order_id, -int(received)) + int(paid) + int(line_left)
        if line_left:
            open_lines.append(line_id)
    waiting = [order_id for order_id in found if left[order_id] > 0]
    lines: dict[UUID, list[OrderLine]] = {order_id: [] for order_id in waiting}
    for line in (
        OrderLine.objects.filter(order_id__in=waiting, id__in=open_lines, **own)
        .select_related("booking__student__person", "booking__session__course")
        .order_by("booking__session__starts_at", "id")
    ):
        lines[line.order_id].append(line)
    requests: dict[UUID, PaymentRequest] = {}
    pending = PaymentRequest.objects.filter(status=PaymentRequest.Status.PENDING, order_id__in=waiting, **own)
    for request in pending.order_by("-id"):
        requests[request.order_id] = request  # the oldest is asked for first
    return [_open(found[one], left[one], requests.get(one), tuple(lines[one])) for one in waiting]


def _open(order: Order, left: int, request: PaymentRequest | None, lines: tuple[OrderLine, ...]) -> OpenOrder:
    if request is None:
        return OpenOrder(order, order.reference, left, left, None, lines)
    return OpenOrder(order, request.reference, min(request.amount, left), left, request.expires_at, lines)
