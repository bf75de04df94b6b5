"""Requests for weekly lessons, in a small school."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from factories import OWNER, new_student, payer_of
from schoolbell.catalogue.models import Course
from schoolbell.diary.actions import add_opening_hours
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.models import LessonRequest, Placement, Proposal, Window
from schoolbell.planning.proposals import placements_of, propose_timetable
from schoolbell.planning.requests import NewRequest, add_lesson_request
from schoolbell.planning.solving import work_out_waiting
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource

STARTS_ON = dt.date(2027, 2, 22)  # a Monday, a week after the tests' own


def window(weekday: int, starts: int, ends: int) -> Window:
    return Window(weekday, dt.time(starts), dt.time(ends % 24))


def ask(
    course: Course,
    *windows: Window,
    student: Student | None = None,
    instructors: Sequence[Instructor] = (),
    starts_on: dt.date = STARTS_ON,
    **more: Any,
) -> LessonRequest:
    """Mondays from nine to twelve unless `windows` say otherwise."""
    student = student or new_student(course.school)
    new = NewRequest(
        student, payer_of(student), course, windows or (window(1, 9, 12),), starts_on, instructors=instructors, **more
    )
    return add_lesson_request(new, by=OWNER)


def opened(one: Instructor | Resource, weekday: int, starts: int, ends: int, timezone: str = "") -> Any:
    """Every week on that day, from one hour to another."""
    diary = one.diary if isinstance(one, Resource) else one.person.diary
    where = timezone or School.objects.get(id=one.school_id).timezone
    add_opening_hours(diary, weekday=weekday, starts=dt.time(starts), ends=dt.time(ends % 24), timezone=where, by=OWNER)
    return one


def proposed(school: School, **more: Any) -> Proposal:
    """Asked for and worked out, as the worker does."""
    proposal = propose_timetable(school, by=OWNER, **{"seconds": 20} | more)
    assert work_out_waiting() == 1
    proposal.refresh_from_db()
    return proposal


def table(proposal: Proposal) -> dict[str, str]:
    """Per student: “Mon 09:00 Ida Teacher, Hall”, or why not."""
    return {one.request.student.person.name: said(one) for one in placements_of(proposal)}


def said(one: Placement) -> str:
    if one.reason:
        return one.reason
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[one.weekday - 1]
    where = f", {one.resource.name}" if one.resource else ""
    return f"{day} {one.starts:%H:%M} {one.instructor.person.name}{where}"
