"""Forms of policies: those of the school, or those that a course decides for itself."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from schoolbell.kit.refusals import InputRefused
from schoolbell.schools.policies import Policies
from schoolbell.web.office.durations import DurationField
from schoolbell.web.office.known import KnownForm
from schoolbell.web.office.policy_words import UNITS, Kind, Told, limits
from schoolbell.web.plain_forms import whole_number


class PolicyForm(KnownForm):
    """`values()` is what `change_policies` takes."""

    def __init__(self, data: Any, told: Sequence[Told], policies: Policies) -> None:
        present = policies.model_dump(mode="json")
        super().__init__(data, initial={one.key: one.of(present) for one in told})
        self.told = told
        for one in told:
            self.fields[one.key] = _field(one, required=one.empty == "")
            if one.empty:
                self.fields[one.key].help_text = _("%(means)s Empty: %(empty)s.") % {
                    "means": one.means,
                    "empty": one.empty,
                }

    def refuse(self, refused: InputRefused) -> None:
        """Names of policies are names of fields but for their dot."""
        known = {one.name: one.key for one in self.told}
        super().refuse(
            InputRefused(
                {known.get(name.removeprefix("overrides."), name): list(told) for name, told in refused.errors.items()}
            )
        )

    def values(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for one in self.told:
            one.put(values, self.cleaned_data[one.key])
        return values


class OwnPolicyForm(PolicyForm):
    """What a course decides for itself; what is left empty is as the school has it."""

    def __init__(self, data: Any, told: Sequence[Told], policies: Policies, own: dict[str, Any]) -> None:
        super().__init__(data, told, policies)
        present = policies.model_dump(mode="json")
        self.initial = {one.key: _chosen(one, one.of(own)) for one in told}
        for one in told:
            self.fields[one.key] = _own_field(one, one.said(one.of(present)))

    def values(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for one in self.told:
            value = self.cleaned_data[one.key]
            if value not in (None, "", []):
                one.put(values, value == "yes" if one.kind == Kind.YES_NO else value)
        return values


class NamesField(forms.CharField):
    """Names with commas between; cleaned, a list of them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return list(dict.fromkeys(filter(None, (" ".join(one.split()) for one in super().clean(value).split(",")))))


def _field(told: Told, *, required: bool) -> forms.Field:
    common: dict[str, Any] = {"label": told.label, "help_text": told.means, "required": required}
    if told.kind == Kind.YES_NO:
        return forms.BooleanField(**common | {"required": False})
    if told.kind in (Kind.NAMES, Kind.TEXT):
        make = NamesField if told.kind == Kind.NAMES else forms.CharField
        return make(max_length=200 if told.kind == Kind.TEXT else 1000, **common)
    if told.choices:
        return _choice(told, common)
    least, most = limits(told)
    if told.kind in UNITS:
        return DurationField(unit=UNITS[told.kind], least=least or 0, most=most or 0, **common)
    return whole_number(common.pop("label"), least or 0, most or 0, **common)


def _choice(told: Told, common: dict[str, Any]) -> forms.Field:
    if told.kind == Kind.ONE_OF:
        return forms.ChoiceField(choices=_choices(told), **common)
    return forms.MultipleChoiceField(
        choices=_choices(told),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
        **common,
    )


def _own_field(told: Told, schools: str) -> forms.Field:
    as_school = _("As the school: %s") % schools
    if told.kind in (Kind.YES_NO, Kind.ONE_OF):
        choices = [("yes", _("Yes")), ("no", _("No"))] if told.kind == Kind.YES_NO else _choices(told)
        common: dict[str, Any] = {"label": told.label, "help_text": told.means, "required": False}
        return forms.ChoiceField(choices=[("", as_school), *choices], **common)
    field = _field(told, required=False)
    field.help_text = f"{told.means} {as_school}."
    return field


def _choices(told: Told) -> list[tuple[str, str]]:
    said = ((name, str(words)) for name, words in (told.choices or {}).items())
    return [(name, words[:1].upper() + words[1:]) for name, words in said]


def _chosen(told: Told, value: Any) -> Any:
    """What a course decided, as its field has it."""
    if told.kind == Kind.YES_NO and value is not None:
        return "yes" if value else "no"
    return value
