"""What whoever booked wants the school, and whoever teaches, to know: said with the booking, and anew afterwards."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.actions import locked_booking
from schoolbell.bookings.models import MOST_LETTERS_OF_NOTES, Attendance, Booking
from schoolbell.bookings.refusals import LessonBegun, TransitionRefused
from schoolbell.journal.actions import record, tell
from schoolbell.kit.refusals import InputRefused, NotAllowed
from schoolbell.kit.text import plain_lines
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor, Role


@transaction.atomic
def change_notes(booking: Booking, notes: str, *, by: Actor) -> Booking:
    """Say it anew; with nothing it is taken back. Whoever booked may while a lesson of it lies ahead, the school at any
    time. Changing nothing records nothing, and the record says whether there are notes, not what they say.

    Locks: the booking. Raises: NotAllowed, InputRefused, TransitionRefused, LessonBegun.
    """
    if by.role == Role.INSTRUCTOR:
        raise NotAllowed(by.role)
    wanted = as_kept(notes)
    current = locked_booking(booking)
    if plain_lines(current.notes) == wanted:
        return current
    if not by.is_staff:
        _require_ahead(current)
    old, current.notes = current.notes, wanted
    current.save()
    record(
        "booking.notes_changed",
        current,
        by=by,
        student_id=current.student_id,
        client_id=current.client_id,
        old={"has_notes": bool(old)},
        new={"has_notes": bool(wanted)},
    )
    tell("booking.notes_changed", current)
    return current


def as_kept(notes: str) -> str:
    """Without space around them, and with lines parted alike, whoever sends them. Raises InputRefused."""
    kept = plain_lines(notes).strip()
    if len(kept) > MOST_LETTERS_OF_NOTES:
        raise InputRefused.of("notes", _("Say it in %s letters at most.") % MOST_LETTERS_OF_NOTES)
    return kept


def _require_ahead(booking: Booking) -> None:
    if not _goes_on(booking):
        raise TransitionRefused(booking.pk)
    if not _with_lessons_ahead([booking]):
        raise LessonBegun(booking.pk, detail=_("This has begun. What there is to say now, tell the school itself."))


def with_notes_to_change(bookings: Sequence[Booking], *, by: Actor) -> set[UUID]:
    """Those of them of which `change_notes` would do it now: so whether to offer it. One query."""
    if by.is_staff:
        return {one.pk for one in bookings}
    if by.role == Role.INSTRUCTOR:
        return set()
    return _with_lessons_ahead([one for one in bookings if _goes_on(one)])


def _goes_on(booking: Booking) -> bool:
    """It may still become something else, and its hold has not run out."""
    return bool(Booking.TRANSITIONS[booking.status]) and not booking.is_overdue(now())


def _with_lessons_ahead(bookings: Sequence[Booking]) -> set[UUID]:
    if not bookings:
        return set()
    seats = Attendance.objects.filter(school_id=bookings[0].school_id, booking_id__in=[one.pk for one in bookings])
    return set(seats.filter(slot__starts_at__gt=now()).values_list("booking_id", flat=True))
