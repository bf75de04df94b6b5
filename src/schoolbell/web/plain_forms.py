"""What every form says that is not right, in sentences of our own: Django's are a machine's."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Said where a field has no sentence of its own.
SENTENCES: Final = {
    "max_length": _("Use at most %(limit_value)s letters."),
    "null_characters_not_allowed": _("Leave out what cannot be seen."),
    "invalid_choice": _("Choose one of these."),
    "invalid_list": _("Choose among these."),
    "invalid_pk_value": _("Choose among these."),
    "max_digits": _("Write a shorter number."),
    "max_decimal_places": _("Write it with fewer places after the point."),
    "max_whole_digits": _("Write a shorter number."),
}


class PlainForm(forms.Form):
    """A form that speaks plainly. A field that must be filled in says of itself what is asked for."""

    def full_clean(self) -> None:
        for field in self.fields.values():
            speak_plainly(field)
        super().full_clean()


def speak_plainly(field: forms.Field) -> None:
    djangos = _djangos(field)
    if isinstance(field, forms.ChoiceField) and field.error_messages["required"] == djangos["required"]:
        field.error_messages["required"] = _("Choose one of these.")
    for code, words in SENTENCES.items():
        if field.error_messages.get(code) == djangos.get(code):
            field.error_messages[code] = words


def _djangos(field: forms.Field) -> dict[str, Any]:
    """What Django says of such a field."""
    said: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("django."):
            said |= getattr(kind, "default_error_messages", {})
    return said


def whole_number(label: Any, least: int, most: int, **more: Any) -> forms.IntegerField:
    """Between these two, both included."""
    between = {"least": least, "most": most}
    wrong = _later(lambda: gettext("Write a whole number from %(least)s to %(most)s.") % between)
    errors = dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong)
    return forms.IntegerField(label=label, min_value=least, max_value=most, error_messages=errors, **more)


def percent(label: Any, **more: Any) -> forms.DecimalField:
    errors = dict.fromkeys(
        ("required", "invalid", "min_value", "max_value", "max_decimal_places"),
        _("Write a number from 0 to 100 with two places at most, such as 20 or 7.5."),
    )
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, decimal_places=2, initial=0, error_messages=errors,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}), **more,
    )  # fmt: skip


def _later(words: Callable[[], str]) -> Any:
    """In the language of whoever reads it."""
    return lazy(words, str)()
