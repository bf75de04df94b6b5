"""Instructors from a file, with their opening hours and the courses that they teach."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from schoolbell.catalogue.models import Qualification
from schoolbell.importing.defining import defined
from schoolbell.importing.hours import tell_hours, write_hours
from schoolbell.importing.lines import Line, Problems
from schoolbell.importing.models import OwnKey
from schoolbell.importing.onfile import INSTRUCTOR, OnFile, defaults
from schoolbell.importing.persons import name_in, new_role, tell_person, write_person
from schoolbell.importing.structures import Taught
from schoolbell.importing.things import Thing
from schoolbell.importing.writing import Writing, columns_of
from schoolbell.people.models import Instructor


def plan_instructors(lines: list[Line], on_file: OnFile, problems: Problems) -> list[Thing]:
    """What the lines make of the school's instructors."""
    found: dict[Thing, None] = {}
    for line in lines:
        instructor = _defined(line, on_file)
        if instructor is None:
            continue
        found[instructor] = None
        tell_person(instructor, line)
        for name in INSTRUCTOR:
            if name in line.values:
                instructor.tell(name, line.values[name], line)
        tell_hours(instructor, line, timezone=line.get("timezone") or instructor.now("timezone"))
        _tell_courses(instructor, line, on_file)
    on_file.instructors.index_anew()
    return list(found)


def _defined(line: Line, on_file: OnFile) -> Thing | None:
    name = name_in(line)
    if not name:
        return None

    def make() -> Thing:
        values = defaults(Instructor, INSTRUCTOR) | {"courses": {}, "opening_hours": ()}
        return new_role(values, line, on_file)

    return defined(
        on_file.instructors, line, key=line.get("key", ""), name=name, email=line.get("email", ""), make=make
    )


def _tell_courses(instructor: Thing, line: Line, on_file: OnFile) -> None:
    """The cell is the whole of what somebody teaches."""
    said: tuple[Taught, ...] = line.get("courses", ())
    taught: dict[UUID, tuple[int, dt.date | None]] = {}
    for one in said:
        course = on_file.courses.find(one.course)
        if isinstance(course, str):
            line.bad("courses", course)
            return
        if course.id in taught:
            line.bad("courses", _("names “%s” twice") % one.course)
            return
        taught[course.id] = (one.proficiency, one.certified_on)
    if taught:
        instructor.tell("courses", taught, line)


def write_instructors(instructors: list[Thing], writing: Writing) -> None:
    for instructor in instructors:
        writing.key(OwnKey.Noun.INSTRUCTOR, instructor)
        changed = instructor.changed
        person_id = write_person(instructor, writing)
        values = columns_of(instructor, INSTRUCTOR)
        if instructor.is_new:
            writing.add(Instructor, id=instructor.id, person_id=person_id, **values)
            writing.record("instructor.added", instructor.id)
        elif changed:
            writing.change(Instructor, instructor.id, **values)
            writing.record("instructor.changed", instructor.id, new={"changed": changed})
        write_hours(instructor, writing)
        _write_courses(instructor, writing)


def _write_courses(instructor: Thing, writing: Writing) -> None:
    before, after = instructor.values["courses"], instructor.now("courses")
    if before == after:
        return
    Qualification.objects.of(writing.school).filter(
        instructor_id=instructor.id,
        course_id__in=[course_id for course_id in before if after.get(course_id) != before[course_id]],
    ).delete()
    for course_id, (proficiency, certified_on) in after.items():
        if before.get(course_id) != (proficiency, certified_on):
            writing.add(
                Qualification,
                instructor_id=instructor.id,
                course_id=course_id,
                proficiency=proficiency,
                certified_on=certified_on,
            )
