"""What the school should know of a booking, typed anew: what office, portal and the order's page share."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _

from schoolbell.bookings.models import MOST_LETTERS_OF_NOTES, Booking
from schoolbell.bookings.notes import change_notes
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.text import plain_lines
from schoolbell.schools.actor import Actor
from schoolbell.web.plain_forms import PlainForm


class NotesField(forms.CharField):
    """Its letters are counted as the browser counts them: a line break is one."""

    def __init__(self, **more: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3})
        super().__init__(required=False, max_length=MOST_LETTERS_OF_NOTES, widget=widget, **more)

    def to_python(self, value: Any) -> str:
        return plain_lines(super().to_python(value) or "")


class NotesForm(PlainForm):
    """A field for each of these bookings; with several, each says whose it is. They come with their students."""

    def __init__(self, data: Any, *, bookings: Sequence[Booking], label: str, help_text: str) -> None:
        super().__init__(data)
        self.by_field = {field_of(one): one for one in bookings}
        for name, one in self.by_field.items():
            whose = _("%(name)s: %(question)s") % {"name": one.student.person.name, "question": label}
            self.fields[name] = NotesField(
                label=whose if len(bookings) > 1 else label, help_text=help_text, initial=one.notes
            )

    def act(self, *, by: Actor) -> bool:
        """Change them, all or none; where that is refused, it says so."""
        try:
            with transaction.atomic():
                for name, one in sorted(self.by_field.items(), key=lambda pair: pair[1].pk):
                    change_notes(one, self.cleaned_data[name], by=by)
        except Refusal as refusal:
            self.add_error(None, str(refusal))
        return self.is_valid()


def field_of(booking: Booking) -> str:
    """The name of its field."""
    return f"notes-{booking.pk}"
