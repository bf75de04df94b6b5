"""What this floor says no to."""

from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal


class SlugTaken(Refusal):
    """Another school has that slug."""

    code = "slug_taken"
    message = _("Another school already has this name in its address. Choose another slug.")
