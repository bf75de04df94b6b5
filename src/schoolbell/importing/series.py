"""Series from a file. What is on file already is not changed by one: lessons that are booked hang on it."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from schoolbell.bookings.models import Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.importing.class_seats import CELLS, ClassSeats, write_seats
from schoolbell.importing.lines import Line, Problems
from schoolbell.importing.models import OwnKey
from schoolbell.importing.onfile import OnFile
from schoolbell.importing.repeating import RepeatsCell
from schoolbell.importing.series_on_file import ENROLLED, SERIES
from schoolbell.importing.things import Register, Thing, new_thing
from schoolbell.importing.writing import Writing
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import now, zone
from schoolbell.timetable.models import Series, SeriesStaffing, SkippedOccurrence

PLAIN: Final = (
    "repeats", "starts", "timezone", "starts_on", "ends_on", "duration_minutes", "capacity", "session_price",
    "publishes", "on_demand", "enrollment_status", "price", "enrolled_on", "enrolled_until", "looked_until", "skipped",
)  # fmt: skip
NAMED: Final = {"course": "course_id", "resource": "resource_id", "student": "student_id", "client": "client_id"}
COLUMN_OF: Final = {name: column for column, name in NAMED.items()} | {"follows_id": "follows"}
BY_ITSELF: Final = ("looked_until", "skipped")  # the school goes on looking ahead after a file was written
OF_A_SEAT: Final = ("student_id", "client_id")
STOPPED: Final = (Enrollment.Status.PAUSED, Enrollment.Status.ENDED, Enrollment.Status.CANCELLED)


class Repeating:
    """What the lines make of the school's series, and of seats in its classes."""

    def __init__(self, lines: list[Line], on_file: OnFile, problems: Problems) -> None:
        self.on_file = on_file
        self.problems = problems
        self.told: dict[Thing, None] = {}
        self.seats = ClassSeats(on_file, problems)
        self._alike: dict[tuple[Any, ...], list[Thing]] = {}
        for known in on_file.series:
            self._alike.setdefault(on_file.series.known_by(known), []).append(known)
        read = [(line, series) for line in lines if (series := self._read(line)) is not None]
        for line, series in read:
            self._follow(line, series)
        for series in self.told:
            if series.is_new:
                self._complete(series)
            else:
                self._require_same(series)
        self.seats.complete()

    def _read(self, line: Line) -> Thing | None:
        named = self._named(line)
        if named is None or not self._has_all(line):
            return None
        has_seat = self.seats.is_of_one(line, named)
        own = {name: value for name, value in named.items() if name not in OF_A_SEAT} if has_seat else named
        series = self._which(line, own)
        if series is None:
            return None
        series.line = series.line or line.number
        self.told[series] = None
        for name, value in own.items():
            series.tell(name, value, line, column=COLUMN_OF.get(name, name))
        for name in PLAIN:
            if name in line.values and not (has_seat and name in CELLS):
                series.tell(name, line.values[name], line)
        if has_seat:
            self.seats.read(line, series, named)
            return series
        for name in sorted({"away_from", "away_until"} & line.filled):
            line.bad(name, _("is for a student's seat in a class"))
        if "paused_at" in line.values:
            series.tell("paused_at", line.values["paused_at"].at(zone(series.now("timezone"))), line)
        return series

    def _named(self, line: Line) -> dict[str, Any] | None:
        """The things that the line names. None where one of them cannot be made out; the line says so."""
        registers: dict[str, Register] = {
            "course": self.on_file.courses,
            "resource": self.on_file.resources,
            "student": self.on_file.students,
            "client": self.on_file.clients,
        }
        named: dict[str, Any] = {}
        fine = not line.unread("key", "follows", "instructors", *registers)
        for column, register in registers.items():
            if text := line.get(column):
                thing = register.find(text)
                if isinstance(thing, str):
                    line.bad(column, thing)
                    fine = False
                else:
                    named[NAMED[column]] = thing.id
        if line.get("resource") == "":
            named["resource_id"] = None
        staff = [self.on_file.instructors.find(text) for text in line.get("instructors", ())]
        for one in staff:
            if isinstance(one, str):
                line.bad("instructors", one)
                fine = False
        if staff and fine:
            named["instructors"] = tuple(dict.fromkeys(one.id for one in staff if isinstance(one, Thing)))
        return named if fine else None

    def _has_all(self, line: Line) -> bool:
        """What is needed even of a series that is on file."""
        empty = [name for name in ("course", "repeats", "starts", "starts_on") if name not in line.filled]
        for name in empty:
            line.bad(name, _("is empty"))
        return not empty and not line.unread("repeats", "starts", "starts_on")

    def _which(self, line: Line, named: dict[str, Any]) -> Thing | None:
        key = line.get("key", "")
        register = self.on_file.series
        if key and (known := register.keyed(key)) is not None:
            return known
        said = (named["course_id"], *(line.values[name] for name in ("repeats", "starts", "starts_on")))
        is_like = (*said, named.get("student_id"), frozenset(named.get("instructors", ())))
        alike = [one for one in self._alike.get(is_like, []) if not (key and one.key)]
        if len(alike) > 1:
            line.bad("key", _("is needed: several series are alike"))
            return None
        series = alike[0] if alike else register.add(new_thing(self._new(named), line))
        if not alike:
            self._alike.setdefault(is_like, []).append(series)
        if key:
            register.give_key(series, key)
        return series

    def _new(self, named: dict[str, Any]) -> dict[str, Any]:
        """What a new series gets without a word."""
        enrollment_id = new_id() if named.get("student_id") else None
        return dict.fromkeys((*SERIES, *ENROLLED)) | {
            "timezone": self.on_file.school.timezone,
            "publishes": True,
            "on_demand": enrollment_id is not None,
            "instructors": (),
            "skipped": (),
            "enrollment_id": enrollment_id,
        }

    def _follow(self, line: Line, series: Thing) -> None:
        if not (key := line.get("follows")):
            return
        before = self.on_file.series.find(key)
        if isinstance(before, str):
            line.bad("follows", before)
            return
        other = self.on_file.series.successors.setdefault(before.id, series)
        if other is not series:
            line.bad("follows", _("is followed by another series already"))
        elif self._leads_back(before, series):
            line.bad("follows", _("leads back to this series"))
        else:
            series.tell("follows_id", before.id, line, column="follows")

    def _leads_back(self, before: Thing | None, series: Thing) -> bool:
        while before is not None and before is not series:
            before = self.on_file.series.by_id.get(before.now("follows_id"))
        return before is series

    def _complete(self, series: Thing) -> None:
        course = self.on_file.courses.by_id[series.now("course_id")]
        place = self.on_file.resources.by_id.get(series.now("resource_id"))
        most = min([course.now("capacity"), *([place.now("capacity")] if place else [])])
        usual = {"duration_minutes": course.now("duration_minutes"), "capacity": most}
        if series.now("student_id"):
            client_id = self.on_file.payer_of(self.on_file.students.by_id[series.now("student_id")])
            usual |= {"client_id": client_id, "enrollment_status": "active", "price": course.now("price")}
            usual |= {"enrolled_on": series.now("starts_on")}
            if "enrolled_until" not in series.told:
                usual["enrolled_until"] = series.now("ends_on")
        series.values |= {name: value for name, value in usual.items() if series.now(name) is None}
        if series.now("capacity") > most:
            self._bad(series, "capacity", _("is more than the %s seats that the course and the place allow") % most)
        if series.now("ends_on") and series.now("ends_on") < series.now("starts_on") and not series.now("looked_until"):
            self._bad(series, "ends_on", _("is before starts_on"))
        if series.now("on_demand"):
            self._require_weekly(series, course)

    def _require_weekly(self, series: Thing, course: Thing) -> None:
        """One student's lessons."""
        if course.now("format") != Course.Format.ONE_TO_ONE:
            self._bad(series, "course_id", _("is a group course; a student's weekly lessons are one_to_one"))
        if not series.now("instructors"):
            self._bad(series, "instructors", _("is empty; weekly lessons are somebody's to give"))
        if self.on_file.series.enrolled(series) is None:
            self._bad(series, "student_id", _("is empty; weekly lessons are one student's"))
        elif series.now("student_id"):
            if series.now("client_id") is None:
                self._bad(series, "client_id", _("is empty, and nobody answers for the student"))
            if series.now("enrollment_status") in STOPPED and not series.now("ends_on"):
                self._bad(series, "ends_on", _("is empty, though the lessons are paused or over; say until when"))
            self._require_pause(series)

    def _require_pause(self, series: Thing) -> None:
        """Lessons that were cancelled since the pause come back when they go on."""
        if series.now("enrollment_status") != Enrollment.Status.PAUSED:
            if series.now("paused_at"):
                self._bad(series, "paused_at", _("is for lessons that are paused"))
        elif series.now("paused_at") is None:
            series.values["paused_at"] = now().replace(microsecond=0)

    def _require_same(self, series: Thing) -> None:
        told = series.told.get("student_id")
        if told is not None and told.value == self.on_file.series.student_of(series):
            del series.told["student_id"]
        for name in series.changed:
            if name in BY_ITSELF:
                del series.told[name]
            else:
                self._bad(series, name, _("is otherwise on file; what repeats is changed in the office"))

    def _bad(self, series: Thing, name: str, reason: str) -> None:
        told = series.told.get(name)
        self.problems.add(told.line if told else series.line, COLUMN_OF.get(name, name), reason)


def plan_series(lines: list[Line], on_file: OnFile, problems: Problems) -> Repeating:
    return Repeating(lines, on_file, problems)


def shown_series(series: Thing, on_file: OnFile) -> str:
    """Such as "Emma Marsh: Piano, Tue 16:00 Europe/London"."""
    course = on_file.courses.by_id[series.now("course_id")].name
    when = f"{RepeatsCell().write(series.now('repeats'))} {series.now('starts'):%H:%M} {series.now('timezone')}"
    student: UUID | None = on_file.series.student_of(series)
    return f"{on_file.students.by_id[student].name}: {course}, {when}" if student else f"{course}, {when}"


def write_series(repeating: Repeating, writing: Writing) -> None:
    _write(repeating.told, writing)
    write_seats(repeating.seats, writing)


def _write(things: Iterable[Thing], writing: Writing) -> None:
    for series in things:
        writing.key(OwnKey.Noun.SERIES, series)
        if not series.is_new:
            continue
        values = {column: series.now(name) for name, column in SERIES.items()}
        writing.add(Series, id=series.id, created_by=writing.by.who, **values)
        for place, instructor_id in enumerate(series.now("instructors")):
            writing.add(SeriesStaffing, series_id=series.id, instructor_id=instructor_id, leads=place == 0)
        for day, reason in series.now("skipped"):
            writing.add(SkippedOccurrence, series_id=series.id, occurrence_on=day, reason=reason)
        new = {"rule": values["rule"], "capacity": values["capacity"]}
        writing.record("series.created", series.id, new=new)
        if series.now("student_id"):
            _enroll(series, writing)


def _enroll(series: Thing, writing: Writing) -> None:
    values = {column: series.now(name) for name, column in ENROLLED.items()}
    enrollment_id = series.values["enrollment_id"]
    writing.add(
        Enrollment,
        id=enrollment_id,
        course_id=series.now("course_id"),
        series_id=series.id,
        type=Enrollment.Type.WEEKLY_RECURRING,
        **values,
    )
    writing.record(
        "enrollment.created",
        enrollment_id,
        student_id=values["student_id"],
        client_id=values["client_id"],
        new={"series": str(series.id), "price": values["price"]},
    )
