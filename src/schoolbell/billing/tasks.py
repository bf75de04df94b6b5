"""What the worker does for billing. One line each."""

from uuid import UUID

from schoolbell.billing.sales import settle
from schoolbell.bookings.models import Booking


def settle_booking(school_id: UUID, booking_id: UUID) -> None:
    settle(Booking.objects.get(school_id=school_id, id=booking_id))


HANDLERS = {"booking.cancelled": settle_booking, "booking.expired": settle_booking}
