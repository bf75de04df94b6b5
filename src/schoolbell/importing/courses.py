"""Courses from a file."""

from collections.abc import Iterator

from django.db.models import Max
from django.utils.translation import gettext as _

from schoolbell.catalogue.actions import sound_overrides
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.overrides import former
from schoolbell.importing.among import among
from schoolbell.importing.defining import defined
from schoolbell.importing.lines import Line, Problems
from schoolbell.importing.models import OwnKey
from schoolbell.importing.onfile import COURSE, OnFile, defaults
from schoolbell.importing.things import Thing, new_thing
from schoolbell.importing.writing import Writing, columns_of
from schoolbell.kit.refusals import InputRefused
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

FIELDS = {"tax_percent": "tax_rate"} | {name: name for name in COURSE if name != "tax_rate"}


def plan_courses(lines: list[Line], on_file: OnFile, problems: Problems) -> list[Thing]:
    """What the lines make of the school's courses."""
    found: dict[Thing, None] = {}
    for line in lines:
        course = _defined(line, on_file)
        if course is not None:
            found[course] = None
            for column, name in FIELDS.items():
                if column in line.values:
                    course.tell(name, line.values[column], line, column=column)
    courses = list(found)
    _require_sound(courses, on_file, problems)
    on_file.courses.index_anew()
    return courses


def _defined(line: Line, on_file: OnFile) -> Thing | None:
    name = line.get("name", "")
    if not name:
        if not line.unread("name"):
            line.bad("name", _("is empty; give the course a name"))
        return None

    def make() -> Thing:
        course = new_thing(defaults(Course, COURSE), line)
        course.tell("name", name, line)
        if "duration_minutes" not in line.filled:
            line.bad("duration_minutes", _("is empty; say how long a lesson lasts"))
        return course

    return defined(on_file.courses, line, key=line.get("key", ""), name=name, make=make)


def _require_sound(courses: list[Thing], on_file: OnFile, problems: Problems) -> None:
    """What `add_course` requires; and no fewer seats than sessions have already."""
    seats = dict(
        Session.objects.of(on_file.school)
        .filter(among("course_id", [course.id for course in courses if not course.is_new]))
        .values("course_id")
        .annotate(most=Max("capacity"))
        .values_list("course_id", "most")
    )
    for course in courses:
        if course.now("format") == Course.Format.ONE_TO_ONE and "capacity" not in course.told:
            course.values["capacity"] = 1
        if course.is_new or course.changed:
            for name, reason in _wrong(course, on_file.school, seats.get(course.id, 0)):
                told = course.told.get(name)
                column = "tax_percent" if name == "tax_rate" else name
                problems.add(told.line if told else course.line, column, reason)


def _wrong(course: Thing, school: School, seats: int) -> Iterator[tuple[str, str]]:
    """Fields, each with the reason why it cannot be so."""
    if course.now("format") == Course.Format.ONE_TO_ONE and course.now("capacity") != 1:
        yield "capacity", _("a one_to_one course has one seat")
    if course.now("capacity") < seats:
        yield "capacity", _("is less than the %s seats of a session on the timetable") % seats
    least, total = course.now("min_students"), course.now("total_minutes")
    if least is not None and least > course.now("capacity"):
        yield "min_students", _("is more than the seats of the course")
    if total is not None and total < course.now("duration_minutes"):
        yield "total_minutes", _("is less than one lesson")
    if course.now("deposit") > course.now("price"):
        yield "deposit", _("is more than the price")
    lowest, highest = course.now("age_min"), course.now("age_max")
    if lowest is not None and highest is not None and lowest > highest:
        yield "age_max", _("is below the lowest age")
    types = school.policies.course_types
    if types and course.now("type") not in types:
        words = _("“%(type)s” is not one of this school’s types: %(types)s. The school’s rules name them.")
        yield "type", words % {"type": course.now("type"), "types": ", ".join(types)}
    try:
        sound_overrides(course.now("overrides"))
    except InputRefused as refused:
        field, (reason, *_more) = next(iter(refused.errors.items()))
        yield "overrides", f"{field.removeprefix('overrides.')}: {reason}"


def write_courses(courses: list[Thing], writing: Writing) -> None:
    for course in courses:
        writing.key(OwnKey.Noun.COURSE, course)
        values = columns_of(course, COURSE)
        if course.is_new:
            writing.add(Course, id=course.id, **values)
            writing.record("course.added", course.id, new={"price": values["price"]})
        elif changed := course.changed:
            if "overrides" in changed:
                current = Course.objects.of(writing.school).get(id=course.id)
                values["former_overrides"] = [*current.former_overrides, former(current.overrides)]
            writing.change(Course, course.id, **values)
            writing.record("course.changed", course.id, new={"changed": changed})
