"""What repeats for a student, as they and whoever pays for them see it: weekly lessons, and seats in classes every
week, each with its next lesson, its pause and what is left out ahead."""

import datetime as dt
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery

from schoolbell.bookings.enrollments import enrollments_seen_by
from schoolbell.bookings.lessons import MAY_ENTER
from schoolbell.bookings.models import Attendance, Booking, Enrollment, Seating
from schoolbell.kit.time import Stretch, local_day, now, zone
from schoolbell.planning.plans import Plan
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import Series, SeriesStaffing, Session, SkippedOccurrence
from schoolbell.timetable.recurrence import every_weeks, first_occurrence, occurrence_days, weekdays_of

DAY: Final = dt.timedelta(days=1)
Status = Enrollment.Status
Reason = SkippedOccurrence.Reason


@dataclass(frozen=True, slots=True)
class Pause:
    """From that day on, until `back_on`: the day of the next lesson after it, if that is known."""

    first: dt.date
    back_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A lesson that there would be, and that is left out. `is_theirs`: the student is why, not the school."""

    during: Stretch
    reason: str
    is_theirs: bool


@dataclass(frozen=True, slots=True)
class EveryWeek:
    """An enrollment with its student and course. It goes by `series`, and where a change is planned from the first day
    of `then` on by that; each with its staff. `next_booking` and `next_at` are of the next lesson, or what is on."""

    enrollment: Enrollment
    series: Series
    then: Series | None
    pause: Pause | None
    next_booking: UUID | None
    next_at: dt.datetime | None
    missing: tuple[Missing, ...]

    @property
    def begins_on(self) -> dt.date:
        """Its first day, or that of a class which began later."""
        first: dt.date = self.enrollment.starts_on
        return first if _was_there_before(self.enrollment) else max(first, self.enrollment.series.starts_on)

    @property
    def ends_on(self) -> dt.date | None:
        """Its last day, or that of the class."""
        ends = (self.enrollment.ends_on, self.enrollment.series.ends_on if self.enrollment.in_class else None)
        return min((day for day in ends if day), default=None)


def weekly_seen_by(actor: Actor, school: School) -> Any:
    """Theirs that go on, pause, or have not reached their last day, by student: for `every_week`."""
    today = local_day(now(), school.zone)
    rows = enrollments_seen_by(actor, school).filter(
        status__in=(Status.ACTIVE, Status.PAUSED, Status.ENDED), type=Enrollment.Type.WEEKLY_RECURRING
    )
    rows = rows.exclude(ends_on__lt=today).exclude(in_class=True, series__ends_on__lt=today)
    staffing = SeriesStaffing.objects.of(school).select_related("instructor__person").order_by("-leads", "id")
    rows = rows.select_related("series__follows__resource").prefetch_related(
        Prefetch("series__staffing", staffing), Prefetch("series__follows__staffing", staffing)
    )
    rows = rows.order_by("student__person__first_name", "student__person__last_name", "student_id", "id")
    coming = _coming(school)
    found: Any = rows.annotate(
        next_booking=Subquery(coming.values("id")[:1]), next_at=Subquery(coming.values("session__starts_at")[:1])
    )
    return found


def _coming(school: School) -> SchoolRows[Booking]:
    """The lessons ahead of an enrollment, also one in its class that was booked apart, the next one first."""
    theirs = Q(enrollment_id=OuterRef("id")) | Q(session__series_id=OuterRef("series_id"))
    rows = Booking.objects.of(school).filter(theirs, status__in=MAY_ENTER, session__ends_at__gt=now())
    rows = rows.filter(student_id=OuterRef("student_id"), client_id=OuterRef("client_id"))
    return rows.order_by("session__starts_at", "id")


def every_week(enrollments: Sequence[Any]) -> list[EveryWeek]:
    """In their order. Two queries, however many there are."""
    ways = {one.pk: _way_of(one, local_day(now(), zone(one.series.timezone))) for one in enrollments}
    skipped = _skipped([series for way in ways.values() for series in way.all_series])
    unseated = _unseated([one for one in enrollments if one.in_class])
    return [
        EveryWeek(
            one,
            ways[one.pk].series,
            ways[one.pk].then,
            _pause_of(one, ways[one.pk]),
            one.next_booking,
            one.next_at,
            tuple(_missing(one, ways[one.pk], skipped, unseated.get(one.pk, ()))),
        )
        for one in enrollments
    ]


@dataclass(frozen=True, slots=True)
class _Way:
    """By which series it goes now and by which it goes `then`. `after`: where nothing changes but a pause lies between,
    the series that goes on after it."""

    series: Series
    then: Series | None = None
    after: Series | None = None
    gap_from: dt.date | None = None

    @property
    def all_series(self) -> list[Series]:
        return [one for one in (self.series, self.then, self.after) if one is not None]


def _way_of(enrollment: Enrollment, today: dt.date) -> _Way:
    series, before = enrollment.series, enrollment.series.follows
    if before is None or not _was_there_before(enrollment) or series.starts_on <= today:
        return _Way(series)
    gap_from = before.ends_on + DAY
    as_it_was = copy(before)
    as_it_was.ends_on = None
    is_pause = _hours_of(before) == _hours_of(series) and bool(
        occurrence_days(as_it_was, gap_from, series.starts_on - DAY)
    )
    if before.ends_on < max(today, before.starts_on):
        return _Way(series, gap_from=gap_from if is_pause else None)
    return _Way(before, after=series, gap_from=gap_from) if is_pause else _Way(before, then=series)


def _was_there_before(enrollment: Enrollment) -> bool:
    """Whoever came when its series had taken over from another, or was to, was never in that one."""
    is_older: bool = enrollment.created_at < enrollment.series.created_at
    return is_older


def _hours_of(series: Series) -> tuple[object, ...]:
    return weekdays_of(series), every_weeks(series), series.starts, series.duration_minutes


def _pause_of(enrollment: Enrollment, way: _Way) -> Pause | None:
    if enrollment.in_class:
        away, back = enrollment.away_from, enrollment.away_until
        if away is None or (back is not None and back <= local_day(now(), zone(enrollment.series.timezone))):
            return None
        return Pause(away, (first_occurrence(enrollment.series, back) or back) if back else None)
    if enrollment.status == Status.PAUSED:
        return Pause(enrollment.series.ends_on + DAY, None)
    return Pause(way.gap_from, (way.after or way.series).starts_on) if way.gap_from else None


def _skipped(series: Sequence[Series]) -> dict[UUID, list[SkippedOccurrence]]:
    found: dict[UUID, list[SkippedOccurrence]] = {one.pk: [] for one in series}
    if series:
        rows = SkippedOccurrence.objects.filter(school_id=series[0].school_id, series_id__in=list(found))
        for row in rows.filter(occurrence_on__gte=local_day(now(), zone(series[0].timezone)) - DAY):
            found[row.series_id].append(row)
    return found


def _unseated(enrollments: Sequence[Enrollment]) -> dict[UUID, list[Seating]]:
    """Classes ahead in which they have no seat; whoever booked one apart from the others misses nothing."""
    found: dict[UUID, list[Seating]] = {one.pk: [] for one in enrollments}
    if enrollments:
        seats = Attendance.objects.filter(
            school_id=OuterRef("school_id"),
            slot__session_id=OuterRef("session_id"),
            student_id=OuterRef("enrollment__student_id"),
            is_live=True,
        )
        rows = Seating.objects.filter(
            ~Exists(seats),
            school_id=enrollments[0].school_id,
            enrollment_id__in=list(found),
            session__status=Session.Status.PUBLISHED,
            session__starts_at__gt=now(),
        )
        for row in rows.exclude(reason="").select_related("session"):
            found[row.enrollment_id].append(row)
    return found


def _missing(
    enrollment: Enrollment,
    way: _Way,
    skipped: Mapping[UUID, Sequence[SkippedOccurrence]],
    unseated: Sequence[Seating],
) -> list[Missing]:
    found = [
        Missing(Plan(series, (), None).during(row.occurrence_on), row.reason, _is_theirs(enrollment, row))
        for series in way.all_series
        for row in skipped[series.pk]
        if not enrollment.in_class or enrollment.wants(row.occurrence_on)
    ]
    for one in unseated:
        during = Stretch(one.session.starts_at, one.session.ends_at)
        if one.session.occurrence_on and enrollment.wants(one.session.occurrence_on):
            found.append(Missing(during, one.reason, one.reason != Seating.Reason.FULL))
    return sorted((one for one in found if one.during.ends_at > now()), key=lambda one: one.during.starts_at)


def _is_theirs(enrollment: Enrollment, row: SkippedOccurrence) -> bool:
    """Is the student taken then, or away? A class goes on without them."""
    if enrollment.in_class:
        return False
    own = str(enrollment.student.person.diary_id)
    is_taken = row.reason == Reason.CLASH and any(one["diary"] == own for one in row.taken)
    return is_taken or (row.reason == Reason.AWAY and not enrollment.student.is_active)
