"""What something would cost if it were ordered now."""

import datetime as dt
from dataclasses import dataclass

from schoolbell.billing.models import PaymentRequest
from schoolbell.billing.orders import amount_of
from schoolbell.billing.requests import Terms, terms_for
from schoolbell.catalogue.models import Course
from schoolbell.timetable.models import Session


@dataclass(frozen=True, slots=True)
class Quote:
    """So many seats, each at these terms. Amounts are minor units."""

    seats: int
    each: Terms

    @property
    def total(self) -> int:
        return self.each.price.total * self.seats

    @property
    def tax(self) -> int:
        return self.each.price.tax * self.seats

    @property
    def net(self) -> int:
        return self.each.price.net * self.seats

    @property
    def due_now(self) -> int:
        """What is asked for with the order."""
        return self.each.price.due_now * self.seats if self.each.ask else 0

    @property
    def due_later(self) -> int:
        return self.total - self.due_now

    @property
    def is_deposit(self) -> bool:
        return self.each.ask == PaymentRequest.Kind.DEPOSIT

    @property
    def confirmed_at_once(self) -> bool:
        return self.each.hold_expires_at is None


def quote(
    course: Course,
    *,
    starts_at: dt.datetime,
    session: Session | None = None,
    slots: int = 1,
    trial: bool = False,
    seats: int = 1,
    pay_with: str = "card",
) -> Quote:
    """The price of so many seats in that session, in so many of its slots; or of a lesson of the course then."""
    amount = amount_of(course, session, slots, trial=trial or (session is not None and session.type == "trial"))
    return Quote(seats, terms_for(course, course.policies, amount=amount, starts_at=starts_at, pay_with=pay_with))
