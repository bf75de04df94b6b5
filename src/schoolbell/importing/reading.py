"""One file: read, and compared with what is on file."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from schoolbell.importing.courses import plan_courses, write_courses
from schoolbell.importing.instructors import plan_instructors, write_instructors
from schoolbell.importing.kinds import Kind, kind_of
from schoolbell.importing.lines import Line, Problems, read_lines
from schoolbell.importing.onfile import OnFile
from schoolbell.importing.plans import Change, File, FilePlan
from schoolbell.importing.products import plan_products, write_products
from schoolbell.importing.resources import plan_resources, write_resources
from schoolbell.importing.series import plan_series, shown_series, write_series
from schoolbell.importing.sessions import shown
from schoolbell.importing.sheets import Sheet, read_sheet
from schoolbell.importing.students import Families, plan_students, write_students
from schoolbell.importing.things import Thing
from schoolbell.importing.timetable import Timetable, plan_timetable
from schoolbell.importing.timetable_rows import TimetableRows
from schoolbell.importing.writing import Writing
from schoolbell.kit.time import UTC, Stretch
from schoolbell.schools.models import School

MOST_LINES: Final = 20  # that are named in a sentence
NOUNS: Final = {"courses": "course", "resources": "resource", "instructors": "instructor", "products": "product"}


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file whose kind is known."""

    file: File
    kind: Kind
    sheet: Sheet


def read_file(file: File, school: School) -> ReadFile:
    """Raises FileRefused."""
    sheet = read_sheet(file.data)
    return ReadFile(file, kind_of(sheet.columns, currency=school.currency), sheet)


def span_of(read: ReadFile) -> Stretch | None:
    """From the first to the last time that a timetable file speaks of, and a day more at either end for its zones."""
    if read.kind.name != "timetable":
        return None
    walls = [
        moment.wall.replace(tzinfo=UTC)
        for line in read_lines(read.sheet, read.kind, Problems())
        for column in ("starts_at", "ends_at")
        for moment in line.get(column, ())
    ]
    day = dt.timedelta(days=1)
    return Stretch(min(walls) - day, max(walls) + day) if walls else None


@dataclass(frozen=True, slots=True)
class Compared:
    """`gather` gathers what is to be written. It is called once, and only where nothing is wrong."""

    plan: FilePlan
    gather: Callable[[Writing], None]


def compare(read: ReadFile, on_file: OnFile, *, lock: bool = False) -> Compared:
    """What the file would change. Afterwards `on_file` is as if it had been written. `lock`: it is about to be."""
    problems = Problems()
    lines = read_lines(read.sheet, read.kind, problems)
    plan = FilePlan(read.file, read.kind.name, len(lines), notes=[read.sheet.note] if read.sheet.note else [])
    if read.kind.name == "timetable":
        compared = _timetable(plan, lines, on_file, problems, lock=lock)
    elif read.kind.name == "students":
        compared = _students(plan, lines, on_file, problems)
    elif read.kind.name == "series":
        compared = _series(plan, lines, on_file, problems, lock=lock)
    else:
        compared = _things(plan, lines, on_file, problems)
    plan.bad_lines = sorted(set(problems))
    return compared


def _things(plan: FilePlan, lines: list[Line], on_file: OnFile, problems: Problems) -> Compared:
    planner: Any
    writer: Any
    planner, writer = {
        "courses": (plan_courses, write_courses),
        "resources": (plan_resources, write_resources),
        "instructors": (plan_instructors, write_instructors),
        "products": (plan_products, write_products),
    }[plan.kind]
    things: list[Thing] = planner(lines, on_file, problems)
    _tell(plan, NOUNS[plan.kind], things, lambda thing: thing.name)
    return Compared(plan, lambda writing: writer(things, writing))


def _students(plan: FilePlan, lines: list[Line], on_file: OnFile, problems: Problems) -> Compared:
    families: Families = plan_students(lines, on_file, problems)
    own = {student.person for student in families.students}
    others = [client for client in families.clients if client.person not in own]
    _tell(plan, "student", families.students, lambda thing: thing.name)
    _tell(plan, "client", others, lambda thing: thing.name)
    pairs = families.pairs.told
    _tell(plan, "guardianship", pairs, lambda bond: f"{pairs[bond][1].name} – {pairs[bond][0].name}")
    return Compared(plan, lambda writing: write_students(families, writing))


def _series(plan: FilePlan, lines: list[Line], on_file: OnFile, problems: Problems, *, lock: bool) -> Compared:
    repeating = plan_series(lines, on_file, problems)
    seats, students = repeating.seats.told, on_file.students.by_id
    _tell(plan, "series", repeating.told, lambda series: shown_series(series, on_file))
    _tell(
        plan,
        "seat",
        seats,
        lambda seat: f"{students[seat.now('student_id')].name}: {shown_series(seats[seat], on_file)}",
    )
    if not lock and any(one.is_new and one.now("looked_until") is None for one in repeating.told):
        plan.notes.append(_("New series are put on the timetable once all files are taken in."))
    return Compared(plan, lambda writing: write_series(repeating, writing))


def _timetable(plan: FilePlan, lines: list[Line], on_file: OnFile, problems: Problems, *, lock: bool) -> Compared:
    timetable: Timetable = plan_timetable(lines, on_file, problems, lock=lock)
    if timetable.closed:
        told = ", ".join(str(line) for line in timetable.closed[:MOST_LINES])
        more = _(" and %s more") % (len(timetable.closed) - MOST_LINES) if len(timetable.closed) > MOST_LINES else ""
        plan.notes.append(
            _("The school is closed at times that the file speaks of: line %(lines)s%(more)s. They stand all the same.")
            % {"lines": told, "more": more}
        )
    students = on_file.students.by_id
    booked = timetable.seats.told
    _tell(plan, "session", timetable.sessions.told, lambda session: shown(session, on_file))
    _tell(
        plan,
        "booking",
        booked,
        lambda one: f"{students[one.values['student_id']].name}: {shown(booked[one], on_file)}",
    )
    return Compared(plan, lambda writing: TimetableRows(timetable, on_file, writing).gather())


def _tell(plan: FilePlan, noun: str, things: Iterable[Thing], name: Callable[[Thing], str]) -> None:
    counts: Counter[str] = Counter()
    for thing in things:
        changed = (*thing.changed, *(("key",) if thing.new_key else ()))
        if thing.is_new:
            counts["added"] += 1
            plan.changes.append(Change(thing.line, noun, name(thing)))
        elif changed:
            counts["changed"] += 1
            plan.changes.append(Change(thing.line, noun, name(thing), changed))
        else:
            counts["unchanged"] += 1
    if counts:
        plan.counts[noun] = counts
