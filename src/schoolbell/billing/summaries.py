"""An order as whoever placed it looks at it: for what, for whom, what came of it, and what is to be done."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from schoolbell.billing.dues import ENDED, open_amount
from schoolbell.billing.models import Order, OrderLine, Payment, PaymentRequest, ProductLine
from schoolbell.bookings.cancelling import may_cancel
from schoolbell.bookings.lessons import Lesson, lessons_by_booking
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor
from schoolbell.pricing.price import sum_by_rate
from schoolbell.schools.actor import Actor
from schoolbell.schools.policies import CoursePolicies, PayWith, Policies
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import staff_of

A_MOMENT: Final = dt.timedelta(minutes=1)  # an order is made a little before its hold begins


class Stage(StrEnum):
    """How far an order has come."""

    HELD = "held"  # waits for money, for as long as its hold runs
    CHECKING = "checking"  # somebody pays, and the bank has not answered
    ENDED = "ended"  # the hold ran out
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """`lines` with their booking, its student and session; `lessons` are their seats, one in each slot; `times` the
    slots of all of them, each once. `request`: what is asked for now. `products` are ordered beside, with their
    product and its student's person. Amounts are minor units; `still_open` counts what lives, `paid` all that came
    in."""

    order: Order
    lines: Sequence[OrderLine]
    lessons: Sequence[Lesson]
    times: Sequence[Stretch]
    staff: Sequence[Instructor]
    request: PaymentRequest | None
    payments: Sequence[Payment]
    still_open: int
    products: Sequence[ProductLine] = ()

    @property
    def bookings(self) -> list[Booking]:
        return [line.booking for line in self.lines]

    @property
    def living(self) -> list[Booking]:
        """Those that somebody may still come to."""
        return [one for one in self.bookings if one.status not in ENDED and not one.is_overdue(now())]

    def may_be_cancelled(self, *, by: Actor) -> bool:
        """All that is left of it, unless money is on its way: so whether to offer it."""
        is_settled = self.stage in (Stage.HELD, Stage.CONFIRMED)
        return is_settled and bool(self.living) and all(may_cancel(one, by=by) for one in self.living)

    @property
    def session(self) -> Session:
        """The first; most orders have one."""
        first: Session = self.lines[0].booking.session
        return first

    @property
    def course(self) -> Course:
        course: Course = self.session.course
        return course

    @property
    def agreed(self) -> Policies:
        """The policies under which it was ordered."""
        policies: Policies = self.course.policies_as_of(self.order.created_at)
        return policies

    @property
    def is_trial(self) -> bool:
        """A first lesson at its own price."""
        enrollments = (one.enrollment for one in self.bookings if one.enrollment)
        return self.session.type == Session.Type.TRIAL or any(one.type == Enrollment.Type.TRIAL for one in enrollments)

    @property
    def starts_at(self) -> dt.datetime:
        return self.times[0].starts_at

    @property
    def of_lessons(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def kept_products(self) -> list[ProductLine]:
        """Those that nobody gave up."""
        return [one for one in self.products if one.status != ProductLine.Status.CANCELLED]

    @property
    def outlives_its_lessons(self) -> bool:
        """The lessons were cancelled, and something that was ordered with them was not."""
        return self.stage == Stage.CANCELLED and bool(self.kept_products)

    @property
    def total(self) -> int:
        return self.of_lessons + sum(one.total for one in self.kept_products)

    @property
    def taxes(self) -> dict[int, int]:
        """By rate, in hundredths of a percent."""
        lessons = [(line.tax_rate, line.tax) for line in self.lines]
        return sum_by_rate([*lessons, *((one.tax_rate, one.tax) for one in self.kept_products)])

    @property
    def paid(self) -> int:
        return sum(payment.amount for payment in self.payments if payment.status == Payment.Status.SUCCEEDED)

    @property
    def due_now(self) -> int:
        """What is asked for at this moment; without a request, all that is open."""
        return min(self.request.amount, self.still_open) if self.request else max(self.still_open, 0)

    @property
    def due_later(self) -> int:
        """What is open and not asked for yet."""
        return max(self.still_open - self.due_now, 0)

    @property
    def held_until(self) -> dt.datetime | None:
        """When the first of its holds ends, or has ended."""
        ends = [one.hold_expires_at for one in self.bookings if one.status == "pending" and one.hold_expires_at]
        return min(ends, default=None)

    @property
    def hold_is_short(self) -> bool:
        """It was made for a card: it is to be paid at once, and in no other way."""
        return is_for_card(self.held_until, since=self.order.created_at, policies=self.agreed)

    @property
    def last_payment(self) -> Payment | None:
        return self.payments[-1] if self.payments else None

    @property
    def on_its_way(self) -> int:
        """What somebody pays, and the bank has not answered."""
        return sum(payment.amount for payment in self.payments if payment.status == Payment.Status.PENDING)

    @property
    def is_under_way(self) -> bool:
        """Somebody pays, and the bank has not answered."""
        return any(payment.status == Payment.Status.PENDING for payment in self.payments)

    @property
    def stage(self) -> Stage:
        living = self.living
        if not living:
            over = all(one.status == Booking.Status.EXPIRED or one.is_overdue(now()) for one in self.bookings)
            return Stage.ENDED if over else Stage.CANCELLED
        if self.is_under_way:
            return Stage.CHECKING
        return Stage.HELD if any(one.status == Booking.Status.PENDING for one in living) else Stage.CONFIRMED


def is_for_card(held_until: dt.datetime | None, *, since: dt.datetime, policies: CoursePolicies) -> bool:
    """Is what was ordered then held for as long as a card needs? Not where another way needs no longer."""
    minutes = policies.hold_minutes
    others = [way for way in policies.ways_to_pay if way != PayWith.CARD]
    if held_until is None or any(getattr(minutes, way) <= minutes.card for way in others):
        return False
    return held_until <= since + dt.timedelta(minutes=minutes.card) + A_MOMENT


def summary_of(order: Order) -> OrderSummary:
    """In a fixed number of queries, whatever the number of its lines."""
    own = {"school_id": order.school_id, "order_id": order.pk}
    lines = list(
        OrderLine.objects.filter(**own)
        .select_related(
            "booking__student__person",
            "booking__session__course__school",
            "booking__session__resource",
            "booking__enrollment",
        )
        .order_by("id")
    )
    bookings = [line.booking for line in lines]
    sessions = list({booking.session_id: booking.session for booking in bookings}.values())
    staff = staff_of(sessions)
    lessons = lessons_by_booking(bookings, staff)
    requests = PaymentRequest.objects.filter(status=PaymentRequest.Status.PENDING, **own).order_by("id")
    return OrderSummary(
        order,
        lines,
        lessons,
        sorted({one.during for one in lessons}),
        [teacher for session in sessions for teacher in staff[session.pk]],
        requests.first(),
        list(Payment.objects.filter(**own).order_by("id")),
        open_amount(order, bookings),
        list(ProductLine.objects.filter(**own).select_related("product", "student__person").order_by("id")),
    )
