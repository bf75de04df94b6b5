"""What something would cost if it were ordered now."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from schoolbell.billing.models import PaymentRequest, ProductLine
from schoolbell.billing.orders import amount_of
from schoolbell.billing.requests import Terms, terms_for
from schoolbell.billing.wishes import ProductWish, lines_of, total_of
from schoolbell.catalogue.models import Course
from schoolbell.people.models import Student
from schoolbell.pricing.price import sum_by_rate
from schoolbell.timetable.models import Session


@dataclass(frozen=True, slots=True)
class Quote:
    """So many seats, each at these terms, and products beside them. Amounts are minor units."""

    seats: int
    each: Terms
    products: Sequence[ProductLine] = ()

    @property
    def of_lessons(self) -> int:
        return self.each.price.total * self.seats

    @property
    def total(self) -> int:
        return self.of_lessons + total_of(self.products)

    @property
    def taxes(self) -> dict[int, int]:
        """By rate, in hundredths of a percent."""
        price = self.each.price
        return sum_by_rate(
            [(price.tax_rate, price.tax * self.seats), *((one.tax_rate, one.tax) for one in self.products)]
        )

    @property
    def due_now(self) -> int:
        """What is asked for with the order."""
        return (self.each.price.due_now * self.seats if self.each.ask else 0) + total_of(self.products)

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
    products: Sequence[ProductWish] = (),
) -> Quote:
    """The price of so many seats in that session, in so many of its slots; or of a lesson of the course then; with
    products for whoever comes."""
    amount = amount_of(course, session, slots, trial=trial or (session is not None and session.type == "trial"))
    terms = terms_for(course, course.policies, amount=amount, starts_at=starts_at, pay_with=pay_with)
    return Quote(seats, terms, lines_of(products, [Student() for _ in range(seats)]) if products else ())
