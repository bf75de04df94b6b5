"""What of an amount pays for which line of an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from schoolbell.billing.dues import ENDED, open_for, paid_for
from schoolbell.billing.models import Order, OrderLine, ProductLine
from schoolbell.bookings.models import Booking


@dataclass(frozen=True, slots=True)
class Shares:
    """`products` are paid whole; `rest` pays for nothing here."""

    lessons: Sequence[tuple[OrderLine, int]]
    products: Sequence[ProductLine]
    rest: int


def shares_of(
    amount: int, order: Order, bookings: Mapping[UUID, Booking], product_lines: Sequence[ProductLine]
) -> Shares:
    """First what confirms each of the lessons, then the products, all of them or none, then what is left of the
    lessons, line after line."""
    lines = list(OrderLine.objects.filter(school_id=order.school_id, order_id=order.pk).order_by("id"))
    still_open = {line.pk: open_for(bookings[line.booking_id], line) for line in lines}
    to_confirm = {
        line.pk: 0
        if bookings[line.booking_id].status in ENDED
        else min(max(bookings[line.booking_id].due_to_confirm - paid_for(line), 0), still_open[line.pk])
        for line in lines
    }
    shares = dict.fromkeys(still_open, 0)

    def pay_lessons(wanted: Mapping[UUID, int]) -> None:
        nonlocal amount
        for line in lines:
            share = max(min(amount, wanted[line.pk] - shares[line.pk]), 0)
            shares[line.pk] += share
            amount -= share

    pay_lessons(to_confirm)
    ordered = [line for line in product_lines if line.status == ProductLine.Status.ORDERED]
    price = sum(line.total for line in ordered)
    products = ordered if price <= amount else []
    amount -= price if products else 0
    pay_lessons(still_open)
    return Shares([(line, shares[line.pk]) for line in lines if shares[line.pk]], products, amount)


def payable_part(order: Order, amount: int) -> int:
    """So much of the amount as the order could take now: what would pay for a part of its products is left out."""
    own = {"school_id": order.school_id}
    bookings = Booking.objects.filter(order_lines__order_id=order.pk, **own).in_bulk()
    products = list(ProductLine.objects.filter(order_id=order.pk, **own).order_by("id"))
    return amount - shares_of(amount, order, bookings, products).rest
