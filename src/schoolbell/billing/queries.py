"""Reads of money."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum

from schoolbell.billing.dues import is_waived
from schoolbell.billing.ledger import CLIENT, WAIVED
from schoolbell.billing.models import Allocation, LedgerEntry, Order, OrderLine, Payment, PaymentRequest, ProductLine
from schoolbell.bookings.models import Booking, PaymentStatus
from schoolbell.bookings.queries import bookings_seen_by
from schoolbell.bookings.search import is_unpaid
from schoolbell.kit.ids import WHOLE_REFERENCE, reference_in
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Client
from schoolbell.people.queries import people_matching
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows


@dataclass(frozen=True, slots=True)
class BookingMoney:
    """A booking's order, the reference that whoever ordered was given, what came in, and what was asked for last."""

    order_id: UUID | None = None
    reference: str = ""
    paid: int = 0
    request: PaymentRequest | None = None


def money_of(bookings: Sequence[Booking]) -> dict[UUID, BookingMoney]:
    """Per booking, three queries whatever their number."""
    if not bookings:
        return {}
    school_id = bookings[0].school_id
    lines = {
        line.booking_id: line
        for line in OrderLine.objects.filter(
            school_id=school_id, booking_id__in=[one.pk for one in bookings]
        ).select_related("order")
    }
    paid = dict(
        Allocation.objects.filter(school_id=school_id, line_id__in=[line.pk for line in lines.values()])
        .values("line_id")
        .annotate(paid=Sum("amount"))
        .values_list("line_id", "paid")
    )
    requests = {
        request.order_id: request
        for request in PaymentRequest.objects.filter(
            school_id=school_id, order_id__in=[line.order_id for line in lines.values()]
        ).order_by("id")
    }
    return {
        one.pk: BookingMoney(line.order_id, line.order.reference, paid.get(line.pk, 0), requests.get(line.order_id))
        if (line := lines.get(one.pk))
        else BookingMoney()
        for one in bookings
    }


def waived_among(bookings: Sequence[Booking]) -> set[UUID]:
    """Those of them that nobody pays anything for, as `dues.is_waived` has it. One query, where any may be."""
    settled = [one for one in bookings if is_waived(one, paid=0)]
    if not settled:
        return set()
    paid = Allocation.objects.filter(
        school_id=settled[0].school_id, line__booking_id__in=[one.pk for one in settled]
    ).values_list("line__booking_id", flat=True)
    return {one.pk for one in settled} - set(paid)


def waived_in(rows: SchoolRows[Booking]) -> SchoolRows[Booking]:
    """The same of any number of bookings."""
    return rows.filter(~_has_payment(), payment_status=PaymentStatus.PAID, price__gt=0)


def not_waived_in(rows: SchoolRows[Booking]) -> SchoolRows[Booking]:
    """The others: what is settled has its money, or never cost any."""
    return rows.filter(~Q(payment_status=PaymentStatus.PAID) | Q(price=0) | _has_payment())


def _has_payment() -> Exists:
    own = {"school_id": OuterRef("school_id"), "line__booking_id": OuterRef("id")}
    return Exists(Allocation.objects.filter(**own))


def orders_under(text: str, *, school: School) -> list[UUID]:
    """Those that go by this reference, or one that this is a part of, or for which money is asked for under it."""
    reference = reference_in(text)
    if not reference:
        return []
    is_it = Q(reference=reference) if len(reference) == WHOLE_REFERENCE else Q(reference__contains=reference)
    asked = PaymentRequest.objects.of(school).filter(is_it).values_list("order_id", flat=True)
    return list(Order.objects.of(school).filter(is_it).values_list("id", flat=True).union(asked))


def bookings_ordered_under(text: str, *, school: School) -> list[UUID]:
    """The bookings of `orders_under` this reference."""
    orders = orders_under(text, school=school)
    lines = OrderLine.objects.of(school).filter(order_id__in=orders)
    return list(lines.values_list("booking_id", flat=True)) if orders else []


def lines_waiting(school: School, text: str = "") -> SchoolRows[ProductLine]:
    """Products that are to be paid or to be fetched; those of `orders_under` this reference, or of whoever goes by that
    name, as student or as client."""
    rows = ProductLine.objects.of(school).filter(status__in=(ProductLine.Status.ORDERED, ProductLine.Status.PAID))
    if not text:
        return rows
    people = people_matching(school, text).values("id")
    whose = Q(student__person_id__in=people) | Q(order__client__person_id__in=people)
    return rows.filter(whose | Q(order_id__in=orders_under(text, school=school)))


def references_of(order: Order) -> list[str]:
    """What a payment for it names: its own reference, and that of each amount that is asked for under another."""
    asked = PaymentRequest.objects.filter(
        school_id=order.school_id, order_id=order.pk, status=PaymentRequest.Status.PENDING
    ).order_by("id")
    return list(dict.fromkeys([order.reference, *asked.values_list("reference", flat=True)]))


def orders_seen_by(actor: Actor, school: School) -> SchoolRows[Order]:
    """Staff see all; a client their own; a student those of their bookings; a guest the one they have the key of."""
    rows = Order.objects.of(school)
    if actor.is_staff:
        return rows
    if actor.order_id:
        return rows.filter(id=actor.order_id)
    if actor.role == Role.CLIENT:
        return rows.filter(client__person_id=actor.me)
    if actor.role == Role.STUDENT:
        own = OrderLine.objects.of(school).filter(booking_id__in=bookings_seen_by(actor, school).values("id"))
        return rows.filter(id__in=own.values("order_id"))
    return rows.none()


def bookings_reached_by(actor: Actor, school: School) -> SchoolRows[Booking]:
    """Those that they see, and for a guest those of the order that they have the key of."""
    if actor.order_id:
        lines = OrderLine.objects.of(school).filter(order_id=actor.order_id)
        return Booking.objects.of(school).filter(id__in=lines.values("booking_id"))
    return bookings_seen_by(actor, school)


def payments_seen_by(actor: Actor, school: School) -> SchoolRows[Payment]:
    """Whoever sees the order sees its payments."""
    rows = Payment.objects.of(school)
    return rows if actor.is_staff else rows.filter(order_id__in=orders_seen_by(actor, school).values("id"))


def received(school: School, *within: Stretch) -> list[int]:
    """For each of these stretches of time, what came in during it, in minor units."""
    rows = Payment.objects.of(school).filter(
        status=Payment.Status.SUCCEEDED,
        succeeded_at__gte=min(one.starts_at for one in within),
        succeeded_at__lt=max(one.ends_at for one in within),
    )
    sums = {
        f"sum_{number}": Sum(
            "amount", filter=Q(succeeded_at__gte=one.starts_at, succeeded_at__lt=one.ends_at), default=0
        )
        for number, one in enumerate(within)
    }
    found = rows.aggregate(**sums)
    return [int(found[name]) for name in sums]


def balances_of(clients: Sequence[Client]) -> dict[UUID, int]:
    """Per client, what they have with the school; below nothing, what they owe. One query."""
    balances = {client.pk: 0 for client in clients}
    if clients:
        rows = LedgerEntry.objects.filter(school_id=clients[0].school_id, client_id__in=list(balances))
        sums = rows.values("client_id").annotate(
            credits=Sum("amount", filter=Q(credit=CLIENT), default=0),
            debits=Sum("amount", filter=Q(debit=CLIENT), default=0),
        )
        for row in sums:
            balances[row["client_id"]] = int(row["credits"] - row["debits"])
    return balances


@dataclass(frozen=True, slots=True)
class Account:
    """What a client has with the school. `balance` is the ledger's: below nothing, what they owe. `open` is still to
    come for what is confirmed, `held` for seats that are only held."""

    balance: int
    open: int
    held: int

    @property
    def credit(self) -> int:
        """Of it what came in and pays for nothing: what was paid for a lesson that was cancelled, say."""
        return max(self.balance + self.open, 0)

    @property
    def besides(self) -> int:
        """Owed for what is no open booking: a late fee."""
        return max(-self.balance - self.open, 0)


def account_of(client: Client, *, school: School, balance: int) -> Account:
    """`balance` as of `balances_of`."""
    own = Booking.objects.filter(client_id=client.pk)
    pending = Q(status=Booking.Status.PENDING)
    return Account(
        balance,
        awaited(own.exclude(pending), school=school),
        awaited(own.filter(pending), school=school),
    )


def payments_of(order_ids: Sequence[UUID], *, school: School) -> list[Payment]:
    """Every attempt to pay for these orders, the first one first."""
    return list(Payment.objects.of(school).filter(order_id__in=list(order_ids)).order_by("id"))


def awaited(bookings: SchoolRows[Booking], *, school: School) -> int:
    """What is still to come for those of these bookings that live: prices, less what was waived and what was paid."""
    unpaid = bookings.filter(is_unpaid(), school_id=school.pk)
    price = unpaid.aggregate(sum=Sum("price", default=0))["sum"]
    if not price:
        return 0
    lines = OrderLine.objects.of(school).filter(booking_id__in=unpaid.values("id"))
    paid = Allocation.objects.of(school).filter(line_id__in=lines.values("id")).aggregate(sum=Sum("amount", default=0))
    about_waiving = Q(debit=WAIVED) | Q(credit=WAIVED)
    entries = LedgerEntry.objects.of(school).filter(about_waiving, booking_id__in=unpaid.values("id"))
    waived = entries.aggregate(
        debits=Sum("amount", filter=Q(debit=WAIVED), default=0),
        credits=Sum("amount", filter=Q(credit=WAIVED), default=0),
    )
    return int(price - paid["sum"] - waived["debits"] + waived["credits"])
