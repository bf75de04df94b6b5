"""Cells about what repeats: on which days, at which time by the clock, and which days were left out."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from schoolbell.importing.cells import read_day
from schoolbell.importing.refusals import CellRefused
from schoolbell.importing.structures import WEEKDAYS
from schoolbell.kit.refusals import InputRefused
from schoolbell.timetable.models import SkippedOccurrence
from schoolbell.timetable.recurrence import require_rule, weekly_on

_PLAIN: Final = {weekly_on(place): day for place, day in enumerate(WEEKDAYS, 1)}


@dataclass(frozen=True, slots=True)
class ClockCell:
    """`16:00`, by the clocks of the line's zone."""

    def read(self, text: str) -> dt.time:
        try:
            if not re.fullmatch(r"\d\d?:\d\d", text):
                raise ValueError
            return dt.time.fromisoformat(text.zfill(5))
        except ValueError:
            raise CellRefused(_("“%s” is not a time of day such as 16:00") % text) from None

    def write(self, value: dt.time) -> str:
        return value.isoformat("minutes" if value.second == value.microsecond == 0 else "auto")


@dataclass(frozen=True, slots=True)
class RepeatsCell:
    """`Tue`, `Tue; Thu`, or a rule of RFC 5545 such as `FREQ=WEEKLY;INTERVAL=2;BYDAY=TU`. Its value is the rule."""

    def read(self, text: str) -> str:
        if "=" in text:
            try:
                return require_rule(text)
            except InputRefused as wrong:
                why = " ".join(str(one) for told in wrong.errors.values() for one in told)
                raise CellRefused(_("“%(text)s” is no rule: %(why)s") % {"text": text, "why": why}) from None
        days = [part.strip()[:3].title() for part in text.split(";") if part.strip()]
        if not days or not set(days) <= set(WEEKDAYS):
            raise CellRefused(
                _("“%(text)s” is not a weekday; use %(days)s, or a rule such as FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
                % {"text": text, "days": ", ".join(WEEKDAYS)}
            )
        return weekly_on(*{WEEKDAYS.index(day) + 1 for day in days})

    def write(self, value: str) -> str:
        return _PLAIN.get(value, value)


@dataclass(frozen=True, slots=True)
class SkippedCell:
    """`2026-12-25 closure`: a day on which nothing takes place, and why."""

    def read(self, text: str) -> tuple[dt.date, str]:
        day, _space, reason = text.partition(" ")
        if reason.strip() not in SkippedOccurrence.Reason.values:
            raise CellRefused(
                _("“%(text)s” is not a day and a reason such as 2026-12-25 closure; reasons are %(reasons)s")
                % {"text": text, "reasons": ", ".join(SkippedOccurrence.Reason.values)}
            )
        return read_day(day), reason.strip()

    def write(self, value: tuple[dt.date, str]) -> str:
        return f"{value[0]} {value[1]}"
