"""Slots as coaches know them: sessions with one seat and one stretch of time, open or not.

The coaching design's words: a slot is AVAILABLE as long as its seat can be had, else UNAVAILABLE, and can be deleted
only while it is AVAILABLE; its booking is ACTIVE, COMPLETED, CANCELLED or NO_SHOW.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from schoolbell.bookings.ending import lock_slots
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import SlotUnavailable
from schoolbell.diary.freeing import free_time
from schoolbell.journal.actions import record, tell
from schoolbell.kit.database.statements import execute
from schoolbell.kit.refusals import NotFound
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import Slot, Staffing


class SlotState(StrEnum):
    AVAILABLE = "AVAILABLE"
    UNAVAILABLE = "UNAVAILABLE"


class BookingState(StrEnum):
    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"


STATES: Final = {
    Booking.Status.PENDING: BookingState.ACTIVE,
    Booking.Status.CONFIRMED: BookingState.ACTIVE,
    Booking.Status.IN_PROGRESS: BookingState.ACTIVE,
    Booking.Status.COMPLETED: BookingState.COMPLETED,
    Booking.Status.CANCELLED: BookingState.CANCELLED,
    Booking.Status.EXPIRED: BookingState.CANCELLED,
    Booking.Status.NO_SHOW: BookingState.NO_SHOW,
}


@dataclass(frozen=True, slots=True)
class CoachSlot:
    """A slot with its session and course, and the booking that holds its seat, or else the last that did."""

    slot: Slot
    state: SlotState
    booking: Booking | None  # with its student's person

    @property
    def booking_state(self) -> BookingState | None:
        return STATES[Booking.Status(self.booking.status)] if self.booking else None

    @property
    def is_deletable(self) -> bool:
        """Nobody ever booked it."""
        return self.state == SlotState.AVAILABLE and self.booking is None


def is_slot(rows: SchoolRows[Slot]) -> SchoolRows[Slot]:
    """Those of the rows that are a coach's: the one slot of a session with one seat that was put on offer."""
    return rows.filter(
        session__capacity=1,
        session__on_demand=False,
        session__published_at__isnull=False,
        session__starts_at=F("starts_at"),
        session__ends_at=F("ends_at"),
    )


def slots_of(
    school: School,
    instructor_id: UUID,
    *,
    starts_from: dt.datetime | None = None,
    starts_until: dt.datetime | None = None,
) -> SchoolRows[Slot]:
    """An instructor's slots, whatever became of them, with session and course."""
    taught = Staffing.objects.of(school).filter(instructor_id=instructor_id)
    rows = is_slot(Slot.objects.of(school)).filter(session_id__in=taught.values("session_id"))
    if starts_from:
        rows = rows.filter(session__starts_at__gte=starts_from)
    if starts_until:
        rows = rows.filter(session__starts_at__lt=starts_until)
    return rows.select_related("session__course", "session__resource")


def seen_as_slots(slots: Sequence[Slot]) -> list[CoachSlot]:
    """Each with its state and its booking. One query. An overdue hold counts as none."""
    latest: dict[UUID, Booking] = {}
    if slots:
        rows = Booking.objects.filter(school_id=slots[0].school_id, session_id__in=[one.session_id for one in slots])
        for booking in rows.select_related("student__person").order_by("holds_seat", "id"):
            latest[booking.session_id] = booking
    return [CoachSlot(one, _state(one, latest.get(one.session_id)), latest.get(one.session_id)) for one in slots]


def _state(slot: Slot, booking: Booking | None) -> SlotState:
    is_held = booking is not None and booking.holds_seat and not booking.is_overdue(now())
    is_open = slot.is_open and slot.starts_at > now() and not is_held
    return SlotState.AVAILABLE if is_open else SlotState.UNAVAILABLE


def find_slot(school: School, slot_id: UUID) -> Slot:
    """With session and course. Raises NotFound."""
    rows = is_slot(Slot.objects.of(school)).select_related("session__course", "session__resource")
    found = rows.filter(id=slot_id).first()
    if found is None:
        raise NotFound(slot_id)
    return found


@transaction.atomic
def delete_slot(slot: Slot, *, by: Actor) -> None:
    """Take away a slot that nobody ever booked: the row is gone, and its time is free.

    Whoever books it in the same instant comes first, and it stays, or finds it gone. Locks: the slot.
    Raises: SlotUnavailable; NotFound where it is gone already.
    """
    lock_slots(slot.session, [slot.pk])
    current = find_slot_now(slot)
    if not current.is_deletable:
        raise SlotUnavailable(slot.pk)
    free_time(slot.school_id, [slot.pk])
    execute(_DELETED_SQL, {"school_id": slot.school_id, "session_id": slot.session_id})
    record("slot.deleted", slot.session, by=by, old={"slot": str(slot.pk), "starts_at": slot.starts_at.isoformat()})
    tell("slot.deleted", slot.session)


def find_slot_now(slot: Slot) -> CoachSlot:
    """As it stands by now. Raises NotFound."""
    rows = Slot.objects.filter(school_id=slot.school_id, id=slot.pk)
    found = rows.select_related("session__course", "session__resource").first()
    if found is None:
        raise NotFound(slot.pk)
    return seen_as_slots([found])[0]


# A session with all that is its own. The keys are looked at when the statement ends.
_DELETED_SQL = """
    WITH staffing AS (
        DELETE FROM timetable_staffing WHERE school_id = %(school_id)s AND session_id = %(session_id)s
    ),
    slot AS (
        DELETE FROM timetable_slot WHERE school_id = %(school_id)s AND session_id = %(session_id)s
    )
    DELETE FROM timetable_session WHERE school_id = %(school_id)s AND id = %(session_id)s RETURNING id"""
