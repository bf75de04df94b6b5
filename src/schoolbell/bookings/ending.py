"""How a booking lets go of its seat: when it is cancelled, and when its hold runs out."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from schoolbell.bookings.models import Attendance, Booking, Enrollment
from schoolbell.diary.freeing import free_time
from schoolbell.journal.actions import record, tell
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Session, Slot


@dataclass(frozen=True, slots=True)
class Held:
    """A booking as it is now, and the slots in which it has its seats, in id order: all of them locked."""

    booking: Booking
    slot_ids: list[UUID]


@transaction.atomic
def end_booking(
    booking: Booking, *, as_: Booking.Status, by: Actor, owed_percent: int = 0, keeps_seat: bool = False
) -> bool:
    """Cancel or expire a booking: its time is free again, and its seat unless `keeps_seat`. False: it had moved on.

    `owed_percent` of what was paid is owed back to the client; billing settles it.
    A lesson made on demand goes with its booking, and so does a one-seat session whose seat is never sold again.
    Locks: the slots in id order, then the booking.
    """
    held = lock_seats(booking)
    current, slot_ids = held.booking, held.slot_ids
    if as_ not in Booking.TRANSITIONS[current.status]:
        return False
    if as_ == Booking.Status.EXPIRED and not current.is_overdue(now()):
        return False
    old = current.status
    current.status = as_
    current.ended_at = now()
    current.holds_seat = keeps_seat
    current.owed_percent = owed_percent
    current.save()
    attendances = Attendance.objects.filter(school_id=booking.school_id, booking_id=booking.pk)
    free_time(booking.school_id, list(attendances.values_list("id", flat=True)))
    if not keeps_seat:
        attendances.update(is_live=False)
        Slot.objects.filter(school_id=booking.school_id, id__in=slot_ids).update(
            seats_taken=F("seats_taken") - 1, updated_at=now()
        )
    if current.enrollment_id and current.settled_by == Booking.SettledBy.ORDER:
        Enrollment.objects.filter(school_id=booking.school_id, id=current.enrollment_id).update(
            status=Enrollment.Status.CANCELLED, updated_at=now()
        )
    session = Session.objects.get(school_id=booking.school_id, id=current.session_id)
    if session.on_demand or (keeps_seat and session.capacity == 1):
        close_session(session, slot_ids)
    name = f"booking.{as_.value}"
    record(
        name,
        current,
        by=by,
        student_id=current.student_id,
        client_id=current.client_id,
        old={"status": old},
        new={"status": as_.value, "owed_percent": owed_percent},
    )
    tell(name, current)
    return True


def lock_seats(booking: Booking, *, beside: Sequence[UUID] = ()) -> Held:
    """Lock the slots of its seats and those `beside` in id order, then the booking. Within a transaction.

    Where it went to other slots while these were waited for, they are let go, and the others locked: whoever has locked
    a booking waits for no slot.
    """
    while True:
        point = transaction.savepoint()
        slot_ids = _slot_ids(booking)
        lock_slots(booking, [*slot_ids, *beside])
        current = Booking.objects.select_for_update(no_key=True).get(school_id=booking.school_id, id=booking.pk)
        if _slot_ids(booking) == slot_ids:
            transaction.savepoint_commit(point)
            return Held(current, slot_ids)
        transaction.savepoint_rollback(point)


def _slot_ids(booking: Booking) -> list[UUID]:
    seats = Attendance.objects.filter(school_id=booking.school_id, booking_id=booking.pk)
    return list(seats.order_by("slot_id").values_list("slot_id", flat=True))


def lock_slots(of: Booking | Session, slot_ids: list[UUID]) -> None:
    list(
        Slot.objects.select_for_update(no_key=True)
        .filter(school_id=of.school_id, id__in=slot_ids)
        .order_by("id")
        .values_list("id", flat=True)
    )


def close_session(session: Session, slot_ids: list[UUID], *, because: str = "") -> None:
    """Nobody needs it any more: its staff and resource are free. The slots are locked by the caller.

    What was said of it before stays: a lesson on demand closes with its session, and once more with its booking.
    """
    said = {"cancelled_because": because} if because else {}
    Session.objects.filter(school_id=session.school_id, id=session.pk).update(
        status=Session.Status.CANCELLED, cancelled_at=now(), updated_at=now(), **said
    )
    Slot.objects.filter(school_id=session.school_id, id__in=slot_ids).update(is_open=False, updated_at=now())
    free_time(session.school_id, slot_ids)
