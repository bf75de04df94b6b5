"""`/clients`: who books and pays."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import SIGNED_IN, STAFF, enter
from schoolbell.api.pages import MOST, page
from schoolbell.api.people import PersonIn, show_person
from schoolbell.kit.refusals import NotFound
from schoolbell.people.actions import add_client
from schoolbell.people.models import Client
from schoolbell.people.queries import clients_seen_by

router = Router(tags=["clients"])


def show_clients(clients: Sequence[Client]) -> list[dict[str, Any]]:
    return [{"id": str(one.pk)} | show_person(one.person) for one in clients]


@router.get("", operation_id="list_clients", summary="Who books and pays")
@answers(shapes.Clients, to=SIGNED_IN)
def clients(
    request: HttpRequest, school: Path[str], after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = 50
) -> dict[str, Any]:
    visit = enter(request, school)
    rows = clients_seen_by(visit.actor, visit.school)
    return page(rows, after=after, limit=limit, show=show_clients)


@router.get("/{client}", operation_id="get_client", summary="One client")
@answers(shapes.Client, to=SIGNED_IN)
def client(request: HttpRequest, school: Path[str], client: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    found = clients_seen_by(visit.actor, visit.school).filter(id=client).first()
    if found is None:
        raise NotFound(client)
    return show_clients([found])[0]


@router.post("", operation_id="create_client", summary="Add a client")
@answers(shapes.Client, HTTPStatus.CREATED, to=STAFF)
def create_client(request: HttpRequest, school: Path[str], body: PersonIn) -> HttpResponse:
    visit = enter(request, school)
    return visit.answer(lambda: show_clients([add_client(body.new_person(), school=visit.school, by=visit.actor)])[0])
