"""A day that a series leaves out on purpose: said before there is a lesson to cancel, however far ahead that is.

What is on the timetable already is cancelled there (`bookings.sessions`); whoever stays away longer pauses (`pausing`).
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.models import Enrollment
from schoolbell.bookings.rules import require_weekly
from schoolbell.diary.keeping import keep_hours
from schoolbell.journal.actions import record, tell
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import now
from schoolbell.planning.generation import extend_series
from schoolbell.planning.plans import Plan, plan_of
from schoolbell.planning.refusals import NotSkipped
from schoolbell.planning.succession import locked_series
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Series, Session, SkippedOccurrence
from schoolbell.timetable.recurrence import occurrence_days

Reason = SkippedOccurrence.Reason


@transaction.atomic
def leave_out(series: Series, day: dt.date, *, by: Actor) -> SkippedOccurrence:
    """No night puts that day on the timetable. Left out already, also for another reason, it is from now on on purpose;
    said again, nothing changes.

    Locks: the series, so that nobody makes the lesson meanwhile. Raises InputRefused.
    """
    series = locked_series(series)
    plan = plan_of(series)
    _require_ahead(plan, day)
    own = {"school_id": series.school_id, "series_id": series.pk, "occurrence_on": day}
    row = SkippedOccurrence.objects.filter(**own).first() or SkippedOccurrence(**own)
    if row.reason == Reason.CANCELLED:
        return row
    row.reason, row.taken = Reason.CANCELLED, []
    row.save()
    _note("series.day_left_out", plan, day, by=by)
    return row


@transaction.atomic
def put_back(series: Series, day: dt.date, *, by: Actor) -> None:
    """The day is one of the series again. If it has come so far, its lesson is put on the timetable now; where that
    cannot be, it is left out with what stands in the way.

    Locks: the hours, the series, and what `extend_series` does. Raises NotSkipped for a day that was not left out on
    purpose.
    """
    keep_hours(series.school_id)
    series = locked_series(series)
    own = SkippedOccurrence.objects.filter(school_id=series.school_id, series_id=series.pk, occurrence_on=day)
    row = own.filter(reason=Reason.CANCELLED).first()
    if row is None:
        raise NotSkipped(day)
    _note("series.day_put_back", plan_of(series), day, by=by)
    if series.generated_until is None or day > series.generated_until:
        row.delete()
        return
    row.reason = Reason.CLASH  # until somebody looks, which is now
    row.save()
    extend_series(series, until=series.generated_until, by=by)


def own_series(enrollment: Enrollment) -> Series:
    """Of a student's own weekly lessons. Raises TransitionRefused for an enrollment without any, and InputRefused for a
    seat in a class, which is everybody's."""
    require_weekly(enrollment)
    if enrollment.in_class:
        raise InputRefused.of("day", _("A class goes on without one student. Let them pause, or leave it out for all."))
    series: Series = enrollment.series
    return series


def _require_ahead(plan: Plan, day: dt.date) -> None:
    """The series has a lesson on that day, which has not begun and is not on the timetable. Raises InputRefused."""
    series = plan.series
    if day not in occurrence_days(series, day, day):
        raise InputRefused.of("day", _("There would be none on that day as it is."))
    if plan.during(day).starts_at <= now():
        raise InputRefused.of("day", _("Choose a day that lies ahead."))
    there = Session.objects.filter(school_id=series.school_id, series_id=series.pk, occurrence_on=day).first()
    if there is not None and there.is_live:
        raise InputRefused.of("day", _("It is on the timetable already. Cancel it there, so that everybody is told."))
    if there is not None:
        raise InputRefused.of("day", _("It was cancelled already, or is over."))


def _note(name: str, plan: Plan, day: dt.date, *, by: Actor) -> None:
    enrolled = plan.enrollment
    record(
        name,
        plan.series,
        by=by,
        student_id=enrolled.student_id if enrolled else None,
        client_id=enrolled.client_id if enrolled else None,
        new={"day": day.isoformat()},
    )
    tell(name, plan.series)
