"""Weekly lessons pause, go on, change and end: always from a day on, and only what lies ahead.

A student's own lessons have a series that ends and is followed. A class goes on without them: of a seat in it every
week only the days are kept between which they stay away (`away`).
"""

import datetime as dt
from collections.abc import Sequence
from copy import copy

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.ending import end_booking
from schoolbell.bookings.holds import overdue_sources
from schoolbell.bookings.models import Booking, Enrollment, Seating
from schoolbell.bookings.refusals import TransitionRefused
from schoolbell.bookings.rules import require_weekly
from schoolbell.diary.keeping import keep_hours
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import day_starts, local_day, now, zone
from schoolbell.planning.away import come_back, require_back, stay_away
from schoolbell.planning.generation import extend_series
from schoolbell.planning.joining import look_at_classes
from schoolbell.planning.looking import look_ahead
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.plans import Plan, frame_of, horizon, plan_of
from schoolbell.planning.seating import seat_enrolled
from schoolbell.planning.series import Changed, change_series, preview_change
from schoolbell.planning.skipped import PlannedLesson, in_words
from schoolbell.planning.succession import (
    DAY,
    Succession,
    end_series,
    hand_over,
    last_known,
    lock_series,
    locked_series,
    put_before,
    staffing_of,
    succeed,
)
from schoolbell.planning.weekly import note_enrollment
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Series
from schoolbell.timetable.recurrence import occurrence_days

Status = Enrollment.Status


def preview_end(enrollment: Enrollment, *, last_day: dt.date) -> Sequence[Booking]:
    """The lessons that would be cancelled, in order. Raises InputRefused, TransitionRefused."""
    _require(enrollment, Status.ACTIVE, Status.PAUSED)
    _require_ahead(enrollment, "last_day", last_day)
    return _lessons(enrollment, last_day + DAY)


@transaction.atomic
def end_enrollment(enrollment: Enrollment, *, last_day: dt.date, by: Actor) -> Enrollment:
    """No lesson after that day: those that are booked are cancelled, free of charge. What lies before stays.

    Raises: InputRefused, TransitionRefused for one that ended or was cancelled before.
    """
    current = _locked(enrollment, Status.ACTIVE, Status.PAUSED)
    _require_ahead(current, "last_day", last_day)
    if not current.in_class:
        end_series(locked_series(current.series), last_day)
    cancelled = _cancel(_lessons(current, last_day + DAY), by=by)
    has_none = current.in_class and last_day < current.starts_on
    current.status = Status.CANCELLED if has_none else Status.ENDED
    current.ends_on = max(last_day, current.starts_on)
    current.save()
    note_enrollment(current, "enrollment.ended", by=by, new={"last_day": last_day.isoformat(), "cancelled": cancelled})
    return current


def preview_pause(enrollment: Enrollment, *, from_day: dt.date, until: dt.date | None = None) -> Sequence[Booking]:
    """The lessons that would be cancelled, in order. Raises InputRefused, TransitionRefused."""
    _require(enrollment, Status.ACTIVE)
    _require_pause(enrollment, from_day, until)
    if enrollment.in_class:
        stay_away(copy(enrollment), from_day, until)
    elif until:
        _goes_on(enrollment.series, until, enrollment.ends_on, named="until")
    return _lessons(enrollment, from_day, until)


@transaction.atomic
def pause_enrollment(
    enrollment: Enrollment, *, from_day: dt.date, by: Actor, until: dt.date | None = None
) -> Enrollment:
    """No lesson from that day on, until it is resumed, or up to `until`, from which on everything stays as it was.

    Raises: InputRefused, TransitionRefused.
    """
    keep_hours(enrollment.school_id)
    current = _locked(enrollment, Status.ACTIVE)
    _require_pause(current, from_day, until)
    if current.in_class:
        return _pause_in_class(current, _lessons(current, from_day, until), from_day, until, by=by)
    series = locked_series(current.series)  # before one looks: a night may be adding lessons to it
    going = _lessons(current, from_day, until)
    new: dict[str, object] = {"from": from_day.isoformat(), "cancelled": len(going)}
    if until is None:
        end_series(series, from_day - DAY)
        current.status, current.paused_at = Status.PAUSED, now()
    else:
        succession = _goes_on(series, until, current.ends_on, named="until")
        put_before(series, from_day, by=by)
        current.series = hand_over(succession, first=from_day, until=until, staffing=staffing_of(series))
        new |= {"until": until.isoformat(), "series": str(current.series_id)}
    _cancel(going, by=by)
    current.save()
    if until:
        extend_series(current.series, until=horizon(series.course.school), by=by)
    note_enrollment(current, "enrollment.paused", by=by, new=new)
    return current


def _pause_in_class(
    current: Enrollment, going: Sequence[Booking], from_day: dt.date, until: dt.date | None, *, by: Actor
) -> Enrollment:
    """What is cancelled now may be given again when they go on."""
    stay_away(current, from_day, until)
    if until is None:
        current.status, current.paused_at = Status.PAUSED, now()
    current.save()
    seats = Seating.objects.filter(school_id=current.school_id, enrollment_id=current.pk)
    seats.filter(session_id__in=[one.session_id for one in going]).delete()
    new: dict[str, object] = {"from": from_day.isoformat(), "cancelled": _cancel(going, by=by)}
    note_enrollment(current, "enrollment.paused", by=by, new=new | ({"until": until.isoformat()} if until else {}))
    return current


def preview_resume(enrollment: Enrollment, *, on: dt.date) -> Sequence[PlannedLesson]:
    """Every lesson up to the horizon, with what stands in its way. Raises InputRefused, TransitionRefused."""
    _require(enrollment, Status.PAUSED)
    if enrollment.in_class:
        back = copy(enrollment)
        come_back(back, on)
        return look_at_classes(back, since=on)
    before = plan_of(enrollment.series)
    after = _resumed(enrollment, before.series, on).after
    plan = Plan(after, before.instructors, enrollment)
    days = occurrence_days(after, on, horizon(after.course.school))
    ahead = [day for day in days if plan.during(day).starts_at > now()]
    school = after.course.school
    return in_words(plan, look_ahead(plan, ahead, frame=frame_of(school), apart_from=overdue_sources(school.pk)))


@transaction.atomic
def resume_enrollment(enrollment: Enrollment, *, on: dt.date, by: Actor) -> Enrollment:
    """Weekly lessons go on from that day as they were: a series that follows the one that was paused.

    Raises: InputRefused, TransitionRefused.
    """
    keep_hours(enrollment.school_id)
    current = _locked(enrollment, Status.PAUSED)
    if current.in_class:
        return _resume_in_class(current, on, by=by)
    before = locked_series(current.series)
    # What the pause cancelled comes back, what was cancelled before it does not.
    series = hand_over(
        _resumed(current, before, on), first=on, staffing=staffing_of(before), cancelled_before=current.paused_at
    )
    current.series = series
    current.status = Status.ACTIVE
    current.save()
    extend_series(series, until=horizon(before.course.school), by=by)
    note_enrollment(current, "enrollment.resumed", by=by, new={"on": on.isoformat(), "series": str(series.pk)})
    return current


def _resume_in_class(current: Enrollment, on: dt.date, *, by: Actor) -> Enrollment:
    come_back(current, on)
    current.status = Status.ACTIVE
    current.save()
    seat_enrolled(current.series, by=by)
    note_enrollment(current, "enrollment.resumed", by=by, new={"on": on.isoformat()})
    return current


def preview_weekly_change(enrollment: Enrollment, *, first_day: dt.date, change: SeriesChange) -> Changed:
    """As `preview_change`. Raises InputRefused, NotQualified, TransitionRefused."""
    _require_own(enrollment)
    _require(enrollment, Status.ACTIVE)
    return preview_change(enrollment.series, first_day=first_day, change=change)


@transaction.atomic
def change_weekly(
    enrollment: Enrollment, *, first_day: dt.date, change: SeriesChange, by: Actor, **ways: bool
) -> Enrollment:
    """Another weekday, time, instructor or place from that day on, with everything that is booked.

    `ways` and what it raises are those of `change_series`; besides TransitionRefused.
    """
    _require_own(enrollment)
    keep_hours(enrollment.school_id)
    current = _locked(enrollment, Status.ACTIVE)
    current.series = change_series(current.series, first_day=first_day, change=change, by=by, **ways)
    note_enrollment(
        current,
        "enrollment.changed",
        by=by,
        new={"first_day": first_day.isoformat(), "series": str(current.series_id)},
    )
    return current


def _require_own(enrollment: Enrollment) -> None:
    if enrollment.in_class:
        raise InputRefused.of("series", _("This is a seat in a class. Name the class that they change to."))


def _goes_on(series: Series, on: dt.date, ends_on: dt.date | None, *, named: str) -> Succession:
    try:
        return succeed(series, first=on, last=last_known(series), ends_on=ends_on)
    except InputRefused:
        raise InputRefused.of(named, _("These lessons have ended by then: their last day is before it.")) from None


def _resumed(enrollment: Enrollment, before: Series, on: dt.date) -> Succession:
    require_back(enrollment, on, first=before.ends_on + DAY if before.ends_on else None)
    return _goes_on(before, on, enrollment.ends_on, named="on")


def _require_pause(enrollment: Enrollment, from_day: dt.date, until: dt.date | None) -> None:
    _require_ahead(enrollment, "from_day", from_day - DAY)
    if until is not None and until <= from_day:
        raise InputRefused.of("until", _("Lessons go on after the pause has begun."))


def _require_ahead(enrollment: Enrollment, named: str, last_day: dt.date) -> None:
    if last_day < local_day(now(), zone(enrollment.series.timezone)) - DAY:
        raise InputRefused.of(named, _("What is past stays as it was. Name today or a later day."))


def _locked(enrollment: Enrollment, *statuses: Enrollment.Status) -> Enrollment:
    """As it is now. A class is locked before whoever is in it; a series that went on as another is locked then too."""
    rows = Enrollment.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.select_related("student__person", "client__person", "series__course__school")
    current = enrollment
    while True:
        series_id = current.series_id
        if enrollment.in_class:
            lock_series([current.series])
        current = rows.get(school_id=enrollment.school_id, id=enrollment.pk)
        if not enrollment.in_class or current.series_id == series_id:
            break
    _require(current, *statuses)
    return current


def _require(enrollment: Enrollment, *statuses: Enrollment.Status) -> None:
    require_weekly(enrollment)
    if enrollment.status not in statuses:
        raise TransitionRefused(
            enrollment.pk,
            detail=_("That cannot be done with an enrollment that is %s.") % enrollment.get_status_display().lower(),
        )


def _lessons(enrollment: Enrollment, first: dt.date, until: dt.date | None = None) -> list[Booking]:
    """Those that would be given from that day on, before `until`: also one that was moved there."""
    where = zone(enrollment.series.timezone)
    late = Q(session__starts_at__gte=day_starts(first, where))
    if enrollment.in_class and until is None:  # what stands for a later day is no more theirs than what is on one
        late |= Q(session__series_id=enrollment.series_id, session__occurrence_on__gte=first)
    rows = Booking.objects.filter(
        late,
        school_id=enrollment.school_id,
        enrollment_id=enrollment.pk,
        session__starts_at__gte=now(),
        status=Booking.Status.CONFIRMED,
    )
    if until:
        rows = rows.filter(session__starts_at__lt=day_starts(until, where))
    return list(rows.select_related("session").order_by("session__starts_at", "id"))


def _cancel(lessons: Sequence[Booking], *, by: Actor) -> int:
    """Locks: the lessons by id."""
    going = sorted(lessons, key=lambda one: one.pk)
    return sum(end_booking(one, as_=Booking.Status.CANCELLED, by=by, owed_percent=100) for one in going)
