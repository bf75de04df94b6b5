"""Sessions from a timetable file."""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext as _

from schoolbell.bookings.sessions import LONGEST_SLOT, SHORTEST_SLOT
from schoolbell.importing.among import among
from schoolbell.importing.lines import Line, Problems
from schoolbell.importing.onfile import OnFile, defaults
from schoolbell.importing.refusals import CellRefused
from schoolbell.importing.sessions_on_file import SESSION, SessionsOnFile, natural
from schoolbell.importing.structures import Moment
from schoolbell.importing.things import Register, Thing, new_thing
from schoolbell.kit.time import UTC, Stretch, local_day, zone
from schoolbell.timetable.models import Session

COLUMNS: Final = {
    "session_status": "status",
    "cancelled_because": "cancelled_because",
    "session_type": "type",
    "session_price": "price",
    "capacity": "capacity",
    "choose_slots": "choose_slots",
    "on_demand": "on_demand",
    "notes": "notes",
    "timezone": "timezone",
    "occurrence_on": "occurrence_on",
}
TRANSITIONS: Final = {
    "draft": ("published", "cancelled", "completed"),
    "published": ("completed", "cancelled"),
    "completed": (),
    "cancelled": (),
}
IDENTIFYING: Final = (
    "session", "starts_at", "ends_at", "course", "instructors", "resource", "timezone", "series", "occurrence_on",
)  # fmt: skip
FIXED: Final = {"series_id": "series", "occurrence_on": "occurrence_on"}
FIXED_ONCE_BOOKED: Final = {"course_id": "course", "on_demand": "on_demand"}


class Sessions:
    """What the lines make of a school's sessions. `read` says which one a line is about."""

    def __init__(self, on_file: OnFile, timetable: SessionsOnFile, problems: Problems) -> None:
        self.on_file = on_file
        self.timetable = timetable
        self.problems = problems
        self.told: dict[Thing, None] = {}

    def read(self, line: Line) -> Thing | None:
        said = self._said(line)
        if said is None:
            return None
        session = self._which(line, said)
        if session is None:
            return None
        session.line = session.line or line.number
        self.told[session] = None
        for name, (column, value) in said.items():
            session.tell(name, value, line, column=column)
        for column, name in COLUMNS.items():
            if column in line.values:
                session.tell(name, line.values[column], line, column=column)
        return session

    def _said(self, line: Line) -> dict[str, tuple[str, Any]] | None:
        """Course, times, staff and resource, by field: the column and the value. None where one cannot be made out."""
        said: dict[str, tuple[str, Any]] = {}
        fine = not line.unread(*IDENTIFYING)
        if course := self._found(self.on_file.courses, line, "course"):
            said["course_id"] = ("course", course[0].id)
        if staff := self._found(self.on_file.instructors, line, "instructors"):
            if len(set(staff)) < len(staff):
                line.bad("instructors", _("names somebody twice"))
            said["instructors"] = ("instructors", tuple(dict.fromkeys(one.id for one in staff)))
        if resource := self._found(self.on_file.resources, line, "resource"):
            said["resource_id"] = ("resource", resource[0].id)
        elif line.get("resource") == "":
            said["resource_id"] = ("resource", None)
        if series := self._found(self.on_file.series, line, "series"):
            said["series_id"] = ("series", series[0].id)
        fine = fine and None not in (course, staff, resource, series)
        if {"starts_at", "ends_at"} & line.filled and fine:
            slots = self._slots(line)
            fine = slots is not None
            said["slots"] = ("starts_at", slots)
        return said if fine else None

    def _found(self, register: Register, line: Line, column: str) -> list[Thing] | None:
        """Those that the cell names; none where it is empty; None where one of them cannot be found."""
        text = line.get(column) or ()
        found = []
        for name in (text,) if isinstance(text, str) else text:
            thing = register.find(name)
            if isinstance(thing, str):
                line.bad(column, thing)
                return None
            found.append(thing)
        return found

    def _slots(self, line: Line) -> tuple[Stretch, ...] | None:
        times = {column: _instants(line, column) for column in ("starts_at", "ends_at")}
        starts, ends = times["starts_at"], times["ends_at"]
        if starts is None or ends is None:
            return None
        if len(starts) != len(ends):
            line.bad(
                "ends_at",
                _("has %(ends)s times; starts_at has %(starts)s") % {"ends": len(ends), "starts": len(starts)},
            )
            return None
        for start, end in zip(starts, ends, strict=True):
            if wrong := _wrong_with(end - start):
                line.bad("ends_at", wrong)
                return None
        slots = tuple(Stretch(start, end) for start, end in zip(starts, ends, strict=True))
        if any(later.starts_at < earlier.ends_at for earlier, later in pairwise(slots)):
            line.bad("starts_at", _("starts before the time before it ends"))
            return None
        return slots

    def _which(self, line: Line, said: dict[str, tuple[str, Any]]) -> Thing | None:
        key = line.get("session", "")
        known = self.timetable.sessions.keyed(key) if key else None
        if known is not None:
            return known
        for column, name in (("course", "course_id"), ("starts_at", "slots")):
            if name not in said:
                line.bad(column, _("is empty"))
        if not {"course_id", "slots"} <= said.keys():
            return None
        is_like = natural(
            said["course_id"][1],
            said["slots"][1],
            said.get("instructors", ("", ()))[1],
            said.get("resource_id", ("", None))[1],
        )
        alike = [one for one in self.timetable.natural.get(is_like, []) if not (key and one.key)]
        if len(alike) > 1:
            line.bad("session", _("is needed: several sessions are alike in course, start, instructors and resource"))
            return None
        session = alike[0] if alike else self._new(line, said)
        if key:
            self.timetable.sessions.give_key(session, key)
        return session

    def _new(self, line: Line, said: dict[str, tuple[str, Any]]) -> Thing:
        values = defaults(Session, SESSION) | {
            "status": "published",
            "capacity": None,
            "timezone": self.on_file.school.timezone,
            "course_id": None,
            "resource_id": None,
            "slots": (),
            "instructors": (),
        }
        session = new_thing(values, line)
        for name, (column, value) in said.items():
            session.tell(name, value, line, column=column)
        return self.timetable.add(session)

    def complete(self) -> None:
        self._place_in_series()
        for session in self.told:
            if session.is_new or session.changed:
                _require_sound(session, self._bad(session), self.on_file)
                if not session.is_new:
                    self._require_change(session, self._bad(session))

    def _place_in_series(self) -> None:
        """A new session of a series is one of its occurrences, and the only one on that day."""
        new = [one for one in self.told if one.is_new and (one.now("series_id") or one.now("occurrence_on"))]
        taken = set(
            Session.objects.of(self.on_file.school)
            .filter(among("series_id", {one.now("series_id") for one in new if one.now("series_id")}))
            .values_list("series_id", "occurrence_on")
        )
        for session in new:
            bad = self._bad(session)
            series = self.on_file.series.by_id.get(session.now("series_id"))
            if series is None:
                bad("occurrence_on", "occurrence_on", _("is filled, but no series is named"))
                continue
            if session.now("occurrence_on") is None:
                where = zone(series.now("timezone"))
                session.values["occurrence_on"] = local_day(session.now("slots")[0].starts_at, where)
            if series.now("course_id") != session.now("course_id"):
                bad("series_id", "series", _("is of another course"))
            occurrence = (series.id, session.now("occurrence_on"))
            if occurrence in taken:
                bad("occurrence_on", "occurrence_on", _("has its session of this series already"))
            taken.add(occurrence)

    def _bad(self, session: Thing) -> Callable[[str, str, str], None]:
        def bad(name: str, column: str, reason: str) -> None:
            told = session.told.get(name)
            self.problems.add(told.line if told else session.line, column, reason)

        return bad

    def _require_change(self, session: Thing, bad: Callable[[str, str, str], None]) -> None:
        """What has been sold cannot be made something else by a file."""
        before, after = session.values["status"], session.now("status")
        if before != after and after not in TRANSITIONS[before]:
            bad(
                "status",
                "session_status",
                _("cannot become %(after)s: it is %(before)s") % {"after": after, "before": before},
            )
        for name, column in FIXED.items():
            if name in session.changed:
                bad(name, column, _("is otherwise on file; a file cannot change it"))
        if not self.timetable.booked.of_session.get(session.id):
            return
        for name, column in FIXED_ONCE_BOOKED.items():
            if name in session.changed:
                bad(name, column, _("cannot be changed any more: the session has bookings"))
        if len(session.now("slots")) != len(session.values["slots"]):
            bad("slots", "starts_at", _("cannot be more or fewer times any more: the session has bookings"))


def _require_sound(session: Thing, bad: Callable[[str, str, str], None], on_file: OnFile) -> None:
    """A session has no more seats than its course and its resource, and a reason only if it was cancelled."""
    course = on_file.courses.by_id[session.now("course_id")]
    resource = on_file.resources.by_id.get(session.now("resource_id"))
    most = min(course.now("capacity"), resource.now("capacity") if resource else course.now("capacity"))
    if session.now("capacity") is None:
        session.values["capacity"] = most
    elif session.now("capacity") > most:
        bad("capacity", "capacity", _("is more than the %s seats that the course and the place allow") % most)
    if session.now("cancelled_because") and session.now("status") != Session.Status.CANCELLED:
        bad("cancelled_because", "cancelled_because", _("is for sessions that are cancelled"))


@lru_cache(maxsize=4096)
def instants(moments: tuple[Moment, ...], timezone: str) -> tuple[dt.datetime, ...]:
    """Raises CellRefused where neither an offset nor a zone is said."""
    where = zone(timezone) if timezone else None
    return tuple(moment.at(where) for moment in moments)


def _instants(line: Line, column: str) -> tuple[dt.datetime, ...] | None:
    moments: tuple[Moment, ...] = line.get(column, ())
    if not moments:
        line.bad(column, _("is empty"))
        return None
    try:
        return instants(moments, line.get("timezone", ""))
    except CellRefused as wrong:
        line.bad(column, str(wrong))
        return None


def _wrong_with(lasts: dt.timedelta) -> str:
    """What speaks against a time of that length, or nothing."""
    if lasts <= dt.timedelta():
        return _("is not after the start")
    if lasts < SHORTEST_SLOT:
        return _("is less than a minute after the start")
    if lasts > LONGEST_SLOT:
        return _("is more than a day after the start; give each day its own times")
    return ""


def shown(session: Thing, on_file: OnFile) -> str:
    """Such as "Piano, 2026-12-01 16:00 Europe/London"."""
    course = on_file.courses.by_id.get(session.now("course_id"))
    slots, where = session.now("slots"), session.now("timezone")
    starts = f"{slots[0].starts_at.astimezone(zone(where) if where else UTC):%Y-%m-%d %H:%M} {where}" if slots else ""
    return f"{course.name if course else ''}, {starts}"
