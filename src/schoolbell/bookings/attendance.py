"""Who came. Said by who teaches, or the office, of each seat and slot; said again, the last word counts."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.actions import locked_booking
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.bookings.refusals import LessonNotBegun, NotExpected
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor

EXPECTED: Final = (
    Booking.Status.CONFIRMED,
    Booking.Status.IN_PROGRESS,
    Booking.Status.COMPLETED,
    Booking.Status.NO_SHOW,
)
MOST_LETTERS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Mark:
    """`status` is one of `Attendance.Status`. None: what was written before stays."""

    status: str
    tutor_notes: str | None = None
    feedback: str | None = None


@transaction.atomic
def mark_attendance(seat: Attendance, mark: Mark, *, by: Actor) -> Attendance:
    """Say whether they came, from the start of the slot on; somebody may be excused before. `seat` comes with its slot.
    The record says from what to what, and not what was written of a child. Changing nothing records nothing.

    Locks: the booking. Raises: InputRefused, NotExpected, LessonNotBegun.
    """
    if mark.status not in Attendance.Status.values:
        raise InputRefused.of("status", _("Choose one of: %s.") % ", ".join(Attendance.Status.values))
    booking = locked_booking(seat.booking)
    current = Attendance.objects.select_related("slot").get(school_id=seat.school_id, id=seat.pk)
    if booking.status not in EXPECTED or not current.is_live:
        raise NotExpected(booking.pk)
    if mark.status != Attendance.Status.EXCUSED and current.slot.starts_at > now():
        raise LessonNotBegun(current.slot_id)
    old = (current.status, current.tutor_notes, current.feedback)
    new = (
        mark.status,
        current.tutor_notes if mark.tutor_notes is None else mark.tutor_notes.strip(),
        current.feedback if mark.feedback is None else mark.feedback.strip(),
    )
    if new == old:
        return current
    current.status, current.tutor_notes, current.feedback = new
    current.marked_at, current.marked_by = now(), by.who
    current.save()
    record(
        "attendance.marked",
        current,
        by=by,
        student_id=current.student_id,
        client_id=booking.client_id,
        old={"status": old[0]},
        new={"status": new[0]},
    )
    return current
