"""What this floor says no to."""

from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal


class EmailTaken(Refusal):
    """Somebody signs in with that address."""

    code = "email_taken"
    message = _("Somebody signs in with this address already.")
