"""Products in orders of lessons, as rows: ordered with them, paid with them, handed over when they begin."""

import datetime as dt
from uuid import UUID

from schoolbell.billing.models import Allocation, LedgerEntry, ProductLine
from schoolbell.demo.booking_rows import SETTLED_AFTER
from schoolbell.demo.dice import Dice
from schoolbell.demo.plan import Ending, PlannedOrder, PlannedProduct
from schoolbell.demo.sheets import Sheets
from schoolbell.journal.models import Record


class BesideRows:
    """Writes the products of an order of lessons as the actions would have."""

    def __init__(self, sheets: Sheets, dice: Dice, now: dt.datetime) -> None:
        self._sheets, self._dice, self._now = sheets, dice, now

    def write(self, order_id: UUID, order: PlannedOrder) -> dict[UUID, PlannedProduct]:
        """The lines, by their ids."""
        return {self._line(order_id, order, one): one for one in order.products}

    def _line(self, order_id: UUID, order: PlannedOrder, one: PlannedProduct) -> UUID:
        first = order.bookings[0]
        fell = first.ending == Ending.EXPIRED and first.ended_at is not None and order.paid_at is None
        handed = first.starts_at if order.paid_at and first.starts_at < self._now and not first.has_ended else None
        cancelled_at = first.ended_at + SETTLED_AFTER if fell and first.ended_at else None
        line_id = self._sheets.add(
            ProductLine,
            order.placed_at,
            order_id=order_id,
            product_id=one.product_id,
            student_id=one.learner.id,
            quantity=one.quantity,
            unit_price=one.each.total,
            total=one.price.total,
            tax=one.price.tax,
            tax_rate=one.price.tax_rate,
            status="cancelled" if fell else "handed_over" if handed else "paid" if order.paid_at else "ordered",
            handed_over_at=handed,
            cancelled_at=cancelled_at,
        )
        role = "admin" if order.by_office else "client"
        for name, at, by in (
            ("ordered", order.placed_at, role),
            ("sold", order.paid_at, role),
            ("handed_over", handed, "admin"),
            ("cancelled", cancelled_at, "system"),
        ):
            if at:
                self._record(f"product.{name}", at, line_id, order, one, by)
        return line_id

    def _record(
        self, name: str, at: dt.datetime, line_id: UUID, order: PlannedOrder, one: PlannedProduct, role: str
    ) -> None:
        self._sheets.add(
            Record,
            at,
            name=name,
            subject_id=line_id,
            student_id=one.learner.id,
            client_id=order.client_id,
            role=role,
        )

    def sell(self, lines: dict[UUID, PlannedProduct], payment_id: UUID, at: dt.datetime, *, client_id: UUID) -> None:
        """The payment pays for all of them."""
        for line_id, one in lines.items():
            self._sheets.add(
                Allocation,
                at,
                payment_id=payment_id,
                product_line_id=line_id,
                student_id=one.learner.id,
                amount=one.price.total,
            )
            event = self._dice.new_id(at)
            for account, amount in (("sales", one.price.net), ("tax", one.price.tax)):
                if amount:
                    self._sheets.add(
                        LedgerEntry,
                        at,
                        transaction_id=event,
                        debit="client",
                        credit=account,
                        amount=amount,
                        client_id=client_id,
                        product_line_id=line_id,
                    )
