"""The parts of the booking form: who pays, who is coming, and how it will be paid."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from schoolbell.billing.checkout import Party
from schoolbell.bookings.refusals import AgeNotAllowed
from schoolbell.bookings.rules import require_age
from schoolbell.catalogue.models import Course
from schoolbell.kit.text import is_too_short_for_a_phone
from schoolbell.kit.time import Stretch, now
from schoolbell.people.actions import TOO_SHORT, NamedLater, NewPerson
from schoolbell.people.models import Client, Person, Student
from schoolbell.web.notes import NotesField
from schoolbell.web.plain_forms import PlainForm
from schoolbell.web.public.target import Target
from schoolbell.web.templatetags.fields import Choice
from schoolbell.web.templatetags.words import counted, when_here

MOST_LETTERS: Final = 100
MOST_AT_ONCE: Final = 20  # of one product; the form's sentence says it too
ME, CHILD, STAFF = "me", "child", "staff"
RELATIONSHIPS: Final = {CHILD: "parent", STAFF: "employer"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed so far. `sent`: they want it to be looked through; else it is only kept."""

    data: QueryDict
    sent: bool = True


class TypedForm(PlainForm):
    """A form that can be shown with what was typed, without a word on what is wrong with it as yet."""

    def __init__(self, typed: Typed | None, *, prefix: str | None = None, **initial: Any) -> None:
        super().__init__(typed.data if typed and typed.sent else None, prefix=prefix, initial=initial)
        self.keep(typed)

    def keep(self, typed: Typed | None) -> None:
        """What was typed into the fields that there are, where it is only kept."""
        if typed and not typed.sent:
            for name, field in self.fields.items():
                self.initial[name] = field.widget.value_from_datadict(typed.data, {}, self.add_prefix(name))


class WhoForm(TypedForm):
    """Who pays: a guest says who they are."""

    for_whom = forms.ChoiceField(label=_("Who is it for?"), widget=forms.RadioSelect)
    company = forms.CharField(
        label=_("Company"), max_length=200, required=False, error_messages={"required": _("Give the company’s name.")}
    )
    name = forms.CharField(
        label=_("Your name"), max_length=2 * MOST_LETTERS, error_messages={"required": _("Say who you are.")}
    )
    email = forms.EmailField(
        max_length=254,
        label=_("E-mail"),
        error_messages={
            "required": _("Give an e-mail address, so that the school can reach you."),
            "invalid": _("This address looks unfinished. It has an @, and after that a place: ann@example.org."),
        },
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=32,
        widget=forms.TextInput(attrs={"type": "tel"}),
        error_messages={"required": _("Give a phone number, for the day itself.")},
    )
    born_on = forms.DateField(
        label=_("Your date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date as day, month and year: 24/11/2012.")},
    )

    def __init__(self, typed: Typed | None, *, target: Target) -> None:
        self.target = target
        choices = _for_whom(target)
        super().__init__(typed, for_whom=choices[0][0])
        field = self.fields["for_whom"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def chosen(self) -> str:
        """For whom, as it stands in the form at present."""
        said = self["for_whom"].value()
        return said if said in dict(_for_whom(self.target)) else _for_whom(self.target)[0][0]

    def clean_name(self) -> str:
        return whole_name(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if is_too_short_for_a_phone(phone):
            raise forms.ValidationError(TOO_SHORT)
        return phone

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        whom = cleaned.get("for_whom")
        if whom == STAFF and not cleaned.get("company"):
            self.add_error("company", _("Give the company’s name."))
        if whom == ME and "born_on" not in self.errors:
            for words in age_words(cleaned.get("born_on"), self.target):
                self.add_error("born_on", words)
        return cleaned

    def payer(self) -> NewPerson:
        said = self.cleaned_data
        company = said["company"] if said["for_whom"] == STAFF else ""
        born_on = said["born_on"] if said["for_whom"] == ME else None
        return new_person(said["name"], organisation=company, email=said["email"], phone=said["phone"], born_on=born_on)


class SeatForm(TypedForm):
    """Somebody new who is coming; or, for whoever books for others at work, somebody who is named later. Who is named
    all the same is not forgotten."""

    name = forms.CharField(
        label=_("Name"), max_length=2 * MOST_LETTERS, error_messages={"required": _("Say who is coming.")}
    )
    born_on = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date as day, month and year: 24/11/2012.")},
    )

    later = forms.BooleanField(
        label=_("I say later who comes"),
        required=False,
        help_text=_("Leave the name empty. The seat is kept all the same."),
    )

    def __init__(
        self, typed: Typed | None, *, target: Target, number: int, of: int = 1, counts_later: bool = False
    ) -> None:
        """`of` so many seats."""
        self.target = target
        self.number = number
        self.part = gettext("Seat %d") % number if of > 1 else ""
        super().__init__(typed, prefix=f"seat-{number}")
        self.is_later = False
        if not target.may_be_named_later:
            del self.fields["later"]
        elif counts_later:
            self.is_later = bool(self["later"].value()) and not str(self["name"].value() or "").strip()
        if self.is_later:
            self.fields["name"].required = False

    def clean_name(self) -> str:
        return whole_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        if "born_on" not in self.errors and not self.is_later:
            for words in age_words(self.cleaned_data.get("born_on"), self.target):
                self.add_error("born_on", words)
        return self.cleaned_data

    def person(self) -> NewPerson | NamedLater:
        if self.is_later:
            return NamedLater()
        return new_person(self.cleaned_data["name"], born_on=self.cleaned_data.get("born_on"))


class SlotsForm(TypedForm):
    """Which of the times, where a session lets one choose."""

    slots = forms.MultipleChoiceField(
        label=_("Which times?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one of the times."),
            "invalid_choice": _("One of the times is gone. Choose among those that are left."),
        },
    )

    def __init__(self, typed: Typed | None, *, target: Target, where: ZoneInfo) -> None:
        super().__init__(typed, slots=[str(slot) for slot in target.wish.slot_ids])
        field = self.fields["slots"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (
                str(slot.pk),
                Choice(
                    when_here(Stretch(slot.starts_at, slot.ends_at), where),
                    aside=counted(slot.capacity - slot.seats_taken, gettext("seat left,seats left")),
                ),
            )
            for slot in target.choices
        ]


class PayForm(TypedForm):
    """How it will be paid."""

    pay_with = forms.ChoiceField(label=_("How you would like to pay"), widget=forms.RadioSelect)

    def __init__(self, typed: Typed | None, *, choices: Sequence[tuple[str, Any]]) -> None:
        super().__init__(typed, pay_with=choices[0][0])
        field = self.fields["pay_with"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)


def quantity_field(label: Any, *, required: bool = True) -> forms.IntegerField:
    """How many of a product."""
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=MOST_AT_ONCE,
        initial=1,
        required=required,
        error_messages={
            "required": _("Say how many."),
            "invalid": _("Write a number, such as 2."),
            "min_value": _("Order at least one."),
            "max_value": _("Order at most 20 here. For more, write to the school."),
        },
    )


class NotesForm(TypedForm):
    """What the school should know."""

    notes = NotesField(label=_("Anything the school should know?"), help_text=_("Whoever teaches reads it too."))

    def __init__(self, typed: Typed | None) -> None:
        super().__init__(typed)


class TermsForm(TypedForm):
    """The school's terms are accepted."""

    accepted = forms.BooleanField(
        label=_("I accept the school’s terms."), error_messages={"required": _("Read the terms, and accept them.")}
    )

    def __init__(self, typed: Typed | None) -> None:
        super().__init__(typed)


def party(who: WhoForm, seats: Sequence[SeatForm]) -> Party:
    """Of a guest, once the forms are valid."""
    whom = who.cleaned_data["for_whom"]
    if whom == ME:
        return Party(who.payer())
    return Party(who.payer(), [seat.person() for seat in seats], relationship=RELATIONSHIPS[whom])


def party_of(client: Client, students: Sequence[Student], seats: Sequence[SeatForm]) -> Party:
    """Of a client who is signed in."""
    return Party(client, [*students, *(seat.person() for seat in seats)])


def _for_whom(target: Target) -> list[tuple[str, Any]]:
    course = target.wish.course
    me, child, staff = (ME, _("For me")), (CHILD, _("For a child")), (STAFF, _("For my staff"))
    several = course.format == Course.Format.GROUP
    if course.age_max is not None and course.age_max < 18:
        return [child]
    return [me, child, staff] if several else [me, child]


def age_words(born_on: dt.date | None, target: Target) -> list[str]:
    """What the course has against that age, by the rule that the booking itself will ask."""
    if born_on is not None and not dt.date(1900, 1, 1) <= born_on <= now().date():
        return [str(_("Give a date of birth that has been."))]
    wish = target.wish
    student = Student(person=Person(birth_date=born_on))
    try:
        require_age(student, wish.course, on=wish.during.starts_at, timezone=wish.school.timezone)
    except AgeNotAllowed as refusal:
        return [str(_("We need it to see whether the course suits the age.")) if born_on is None else refusal.detail]
    return []


def asks_for_age(course: Course) -> bool:
    return course.age_min is not None or course.age_max is not None


def new_person(name: str, *, born_on: dt.date | None = None, **values: str) -> NewPerson:
    """A whole name parts at its last space."""
    first, _space, last = name.rpartition(" ")
    return NewPerson(first_name=first or name, last_name=last if first else "", birth_date=born_on, **values)


def whole_name(name: str) -> str:
    name = " ".join(name.split())
    first, _space, last = name.rpartition(" ")
    if max(len(first), len(last)) > MOST_LETTERS:
        raise forms.ValidationError(_("That is more than %s letters.") % MOST_LETTERS)
    return name


def number_of_seats(data: Mapping[str, str], *, most: int) -> int:
    """How many rows for new people the form has."""
    said = data.get("seats", "")
    return min(int(said), most) if said.isascii() and said.isdigit() and len(said) < 4 else 1
