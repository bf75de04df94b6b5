"""A series ends: what lies after its last day is cancelled, and everybody who is booked is told."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.models import Enrollment
from schoolbell.bookings.sessions import cancel_session
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import local_day, now, zone
from schoolbell.people.models import Student
from schoolbell.planning.occurrences import sessions_ahead, students_of
from schoolbell.planning.seating import ON, lock_enrolled
from schoolbell.planning.succession import DAY, end_series, locked_series
from schoolbell.planning.weekly import note_enrollment
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Series, Session


@dataclass(frozen=True, slots=True)
class Stopped:
    """A session that is cancelled with the series, and who is booked in it."""

    session: Session
    students: tuple[Student, ...]


def preview_stop(series: Series, *, last_day: dt.date) -> Sequence[Stopped]:
    """Everything that would be cancelled, in order. Raises InputRefused."""
    _require_possible(series, last_day)
    sessions = sessions_ahead(series, last_day + DAY)
    students = students_of(sessions)
    return [Stopped(one, tuple(students[one.pk])) for one in sessions]


@transaction.atomic
def stop_series(series: Series, *, last_day: dt.date, by: Actor) -> list[Session]:
    """No session after that day: those that are there are cancelled, with all that was paid owed back. Returns them.

    Raises InputRefused.
    """
    series = locked_series(series)
    _require_possible(series, last_day)
    end_series(series, last_day)
    _let_go(series, last_day, by=by)
    cancelled = [cancel_session(one, by=by) for one in sessions_ahead(series, last_day + DAY)]
    record("series.ended", series, by=by, new={"last_day": last_day.isoformat(), "sessions": len(cancelled)})
    return cancelled


def _let_go(series: Series, last_day: dt.date, *, by: Actor) -> None:
    """Whoever has a seat in it every week has none after that day. Their bookings go with the sessions."""
    for one in lock_enrolled([series]):
        if one.status in ON and (one.ends_on is None or one.ends_on > last_day):
            has_none = last_day < one.starts_on
            one.status = Enrollment.Status.CANCELLED if has_none else Enrollment.Status.ENDED
            one.ends_on = max(last_day, one.starts_on)
            one.save()
            note_enrollment(one, "enrollment.ended", by=by, new={"last_day": last_day.isoformat()})


def _require_possible(series: Series, last_day: dt.date) -> None:
    """What is past stays; a series that has not begun may end the day before it does."""
    if last_day < local_day(now(), zone(series.timezone)) - DAY:
        raise InputRefused.of("last_day", _("What is past stays as it was. Name today or a later day."))
    if last_day < series.starts_on - DAY:
        raise InputRefused.of(
            "last_day",
            _("It begins on %s. Name that day or a later one, or the day before if it is not to take place.")
            % series.starts_on.isoformat(),
        )
    if series.ends_on is not None and last_day > series.ends_on:
        raise InputRefused.of("last_day", _("It ends before that day already."))
