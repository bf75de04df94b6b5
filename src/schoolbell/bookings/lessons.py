"""What clients and students have ahead of them, lesson by lesson. A booking of three days is three lessons."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, Q

from schoolbell.bookings.models import Attendance, Booking
from schoolbell.bookings.queries import bookings_seen_by
from schoolbell.bookings.times import are_not_over, read_seats
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import Resource, Session
from schoolbell.timetable.queries import staff_of

# An online room opens a little before its lesson.
ROOM_OPENS: Final = dt.timedelta(minutes=15)
MAY_ENTER: Final = frozenset({Booking.Status.CONFIRMED, Booking.Status.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class Lesson:
    """A seat in one slot, with its booking, student, session, course and resource, and who teaches it."""

    seat: Attendance
    instructors: tuple[Instructor, ...]

    @property
    def booking(self) -> Booking:
        booking: Booking = self.seat.booking
        return booking

    @property
    def session(self) -> Session:
        session: Session = self.seat.booking.session
        return session

    @property
    def during(self) -> Stretch:
        return Stretch(self.seat.slot.starts_at, self.seat.slot.ends_at)

    def room_at(self, moment: dt.datetime) -> str:
        """The address of its online room while it may be entered then, else nothing."""
        room = self._room_at(moment)
        return room.meeting_url if room else ""

    def passcode_at(self, moment: dt.datetime) -> str:
        """What its online room asks for while it may be entered then."""
        room = self._room_at(moment)
        return str(room.passcode) if room else ""

    def _room_at(self, moment: dt.datetime) -> Resource | None:
        opens_at = self.during.starts_at - ROOM_OPENS
        may_enter = self.booking.status in MAY_ENTER and opens_at <= moment < self.during.ends_at
        resource: Resource | None = self.session.resource if may_enter else None
        return resource


def lessons_ahead(actor: Actor, school: School) -> SchoolRows[Attendance]:
    """The lessons that are not over and may still be attended, the next one first: for `with_staff`."""
    return _in_full(_ahead(actor, school))


def seats_ahead(actor: Actor, school: School) -> list[tuple[UUID, UUID]]:
    """The same by their ids, each with its student's: for `lessons_by_seat`, of what is shown of them. Two queries."""
    return list(_ahead(actor, school).values_list("id", "student_id"))


def _ahead(actor: Actor, school: School) -> SchoolRows[Attendance]:
    # Two statements: the few bookings first, so that nobody's attendances but theirs are looked at.
    coming = list(to_come(bookings_seen_by(actor, school)).values_list("id", flat=True))
    rows = Attendance.objects.of(school).filter(booking_id__in=coming, slot__ends_at__gt=now())
    return rows.order_by("slot__starts_at", "id")


def lessons_by_seat(school: School, seat_ids: Iterable[UUID]) -> dict[UUID, Lesson]:
    """These seats' lessons. Four queries."""
    rows = _in_full(Attendance.objects.of(school).filter(id__in=set(seat_ids)))
    return {one.seat.pk: one for one in with_staff(list(rows))}


def lessons_by_booking(bookings: Sequence[Booking], staff: Mapping[UUID, Sequence[Instructor]]) -> list[Lesson]:
    """Every lesson of these, read with their session, its resource and course; `staff` by session. One query."""
    read_seats(bookings)
    return [Lesson(seat, tuple(staff[one.session_id])) for one in bookings for seat in one.attendances.all()]


def to_come(bookings: SchoolRows[Booking]) -> SchoolRows[Booking]:
    """Those of them that are not over and have not ended, nor has their hold run out."""
    is_held = Q(status=Booking.Status.PENDING, hold_expires_at__gt=now())
    return bookings.filter(is_held | Q(status__in=MAY_ENTER), are_not_over())


def lessons_of(booking: Booking) -> list[Lesson]:
    """Every lesson of one booking, in order of time, whatever became of it."""
    rows = Attendance.objects.filter(school_id=booking.school_id, booking_id=booking.pk)
    return with_staff(list(_in_full(rows).order_by("slot__starts_at")))


def with_staff(seats: Sequence[Attendance]) -> list[Lesson]:
    staff = staff_of(list({seat.booking.session_id: seat.booking.session for seat in seats}.values()))
    return [Lesson(seat, tuple(staff[seat.booking.session_id])) for seat in seats]


def _in_full(rows: SchoolRows[Attendance]) -> SchoolRows[Attendance]:
    # In two statements of four joins: one of eight takes PostgreSQL longer to plan than to answer.
    bookings = Booking.objects.select_related("session__course", "session__resource")
    return rows.select_related("slot", "student__person").prefetch_related(Prefetch("booking", bookings))
