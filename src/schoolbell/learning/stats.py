"""An instructor's stats, counted anew from the rows whenever something changes them."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db import transaction
from django.db.models import Count, Sum

from schoolbell.bookings.models import Booking
from schoolbell.kit.time import now
from schoolbell.learning.models import Review
from schoolbell.people.models import Instructor, InstructorStats
from schoolbell.schools.models import School
from schoolbell.timetable.models import Slot, Staffing

HUNDREDTH: Final = Decimal("0.01")


@transaction.atomic
def refresh_stats(instructor: Instructor) -> InstructorStats:
    """Locks the stats first: of two at once, the second counts what the first has written."""
    own = {"school_id": instructor.school_id, "instructor_id": instructor.pk}
    InstructorStats.objects.bulk_create([InstructorStats(**own, last_updated=now())], ignore_conflicts=True)
    stats = InstructorStats.objects.select_for_update(no_key=True).get(**own)
    taught = Staffing.objects.filter(**own).values("session_id")
    slots = Slot.objects.filter(
        school_id=instructor.school_id, session_id__in=taught, session__published_at__isnull=False
    )
    given = {"status": Booking.Status.COMPLETED}
    completed = Booking.objects.filter(school_id=instructor.school_id, session_id__in=taught, **given)
    said = Review.objects.filter(**own).aggregate(number=Count("id"), total=Sum("rating"))
    stats.total_calls = completed.count()
    stats.total_slots = slots.count()
    stats.completed_slots = slots.filter(session_id__in=completed.values("session_id")).count()
    stats.ratings = said["number"]
    stats.average_rating = _average(said["total"], said["number"])
    stats.last_updated = now()
    stats.save()
    return stats


def _average(total: int | None, number: int) -> Decimal | None:
    return (Decimal(total) / number).quantize(HUNDREDTH, ROUND_HALF_UP) if total else None


def refresh_stats_of(booking: Booking) -> None:
    """Of everybody who taught it."""
    staffing = Staffing.objects.filter(school_id=booking.school_id, session_id=booking.session_id)
    for one in staffing.select_related("instructor").order_by("instructor_id"):
        refresh_stats(one.instructor)


def rebuild_stats(school: School) -> int:
    """Of everybody who teaches there. Says how many they are."""
    instructors = list(Instructor.objects.of(school).order_by("id"))
    for one in instructors:
        refresh_stats(one)
    return len(instructors)
