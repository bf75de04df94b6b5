"""A booking goes to another time of its course: a lesson on demand moves itself, a seat is changed for another."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from schoolbell.bookings.actions import locked_booking
from schoolbell.bookings.cancelling import agreed, free_until, has_begun, require_not_begun
from schoolbell.bookings.ending import close_session, lock_seats
from schoolbell.bookings.holds import Reach, expire_overdue_holds
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.bookings.refusals import AlreadyBooked, SessionFull, SessionNotOpen, TransitionRefused
from schoolbell.bookings.rules import binds, require_age, require_not_closed, require_open
from schoolbell.diary.claims import Wanted, claim_time
from schoolbell.diary.freeing import free_time
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.refusals import TimeTaken
from schoolbell.journal.actions import record, tell
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch, now
from schoolbell.planning.lessons import plan_lesson
from schoolbell.planning.move_clashes import ALIVE
from schoolbell.planning.moves import Move
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.refusals import NotAsManyLessons, NotTheSameCourse, TooLateToMove, TooOftenMoved
from schoolbell.planning.targets import leading, places_of, seats_in, sources_of
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Session, Slot


@dataclass(frozen=True, slots=True)
class Target:
    """Where a booking goes: a lesson at `starts_at`, with `instructor_id` if that matters, or a seat in `session`."""

    starts_at: dt.datetime | None = None
    instructor_id: UUID | None = None
    session: Session | None = None


@transaction.atomic
def reschedule_booking(booking: Booking, target: Target, *, by: Actor) -> Booking:
    """Move it, at the price that was agreed. If it is refused, the old time stands.

    A client may as long as they may cancel free of charge, and as often as the policy most_reschedules says; what the
    school has moved they may always, and it does not count.
    Raises: TransitionRefused, LessonBegun, TooLateToMove, TooOftenMoved, NotTheSameCourse, and for a lesson what
    `plan_lesson` raises, for a seat NotAsManyLessons, SessionNotOpen, SessionFull, TimeTaken, AlreadyBooked,
    AgeNotAllowed.
    """
    keep_hours(booking.school_id)
    session = Session.objects.select_related("course__school", "resource").get(
        school_id=booking.school_id, id=booking.session_id
    )
    booking.session = session
    require_movable(booking, by=by)
    if session.on_demand:
        if target.starts_at is None:
            raise NotTheSameCourse(booking.pk)
        _move_lesson(booking, session, target, by=by)
    else:
        if target.session is None:
            raise NotTheSameCourse(booking.pk)
        _change_seat(booking, target.session, by=by)
    moved = locked_booking(booking)
    if not by.is_staff and moved.moved_at is None:
        _require_seldom_moved(moved)  # again: it may have been moved in the same moment
        moved.reschedules += 1
        moved.save()
    return moved


def may_move(booking: Booking, *, by: Actor) -> bool:
    """Whether to offer it. `booking` comes with its session and course."""
    try:
        require_movable(booking, by=by)
    except Refusal:
        return False
    return True


def require_movable(booking: Booking, *, by: Actor) -> None:
    """It comes with its session and course. Raises: TransitionRefused, LessonBegun, TooLateToMove, TooOftenMoved."""
    if booking.status not in ALIVE or booking.is_overdue(now()):
        raise TransitionRefused(booking.pk)
    require_not_begun(booking, by=by)
    if has_begun(booking):
        raise TooLateToMove(booking.pk)
    if by.is_staff:
        return
    if now() > free_until(booking):
        raise TooLateToMove(booking.pk)
    _require_seldom_moved(booking)


def _require_seldom_moved(booking: Booking) -> None:
    if booking.moved_at is None and booking.reschedules >= agreed(booking).most_reschedules:
        raise TooOftenMoved(booking.pk)


def _move_lesson(booking: Booking, session: Session, target: Target, *, by: Actor) -> None:
    """To the first way in which it can be given then; by the same instructor, if they can."""
    if target.starts_at is None:
        raise NotTheSameCourse(booking.pk)
    teacher = leading(session)
    ways = plan_lesson(
        session.course,
        target.starts_at,
        instructor_id=target.instructor_id,
        apart_from=sources_of(booking, session),
    )
    ways.sort(key=lambda way: way.instructor.pk != teacher)
    for place, way in enumerate(ways):
        move = Move(session, (way.during,), (way.instructor,), way.free.resource)
        try:
            move_sessions([move], by=by, keeps_terms=not by.is_staff)
        except TimeTaken:
            if place == len(ways) - 1:
                raise
        else:
            return


def _change_seat(booking: Booking, new: Session, *, by: Actor) -> None:
    """From wherever it is by then. Locks: the slots of both sessions in id order, then the booking."""
    own = {"school_id": booking.school_id}
    wanted = Slot.objects.filter(**own, session_id=new.pk).order_by("starts_at")
    slot_ids = list(wanted.values_list("id", flat=True))
    expire_overdue_holds(in_the_way_of=Reach(booking.school_id, tuple(slot_ids), ()))
    held = lock_seats(booking, beside=slot_ids)
    current = held.booking
    current.session = old = Session.objects.select_related("course__school").get(**own, id=current.session_id)
    require_movable(current, by=by)
    if new.course_id != old.course_id or new.on_demand or new.pk == old.pk:
        raise NotTheSameCourse(new.pk)
    every = list(wanted.all())  # as they are now that nobody moves them
    if not every:
        raise SessionNotOpen(new.pk)
    slots = seats_in(new, every, old=old, places=places_of(current, old))
    if not slots:
        raise NotAsManyLessons(new.pk)
    _require_bookable(current, new, slots, by=by)
    seats = Attendance.objects.filter(**own, booking_id=current.pk)
    _take_seats(current.school_id, [slot.pk for slot in slots], new)
    Slot.objects.filter(**own, id__in=held.slot_ids).update(seats_taken=F("seats_taken") - 1, updated_at=now())
    free_time(current.school_id, list(seats.values_list("id", flat=True)))
    seats.delete()
    taken = [Attendance(**own, booking=current, slot=slot, student_id=current.student_id) for slot in slots]
    Attendance.objects.bulk_create(taken)
    _claim(current, slots, taken)
    current.session = new
    current.save()
    if not old.course.policies.release_seat_on_cancel and old.capacity == 1:
        close_session(old, held.slot_ids)
    record(
        "booking.moved",
        current,
        by=by,
        student_id=current.student_id,
        client_id=current.client_id,
        old={"session": str(old.pk)},
        new={"session": str(new.pk)},
    )
    tell("booking.moved", current)


def _require_bookable(booking: Booking, new: Session, slots: Sequence[Slot], *, by: Actor) -> None:
    """As whoever books it anew. Raises what `reschedule_booking` does for a seat."""
    require_open(new, new.course, starts_at=slots[0].starts_at, by=by)
    if binds(new, by=by):
        require_not_closed(new, new.course.school, [Stretch(slot.starts_at, slot.ends_at) for slot in slots])
    for slot in slots:
        require_age(booking.student, new.course, on=slot.starts_at, timezone=new.timezone)
    if Attendance.objects.filter(
        school_id=booking.school_id, slot__in=slots, student_id=booking.student_id, is_live=True
    ).exists():
        raise AlreadyBooked(new.pk)


def _take_seats(school_id: UUID, slot_ids: Sequence[UUID], session: Session) -> None:
    """Count a seat in each. The slots are locked. Overdue holds in the way are expired first."""
    for tries_left in (1, 0):
        open_slots = Slot.objects.filter(school_id=school_id, id__in=slot_ids, is_open=True)
        if open_slots.count() < len(slot_ids):
            raise SessionNotOpen(session.pk)
        if not open_slots.filter(seats_taken__gte=F("capacity")).exists():
            open_slots.update(seats_taken=F("seats_taken") + 1, updated_at=now())
            return
        if not tries_left or not expire_overdue_holds(in_the_way_of=Reach(school_id, tuple(slot_ids), ())):
            raise SessionFull(session.pk)


def _claim(booking: Booking, slots: Sequence[Slot], seats: Sequence[Attendance]) -> None:
    diary_id = booking.student.person.diary_id
    wanted = [
        Wanted(diary_id, Stretch(slot.starts_at, slot.ends_at), seat.pk)
        for slot, seat in zip(slots, seats, strict=True)
    ]
    claim_time(booking.school_id, wanted)
