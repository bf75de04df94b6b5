"""Substitutes that instructors ask the office for."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import STAFF, TEACHING, Visit, enter
from schoolbell.api.instructors import find_instructor
from schoolbell.api.pages import MOST, page
from schoolbell.api.sessions import whole_session
from schoolbell.api.types import Input, Line, Nothing, shown
from schoolbell.kit.refusals import NotFound
from schoolbell.planning.models import SubstituteRequest
from schoolbell.planning.own_lessons import ask_for_substitute
from schoolbell.planning.substitute_requests import (
    decline_request,
    substitute_requests,
    waiting,
    withdraw_request,
)

router = Router(tags=["rearranging"])


class SubstituteRequestIn(Input):
    wanted: UUID | None = Field(None, description="Whom they would like, of those who teach the course.")
    reason: Line = Field("", description="For the office alone.")


def show_requests(requests: Sequence[SubstituteRequest]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.pk),
            "session": str(one.session_id),
            "course": {"id": str(one.session.course_id), "name": one.session.course.name},
            "starts_at": shown(one.session.starts_at),
            "ends_at": shown(one.session.ends_at),
            "instructor": {"id": str(one.instructor_id), "name": one.instructor.person.name},
            "wanted": {"id": str(one.wanted_id), "name": one.wanted.person.name} if one.wanted else None,
            "reason": one.reason,
            "status": one.status,
            "decided_at": shown(one.decided_at),
        }
        for one in requests
    ]


@router.post(
    "/sessions/{session}/substitute-requests",
    operation_id="create_substitute_request",
    summary="Ask the office for somebody else to give a session of one's own",
)
@answers(shapes.SubstituteRequest, HTTPStatus.CREATED, to=TEACHING)
def create(
    request: HttpRequest, school: Path[str], session: UUID, body: SubstituteRequestIn | None = None
) -> HttpResponse:
    visit, asked = enter(request, school), body or SubstituteRequestIn()

    def act() -> dict[str, Any]:
        found = whole_session(visit, session)
        wanted = find_instructor(visit.school, asked.wanted) if asked.wanted else None
        made = ask_for_substitute(found, by=visit.actor, wanted=wanted, reason=asked.reason)
        return show_requests([find_request(visit, made.pk)])[0]

    return visit.answer(act)


@router.get(
    "/substitute-requests",
    operation_id="list_substitute_requests",
    summary="Who asks for a substitute: for the office all, for an instructor their own",
)
@answers(shapes.SubstituteRequests, to=TEACHING)
def requests(
    request: HttpRequest,
    school: Path[str],
    is_open: Annotated[bool, Query(alias="open", description="Only what waits to be decided.")] = False,  # noqa: FBT002
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit = enter(request, school)
    rows = substitute_requests(visit.school, seen_by=visit.actor)
    return page(waiting(rows) if is_open else rows, after=after, limit=limit, show=show_requests)


@router.post(
    "/substitute-requests/{substitute_request}/decline",
    operation_id="decline_substitute_request",
    summary="Whoever asked gives it",
)
@answers(shapes.SubstituteRequest, to=STAFF)
def decline(
    request: HttpRequest, school: Path[str], substitute_request: UUID, body: Nothing | None = None
) -> HttpResponse:
    return _decided(enter(request, school), substitute_request, decline_request)


@router.post(
    "/substitute-requests/{substitute_request}/withdraw",
    operation_id="withdraw_substitute_request",
    summary="Give it after all",
)
@answers(shapes.SubstituteRequest, to=TEACHING)
def withdraw(
    request: HttpRequest, school: Path[str], substitute_request: UUID, body: Nothing | None = None
) -> HttpResponse:
    return _decided(enter(request, school), substitute_request, withdraw_request)


def _decided(visit: Visit, request_id: UUID, act: Callable[..., SubstituteRequest]) -> HttpResponse:
    found = find_request(visit, request_id)

    def decide() -> dict[str, Any]:
        act(found, by=visit.actor)
        return show_requests([find_request(visit, request_id)])[0]

    return visit.answer(decide, status=HTTPStatus.OK)


def find_request(visit: Visit, request_id: UUID) -> SubstituteRequest:
    """Staff reach everybody's, an instructor their own. Raises NotFound."""
    found = substitute_requests(visit.school, seen_by=visit.actor).filter(id=request_id).first()
    if found is None:
        raise NotFound(request_id)
    return found
