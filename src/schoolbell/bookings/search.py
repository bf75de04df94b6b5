"""Finding bookings as an office looks for them."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q

from schoolbell.bookings.models import Attendance, Booking, PaymentStatus
from schoolbell.bookings.queries import bookings_seen_by
from schoolbell.bookings.teaching import expected
from schoolbell.kit.ids import WHOLE_REFERENCE, reference_in
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Client, Name, Student
from schoolbell.people.queries import people_matching
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import meeting


@dataclass(frozen=True, slots=True)
class Sought:
    """`text` is in the reference, or in the name, e-mail or phone of student or client; `ordered` are bookings whose
    order goes by it. A lesson of it begins `within`; `unpaid`: lives, and is not paid whole."""

    text: str = ""
    ordered: Collection[UUID] = ()
    status: str = ""
    payment_status: str = ""
    unpaid: bool = False
    course_id: UUID | None = None
    within: Stretch | None = None


def bookings_found(sought: Sought, *, school: School, seen_by: Actor) -> SchoolRows[Booking]:
    """Those that fit, with student, client, session and course."""
    rows = bookings_seen_by(seen_by, school)
    if sought.text:
        named = rows.filter(_goes_by(sought))
        is_whole = len(reference_in(sought.text)) == WHOLE_REFERENCE
        rows = named if is_whole and named.exists() else rows.filter(_goes_by(sought) | _is_of(school, sought.text))
    if sought.status:
        rows = rows.filter(status=sought.status)
    if sought.payment_status:
        rows = rows.filter(payment_status=sought.payment_status, settled_by=Booking.SettledBy.ORDER)
    if sought.unpaid:
        rows = rows.filter(is_unpaid())
    if sought.course_id:
        rows = rows.filter(session__course_id=sought.course_id)
    if sought.within:
        begin = {"slot__starts_at__gte": sought.within.starts_at, "slot__starts_at__lt": sought.within.ends_at}
        rows = rows.filter(id__in=Attendance.objects.of(school).filter(**begin).values("booking_id"))
    return in_full(rows)


def _goes_by(sought: Sought) -> Q:
    """By its own reference, or its order's."""
    reference = reference_in(sought.text)
    ordered = Q(id__in=list(sought.ordered))
    if len(reference) == WHOLE_REFERENCE:
        return ordered | Q(reference=reference)
    return ordered | Q(reference__contains=reference) if reference else ordered


def _is_of(school: School, text: str) -> Q:
    """Of whoever goes by that name, address or number, as student or as client."""
    people = people_matching(school, text).values("id")
    students = Student.objects.of(school).filter(person_id__in=people).values("id")
    clients = Client.objects.of(school).filter(person_id__in=people).values("id")
    return Q(student_id__in=students) | Q(client_id__in=clients)


def in_full(rows: SchoolRows[Booking]) -> SchoolRows[Booking]:
    """With student, client, session and course. People and places come in three queries of their own: a join of all
    eight tables takes PostgreSQL longer to plan than these take together."""
    students, clients = Student.objects.select_related("person"), Client.objects.select_related("person")
    found = rows.select_related("session__course").prefetch_related("session__resource")
    return found.prefetch_related(Prefetch("student", students)).prefetch_related(Prefetch("client", clients))


def is_unpaid() -> Q:
    """Bookings that live and are not paid whole. A hold that ran out is not lived in any more; what an enrollment pays
    for waits for no payment of its own."""
    ended = (Booking.Status.CANCELLED, Booking.Status.EXPIRED)
    overdue = Q(status=Booking.Status.PENDING, hold_expires_at__lte=now())
    return (
        ~Q(status__in=ended)
        & ~overdue
        & ~Q(payment_status=PaymentStatus.PAID)
        & Q(price__gt=0, settled_by=Booking.SettledBy.ORDER)
    )


def holds_ending(school: School, within: Stretch) -> SchoolRows[Booking]:
    """Unpaid seats whose hold ends in that stretch, the soonest first."""
    return in_full(
        Booking.objects.of(school).filter(
            status=Booking.Status.PENDING,
            hold_expires_at__gte=within.starts_at,
            hold_expires_at__lt=within.ends_at,
        )
    ).order_by("hold_expires_at", "id")


def confirmed_but_unpaid(school: School) -> SchoolRows[Booking]:
    """Kept seats for which money is still to come, the next lesson first."""
    return in_full(Booking.objects.of(school).filter(is_unpaid(), status=Booking.Status.CONFIRMED)).order_by(
        "session__starts_at", "id"
    )


def seats_sold(school: School, *within: Stretch) -> list[int]:
    """For each of these stretches of time, how many seats were confirmed in it and have not been given back. What is
    held is not sold yet: it counts when it is confirmed, whenever it was booked."""
    kept = Booking.objects.of(school).filter(
        confirmed_at__gte=min(one.starts_at for one in within),
        confirmed_at__lt=max(one.ends_at for one in within),
        holds_seat=True,
    )
    counts = {
        f"number_{number}": Count("id", filter=Q(confirmed_at__gte=one.starts_at, confirmed_at__lt=one.ends_at))
        for number, one in enumerate(within)
    }
    found = kept.exclude(status__in=(Booking.Status.CANCELLED, Booking.Status.EXPIRED)).aggregate(**counts)
    return [found[name] for name in counts]


def bookings_of(session: Session) -> SchoolRows[Booking]:
    """Everybody in a session, those who may come first."""
    rows = Booking.objects.filter(school_id=session.school_id, session_id=session.pk)
    return in_full(rows).order_by(F("ended_at").asc(nulls_first=True), "id")


@dataclass(frozen=True, slots=True)
class SeatShown:
    """What a calendar shows of a seat: its booking, with that one's status, and who sits there."""

    booking_id: UUID
    status: str
    student: Name


def seats_in(school: School, slot_ids: Iterable[UUID]) -> dict[UUID, list[SeatShown]]:
    """Per slot, those who are expected; of a session that was cancelled, those who were. A week has hundreds: no rows
    of models. Two queries: PostgreSQL plans one of all these tables for longer than both take together."""
    seats: dict[UUID, list[SeatShown]] = {slot_id: [] for slot_id in slot_ids}
    off = Q(booking__status=Booking.Status.CANCELLED, slot__session__status=Session.Status.CANCELLED)
    rows = Attendance.objects.of(school).filter(expected(now()) | off, slot_id__in=list(seats)).order_by("id")
    found = list(rows.values_list("slot_id", "booking_id", "booking__status", "student_id")) if seats else []
    names = _names_of(school, {student_id for *_seat, student_id in found})
    for slot_id, booking_id, status, student_id in found:
        seats[slot_id].append(SeatShown(booking_id, status, names[student_id]))
    return seats


def _names_of(school: School, student_ids: Collection[UUID]) -> dict[UUID, Name]:
    if not student_ids:
        return {}
    rows = Student.objects.of(school).filter(id__in=student_ids)
    return {
        student_id: Name(*name)
        for student_id, *name in rows.values_list("id", *(f"person__{part}" for part in Name._fields))
    }


@dataclass(frozen=True, slots=True)
class Attended:
    """A slot, of a session with that status, in which somebody is expected. `is_held`: nobody has more than a hold."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    status: str
    is_held: bool


def attended_within(school: School, within: Stretch) -> list[Attended]:
    """Those that meet the stretch, in order of time, without what was cancelled. One query that reads no names: for a
    week at a glance."""
    seats = Attendance.objects.of(school).filter(expected(now()), meeting(within, "slot__"))
    slots = seats.exclude(slot__session__status=Session.Status.CANCELLED).values(
        "slot_id", "slot__starts_at", "slot__ends_at", "slot__session__status"
    )
    firm = Count("id", filter=~Q(booking__status=Booking.Status.PENDING))
    rows = slots.annotate(firm=firm).order_by("slot__starts_at", "slot_id")
    names = ("slot__starts_at", "slot__ends_at", "slot__session__status", "firm")
    return [Attended(starts, ends, status, not firm) for starts, ends, status, firm in rows.values_list(*names)]


def bookings_about(
    school: School, *, client_id: UUID | None = None, student_ids: Collection[UUID] = ()
) -> SchoolRows[Booking]:
    """The bookings of a client or of these students, the latest lesson first."""
    about = Q(student_id__in=list(student_ids))
    if client_id:
        about |= Q(client_id=client_id)
    return in_full(Booking.objects.of(school).filter(about)).order_by("-session__starts_at", "-id")
