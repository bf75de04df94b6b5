"""When a booking begins and ends: with its session, or, where a student takes some of its slots only, with their own.

A seat that was given back keeps its slots, so that what has ended is still said to have been then.
"""

from collections.abc import Iterable, Sequence

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, When, prefetch_related_objects
from django.db.models.functions import Coalesce

from schoolbell.bookings.models import Attendance, Booking
from schoolbell.kit.time import InstantField, Stretch, now
from schoolbell.schools.rows import SchoolRows


def during_of(booking: Booking) -> Stretch:
    """From the start of its first lesson to the end of its last. `booking` comes with its session; lists read first
    what this asks for: see `read_times`."""
    read_times([booking])
    session = booking.session
    slots = [seat.slot for seat in booking.attendances.all()] if session.choose_slots else []
    if not slots:
        return Stretch(session.starts_at, session.ends_at)
    return Stretch(min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots))


def read_times(bookings: Iterable[Booking]) -> None:
    """In one query for all of them, none where each is in the whole of its session. They come with their session."""
    read_seats([booking for booking in bookings if booking.session.choose_slots])


def read_seats(bookings: Sequence[Booking]) -> None:
    """Theirs, with their slots, in order of time, as `attendances` of each. One query; what was read is kept."""
    seats = Attendance.objects.select_related("slot").order_by("slot__starts_at")
    prefetch_related_objects(bookings, Prefetch("attendances", seats))


def begins_at() -> Case:
    """As `during_of`, to sort bookings by."""
    first = _own_seats().order_by("slot__starts_at").values("slot__starts_at")[:1]
    whole = F("session__starts_at")
    own = Coalesce(Subquery(first), whole, output_field=InstantField())
    return Case(When(session__choose_slots=True, then=own), default=whole, output_field=InstantField())


def are_not_over() -> Q:
    """Of bookings that hold their seats: something of them goes on, or is to come."""
    own = Q(Exists(_own_seats().filter(slot__ends_at__gt=now())))
    return Q(session__ends_at__gt=now()) & (Q(session__choose_slots=False) | own)


def _own_seats() -> SchoolRows[Attendance]:
    return Attendance.objects.filter(school_id=OuterRef("school_id"), booking_id=OuterRef("id"))
