"""From planned orders to rows: the order and its lines, what was asked for, what came in, and the ledger."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from schoolbell.billing.models import Allocation, LedgerEntry, Order, OrderLine, Payment, PaymentRequest
from schoolbell.demo.beside_rows import BesideRows
from schoolbell.demo.booking_rows import SETTLED_AFTER, Standing, standing, write_booking
from schoolbell.demo.dice import Dice
from schoolbell.demo.plan import PlannedBooking, PlannedOrder, PlannedProduct
from schoolbell.demo.sheets import Sheets
from schoolbell.journal.models import Record
from schoolbell.pricing.price import Price, half_up, priced, tax_within
from schoolbell.schools.policies import ConfirmOn


@dataclass(frozen=True, slots=True)
class _Line:
    id: UUID
    booking_id: UUID
    booking: PlannedBooking
    price: Price
    stands: Standing


class OrderRows:
    """Writes orders as the actions would have."""

    def __init__(self, sheets: Sheets, dice: Dice, now: dt.datetime) -> None:
        self._sheets = sheets
        self._dice = dice
        self._now = now
        self._beside = BesideRows(sheets, dice, now)

    def write(self, order: PlannedOrder) -> None:
        sheets, at = self._sheets, order.placed_at
        of_products = sum(one.price.total for one in order.products)
        total = sum(booking.price for booking in order.bookings) + of_products
        order_id = sheets.add(Order, at, client_id=order.client_id, reference=self._dice.new_reference(), total=total)
        lines = [self._write_line(order_id, booking, order) for booking in order.bookings]
        products = self._beside.write(order_id, order)
        if total:
            self._write_request(order_id, order, lines, of_products)
            self._write_payments(order_id, order, lines, products)
        for line in lines:
            self._write_sale(line, order)

    def _write_line(self, order_id: UUID, booking: PlannedBooking, order: PlannedOrder) -> _Line:
        course = booking.session.course
        confirm_on = booking.session.policies.confirm_on
        deposit = course.deposit if confirm_on == ConfirmOn.DEPOSIT and 0 < course.deposit < booking.price else 0
        price = priced(booking.price, tax_rate=course.tax_rate, due_now=deposit or booking.price)
        stands = standing(booking, order, now=self._now, at_once=confirm_on == ConfirmOn.BOOKING, deposit=deposit)
        booking_id = write_booking(booking, order, stands, self._sheets, self._dice.new_reference())
        line_id = self._sheets.add(
            OrderLine,
            order.placed_at,
            order_id=order_id,
            booking_id=booking_id,
            list_price=price.list_price,
            discount=price.discount,
            total=price.total,
            tax=price.tax,
            tax_rate=price.tax_rate,
        )
        return _Line(line_id, booking_id, booking, price, stands)

    def _write_request(self, order_id: UUID, order: PlannedOrder, lines: list[_Line], of_products: int) -> None:
        due = sum(line.price.due_now for line in lines)
        given_up = all(line.booking.has_ended for line in lines)
        at_once = lines[0].stands.confirmed_at == order.placed_at
        self._sheets.add(
            PaymentRequest,
            order.placed_at,
            order_id=order_id,
            kind="deposit" if due < sum(line.price.total for line in lines) else "full",
            reference=self._dice.new_reference(),
            amount=due + of_products,
            status="confirmed" if order.paid_at else "expired" if given_up else "pending",
            expires_at=None if at_once else order.hold_expires_at,
            matched_at=order.paid_at,
            updated_at=order.paid_at or max(line.booking.ended_at or order.placed_at for line in lines),
        )

    def _write_payments(
        self, order_id: UUID, order: PlannedOrder, lines: list[_Line], products: dict[UUID, PlannedProduct]
    ) -> None:
        due = {line.id: line.price.due_now for line in lines}
        asked = sum(due.values()) + sum(one.price.total for one in products.values())
        if order.declined_at:
            self._attempt(order_id, order, order.declined_at, asked, "failed", "The card was declined.")
        if order.abandoned_at:
            self._attempt(order_id, order, order.abandoned_at, asked, "started")
        if order.paid_at:
            paid = self._pay(order_id, order, order.method, order.paid_at, due, lines, asked)
            self._beside.sell(products, paid, order.paid_at, client_id=order.client_id)
        if order.balance_at:
            rest = {line.id: line.price.total - line.price.due_now for line in lines}
            self._pay(order_id, order, order.balance_method, order.balance_at, rest, lines, sum(rest.values()))

    def _attempt(
        self, order_id: UUID, order: PlannedOrder, at: dt.datetime, amount: int, status: str, reason: str = ""
    ) -> None:
        """A card payment that came to nothing."""
        payment_id = self._sheets.add(
            Payment,
            at,
            client_id=order.client_id,
            order_id=order_id,
            gateway="demo",
            method="card",
            amount=amount,
            status=status,
            failure_reason=reason,
        )
        self._record(f"payment.{status}", at, payment_id, order, "client", amount)

    def _pay(
        self,
        order_id: UUID,
        order: PlannedOrder,
        method: str,
        at: dt.datetime,
        shares: dict[UUID, int],
        lines: list[_Line],
        amount: int,
    ) -> UUID:
        """A payment that came in, shared out among the lines."""
        online = method == "card" and order.pay_with == "card"
        payment_id: UUID = self._sheets.add(
            Payment,
            at,
            client_id=order.client_id,
            order_id=order_id,
            gateway="demo" if online else "desk",
            method=method,
            amount=amount,
            status="succeeded",
            succeeded_at=at,
        )
        self._record("payment.succeeded", at, payment_id, order, "client" if online else "admin", amount)
        self._post(at, order.client_id, (method, "client", amount), payment_id=payment_id)
        for line in lines:
            if shares[line.id]:
                self._sheets.add(
                    Allocation,
                    at,
                    payment_id=payment_id,
                    line_id=line.id,
                    student_id=line.booking.learner.id,
                    amount=shares[line.id],
                )
        return payment_id

    def _record(
        self, name: str, at: dt.datetime, payment_id: UUID, order: PlannedOrder, role: str, amount: int
    ) -> None:
        self._sheets.add(
            Record,
            at,
            name=name,
            subject_id=payment_id,
            client_id=order.client_id,
            role=role,
            new={"amount": amount},
        )

    def _write_sale(self, line: _Line, order: PlannedOrder) -> None:
        """Sold when it was confirmed; taken back, as far as it is owed, when it ended."""
        price, sold_at, ended_at = line.price, line.stands.confirmed_at, line.booking.ended_at
        if sold_at is None:
            return
        sale = (("client", "sales", price.net), ("client", "tax", price.tax))
        self._post(sold_at, order.client_id, *sale, booking_id=line.booking_id)
        if ended_at:
            back = half_up(price.total * line.booking.owed_percent, 100)
            tax = tax_within(back, price.tax_rate)
            returned = (("sales", "client", back - tax), ("tax", "client", tax))
            self._post(ended_at + SETTLED_AFTER, order.client_id, *returned, booking_id=line.booking_id)

    def _post(
        self,
        at: dt.datetime,
        client_id: UUID,
        *movements: tuple[str, str, int],
        payment_id: UUID | None = None,
        booking_id: UUID | None = None,
    ) -> None:
        """Movements of one event: debit, credit, amount. Those of nothing are left out."""
        event = self._dice.new_id(at)
        for debit, credit, amount in movements:
            if amount:
                self._sheets.add(
                    LedgerEntry,
                    at,
                    transaction_id=event,
                    debit=debit,
                    credit=credit,
                    amount=amount,
                    client_id=client_id,
                    payment_id=payment_id,
                    booking_id=booking_id,
                )
