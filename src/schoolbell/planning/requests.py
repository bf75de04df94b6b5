"""Weekly lessons that are wanted: what somebody would like, kept until a timetable has a place for it."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.rules import require_active, require_age
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import instructors_of
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import instant, local_day, now, zone
from schoolbell.people.models import Client, Instructor, Student
from schoolbell.planning.models import LessonRequest, Window
from schoolbell.planning.refusals import NotOnDemand, NotQualified, RequestNotOpen
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows

MOST_WINDOWS = 21
MOST_INSTRUCTORS = 20


@dataclass(frozen=True, slots=True)
class NewRequest:
    """`instructors` are those that are wanted, the one liked best first; none: whoever teaches the course."""

    student: Student
    client: Client
    course: Course
    windows: Sequence[Window]
    starts_on: dt.date
    instructors: Sequence[Instructor] = ()
    timezone: str = ""  # of the windows; "": the school's


@transaction.atomic
def add_lesson_request(new: NewRequest, *, by: Actor) -> LessonRequest:
    """Nobody's time is taken by it.

    Raises: InputRefused, NotOnDemand, NotQualified, StudentNotActive, AgeNotAllowed.
    """
    course, school = new.course, new.course.school
    if course.format != Course.Format.ONE_TO_ONE or not course.is_active:
        raise NotOnDemand(course.pk)
    _require_windows(new)
    if new.starts_on < local_day(now(), school.zone):
        raise InputRefused.of("starts_on", _("Weekly lessons start today or later."))
    require_active(new.student)
    require_age(new.student, course, on=instant(new.starts_on, dt.time(12), school.zone), timezone=school.timezone)
    _require_qualified(new)
    request = LessonRequest(
        school_id=course.school_id,
        student=new.student,
        client=new.client,
        course=course,
        windows=[one.as_json() for one in sorted(new.windows, key=lambda one: one.minute_of_week)],
        timezone=zone(new.timezone or school.timezone).key,
        instructors=[str(one.pk) for one in new.instructors],
        starts_on=new.starts_on,
    )
    request.save(force_insert=True)
    _note(request, "lesson_request.added", by=by)
    return request


def _require_windows(new: NewRequest) -> None:
    if not 1 <= len(new.windows) <= MOST_WINDOWS:
        raise InputRefused.of("windows", _("Give from one to %s times at which it can be.") % MOST_WINDOWS)
    for window in new.windows:
        if not 1 <= window.weekday <= 7:
            raise InputRefused.of("windows", _("A weekday is 1 (Monday) to 7 (Sunday)."))
        if window.minutes < new.course.duration_minutes:
            raise InputRefused.of(
                "windows", _("Each time has room for a lesson of %s minutes.") % new.course.duration_minutes
            )


def _require_qualified(new: NewRequest) -> None:
    wanted = [one.pk for one in new.instructors]
    if len(wanted) > MOST_INSTRUCTORS or len(set(wanted)) < len(wanted):
        raise InputRefused.of("instructors", _("Name up to %s instructors, each once.") % MOST_INSTRUCTORS)
    known = set(instructors_of(new.course).filter(id__in=wanted).values_list("id", flat=True))
    for instructor_id in wanted:
        if instructor_id not in known:
            raise NotQualified(instructor_id)


@transaction.atomic
def withdraw_lesson_request(request: LessonRequest, *, by: Actor) -> LessonRequest:
    """It is no longer wanted. Raises RequestNotOpen for one that has its lessons already; again, it does nothing."""
    rows = LessonRequest.objects.select_for_update(no_key=True)
    current = rows.get(school_id=request.school_id, id=request.pk)
    if current.status == LessonRequest.Status.WITHDRAWN:
        return current
    if current.status != LessonRequest.Status.OPEN:
        raise RequestNotOpen(request.pk)
    current.status = LessonRequest.Status.WITHDRAWN
    current.save()
    _note(current, "lesson_request.withdrawn", by=by)
    return current


def _note(request: LessonRequest, name: str, *, by: Actor) -> None:
    record(name, request, by=by, student_id=request.student_id, client_id=request.client_id)


def lesson_requests(school: School, *, status: str = "") -> SchoolRows[LessonRequest]:
    """With students, clients and courses; in the order in which they came."""
    rows = LessonRequest.objects.of(school).select_related("student__person", "client__person", "course")
    return (rows.filter(status=status) if status else rows).order_by("id")


def wanted_instructors(requests: Collection[LessonRequest]) -> dict[UUID, list[Instructor]]:
    """Per request, the instructors that are named in it, the one liked best first. One query."""
    ids = {one for request in requests for one in request.ranked}
    known: dict[UUID, Instructor] = {}
    if ids:
        school_id = next(iter(requests)).school_id
        rows = Instructor.objects.filter(school_id=school_id, id__in=ids).select_related("person")
        known = {one.pk: one for one in rows}
    return {request.pk: [known[one] for one in request.ranked if one in known] for request in requests}
