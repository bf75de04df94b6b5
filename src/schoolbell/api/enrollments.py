"""`/enrollments`: who is enrolled, and weekly lessons from the first to the last."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.courses import find_course
from schoolbell.api.document import answers
from schoolbell.api.entry import SIGNED_IN, STAFF, Visit, enter
from schoolbell.api.instructors import find_instructor
from schoolbell.api.pages import MOST, page
from schoolbell.api.resources import find_resource
from schoolbell.api.types import Day, Input, Minor, WallTime, Zone, money, shown
from schoolbell.bookings.enrollments import enrollments_seen_by, lessons_of
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.bookings.parties import Named, find_or_add
from schoolbell.kit.refusals import NotFound
from schoolbell.planning.skipped import PlannedLesson, preview_lessons, skipped_lessons
from schoolbell.planning.weekly import MOST_WEEKS, WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import SeriesStaffing
from schoolbell.timetable.recurrence import every_weeks

router = Router(tags=["enrollments"])


class EnrollmentIn(Input):
    """A lesson every week, or every few, at the same time by the clock."""

    type: Literal["weekly_recurring"]
    student: UUID
    client: UUID | None = Field(None, description="Without it: who mostly pays for the student.")
    course: UUID
    instructor: UUID
    weekday: Annotated[int, Field(strict=True, ge=1, le=7, description="ISO: 1 is Monday")]
    every: Annotated[int, Field(strict=True, ge=1, le=MOST_WEEKS)] = Field(
        1, description="Weeks from a lesson to the next, from the first such weekday on."
    )
    starts: WallTime
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


def show_planned(lessons: Sequence[PlannedLesson]) -> list[dict[str, Any]]:
    return [
        {
            "occurrence_on": one.day.isoformat(),
            "starts_at": shown(one.during.starts_at),
            "ends_at": shown(one.during.ends_at),
            "reason": one.reason or None,
            "taken": [
                {"who": who, "starts_at": shown(during.starts_at), "ends_at": shown(during.ends_at)}
                for who, during in one.taken
            ],
            "alternatives": [
                {"starts_at": shown(free.during.starts_at), "ends_at": shown(free.during.ends_at)}
                for free in one.alternatives
            ],
        }
        for one in lessons
    ]


def show_enrolled(bookings: Sequence[Booking]) -> list[dict[str, Any]]:
    return [
        {
            "booking": str(one.pk),
            "reference": one.reference,
            "status": one.status,
            "session": str(one.session_id),
            "occurrence_on": one.session.occurrence_on.isoformat() if one.session.occurrence_on else None,
            "starts_at": shown(one.session.starts_at),
            "ends_at": shown(one.session.ends_at),
        }
        for one in bookings
    ]


def show_whole_enrollment(visit: Visit, enrollment_id: UUID) -> dict[str, Any]:
    found = find_enrollment(visit, enrollment_id)
    ahead = skipped_lessons(found.series) if found.series and found.status == Enrollment.Status.ACTIVE else []
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
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit = enter(request, school)
    rows = _seen_by(visit)
    if student is not None:
        rows = rows.filter(student_id=student)
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
    plan = _plan(visit, body)
    if body.dry_run:
        lessons = preview_lessons(plan)
        return visit.answer(lambda: {"dry_run": True, "lessons": show_planned(lessons)}, status=HTTPStatus.OK)
    return visit.answer(lambda: show_whole_enrollment(visit, enroll_weekly(plan, by=visit.actor).pk))


def _plan(visit: Visit, body: EnrollmentIn) -> WeeklyPlan:
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
