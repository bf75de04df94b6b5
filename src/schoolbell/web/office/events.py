"""What the calendar and the day to scale show of a slot."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from schoolbell.bookings.models import Attendance, Booking
from schoolbell.bookings.search import seats_in
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.models import Instructor
from schoolbell.timetable.models import Session, Slot
from schoolbell.timetable.queries import slots_within, staff_of
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import address
from schoolbell.web.office.names import short_name


@dataclass(frozen=True, slots=True)
class Event:
    """A slot on the calendar. `kind` is confirmed, pending, now, done, cancelled, or open: nobody is in it yet."""

    slot: Slot
    instructors: Sequence[Instructor]
    seats: Sequence[Attendance]
    kind: str
    title: str
    href: str
    of_staff: frozenset[str]
    of_place: frozenset[str]

    @property
    def starts_at(self) -> dt.datetime:
        starts_at: dt.datetime = self.slot.starts_at
        return starts_at

    @property
    def ends_at(self) -> dt.datetime:
        ends_at: dt.datetime = self.slot.ends_at
        return ends_at

    @property
    def during(self) -> Stretch:
        return Stretch(self.starts_at, self.ends_at)

    @property
    def session(self) -> Session:
        session: Session = self.slot.session
        return session

    @property
    def is_lesson(self) -> bool:
        """It takes place, and somebody is in it."""
        return self.kind != "cancelled" and bool(self.seats)

    @property
    def staff(self) -> str:
        return ", ".join(one.person.name for one in self.instructors)

    def columns(self, by: str) -> frozenset[str]:
        """The keys of the columns that it stands in: its instructors', or its place's, or else nobody's."""
        return self.of_place if by == "resource" else self.of_staff


NOBODY: Final = "nobody"


def events_within(visit: Visit, within: Stretch) -> list[Event]:
    """In order of time. Three queries, however many there are."""
    slots = list(slots_within(visit.school, within))
    staff = staff_of(list({slot.session_id: slot.session for slot in slots}.values()))
    seats = seats_in(slots)
    moment = now()
    found = []
    for slot in slots:
        own = seats[slot.pk]
        if slot.session.on_demand and not own:
            continue  # its hold ran out
        is_held = all(one.booking.status == Booking.Status.PENDING for one in own)
        during = Stretch(slot.starts_at, slot.ends_at)
        kind = kind_of(slot.session.status, during, moment, is_open=not own, is_held=is_held)
        href = address(visit, f"sessions/{slot.session_id}/")
        if slot.session.capacity == 1 and own:
            href = address(visit, f"bookings/{own[0].booking_id}/")
        teachers = staff[slot.session_id]
        of_staff = frozenset(str(one.pk) for one in teachers) or frozenset({NOBODY})
        of_place = frozenset({str(slot.session.resource_id) if slot.session.resource_id else NOBODY})
        found.append(Event(slot, teachers, own, kind, _title(slot, own), href, of_staff, of_place))
    return found


def without_hidden(events: Iterable[Event]) -> list[Event]:
    """For one line: what was cancelled is left out where something else took its time."""
    events = list(events)
    live = [one for one in events if one.kind != "cancelled"]
    return [one for one in events if one.kind != "cancelled" or not any(one.during.overlaps(x.during) for x in live)]


def on_day(events: Iterable[Event], day: dt.date, visit: Visit) -> list[Event]:
    return [one for one in events if local_day(one.starts_at, visit.school.zone) == day]


def kind_of(status: str, during: Stretch, moment: dt.datetime, *, is_open: bool = False, is_held: bool = False) -> str:
    """Of a slot of a session with that status. It `is_open` while nobody is in it, and `is_held` while nobody has more
    than a hold."""
    if status == Session.Status.CANCELLED:
        return "cancelled"
    if during.ends_at <= moment:
        return "done"
    if status == Session.Status.DRAFT:
        return "pending"
    if is_open:
        return "open"
    if during.starts_at <= moment:
        return "now"
    return "pending" if is_held else "confirmed"


def _title(slot: Slot, seats: Sequence[Attendance]) -> str:
    course: str = slot.session.course.name
    if slot.session.status == Session.Status.DRAFT:
        return _("%(course)s (draft)") % {"course": course}
    if slot.capacity == 1:
        return short_name(seats[0].student.person) if seats else _("Free")
    if slot.session.status == Session.Status.CANCELLED:
        return course
    return _("%(course)s, %(taken)s of %(seats)s") % {"course": course, "taken": len(seats), "seats": slot.capacity}
