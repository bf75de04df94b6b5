"""Money that the client has with the school already."""

from django.utils.translation import gettext as _

from schoolbell.billing.credit import use_credit
from schoolbell.billing.gateways import Outcome
from schoolbell.billing.models import Payment


class Credit:
    name = "credit"
    methods = ("credit",)
    staff_only = False

    def attempt(self, payment: Payment, *, token: str) -> Outcome:
        if use_credit(payment.client, payment.amount, order=payment.order):
            return Outcome(Payment.Status.SUCCEEDED)
        return Outcome(Payment.Status.FAILED, _("There is not so much credit."))
