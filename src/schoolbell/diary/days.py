"""Dates that go otherwise than their week: closed for several days, or open in hours of their own."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.diary.actions import add_opening_hours, remove_opening_hours
from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.diary.sound_hours import has_hours
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, days, instant, is_a_day, zone
from schoolbell.schools.actor import Actor

MOST_DAYS: Final = 92
MIDNIGHT: Final = dt.time.min


@transaction.atomic
def close_days(
    diary: Diary,
    first_day: dt.date,
    last_day: dt.date,
    *,
    timezone: str,
    by: Actor,
    starts: dt.time = MIDNIGHT,
    ends: dt.time = MIDNIGHT,
) -> list[OpeningHours]:
    """Close a diary in these hours (the whole day, unless they are said) on each of these days, both ends included.

    All of them or none. Raises InputRefused.
    """
    if last_day < first_day:
        raise InputRefused.of("last_date", _("The last day is before the first."))
    if (last_day - first_day).days >= MOST_DAYS:
        raise InputRefused.of("last_date", _("Close at most %s days at a time.") % MOST_DAYS)
    where = zone(timezone)
    return [
        add_opening_hours(diary, date=day, starts=starts, ends=ends, timezone=timezone, closes=True, by=by)
        for day in days(first_day, last_day)
        if is_a_day(day, where) or first_day == last_day
    ]


@transaction.atomic
def open_only(
    diary: Diary, date: dt.date, starts: dt.time, ends: dt.time, *, timezone: str, by: Actor, always_open: bool = False
) -> list[OpeningHours]:
    """On this date a diary is open in these hours, and in no others that it has. `always_open`: without hours it is
    open all the time, and only closed before and after. Raises InputRefused.
    """
    rows = []
    if not always_open or has_hours(diary.school_id, diary.pk):
        rows.append(add_opening_hours(diary, date=date, starts=starts, ends=ends, timezone=timezone, by=by))
    for begin, end in ((MIDNIGHT, starts), (ends, MIDNIGHT)):
        if begin != end:
            rows += close_days(diary, date, date, starts=begin, ends=end, timezone=timezone, by=by)
    return rows


@transaction.atomic
def remove_days(hours: OpeningHours, last_day: dt.date | None, *, by: Actor) -> None:
    """Take hours away; and where they close their date, whatever closes the diary alike on the days until the last.

    Raises NotFound where the first is gone already.
    """
    remove_opening_hours(hours, by=by)
    if last_day is None or not hours.closes:
        return
    alike = OpeningHours.objects.filter(
        school_id=hours.school_id, diary_id=hours.diary_id, closes=True, starts=hours.starts, ends=hours.ends
    )
    for one in alike.filter(timezone=hours.timezone, date__range=(hours.date, last_day)).order_by("date"):
        remove_opening_hours(one, by=by)


def stretch_on_date(hours: OpeningHours) -> Stretch | None:
    """When hours of one date are; None: the clocks skip them, or they are of every week."""
    if hours.date is None:
        return None
    where = zone(hours.timezone)
    end_day = hours.date + dt.timedelta(days=1) if hours.ends == MIDNIGHT else hours.date
    starts_at, ends_at = instant(hours.date, hours.starts, where), instant(end_day, hours.ends, where)
    return Stretch(starts_at, ends_at) if starts_at < ends_at else None
