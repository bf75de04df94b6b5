"""Saying who takes a seat that was booked without a name: what office, portal and the order's page share."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from schoolbell.billing.naming import OVER, name_student
from schoolbell.bookings.cancelling import has_begun
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import AgeNotAllowed
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.people.actions import NewPerson
from schoolbell.people.models import Student
from schoolbell.schools.actor import Actor
from schoolbell.web.plain_forms import PlainForm
from schoolbell.web.public.forms import MOST_LETTERS, asks_for_age, new_person, whole_name

NEW: Final = "new"


class NameForm(PlainForm):
    """One of the client's students, or somebody new."""

    student = forms.ChoiceField(
        label=_("Who takes the seat"), widget=forms.RadioSelect, initial=NEW,
        error_messages={"required": _("Choose who is coming.")},
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=2 * MOST_LETTERS, required=False)
    born_on = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date as day, month and year: 24/11/2012.")},
    )  # fmt: skip

    def __init__(self, data: Any, *, booking: Booking, students: Sequence[Student]) -> None:
        super().__init__(data)
        self.booking = booking
        self.by_id = {str(one.pk): one for one in students}
        field = self.fields["student"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*((key, one.person.name) for key, one in self.by_id.items()), (NEW, _("Somebody new"))]
        if not students:
            del self.fields["student"]
        if not asks_for_age(booking.session.course):
            del self.fields["born_on"]

    def clean_name(self) -> str:
        return whole_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        known = self.by_id.get(self.cleaned_data.get("student", NEW))
        if known is None and not self.cleaned_data.get("name", "").strip() and "name" not in self.errors:
            self.add_error("name", _("Say who is coming."))
        return self.cleaned_data

    @property
    def who(self) -> Student | NewPerson:
        said = self.cleaned_data
        known = self.by_id.get(said.get("student", NEW))
        return known or new_person(said["name"], born_on=said.get("born_on"))

    def act(self, *, by: Actor) -> bool:
        """Name the student; where that is refused, it says so."""
        try:
            name_student(self.booking, self.who, by=by)
        except InputRefused as refused:
            for sentences in refused.errors.values():
                self.add_error("name", " ".join(sentences))
        except Refusal as refusal:
            asks_again = isinstance(refusal, AgeNotAllowed) and isinstance(self.who, NewPerson)
            self.add_error("born_on" if asks_again else None, str(refusal))
        return self.is_valid()


def may_be_named(booking: Booking, *, by: Actor) -> bool:
    """Whether to offer it; whether it may be, the action says. `booking` comes with session and student's person."""
    if not booking.student.person.is_placeholder or booking.status in OVER:
        return False
    return by.is_staff or not has_begun(booking)
