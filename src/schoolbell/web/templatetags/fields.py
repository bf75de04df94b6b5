"""Fields of Django forms: the label above, the hint below, and what is wrong in place of the hint."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.template import Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = Library()


@dataclass(frozen=True, slots=True)
class Choice:
    """The label of one of a few ways: what it is, what it means, and what stands at its right (a price, a date)."""

    title: str
    detail: str = ""
    aside: str = ""
    icon: str = ""

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True, slots=True)
class Mistake:
    """One line of an error summary. `target` is the id of the field to mend, empty when it is about the whole form.
    `part`: which of several forms that are alike."""

    label: str
    words: str
    target: str
    part: str = ""

    @property
    def lead(self) -> str:
        """“Your name:”, “Which times?”, “Seat 2, name:”"""
        label = self.label.removesuffix(".")
        if self.part:
            label = f"{self.part}, {label[:1].lower()}{label[1:]}"
        return label if label.endswith("?") else f"{label}:"


@register.simple_tag
def field(bound: BoundField, hint: str = "", optional: str = "", **attributes: Any) -> SafeString:
    """A field of a form with its label, hint and error, keeping what was typed.

    hint        overrides the form's help text
    optional    what stands after the label; a field that is not required says “(if you like)” of its own accord
    attributes  of the input; an underscore is a hyphen: `autocomplete="email"`, `inputmode="numeric"`, `hx_get=url`
    """
    if bound.is_hidden:
        return bound.as_widget()
    hint = hint or str(bound.help_text)
    described = f"{bound.auto_id}_error" if bound.errors else f"{bound.auto_id}_hint" if hint else ""
    attrs = {name.replace("_", "-"): value for name, value in attributes.items()}
    attrs["class"] = f"{_look(bound)} {attrs.get('class', '')}".strip()
    if described:
        attrs["aria-describedby"] = described
    control = bound.as_widget(attrs=attrs)
    is_tick = isinstance(bound.field.widget, forms.CheckboxInput)
    context = {"bound": bound, "control": control, "hint": hint, "optional": optional, "is_tick": is_tick}
    return render_to_string("web/parts/field.html", context)


@register.simple_tag
def choice_cards(bound: BoundField, hint: str = "") -> SafeString:
    """A choice between a few ways, or of several, each in a row of a sheet. Their labels are texts or `Choice`."""
    return render_to_string("web/parts/choice_cards.html", _group(bound, hint))


@register.simple_tag
def segment_field(bound: BoundField, hint: str = "") -> SafeString:
    """A choice between two to four short words, side by side."""
    return render_to_string("web/parts/segment_field.html", _group(bound, hint))


@register.simple_tag
def error_summary(*forms_: forms.BaseForm) -> SafeString:
    """What has to be put right in these forms, each with a link to its field. Nothing when there is nothing.

    Of several forms that are alike, each has a `part` that says which it is: “Seat 2”.
    """
    mistakes = [mistake for form in forms_ for mistake in _mistakes(form)]
    return render_to_string("web/parts/error_summary.html", {"mistakes": mistakes}) if mistakes else SafeString("")


@register.simple_tag
def error_summary_each(forms_: Iterable[forms.BaseForm]) -> SafeString:
    """The same of a list of forms that are one to whoever fills them in."""
    return error_summary(*forms_)


@register.inclusion_tag("web/parts/select.html")
def select(
    name: str, label: str, options: Iterable[tuple[str, str]], chosen: str = "", icon: str = ""
) -> dict[str, Any]:
    """A small choice in a page's own form, sent as soon as it changes: `options` are values with their words."""
    return {"name": name, "label": label, "options": options, "chosen": chosen, "icon": icon}


def _look(bound: BoundField) -> str:
    match bound.field.widget:
        case forms.CheckboxInput():
            return "checkbox checkbox-primary"
        case forms.Textarea():
            return "textarea input-error" if bound.errors else "textarea"
        case forms.ClearableFileInput() | forms.FileInput():
            return "file-input"
        case forms.Select():
            return "select input-error" if bound.errors else "select"
    return "input input-error" if bound.errors else "input"


def _group(bound: BoundField, hint: str) -> dict[str, Any]:
    kind = "checkbox" if isinstance(bound.field.widget, forms.CheckboxSelectMultiple) else "radio"
    return {"bound": bound, "kind": kind, "hint": hint or bound.help_text, "options": [option.data for option in bound]}


def _mistakes(form: forms.BaseForm) -> Iterable[Mistake]:
    for words in form.non_field_errors():
        yield Mistake("", str(words), "")
    for name, errors in form.errors.items():
        if name in form.fields:
            bound = form[name]
            first = bound.auto_id + "_0" if isinstance(bound.field.widget, forms.RadioSelect) else bound.id_for_label
            for words in errors:
                yield Mistake(str(bound.label), str(words), first, str(getattr(form, "part", "")))
