"""Orders of products, as whoever placed them or hands them over looks at them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from schoolbell.billing.models import Order, OrderLine, Payment, PaymentRequest, ProductLine
from schoolbell.billing.owing import left_to_pay
from schoolbell.billing.summaries import is_for_card
from schoolbell.pricing.price import sum_by_rate
from schoolbell.schools.models import School
from schoolbell.schools.policies import CoursePolicies
from schoolbell.schools.rows import SchoolRows


@dataclass(frozen=True, slots=True)
class ProductOrderSummary:
    """`lines` with their product and its student's person; `lessons`, where there are some in the same order, with
    their booking, its student's person, session and course. `left`: what is still to be paid for all of it. `request`:
    what is asked for now. Minor units."""

    order: Order
    lines: Sequence[ProductLine]
    lessons: Sequence[OrderLine]
    left: int
    request: PaymentRequest | None
    payments: Sequence[Payment]

    @property
    def still_open(self) -> int:
        """For the products."""
        return sum(line.total for line in self.lines if line.status == ProductLine.Status.ORDERED)

    @property
    def is_paid(self) -> bool:
        return any(line.status in (ProductLine.Status.PAID, ProductLine.Status.HANDED_OVER) for line in self.lines)

    @property
    def waits(self) -> bool:
        """Something of it is paid and can be fetched."""
        return any(line.status == ProductLine.Status.PAID for line in self.lines)

    @property
    def is_under_way(self) -> bool:
        """Somebody pays, and the bank has not answered."""
        return any(payment.status == Payment.Status.PENDING for payment in self.payments)

    @property
    def due_now(self) -> int:
        """Products are paid whole; with lessons, what is asked for."""
        if not self.lessons:
            return self.still_open
        return max(min(self.request.amount, self.left) if self.request else self.left, 0)

    @property
    def held_until(self) -> dt.datetime | None:
        """None: whenever, or nothing is asked for any more."""
        return self.request.expires_at if self.request else None

    def hold_is_short(self, policies: CoursePolicies) -> bool:
        """It was made for a card, under these policies: it is to be paid at once, and in no other way."""
        since = self.request.created_at if self.request else self.order.created_at
        return is_for_card(self.held_until, since=since, policies=policies)

    @property
    def last_payment(self) -> Payment | None:
        return self.payments[-1] if self.payments else None

    @property
    def total(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def taxes(self) -> dict[int, int]:
        """By rate, in hundredths of a percent."""
        return sum_by_rate((line.tax_rate, line.tax) for line in self.lines)


def of_products(orders: SchoolRows[Order]) -> SchoolRows[Order]:
    """Those of them that are for products."""
    lines = ProductLine.objects.filter(school_id=OuterRef("school_id"), order_id=OuterRef("id"))
    return orders.filter(Exists(lines))


def product_orders_of(orders: Sequence[Order]) -> list[ProductOrderSummary]:
    """In five queries, whatever their number."""
    if not orders:
        return []
    own = {"school_id": orders[0].school_id, "order_id__in": [one.pk for one in orders]}
    lines: dict[UUID, list[ProductLine]] = {one.pk: [] for one in orders}
    rows = ProductLine.objects.filter(**own).select_related("product", "student__person")
    for line in rows.order_by("id"):
        lines[line.order_id].append(line)
    lessons: dict[UUID, list[OrderLine]] = {one.pk: [] for one in orders}
    seats = OrderLine.objects.filter(**own).select_related("booking__student__person", "booking__session__course")
    for seat in seats.order_by("id"):
        lessons[seat.order_id].append(seat)
    left, _open_lines = left_to_pay(lessons, orders[0].school_id)
    requests: dict[UUID, PaymentRequest] = {}
    for request in PaymentRequest.objects.filter(status=PaymentRequest.Status.PENDING, **own).order_by("-id"):
        requests[request.order_id] = request
    payments: dict[UUID, list[Payment]] = {one.pk: [] for one in orders}
    for payment in Payment.objects.filter(**own).order_by("id"):
        payments[payment.order_id].append(payment)
    return [
        ProductOrderSummary(
            one, lines[one.pk], lessons[one.pk], left.get(one.pk, 0), requests.get(one.pk), payments[one.pk]
        )
        for one in orders
    ]


def products_to_hand_over(school: School) -> SchoolRows[ProductLine]:
    """What is paid and waits to be fetched or sent, the longest first."""
    rows = ProductLine.objects.of(school).filter(status=ProductLine.Status.PAID)
    return rows.select_related("product", "student__person", "order").order_by("id")
