"""Choosing a student or a client, of three people as of a hundred thousand.

One types a name, an e-mail address or a phone number. With JavaScript suggestions come while one types, and the choice
is sent as an id, `<name>`. Without it what was typed, `<name>_words`, is looked up when the form is sent: the one who
is meant is taken, several are offered, and where there is nobody the form says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from schoolbell.people.choosing import MOST_LETTERS, clients_to_choose, meant, students_to_choose
from schoolbell.people.models import Client, Student
from schoolbell.people.queries import guardianships_of
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.web.office.forms import told_apart

MOST: Final = 10  # that are suggested or offered
SHORT: Final = 60  # letters of what was typed that a sentence repeats
TYPED: Final = {"maxlength": MOST_LETTERS, "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
SEVERAL = _("“%(words)s” may be several people. Choose one of them.")
NOBODY = _("Nobody is found for “%(words)s”. Try a part of the name, or the e-mail address or phone number.")
GONE = _("Whoever was chosen cannot be chosen any more. Choose somebody else.")


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody who may be meant. `told` tells namesakes apart: who answers for them, when they were born."""

    id: str
    name: str
    told: str


@dataclass(frozen=True, slots=True)
class Found:
    """At most `MOST` people, and whether there would be more."""

    offers: Sequence[Offer]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Whom:
    """Those among whom one chooses. `name` is in the address of their suggestions."""

    name: str
    rows: Callable[[School], SchoolRows[Any]]

    def one(self, school: School, row_id: str) -> Student | Client | None:
        try:
            found: Student | Client | None = self.rows(school).filter(id=UUID(row_id)).first()
        except ValueError:
            return None
        return found

    def search(self, school: School, words: str) -> Found:
        """Two queries or three, however many people there are."""
        found = meant(self.rows(school), school, words, most=MOST + 1)
        return Found(offers(found[:MOST]), len(found) > MOST)


STUDENTS: Final = Whom("students", students_to_choose)
CLIENTS: Final = Whom("clients", clients_to_choose)


def offers(rows: Sequence[Student | Client]) -> list[Offer]:
    bonds = guardianships_of([one for one in rows if isinstance(one, Student)], with_person=True)
    return [Offer(str(one.pk), one.person.name, told_apart(one.person, bonds.get(one.pk, []))) for one in rows]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form sent, or an address prefills. Without `words` (None) the id alone counts, as in a link."""

    id: str = ""
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Who was meant. `error` is a key of the field's messages; several are `offers`."""

    words: str = ""
    chosen: Student | Client | None = None
    error: str = ""
    found: Found = Found((), has_more=False)


class PersonPicker(forms.Widget):
    template_name = "web/parts/person_picker.html"
    address = ""  # of the suggestions

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Asked:
        return Asked(str(data.get(name) or "").strip(), data.get(f"{name}_words"))

    def get_context(self, name: str, value: Answer, attrs: dict[str, Any] | None) -> dict[str, Any]:
        given: dict[str, Any] = {**TYPED, "placeholder": _("Name, e-mail or phone"), **(attrs or {})}
        told = f"{given['id']}_told"
        given["aria-describedby"] = " ".join(filter(None, (given.get("aria-describedby"), told)))
        chosen = offers([value.chosen])[0] if value.chosen else None
        return super().get_context(name, None, given) | {
            "words": value.words,
            "chosen": chosen,
            "told": told,
            "address": self.address,
        }


class PersonChoice(forms.Field):
    """One of many people. `of` says of which school; cleaned, it is a student or client with `person`, or None."""

    widget = PersonPicker
    default_error_messages = {"several": SEVERAL, "nobody": NOBODY, "invalid_choice": GONE}

    def __init__(self, whom: Whom, **more: Any) -> None:
        super().__init__(**more)
        self.whom = whom
        self.school: School | None = None
        self._last: tuple[Asked, Answer] | None = None

    def of(self, school: School) -> None:
        self.school = school
        self.widget.address = f"/s/{school.slug}/office/people/{self.whom.name}/"

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> "ChosenPerson":
        return ChosenPerson(form, self, field_name)

    def clean(self, value: Asked) -> Student | Client | None:
        answer = self.answer(value)
        if answer.error:
            words = Truncator(answer.words).chars(SHORT)
            raise forms.ValidationError(self.error_messages[answer.error], answer.error, {"words": words})
        return answer.chosen

    def answer(self, asked: Asked) -> Answer:
        """Looked up once, for cleaning and for showing it again."""
        if self._last is None or self._last[0] != asked:
            self._last = (asked, self._answer(asked))
        return self._last[1]

    def _answer(self, asked: Asked) -> Answer:
        """An id counts unless the words beside it say somebody else; then it was not meant any more."""
        assert self.school is not None
        words = " ".join((asked.words or "").replace("\0", " ").split())
        if asked.id:
            chosen = self.whom.one(self.school, asked.id)
            if chosen is None:
                return Answer(words, error="invalid_choice")
            if asked.words is None or self._is_called(chosen, words):
                return Answer(chosen.person.name, chosen)
        if not words:
            return Answer(error="required" if self.required else "")
        found = self.whom.search(self.school, words)
        if len(found.offers) == 1:
            only = self.whom.one(self.school, found.offers[0].id)
            return Answer(only.person.name, only) if only else Answer(words, error="invalid_choice")
        return Answer(words, error="several" if found.offers else "nobody", found=found)

    def _is_called(self, one: Student | Client, words: str) -> bool:
        if not words or words == " ".join(one.person.name.split()):
            return bool(words)
        assert self.school is not None
        return bool(meant(self.whom.rows(self.school).filter(id=one.pk), self.school, words, most=1))


class ChosenPerson(BoundField):
    """The field in its form. Its value is the id of whoever is chosen."""

    field: PersonChoice

    @property
    def answer(self) -> Answer:
        """What an address prefills is no mistake: who is not there is not chosen."""
        if self.form.is_bound:
            return self.field.answer(self.data)
        words = self.form.initial.get(f"{self.name}_words")
        asked = Asked(str(self.initial or ""), words)
        found = self.field.answer(asked) if asked.id else Answer()
        return found if found.chosen else Answer(words or "")

    def value(self) -> str:
        chosen = self.answer.chosen
        return str(chosen.pk) if chosen else ""

    def as_widget(
        self,
        widget: forms.Widget | None = None,
        attrs: dict[str, Any] | None = None,
        only_initial: bool = False,  # noqa: FBT001, FBT002 - as Django has it
    ) -> Any:
        picker: Any = widget or self.field.widget
        attrs = {"id": self.auto_id} | self.build_widget_attrs(attrs or {}, picker)
        return picker.render(self.html_name, self.answer, attrs=attrs, renderer=self.form.renderer)
