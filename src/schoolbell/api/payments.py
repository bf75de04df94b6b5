"""`/payments`: money taken."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import SIGNED_IN, STAFF, enter
from schoolbell.api.pages import MOST, page
from schoolbell.api.types import AN_ID, Input, Minor, example, money, shown
from schoolbell.billing.models import Payment
from schoolbell.billing.payments import Attempt, pay, resolve
from schoolbell.billing.queries import orders_seen_by, payments_seen_by
from schoolbell.kit.refusals import NotFound
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School

router = Router(tags=["payments"])


class PaymentIn(Input):
    model_config = example(order=AN_ID, gateway="desk", method="cash")

    order: UUID
    gateway: Literal["desk", "demo", "credit"] = "desk"
    method: Literal["cash", "card", "transfer", "credit"] = "card"
    amount: Minor | None = Field(None, description="Minor units; not given: what is asked for now.")
    token: Literal["", "succeeds", "fails", "stays_pending"] = Field(
        "", description="For the demo gateway: what becomes of the pretend card."
    )


class OutcomeIn(Input):
    outcome: Literal["succeeds", "fails"]


def show_payments(payments: Sequence[Payment], school: School) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.pk),
            "order": str(one.order_id),
            "client": str(one.client_id),
            "gateway": one.gateway,
            "method": one.method,
            "amount": money(one.amount, school.currency),
            "status": one.status,
            "failure_reason": one.failure_reason,
            "succeeded_at": shown(one.succeeded_at),
        }
        for one in payments
    ]


@router.get("", operation_id="list_payments", summary="Payments that the asker may see")
@answers(shapes.Payments, to=SIGNED_IN, keyed=True)
def payments(
    request: HttpRequest,
    school: Path[str],
    order: UUID | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit = enter(request, school)
    rows = payments_seen_by(visit.actor, visit.school)
    if order is not None:
        rows = rows.filter(order_id=order)
    return page(rows, after=after, limit=limit, show=lambda found: show_payments(found, visit.school))


@router.get("/{payment}", operation_id="get_payment", summary="One payment")
@answers(shapes.Payment, to=SIGNED_IN, keyed=True)
def payment(request: HttpRequest, school: Path[str], payment: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    found = payments_seen_by(visit.actor, visit.school).filter(id=payment).first()
    if found is None:
        raise NotFound(payment)
    return show_payments([found], visit.school)[0]


@router.post("", operation_id="create_payment", summary="Pay for an order")
@answers(shapes.Payment, HTTPStatus.CREATED, to=STAFF | {Role.CLIENT, Role.STUDENT}, keyed=True)
def create_payment(request: HttpRequest, school: Path[str], body: PaymentIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        order = orders_seen_by(visit.actor, visit.school).filter(id=body.order).select_related("client").first()
        if order is None:
            raise NotFound(body.order)
        attempt = Attempt(body.gateway, body.method, body.amount, body.token)
        return show_payments([pay(order, attempt, by=visit.actor)], visit.school)[0]

    return visit.answer(act, may_repeat=False)  # a gateway may have taken money by then


@router.post("/{payment}/resolve", operation_id="resolve_payment", summary="Say what became of a pending payment")
@answers(shapes.Payment, to=STAFF)
def resolve_payment(request: HttpRequest, school: Path[str], payment: UUID, body: OutcomeIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        found = payments_seen_by(visit.actor, visit.school).filter(id=payment).select_related("order").first()
        if found is None:
            raise NotFound(payment)
        return show_payments([resolve(found, succeeded=body.outcome == "succeeds", by=visit.actor)], visit.school)[0]

    return visit.answer(act, status=200)
