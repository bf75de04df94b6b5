"""Reads of enrollments."""

from collections.abc import Sequence
from uuid import UUID

from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.bookings.queries import bookings_seen_by
from schoolbell.bookings.times import begins_at
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows


def enrollments_seen_by(actor: Actor, school: School) -> SchoolRows[Enrollment]:
    """Staff see all; an instructor those whose lessons they teach; a client and a student their own. With student,
    client, course and series."""
    rows = Enrollment.objects.of(school).select_related(
        "student__person", "client__person", "course__school", "series__resource"
    )
    if actor.is_staff:
        return rows
    if actor.role == Role.INSTRUCTOR:
        return rows.filter(id__in=bookings_seen_by(actor, school).values("enrollment_id"))
    if actor.role == Role.CLIENT:
        return rows.filter(client__person_id=actor.me)
    if actor.role == Role.STUDENT:
        return rows.filter(student__person_id=actor.me)
    return rows.none()


def lessons_of(enrollments: Sequence[Enrollment]) -> dict[UUID, list[Booking]]:
    """Per enrollment its bookings, with their sessions, in order of time. One query."""
    found: dict[UUID, list[Booking]] = {one.pk: [] for one in enrollments}
    if enrollments:
        rows = Booking.objects.filter(school_id=enrollments[0].school_id, enrollment_id__in=list(found))
        for booking in rows.select_related("session").order_by(begins_at(), "id"):
            found[booking.enrollment_id].append(booking)
    return found
