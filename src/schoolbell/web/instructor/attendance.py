"""The lesson page's form: who came, with words for the school and for the family."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.bookings.attendance import EXPECTED, MOST_LETTERS, Mark, mark_attendance
from schoolbell.bookings.models import Attendance
from schoolbell.bookings.teaching import Taught
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor
from schoolbell.web.plain_forms import PlainForm

CAME = (
    ("present", gettext_lazy("Present")),
    ("late", gettext_lazy("Late")),
    ("absent", gettext_lazy("Absent")),
    ("excused", gettext_lazy("Excused")),
)


def _words(label: Any, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, required=False, max_length=MOST_LETTERS, widget=widget, **more)


class AttendanceForm(PlainForm):
    """Of one student in one slot. Nothing chosen and nothing written says nothing."""

    status = forms.ChoiceField(choices=CAME, required=False, widget=forms.RadioSelect)
    feedback = _words(gettext_lazy("For the family"))
    tutor_notes = _words(gettext_lazy("For the school only"))

    def __init__(self, data: Any, *, seat: Attendance) -> None:
        before = {"status": seat.status, "feedback": seat.feedback, "tutor_notes": seat.tutor_notes}
        super().__init__(data, prefix=str(seat.pk), initial=before)
        self.seat = seat
        label = format_html('{}<span class="sr">: {}</span>', _("Attendance"), seat.student.person.name)
        self.fields["status"].label = label

    @property
    def has_words(self) -> bool:
        return bool(self.errors or self.seat.feedback or self.seat.tutor_notes)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not values.get("status") and (values.get("feedback") or values.get("tutor_notes")):
            self.add_error("status", _("Say whether they came."))
        return values

    def mark(self, *, by: Actor) -> None:
        values = self.cleaned_data
        if values["status"]:
            mark_attendance(self.seat, Mark(values["status"], values["tutor_notes"], values["feedback"]), by=by)


def attendance_forms(request: HttpRequest, lesson: Taught) -> list[AttendanceForm]:
    """One per student who was expected, once the lesson has begun."""
    if lesson.slot.starts_at > now():
        return []
    data = request.POST if request.method == "POST" else None
    return [AttendanceForm(data, seat=seat) for seat in lesson.seats if seat.booking.status in EXPECTED]


@transaction.atomic
def mark_all(forms_: Sequence[AttendanceForm], *, by: Actor) -> None:
    """In the order of their bookings, as everything locks them. Raises: NotExpected."""
    for form in sorted(forms_, key=lambda one: one.seat.booking_id):
        form.mark(by=by)
