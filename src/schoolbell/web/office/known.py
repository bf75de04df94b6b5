"""Forms of what is on file already, where two may change it at a time and neither loses what the other wrote."""

import json
from typing import Any, ClassVar, Final

from django import forms
from django.http import QueryDict
from django.utils.choices import flatten_choices
from django.utils.html import format_html
from django.utils.translation import gettext as _

from schoolbell.kit.text import plain_lines
from schoolbell.web.office.forms import OfficeForm

SHOWN: Final = "shown"
Raw = str | bool | list[str]  # what a field sends: text, a tick, or what is ticked of several


class KnownForm(OfficeForm):
    """The page keeps what it showed. What somebody else changed since then stays; where both changed one field, the
    form says what is there by now, and sent once more it takes what was typed.

    `initial` is the row as it is: whoever writes it has locked it (`find_to_change`). A form that is looked at before
    it is done (`steps`) takes what it showed along, and its action is told what was seen instead.
    """

    is_known = True
    not_on_file: ClassVar[tuple[str, ...]] = ()  # fields that say something of the change, such as its day

    @property
    def shown(self) -> str:
        """For the page: a field with what it shows."""
        if not self.is_known:
            return ""
        return format_html('<input type="hidden" name="{}" value="{}">', *self.taken_along)

    @property
    def taken_along(self) -> tuple[str, str]:
        return SHOWN, json.dumps(self._on_file())

    def full_clean(self) -> None:
        changed = self._let_stand() if self.is_bound and self.is_known else {}
        super().full_clean()
        for name, value in changed.items():
            words = _("It was changed meanwhile, to “%s”. Send yours again to keep it instead.") % value
            self.add_error(name, words if value else _("It was emptied meanwhile. Send yours again to keep it."))

    def _let_stand(self) -> dict[str, str]:
        """Put what somebody else changed in place of what was only shown; by name, what both changed, as it is now."""
        shown, on_file, changed = self._sent(), self._on_file(), {}
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name in filter(shown.__contains__, on_file):
            was, typed, now = shown[name], self._typed(name), on_file[name]
            if isinstance(now, list):
                data.setlist(name, _both(was, typed, now))
            elif _same(typed, was):
                data.pop(name, None)
                if now is not False:
                    data[name] = "on" if now is True else now
            elif not _same(now, was) and not _same(now, typed):
                changed[name] = self._said(name, str(now))
        data[SHOWN] = json.dumps(on_file)
        self.data = data
        return changed

    def _sent(self) -> dict[str, Any]:
        """What the page showed; nothing where a program sent the form."""
        try:
            shown = json.loads(self.data.get(SHOWN, "{}"))
        except (ValueError, RecursionError):
            return {}
        return shown if isinstance(shown, dict) else {}

    def _on_file(self) -> dict[str, Raw]:
        known = {name: field for name, field in self.fields.items() if name not in self.not_on_file}
        return {name: self._as_sent(name, field) for name, field in known.items()}

    def _as_sent(self, name: str, field: forms.Field) -> Raw:
        """What the browser sends of it, where nobody touches it."""
        value, widget = field.prepare_value(self.get_initial_for_field(field, name)), field.widget
        if isinstance(widget, forms.CheckboxInput):
            return bool(value)
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return [str(one) for one in value or []]
        if isinstance(widget, forms.Select | forms.RadioSelect):
            return "" if value is None else str(value)
        return str(widget.format_value(value) or "")

    def _typed(self, name: str) -> Any:
        return self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def _said(self, name: str, value: str) -> str:
        """As people read it."""
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField) or not value:
            return value
        return str(dict(flatten_choices(field.choices)).get(value, value))  # type: ignore[arg-type]


def _same(one: Any, other: Any) -> bool:
    """But for how lines are parted, and for space around."""
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    return plain_lines(value).strip() if isinstance(value, str) else value if value is not None else ""


def _both(was: Any, typed: list[str], now: list[str]) -> list[str]:
    """What is ticked now, with what one of them ticked, and without what they unticked."""
    before = was if isinstance(was, list) else []
    added = [one for one in typed if one not in before and one not in now]
    return [one for one in now if one in typed or one not in before] + added
