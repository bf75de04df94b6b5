"""Those whom a client answers for already, to choose who comes."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.bookings.refusals import StudentNotActive
from schoolbell.bookings.rules import require_active, with_lessons_of
from schoolbell.people.models import Student
from schoolbell.web.public.forms import Typed, TypedForm, age_words
from schoolbell.web.public.target import Target
from schoolbell.web.templatetags.fields import Choice

NEW: Final = "new"


class _Closed:
    """Some of the choices cannot be made."""

    closed: Collection[str] = ()

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **more)  # type: ignore[misc]
        if str(value) in self.closed:
            option["attrs"]["disabled"] = True
        return option


class _OneOf(_Closed, forms.RadioSelect):
    pass


class _SomeOf(_Closed, forms.CheckboxSelectMultiple):
    pass


class StudentsForm(TypedForm):
    """Where there is one seat, one of them, or somebody new; else as many as wanted. Whom the lesson does not suit can
    be seen, with why, and not be chosen. `wanted`: for whom they looked for the time, unless they chose since."""

    def __init__(self, typed: Typed | None, *, students: Sequence[Student], target: Target, wanted: str = "") -> None:
        self.by_id = {str(student.pk): student for student in students}
        self.had_lessons = with_lessons_of(students, target.wish.course) if target.is_trial else set()
        self.objections = {key: said for key, one in self.by_id.items() if (said := self._objection(one, target))}
        asked = typed.data.getlist("students") if typed else []
        self.is_one = target.wish.session is None or (target.most_seats == 1 and len(asked) < 2)
        suited = [key for key in self.by_id if key not in self.objections]
        is_plain = self.is_one and len(suited) == 1 and wanted not in self.by_id  # nobody stands in for whom they meant
        first = wanted if wanted in suited else suited[0] if is_plain else ""
        initial: dict[str, Any] = {"students": first if self.is_one else [first]} if first else {}
        super().__init__(typed, **initial)
        self.fields["students"] = self._field()

    def _field(self) -> forms.ChoiceField:
        choices = [
            (key, Choice(student.person.name, self.objections.get(key, ""))) for key, student in self.by_id.items()
        ]
        label = gettext_lazy("Who is coming")
        if not self.is_one:
            many = forms.MultipleChoiceField(label=label, widget=_SomeOf, choices=choices, required=False)
            many.widget.closed = self.objections
            return many
        words = {"required": gettext_lazy("Choose who is coming.")}
        choices.append((NEW, Choice(_("Somebody new"))))
        one = forms.ChoiceField(label=label, widget=_OneOf, choices=choices, error_messages=words)
        one.widget.closed = self.objections
        return one

    @property
    def said(self) -> list[str]:
        value = self["students"].value() or ()
        return [value] if isinstance(value, str) else list(value)

    @property
    def chosen(self) -> list[Student]:
        """As it stands in the form at present."""
        return [self.by_id[key] for key in self.said if key in self.by_id]

    @property
    def is_new(self) -> bool:
        """One seat, and it is for somebody whom the school does not know yet."""
        return self.is_one and NEW in self.said

    def clean(self) -> dict[str, Any]:
        """Each whom it does not suit is named."""
        for key in self.said:
            if words := self.objections.get(key):
                name = self.by_id[key].person.name
                self.add_error("students", _("%(name)s: %(why)s") % {"name": name, "why": words})
        return self.cleaned_data

    def _objection(self, student: Student, target: Target) -> str:
        """Why this cannot be booked for them, so far as it is known before."""
        try:
            require_active(student)
        except StudentNotActive:
            return _("Has left, or pauses. The school can take them back.")
        if student.pk in self.had_lessons:
            return _("Has lessons of this course already; a first lesson is for whoever has none.")
        return _age_objection(student, target)


def _age_objection(student: Student, target: Target) -> str:
    birth_date = student.person.birth_date
    words = age_words(birth_date, target)
    if words and birth_date is None:
        return _("The course asks for an age: tell the school the date of birth.")
    return " ".join(words)
