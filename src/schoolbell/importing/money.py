"""The money of imported bookings: order, line, request, payments, ledger."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from schoolbell.billing.gateways.credit import Credit
from schoolbell.billing.gateways.desk import Desk
from schoolbell.billing.ledger import CLIENT, CREDIT, SALES, TAX, WAIVED
from schoolbell.billing.models import Allocation, LedgerEntry, Order, OrderLine, Payment, PaymentRequest, ProductLine
from schoolbell.bookings.models import PaymentStatus
from schoolbell.importing.among import among, among_texts
from schoolbell.importing.bookings_on_file import ENDED, Money, Paid
from schoolbell.importing.things import Thing
from schoolbell.importing.writing import Writing
from schoolbell.kit.ids import new_id, new_reference
from schoolbell.kit.time import now
from schoolbell.pricing.price import tax_within
from schoolbell.schools.models import School


class References:
    """New references of one table, none of which is on file."""

    def __init__(self, model: Any, school: School, wanted: int, *, taken: Iterable[str] = ()) -> None:
        self._left: list[str] = []
        used = set(taken)
        while len(self._left) < wanted:
            made = {new_reference() for _number in range(wanted - len(self._left))} - used
            made -= set(
                model.objects.of(school).filter(among_texts("reference", made)).values_list("reference", flat=True)
            )
            used |= made
            self._left.extend(made)

    def next(self) -> str:
        return self._left.pop()


class Till:
    """Writes what was sold and what came in."""

    def __init__(self, writing: Writing, wanted: int) -> None:
        self.writing = writing
        self._orders = References(Order, writing.school, wanted)
        self._requests = References(PaymentRequest, writing.school, wanted)

    def sell(self, booking: Thing, *, tax_rate: int) -> str:
        """The order of a new booking, with all that was paid for it. Its payment status."""
        price, client_id = booking.now("price"), booking.now("client_id")
        money = Money(order_id=new_id(), line_id=new_id())
        add = self.writing.add
        add(Order, id=money.order_id, client_id=client_id, reference=self._orders.next(), total=price)
        add(
            OrderLine,
            id=money.line_id,
            order_id=money.order_id,
            booking_id=booking.id,
            list_price=price,
            total=price,
            tax=tax_within(price, tax_rate),
            tax_rate=tax_rate,
        )
        self._ask(booking, money)
        self.owe(booking, sold_for(booking), tax_rate=tax_rate)
        self._move(WAIVED, CLIENT, booking.now("waived"), booking, booking_id=booking.id)
        return self.receive(booking, money, booking.now("paid"))

    def _ask(self, booking: Thing, money: Money) -> None:
        """What was asked for: the whole price save what was waived, or of a pending booking what confirms it."""
        status, price = booking.now("status"), booking.now("price")
        paid = booking.now("paid")
        due = booking.values.get("due_to_confirm") if status == "pending" else None
        amount = due or price - booking.now("waived")
        if not amount:
            return
        met = sum(one.amount for one in paid) >= amount
        self.writing.add(
            PaymentRequest,
            order_id=money.order_id,
            kind=PaymentRequest.Kind.DEPOSIT if due and due < price else PaymentRequest.Kind.FULL,
            reference=self._requests.next(),
            amount=amount,
            status="confirmed" if met else "expired" if status in ENDED else "pending",
            expires_at=booking.now("held_until") if status == "pending" else None,
            matched_at=paid[-1].at if met else None,
        )

    def owe(self, booking: Thing, amount: int, *, tax_rate: int) -> None:
        """The client owes so much more; less, where it is below nothing."""
        event, tax = new_id(), tax_within(abs(amount), tax_rate)
        for account, part in ((SALES, abs(amount) - tax), (TAX, tax)):
            debit, credit = (CLIENT, account) if amount > 0 else (account, CLIENT)
            self._move(debit, credit, part, booking, booking_id=booking.id, event=event)

    def receive(self, booking: Thing, money: Money, payments: Iterable[Paid]) -> str:
        """Money came in, or was in credit. It pays for the booking, save what was waived; what is more is credit. The
        payment status."""
        client_id, owed = booking.now("client_id"), booking.now("price") - booking.now("waived")
        for paid in payments:
            payment_id, is_credit = new_id(), paid.method in Credit.methods
            if is_credit:  # it leaves what the client has before it comes in for this
                self._move(CLIENT, CREDIT, paid.amount, booking)
                self.writing.used_credit[client_id] = self.writing.line
            self.writing.add(
                Payment,
                id=payment_id,
                client_id=client_id,
                order_id=money.order_id,
                gateway=Credit.name if is_credit else Desk.name,
                method=paid.method,
                amount=paid.amount,
                status=Payment.Status.SUCCEEDED,
                succeeded_at=paid.at,
            )
            self._move(paid.method, CLIENT, paid.amount, booking, payment_id=payment_id)
            self.writing.record("payment.succeeded", payment_id, client_id=client_id, new={"amount": paid.amount})
            share = min(paid.amount, owed - money.allocated)
            if share:
                money.allocated += share
                self.writing.add(
                    Allocation,
                    payment_id=payment_id,
                    line_id=money.line_id,
                    student_id=booking.values["student_id"],
                    amount=share,
                )
        if money.allocated >= owed:
            return PaymentStatus.PAID
        return PaymentStatus.DEPOSIT_PAID if money.allocated else PaymentStatus.PENDING

    def _move(
        self,
        debit: str,
        credit: str,
        amount: int,
        booking: Thing,
        *,
        booking_id: UUID | None = None,
        payment_id: UUID | None = None,
        event: UUID | None = None,
    ) -> None:
        if amount:
            self.writing.add(
                LedgerEntry,
                transaction_id=event or new_id(),
                debit=debit,
                credit=credit,
                amount=amount,
                client_id=booking.now("client_id"),
                booking_id=booking_id,
                payment_id=payment_id,
            )

    def settle_requests(self, received: dict[UUID, int], ended: set[UUID]) -> None:
        """Of these orders: what is met by all that came in is confirmed, in order; what has ended asks for no more, but
        for products that are in the order too."""
        orders = {*received, *ended}
        products = self._products_of(orders)
        left = {order_id: amount + products.get((order_id, "paid"), 0) for order_id, amount in received.items()}
        for row_id, order_id, amount, status in (
            PaymentRequest.objects.of(self.writing.school)
            .filter(among("order_id", orders))
            .order_by("id")
            .values_list("id", "order_id", "amount", "status")
        ):
            left[order_id] = left.get(order_id, 0) - amount
            if status != PaymentRequest.Status.PENDING:
                continue
            if order_id in ended and (order_id, "ordered") in products:
                self.writing.change(PaymentRequest, row_id, amount=products[order_id, "ordered"])
            elif order_id in ended:
                self.writing.change(PaymentRequest, row_id, status="expired", matched_at=None)
            elif left[order_id] >= 0:
                self.writing.change(PaymentRequest, row_id, status="confirmed", matched_at=now())

    def _products_of(self, orders: Iterable[UUID]) -> dict[tuple[UUID, str], int]:
        """What those in each order cost that are not paid yet (`ordered`), or are (`paid`)."""
        sums: dict[tuple[UUID, str], int] = {}
        lines = ProductLine.objects.of(self.writing.school).filter(among("order_id", orders))
        for order_id, status, total in lines.exclude(status="cancelled").values_list("order_id", "status", "total"):
            kind = "ordered" if status == "ordered" else "paid"
            sums[order_id, kind] = sums.get((order_id, kind), 0) + total
        return sums


def sold_for(booking: Thing) -> int:
    """What the client owes for it: the price once it is confirmed, what is kept of it once it is cancelled."""
    status = booking.now("status")
    return int(booking.now("kept") if status in ENDED else 0 if status == "pending" else booking.now("price"))


def owed_percent(booking: Thing) -> int:
    """Of the price, how much the client of an ended booking need not bear."""
    price, kept = booking.now("price"), booking.now("kept")
    return 100 - round(100 * kept / price) if price else 100
