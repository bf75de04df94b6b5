"""Busy time: what time off and outside calendars take of a diary, around the lessons that were there before them.

The originals (TimeOff, OutsideEvent) keep their whole times; their claims are what is left of those without the
lessons. When a lesson leaves, busy time closes over the gap in the same transaction (`close_over`).

Locks: the diary, then the claims of the lessons that lie in the original, in id order; only then the original is
changed. Whoever frees a lesson's time takes no diary lock but deletes that claim, then reads the originals: of the two,
the later sees what the earlier did.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from schoolbell.diary.models import Claim, Diary, OutsideCalendar, OutsideEvent, TimeOff
from schoolbell.diary.waived import hold_waived
from schoolbell.kit.database.statements import execute
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch, cut, less, union


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """A lesson that lies in time that is busy. `source` is what claims it: a slot, or for a student the attendance."""

    during: Stretch
    source: UUID


@transaction.atomic
def cover(school_id: UUID, diary_id: UUID, source: UUID, stretches: Iterable[Stretch]) -> list[Clash]:
    """Give `source` exactly these stretches of a diary, less the lessons in them, and say which lessons those are.

    Whatever else it had is given back. Doing it again changes nothing. A lesson that is booked in the same instant
    either comes first, and is left out, or finds the time taken.
    """
    lock_diary(school_id, diary_id)
    wanted = union(stretches)
    while True:
        clashes = _lock_lessons(school_id, diary_id, wanted)
        left = less(wanted, (clash.during for clash in clashes))
        held = _held(school_id, diary_id, source)
        missing = [stretch for stretch in left if stretch not in held]
        if _claim_busy(school_id, [(diary_id, source, stretch) for stretch in missing]) == len(missing):
            break
    # Only now: whoever waits for time that is given back must not be waited for.
    gone = [claim_id for stretch, ids in held.items() for claim_id in (ids[1:] if stretch in left else ids)]
    Claim.objects.filter(school_id=school_id, id__in=gone).delete()
    hold_waived(school_id, [(diary_id, stretch) for stretch in held if stretch not in left])
    return clashes


def re_cover(school_id: UUID, diary_id: UUID) -> None:
    """Make all busy claims of a diary anew from their originals."""
    lock_diary(school_id, diary_id)
    own = {"school_id": school_id, "diary_id": diary_id}
    for off in TimeOff.objects.filter(status=TimeOff.Status.APPROVED, **own).order_by("id"):
        cover(school_id, diary_id, off.pk, [off.during])
    for calendar in OutsideCalendar.objects.filter(**own).order_by("id"):
        events = OutsideEvent.objects.filter(school_id=school_id, calendar_id=calendar.pk)
        cover(school_id, diary_id, calendar.pk, [event.during for event in events])


def close_over(school_id: UUID, freed: Sequence[tuple[UUID, Stretch]]) -> None:
    """Lessons left these stretches of these diaries: what was busy around them is busy there too."""
    if not freed:
        return
    values = {
        "school_id": school_id,
        "diaries": [diary_id for diary_id, _ in freed],
        "starts": [stretch.starts_at for _, stretch in freed],
        "ends": [stretch.ends_at for _, stretch in freed],
    }
    found = execute(_ORIGINALS_SQL, values)
    _claim_busy(school_id, [(diary_id, source, Stretch(*times)) for diary_id, source, *times in found])


def clashes_with(school_id: UUID, diary_id: UUID, stretches: Iterable[Stretch]) -> list[Clash]:
    """The lessons that lie in these stretches, in order of time."""
    wanted = union(stretches)
    if not wanted:
        return []
    rows = Claim.objects.filter(
        school_id=school_id,
        diary_id=diary_id,
        kind=Claim.Kind.LESSON,
        waived=False,
        during__overlap=(wanted[0].starts_at, wanted[-1].ends_at),
    )
    return _among(wanted, rows.values_list("during", "source"))


def lock_diary(school_id: UUID, diary_id: UUID, stretches: Iterable[Stretch] = ()) -> None:
    """And the lessons in these stretches: those of an original that is about to change or go."""
    Diary.objects.select_for_update(no_key=True).get(school_id=school_id, id=diary_id)
    _lock_lessons(school_id, diary_id, union(stretches))


_LESSONS_SQL = """
    SELECT during, source FROM diary_claim
    WHERE school_id = %(school_id)s AND diary_id = %(diary_id)s AND kind = 'lesson' AND NOT waived
      AND during && tstzrange(%(from)s, %(until)s)
    ORDER BY id
    FOR KEY SHARE"""

_BUSY_SQL = """
    INSERT INTO diary_claim (id, school_id, diary_id, kind, during, source, waived)
    SELECT c.id, %(school_id)s, c.diary_id, 'busy', tstzrange(c.starts_at, c.ends_at), c.source, false
    FROM unnest(%(ids)s::uuid[], %(diaries)s::uuid[], %(sources)s::uuid[], %(starts)s::timestamptz[],
                %(ends)s::timestamptz[]) AS c(id, diary_id, source, starts_at, ends_at)
    ORDER BY c.diary_id, c.starts_at
    ON CONFLICT DO NOTHING
    RETURNING id"""

_FREED_SQL = """
    unnest(%(diaries)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
        AS freed(diary_id, starts_at, ends_at)"""

_ORIGINALS_SQL = f"""
    SELECT off.diary_id, off.id, greatest(off.starts_at, freed.starts_at), least(off.ends_at, freed.ends_at)
    FROM {_FREED_SQL}
    JOIN diary_timeoff AS off
        ON off.school_id = %(school_id)s AND off.diary_id = freed.diary_id AND off.status = 'approved'
        AND off.starts_at < freed.ends_at AND off.ends_at > freed.starts_at
    UNION ALL
    SELECT calendar.diary_id, calendar.id, greatest(event.starts_at, freed.starts_at),
           least(event.ends_at, freed.ends_at)
    FROM {_FREED_SQL}
    JOIN diary_outsidecalendar AS calendar
        ON calendar.school_id = %(school_id)s AND calendar.diary_id = freed.diary_id
    JOIN diary_outsideevent AS event
        ON event.school_id = calendar.school_id AND event.calendar_id = calendar.id
        AND event.starts_at < freed.ends_at AND event.ends_at > freed.starts_at"""


def _lock_lessons(school_id: UUID, diary_id: UUID, wanted: list[Stretch]) -> list[Clash]:
    if not wanted:
        return []
    values = {
        "school_id": school_id,
        "diary_id": diary_id,
        "from": wanted[0].starts_at,
        "until": wanted[-1].ends_at,
    }
    return _among(wanted, execute(_LESSONS_SQL, values))


def _among(wanted: list[Stretch], lessons: Iterable[tuple[Any, UUID]]) -> list[Clash]:
    clashes = sorted(Clash(Stretch(during.lower, during.upper), source) for during, source in lessons)
    return [clash for clash in clashes if cut(wanted, clash.during)]


def _held(school_id: UUID, diary_id: UUID, source: UUID) -> dict[Stretch, list[UUID]]:
    held: dict[Stretch, list[UUID]] = {}
    rows = Claim.objects.filter(school_id=school_id, diary_id=diary_id, source=source, kind=Claim.Kind.BUSY)
    for claim_id, during in rows.values_list("id", "during"):
        held.setdefault(Stretch(during.lower, during.upper), []).append(claim_id)
    return held


def _claim_busy(school_id: UUID, wanted: Sequence[tuple[UUID, UUID, Stretch]]) -> int:
    """How many of these (diary, source, stretch) were taken. A lesson that is in the way stays."""
    if not wanted:
        return 0
    values = {
        "school_id": school_id,
        "ids": [new_id() for _ in wanted],
        "diaries": [diary_id for diary_id, _, _ in wanted],
        "sources": [source for _, source, _ in wanted],
        "starts": [stretch.starts_at for _, _, stretch in wanted],
        "ends": [stretch.ends_at for _, _, stretch in wanted],
    }
    return len(execute(_BUSY_SQL, values))
