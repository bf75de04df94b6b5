"""What this floor says no to."""

from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal


class NothingToPay(Refusal):
    """The order is paid, or was given up."""

    code = "nothing_to_pay"
    message = _("There is nothing left to pay for this order.")


class PaymentUnderWay(Refusal):
    """A payment for the order waits for the bank's answer."""

    code = "payment_under_way"
    message = _("A payment for this is under way: the bank has not answered yet. Do not pay again.")


class PaidMeanwhile(Refusal):
    """What is open is not what the payer saw."""

    code = "paid_meanwhile"
    message = _("Something was paid for this in the meantime. Look at what is open now.")


class AmountTooHigh(Refusal):
    """More than is open."""

    code = "amount_too_high"
    message = _("That is more than is open for this order.")


class WayOfPayingNotOffered(Refusal):
    """The school does not hold a seat for that way of paying."""

    code = "way_of_paying_not_offered"
    message = _("This school does not take that way of paying here. Choose another.")


class NothingToRepeat(Refusal):
    """The order lives, was paid, or cannot be placed again as a whole."""

    code = "nothing_to_repeat"
    message = _("This order cannot be placed again. Choose a time and book anew.")


class ProductNotOnSale(Refusal):
    """The school does not sell it at present."""

    code = "product_not_on_sale"
    message = _("This is not on sale at present.")


class ProductNotPaid(Refusal):
    """Nothing leaves the school unpaid."""

    code = "product_not_paid"
    message = _("This is not paid yet. Record a payment first.")


class ProductOver(Refusal):
    """It was handed over or cancelled before."""

    code = "product_over"
    message = _("This was handed over or cancelled already.")
