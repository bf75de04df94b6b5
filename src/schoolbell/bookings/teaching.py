"""What an instructor teaches: the slots of their sessions, and who is expected in them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery

from schoolbell.bookings.models import Attendance, Booking, Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.kit.refusals import NotFound
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.models import Guardianship
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import DAY, Series, Session, Slot
from schoolbell.timetable.queries import meeting


@dataclass(frozen=True, slots=True)
class Taught:
    """One slot to teach, with its session, course and resource. `seats` are of those who are expected, by name; each
    with its booking, and its student's person."""

    slot: Slot
    seats: tuple[Attendance, ...]

    @property
    def session(self) -> Session:
        session: Session = self.slot.session
        return session

    @property
    def during(self) -> Stretch:
        return Stretch(self.slot.starts_at, self.slot.ends_at)

    @property
    def is_free(self) -> bool:
        """It is for one, who has not booked yet."""
        return self.session.course.format == Course.Format.ONE_TO_ONE and not self.seats


@dataclass(frozen=True, slots=True)
class Repeating:
    """A series with its course and resource; `enrollment`, with its student's person, where it is one student's weekly
    lessons. `next_slot` and `next_at` are of the next lesson that the instructor teaches themselves, or the one on."""

    series: Series
    enrollment: Enrollment | None
    next_slot: UUID | None
    next_at: dt.datetime | None

    @property
    def ends_on(self) -> dt.date | None:
        last: dt.date | None = self.enrollment.ends_on if self.enrollment else self.series.ends_on
        return last

    @property
    def is_paused(self) -> bool:
        return self.enrollment is not None and self.enrollment.status == Enrollment.Status.PAUSED


def taught(by: Actor, school: School, within: Stretch) -> list[Taught]:
    """What this instructor teaches in that stretch, in order of time; what was cancelled is left out. Four queries at
    most."""
    slots = _slots_of(by, school).filter(meeting(within))
    return _with_seats(list(slots.exclude(session__status=Session.Status.CANCELLED)))


def next_taught(by: Actor, school: School) -> Taught | None:
    """What they teach now, or next. A lesson with one is none before somebody has booked it."""
    alone = Q(session__course__format=Course.Format.ONE_TO_ONE)
    # A few, because nobody may hold the first any more whose seat is not given back yet.
    found = _with_seats(list(_ahead(by, school).filter(Q(seats_taken__gt=0) | ~alone)[:10]))
    return next((one for one in found if not one.is_free), None)


def taught_slot(by: Actor, school: School, slot_id: UUID) -> Taught:
    """One slot that they teach, also of a session that was cancelled. Raises NotFound."""
    slot = _slots_of(by, school).filter(id=slot_id).first()
    if slot is None:
        raise NotFound(slot_id)
    return Taught(slot, tuple(_seats_in([slot])[slot.pk]))


def weekly_taught(by: Actor, school: School) -> list[Repeating]:
    """Students' weekly lessons that they teach: those that pause too, none that is over. One query."""
    rows = Enrollment.objects.of(school).filter(
        Q(status__in=(Enrollment.Status.ACTIVE, Enrollment.Status.PAUSED))
        | Q(status=Enrollment.Status.ENDED, ends_on__gte=local_day(now(), school.zone)),
        type=Enrollment.Type.WEEKLY_RECURRING,
        in_class=False,
        series__staffing__instructor__person_id=by.me,
    )
    coming = _ahead(by, school).filter(
        session__bookings__enrollment_id=OuterRef("id"),
        session__bookings__status__in=(Booking.Status.CONFIRMED, Booking.Status.IN_PROGRESS),
    )
    rows = rows.select_related("student__person", "series__course", "series__resource")
    found: Any = rows.annotate(**_next_of(coming))
    return [Repeating(one.series, one, one.next_slot, one.next_at) for one in found]


def classes_taught(by: Actor, school: School) -> list[Repeating]:
    """Classes that repeat and that they teach, none that is over. One query."""
    rows = Series.objects.of(school).filter(on_demand=False, staffing__instructor__person_id=by.me)
    rows = rows.exclude(ends_on__lt=local_day(now(), school.zone))
    rows = rows.exclude(ends_on__lt=F("starts_on"))  # another took over before it began
    coming = _ahead(by, school).filter(session__series_id=OuterRef("id"))
    found: Any = rows.select_related("course", "resource").annotate(**_next_of(coming))
    return [Repeating(one, None, one.next_slot, one.next_at) for one in found]


def _next_of(coming: SchoolRows[Slot]) -> dict[str, Subquery]:
    return {"next_slot": Subquery(coming.values("id")[:1]), "next_at": Subquery(coming.values("starts_at")[:1])}


def _ahead(by: Actor, school: School) -> SchoolRows[Slot]:
    """What is on counts too."""
    slots = _slots_of(by, school).filter(starts_at__gt=now() - DAY, ends_at__gt=now())  # none lasts longer
    return slots.exclude(session__status=Session.Status.CANCELLED)


def _slots_of(by: Actor, school: School) -> SchoolRows[Slot]:
    return (
        Slot.objects.of(school)
        .filter(session__staffing__instructor__person_id=by.me)
        .select_related("session__course")
        # Apart: a join of all seven tables takes PostgreSQL longer to plan than these take together.
        .prefetch_related("session__resource", "session__series")
        .order_by("starts_at", "id")
    )


def _with_seats(slots: Sequence[Slot]) -> list[Taught]:
    """A lesson on demand whose hold ran out is nobody's, though it is not cleared away yet."""
    seats = _seats_in(slots)
    return [Taught(slot, tuple(seats[slot.pk])) for slot in slots if seats[slot.pk] or not slot.session.on_demand]


def _seats_in(slots: Sequence[Slot]) -> dict[UUID, list[Attendance]]:
    seats: dict[UUID, list[Attendance]] = {slot.pk: [] for slot in slots}
    if slots:
        for seat in (
            Attendance.objects.filter(expected(now()), school_id=slots[0].school_id, slot_id__in=list(seats))
            .select_related("booking", "student__person")
            .order_by("student__person__first_name", "student__person__last_name", "id")
        ):
            seats[seat.slot_id].append(seat)
    return seats


def expected(at: dt.datetime) -> Q:
    """Attendances of those who may come: their booking has not ended, nor has its hold run out."""
    pending = Booking.Status.PENDING
    return ~Q(booking__status__in=(Booking.Status.CANCELLED, Booking.Status.EXPIRED, pending)) | Q(
        booking__status=pending, booking__hold_expires_at__gt=at
    )


def to_call(seats: Sequence[Attendance]) -> dict[UUID, Guardianship]:
    """Per student, who is called first about them, with their person. One query."""
    if not seats:
        return {}
    bonds = Guardianship.objects.filter(
        school_id=seats[0].school_id, student_id__in=[seat.student_id for seat in seats], is_primary=True
    )
    return {bond.student_id: bond for bond in bonds.select_related("client__person")}
