"""What the forms of the office are made of."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from schoolbell.kit.money import decimal_places
from schoolbell.kit.refusals import InputRefused
from schoolbell.people.models import Guardianship, Person
from schoolbell.web.plain_forms import PlainForm

A_TIME = {"required": _("Say a time, such as 14:00."), "invalid": _("Write a time such as 14:00.")}
A_DAY = {"required": _("Choose the day."), "invalid": _("Write a day such as 2026-12-24.")}
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 12, 31)
FAR_DAY = _("Choose a year from 1900 to 2200.")


class OfficeForm(PlainForm):
    """A form of the office. What an action finds wrong is said beside the field that it is about."""

    def refuse(self, refused: InputRefused) -> None:
        for name, sentences in refused.errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)


class MoneyField(forms.DecimalField):
    """An amount as people write it (“180.00”); cleaned, it is minor units of the currency."""

    def __init__(self, currency: str, **more: Any) -> None:
        self.places = decimal_places(currency)
        example = Decimal(4500).scaleb(-self.places)
        more.setdefault(
            "error_messages",
            {
                "required": _("Say an amount, such as %s.") % example,
                "invalid": _("Write an amount such as %s.") % example,
                "min_value": _("An amount cannot be less than zero."),
                "max_decimal_places": _("That is smaller than the smallest coin."),
                "max_digits": _("That is more than one can pay here."),
                "max_whole_digits": _("That is more than one can pay here."),
            },
        )
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(min_value=0, max_digits=7 + self.places, decimal_places=self.places, widget=widget, **more)

    def prepare_value(self, value: Any) -> Any:
        return str(Decimal(value).scaleb(-self.places)) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        return super().to_python(self._in_points(value.strip()) if isinstance(value, str) else value)

    def _in_points(self, text: str) -> str:
        """Commas between thousands are left out, one before the last places is a point: 1,500.00 and 45,00."""
        if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text):
            return text.replace(",", "")
        if self.places and re.fullmatch(rf"\d+,\d{{{self.places}}}", text):
            return text.replace(",", ".")
        return text

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        return None if cleaned is None else int(cleaned.scaleb(self.places))


class RowChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of rows. What is no id at all is no choice either."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class ToldApart(ModelChoiceIterator):  # type: ignore[type-arg]
    """The rows of a choice of instructors; of namesakes it says the year in which they were born, and how to reach
    them."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        rows = list(self.queryset)
        count = Counter(one.person.name for one in rows)
        for one in rows:
            value, label = self.choice(one)
            more = told_apart(one.person) if count[one.person.name] > 1 else ""
            yield (value, f"{label} ({more})" if more else label)


def told_apart(person: Person, bonds: Sequence[Guardianship] = ()) -> str:
    """The year in which they were born, and with whom they come, or else their organisation or how to reach them."""
    others = [bond.client.person.name for bond in bonds if bond.client.person_id != person.pk]
    firm = person.organisation if person.organisation != person.name else ""
    born = gettext("born %(year)s") % {"year": person.birth_date.year} if person.birth_date else ""
    guardian = gettext("with %(name)s") % {"name": others[0]} if others else ""
    return ", ".join(filter(None, (born, guardian or firm or person.email or person.phone)))


class NamedChoice(RowChoice):
    """A choice of a few rows that have a `person`: instructors. Of many it is a `people_choice.PersonChoice`."""

    iterator = ToldApart

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.person.name)


class RowChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several of them. What is no id at all is no choice either."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError as wrong:
            if wrong.code != "invalid":
                raise
            raise forms.ValidationError(self.error_messages["invalid_pk_value"], code="invalid_pk_value") from None


class NamedChoices(RowChoices):
    iterator = ToldApart

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.person.name)


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day that can have one before and one after it, in every zone."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    bounds = [MinValueValidator(FIRST_DAY, FAR_DAY), MaxValueValidator(LAST_DAY, FAR_DAY)]
    return forms.DateField(label=label, widget=widget, error_messages=A_DAY, validators=bounds, **more)


def time_field(label: Any, **more: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, widget=widget, error_messages=A_TIME, **more)


def long_text(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)
