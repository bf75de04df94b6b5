"""What this floor says no to."""

from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal


class NotOverYet(Refusal):
    """A review is of what is over: given, cancelled, or missed by somebody."""

    code = "not_over_yet"
    message = _("Once the lesson is over, you can say how it was.")


class AlreadyReviewed(Refusal):
    """One booking, one review."""

    code = "already_reviewed"
    message = _("You have said how this was already. Thank you.")
