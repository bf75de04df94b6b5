"""People as an office types them in."""

from dataclasses import asdict, replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schoolbell.kit.time import now
from schoolbell.people.actions import NewPerson, as_known
from schoolbell.people.models import Person, Student
from schoolbell.web.office.forms import long_text
from schoolbell.web.office.known import KnownForm
from schoolbell.web.office.names import STUDENT_STATUS

RELATIONSHIPS = (
    ("parent", _("Their child")),
    ("grandparent", _("Their grandchild")),
    ("guardian", _("In their care")),
    ("employer", _("Works for them")),
    ("other", _("Other")),
)


class PersonForm(KnownForm):
    """`new_person()` is what the actions take. What a form leaves out stays as it is on `person`."""

    first_name = forms.CharField(
        label=_("First name"), max_length=100, required=False, help_text=_("A first or a last name.")
    )
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    email = forms.EmailField(
        max_length=254,
        label=_("E-mail"), required=False,
        error_messages={"invalid": _("Write an address such as robin@example.org.")},
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone"), max_length=32, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        self.person = person
        self.is_known = person is not None
        if person:
            kwargs["initial"] = asdict(as_known(person)) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def new_person(self) -> NewPerson:
        own = {name: value for name, value in self.cleaned_data.items() if name in NewPerson.__dataclass_fields__}
        return replace(as_known(self.person) if self.person else NewPerson(), **own)


class ClientForm(PersonForm):
    organisation = forms.CharField(
        label=_("Organisation"), max_length=200, required=False,
        help_text=_("For an employer: then no person’s name is needed."),
    )  # fmt: skip
    address = long_text(_("Address"), required=False)


def _born() -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": f"{now():%Y-%m-%d}"})
    return forms.DateField(
        label=_("Date of birth"), widget=widget, required=False,
        error_messages={"invalid": _("Write a day such as 2015-03-24.")},
        help_text=_("Courses for an age ask for it."),
    )  # fmt: skip


class StudentForm(PersonForm):
    skill_level = forms.CharField(label=_("Level"), max_length=50, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"] = _born()
        self.order_fields(["first_name", "last_name", "birth_date", "email", "phone", "skill_level"])


class ChildForm(StudentForm):
    """A student of a family that is known."""

    relationship = forms.ChoiceField(label=_("Who they are to the family"), choices=RELATIONSHIPS, initial="parent")


class StandingForm(StudentForm):
    """A student who is known, and where they stand."""

    status = forms.ChoiceField(label=_("Where they stand"), choices=list(STUDENT_STATUS.items()))

    def __init__(self, *args: Any, student: Student, **kwargs: Any) -> None:
        kwargs["initial"] = {"status": student.status, "skill_level": student.skill_level}
        super().__init__(*args, person=student.person, **kwargs)
