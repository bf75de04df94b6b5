"""A timetable file: sessions, bookings, and the time that they take."""

import datetime as dt
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from schoolbell.bookings.models import Booking
from schoolbell.diary.claims import Wanted
from schoolbell.diary.opening import Opening
from schoolbell.importing.among import among_texts
from schoolbell.importing.bookings_on_file import ENDED
from schoolbell.importing.clashes import Want, require_free
from schoolbell.importing.lines import Line, Problems
from schoolbell.importing.onfile import OnFile
from schoolbell.importing.refusals import CellRefused
from schoolbell.importing.seats import Seats
from schoolbell.importing.sessions import Sessions, instants
from schoolbell.importing.sessions_on_file import SessionsOnFile, load_sessions
from schoolbell.importing.terms import Terms
from schoolbell.importing.things import Thing
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch, now

AHEAD: Final = ("draft", "published")


class Timetable:
    """What the lines make of a timetable. `wants`: the time it takes; `freed`: sources whose claims go; `closed`: lines
    whose session is to come, and then the school is closed."""

    def __init__(self, lines: list[Line], on_file: OnFile, problems: Problems, *, lock: bool) -> None:
        self.on_file = on_file
        self.problems = problems
        self.stored: SessionsOnFile = load_sessions(
            on_file.school,
            keys={line.values["session"] for line in lines if "session" in line.values},
            starts=set(_starts(lines)),
            lock=lock,
        )
        self.sessions = Sessions(on_file, self.stored, problems)
        self.seats = Seats(on_file, self.stored, problems, self._references(lines))
        self.terms = Terms(self.seats, on_file, self.stored, problems)
        for line in lines:
            session = self.sessions.read(line)
            if session is not None:
                self.seats.read(line, session)
        self.sessions.complete()
        self.terms.complete(self.sessions.told)
        self.wants: list[Want] = []
        self.freed: set[UUID] = set()
        if not problems:
            self._place()
            require_free(self.wants, self.freed, on_file.school, problems)
        self.closed = [] if problems else self._closed()

    def _references(self, lines: list[Line]) -> dict[str, UUID]:
        said = {line.values["booking"] for line in lines if "booking" in line.values}
        rows = Booking.objects.of(self.on_file.school).filter(among_texts("reference", said))
        return dict(rows.values_list("reference", "id"))

    def _place(self) -> None:
        """Give new slots and seats their ids, and say whose time all of it takes."""
        moved = [session for session in self.sessions.told if is_moved(session)]
        self._place_sessions(moved)
        for session in moved:
            if is_elsewhen(session) and not session.is_new:
                self._move_students(session)
        for booking, session in self.seats.told.items():
            if booking.is_new:
                order = self.stored.slot_ids[session.id]
                self.stored.booked.seats[booking.id] = {order[place]: new_id() for place in booking.values["slots"]}
                self.wants.extend(self._student(booking, session))
            elif booking.now("status") in ENDED and booking.values["status"] not in ENDED:
                self.freed.update(self.stored.booked.seats[booking.id].values())

    def _closed(self) -> list[int]:
        """What has been agreed stands, also on a closed day; but it is told."""
        at = now()
        ahead = [
            (session, during)
            for session in self.sessions.told
            if is_elsewhen(session) and session.now("status") in AHEAD
            for during in session.now("slots")
            if during.ends_at > at
        ]
        if not ahead:
            return []
        times = [during for _session, during in ahead]
        opening = Opening(
            self.on_file.school,
            Stretch(min(one.starts_at for one in times), max(one.ends_at for one in times)),
        )
        return sorted({session.line for session, during in ahead if opening.is_school_closed(during)})

    def _place_sessions(self, moved: list[Thing]) -> None:
        for session in moved:
            ids, slots = self.stored.slot_ids[session.id], session.now("slots")
            if len(ids) != len(slots):
                self.freed.update(ids)  # of the times that are gone
                ids[:] = [new_id() for _slot in slots]
            if not session.is_new:
                self.freed.update(ids)
            if session.now("status") != "cancelled":
                self.wants.extend(self._staff_and_place(session, ids))

    def _move_students(self, session: Thing) -> None:
        """Whoever is booked goes along when a session moves."""
        seats = self.stored.booked.seats
        for booking in self.stored.booked.of_session.get(session.id, []):
            if booking.id in seats and booking.values["status"] not in ENDED:
                self.freed.update(seats[booking.id].values())
                self.wants.extend(self._student(booking, session))

    def _staff_and_place(self, session: Thing, slot_ids: list[UUID]) -> Iterator[Want]:
        instructors = [self.on_file.instructors.by_id[one] for one in session.now("instructors")]
        resource = self.on_file.resources.by_id.get(session.now("resource_id"))
        line = max((told.line for name, told in session.told.items() if name != "notes"), default=session.line)
        line = session.line if session.is_new else line
        for slot_id, during in zip(slot_ids, session.now("slots"), strict=True):
            for one in instructors:
                yield self._want(one, during, slot_id, line, "instructors")
            if resource is not None:
                yield self._want(resource, during, slot_id, line, "resource")

    def _student(self, booking: Thing, session: Thing) -> Iterator[Want]:
        """The time of a student who may still come."""
        if booking.now("status") in ENDED:
            return
        during = dict(zip(self.stored.slot_ids[session.id], session.now("slots"), strict=True))
        student = self.on_file.students.by_id[booking.values["student_id"]]
        for slot_id, attendance_id in self.stored.booked.seats[booking.id].items():
            yield self._want(student, during[slot_id], attendance_id, booking.line or session.line, "student")

    def _want(self, who: Thing, during: Stretch, source: UUID, line: int, column: str) -> Want:
        if who.diary_id is None:
            raise ValueError(f"{who.name} has no diary")
        return Want(Wanted(who.diary_id, during, source), who.name, line, column)


def is_moved(session: Thing) -> bool:
    """Does it take other time than before, or other people's?"""
    changed = session.changed
    return (
        session.is_new
        or bool({"slots", "instructors", "resource_id"} & set(changed))
        or ("status" in changed and session.now("status") == "cancelled")
    )


def is_elsewhen(session: Thing) -> bool:
    return session.is_new or "slots" in session.changed


def _starts(lines: list[Line]) -> Iterator[dt.datetime]:
    for line in lines:
        moments = line.get("starts_at")
        if moments:
            try:
                yield instants(moments, line.get("timezone", ""))[0]
            except CellRefused:
                continue


def plan_timetable(lines: list[Line], on_file: OnFile, problems: Problems, *, lock: bool) -> Timetable:
    return Timetable(lines, on_file, problems, lock=lock)
