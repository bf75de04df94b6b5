"""What the worker does for learning. One line each."""

from uuid import UUID

from schoolbell.bookings.models import Booking
from schoolbell.learning.stats import refresh_stats_of


def count_booking(school_id: UUID, booking_id: UUID) -> None:
    refresh_stats_of(Booking.objects.get(school_id=school_id, id=booking_id))


HANDLERS = {"booking.completed": count_booking, "booking.no_show": count_booking}
