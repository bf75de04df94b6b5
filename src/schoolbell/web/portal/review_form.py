"""How a booking was: the form, and what the booking's page shows of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from schoolbell.bookings.models import Booking
from schoolbell.learning.models import Review
from schoolbell.learning.reviews import is_time_to_say, may_review, review_of
from schoolbell.web.entry import Visit
from schoolbell.web.plain_forms import PlainForm


class ReviewForm(PlainForm):
    rating = forms.TypedChoiceField(
        label=gettext_lazy("How was it?"), coerce=int, widget=forms.RadioSelect,
        choices=[(number, str(number)) for number in range(Review.LOWEST, Review.HIGHEST + 1)],
        help_text=gettext_lazy("5 is the best."),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose from 1 to 5.")),
    )  # fmt: skip
    comment = forms.CharField(
        label=gettext_lazy("What would you like to say?"), required=False, max_length=Review.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def reviewing(visit: Visit, booking: Booking, *, form: ReviewForm | None = None) -> dict[str, Any]:
    """What was said, or a form to say it with, or nothing where it is not theirs to say, or not yet."""
    if not may_review(booking, by=visit.actor):
        return {}
    if said := review_of(booking):
        return {"review": said}
    return {"review_form": form or ReviewForm()} if form or is_time_to_say(booking) else {}
