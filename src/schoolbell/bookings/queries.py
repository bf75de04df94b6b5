"""Reads of bookings and of the seats they leave."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Count, F, Q

from schoolbell.bookings.models import Attendance, Booking
from schoolbell.kit.time import now
from schoolbell.people.models import Student
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import Session, Slot, Staffing


def with_seats(sessions: SchoolRows[Session], school: School) -> SchoolRows[Session]:
    """Those of them that are published and have not begun, with a seat to be had in every slot; where slots are chosen,
    in one that has not begun. An overdue hold counts as a free seat."""
    overdue = Attendance.objects.of(school).filter(
        is_live=True, booking__status=Booking.Status.PENDING, booking__hold_expires_at__lte=now()
    )
    taken = Q(seats_taken__gte=F("capacity")) & ~Q(id__in=overdue.values("slot_id"))
    full = Slot.objects.of(school).filter(taken)
    ahead = Slot.objects.of(school).filter(~taken, starts_at__gt=now())
    whole = Q(choose_slots=False, starts_at__gt=now()) & ~Q(id__in=full.values("session_id"))
    in_part = Q(choose_slots=True, id__in=ahead.values("session_id"))
    return sessions.filter(whole | in_part, status=Session.Status.PUBLISHED, on_demand=False)


def are_full(sessions: Sequence[Session], slots: Mapping[UUID, Sequence[Slot]]) -> set[UUID]:
    """Those in which no seat can be had, as `with_seats` counts. A lesson on demand is its one student's."""
    crowded = [one for one in sessions if any(slot.seats_taken >= slot.capacity for slot in slots[one.pk])]
    left = seats_left(crowded)
    return {one.pk for one in crowded if one.on_demand or left[one.pk] <= 0}


def seats_left(sessions: Sequence[Session]) -> dict[UUID, int]:
    """Per session, the seats that can be had in all of its slots; where slots are chosen, in the one with most of those
    that have not begun. An overdue hold counts as a free seat."""
    if not sessions:
        return {}
    school_id = sessions[0].school_id
    ids = [session.pk for session in sessions]
    overdue = Q(
        attendances__is_live=True,
        attendances__booking__status=Booking.Status.PENDING,
        attendances__booking__hold_expires_at__lte=now(),
    )
    choosing = {session.pk for session in sessions if session.choose_slots}
    left: dict[UUID, int] = dict.fromkeys(choosing, 0)
    for session_id, starts_at, free in (
        Slot.objects.filter(school_id=school_id, session_id__in=ids)
        .annotate(free=F("capacity") - F("seats_taken") + Count("attendances", filter=overdue))
        .values_list("session_id", "starts_at", "free")
    ):
        if session_id not in choosing:
            left[session_id] = min(free, left.get(session_id, free))
        elif starts_at > now():
            left[session_id] = max(free, left[session_id])
    return left


def attendances_of(bookings: Sequence[Booking]) -> dict[UUID, list[Attendance]]:
    """Per booking, its seats with their slots, in order of time."""
    found: dict[UUID, list[Attendance]] = {booking.pk: [] for booking in bookings}
    if bookings:
        for attendance in (
            Attendance.objects.filter(school_id=bookings[0].school_id, booking_id__in=list(found))
            .select_related("slot")
            .order_by("slot__starts_at")
        ):
            found[attendance.booking_id].append(attendance)
    return found


def named_later(bookings: Sequence[Booking]) -> set[UUID]:
    """Those of them whose student is named later."""
    if not bookings:
        return set()
    rows = Booking.objects.filter(school_id=bookings[0].school_id, id__in=[one.pk for one in bookings])
    return set(rows.filter(student__person__is_placeholder=True).values_list("id", flat=True))


def why_cancelled(bookings: Sequence[Booking]) -> dict[UUID, str]:
    """Of those whose session was cancelled as a whole, and of which somebody said why, these words."""
    if not bookings:
        return {}
    rows = Booking.objects.filter(school_id=bookings[0].school_id, id__in=[one.pk for one in bookings])
    said = rows.exclude(session__cancelled_because="")
    return dict(said.values_list("id", "session__cancelled_because"))


def students_seen_by(actor: Actor, school: School) -> SchoolRows[Student]:
    """Staff see all; an instructor those who have a seat with them; a client their own; a student themselves. Nobody
    sees those who are named later: they are seats, and not yet students."""
    rows = Student.objects.of(school).filter(person__is_placeholder=False).select_related("person")
    if actor.is_staff:
        return rows
    if actor.role == Role.INSTRUCTOR:
        seated = bookings_seen_by(actor, school).exclude(status__in=("cancelled", "expired"))
        return rows.filter(id__in=seated.values("student_id"))
    if actor.role == Role.CLIENT:
        return rows.filter(guardianships__client__person_id=actor.me)
    if actor.role == Role.STUDENT:
        return rows.filter(person_id=actor.me)
    return rows.none()


def living(rows: SchoolRows[Booking]) -> SchoolRows[Booking]:
    """Those of them that were not cancelled, and whose hold has not run out."""
    ended = Q(status__in=(Booking.Status.CANCELLED, Booking.Status.EXPIRED))
    ran_out = Q(status=Booking.Status.PENDING, hold_expires_at__lte=now())
    return rows.exclude(ended | ran_out)


def bookings_seen_by(actor: Actor, school: School) -> SchoolRows[Booking]:
    """Staff see all; an instructor those of their sessions; a client and a student their own."""
    rows = Booking.objects.of(school)
    if actor.is_staff:
        return rows
    if actor.role == Role.INSTRUCTOR:
        taught = Staffing.objects.of(school).filter(instructor__person_id=actor.me)
        return rows.filter(session_id__in=taught.values("session_id"))
    if actor.role == Role.CLIENT:
        return rows.filter(client__person_id=actor.me)
    if actor.role == Role.STUDENT:
        return rows.filter(student__person_id=actor.me)
    return rows.none()
