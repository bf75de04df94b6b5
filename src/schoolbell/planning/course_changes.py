"""What changes when a course does: its duration, price, seats, or the kind of place that it needs.

What lies ahead follows, in one transaction: sessions, series and what they will make, and enrollments' prices where the
office says so. What is over keeps what was agreed, and so does every price agreed on a booking of its own. A session
that was given a length, a number of seats or a place of its own keeps that.
"""

import datetime as dt
from copy import copy
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.ending import lock_slots
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.catalogue.details import amend, follow_the_usual_course, lock_to_change, record_change, require_sound
from schoolbell.catalogue.models import Course, ResourceKind
from schoolbell.diary.keeping import keep_hours
from schoolbell.journal.actions import record, tell
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.planning.course_hours import SeriesAhead, left_out_by
from schoolbell.planning.course_places import SeriesPlace, other_places
from schoolbell.planning.move_clashes import clashes_of
from schoolbell.planning.moves import Move, MoveClash, as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.refusals import CHANGED_MEANWHILE, LessonsChanged, MoveClashes, SeatsTaken
from schoolbell.planning.seating import enrolled_in
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Series, Session, Slot

LIVE: Final = (Session.Status.DRAFT, Session.Status.PUBLISHED)
CHANGED: Final = ("duration_minutes", "price", "capacity", "resource_kind")
ON: Final = (Enrollment.Status.ACTIVE, Enrollment.Status.PAUSED)


@dataclass(frozen=True, slots=True)
class CourseChange:
    """None: stays as it is. With `enrollments_follow` weekly enrollments that pay the course's price pay the new one
    for lessons that lie ahead; with `leave_clashing` sessions that clash stay as they are, else nothing changes.
    Sessions named in `despite_hours` go where their instructors are not open: they have agreed. Whatever else speaks
    against it by then was not seen, and counts."""

    duration_minutes: int | None = None
    price: int | None = None
    capacity: int | None = None
    resource_kind: str | None = None
    enrollments_follow: bool = False
    leave_clashing: bool = False
    despite_hours: frozenset[UUID] = frozenset()
    seen: str = ""  # what a preview named itself by: if it would be another by then, nothing changes


@dataclass(frozen=True, slots=True)
class Reached:
    """What a change reaches. `sessions` are those whose times, seats or place become others; `crowded` those in which
    more is taken than there would be seats; `enrollments` those whose price would follow; `left_out` series of whose
    next lessons some cannot be given any more."""

    sessions: tuple[Session, ...]
    series: tuple[Series, ...]
    places: tuple[SeriesPlace, ...]  # where series go, if the kind of place changes
    enrollments: tuple[Enrollment, ...]
    clashes: tuple[MoveClash, ...]
    crowded: tuple[Session, ...]
    left_out: tuple[SeriesAhead, ...]
    students: int
    seen: str  # names all of it, with the times at which sessions are and what the course says: for `CourseChange.seen`


@dataclass(slots=True)
class _Plan:
    """All of it, worked out and not written."""

    course: Course
    change: CourseChange
    sessions: list[Session]
    moves: list[Move] = field(default_factory=list)
    seats: dict[UUID, int] = field(default_factory=dict)  # per session, its new capacity
    places: dict[UUID, SeriesPlace] = field(default_factory=dict)  # per series, where the kind of place changes
    series: list[Series] = field(default_factory=list)
    enrollments: list[Enrollment] = field(default_factory=list)
    clashes: list[MoveClash] = field(default_factory=list)
    crowded: list[Session] = field(default_factory=list)
    left_out: tuple[SeriesAhead, ...] = ()

    @property
    def standing(self) -> list[MoveClash]:
        """Clashes that the office has not overridden."""
        return [one for one in self.clashes if not one.is_agreed(self.change.despite_hours)]

    @property
    def named(self) -> str:
        """Another where anything else is reached: a session that was moved since, an enrollment that came; or where the
        course itself says otherwise."""
        touched = {*self.seats, *(move.session.pk for move in self.moves), *(one.session.pk for one in self.clashes)}
        said = [
            *(f"{name} {getattr(self.course, name)}" for name in CHANGED),
            *(f"{one.pk} {one.starts_at.timestamp()} {one.ends_at.timestamp()}" for one in self.sessions
              if one.pk in touched),
            *(f"series {one.pk}" for one in self.series),
            *(f"enrollment {one.pk}" for one in self.enrollments),
            *(f"clash {one.session.pk} {one.kind}" for one in self.clashes),
        ]  # fmt: skip
        return sha256("\n".join(sorted(said)).encode()).hexdigest()


def preview_change(course: Course, change: CourseChange, **details: Any) -> Reached:
    """Everything that it reaches and that speaks against it; nothing is written. `course` comes with its school.
    `details` (`catalogue.details`) are to change with it.

    Raises: InputRefused.
    """
    amended = copy(course)
    amend(amended, details)
    plan = _plan(amended, change)
    touched = {*plan.seats, *(move.session.pk for move in plan.moves)}
    booked = Booking.objects.filter(
        school_id=course.school_id,
        session_id__in=touched,
        status__in=(Booking.Status.PENDING, Booking.Status.CONFIRMED),
    )
    return Reached(
        tuple(one for one in plan.sessions if one.pk in touched),
        tuple(plan.series),
        _with_students(plan),
        tuple(plan.enrollments),
        tuple(plan.clashes),
        tuple(plan.crowded),
        plan.left_out,
        booked.values("student_id").distinct().count(),
        plan.named,
    )


def _with_students(plan: _Plan) -> tuple[SeriesPlace, ...]:
    """For whoever reads it: whose weekly lessons they are."""
    if not plan.places:
        return ()
    rows = Enrollment.objects.filter(school_id=plan.course.school_id, series_id__in=list(plan.places), in_class=False)
    theirs = {one.series_id: one.student for one in rows.select_related("student__person")}
    return tuple(replace(one, student=theirs.get(one.series.pk)) for one in plan.places.values())


@transaction.atomic
def change_course(course: Course, change: CourseChange, *, by: Actor, **details: Any) -> Course:
    """Do it, whole or not at all, and its `details` (`catalogue.details`) with it.

    Locks: the hours of the school, then as `change_details`, then its series, then what `move_sessions` locks.

    Raises: InputRefused, LessonsChanged where something else is reached than was `seen`, SeatsTaken, MoveClashes.
    """
    keep_hours(course.school_id)
    current = lock_to_change(course, details)
    follow_the_usual_course(current, details, by=by)
    lock_ahead(current)
    was = amend(current, details)
    plan = _plan(current, change)
    if change.seen and change.seen != plan.named:
        raise LessonsChanged(course.pk, detail=CHANGED_MEANWHILE)
    if plan.crowded:
        raise SeatsTaken(plan.crowded)
    if plan.standing and not change.leave_clashing:
        raise MoveClashes(plan.standing)
    clashing = {clash.session.pk for clash in plan.standing}
    moves = [move for move in plan.moves if move.session.pk not in clashing]
    move_sessions(moves, by=by, despite_hours=change.despite_hours)
    stay = {one.pk: one.resource.capacity for one in plan.sessions if one.pk in clashing and one.resource}
    for session_id, most in plan.seats.items():
        seats = min(most, stay.get(session_id, most))  # it does not go to the larger place
        Session.objects.filter(school_id=current.school_id, id=session_id).update(capacity=seats, updated_at=now())
        Slot.objects.filter(school_id=current.school_id, session_id=session_id).update(capacity=seats, updated_at=now())
    _write_series(plan)
    _write_enrollments(plan, by=by)
    new = _values(change)
    old = was | {name: getattr(current, name) for name in new}
    for name, value in new.items():
        setattr(current, name, value)
    current.save()
    record_change(current, old, details | new, by=by, sessions=len(plan.seats) + len(plan.moves))
    return current


def lock_ahead(course: Course) -> None:
    """Its series, which nobody extends meanwhile, then the slots of all sessions that lie ahead, each in id order:
    nobody takes a seat in them."""
    series = Series.objects.filter(school_id=course.school_id, course_id=course.pk)
    ids = series.select_for_update(no_key=True).order_by("id").values_list("id", flat=True)
    list(enrolled_in(course.school_id, list(ids)).select_for_update(no_key=True))
    slots = Slot.objects.filter(school_id=course.school_id, session__course_id=course.pk, session__starts_at__gt=now())
    ahead = slots.filter(session__status__in=LIVE).select_related("session")
    if first := ahead.first():
        lock_slots(first.session, list(ahead.values_list("id", flat=True)))


def _plan(course: Course, change: CourseChange) -> _Plan:
    _require_sound(course, change)
    rows = Session.objects.filter(
        school_id=course.school_id, course_id=course.pk, status__in=LIVE, starts_at__gt=now()
    ).select_related("course", "resource", "series")
    sessions = list(rows.order_by("starts_at", "id"))
    for session in sessions:
        session.course = course
    plan = _Plan(course, change, sessions)
    before = {move.session.pk: move for move in as_it_is(sessions)}
    moves = dict(before)
    if change.duration_minutes not in (None, course.duration_minutes):
        moves = {session_id: _lasting(course, change, move) for session_id, move in moves.items()}
    alive = _alive(course)
    if change.resource_kind is not None and change.resource_kind != course.resource_kind:
        lasting = [_of_new_length(course, change, one) for one in alive]
        found = other_places(course, change.resource_kind, moves, lasting)
        moves |= found.moves
        plan.places = {one.series.pk: one for one in found.series}
    plan.moves = [move for session_id, move in moves.items() if move != before[session_id]]
    plan.clashes = clashes_of(plan.moves) if plan.moves else []
    if change.capacity not in (None, course.capacity):
        _seat(plan, moves)
    plan.series = [one for one in alive if _series_values(plan, one)]
    changed = [(one, _series_values(plan, one)) for one in plan.series]
    plan.left_out = left_out_by(course, before, changed)
    if change.price not in (None, course.price):
        weekly = Enrollment.objects.filter(
            school_id=course.school_id,
            course_id=course.pk,
            type=Enrollment.Type.WEEKLY_RECURRING,
            status__in=ON,
            price=course.price,
        )
        plan.enrollments = list(weekly.select_related("student__person").order_by("id"))
    return plan


def _alive(course: Course) -> list[Series]:
    """Those that make lessons from today on, or will when a pause is over."""
    own = Series.objects.filter(school_id=course.school_id, course_id=course.pk)
    paused = Enrollment.objects.filter(
        school_id=course.school_id, course_id=course.pk, status=Enrollment.Status.PAUSED, series__isnull=False
    )
    rows = own.filter(
        Q(ends_on__isnull=True)
        | Q(ends_on__gte=local_day(now(), course.school.zone))
        | Q(id__in=paused.values("series_id"))
    )
    return list(rows.select_related("resource").order_by("id"))


def _require_sound(course: Course, change: CourseChange) -> None:
    if change.duration_minutes is not None and not 5 <= change.duration_minutes <= 24 * 60:
        raise InputRefused.of("duration_minutes", _("A lesson lasts from 5 minutes to a day."))
    if course.total_minutes is not None and (change.duration_minutes or 0) > course.total_minutes:
        raise InputRefused.of("duration_minutes", _("A lesson is not longer than the whole course."))
    if course.min_students is not None and (change.capacity or course.capacity) < course.min_students:
        raise InputRefused.of("capacity", _("That is fewer seats than the students that the course needs."))
    if change.price is not None and change.price < course.deposit:
        raise InputRefused.of("price", _("The deposit is more than the price."))
    if change.capacity is not None and change.capacity < 1:
        raise InputRefused.of("capacity", _("A session has at least one seat."))
    if change.capacity not in (None, 1) and course.format == Course.Format.ONE_TO_ONE:
        raise InputRefused.of("capacity", _("One to one always has one seat."))
    if change.resource_kind and change.resource_kind not in ResourceKind.values:
        raise InputRefused.of("resource_kind", _("Choose a venue, an online room or a vehicle."))
    aim = copy(course)
    for name, value in _values(change).items():
        setattr(aim, name, value)
    require_sound(aim)


def _values(change: CourseChange) -> dict[str, Any]:
    """What of the course itself becomes other."""
    return {name: getattr(change, name) for name in CHANGED if getattr(change, name) is not None}


def _lasting(course: Course, change: CourseChange, move: Move) -> Move:
    """Slots that are as long as the course's lessons were are as long as they will be."""
    before = dt.timedelta(minutes=course.duration_minutes)
    lasts = dt.timedelta(minutes=change.duration_minutes or course.duration_minutes)
    return replace(
        move,
        slots=tuple(
            Stretch(one.starts_at, one.starts_at + lasts) if one.ends_at - one.starts_at == before else one
            for one in move.slots
        ),
    )


def _of_new_length(course: Course, change: CourseChange, series: Series) -> Series:
    if change.duration_minutes is None or series.duration_minutes != course.duration_minutes:
        return series
    longer = copy(series)
    longer.duration_minutes = change.duration_minutes
    return longer


def _seat(plan: _Plan, moves: dict[UUID, Move]) -> None:
    """Sessions with as many seats as the course allowed have as many as it will allow; none has more."""
    new = plan.change.capacity or plan.course.capacity
    taken: dict[UUID, int] = {}
    for slot in Slot.objects.filter(school_id=plan.course.school_id, session_id__in=list(moves)):
        taken[slot.session_id] = max(taken.get(slot.session_id, 0), slot.seats_taken)
    for session in plan.sessions:
        place = moves[session.pk].resource
        whole = min(plan.course.capacity, session.resource.capacity if session.resource else plan.course.capacity)
        most = min(new, place.capacity if place else new)
        seats = most if session.capacity == whole else min(session.capacity, most)
        if seats != session.capacity:
            plan.seats[session.pk] = seats
            if taken.get(session.pk, 0) > seats:
                plan.crowded.append(session)


def _series_values(plan: _Plan, series: Series) -> dict[str, Any]:
    """What of a series becomes other."""
    course, change = plan.course, plan.change
    values: dict[str, Any] = {}
    if change.duration_minutes and series.duration_minutes == course.duration_minutes != change.duration_minutes:
        values["duration_minutes"] = change.duration_minutes
    place = plan.places[series.pk].resource if series.pk in plan.places else series.resource
    if change.capacity is not None:
        most = min(change.capacity, place.capacity if place else change.capacity)
        seats = most if series.capacity == course.capacity else min(series.capacity, most)
        if seats != series.capacity:
            values["capacity"] = seats
    values["resource_id"] = place.pk if place else None
    return {name: value for name, value in values.items() if getattr(series, name) != value}


def _write_series(plan: _Plan) -> None:
    for series in plan.series:
        Series.objects.filter(school_id=series.school_id, id=series.pk).update(
            **_series_values(plan, series), updated_at=now()
        )


def _write_enrollments(plan: _Plan, *, by: Actor) -> None:
    """Their price, and that of their lessons that lie ahead, where the office says so."""
    price = plan.change.price
    if not plan.change.enrollments_follow or price is None:
        return
    for enrollment in plan.enrollments:
        old = plan.course.price  # as that of all of them
        Enrollment.objects.filter(school_id=enrollment.school_id, id=enrollment.pk).update(
            price=price, updated_at=now()
        )
        Booking.objects.filter(
            school_id=enrollment.school_id,
            enrollment_id=enrollment.pk,
            settled_by=Booking.SettledBy.ENROLLMENT,
            status=Booking.Status.CONFIRMED,
            session__starts_at__gt=now(),
            price=old,
        ).update(price=price, updated_at=now())
        record(
            "enrollment.repriced",
            enrollment,
            by=by,
            student_id=enrollment.student_id,
            client_id=enrollment.client_id,
            old={"price": old},
            new={"price": price},
        )
        tell("enrollment.repriced", enrollment)
