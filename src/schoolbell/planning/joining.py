"""A seat in a class every week: a student joins a series of classes, and has a seat in each from a day on.

Seats are taken as far ahead as the school plans, and every night in what is new (`seating`); what has no seat for the
student is left out and said, with the nearest classes of the course that have one.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import TimestamptzRange

from schoolbell.bookings.holds import overdue_sources
from schoolbell.bookings.models import Attendance, Enrollment, Seating
from schoolbell.bookings.queries import seats_left
from schoolbell.bookings.refusals import SessionFull
from schoolbell.bookings.rules import require_active, require_age
from schoolbell.diary.models import Claim
from schoolbell.kit.database.collisions import in_one_go
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, local_day, now, zone
from schoolbell.people.models import Client, Student
from schoolbell.planning.free_times import FreeTime, open_seats
from schoolbell.planning.plans import Plan
from schoolbell.planning.refusals import AlreadyEnrolled
from schoolbell.planning.seating import ON, classes_ahead, enrolled_in, seat_enrolled, wishes
from schoolbell.planning.skipped import PlannedLesson, skipped_lessons
from schoolbell.planning.succession import locked_series
from schoolbell.planning.weekly import note_enrollment
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Series, Session
from schoolbell.timetable.recurrence import first_occurrence

AS_FAR_AS: Final = dt.timedelta(days=7)  # from a class without a seat, where others are looked for
MOST_ALTERNATIVES: Final = 3


@dataclass(frozen=True, slots=True)
class Joining:
    """A seat for this student in every class of the series from the first day to the last. `price` is per class; None:
    what a seat in it costs."""

    series: Series  # with its course and school
    student: Student
    client: Client
    starts_on: dt.date
    ends_on: dt.date | None = None
    price: int | None = None

    @property
    def agreed_price(self) -> int:
        usual = self.series.course.price if self.series.price is None else self.series.price
        price: int = usual if self.price is None else self.price
        return price


def preview_joining(joining: Joining) -> list[PlannedLesson]:
    """Every class up to the horizon, with what stands in the way of a seat. Raises what `join_class` does, but
    SessionFull."""
    _require_possible(joining)
    return look_at_classes(_enrollment_of(joining))


@in_one_go
def join_class(joining: Joining, *, by: Actor) -> Enrollment:
    """Enroll the student, with a seat in every class up to the horizon (policy weekly_ahead_days) that has one.

    Locks: the series, then slots, one statement each. Raises: InputRefused, AlreadyEnrolled, StudentNotActive,
    AgeNotAllowed, SessionFull where no class at all has a seat for them.
    """
    joining = replace(joining, series=locked_series(joining.series))
    _require_possible(joining)
    enrollment = _enrollment_of(joining)
    try:
        with transaction.atomic():
            enrollment.save(force_insert=True)
    except IntegrityError as met:
        raise AlreadyEnrolled(joining.student.pk) from met
    seat_enrolled(joining.series, by=by)
    own = Seating.objects.filter(school_id=enrollment.school_id, enrollment_id=enrollment.pk)
    if own.exists() and not own.filter(reason="").exists():
        raise SessionFull(joining.series.pk, detail=_("None of these classes has a seat for this student."))
    new: dict[str, object] = {"series": str(joining.series.pk), "price": enrollment.price}
    note_enrollment(enrollment, "enrollment.created", by=by, new=new)
    return enrollment


def _require_possible(joining: Joining) -> None:
    series, course = joining.series, joining.series.course
    if series.on_demand:
        raise InputRefused.of("series", _("These are one student’s lessons. Choose a class."))
    if not course.is_active:
        raise InputRefused.of("series", _("This course is not taught any more."))
    if joining.ends_on is not None and joining.ends_on < joining.starts_on:
        raise InputRefused.of("ends_on", _("The last day is before the first."))
    if joining.starts_on < local_day(now(), zone(series.timezone)):
        raise InputRefused.of("starts_on", _("Seats are taken from today on."))
    require_active(joining.student)
    first = first_occurrence(series, joining.starts_on)
    if first is None:
        raise InputRefused.of("starts_on", _("The class has ended by then."))
    if joining.ends_on is not None and first > joining.ends_on:
        raise InputRefused.of("ends_on", _("No class lies between these days."))
    starts_at = Plan(series, (), None).during(first).starts_at
    require_age(joining.student, course, on=starts_at, timezone=series.timezone)
    if enrolled_in(series.school_id, [series.pk]).filter(student_id=joining.student.pk, status__in=ON).exists():
        raise AlreadyEnrolled(joining.student.pk)


def _enrollment_of(joining: Joining) -> Enrollment:
    series = joining.series
    return Enrollment(
        school_id=series.school_id,
        student=joining.student,
        client=joining.client,
        course=series.course,
        type=Enrollment.Type.WEEKLY_RECURRING,
        status=Enrollment.Status.ACTIVE,
        series=series,
        in_class=True,
        price=joining.agreed_price,
        starts_on=joining.starts_on,
        ends_on=joining.ends_on,
    )


def left_out_of(enrollment: Enrollment) -> list[PlannedLesson]:
    """Weekly lessons, or classes, that lie ahead and found no time, or no seat, with the nearest alternatives."""
    if not enrollment.series:
        return []
    if not enrollment.in_class:
        return skipped_lessons(enrollment.series)
    own = [one for one in wishes([enrollment.series]) if one.enrollment.pk == enrollment.pk and one.kept]
    return _looked_at(enrollment, [one.session for one in own])


def look_at_classes(enrollment: Enrollment, *, since: dt.date = dt.date.min) -> list[PlannedLesson]:
    """Every class ahead, from that day on, in which it is to have a seat, by its days as they are or would be."""
    sessions = [
        one
        for one in classes_ahead([enrollment.series])
        if one.occurrence_on and one.occurrence_on >= since and enrollment.wants(one.occurrence_on)
    ]
    return _looked_at(enrollment, sessions)


def _looked_at(enrollment: Enrollment, sessions: Sequence[Session]) -> list[PlannedLesson]:
    """What stands in the way of a seat in each. Six queries, however many there are."""
    if not sessions:
        return []
    student, series = enrollment.student, enrollment.series
    left = seats_left(sessions)
    seated = set(
        Attendance.objects.filter(
            school_id=series.school_id,
            slot__session_id__in=[one.pk for one in sessions],
            student_id=student.pk,
            is_live=True,
        ).values_list("slot__session_id", flat=True)
    )
    busy = _claims_of(student, sessions, seated)
    span = Stretch(sessions[0].starts_at - AS_FAR_AS, max(one.ends_at for one in sessions) + AS_FAR_AS)
    found = []
    others: list[FreeTime] | None = None
    for one in sessions:
        during = Stretch(one.starts_at, one.ends_at)
        taken = tuple((student.person.name, stretch) for stretch in busy if stretch.overlaps(during))
        if one.pk in seated:
            reason = Seating.Reason.BOOKED.value
        elif not student.is_active:
            reason = Seating.Reason.AWAY.value
        elif left[one.pk] < 1:
            reason = Seating.Reason.FULL.value
        else:
            reason = Seating.Reason.CLASH.value if taken else ""
        alternatives: tuple[Stretch, ...] = ()
        if reason and one.pk not in seated and student.is_active:
            if others is None:
                others = _elsewhere(series, span, student)
            alternatives = _nearest(others, during)
        in_the_way = taken if reason == Seating.Reason.CLASH else ()
        found.append(PlannedLesson(one.occurrence_on or series.starts_on, during, reason, in_the_way, alternatives))
    return found


def _claims_of(student: Student, sessions: Sequence[Session], seated: set[UUID]) -> list[Stretch]:
    """What the student has at the times of those, apart from their seats there."""
    wanted = [one for one in sessions if one.pk not in seated]
    if not wanted:
        return []
    span = TimestamptzRange(min(one.starts_at for one in wanted), max(one.ends_at for one in wanted))
    rows = Claim.objects.filter(
        school_id=student.school_id, diary_id=student.person.diary_id, during__overlap=span, waived=False
    ).exclude(source__in=overdue_sources(student.school_id))
    return [Stretch.known(one.lower, one.upper) for one in rows.order_by("during").values_list("during", flat=True)]


def _elsewhere(series: Series, within: Stretch, student: Student) -> list[FreeTime]:
    """Seats of the course in other classes than its own, at times that the student has free."""
    found = open_seats(series.course.school, series.course, within, instructor_id=None, student=student)
    return [one for one in found if one.session and one.session.series_id != series.pk]


def _nearest(others: Sequence[FreeTime], to: Stretch) -> tuple[Stretch, ...]:
    near = [one.during for one in others if abs(one.during.starts_at - to.starts_at) <= AS_FAR_AS]
    return tuple(sorted(near, key=lambda one: abs(one.starts_at - to.starts_at))[:MOST_ALTERNATIVES])
