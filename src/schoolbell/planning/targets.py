"""Where a booking could go: sessions of its course that have a seat, or free times for its lesson."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from schoolbell.bookings.models import Attendance, Booking
from schoolbell.kit.time import Stretch
from schoolbell.planning.free_times import FreeTime, StudentFree, lessons_on_demand
from schoolbell.planning.offers import Offer, next_offers
from schoolbell.timetable.models import Session, Slot, Staffing

MOST_SESSIONS: Final = 30


@dataclass(frozen=True, slots=True)
class Targets:
    """`later` is since when there are more of them."""

    times: list[FreeTime]
    later: dt.datetime | None = None


def targets_of(booking: Booking, within: Stretch, *, since: dt.datetime | None = None) -> Targets:
    """In order of time, those for which the student has nothing else: for a lesson on demand each start within the
    stretch, by the same instructor if they can; for a seat the next `MOST_SESSIONS` that have one, from now on or
    `since`, whenever they are.

    Of a booking with its session, course and school, and its student's person.
    """
    return Targets(_lessons(booking, within)) if booking.session.on_demand else _seats(booking, since)


def sources_of(booking: Booking, session: Session) -> list[UUID]:
    """The claims that a lesson on demand holds itself: they are not in its way."""
    slots = Slot.objects.filter(school_id=session.school_id, session_id=session.pk).values_list("id", flat=True)
    seats = Attendance.objects.filter(school_id=session.school_id, booking_id=booking.pk).values_list("id", flat=True)
    return [*slots, *seats]


def leading(session: Session) -> UUID | None:
    """Who teaches it now."""
    staffing = Staffing.objects.filter(school_id=session.school_id, session_id=session.pk, leads=True).first()
    return staffing.instructor_id if staffing else None


def _lessons(booking: Booking, within: Stretch) -> list[FreeTime]:
    session = booking.session
    teacher = leading(session)
    found = lessons_on_demand(session.course, within, student=booking.student, apart_from=sources_of(booking, session))
    each: dict[Stretch, FreeTime] = {}
    for free in sorted(found, key=lambda free: free.place):
        is_same = free.instructor is not None and free.instructor.pk == teacher
        if free.during.starts_at != session.starts_at and (is_same or free.during not in each):
            each[free.during] = free
    return [each[during] for during in sorted(each)]


def _seats(booking: Booking, since: dt.datetime | None) -> Targets:
    session = booking.session
    found = next_offers(
        session.course.school,
        limit=MOST_SESSIONS + 1,
        course=session.course,
        with_seats=1,
        apart_from=session.pk,
        since=since,
    )
    offers, more = found[:MOST_SESSIONS], found[MOST_SESSIONS:]
    return Targets(list(_suiting(booking, offers)), more[0].session.starts_at if more else None)


def _suiting(booking: Booking, offers: Sequence[Offer]) -> Iterator[FreeTime]:
    if not offers:
        return
    span = Stretch(offers[0].during.starts_at, max(offer.during.ends_at for offer in offers))
    free = StudentFree(booking.student, span)
    for offer in offers:
        if all(free.during(Stretch(slot.starts_at, slot.ends_at)) for slot in offer.slots):
            teacher = offer.staff[0] if offer.staff else None
            yield FreeTime(offer.during, teacher, offer.session.resource, offer.session, offer.seats_left)
