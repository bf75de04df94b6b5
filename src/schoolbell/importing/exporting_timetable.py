"""The timetable as a file: a line for each booking, and for each session without one."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from schoolbell.importing.bookings_on_file import Paid
from schoolbell.importing.onfile import OnFile
from schoolbell.importing.series_on_file import wants
from schoolbell.importing.sessions import COLUMNS
from schoolbell.importing.sessions_on_file import SessionsOnFile
from schoolbell.importing.structures import ELSEWHERE, Moment
from schoolbell.importing.terms import day_of
from schoolbell.importing.things import Thing
from schoolbell.kit.time import zone
from schoolbell.timetable.models import Session

Cells = dict[str, Any]


def timetable_rows(on_file: OnFile) -> Iterator[Cells]:
    stored = SessionsOnFile(on_file.school, Session.objects.of(on_file.school))
    courses = on_file.courses

    def order(session: Thing) -> tuple[Any, ...]:
        return session.values["slots"][0], courses.by_id[session.values["course_id"]].name, session.file_key

    for session in sorted(stored.sessions, key=order):
        said = _session(session, on_file)
        seats = stored.booked.of_session.get(session.id, [])
        named = [one for one in seats if on_file.students.by_id[one.values["student_id"]].name]
        bookings = [_booking(one, session, on_file, stored) for one in named]
        bookings += _without(session, on_file, stored)
        for booking in sorted(bookings, key=lambda one: (one["student"], one["booking"])):
            yield said | booking
        if not bookings:
            yield said


def _session(session: Thing, on_file: OnFile) -> Cells:
    where = zone(session.values["timezone"])
    slots = session.values["slots"]
    resource = on_file.resources.by_id.get(session.values["resource_id"])
    series = on_file.series.by_id.get(session.values["series_id"])
    staff = [on_file.instructors.by_id[one] for one in session.values["instructors"]]
    return {
        "session": session.file_key,
        "course": on_file.courses.called(on_file.courses.by_id[session.values["course_id"]]),
        "starts_at": tuple(Moment.of(slot.starts_at, where) for slot in slots),
        "ends_at": tuple(Moment.of(slot.ends_at, where) for slot in slots),
        "instructors": tuple(on_file.instructors.called(one, in_list=True) for one in staff),
        "resource": on_file.resources.called(resource) if resource else "",
        "series": series.file_key if series else "",
    } | {column: session.values[name] for column, name in COLUMNS.items()}


def _booking(booking: Thing, session: Thing, on_file: OnFile, stored: SessionsOnFile) -> Cells:
    values = booking.values
    where = zone(session.values["timezone"])
    student = on_file.students.by_id[values["student_id"]]
    client = on_file.clients.by_id[values["client_id"]]
    paid: tuple[Paid, ...] = values["paid"]
    return {
        "student": on_file.students.called(student),
        "client": "" if on_file.payer_of(student) == client.id else on_file.clients.called(client),
        "booking": values["reference"],
        "booking_status": values["status"],
        "booking_type": values["type"],
        "booking_notes": values["notes"],
        "slots": _places(values["slots"], stored.slot_ids[session.id]),
        "price": values["price"],
        "paid": tuple(one.amount for one in paid) or None,
        "paid_with": tuple(one.method for one in paid) or None,
        "paid_at": tuple(Moment.of(one.at, where) for one in paid) or None,
        "waived": values["waived"] or None,
        "kept": values["kept"] or None,
        "keeps_seat": values["keeps_seat"] or None,
        "held_until": Moment.of(values["held_until"], where) if values["held_until"] else None,
        "ended_at": Moment.of(values["ended_at"], where) if values["ended_at"] else None,
    }


def _without(session: Thing, on_file: OnFile, stored: SessionsOnFile) -> list[Cells]:
    """Who has a seat in this class every week, but not in this one."""
    booked = {one.values["enrollment_id"] for one in stored.booked.of_session.get(session.id, [])}
    found = []
    for seats in on_file.series.seats.values():
        for seat in seats:
            seating = stored.seatings.get((seat.id, session.id))
            student = on_file.students.by_id[seat.values["student_id"]]
            if seating and seat.id not in booked and student.name and wants(seat, day_of(session)):
                reason = seating.values["reason"] or ELSEWHERE
                found.append({"student": on_file.students.called(student), "booking": "", "no_seat": reason})
    return found


def _places(slots: frozenset[UUID], every: list[UUID]) -> tuple[int, ...] | None:
    """Which of the session's times, from 1; nothing where it is all of them."""
    return None if len(slots) == len(every) else tuple(place for place, one in enumerate(every, 1) if one in slots)
