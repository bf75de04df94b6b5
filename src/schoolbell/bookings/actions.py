"""What becomes of a booking. Each action refuses, locks, checks again, writes and records, in that order."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.cancelling import owed_percent, require_not_begun
from schoolbell.bookings.ending import end_booking
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.bookings.refusals import PaymentRequired, TransitionRefused
from schoolbell.journal.actions import record, tell
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor


@transaction.atomic
def confirm_booking(booking: Booking, *, by: Actor, paid: int, waived: bool = False) -> Booking:
    """Turn a held seat into a kept one. `paid` is what its order has received for it.

    A hold that ran out but that nobody has cleared away still holds its seat, and may be confirmed.
    Raises: TransitionRefused, PaymentRequired.
    """
    current = locked_booking(booking)
    if current.status == Booking.Status.CONFIRMED:
        return current
    require_transition(current, Booking.Status.CONFIRMED)
    if paid < current.due_to_confirm and not waived:
        raise PaymentRequired(booking.pk)
    current.status = Booking.Status.CONFIRMED
    current.confirmed_at = now()
    current.hold_expires_at = None
    current.save()
    if current.enrollment_id:
        Enrollment.objects.filter(school_id=booking.school_id, id=current.enrollment_id).update(
            status=Enrollment.Status.ACTIVE, updated_at=now()
        )
    record(
        "booking.confirmed",
        current,
        by=by,
        student_id=current.student_id,
        client_id=current.client_id,
        old={"status": "pending"},
        new={"status": "confirmed", "waived": waived},
    )
    tell("booking.confirmed", current)
    return current


def cancel_booking(booking: Booking, *, by: Actor) -> Booking:
    """Give the seat back. What is owed to the client is written on the booking: all when the school cancels or the
    client is early enough (policy free_cancel_hours), else the price less the late fee.

    Raises: LessonBegun (the school may all the same), TransitionRefused.
    """
    require_not_begun(booking, by=by)
    ended = end_booking(
        booking,
        as_=Booking.Status.CANCELLED,
        by=by,
        owed_percent=owed_percent(booking, by=by),
        keeps_seat=not booking.session.course.policies.release_seat_on_cancel,
    )
    booking.refresh_from_db()
    if not ended:
        raise _refused(booking, Booking.Status.CANCELLED)
    return booking


def require_transition(booking: Booking, to: Booking.Status) -> None:
    if to not in Booking.TRANSITIONS[booking.status]:
        raise _refused(booking, to)


def _refused(booking: Booking, to: Booking.Status) -> TransitionRefused:
    status = booking.get_status_display().lower()
    if booking.status == to:
        return TransitionRefused(booking.pk, detail=_("This booking is %s already.") % status)
    words = _("This booking is %(status)s; it cannot become %(to)s.") % {"status": status, "to": to.label.lower()}
    return TransitionRefused(booking.pk, detail=words)


def locked_booking(booking: Booking) -> Booking:
    return Booking.objects.select_for_update(no_key=True).get(school_id=booking.school_id, id=booking.pk)
