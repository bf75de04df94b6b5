"""Opening hours from a file: of an instructor, of a resource."""

from itertools import pairwise

from django.utils.translation import gettext as _

from schoolbell.diary.models import OpeningHours
from schoolbell.importing.lines import Line
from schoolbell.importing.structures import Hours
from schoolbell.importing.things import Thing
from schoolbell.importing.writing import Writing


def tell_hours(thing: Thing, line: Line, *, timezone: str) -> None:
    """The cell is the whole of somebody's hours; what says no zone is in `timezone`."""
    said: tuple[Hours, ...] = line.get("opening_hours", ())
    if not said:
        return
    if not timezone and any(not hours.timezone for hours in said):
        if not line.unread("timezone"):
            line.bad(
                "opening_hours", _("says no zone: fill the timezone column, or write Mon 14:00-20:00 Europe/London")
            )
        return
    hours = sorted((_in_zone(one, timezone) for one in said), key=lambda one: one.order)
    for one, other in pairwise(hours):
        if one.overlaps(other):
            line.bad("opening_hours", _("has hours that overlap: %s") % f"{one.starts:%H:%M}, {other.starts:%H:%M}")
            return
    thing.tell("opening_hours", tuple(hours), line)


def _in_zone(hours: Hours, timezone: str) -> Hours:
    if hours.timezone:
        return hours
    return Hours(hours.weekday, hours.date, hours.starts, hours.ends, timezone, hours.valid_from, hours.valid_until)


def write_hours(thing: Thing, writing: Writing) -> None:
    before: tuple[Hours, ...] = thing.values.get("opening_hours", ())
    after: tuple[Hours, ...] = thing.now("opening_hours") or ()
    if before == after:
        return
    if not thing.is_new and thing.diary_id:
        OpeningHours.objects.of(writing.school).filter(diary_id=thing.diary_id, closes=False).delete()
    for hours in after:
        writing.add(
            OpeningHours,
            diary_id=thing.diary_id,
            weekday=hours.weekday or None,
            date=hours.date,
            starts=hours.starts,
            ends=hours.ends,
            timezone=hours.timezone,
            valid_from=hours.valid_from,
            valid_until=hours.valid_until,
        )
