"""Bookings on file, with the money that was moved for them. Loaded for some sessions, or for all."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import QuerySet, Sum

from schoolbell.billing.ledger import CLIENT, WAIVED
from schoolbell.billing.models import Allocation, LedgerEntry, OrderLine, Payment
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.importing.among import among
from schoolbell.importing.things import Thing
from schoolbell.kit.time import now
from schoolbell.pricing.price import half_up
from schoolbell.schools.models import School

ENDED: Final = frozenset({"cancelled", "expired"})
BOOKING: Final = (
    "session_id", "student_id", "client_id", "reference", "status", "price", "due_to_confirm", "enrollment_id",
    "enrollment__type", "holds_seat", "hold_expires_at", "ended_at", "owed_percent", "settled_at",
    "settled_by", "payment_status", "notes",
)  # fmt: skip


def whole_second(moment: dt.datetime) -> dt.datetime:
    """As files tell it."""
    return moment.replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Paid:
    """`amount` of a payment that went to this booking."""

    amount: int
    method: str
    at: dt.datetime


@dataclass(slots=True)
class Money:
    """What was moved for one booking. `sold`: what its client owes for it, less what was given back."""

    order_id: UUID | None = None
    line_id: UUID | None = None
    paid: list[Paid] = field(default_factory=list)
    allocated: int = 0
    sold: int = 0
    waived: int = 0


@dataclass(slots=True)
class Booked:
    """Per session its bookings, the older first. Of each its seats: per slot the attendance; and its money."""

    of_session: dict[UUID, list[Thing]]
    seats: dict[UUID, dict[UUID, UUID]]
    money: dict[UUID, Money]


def load_bookings(school: School, rows: "QuerySet[Booking]") -> Booked:
    """Values of a booking: those of `BOOKING`, and as files say them `type`, `slots` (ids), `paid`, `waived`, `kept`,
    `keeps_seat`, `held_until`."""
    of_session: dict[UUID, list[Thing]] = {}
    things: dict[UUID, Thing] = {}
    for booking_id, *values in rows.order_by("id").values_list("id", *BOOKING):
        thing = Thing(booking_id, dict(zip(BOOKING, values, strict=True)))
        things[booking_id] = thing
        of_session.setdefault(thing.values["session_id"], []).append(thing)
    ids = list(things)
    seats: dict[UUID, dict[UUID, UUID]] = {booking_id: {} for booking_id in ids}
    for attendance_id, booking_id, slot_id in (
        Attendance.objects.of(school).filter(among("booking_id", ids)).values_list("id", "booking_id", "slot_id")
    ):
        seats[booking_id][slot_id] = attendance_id
    money = _money_of(school, ids)
    for thing in things.values():
        own, values_ = money[thing.id], thing.values
        ended = values_["status"] in ENDED
        values_ |= {
            "type": values_["enrollment__type"] or "",
            "slots": frozenset(seats[thing.id]),
            "paid": tuple(sorted(own.paid, key=lambda paid: (paid.at, paid.amount, paid.method))),
            "waived": own.waived,
            "kept": _kept(own, values_) if ended else 0,
            "keeps_seat": ended and values_["holds_seat"],
            "held_until": whole_second(values_["hold_expires_at"]) if values_["status"] == "pending" else None,
            "ended_at": whole_second(values_["ended_at"]) if ended and values_["ended_at"] else None,
        }
    return Booked(of_session, seats, money)


def _kept(money: Money, booking: dict[str, object]) -> int:
    """What the school keeps of an ended booking's price; where that is still to be settled, what it will keep."""
    owed = booking["owed_percent"]
    if booking["settled_by"] == Booking.SettledBy.ENROLLMENT:
        return half_up(int(str(booking["price"])) * (100 - int(str(owed or 0))), 100)
    if booking["settled_at"] or not isinstance(owed, int):
        return money.sold
    return money.sold - half_up((money.sold - money.waived) * owed, 100)


def _money_of(school: School, booking_ids: Iterable[UUID]) -> dict[UUID, Money]:
    money = {booking_id: Money() for booking_id in booking_ids}
    by_line: dict[UUID, Money] = {}
    orders: set[UUID] = set()
    for line_id, order_id, booking_id in (
        OrderLine.objects.of(school)
        .filter(among("booking_id", money))
        .order_by("id")
        .values_list("id", "order_id", "booking_id")
    ):
        own = money[booking_id]
        own.order_id, own.line_id = order_id, line_id
        by_line[line_id] = own
        orders.add(order_id)
    first_of_order = _first_lines(school, orders)
    payments = {
        payment[0]: payment
        for payment in Payment.objects.of(school)
        .filter(among("order_id", orders), status=Payment.Status.SUCCEEDED)
        .order_by("succeeded_at", "amount", "id")
        .values_list("id", "order_id", "amount", "method", "succeeded_at")
    }
    shares: dict[UUID, list[tuple[Money, int]]] = {}
    paid_for = _paid_for(school, payments)
    for payment_id, line_id, amount in (
        Allocation.objects.of(school)
        .filter(among("payment_id", payments))
        .values_list("payment_id", "line_id", "amount")
    ):
        if line_id in by_line:
            by_line[line_id].allocated += amount
            shares.setdefault(payment_id, []).append((by_line[line_id], amount))
    for payment_id, order_id, amount, method, at in payments.values():
        own_shares = shares.get(payment_id, [])
        left = amount - paid_for.get(payment_id, 0)
        # What pays for nothing (it came too late, or was too much) is told with the order's first booking, if that is
        # asked for.
        first = by_line.get(first_of_order[order_id])
        if left and first and not any(one is first for one, _share in own_shares):
            own_shares = [(first, 0), *own_shares]
        for one, share in own_shares:
            one.paid.append(Paid(share + (left if one is first else 0), method, whole_second(at or now())))
    for booking_id, debit, credit, amount in (
        LedgerEntry.objects.of(school)
        .filter(among("booking_id", money))
        .values_list("booking_id", "debit", "credit", "amount")
    ):
        if debit == WAIVED:
            money[booking_id].waived += amount
        elif CLIENT in (debit, credit):
            money[booking_id].sold += amount if debit == CLIENT else -amount
    return money


def _first_lines(school: School, order_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    rows = OrderLine.objects.of(school).filter(among("order_id", order_ids))
    return dict(rows.order_by("order_id", "id").distinct("order_id").values_list("order_id", "id"))


def _paid_for(school: School, payment_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How much of each payment pays for something: for these bookings, for others of the same order, or for products,
    of which no file has an order, so that none has that money."""
    rows = Allocation.objects.of(school).filter(among("payment_id", payment_ids))
    return dict(rows.values("payment_id").annotate(sum=Sum("amount")).values_list("payment_id", "sum"))
