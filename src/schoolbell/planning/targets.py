"""Where a booking could go: sessions of its course that have a seat, or free times for its lesson."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

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


def places_of(booking: Booking, session: Session) -> list[int]:
    """Which lessons of its session it is for, counted from 0."""
    seats = Attendance.objects.filter(school_id=booking.school_id, booking_id=booking.pk, slot_id=OuterRef("pk"))
    slots = Slot.objects.filter(school_id=session.school_id, session_id=session.pk).order_by("starts_at")
    held = slots.annotate(is_held=Exists(seats)).values_list("is_held", flat=True)
    return [place for place, is_held in enumerate(held) if is_held]


def seats_in(new: Session, slots: Sequence[Slot], *, old: Session, places: Sequence[int]) -> list[Slot]:
    """In which of these slots, all that `new` has, a booking sits that goes there from those `places` of `old`: from a
    whole session to the whole of another, but where lessons are chosen to as many, the first and the third, say. None
    where there are not as many."""
    if not (old.choose_slots or new.choose_slots):
        return list(slots)
    if not new.choose_slots:
        return list(slots) if len(slots) == len(places) else []
    return [slots[place] for place in places] if places[-1] < len(slots) else []


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
    places = places_of(booking, booking.session)
    for offer in offers:
        slots = seats_in(offer.session, offer.slots, old=booking.session, places=places)
        if not slots or not all(free.during(Stretch(slot.starts_at, slot.ends_at)) for slot in slots):
            continue
        left = offer.seats_left
        if offer.session.choose_slots:
            left = min(slot.capacity - slot.seats_taken for slot in slots)
        if left > 0:
            teacher = offer.staff[0] if offer.staff else None
            during = Stretch(slots[0].starts_at, slots[-1].ends_at)
            yield FreeTime(during, teacher, offer.session.resource, offer.session, left)
