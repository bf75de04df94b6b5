"""An order of one lesson as it will be: known before anything is written, then written with the seat."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from schoolbell.billing.models import PaymentRequest, ProductLine
from schoolbell.billing.requests import Terms
from schoolbell.billing.wishes import total_of
from schoolbell.bookings.seats import Seat
from schoolbell.kit.database.statements import Part
from schoolbell.kit.ids import new_id
from schoolbell.schools.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of a purchase. Everything in it is known before anything is written."""

    seat: Seat
    terms: Terms
    currency: str
    order_id: UUID
    request_id: UUID
    joins: bool = False  # an order that is there; else it makes its own
    product_lines: Sequence[ProductLine] = ()
    products_until: dt.datetime | None = None  # until when these wait, where nothing is asked for the lesson

    @property
    def request_reference(self) -> str:
        """What is asked for with an order goes by the order's own reference."""
        return self.seat.reference

    @property
    def total(self) -> int:
        return self.terms.price.total + total_of(self.product_lines)

    @property
    def ask(self) -> PaymentRequest.Kind | None:
        """None: nothing is to be paid."""
        return self.terms.ask or (PaymentRequest.Kind.FULL if self.product_lines else None)

    @property
    def due_now(self) -> int:
        """What is asked for with the order: of the lesson what its terms say, and the products whole."""
        return (self.terms.price.due_now if self.terms.ask else 0) + total_of(self.product_lines)

    @property
    def asked_until(self) -> dt.datetime | None:
        return self.seat.hold_expires_at if self.terms.ask else self.products_until


def order_part(placed: Placed, *, by: Actor) -> Part:
    """What is written of the order in the statement that takes the seat: all but its products."""
    price = placed.terms.price
    is_new = not placed.joins
    values: dict[str, Any] = {
        "order_id": placed.order_id,
        "line_id": new_id(),
        "placed_from": by.ip if by.role == Role.GUEST else None,
        "list_price": price.list_price,
        "discount": price.discount,
        "order_total": placed.total,
        "total": price.total,
        "tax": price.tax,
        "tax_rate": price.tax_rate,
    }
    sql = (_ORDER_SQL if is_new else "") + _LINE_SQL
    if placed.terms.ask is not None and placed.seat.hold_expires_at is None:
        values |= {"event_id": new_id(), "sale_ids": [new_id(), new_id()], "net": price.net}
        sql += _SALE_SQL
    if is_new and placed.ask is not None:
        sql += _REQUEST_SQL
        values |= {
            "request_id": placed.request_id,
            "request_kind": placed.ask.value,
            "request_reference": placed.request_reference,
            "due_now": placed.due_now,
            "asked_until": placed.asked_until,
        }
    return Part(sql, values)


_ORDER_SQL = """
    ordered AS (
        INSERT INTO billing_order (id, school_id, client_id, reference, total, placed_from)
        SELECT %(order_id)s, %(school_id)s, %(client_id)s, %(reference)s, %(order_total)s, %(placed_from)s
        FROM booked
    ),"""
_LINE_SQL = """
    lined AS (
        INSERT INTO billing_orderline (id, school_id, order_id, booking_id, list_price, discount, total, tax, tax_rate)
        SELECT %(line_id)s, %(school_id)s, %(order_id)s, booked.id, %(list_price)s, %(discount)s, %(total)s, %(tax)s,
               %(tax_rate)s
        FROM booked
    )"""
_REQUEST_SQL = """,
    requested AS (
        INSERT INTO billing_paymentrequest (id, school_id, order_id, kind, reference, amount, status, expires_at)
        SELECT %(request_id)s, %(school_id)s, %(order_id)s, %(request_kind)s, %(request_reference)s, %(due_now)s,
               'pending', %(asked_until)s
        FROM booked
    )"""
# Confirmed at once, so owed at once; as `sales.book_sale` writes it.
_SALE_SQL = """,
    sold AS (
        INSERT INTO billing_ledgerentry (id, school_id, transaction_id, debit, credit, amount, client_id, booking_id)
        SELECT (%(sale_ids)s::uuid[])[sale.place], %(school_id)s, %(event_id)s, 'client', sale.account, sale.amount,
               %(client_id)s, booked.id
        FROM booked, (VALUES (1, 'sales', %(net)s::int), (2, 'tax', %(tax)s::int)) AS sale(place, account, amount)
        WHERE sale.amount > 0
    )"""
