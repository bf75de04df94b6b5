"""`/travel`: how long it takes between two venues, where that differs from the policy."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import STAFF, TEACHING, enter
from schoolbell.api.resources import find_resource
from schoolbell.api.types import AN_ID, Input, example
from schoolbell.timetable.actions import MOST_TRAVEL, set_travel
from schoolbell.timetable.models import Travel

router = Router(tags=["resources"])


class TravelIn(Input):
    """Either way. Without minutes the policy `travel_minutes` holds again."""

    model_config = example(one=AN_ID, other=AN_ID, minutes=25)

    one: UUID
    other: UUID
    minutes: Annotated[int, Field(strict=True, ge=0, le=MOST_TRAVEL)] | None = None


@router.get("", operation_id="list_travel", summary="How long it takes between two venues")
@answers(shapes.TravelTimes, to=TEACHING)
def travel(request: HttpRequest, school: Path[str]) -> dict[str, Any]:
    rows = Travel.objects.of(enter(request, school).school).order_by("id")
    items = [{"one": str(row.one_id), "other": str(row.other_id), "minutes": row.minutes} for row in rows]
    return {"items": items, "next": None}


@router.post("", operation_id="set_travel", summary="Say how long it takes between two venues")
@answers(shapes.TravelTime, to=STAFF)
def put(request: HttpRequest, school: Path[str], body: TravelIn) -> HttpResponse:
    visit = enter(request, school)
    one, other = (find_resource(visit.school, each) for each in (body.one, body.other))

    def act() -> dict[str, Any]:
        set_travel(one, other, minutes=body.minutes, by=visit.actor)
        return {"one": str(one.pk), "other": str(other.pk), "minutes": body.minutes}

    return visit.answer(act, status=HTTPStatus.OK)
