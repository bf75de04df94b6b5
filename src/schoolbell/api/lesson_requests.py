"""`/lesson-requests`: weekly lessons that are wanted, before it is known with whom and when."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.courses import find_course
from schoolbell.api.document import answers
from schoolbell.api.entry import STAFF, Visit, enter
from schoolbell.api.instructors import find_instructor
from schoolbell.api.pages import MOST, page
from schoolbell.api.types import Day, Input, Nothing, WallTime, Zone
from schoolbell.bookings.queries import students_seen_by
from schoolbell.kit.refusals import NotFound
from schoolbell.people.models import Client, Guardianship
from schoolbell.people.queries import clients_seen_by, guardianships_of
from schoolbell.planning.models import LessonRequest, Window
from schoolbell.planning.requests import (
    MOST_INSTRUCTORS,
    MOST_WINDOWS,
    NewRequest,
    add_lesson_request,
    lesson_requests,
    wanted_instructors,
    withdraw_lesson_request,
)

router = Router(tags=["lesson requests"])


class WindowIn(Input):
    weekday: Annotated[int, Field(strict=True, ge=1, le=7, description="ISO: 1 is Monday")]
    from_: Annotated[WallTime, Field(alias="from")]
    until: Annotated[WallTime, Field(description="00:00 is the end of the day")]


class LessonRequestIn(Input):
    student: UUID
    client: UUID | None = Field(None, description="Who pays; without it whoever pays for the student.")
    course: UUID
    windows: list[WindowIn] = Field(min_length=1, max_length=MOST_WINDOWS)
    timezone: Zone | None = Field(None, description="Of the windows; without it the school's.")
    instructors: list[UUID] = Field(
        default_factory=list, max_length=MOST_INSTRUCTORS, description="The one liked best first; none: anyone."
    )
    starts_on: Day


def show_requests(requests: Sequence[LessonRequest]) -> list[dict[str, Any]]:
    instructors = wanted_instructors(requests)
    return [
        {
            "id": str(one.pk),
            "student": {"id": str(one.student_id), "name": one.student.person.name},
            "client": {"id": str(one.client_id), "name": one.client.person.name},
            "course": str(one.course_id),
            "windows": one.windows,
            "timezone": one.timezone,
            "instructors": [{"id": str(who.pk), "name": who.person.name} for who in instructors[one.pk]],
            "starts_on": one.starts_on.isoformat(),
            "status": one.status,
            "enrollment": str(one.enrollment_id) if one.enrollment_id else None,
        }
        for one in requests
    ]


def find_request(visit: Visit, request_id: UUID) -> LessonRequest:
    found = lesson_requests(visit.school).filter(id=request_id).first()
    if found is None:
        raise NotFound(request_id)
    return found


@router.get("", operation_id="list_lesson_requests", summary="Weekly lessons that are wanted")
@answers(shapes.LessonRequests, to=STAFF)
def requests(
    request: HttpRequest,
    school: Path[str],
    state: Literal["open", "placed", "withdrawn"] | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit = enter(request, school)
    return page(lesson_requests(visit.school, status=state or ""), after=after, limit=limit, show=show_requests)


@router.get("/{lesson_request}", operation_id="get_lesson_request", summary="One of them")
@answers(shapes.LessonRequest, to=STAFF)
def lesson_request(request: HttpRequest, school: Path[str], lesson_request: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    return show_requests([find_request(visit, lesson_request)])[0]


@router.post("", operation_id="create_lesson_request", summary="Ask for a weekly lesson")
@answers(shapes.LessonRequest, HTTPStatus.CREATED, to=STAFF)
def create(request: HttpRequest, school: Path[str], body: LessonRequestIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        student = students_seen_by(visit.actor, visit.school).filter(id=body.student).first()
        if student is None:
            raise NotFound(body.student)
        new = NewRequest(
            student=student,
            client=_payer(visit, body, guardianships_of([student])[student.pk]),
            course=find_course(visit.school, body.course),
            windows=[Window(one.weekday, one.from_, one.until) for one in body.windows],
            starts_on=body.starts_on,
            instructors=[find_instructor(visit.school, one) for one in body.instructors],
            timezone=body.timezone or "",
        )
        return show_requests([add_lesson_request(new, by=visit.actor)])[0]

    return visit.answer(act)


def _payer(visit: Visit, body: LessonRequestIn, bonds: Sequence[Guardianship]) -> Client:
    wanted = [body.client] if body.client else [bond.client_id for bond in bonds if bond.is_billing]
    found = clients_seen_by(visit.actor, visit.school).filter(id__in=wanted).first()
    if found is None:
        raise NotFound(body.client)
    return found


@router.post("/{lesson_request}/withdraw", operation_id="withdraw_lesson_request", summary="It is no longer wanted")
@answers(shapes.LessonRequest, to=STAFF)
def withdraw(
    request: HttpRequest, school: Path[str], lesson_request: UUID, body: Nothing | None = None
) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        withdraw_lesson_request(find_request(visit, lesson_request), by=visit.actor)
        return show_requests([find_request(visit, lesson_request)])[0]

    return visit.answer(act, status=HTTPStatus.OK)
