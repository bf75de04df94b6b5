"""What this floor says no to."""

from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal


class AlreadyQualified(Refusal):
    """The instructor has that qualification."""

    code = "already_qualified"
    message = _("This instructor may already teach this course.")
