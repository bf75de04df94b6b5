"""Stretches of days that an office speaks of, by the school's own clock. Weeks begin on Monday."""

import datetime as dt
from typing import Final

from django.utils.translation import gettext_lazy as _

from schoolbell.kit.time import Stretch, day_starts, local_day, now
from schoolbell.schools.models import School

PERIODS: Final = (
    ("today", _("Today")),
    ("this-week", _("This week")),
    ("next-week", _("Next week")),
    ("last-week", _("Last week")),
    ("this-month", _("This month")),
    ("last-month", _("Last month")),
)


def today(school: School) -> dt.date:
    return local_day(now(), school.zone)


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def stretch_of(school: School, first: dt.date, days: int = 1) -> Stretch:
    """That many whole days."""
    return Stretch(day_starts(first, school.zone), day_starts(first + dt.timedelta(days=days), school.zone))


def period(school: School, name: str) -> Stretch | None:
    """None for a name that is none of `PERIODS`."""
    day = today(school)
    week = dt.timedelta(days=7)
    if name == "today":
        return stretch_of(school, day)
    weeks = {"this-week": monday(day), "next-week": monday(day) + week, "last-week": monday(day) - week}
    if name in weeks:
        return stretch_of(school, weeks[name], 7)
    this_month = day.replace(day=1)
    months = {"this-month": this_month, "last-month": (this_month - dt.timedelta(days=1)).replace(day=1)}
    if name in months:
        first = months[name]
        return stretch_of(school, first, ((first + dt.timedelta(days=32)).replace(day=1) - first).days)
    return None


def day_of(text: str | None, default: dt.date) -> dt.date:
    """The day that an address names, or the default; within what calendars hold."""
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return default
    return day if 2000 <= day.year < 2200 else default
