"""Sessions on file, as far as a file speaks of them: with slots, staff and bookings."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from schoolbell.bookings.models import Booking, Seating
from schoolbell.importing.among import among, among_instants, among_texts
from schoolbell.importing.bookings_on_file import Booked, load_bookings
from schoolbell.importing.models import OwnKey
from schoolbell.importing.things import Register, Thing
from schoolbell.kit.time import Stretch
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Slot, Staffing

SESSION: Final = (
    "course_id", "resource_id", "status", "type", "on_demand", "capacity", "price", "choose_slots", "timezone", "notes",
    "series_id", "occurrence_on", "cancelled_because",
)  # fmt: skip


class SessionsOnFile:
    """`slot_ids`: per session, in order of time. `natural`: what a session without a key is known by."""

    def __init__(self, school: School, rows: Any) -> None:
        ids = list(rows.values_list("id", flat=True))
        keys = dict(
            OwnKey.objects.of(school).filter(among("subject_id", ids), noun="session").values_list("subject_id", "key")
        )
        self.sessions = Register("session")
        self.slot_ids: dict[UUID, list[UUID]] = {session_id: [] for session_id in ids}
        stretches: dict[UUID, list[Stretch]] = {session_id: [] for session_id in ids}
        for slot_id, session_id, starts_at, ends_at in (
            Slot.objects.of(school)
            .filter(among("session_id", ids))
            .order_by("starts_at", "id")
            .values_list("id", "session_id", "starts_at", "ends_at")
        ):
            self.slot_ids[session_id].append(slot_id)
            stretches[session_id].append(Stretch(starts_at, ends_at))
        staff: dict[UUID, list[UUID]] = {session_id: [] for session_id in ids}
        for session_id, instructor_id in (
            Staffing.objects.of(school)
            .filter(among("session_id", ids))
            .order_by("-leads", "id")
            .values_list("session_id", "instructor_id")
        ):
            staff[session_id].append(instructor_id)
        self.natural: dict[tuple[Any, ...], list[Thing]] = {}
        for session_id, *values in Session.objects.of(school).filter(among("id", ids)).values_list("id", *SESSION):
            thing = Thing(session_id, dict(zip(SESSION, values, strict=True)), keys.get(session_id, ""))
            thing.values |= {"slots": tuple(stretches[session_id]), "instructors": tuple(staff[session_id])}
            self.add(thing)
        self.seatings = {  # by the seat in a class every week, and the session
            (enrollment_id, session_id): Thing(seating_id, {"reason": reason})
            for seating_id, enrollment_id, session_id, reason in Seating.objects.of(school)
            .filter(among("session_id", ids))
            .values_list("id", "enrollment_id", "session_id", "reason")
        }
        self.booked: Booked = load_bookings(school, Booking.objects.of(school).filter(among("session_id", ids)))

    def add(self, session: Thing) -> Thing:
        self.sessions.add(session)
        slots, staff = session.now("slots"), session.now("instructors")
        self.natural.setdefault(natural(session.now("course_id"), slots, staff, session.now("resource_id")), []).append(
            session
        )
        self.slot_ids.setdefault(session.id, [])
        return session


def natural(
    course_id: UUID, slots: tuple[Stretch, ...], instructors: tuple[UUID, ...], resource_id: UUID | None
) -> tuple[Any, ...]:
    return (course_id, slots[0].starts_at if slots else None, frozenset(instructors), resource_id)


def load_sessions(
    school: School, *, keys: Collection[str], starts: Collection[dt.datetime], lock: bool
) -> SessionsOnFile:
    """The sessions with these keys, and those that start then. `lock`: nobody else takes their seats meanwhile; slots
    by id, then bookings by id, as everybody locks them."""
    ids = {UUID(key) for key in keys if _is_id(key)}
    ids |= set(
        OwnKey.objects.of(school).filter(among_texts("key", keys), noun="session").values_list("subject_id", flat=True)
    )
    rows = Session.objects.of(school).filter(Q(among("id", ids)) | Q(among_instants("starts_at", starts)))
    if lock:
        found = list(rows.values_list("id", flat=True))
        slots = Slot.objects.of(school).filter(among("session_id", found)).order_by("id")
        list(slots.select_for_update(no_key=True).values_list("id", flat=True))
        bookings = Booking.objects.of(school).filter(among("session_id", found)).order_by("id")
        list(bookings.select_for_update(no_key=True).values_list("id", flat=True))
    return SessionsOnFile(school, rows)


def _is_id(key: str) -> bool:
    try:
        return len(key) == 36 and bool(UUID(key))
    except ValueError:
        return False
