"""What cancelling a booking now would do to the money, for whoever is asked first."""

import datetime as dt
from dataclasses import dataclass

from schoolbell.billing.dues import paid_for, price_returned, sold_for
from schoolbell.billing.models import OrderLine
from schoolbell.bookings.cancelling import free_until, owed_percent
from schoolbell.bookings.models import Booking
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor


@dataclass(frozen=True, slots=True)
class Settlement:
    """`fee` stays with the school. Of what was paid for the booking, `credit` becomes the client's; of the fee,
    `still_owed` was not paid. Minor units."""

    free_until: dt.datetime
    is_late: bool
    paid: int
    fee: int

    @property
    def credit(self) -> int:
        return max(self.paid - self.fee, 0)

    @property
    def still_owed(self) -> int:
        return max(self.fee - self.paid, 0)


def on_cancelling(booking: Booking, *, by: Actor) -> Settlement:
    """As `cancel_and_settle` would have it at this moment."""
    line = OrderLine.objects.filter(school_id=booking.school_id, booking_id=booking.pk).first()
    free = free_until(booking)
    return Settlement(
        free_until=free,
        is_late=now() > free,
        paid=paid_for(line) if line else 0,
        fee=sold_for(booking) - price_returned(booking, percent=owed_percent(booking, by=by)),
    )
