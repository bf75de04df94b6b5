"""Holds that ran out. The database does not see the clock, so whoever wants the seat clears them away first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from psycopg.types.range import TimestamptzRange

from schoolbell.bookings.ending import end_booking, lock_slots
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.diary.models import Claim
from schoolbell.kit.database.collisions import beforehand
from schoolbell.kit.database.statements import read
from schoolbell.kit.time import Stretch, now
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School


@dataclass(frozen=True, slots=True)
class Reach:
    """What somebody wants: seats in these slots, these diaries at these times, a trial of that course. What is held in
    sessions `apart_from` these is not in the way: it moves along."""

    school_id: UUID
    slot_ids: tuple[UUID, ...]
    times: tuple[tuple[UUID, Stretch], ...]
    student_id: UUID | None = None
    trial_of: UUID | None = None
    apart_from: tuple[UUID, ...] = ()


def expire_overdue_holds(*, in_the_way_of: Reach) -> int:
    """Expire every overdue hold that stands in the way, and say how many did; of a transaction that can begin anew,
    before it (`collisions.beforehand`)."""
    reach = in_the_way_of
    clashes = Q()
    for diary_id, during in reach.times:
        clashes |= Q(diary_id=diary_id, during__overlap=TimestamptzRange(during.starts_at, during.ends_at))
    # What is waived is in nobody's way.
    claims = Claim.objects.filter(clashes, school_id=reach.school_id, kind=Claim.Kind.LESSON, waived=False)
    sources = claims.values("source")
    held = Attendance.objects.filter(
        Q(slot_id__in=reach.slot_ids) | Q(id__in=sources) | Q(slot_id__in=sources),
        school_id=reach.school_id,
        is_live=True,
    )
    wanted = Q(id__in=held.values("booking_id"))
    if reach.trial_of:
        wanted |= Q(student_id=reach.student_id, enrollment__course_id=reach.trial_of, enrollment__type="trial")
    overdue = Booking.objects.filter(
        wanted, school_id=reach.school_id, status=Booking.Status.PENDING, hold_expires_at__lte=now()
    )
    found = list(overdue.exclude(session_id__in=reach.apart_from).order_by("id"))
    return beforehand(lambda: _expire(found, reach.slot_ids)) if found else 0


@transaction.atomic
def _expire(overdue: list[Booking], slot_ids: Collection[UUID]) -> int:
    """Locks the slots of all of them, and those that are wanted next, in id order before anything else."""
    held = Attendance.objects.filter(
        school_id=overdue[0].school_id, booking_id__in=[booking.pk for booking in overdue]
    ).values_list("slot_id", flat=True)
    lock_slots(overdue[0], [*held, *slot_ids])
    return sum(end_booking(booking, as_=Booking.Status.EXPIRED, by=SYSTEM) for booking in overdue)


def expire_overdue_holds_at(school: School, within: Stretch) -> int:
    """Expire every overdue hold on a session that meets this stretch, each in a transaction of its own: as
    `expire_overdue_holds`, for whoever looks at that time before taking any of it."""
    overdue = Booking.objects.filter(
        school_id=school.pk,
        status=Booking.Status.PENDING,
        hold_expires_at__lte=now(),
        session__starts_at__lt=within.ends_at,
        session__ends_at__gt=within.starts_at,
    )
    found = list(overdue.order_by("id"))
    return beforehand(lambda: _expire_each(found)) if found else 0


def _expire_each(overdue: Iterable[Booking]) -> int:
    return sum(end_booking(booking, as_=Booking.Status.EXPIRED, by=SYSTEM) for booking in overdue)


def expire_all_overdue_holds(*, at_most: int = 500) -> int:
    """What the worker does every few seconds, so that freed seats show. Nothing depends on it."""
    overdue = Booking.objects.filter(status=Booking.Status.PENDING, hold_expires_at__lte=now())
    return _expire_each(overdue.order_by("hold_expires_at")[:at_most])


def overdue_sources(school_id: UUID) -> list[UUID]:
    """The sources of claims that no longer count: attendances and slots made by bookings whose hold ran out."""
    rows = read(_OVERDUE_SQL, {"school_id": school_id, "now": now()})
    return [
        source
        for attendance_id, slot_id, on_demand in rows
        for source in ((attendance_id, slot_id) if on_demand else (attendance_id,))
    ]


_OVERDUE_SQL = """
    SELECT attendance.id, attendance.slot_id, session.on_demand
    FROM bookings_booking AS booking
    JOIN timetable_session AS session ON session.school_id = booking.school_id AND session.id = booking.session_id
    JOIN bookings_attendance AS attendance
        ON attendance.school_id = booking.school_id AND attendance.booking_id = booking.id AND attendance.is_live
    WHERE booking.school_id = %(school_id)s AND booking.status = 'pending' AND booking.hold_expires_at <= %(now)s
"""
