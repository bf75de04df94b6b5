"""Reviewing a booking: once, by its client, when it is over. The source of the flow is the coaching design."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.actions import locked_booking
from schoolbell.bookings.models import Booking
from schoolbell.bookings.times import during_of
from schoolbell.journal.actions import record, tell
from schoolbell.kit.refusals import InputRefused, NotAllowed
from schoolbell.kit.time import now
from schoolbell.learning.models import Review
from schoolbell.learning.refusals import AlreadyReviewed, NotOverYet
from schoolbell.learning.stats import refresh_stats
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Staffing

REVIEWED: Final = (Booking.Status.COMPLETED, Booking.Status.CANCELLED, Booking.Status.NO_SHOW)


@transaction.atomic
def review_booking(booking: Booking, *, rating: int, comment: str = "", by: Actor) -> Review:
    """The instructor's stats count it at once. Locks: the booking, then the instructor's stats.

    Raises: InputRefused, NotAllowed for whoever is not its client, NotOverYet, AlreadyReviewed.
    """
    _require_sound(rating, comment)
    if booking.client.person_id != by.me:
        raise NotAllowed(booking.pk)
    current = locked_booking(booking)
    if current.status not in REVIEWED:
        raise NotOverYet(booking.pk)
    if review_of(current) is not None:
        raise AlreadyReviewed(booking.pk)
    instructor = _instructor_of(current)
    review = Review(
        school_id=current.school_id,
        booking=current,
        client_id=current.client_id,
        instructor=instructor,
        rating=rating,
        comment=comment.strip(),
    )
    review.save(force_insert=True)
    if instructor:
        refresh_stats(instructor)
    record(
        "review.given",
        review,
        by=by,
        student_id=current.student_id,
        client_id=current.client_id,
        new={"booking": str(current.pk), "rating": rating},
    )
    tell("review.given", review)
    return review


def may_review(booking: Booking, *, by: Actor) -> bool:
    """Whether to offer it; whether it may be, the action says."""
    return booking.status in REVIEWED and booking.client.person_id == by.me


def is_time_to_say(booking: Booking) -> bool:
    """Whether to ask how it was: of what was cancelled, when it would have been over."""
    return booking.status != Booking.Status.CANCELLED or during_of(booking).ends_at <= now()


def review_of(booking: Booking) -> Review | None:
    return Review.objects.filter(school_id=booking.school_id, booking_id=booking.pk).first()


def _require_sound(rating: int, comment: str) -> None:
    if not Review.LOWEST <= rating <= Review.HIGHEST:
        raise InputRefused.of("rating", _("Choose from 1 to 5."))
    if len(comment) > Review.LONGEST:
        raise InputRefused.of("comment", _("Say it in %s letters at most.") % Review.LONGEST)


def _instructor_of(booking: Booking) -> Instructor | None:
    """Who led the session; where several taught it, the rating is the leading one's."""
    rows = Staffing.objects.filter(school_id=booking.school_id, session_id=booking.session_id)
    leading = rows.select_related("instructor").order_by("-leads", "id").first()
    return leading.instructor if leading else None
