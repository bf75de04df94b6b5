"""Everything that changes when a diary is open."""

import datetime as dt

from django.db import transaction

from schoolbell.diary.busy import lock_diary
from schoolbell.diary.keeping import change_hours
from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.diary.sound_hours import require_apart, require_sound, require_week
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import NotFound
from schoolbell.schools.actor import Actor


@transaction.atomic
def add_opening_hours(
    diary: Diary,
    *,
    starts: dt.time,
    ends: dt.time,
    timezone: str,
    by: Actor,
    weekday: int | None = None,
    date: dt.date | None = None,
    closes: bool = False,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    always_open: bool = False,
) -> OpeningHours:
    """Open a diary on a weekday (ISO: 1 is Monday) or one date, or close it on one date. `ends` 00:00 is the end of the
    day. `always_open`: it is of a place or the school, which without hours are open all the time.

    Raises: InputRefused, also where the hours overlap others that the diary has already (`sound_hours.require_apart`),
    or one date alone would close all others (`sound_hours.require_week`).
    """
    hours = OpeningHours(
        school_id=diary.school_id,
        diary_id=diary.pk,
        weekday=weekday,
        date=date,
        closes=closes,
        starts=starts,
        ends=ends,
        timezone=timezone,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    require_sound(hours)
    change_hours(diary.school_id)
    lock_diary(diary.school_id, diary.pk)
    require_apart(hours)
    if always_open:
        require_week(hours)
    hours.save(force_insert=True)
    record("opening_hours.added", hours, by=by, new={"diary": str(diary.pk)})
    return hours


@transaction.atomic
def remove_opening_hours(hours: OpeningHours, *, by: Actor) -> None:
    """Take hours away. Lessons that are booked in them stay. Raises NotFound where they are gone already."""
    change_hours(hours.school_id)
    lock_diary(hours.school_id, hours.diary_id)
    gone, _tables = OpeningHours.objects.filter(school_id=hours.school_id, id=hours.pk).delete()
    if not gone:
        raise NotFound(hours.pk)
    said = {name: getattr(hours, name) for name in ("weekday", "date", "starts", "ends", "valid_from", "valid_until")}
    said |= {"diary": hours.diary_id, "timezone": hours.timezone, "closes": hours.closes or None}
    record(
        "opening_hours.removed",
        hours,
        by=by,
        old={name: str(value) for name, value in said.items() if value is not None},
    )
