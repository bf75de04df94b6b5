"""From when to when a student stays away from a class in which they have a seat every week. Nothing is written."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.models import Enrollment
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import local_day, now, zone
from schoolbell.timetable.recurrence import first_occurrence


def stay_away(enrollment: Enrollment, from_day: dt.date, until: dt.date | None) -> None:
    """A pause that is planned already grows into one with this. Raises InputRefused where they do not meet."""
    if until and enrollment.ends_on and until > enrollment.ends_on:
        raise InputRefused.of("until", _("These lessons have ended by then: their last day is before it."))
    planned_from, planned_until = enrollment.away_from, enrollment.away_until
    if planned_from and planned_until and planned_until > local_day(now(), zone(enrollment.series.timezone)):
        if from_day > planned_until or (until and until < planned_from):
            raise InputRefused.of(
                "from_day",
                _("They pause from %(first)s until %(until)s already.")
                % {"first": planned_from.isoformat(), "until": planned_until.isoformat()},
            )
        from_day = min(from_day, planned_from)
        until = max(until, planned_until) if until else None
    enrollment.away_from, enrollment.away_until = from_day, until


def come_back(enrollment: Enrollment, on: dt.date) -> None:
    """Raises InputRefused."""
    require_back(enrollment, on, first=enrollment.away_from)
    is_over = enrollment.ends_on is not None and on > enrollment.ends_on
    if is_over or first_occurrence(enrollment.series, on) is None:
        raise InputRefused.of("on", _("These lessons have ended by then: their last day is before it."))
    enrollment.away_until = on
    if on == enrollment.away_from:
        enrollment.away_from = enrollment.away_until = None


def require_back(enrollment: Enrollment, on: dt.date, *, first: dt.date | None) -> None:
    if on < local_day(now(), zone(enrollment.series.timezone)):
        raise InputRefused.of("on", _("Lessons go on today or later."))
    if first is not None and on < first:
        raise InputRefused.of("on", _("Lessons go on after the pause has begun."))
