"""Time drawn: the ribbon, the office's lanes, a month of days and a day's times."""

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from django.template import Library
from django.utils.dateformat import format as written
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.html import format_html_join
from django.utils.translation import gettext

from schoolbell.kit.time import Stretch, instant, now
from schoolbell.web.templatetags.words import clock

register = Library()

QUARTER: Final = dt.timedelta(minutes=15)
DAY_PARTS: Final = ((5, "Night"), (12, "Morning"), (17, "Afternoon"), (24, "Evening"))  # until which hour


class Timed(Protocol):
    """A stretch of time. Its `kind` says how a ribbon fills it: next, over, wait, stop, or free when it has none."""

    @property
    def starts_at(self) -> dt.datetime: ...
    @property
    def ends_at(self) -> dt.datetime: ...


class TimeToChoose(Protocol):
    """A start that can be chosen: where that leads, and a word below it (who teaches, how many seats are left)."""

    @property
    def starts_at(self) -> dt.datetime: ...
    @property
    def href(self) -> str: ...
    @property
    def note(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a day that is drawn: from one hour to another on the clocks of a zone."""

    opens_at: dt.datetime
    closes_at: dt.datetime
    where: ZoneInfo

    @classmethod
    def of(cls, day: dt.date, hours: str, where: ZoneInfo) -> "Window":
        """`hours` as in "7-19"."""
        first, _, last = hours.partition("-")
        return cls(_hour(day, int(first), where), _hour(day, int(last), where), where)

    def share(self, moment: dt.datetime) -> float:
        """Where the moment lies, in per cent from the left; what lies outside is at the edge."""
        whole = (self.closes_at - self.opens_at).total_seconds()
        return round(min(max((moment - self.opens_at).total_seconds() / whole, 0), 1) * 100, 2)

    def column(self, moment: dt.datetime) -> int:
        """The line of a grid of quarter hours at which the moment lies."""
        return round((min(max(moment, self.opens_at), self.closes_at) - self.opens_at) / QUARTER) + 1

    def hours(self, step: int) -> Iterator[tuple[str, float]]:
        """Every `step`th hour on the clock, with where it lies."""
        moment = self.opens_at
        while moment <= self.closes_at:
            yield f"{moment.astimezone(self.where):%H}", self.share(moment)
            moment += dt.timedelta(hours=step)


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of a month calendar; `strength` (1 to 3) says how much is free, 0 that nothing is."""

    day: dt.date
    href: str
    count: int
    strength: int
    is_chosen: bool
    is_today: bool


@register.inclusion_tag("web/parts/ribbon.html")
def ribbon(
    stretches: Iterable[Timed],
    day: dt.date,
    where: ZoneInfo,
    hours: str = "7-19",
    label: str = "",
    *,
    scale: bool = False,
) -> dict[str, Any]:
    """A day drawn to scale, one line high: left is early, filled is what was asked about.

    `hours` is the part of the day that is shown; `scale` adds the hours below. `label` begins the text alternative,
    which goes on with the times: “Free on Tue 24 Nov: 09:00–11:00, 12:00–14:30”.
    """
    window = Window.of(day, hours, where)
    parts = sorted(stretches, key=lambda stretch: stretch.starts_at)
    bars = (
        (getattr(part, "kind", "free"), left, round(window.share(part.ends_at) - left, 2))
        for part in parts
        if (left := window.share(part.starts_at)) < 100 and part.ends_at > window.opens_at
    )
    ticks = [(share,) for _, share in window.hours(2)][1:-1]
    said = ", ".join(clock(Stretch(part.starts_at, part.ends_at), where) for part in parts) or gettext("nothing")
    return {
        # A week has hundreds of each: put together here, and not one by one in the template.
        "bars": format_html_join("", '<rect class="{}" x="{}%" width="{}%" height="100%"/>', bars),
        "label": f"{label}: {said}" if label else said,
        "now": window.share(now()) if window.opens_at <= now() <= window.closes_at else None,
        "ticks": format_html_join("", '<rect class="tick" x="{}%" height="100%"/>', ticks),
        "scale": list(window.hours(2)) if scale else [],
    }


@register.inclusion_tag("web/parts/ribbon_scale.html")
def ribbon_scale(day: dt.date, where: ZoneInfo, hours: str = "7-19", step: int = 2) -> dict[str, Any]:
    """The hours above or below a group of ribbons or lanes."""
    return {"scale": list(Window.of(day, hours, where).hours(step))}


@register.inclusion_tag("web/parts/lane.html")
def lane(events: Iterable[Any], day: dt.date, where: ZoneInfo, hours: str = "7-19") -> dict[str, Any]:
    """One person's or resource's day in the office: lessons to open, on the ribbon's scale, to the quarter hour.

    An event has `starts_at`, `ends_at`, `href`, `title` and `kind`: confirmed, pending, now, clash (needs you), done,
    cancelled or off.
    """
    window = Window.of(day, hours, where)
    placed = [
        {"event": event, "first": first, "last": max(window.column(event.ends_at), first + 1)}
        for event in sorted(events, key=lambda event: event.starts_at)
        if (first := window.column(event.starts_at)) < window.column(window.closes_at)
    ]
    return {
        "placed": placed,
        "columns": window.column(window.closes_at) - 1,
        "ticks": [share for _, share in window.hours(2)],
        "now": window.column(now()) if window.opens_at <= now() <= window.closes_at else None,
        "where": where,
    }


@register.inclusion_tag("web/parts/month.html")
def month_calendar(
    month: dt.date, counts: Mapping[dt.date, int], link: str, chosen: dt.date | None = None, *,
    today: dt.date | None = None, earlier: str = "", later: str = "", first_weekday: int = calendar.MONDAY,
) -> dict[str, Any]:  # fmt: skip
    """A month whose days with something free can be chosen.

    `counts` says how many times are free on a day; `link` is the address of a day, with `{day}` where its ISO date
    goes: "?day={day}&zone=Europe/Berlin". `earlier` and `later` are the addresses of the months beside, empty where
    there is nothing to see.
    """
    most = max(counts.values(), default=0)

    def cell(day: dt.date) -> DayCell | None:
        if day.month != month.month:
            return None
        count = counts.get(day, 0)
        strength = -(-3 * count // most) if count else 0
        return DayCell(day, link.replace("{day}", day.isoformat()), count, strength, day == chosen, day == today)

    weeks = calendar.Calendar(first_weekday).monthdatescalendar(month.year, month.month)
    weekdays = [(first_weekday + offset) % 7 for offset in range(7)]
    return {
        "title": written(month, "F Y"),
        "weeks": [[cell(day) for day in week] for week in weeks],
        "weekdays": [(str(WEEKDAYS[number]), str(WEEKDAYS_ABBR[number])[:2]) for number in weekdays],
        "earlier": earlier,
        "later": later,
        "before": month.replace(day=1) - dt.timedelta(days=1),
        "after": month.replace(day=28) + dt.timedelta(days=4),
    }


@register.inclusion_tag("web/parts/time_list.html")
def time_list(times: Sequence[TimeToChoose], where: ZoneInfo, chosen: dt.datetime | None = None) -> dict[str, Any]:
    """A day's times to choose, by morning, afternoon and evening, in the zone `where`."""

    def part_of_day(time: TimeToChoose) -> str:
        return next(name for until, name in DAY_PARTS if time.starts_at.astimezone(where).hour < until)

    ordered = sorted(times, key=lambda time: time.starts_at)
    groups = [(gettext(name), list(group)) for name, group in groupby(ordered, key=part_of_day)]
    return {"groups": groups, "where": where, "chosen": chosen}


def _hour(day: dt.date, hour: int, where: ZoneInfo) -> dt.datetime:
    days, hour = divmod(hour, 24)
    return instant(day + dt.timedelta(days=days), dt.time(hour), where)
