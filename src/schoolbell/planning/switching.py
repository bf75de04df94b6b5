"""A seat every week in another class of the same course, from a day on: one ends, the other begins, or neither."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.kit.database.collisions import in_one_go
from schoolbell.kit.refusals import InputRefused
from schoolbell.planning.joining import Joining, join_class, preview_joining
from schoolbell.planning.pausing import end_enrollment, preview_end
from schoolbell.planning.skipped import PlannedLesson
from schoolbell.planning.succession import DAY, lock_series
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Series


@dataclass(frozen=True, slots=True)
class Switched:
    """The classes that they leave, and those that they come to."""

    left: Sequence[Booking]
    joined: Sequence[PlannedLesson]


def preview_switch(enrollment: Enrollment, *, to: Series, first_day: dt.date) -> Switched:
    """Raises what `switch_class` does, but SessionFull."""
    return Switched(
        preview_end(enrollment, last_day=first_day - DAY), preview_joining(_joining(enrollment, to, first_day))
    )


@in_one_go
def switch_class(enrollment: Enrollment, *, to: Series, first_day: dt.date, by: Actor) -> Enrollment:
    """At the price that was agreed. The enrollment ends, and another begins, which is returned.

    Locks: both series in id order, then as ending and joining do. Raises what they raise: InputRefused,
    TransitionRefused, AlreadyEnrolled, StudentNotActive, AgeNotAllowed, SessionFull.
    """
    joining = _joining(enrollment, to, first_day)
    lock_series([enrollment.series, to])
    end_enrollment(enrollment, last_day=first_day - DAY, by=by)
    return join_class(joining, by=by)


def _joining(enrollment: Enrollment, to: Series, first_day: dt.date) -> Joining:
    if not enrollment.in_class:
        raise InputRefused.of("series", _("These are one student’s own lessons: name their day or time."))
    if to.course_id != enrollment.course_id or to.pk == enrollment.series_id:
        raise InputRefused.of("series", _("Choose another class of the same course."))
    return Joining(
        to, enrollment.student, enrollment.client, first_day, ends_on=enrollment.ends_on, price=enrollment.price
    )
