"""Bookings from a timetable file: who has a seat in the sessions, and on what terms."""

import datetime as dt
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from schoolbell.bookings.models import Booking
from schoolbell.importing.bookings_on_file import ENDED, Paid
from schoolbell.importing.lines import Line, Problems
from schoolbell.importing.onfile import OnFile
from schoolbell.importing.refusals import CellRefused
from schoolbell.importing.sessions_on_file import SessionsOnFile
from schoolbell.importing.structures import Moment
from schoolbell.importing.things import Thing, Told, new_thing
from schoolbell.kit.time import now, zone

PLAIN: Final = {
    "booking_status": "status",
    "booking_type": "type",
    "booking_notes": "notes",
    "price": "price",
    "waived": "waived",
    "kept": "kept",
    "keeps_seat": "keeps_seat",
}
BOOKING_COLUMNS: Final = frozenset(
    (*PLAIN, "client", "booking", "no_seat", "slots", "paid", "paid_with", "paid_at", "held_until", "ended_at")
)
NEW: Final = {
    "status": "confirmed",
    "type": "",
    "notes": "",
    "price": None,
    "waived": 0,
    "kept": 0,
    "keeps_seat": False,
    "client_id": None,
    "slots": None,
    "paid": (),
    "held_until": None,
    "ended_at": None,
    "enrollment_id": None,
    "settled_by": Booking.SettledBy.ORDER,
}
PAID_WITH: Final = "transfer"


class Seats:
    """What the lines make of the bookings. `told`: each with its session."""

    def __init__(
        self, on_file: OnFile, timetable: SessionsOnFile, problems: Problems, references: dict[str, UUID]
    ) -> None:
        self.on_file = on_file
        self.timetable = timetable
        self.problems = problems
        self.elsewhere = references  # bookings on file by reference, wherever they are
        self.told: dict[Thing, Thing] = {}
        self.without: list[tuple[Line, Thing, Thing]] = []  # with the session and the student, who has no seat there
        self._referred = {one.values["reference"]: one for own in timetable.booked.of_session.values() for one in own}
        self._of_student: dict[tuple[UUID, UUID], list[Thing]] = {}
        for session_id, own in timetable.booked.of_session.items():
            for one in own:
                self._of_student.setdefault((session_id, one.values["student_id"]), []).append(one)

    def read(self, line: Line, session: Thing) -> None:
        if line.unread("student", "booking", "booking_status", "no_seat"):
            return
        text = line.get("student")
        if not text:
            for column in sorted(line.filled & BOOKING_COLUMNS):
                line.bad(column, _("is filled, but the line names no student"))
            return
        student = self.on_file.students.find(text)
        if isinstance(student, str):
            line.bad("student", student)
            return
        if "no_seat" in line.values:
            self._leave_out(line, session, student)
        elif booking := self._which(line, session, student):
            self._tell(booking, session, line)

    def _leave_out(self, line: Line, session: Thing, student: Thing) -> None:
        self.without.append((line, session, student))
        for column in sorted(line.filled & BOOKING_COLUMNS - {"no_seat"}):
            line.bad(column, _("is filled, though no_seat says that there is no booking"))

    def _tell(self, booking: Thing, session: Thing, line: Line) -> None:
        booking.line = booking.line or line.number
        self.told[booking] = session
        for column, name in PLAIN.items():
            if column in line.values:
                booking.tell(name, line.values[column], line, column=column)
        self._tell_client(booking, line)
        if "slots" in line.values:
            booking.tell("places", tuple(sorted(set(line.values["slots"]))), line, column="slots")
        self._tell_moments(booking, session, line)
        self._tell_paid(booking, session, line)

    def _which(self, line: Line, session: Thing, student: Thing) -> Thing | None:
        """By its reference; else the one that the student has in this session, living or ended as the line says."""
        mine = self._of_student.setdefault((session.id, student.id), [])
        reference = line.get("booking", "")
        if reference:
            known = self._referred.get(reference)
            if known is not None and known in mine:
                return known
            if known is not None or reference in self.elsewhere:
                line.bad("booking", _("is the reference of another booking"))
                return None
            return self._new(session, student, line, reference, mine)
        status = line.get("booking_status")
        ended = status in ENDED
        alike = [one for one in mine if (one.now("status") in ENDED) == ended]
        if not alike and ended:
            alike = [one for one in mine if "status" not in one.told and not one.is_new]
        if status is None:
            alike = alike or mine
        if len(alike) > 1:
            line.bad("booking", _("is needed: the student has several bookings in this session"))
            return None
        return alike[0] if alike else self._new(session, student, line, "", mine)

    def _new(self, session: Thing, student: Thing, line: Line, reference: str, mine: list[Thing]) -> Thing:
        booking = new_thing(NEW | {"session_id": session.id, "student_id": student.id, "reference": reference}, line)
        if reference:
            self._referred[reference] = booking
        mine.append(booking)
        self.timetable.booked.of_session.setdefault(session.id, []).append(booking)
        return booking

    def _tell_client(self, booking: Thing, line: Line) -> None:
        if text := line.get("client"):
            client = self.on_file.clients.find(text)
            if isinstance(client, str):
                line.bad("client", client)
            else:
                booking.tell("client_id", client.id, line, column="client")

    def _tell_moments(self, booking: Thing, session: Thing, line: Line) -> None:
        for column in ("held_until", "ended_at"):
            if column in line.values:
                moment = self._instant(line.values[column], session, line, column)
                if moment is not None:
                    booking.tell(column, moment, line)

    def _instant(self, moment: Moment, session: Thing, line: Line, column: str) -> dt.datetime | None:
        where = zone(session.now("timezone")) if "timezone" in session.told or not session.is_new else None
        try:
            return moment.at(where)
        except CellRefused as wrong:
            line.bad(column, str(wrong))
            return None

    def _tell_paid(self, booking: Thing, session: Thing, line: Line) -> None:
        amounts: tuple[int, ...] = line.get("paid", ())
        if line.unread("paid", "paid_with", "paid_at"):
            return
        if not amounts:
            for column in ("paid_with", "paid_at"):
                if column in line.filled:
                    line.bad(column, _("is filled, though paid is empty"))
            return
        methods: tuple[str, ...] = line.get("paid_with", (PAID_WITH,))
        methods = methods * len(amounts) if len(methods) == 1 else methods
        moments: list[dt.datetime] = []
        for moment in line.get("paid_at", ()):
            at = self._instant(moment, session, line, "paid_at")
            if at is None:
                return
            moments.append(at)
        moments = moments or [now()] * len(amounts)
        for column, parts in (("paid_with", methods), ("paid_at", moments)):
            if len(parts) != len(amounts):
                said = {"parts": len(parts), "paid": len(amounts)}
                line.bad(column, _("has %(parts)s parts; paid has %(paid)s") % said)
                return
        paid = zip(amounts, methods, moments, strict=True)
        self._tell_payments(booking, line, [Paid(*one) for one in paid if one[0]])

    def _tell_payments(self, booking: Thing, line: Line, said: list[Paid]) -> None:
        """Sums are compared, for the ledger is never written anew: what is more than on file is new money."""
        on_file: tuple[Paid, ...] = booking.values["paid"]
        more = sum(one.amount for one in said) - sum(one.amount for one in on_file)
        if more < 0:
            line.bad("paid", _("is less than what came in already; give money back in the office, not by a file"))
            return
        told = booking.told.get("paid")
        before = sum(one.amount for one in told.value) if told else None
        if before is not None and told is not None and before != sum(one.amount for one in said):
            line.bad("paid", _("says otherwise than line %s") % told.line)
            return
        new = said if not on_file else _last(said, more)
        booking.told["paid"] = Told((*on_file, *new), line.number)


def _last(said: list[Paid], amount: int) -> list[Paid]:
    """The last of these payments that come to so much."""
    found: list[Paid] = []
    for one in reversed(said):
        part = min(one.amount, amount)
        if part:
            found.append(Paid(part, one.method, one.at))
            amount -= part
    return found[::-1]


def reachable(before: str, after: str) -> bool:
    """May a booking come to that, in one step or in several?"""
    onward = Booking.TRANSITIONS[before]
    return after in onward or any(reachable(between, after) for between in onward)
