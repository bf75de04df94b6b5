"""A pretend card, for trying Schoolbell out: its token says what becomes of it. No money moves."""

from django.utils.translation import gettext as _

from schoolbell.billing.gateways import Outcome
from schoolbell.billing.models import Payment

SUCCEEDS, FAILS, STAYS_PENDING = "succeeds", "fails", "stays_pending"
TOKENS = (SUCCEEDS, FAILS, STAYS_PENDING)


class Demo:
    name = "demo"
    methods = ("card",)
    staff_only = False

    def attempt(self, payment: Payment, *, token: str) -> Outcome:
        if token == FAILS:
            return Outcome(Payment.Status.FAILED, _("The card was declined."))
        return Outcome(Payment.Status.PENDING if token == STAYS_PENDING else Payment.Status.SUCCEEDED)
