"""What schools sell beside their courses, and what was bought of it, alone and with lessons."""

import datetime as dt
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from schoolbell.billing.models import Allocation, LedgerEntry, Order, Payment, PaymentRequest, ProductLine
from schoolbell.catalogue.models import Product
from schoolbell.demo.dice import Dice
from schoolbell.demo.plan import Ending, Learner, PlannedOrder, PlannedProduct
from schoolbell.demo.sheets import Sheets
from schoolbell.journal.models import Record
from schoolbell.pricing.price import Price, priced

# Name, price, hundredths of a percent of tax, description.
PRODUCTS: Final = (
    ("Sketching set", 165_000, 1200, "Three pencils, two pens, a sketchbook of eighty pages."),
    ("Clay to take home", 90_000, 1800, "Five kilos of stoneware and a wire to cut it."),
    ("Block printing kit", 240_000, 1200, "Four carved blocks, two inks, two metres of cotton."),
    ("Spice box of the coast", 120_000, 500, "Nine spices and the recipes of the course."),
    ("Spreadsheet workbook", 45_000, 0, "Forty exercises with their solutions, on paper."),
    ("Kannada phrase cards", 35_000, 0, "Two hundred cards, sorted by where you are."),
)
WANTED: Final = (5, 4, 3, 3, 2, 2)  # how much each is asked for
FIRST_AID: Final = (
    ("Pocket manual", 899, 0, "Every step of the course on eighty pages, waterproof."),
    ("Workplace first-aid kit", 2499, 2000, "For up to twenty people, to British Standard."),
    ("Face shield on a key ring", 350, 2000, "For the day on which it counts."),
)
ORDERS: Final = 49
WITH_LESSONS: Final = 14  # orders of lessons with something to take home
GUESTS: Final = 8  # bought a product and nothing else
DAYS: Final = 180
WAITING: Final = 6  # the last of them lie ready, or are not paid yet


class ProductRows:
    """Writes products and their orders as the actions would have."""

    def __init__(
        self,
        sheets: Sheets,
        dice: Dice,
        *,
        opened_at: dt.datetime,
        now: dt.datetime,
        products: Sequence[tuple[str, int, int, str]] = PRODUCTS,
    ) -> None:
        self._sheets, self._dice, self._now = sheets, dice, now
        self._products = [
            (self._product(values, opened_at), priced(values[1], tax_rate=values[2], due_now=0)) for values in products
        ]

    def _product(self, values: tuple[str, int, int, str], at: dt.datetime) -> UUID:
        name, price, tax_rate, description = values
        added = self._sheets.add(Product, at, name=name, price=price, tax_rate=tax_rate, description=description)
        self._sheets.add(Record, at, name="product.added", subject_id=added, role="owner", new={"price": price})
        return added

    def sell(self, buyers: Sequence[Learner], *, orders: int = ORDERS) -> None:
        """Half a year of it: most is paid and handed over, some waits, some was given up."""
        for number in range(orders):
            at = self._now - dt.timedelta(days=DAYS * (1 - number / orders), hours=self._dice.randint(0, 9))
            there = [buyer for buyer in buyers if buyer.joined_at < at]
            if there:
                self._order(self._dice.choice(there), at, waits=number >= orders - WAITING)

    def sell_to(self, buyer: Learner) -> None:
        """One that they have, one that lies ready, one that they have not paid yet."""
        for weeks, status in ((9, "handed_over"), (2, "paid"), (0.2, "ordered")):
            at = self._now - dt.timedelta(weeks=weeks)
            if buyer.joined_at < at:
                self._order(buyer, at, waits=True, status=status)

    def sell_with_lessons(self, orders: Sequence[PlannedOrder], number: int) -> None:
        """Ticked on the booking form, by so many: the latest of each kind, and others."""
        fit = [one for one in orders if one.paid_at or one.bookings[0].ending in (Ending.HELD, Ending.EXPIRED)]
        fit.sort(key=lambda one: one.placed_at)
        held = [one for one in fit if one.bookings[0].ending == Ending.HELD]
        others = [one for one in fit if one.bookings[0].ending != Ending.HELD]
        chosen = [*held[-2:], *others[-3:], *self._dice.sample(others[:-3], k=min(number, len(others[:-3])))]
        for order in chosen[:number]:
            product_id, each = self._dice.choices(self._products, WANTED[: len(self._products)])[0]
            quantity = 1 if len(order.bookings) == 1 else len(order.bookings)
            order.products.append(PlannedProduct(product_id, each, quantity, order.bookings[0].learner))

    def sell_to_guests(self, guests: Sequence[Learner]) -> None:
        """Bought from the school's page by people who are not signed in, and paid by card at once."""
        for guest in guests:
            self._order(guest, guest.joined_at, waits=True, is_guest=True)

    def _order(self, buyer: Learner, at: dt.datetime, *, waits: bool, is_guest: bool = False, status: str = "") -> None:
        product_id, each = self._dice.choices(self._products, WANTED)[0]
        quantity = self._dice.choices((1, 2), (4, 1))[0]
        price = priced(each.total * quantity, tax_rate=each.tax_rate, due_now=0)
        status = status or (self._dice.choices(("ordered", "paid"), (2, 3))[0] if waits else "handed_over")
        if not waits and self._dice.happens(0.08):
            status = "cancelled"
        if is_guest:
            status = "paid" if at > self._now - dt.timedelta(days=5) else "handed_over"
        paid = status in ("paid", "handed_over")
        client_id, reference = buyer.payer.id, self._dice.new_reference()
        placed_from = "203.0.113.24" if is_guest else None
        order_id = self._sheets.add(
            Order, at, client_id=client_id, reference=reference, total=price.total, placed_from=placed_from
        )
        line_id = self._sheets.add(
            ProductLine,
            at,
            order_id=order_id,
            product_id=product_id,
            student_id=buyer.id,
            quantity=quantity,
            unit_price=each.total,
            total=price.total,
            tax=price.tax,
            tax_rate=price.tax_rate,
            status=status,
            handed_over_at=at if status == "handed_over" else None,
            cancelled_at=at if status == "cancelled" else None,
        )
        self._sheets.add(
            PaymentRequest,
            at,
            order_id=order_id,
            kind="full",
            reference=self._dice.new_reference(),
            amount=price.total,
            status="confirmed" if paid else "expired" if status == "cancelled" else "pending",
            expires_at=None,
            matched_at=at if paid else None,
        )
        self._record("product.ordered", line_id, buyer, at)
        if paid:
            self._pay(order_id, line_id, buyer, price, at, is_guest=is_guest)
            self._record("product.sold", line_id, buyer, at)
        if status in ("handed_over", "cancelled"):
            self._record(f"product.{status}", line_id, buyer, at)

    def _pay(
        self, order_id: UUID, line_id: UUID, buyer: Learner, price: Price, at: dt.datetime, *, is_guest: bool
    ) -> None:
        client_id, method = buyer.payer.id, "card" if is_guest else self._dice.choice(("cash", "card", "transfer"))
        payment_id = self._sheets.add(
            Payment,
            at,
            client_id=client_id,
            order_id=order_id,
            gateway="demo" if is_guest else "desk",
            method=method,
            amount=price.total,
            status="succeeded",
            succeeded_at=at,
        )
        self._sheets.add(
            Allocation, at, payment_id=payment_id, product_line_id=line_id, student_id=buyer.id, amount=price.total
        )
        movements: tuple[tuple[str, str, int, dict[str, UUID]], ...] = (
            (method, "client", price.total, {"payment_id": payment_id}),
            ("client", "sales", price.net, {"product_line_id": line_id}),
            ("client", "tax", price.tax, {"product_line_id": line_id}),
        )
        came_in, sold = self._dice.new_id(at), self._dice.new_id(at)
        for debit, credit, amount, of in movements:
            if amount:
                event = came_in if "payment_id" in of else sold
                entry = {"debit": debit, "credit": credit, "amount": amount, "client_id": client_id} | of
                self._sheets.add(LedgerEntry, at, transaction_id=event, **entry)

    def _record(self, name: str, line_id: UUID, buyer: Learner, at: dt.datetime) -> None:
        self._sheets.add(
            Record,
            at,
            name=name,
            subject_id=line_id,
            student_id=buyer.id,
            client_id=buyer.payer.id,
            role="admin",
        )
