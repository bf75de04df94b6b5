"""`/timetable-proposals`: a timetable for all open requests, worked out in the background, then accepted or not."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import STAFF, Visit, enter
from schoolbell.api.pages import MOST, page
from schoolbell.api.types import Input, Nothing, shown
from schoolbell.kit.refusals import NotFound
from schoolbell.planning.models import Placement, Proposal
from schoolbell.planning.proposals import (
    LEAST_SECONDS,
    MOST_SECONDS,
    SECONDS,
    SOLVER_MISSING,
    accept_proposal,
    discard_proposal,
    placements_of,
    propose_timetable,
)
from schoolbell.planning.repairing import Running, running

router = Router(tags=["timetable proposals"])


class ProposalIn(Input):
    seconds: Annotated[int, Field(strict=True, ge=LEAST_SECONDS, le=MOST_SECONDS)] = SECONDS
    repairs: UUID | None = Field(None, description="A proposal whose places are kept where they can be.")


def show_proposals(proposals: Sequence[Proposal]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.pk),
            "status": one.status,
            "percent": one.percent,
            "asked": one.asked,
            "placed": one.placed,
            "bound": one.bound,
            "is_optimal": one.is_optimal,
            "method": one.method,
            "note": str(SOLVER_MISSING) if one.method == Proposal.Method.GREEDY else one.error,
            "repairs": str(one.repairs_id) if one.repairs_id else None,
            "created_at": shown(one.created_at),
        }
        for one in proposals
    ]


def show_whole(proposal: Proposal) -> dict[str, Any]:
    placements = [] if proposal.is_under_way else placements_of(proposal)
    is_ready = proposal.status == Proposal.Status.READY
    runs = running(proposal.school, proposal.repairs) if is_ready and proposal.repairs_id else {}
    shown_ = [_show_placement(one, runs.get(one.request_id)) for one in placements]
    return show_proposals([proposal])[0] | {"placements": shown_}


def _show_placement(one: Placement, was: Running | None) -> dict[str, Any]:
    return {
        "request": str(one.request_id),
        "student": {"id": str(one.request.student_id), "name": one.request.student.person.name},
        "course": str(one.request.course_id),
        "instructor": {"id": str(one.instructor_id), "name": one.instructor.person.name} if one.instructor else None,
        "resource": {"id": str(one.resource_id), "name": one.resource.name} if one.resource else None,
        "weekday": one.weekday,
        "starts": f"{one.starts:%H:%M}" if one.starts else None,
        "reason": one.reason,
        "clashes": one.clashes,
        "now": {
            "instructor": str(was.place.instructor),
            "resource": str(was.place.resource) if was.place.resource else None,
            "weekday": was.when[0],
            "starts": f"{was.when[1]:%H:%M}",
        }
        if was
        else None,
    }


def find_proposal(visit: Visit, proposal_id: UUID) -> Proposal:
    found = Proposal.objects.of(visit.school).filter(id=proposal_id).first()
    if found is None:
        raise NotFound(proposal_id)
    return found


@router.get("", operation_id="list_timetable_proposals", summary="Timetables that were proposed")
@answers(shapes.Proposals, to=STAFF)
def proposals(
    request: HttpRequest, school: Path[str], after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = 50
) -> dict[str, Any]:
    visit = enter(request, school)
    return page(Proposal.objects.of(visit.school), after=after, limit=limit, show=show_proposals)


@router.get("/{proposal}", operation_id="get_timetable_proposal", summary="How far it is, and who has which place")
@answers(shapes.WholeProposal, to=STAFF)
def proposal(request: HttpRequest, school: Path[str], proposal: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    return show_whole(find_proposal(visit, proposal))


@router.post("", operation_id="create_timetable_proposal", summary="Propose a timetable for all open requests")
@answers(shapes.WholeProposal, HTTPStatus.CREATED, to=STAFF)
def create(request: HttpRequest, school: Path[str], body: ProposalIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        repairs = find_proposal(visit, body.repairs) if body.repairs else None
        asked = propose_timetable(visit.school, by=visit.actor, seconds=body.seconds, repairs=repairs)
        return show_whole(find_proposal(visit, asked.pk))

    return visit.answer(act)


@router.post(
    "/{proposal}/accept", operation_id="accept_timetable_proposal", summary="Enroll all who have a place, or nobody"
)
@answers(shapes.WholeProposal, to=STAFF)
def accept(request: HttpRequest, school: Path[str], proposal: UUID, body: Nothing | None = None) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        accept_proposal(find_proposal(visit, proposal), by=visit.actor)
        return show_whole(find_proposal(visit, proposal))

    return visit.answer(act, status=HTTPStatus.OK)


@router.post("/{proposal}/discard", operation_id="discard_timetable_proposal", summary="It is not wanted")
@answers(shapes.WholeProposal, to=STAFF)
def discard(request: HttpRequest, school: Path[str], proposal: UUID, body: Nothing | None = None) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        discard_proposal(find_proposal(visit, proposal), by=visit.actor)
        return show_whole(find_proposal(visit, proposal))

    return visit.answer(act, status=HTTPStatus.OK)
