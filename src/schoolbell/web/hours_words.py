"""Opening hours as lists show them. Days that are closed alike, one after the other, stand in one line."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from schoolbell.diary.models import OpeningHours
from schoolbell.web.instructor.forms import WEEKDAYS
from schoolbell.web.templatetags.words import day as said_day

DAY = dt.timedelta(days=1)


@dataclass(slots=True)
class Line:
    """Hours of a weekday, or of one date; those that close go until `last_date`."""

    hours: OpeningHours
    last_date: dt.date | None

    @property
    def is_several(self) -> bool:
        return self.last_date != self.hours.date

    @property
    def days(self) -> str:
        """“Thu 24 Dec”, “Mon 7 Dec to Fri 11 Dec”, “Saturdays”."""
        if self.hours.date is None or self.last_date is None:
            return str(dict(WEEKDAYS).get(self.hours.weekday or 0, ""))
        if not self.is_several:
            return said_day(self.hours.date)
        return _("%(first)s to %(last)s") % {"first": said_day(self.hours.date), "last": said_day(self.last_date)}

    @property
    def clock(self) -> str:
        if self.hours.closes and self.hours.starts == self.hours.ends:
            return _("all day")
        return f"{self.hours.starts:%H:%M}–{self.hours.ends:%H:%M}"

    def __str__(self) -> str:
        """“on Saturdays, 09:00–13:00”, “from Mon 7 Dec to Fri 11 Dec, all day”."""
        words = _("from %(day)s, %(clock)s") if self.is_several else _("on %(day)s, %(clock)s")
        return words % {"day": self.days, "clock": self.clock}

    @property
    def as_listed(self) -> str:
        words = str(self)
        return _("Closed %s") % words if self.hours.closes else words[:1].upper() + words[1:]


def lines(hours: Iterable[OpeningHours]) -> list[Line]:
    """In the order in which they come: a diary's by weekday, then by date."""
    found: list[Line] = []
    closing: dict[tuple[dt.time, dt.time, str], Line] = {}
    for one in hours:
        before = closing.get((one.starts, one.ends, one.timezone)) if one.closes else None
        if before is not None and before.last_date and one.date == before.last_date + DAY:
            before.last_date = one.date
            continue
        found.append(Line(one, one.date))
        if one.closes:
            closing[one.starts, one.ends, one.timezone] = found[-1]
    return found


def last_date_of(hours: OpeningHours, text: str) -> dt.date | None:
    """Until when a line goes, as its form sends it; else its own date."""
    try:
        return max(dt.date.fromisoformat(text), hours.date) if hours.date and hours.closes else hours.date
    except ValueError:
        return hours.date
