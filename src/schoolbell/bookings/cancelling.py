"""What holds when a booking is cancelled: until when, until when for free, and how much of the price then goes back."""

import datetime as dt

from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import LessonBegun
from schoolbell.bookings.times import during_of
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor
from schoolbell.schools.policies import CoursePolicies, Policies


def agreed(booking: Booking) -> Policies:
    """The policies under which it was booked. Those that the school has made since hold for others."""
    policies: Policies = booking.session.course.policies_as_of(booking.created_at)
    return policies


def free_until(booking: Booking) -> dt.datetime:
    """Until then the client cancels free of charge: policy free_cancel_hours before its first lesson starts; once the
    school has moved it, until that starts."""
    starts_at = during_of(booking).starts_at
    return starts_at if booking.moved_at is not None else free_before(starts_at, agreed(booking))


def free_before(starts_at: dt.datetime, policies: CoursePolicies) -> dt.datetime:
    """Until when whoever books it under these policies may cancel free of charge."""
    return starts_at - dt.timedelta(hours=policies.free_cancel_hours)


def owed_percent(booking: Booking, *, by: Actor) -> int:
    """Of the price, what the client need not bear when `by` cancels now: all of it when the school does, or when the
    client is early enough; else the price less the policy's late fee."""
    if by.is_staff or now() <= free_until(booking):
        return 100
    late_fee: int = agreed(booking).late_fee_percent
    return 100 - late_fee


def may_cancel(booking: Booking, *, by: Actor) -> bool:
    """Would `cancel_booking` do it now? So whether to offer it."""
    return Booking.Status.CANCELLED in Booking.TRANSITIONS[booking.status] and (by.is_staff or not has_begun(booking))


def require_not_begun(booking: Booking, *, by: Actor) -> None:
    """What has begun only the school can take off. Raises LessonBegun."""
    if not by.is_staff and has_begun(booking):
        raise LessonBegun(booking.pk)


def has_begun(booking: Booking) -> bool:
    """Has its first lesson? What else goes on in its session does not matter."""
    return during_of(booking).starts_at <= now()
