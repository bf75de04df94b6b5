"""What happened and what is to come, before any of it is a row."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from schoolbell.catalogue.models import Course
from schoolbell.kit.time import Stretch
from schoolbell.people.models import age_on
from schoolbell.pricing.price import Price, priced
from schoolbell.schools.policies import Policies


@dataclass(frozen=True, slots=True)
class Payer:
    """A client."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Learner:
    """A student, with whoever pays for them."""

    id: UUID
    diary_id: UUID
    payer: Payer
    birth_date: dt.date
    joined_at: dt.datetime

    def age_on(self, day: dt.date) -> int:
        return age_on(self.birth_date, day) or 0


@dataclass(frozen=True, slots=True)
class Teacher:
    """An instructor. `courses`: what they may teach, by name."""

    id: UUID
    diary_id: UUID
    name: str
    courses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A resource."""

    id: UUID
    diary_id: UUID
    name: str
    capacity: int


@dataclass(slots=True)
class PlannedSession:
    """A session, with its slots in order of time. `cancelled_at`: when the school took it off."""

    id: UUID
    course: Course
    policies: Policies
    slots: list[Stretch]
    slot_ids: list[UUID]
    staff: tuple[Teacher, ...]
    place: Place | None
    capacity: int
    announced_at: dt.datetime
    on_demand: bool = False
    is_trial: bool = False
    is_draft: bool = False
    choose_slots: bool = False
    cancelled_at: dt.datetime | None = None
    notes: str = ""
    series_id: UUID | None = None
    occurrence_on: dt.date | None = None
    bookings: list["PlannedBooking"] = field(default_factory=list)

    @property
    def starts_at(self) -> dt.datetime:
        return self.slots[0].starts_at

    @property
    def ends_at(self) -> dt.datetime:
        return self.slots[-1].ends_at

    @property
    def closed_at(self) -> dt.datetime | None:
        """When it was cancelled, by the school or with its only booking."""
        if self.cancelled_at or not self.bookings:
            return self.cancelled_at
        only = self.bookings[0]
        goes_with_it = self.on_demand or (self.capacity == 1 and only.holds_seat)
        return only.ended_at if goes_with_it else None

    @property
    def seats_left(self) -> int:
        """In the fullest slot."""
        return self.capacity - max(self.taken(index) for index in range(len(self.slots)))

    def taken(self, slot: int) -> int:
        return sum(slot in booking.slots and booking.holds_seat for booking in self.bookings)


class Ending(StrEnum):
    """What becomes of a booking."""

    KEPT = "kept"  # attended, or yet to come
    NO_SHOW = "no_show"
    EARLY = "early"  # cancelled by the client, free of charge
    LATE = "late"  # cancelled by the client, at a fee
    BY_SCHOOL = "by_school"  # cancelled by the school
    EXPIRED = "expired"  # never paid
    HELD = "held"  # to be paid still


@dataclass(slots=True)
class PlannedBooking:
    """A seat in these slots (by their place in the session). `ended_at`: when it was cancelled or expired."""

    session: PlannedSession
    learner: Learner
    price: int
    slots: tuple[int, ...]
    enrollment: str = ""
    ending: Ending = Ending.KEPT
    ended_at: dt.datetime | None = None

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None

    @property
    def holds_seat(self) -> bool:
        """Also when it was cancelled, where a seat is never sold again; but not when its session was taken off."""
        if not self.has_ended:
            return True
        sold_once = not self.session.policies.release_seat_on_cancel
        return sold_once and self.ending != Ending.EXPIRED and self.session.cancelled_at is None

    @property
    def starts_at(self) -> dt.datetime:
        return self.session.slots[self.slots[0]].starts_at

    @property
    def ends_at(self) -> dt.datetime:
        return self.session.slots[self.slots[-1]].ends_at

    @property
    def owed_percent(self) -> int:
        """Of the price, once it has ended."""
        if self.ending == Ending.LATE:
            return 100 - self.session.policies.late_fee_percent
        return 0 if self.ending == Ending.EXPIRED else 100


@dataclass(frozen=True, slots=True)
class PlannedProduct:
    """So many of a product, at what one costs, in an order of lessons."""

    product_id: UUID
    each: Price
    quantity: int
    learner: Learner

    @property
    def price(self) -> Price:
        return priced(self.each.total * self.quantity, tax_rate=self.each.tax_rate, due_now=0)


@dataclass(slots=True)
class PlannedOrder:
    """One act of buying. `paid_at`: what was asked for; `balance_at`: what a deposit had left open."""

    client_id: UUID
    placed_at: dt.datetime
    pay_with: str  # card, desk or transfer: how long it is held
    bookings: list[PlannedBooking]
    hold_expires_at: dt.datetime
    by_office: bool = False
    notes: str = ""  # for the school and whoever teaches
    method: str = "card"
    paid_at: dt.datetime | None = None
    balance_at: dt.datetime | None = None
    balance_method: str = "cash"
    declined_at: dt.datetime | None = None
    abandoned_at: dt.datetime | None = None
    products: list[PlannedProduct] = field(default_factory=list)
