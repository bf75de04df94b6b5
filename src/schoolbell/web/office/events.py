"""What the calendar and the day to scale show of a slot."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from schoolbell.bookings.models import Booking
from schoolbell.bookings.search import SeatShown, seats_in
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.models import Instructor
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import SlotShown, slots_within, staff_by_session
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import address
from schoolbell.web.office.names import short_name
from schoolbell.web.templatetags.words import clock


@dataclass(frozen=True, slots=True)
class Event:
    """A slot on the calendar. `kind` is confirmed, pending, now, done, cancelled, or open: nobody is in it yet.

    `day` is the one on which it begins, `clock` and `times` are the words for when it begins and lasts: by the school's
    clock."""

    slot: SlotShown
    during: Stretch
    day: dt.date
    clock: str
    times: str
    instructors: Sequence[Instructor]
    staff: str
    seats: Sequence[SeatShown]
    kind: str
    title: str
    href: str
    of_staff: frozenset[str]
    of_place: frozenset[str]

    @property
    def starts_at(self) -> dt.datetime:
        return self.during.starts_at

    @property
    def ends_at(self) -> dt.datetime:
        return self.during.ends_at

    @property
    def is_draft(self) -> bool:
        return self.slot.status == Session.Status.DRAFT

    @property
    def is_lesson(self) -> bool:
        """It takes place, and somebody is in it."""
        return self.kind != "cancelled" and bool(self.seats)

    def columns(self, by: str) -> frozenset[str]:
        """The keys of the columns that it stands in: its instructors', or its place's, or else nobody's."""
        return self.of_place if by == "resource" else self.of_staff


NOBODY: Final = "nobody"


def events_within(visit: Visit, within: Stretch) -> list[Event]:
    """In order of time. Five queries, however many there are."""
    slots = slots_within(visit.school, within)
    staff = staff_by_session(visit.school.pk, (slot.session_id for slot in slots))
    seats = seats_in(visit.school, (slot.id for slot in slots))
    moment, where = now(), visit.school.zone
    found = []
    for slot in slots:
        own = seats[slot.id]
        if slot.on_demand and not own:
            continue  # its hold ran out
        is_held = all(one.status == Booking.Status.PENDING for one in own)
        during = Stretch(slot.starts_at, slot.ends_at)
        teachers = staff[slot.session_id]
        found.append(
            Event(
                slot,
                during,
                day=local_day(slot.starts_at, where),
                clock=clock(slot.starts_at, where),
                times=clock(during, where),
                instructors=teachers,
                staff=", ".join(one.person.name for one in teachers),
                seats=own,
                kind=kind_of(slot.status, during, moment, is_open=not own, is_held=is_held),
                title=_title(slot, own),
                href=_href(visit, slot, own),
                of_staff=frozenset(str(one.pk) for one in teachers) or frozenset({NOBODY}),
                of_place=frozenset({str(slot.resource_id) if slot.resource_id else NOBODY}),
            )
        )
    return found


def without_hidden(events: Iterable[Event]) -> list[Event]:
    """For one line: what was cancelled is left out where something else took its time."""
    events = list(events)
    live = [one for one in events if one.kind != "cancelled"]
    return [one for one in events if one.kind != "cancelled" or not any(one.during.overlaps(x.during) for x in live)]


def on_day(events: Iterable[Event], day: dt.date) -> list[Event]:
    return [one for one in events if one.day == day]


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


def _href(visit: Visit, slot: SlotShown, seats: Sequence[SeatShown]) -> str:
    """To the booking of a lesson of one, else to the session."""
    if slot.session_seats == 1 and seats:
        return address(visit, f"bookings/{seats[0].booking_id}/")
    return address(visit, f"sessions/{slot.session_id}/")


def _title(slot: SlotShown, seats: Sequence[SeatShown]) -> str:
    if slot.status == Session.Status.DRAFT:
        return _("%(course)s (draft)") % {"course": slot.course}
    if slot.seats == 1:
        return short_name(seats[0].student) if seats else _("Free")
    if slot.status == Session.Status.CANCELLED:
        return slot.course
    return _("%(course)s, %(taken)s of %(seats)s") % {"course": slot.course, "taken": len(seats), "seats": slot.seats}
