"""What is to be paid now for a booking, by when, and whether it is confirmed without."""

import datetime as dt
from dataclasses import dataclass

from schoolbell.billing.models import PaymentRequest
from schoolbell.catalogue.models import Course
from schoolbell.kit.time import now
from schoolbell.pricing.price import Price, priced
from schoolbell.schools.policies import ConfirmOn, Policies


@dataclass(frozen=True, slots=True)
class Terms:
    """`hold_expires_at` None: confirmed at once. `ask` None: nothing is to be paid."""

    price: Price
    hold_expires_at: dt.datetime | None
    ask: PaymentRequest.Kind | None

    @property
    def due_to_confirm(self) -> int:
        return 0 if self.hold_expires_at is None else self.price.due_now


def terms_for(course: Course, policies: Policies, *, amount: int, starts_at: dt.datetime, pay_with: str) -> Terms:
    """The terms of a booking at that amount. A hold lasts as its way of paying needs, but not past the lesson's start.

    A school that confirms on a deposit asks for the whole price where the course names no deposit.
    """
    confirm_on = policies.confirm_on
    deposit = course.deposit if confirm_on == ConfirmOn.DEPOSIT and 0 < course.deposit < amount else 0
    price = priced(amount, tax_rate=course.tax_rate, due_now=deposit or amount)
    if amount == 0:
        return Terms(price, None, None)
    ask = PaymentRequest.Kind.DEPOSIT if deposit else PaymentRequest.Kind.FULL
    if confirm_on == ConfirmOn.BOOKING:
        return Terms(price, None, ask)
    minutes: int = getattr(policies.hold_minutes, pay_with)
    return Terms(price, min(now() + dt.timedelta(minutes=minutes), starts_at), ask)
