"""`/resources`: venues, online rooms, vehicles."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field, HttpUrl, UrlConstraints

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import STAFF, TEACHING, enter
from schoolbell.api.pages import MOST, page
from schoolbell.api.types import Input, Json, Line, Name, Text, example
from schoolbell.kit.refusals import NotFound
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.actions import add_resource, change_resource
from schoolbell.timetable.models import Resource
from schoolbell.timetable.queries import rooms_entered_by

router = Router(tags=["resources"])


class ResourceIn(Input):
    model_config = example(kind="venue", name="Hall", capacity=12)

    kind: Literal["venue", "online_room", "vehicle"]
    name: Line
    capacity: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None = None
    address_line1: Line = ""
    address_line2: Line = ""
    city: Name = ""
    postcode: Annotated[str, Field(max_length=20)] = ""
    facilities: Json = Field(default_factory=dict)
    parking_info: Text = ""
    meeting_url: Annotated[HttpUrl, UrlConstraints(max_length=200)] | None = None
    meeting_id: Name = ""
    passcode: Name = ""


class ResourceChangeIn(Input):
    """What is not named stays. `meeting_url`: "" for none."""

    model_config = example(name="Great hall")

    name: Line = ""
    capacity: Annotated[
        int, Field(strict=True, ge=1, le=10_000, description="no fewer than a session there has, or a series makes")
    ] = 1
    address_line1: Line = ""
    address_line2: Line = ""
    city: Name = ""
    postcode: Annotated[str, Field(max_length=20)] = ""
    facilities: Json = Field(default_factory=dict)
    parking_info: Text = ""
    meeting_url: Annotated[HttpUrl, UrlConstraints(max_length=200)] | Literal[""] = ""
    meeting_id: Name = ""
    passcode: Name = ""
    is_active: Annotated[
        bool, Field(strict=True, description="Off: nothing new is put there. What is there stays.")
    ] = True

    @property
    def values(self) -> dict[str, Any]:
        named = self.model_dump(include=self.model_fields_set)
        return named | ({"meeting_url": str(named["meeting_url"])} if "meeting_url" in named else {})


def show_resources(resources: Sequence[Resource], *, to: Actor) -> list[dict[str, Any]]:
    open_to = rooms_entered_by(to, resources)
    return [
        {
            "id": str(one.pk),
            "kind": one.kind,
            "name": one.name,
            "capacity": one.capacity,
            "address_line1": one.address_line1,
            "address_line2": one.address_line2,
            "city": one.city,
            "postcode": one.postcode,
            "facilities": one.facilities,
            "parking_info": one.parking_info,
            "meeting_url": one.meeting_url,
            "meeting_id": one.meeting_id,
            "passcode": one.passcode if one.pk in open_to else None,
            "is_active": one.is_active,
        }
        for one in resources
    ]


@router.get("", operation_id="list_resources", summary="Venues, online rooms, vehicles")
@answers(shapes.Resources, to=TEACHING)
def resources(
    request: HttpRequest, school: Path[str], after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = 50
) -> dict[str, Any]:
    visit = enter(request, school)
    rows = Resource.objects.of(visit.school)
    return page(rows, after=after, limit=limit, show=lambda found: show_resources(found, to=visit.actor))


@router.get("/{resource}", operation_id="get_resource", summary="One resource")
@answers(shapes.Resource, to=TEACHING)
def resource(request: HttpRequest, school: Path[str], resource: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    return show_resources([find_resource(visit.school, resource)], to=visit.actor)[0]


@router.post("", operation_id="create_resource", summary="Add a resource")
@answers(shapes.Resource, HTTPStatus.CREATED, to=STAFF)
def create_resource(request: HttpRequest, school: Path[str], body: ResourceIn) -> HttpResponse:
    visit = enter(request, school)
    values = body.model_dump() | {"meeting_url": str(body.meeting_url or "")}

    def act() -> dict[str, Any]:
        return show_resources([add_resource(visit.school, by=visit.actor, **values)], to=visit.actor)[0]

    return visit.answer(act)


@router.patch(
    "/{resource}", operation_id="change_resource", summary="Change a resource, take it out of use, or into it again"
)
@answers(shapes.Resource, to=STAFF)
def change(request: HttpRequest, school: Path[str], resource: UUID, body: ResourceChangeIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        changed = change_resource(find_resource(visit.school, resource), by=visit.actor, **body.values)
        return show_resources([changed], to=visit.actor)[0]

    return visit.answer(act, status=HTTPStatus.OK)


def find_resource(school: School, resource_id: UUID) -> Resource:
    found = Resource.objects.of(school).filter(id=resource_id).first()
    if found is None:
        raise NotFound(resource_id)
    return found
