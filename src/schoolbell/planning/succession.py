"""One series takes over from another: by which rule, from which day on, and which of the old days becomes which.

A day of the old rule that the new one names as well stays. The others are paired within one week, or one month where
either rule repeats by month, in order: whoever comes on Tuesdays comes on Thursdays of the same weeks.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.models import Enrollment
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import now
from schoolbell.planning.generation import extend_series
from schoolbell.planning.plans import Plan, horizon
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Series, SeriesStaffing, Session, SkippedOccurrence
from schoolbell.timetable.recurrence import (
    WEEKDAYS,
    endless,
    explicit,
    first_occurrence,
    interval_of,
    occurrence_days,
    parts_of,
    require_occurrence,
    rule_from,
)

DAY: Final = dt.timedelta(days=1)
A_MONTH: Final = 31 * DAY
_KEPT: Final = (
    *("course", "resource", "starts", "timezone", "duration_minutes", "capacity", "price", "on_demand", "publishes"),
    "created_by",
)
Days = Mapping[dt.date, dt.date | None]


@dataclass(frozen=True, slots=True)
class Succession:
    """`days`: of each day of the old rule from then on the day that it becomes, None where it becomes none. Others
    stay: all where the rule is the same, and those of sessions that no rule names any more. `stays` are days whose new
    one is over by then: they stay this once."""

    before: Series
    after: Series  # not saved yet
    days: Days
    stays: frozenset[dt.date] = frozenset()

    def day_of(self, occurrence_on: dt.date) -> dt.date | None:
        there = self.days.get(occurrence_on, occurrence_on)
        return None if there is None or (self.after.ends_on and there > self.after.ends_on) else there

    def is_stray(self, occurrence_on: dt.date) -> bool:
        """Does it stay on a day that another becomes? Then the old series keeps it."""
        return occurrence_on not in self.days and occurrence_on in self.days.values()


def succeed(before: Series, *, first: dt.date, last: dt.date, rule: str | None = None, **changes: object) -> Succession:
    """From `first` on, as it was but for these changes; days are looked at up to `last`.

    Raises InputRefused where nothing is left of the series from then on, or the new rule names no day.
    """
    values = {name: getattr(before, name) for name in (*_KEPT, "ends_on")} | changes
    after = Series(school_id=before.school_id, follows=before, **values)
    still = _copy(before, ends_on=after.ends_on)  # as it would go on
    following = first_occurrence(still, first)
    if following is None:
        raise InputRefused.of("first_day", _("The series has ended by then."))
    left = rule_from(still, following)
    if rule is None or parts_of(explicit(rule, following)) == parts_of(left):
        after.rule, after.starts_on = left, following
        return Succession(before, after, {})
    after.rule = explicit(rule, following)
    return _with_other_days(before, after, following, first, last)


def _copy(series: Series, **values: object) -> Series:
    names = (*_KEPT, "school_id", "starts_on", "ends_on", "rule")
    return Series(**{name: getattr(series, name) for name in names} | values)


def _with_other_days(before: Series, after: Series, following: dt.date, first: dt.date, last: dt.date) -> Succession:
    """Gives `after` its first day. Raises InputRefused."""
    by_month = "MONTHLY" in (parts_of(before.rule)["FREQ"], parts_of(after.rule)["FREQ"])
    period = _month_of if by_month else _week_of
    begin, end = period(first), last + A_MONTH
    anchor = begin if interval_of(after.rule) == 1 else _in_step(after.rule, following)
    new = occurrence_days(_copy(after, rule=endless(after.rule), starts_on=anchor), begin, end)
    pairs = _paired(occurrence_days(before, begin, end), new, period)
    taken = {there for day, there in pairs.items() if day < first}  # that week has had its lesson
    after.starts_on = next((day for day in new if day >= first and day not in taken), first)
    require_occurrence(after)
    named = set(occurrence_days(after, after.starts_on, end))

    old = occurrence_days(before, first, end)
    stays = frozenset(day for day in old if day in pairs and pairs[day] < after.starts_on)
    days = {day: day if day in stays else pairs[day] if pairs.get(day) in named else None for day in old}
    return Succession(before, after, days, stays)


def _in_step(rule: str, day: dt.date) -> dt.date:
    """Where a rule of every so many days, weeks or months begins to count, so that it names the period of that day."""
    parts = parts_of(rule)
    if parts["FREQ"] == "MONTHLY":
        return _month_of(day)
    if parts["FREQ"] == "WEEKLY":
        return day - (day.weekday() - WEEKDAYS.index(parts.get("WKST", "MO"))) % 7 * DAY
    return day


def _month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _week_of(day: dt.date) -> dt.date:
    return day - day.weekday() * DAY


def _paired(
    old: Iterable[dt.date], new: Iterable[dt.date], period: Callable[[dt.date], dt.date]
) -> dict[dt.date, dt.date]:
    """Per old day its new one, where there is one."""
    before, after = set(old), set(new)
    pairs = {day: day for day in before & after}
    fresh = {start: list(days) for start, days in groupby(sorted(after - before), period)}
    for start, gone in groupby(sorted(before - after), period):
        pairs.update(zip(gone, fresh.get(start, ()), strict=False))
    return pairs


def who_goes_on(series: Series, day: dt.date) -> Series:
    """Itself; where nothing is left of it from that day on, the one that took over and has lessons then, if there is
    one."""
    if not _is_over(series, day):
        return series
    found: list[Series] = []
    level = [series]
    while level:
        rows = Series.objects.filter(school_id=series.school_id, follows_id__in=[one.pk for one in level])
        level = list(rows.order_by("id"))
        found += [one for one in level if not _is_over(one, day)]
    return min(found, key=lambda one: one.starts_on, default=series)


def _is_over(series: Series, day: dt.date) -> bool:
    following = first_occurrence(series, day)
    if following and Plan(series, (), None).during(following).starts_at <= now():
        following = first_occurrence(series, following + DAY)
    return following is None


def hand_over(
    succession: Succession,
    *,
    first: dt.date,
    staffing: Iterable[SeriesStaffing],
    until: dt.date | None = None,
    cancelled_before: dt.datetime | None = None,
    dropped: Iterable[Session] = (),
) -> Series:
    """Let the old series end before `first`, save the new one, and give it what there is from `until` (else `first`)
    on: the enrollment, days that were skipped, and sessions in whatever state, so that none that was cancelled returns.

    What lies between the two stays with the old series, for the caller to see to, and so does what was cancelled at
    `cancelled_before` or later, and `dropped`: a rule that names their days again makes them again.
    """
    before, after = succession.before, succession.after
    after.save(force_insert=True)
    SeriesStaffing.objects.bulk_create(
        SeriesStaffing(school_id=after.school_id, series=after, instructor_id=one.instructor_id, leads=one.leads)
        for one in staffing
    )
    ahead = {"school_id": before.school_id, "series_id": before.pk, "occurrence_on__gte": until or first}
    skipped = SkippedOccurrence.objects.filter(**ahead)
    for day in skipped.values_list("occurrence_on", flat=True):
        if (there := succession.day_of(day)) and not succession.is_stray(day):
            skipped.filter(occurrence_on=day).update(series=after, occurrence_on=there, updated_at=now())
    sessions = Session.objects.filter(**ahead)
    if cancelled_before is not None:
        sessions = sessions.exclude(cancelled_at__gte=cancelled_before)
    for one in sessions.exclude(id__in=[one.pk for one in dropped]):
        if one.occurrence_on and not succession.is_stray(one.occurrence_on):
            held_on = succession.day_of(one.occurrence_on) or one.occurrence_on
            sessions.filter(id=one.pk).update(series=after, occurrence_on=held_on, updated_at=now())
    # Whoever left a class before has nothing to do with what follows it.
    over = Q(in_class=True, ends_on__lt=first) | Q(in_class=True, status=Enrollment.Status.CANCELLED)
    enrolled = Enrollment.objects.filter(school_id=before.school_id, series_id=before.pk).exclude(over)
    enrolled.update(series=after, updated_at=now())
    end_series(before, first - DAY)
    return after


def put_before(series: Series, first: dt.date, *, by: Actor) -> None:
    """What lies before the day from which another takes over is put on the timetable now, however far ahead: whoever
    is enrolled goes on with the other, and nobody makes it later."""
    if first - DAY > horizon(series.course.school):
        extend_series(series, until=first - DAY, by=by)


def locked_series(series: Series) -> Series:
    return lock_series([series])[0]


def lock_series(asked: Sequence[Series]) -> list[Series]:
    """As they are now, locked in id order, told in the order asked for."""
    rows = Series.objects.select_for_update(no_key=True, of=("self",)).select_related("course__school", "resource")
    found = rows.filter(school_id=asked[0].school_id, id__in=[one.pk for one in asked]).order_by("id")
    by_id = {one.pk: one for one in found}
    return [by_id[one.pk] for one in asked]


def last_known(series: Series) -> dt.date:
    """The last day that anything is known of: to the horizon at least."""
    last = Session.objects.filter(school_id=series.school_id, series_id=series.pk).order_by("-occurrence_on").first()
    known = (last.occurrence_on if last else None, series.generated_until, horizon(series.course.school))
    return max(day for day in known if day is not None)


def staffing_of(series: Series) -> list[SeriesStaffing]:
    """The leading one first."""
    rows = SeriesStaffing.objects.filter(school_id=series.school_id, series_id=series.pk)
    return list(rows.order_by("-leads", "id"))


def end_series(series: Series, last_day: dt.date) -> None:
    """No occurrence after that day is made, or kept as skipped. Sessions are the caller's to see to. Of a series that
    ends before it has begun, the last day is the one before its first."""
    last_day = max(last_day, series.starts_on - DAY)
    if series.ends_on is None or last_day < series.ends_on:
        Series.objects.filter(school_id=series.school_id, id=series.pk).update(ends_on=last_day, updated_at=now())
        series.ends_on = last_day
    SkippedOccurrence.objects.filter(
        school_id=series.school_id, series_id=series.pk, occurrence_on__gt=last_day
    ).delete()
