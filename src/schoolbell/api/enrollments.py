"""`/enrollments`: who is enrolled, and weekly lessons from the first to the last."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.courses import find_course
from schoolbell.api.document import answers
from schoolbell.api.entry import SIGNED_IN, STAFF, Visit, enter
from schoolbell.api.instructors import find_instructor
from schoolbell.api.lessons import show_planned
from schoolbell.api.pages import MOST, page
from schoolbell.api.resources import find_resource
from schoolbell.api.series import find_series
from schoolbell.api.types import Day, Input, Minor, WallTime, Zone, money, shown
from schoolbell.bookings.enrollments import enrollments_seen_by, lessons_of
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.bookings.parties import Named, find_or_add
from schoolbell.bookings.times import during_of, read_times
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.planning.joining import Joining, join_class, left_out_of, preview_joining
from schoolbell.planning.skipped import PlannedLesson, preview_lessons
from schoolbell.planning.weekly import MOST_WEEKS, WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import SeriesStaffing
from schoolbell.timetable.recurrence import every_weeks

router = Router(tags=["enrollments"])
OF_ONE: Final = ("course", "instructor", "weekday", "starts")  # one student's own lessons


class EnrollmentIn(Input):
    """A lesson every week, or every few, at the same time by the clock: `course`, `instructor`, `weekday` and `starts`.
    Or a seat in every class of a `series`, and none of those."""

    type: Literal["weekly_recurring"]
    student: UUID
    client: UUID | None = Field(None, description="Without it: who mostly pays for the student.")
    series: UUID | None = Field(None, description="A class that repeats, to have a seat in every week.")
    course: UUID | None = None
    instructor: UUID | None = None
    weekday: Annotated[int, Field(strict=True, ge=1, le=7, description="ISO: 1 is Monday")] | None = None
    every: Annotated[int, Field(strict=True, ge=1, le=MOST_WEEKS)] = Field(
        1, description="Weeks from a lesson to the next, from the first such weekday on."
    )
    starts: WallTime | None = None
    starts_on: Day
    ends_on: Day | None = None
    resource: UUID | None = Field(None, description="Without it: the one that is free most often, if one is needed.")
    timezone: Zone | None = None
    price: Minor | None = Field(None, description="Per lesson. Without it: the course's.")
    dry_run: Annotated[bool, Field(strict=True)] = Field(default=False, description="A preview: nothing is written.")


def show_enrollments(enrollments: Sequence[Enrollment], school: School) -> list[dict[str, Any]]:
    """One query for all."""
    return [
        {
            "id": str(one.pk),
            "student": {"id": str(one.student_id), "name": one.student.person.name},
            "client": str(one.client_id),
            "course": {"id": str(one.course_id), "name": one.course.name},
            "type": one.type,
            "status": one.status,
            "payment_status": one.payment_status,
            "price": money(one.price, school.currency) if one.price is not None else None,
            "starts_on": one.starts_on.isoformat(),
            "ends_on": one.ends_on.isoformat() if one.ends_on else None,
            "in_class": one.in_class,
            "away_from": one.away_from.isoformat() if one.away_from else None,
            "away_until": one.away_until.isoformat() if one.away_until else None,
            "weekly": _weekly(one),
        }
        for one in enrollments
    ]


def _weekly(enrollment: Enrollment) -> dict[str, Any] | None:
    series = enrollment.series
    if series is None:
        return None
    return {
        "series": str(series.pk),
        "rule": series.rule,
        "every": every_weeks(series),
        "starts": series.starts.isoformat("minutes"),
        "timezone": series.timezone,
        "duration_minutes": series.duration_minutes,
        "instructors": [
            {"id": str(one.instructor_id), "name": one.instructor.person.name} for one in series.staffing.all()
        ],
        "resource": {"id": str(series.resource_id), "name": series.resource.name} if series.resource else None,
    }


def show_enrolled(bookings: Sequence[Booking]) -> list[dict[str, Any]]:
    read_times(bookings)
    return [
        {
            "booking": str(one.pk),
            "reference": one.reference,
            "status": one.status,
            "session": str(one.session_id),
            "occurrence_on": one.session.occurrence_on.isoformat() if one.session.occurrence_on else None,
            "starts_at": shown(during_of(one).starts_at),
            "ends_at": shown(during_of(one).ends_at),
        }
        for one in bookings
    ]


def show_whole_enrollment(visit: Visit, enrollment_id: UUID) -> dict[str, Any]:
    found = find_enrollment(visit, enrollment_id)
    ahead = left_out_of(found) if found.status == Enrollment.Status.ACTIVE else []
    return show_enrollments([found], visit.school)[0] | {
        "lessons": show_enrolled(lessons_of([found])[found.pk]),
        "skipped": show_planned(ahead),
    }


def find_enrollment(visit: Visit, enrollment_id: UUID) -> Enrollment:
    """Among those that the asker may see. Raises NotFound."""
    found: Enrollment | None = _seen_by(visit).filter(id=enrollment_id).first()
    if found is None:
        raise NotFound(enrollment_id)
    return found


def _seen_by(visit: Visit) -> Any:
    staffing = SeriesStaffing.objects.of(visit.school).select_related("instructor__person").order_by("-leads", "id")
    return enrollments_seen_by(visit.actor, visit.school).prefetch_related(Prefetch("series__staffing", staffing))


@router.get("", operation_id="list_enrollments", summary="Enrollments that the asker may see")
@answers(shapes.Enrollments, to=SIGNED_IN)
def enrollments(
    request: HttpRequest,
    school: Path[str],
    student: UUID | None = None,
    series: UUID | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit = enter(request, school)
    rows = _seen_by(visit)
    if student is not None:
        rows = rows.filter(student_id=student)
    if series is not None:
        rows = rows.filter(series_id=series)
    return page(rows, after=after, limit=limit, show=lambda found: show_enrollments(found, visit.school))


@router.get(
    "/{enrollment}",
    operation_id="get_enrollment",
    summary="One enrollment, with its lessons and those that found no place",
)
@answers(shapes.WholeEnrollment, to=SIGNED_IN)
def enrollment(request: HttpRequest, school: Path[str], enrollment: UUID) -> dict[str, Any]:
    return show_whole_enrollment(enter(request, school), enrollment)


@router.post(
    "",
    operation_id="create_enrollment",
    summary="Enroll a student for weekly lessons; with `dry_run`, see every lesson and what stands in its way",
)
@answers(shapes.EnrolledOrPreview, HTTPStatus.CREATED, to=STAFF, previews=True)
def create(request: HttpRequest, school: Path[str], body: EnrollmentIn) -> HttpResponse:
    visit = enter(request, school)
    if body.series:
        joining = _joining(visit, body, body.series)
        if body.dry_run:
            return _previewed(visit, preview_joining(joining))
        return visit.answer(lambda: show_whole_enrollment(visit, join_class(joining, by=visit.actor).pk))
    plan = _plan(visit, body)
    if body.dry_run:
        return _previewed(visit, preview_lessons(plan))
    return visit.answer(lambda: show_whole_enrollment(visit, enroll_weekly(plan, by=visit.actor).pk))


def _previewed(visit: Visit, lessons: Sequence[PlannedLesson]) -> HttpResponse:
    return visit.answer(lambda: {"dry_run": True, "lessons": show_planned(lessons)}, status=HTTPStatus.OK)


def _joining(visit: Visit, body: EnrollmentIn, series_id: UUID) -> Joining:
    not_of_it = {*OF_ONE, "every", "resource", "timezone"} & body.model_fields_set
    if not_of_it:
        raise InputRefused({name: [_("A class has its own. Leave this out.")] for name in sorted(not_of_it)})
    pair = find_or_add(Named(body.student, body.client), school=visit.school, by=visit.actor)
    return Joining(
        series=find_series(visit, series_id),
        student=pair.student,
        client=pair.client,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        price=body.price,
    )


def _plan(visit: Visit, body: EnrollmentIn) -> WeeklyPlan:
    if body.course is None or body.instructor is None or body.weekday is None or body.starts is None:
        missing = [name for name in OF_ONE if getattr(body, name) is None]
        raise InputRefused({name: [_("This is needed, unless a series is named.")] for name in missing})
    pair = find_or_add(Named(body.student, body.client), school=visit.school, by=visit.actor)
    return WeeklyPlan(
        student=pair.student,
        client=pair.client,
        course=find_course(visit.school, body.course),
        instructor=find_instructor(visit.school, body.instructor),
        weekday=body.weekday,
        starts=body.starts,
        starts_on=body.starts_on,
        resource=find_resource(visit.school, body.resource) if body.resource else None,
        ends_on=body.ends_on,
        timezone=body.timezone or "",
        price=body.price,
        every=body.every,
    )
