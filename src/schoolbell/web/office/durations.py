"""Lengths of time as people write them: “15 min”, “2 h”, “3 days”."""

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

HOUR: Final = 60
DAY: Final = 24 * HOUR
_UNITS: Final = {"m": 1, "h": HOUR, "d": DAY, "w": 7 * DAY}
_WRITTEN: Final = re.compile(r"(\d{1,6})\s*(m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)", re.IGNORECASE)


def said_minutes(minutes: int) -> str:
    """In the largest unit that fits: “none”, “45 min”, “2 h”, “3 days”."""
    if minutes and minutes % DAY == 0:
        return ngettext("%d day", "%d days", minutes // DAY) % (minutes // DAY)
    if minutes and minutes % HOUR == 0:
        return _("%d h") % (minutes // HOUR)
    return _("%d min") % minutes


class DurationField(forms.CharField):
    """Cleaned, it is a number of `unit` (in minutes): 1, HOUR or DAY. A bare number is taken for that many."""

    def __init__(self, *, unit: int, least: int, most: int, **more: Any) -> None:
        self.unit, self.least, self.most = unit, least, most
        more.setdefault("error_messages", {"required": gettext_lazy("Say how long, such as 30 min, 2 h or 3 days.")})
        super().__init__(max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"}), **more)

    def prepare_value(self, value: Any) -> Any:
        return said_minutes(value * self.unit) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        found = _WRITTEN.fullmatch(text)
        if found is None and not (text.isascii() and text.isdigit() and len(text) <= 6):
            raise forms.ValidationError(_("Write a length of time such as 30 min, 2 h or 3 days."))
        minutes = int(found[1]) * _UNITS[found[2][0].lower()] if found else int(text) * self.unit
        if minutes % self.unit:
            words = _("Say it in whole hours.") if self.unit == HOUR else _("Say it in whole days.")
            raise forms.ValidationError(words)
        if not self.least <= minutes // self.unit <= self.most:
            between = {"least": said_minutes(self.least * self.unit), "most": said_minutes(self.most * self.unit)}
            raise forms.ValidationError(_("Choose between %(least)s and %(most)s.") % between)
        return minutes // self.unit
