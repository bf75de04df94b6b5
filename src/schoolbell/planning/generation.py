"""Putting the occurrences of a series on the timetable: its sessions, and for weekly lessons their bookings.

A series is extended in one statement, or not at all. What cannot be, is kept as skipped, with what stands in the way.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Least

from schoolbell.bookings.holds import expire_overdue_holds_at
from schoolbell.diary.claims import lock_diaries
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.models import Closure
from schoolbell.diary.refusals import TimeTaken
from schoolbell.journal.actions import record, tell
from schoolbell.kit.database.statements import forget_plans, read
from schoolbell.kit.time import Stretch, instant, local_day, now, zone
from schoolbell.planning.looking import Occurrence, look_ahead
from schoolbell.planning.plans import Frame, Plan, frame_of, plan_of
from schoolbell.planning.putting import put_on_timetable
from schoolbell.planning.seating import seat_enrolled, seat_school
from schoolbell.schools.actor import SYSTEM, Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, SkippedOccurrence
from schoolbell.timetable.recurrence import occurrence_days
from schoolbell.timetable.spacing import whole_weeks

MOST_TRIES: Final = 3
log = structlog.get_logger("schoolbell.generation")
Reason = SkippedOccurrence.Reason


@dataclass(frozen=True, slots=True)
class Extended:
    """What came of extending one series, or many. `busy` series are still to be extended: others took time there in
    the same moment, again and again."""

    added: int = 0
    skipped: int = 0
    busy: int = 0

    def __add__(self, other: "Extended") -> "Extended":
        return Extended(self.added + other.added, self.skipped + other.skipped, self.busy + other.busy)


def extend_series(series: Series, *, until: dt.date, by: Actor = SYSTEM, frame: Frame | None = None) -> Extended:
    """Put every occurrence up to that day on the timetable that is not there yet and lies ahead, closures left out.

    Whoever has a seat in a class every week gets one there. Done again, it adds nothing. What was skipped before is
    tried again. Overdue holds in the way are expired.
    """
    frame = frame or frame_of(series.course.school)
    for _try in range(MOST_TRIES):
        try:
            extended, left_out = _extend(series, until=until, by=by, frame=frame)
        except TimeTaken:  # somebody took a time in the same moment: look again
            continue
        if not _cleared(frame.school, left_out):
            if not series.on_demand:
                seat_enrolled(series, by=by)
            return extended
    raise TimeTaken(series.pk)  # the timetable moves faster than one can look


def _cleared(school: School, left_out: Sequence[Occurrence]) -> bool:
    """Did a hold that ran out stand in the way? For a rule it may be any of those weeks: one look at all of them."""
    times = [one.during for one in left_out if one.taken]
    if ruled_out := [one.during for one in left_out if one.reason == Reason.RULE]:
        times.append(whole_weeks(Stretch(ruled_out[0].starts_at, ruled_out[-1].ends_at), school.zone))
    return sum(expire_overdue_holds_at(school, one) for one in times) > 0


@transaction.atomic
def _extend(series: Series, *, until: dt.date, by: Actor, frame: Frame) -> tuple[Extended, list[Occurrence]]:
    keep_hours(series.school_id)
    locked = Series.objects.select_for_update(no_key=True, of=("self",)).select_related("course", "resource")
    plan = plan_of(locked.get(school_id=series.school_id, id=series.pk))
    series = plan.series
    if series.on_demand and plan.enrollment is None:  # its enrollment goes on with another series
        return Extended(), []
    there, skipped_before = _known_days(series, until)
    days = _days_to_look_at(series, until, there, skipped_before)
    if not days:
        _note_looked_at(series, until)
        return Extended(), []
    lock_diaries(series.school_id, plan.diaries)
    looked = look_ahead(plan, days, frame=frame)
    free = [one for one in looked if not one.reason]
    put_on_timetable(plan, free, by=by)
    skipped = [one for one in looked if one.reason]
    left_out = _keep_skipped(series, looked, skipped_before)
    _note_looked_at(series, until)
    if free:
        _note(plan, "series.extended", by=by, new={"sessions": len(free), "until": until.isoformat()})
    if left_out:
        _note(plan, "series.skipped", by=by, new={"days": [day.isoformat() for day in left_out]})
    return Extended(len(free), len(skipped)), skipped


def _note(plan: Plan, name: str, *, by: Actor, new: dict[str, Any]) -> None:
    enrollment = plan.enrollment
    record(
        name,
        plan.series,
        by=by,
        student_id=enrollment.student_id if enrollment else None,
        client_id=enrollment.client_id if enrollment else None,
        new=new,
    )
    tell(name, plan.series)


def _known_days(series: Series, until: dt.date) -> tuple[set[dt.date], dict[dt.date, SkippedOccurrence]]:
    """From today on: the days that have their session or are left out on purpose, and those up to `until` that were
    skipped, with their rows."""
    today = local_day(now(), zone(series.timezone))
    own = {"school_id": series.school_id, "series_id": series.pk}
    days = read(_KNOWN_DAYS_SQL, own | {"today": today, "until": until})
    skipped = [day for day, is_there in days if not is_there]
    rows = SkippedOccurrence.objects.filter(**own, occurrence_on__in=skipped) if skipped else ()
    return {day for day, is_there in days if is_there}, {row.occurrence_on: row for row in rows}


_KNOWN_DAYS_SQL = """
    SELECT occurrence_on, true FROM timetable_session
    WHERE school_id = %(school_id)s AND series_id = %(series_id)s AND occurrence_on >= %(today)s
    UNION ALL
    SELECT occurrence_on, reason = 'cancelled' FROM timetable_skippedoccurrence
    WHERE school_id = %(school_id)s AND series_id = %(series_id)s AND occurrence_on BETWEEN %(today)s AND %(until)s
"""


def _days_to_look_at(
    series: Series, until: dt.date, there: Collection[dt.date], skipped: Collection[dt.date]
) -> list[dt.date]:
    """Those that are new, and those that were skipped; none that has begun, and none that has its session."""
    where = zone(series.timezone)
    today = local_day(now(), where)
    first = max(today, series.generated_until + dt.timedelta(days=1)) if series.generated_until else today
    named = {*occurrence_days(series, first, until), *skipped}
    return sorted(day for day in named.difference(there) if instant(day, series.starts, where) > now())


def _note_looked_at(series: Series, until: dt.date) -> None:
    if series.generated_until is None or series.generated_until < until:
        own = {"school_id": series.school_id, "series_id": series.pk}
        read(_LOOKED_AT_SQL, own | {"until": until, "now": now()})


_LOOKED_AT_SQL = """
    UPDATE timetable_series SET generated_until = %(until)s, updated_at = %(now)s
    WHERE school_id = %(school_id)s AND id = %(series_id)s
    RETURNING id
"""


def _keep_skipped(
    series: Series, looked: Sequence[Occurrence], kept: Mapping[dt.date, SkippedOccurrence]
) -> list[dt.date]:
    """As they are now: those that found their place are no longer skipped. Says which days are left out that nobody
    knew of, apart from closed ones: for these somebody has to find another time."""
    if placed := [one.day for one in looked if not one.reason and one.day in kept]:
        rows = SkippedOccurrence.objects.filter(school_id=series.school_id, series_id=series.pk)
        rows.filter(occurrence_on__in=placed).delete()
    new: list[SkippedOccurrence] = []
    for one in looked:
        if not one.reason:
            continue
        taken = [
            {
                "diary": str(taken.diary_id),
                "starts_at": taken.during.starts_at.isoformat(),
                "ends_at": taken.during.ends_at.isoformat(),
            }
            for taken in one.taken
        ]
        row = kept.get(one.day)
        if row is None:
            new.append(
                SkippedOccurrence(
                    school_id=series.school_id, series=series, occurrence_on=one.day, reason=one.reason, taken=taken
                )
            )
        elif (row.reason, row.taken) != (one.reason, taken):
            row.reason, row.taken = one.reason, taken
            row.save()
    if new:
        SkippedOccurrence.objects.bulk_create(new)
    return [row.occurrence_on for row in new if row.reason != Reason.CLOSURE]


def extend_school(school: School, *, by: Actor = SYSTEM) -> Extended:
    """Every series of a school up to its horizon (policy weekly_ahead_days), and what was skipped ahead once more.

    One that finds no quiet moment is counted as busy, and does not keep the others waiting.
    """
    frame = frame_of(school)
    today = local_day(now(), school.zone)
    until = today + dt.timedelta(days=school.policies.weekly_ahead_days)
    total, planned_for = Extended(), 0
    for series in _to_extend(school, today, until):
        if total.added > 2 * planned_for:  # what was planned for few lessons reads all of many
            planned_for = total.added
            forget_plans()
        try:
            total += extend_series(series, until=until, by=by, frame=frame)
        except TimeTaken as taken:
            log.warning("not extended", school=school.slug, series=str(series.pk), code=taken.code)
            total += Extended(busy=1)
    seat_school(school, by=by)
    return total


def _to_extend(school: School, today: dt.date, until: dt.date) -> Iterable[Series]:
    """Those with occurrences that nobody looked at yet, and those with skipped ones ahead: not for a day on which the
    school is closed as it was (a half term is in the way of every series, and would be looked at every night)."""
    closed = Closure.objects.of(school).filter(
        kept_open_at__isnull=True, first_day__lte=OuterRef("occurrence_on"), last_day__gte=OuterRef("occurrence_on")
    )
    still_closed = Q(Exists(closed), reason=Reason.CLOSURE, series__timezone=school.timezone)
    skipped = SkippedOccurrence.objects.of(school).filter(
        ~still_closed, ~Q(reason=Reason.CANCELLED), series_id=OuterRef("id"), occurrence_on__range=(today, until)
    )
    last = Least(Value(until), F("ends_on"))  # the one that is known, if the series has no end
    rows = Series.objects.of(school).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    rows = rows.filter(Q(generated_until__isnull=True) | Q(generated_until__lt=last) | Exists(skipped))
    return rows.select_related("course__school").order_by("id").iterator(chunk_size=200)
