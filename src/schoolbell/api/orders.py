"""`/orders`: buying what has no timetable; and every order that has products, with the lessons in it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.access.order_keys import order_key
from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import ANYBODY, SIGNED_IN, STAFF, Visit, enter
from schoolbell.api.pages import MOST, page
from schoolbell.api.people import PersonIn
from schoolbell.api.products import find_product
from schoolbell.api.types import Input, Nothing, money, shown
from schoolbell.billing.models import Order, ProductLine
from schoolbell.billing.product_orders import ProductOrderSummary, of_products, product_orders_of
from schoolbell.billing.products import cancel_product, hand_over, order_products
from schoolbell.billing.queries import orders_seen_by
from schoolbell.billing.wishes import MOST_OF_ONE, ProductWish
from schoolbell.bookings.parties import Named, find_or_add
from schoolbell.kit.refusals import NotFound
from schoolbell.schools.actor import Role

router = Router(tags=["orders"])


Quantity = Annotated[int, Field(strict=True, ge=1, le=MOST_OF_ONE)]
MOST_WISHES: Final = 50


class ProductWishIn(Input):
    product: UUID
    quantity: Quantity = 1


class OrderIn(Input):
    """`student` is who it is for, `client` who pays: people of the school, or new ones."""

    student: UUID | PersonIn
    client: UUID | PersonIn | None = None
    products: Annotated[list[ProductWishIn], Field(min_length=1, max_length=MOST_WISHES)]
    pay_with: Literal["card", "transfer", "desk"] | None = Field(None, description="says how long there is to pay")

    def named(self) -> Named:
        student, client = (
            one.new_person() if isinstance(one, PersonIn) else one for one in (self.student, self.client)
        )
        assert student is not None
        return Named(student, client)


def show_lines(lines: Sequence[ProductLine], currency: str) -> list[dict[str, Any]]:
    """Lines with their product."""
    return [
        {
            "id": str(line.pk),
            "product": str(line.product_id),
            "name": line.product.name,
            "student": str(line.student_id),
            "quantity": line.quantity,
            "unit_price": money(line.unit_price, currency),
            "total": money(line.total, currency),
            "tax": money(line.tax, currency),
            "status": line.status,
            "handed_over_at": shown(line.handed_over_at),
        }
        for line in lines
    ]


def show_orders(found: Sequence[ProductOrderSummary], visit: Visit) -> list[dict[str, Any]]:
    currency = visit.school.currency
    return [
        {
            "id": str(one.order.pk),
            "reference": one.order.reference,
            "client": str(one.order.client_id),
            "total": money(one.order.total, currency),
            "open": money(max(one.left, 0), currency),
            "pay_until": shown(one.held_until),
            "bookings": [
                {
                    "id": str(line.booking_id),
                    "reference": line.booking.reference,
                    "session": str(line.booking.session_id),
                    "student": str(line.booking.student_id),
                    "total": money(line.total, currency),
                    "tax": money(line.tax, currency),
                    "status": line.booking.status,
                }
                for line in one.lessons
            ],
            "products": show_lines(one.lines, currency),
            "order_key": order_key(one.order.pk) if visit.actor.role == Role.GUEST else None,
        }
        for one in found
    ]


@router.get("", operation_id="list_orders", summary="Orders with products that the asker may see")
@answers(shapes.ProductOrders, to=SIGNED_IN, keyed=True)
def orders(
    request: HttpRequest, school: Path[str], after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = 50
) -> dict[str, Any]:
    visit = enter(request, school)
    rows = of_products(orders_seen_by(visit.actor, visit.school))
    return page(rows, after=after, limit=limit, show=lambda found: show_orders(product_orders_of(found), visit))


@router.get("/{order}", operation_id="get_order", summary="One order with products, and the lessons in it")
@answers(shapes.ProductOrder, to=SIGNED_IN, keyed=True)
def order(request: HttpRequest, school: Path[str], order: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    return _shown(find_order(visit, order), visit)


@router.post("", operation_id="create_order", summary="Order products, all of them or none")
@answers(shapes.ProductOrder, HTTPStatus.CREATED, to=ANYBODY)
def create_order(request: HttpRequest, school: Path[str], body: OrderIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        pair = find_or_add(body.named(), school=visit.school, by=visit.actor)
        wishes = [ProductWish(find_product(visit.school, one.product), one.quantity) for one in body.products]
        placed = order_products(
            wishes,
            school=visit.school,
            student=pair.student,
            client=pair.client,
            pay_with=body.pay_with,
            by=visit.actor,
        )
        return _shown(placed, visit)

    return visit.answer(act)


@router.post("/{order}/products/{line}/hand-over", operation_id="hand_over_product", summary="The student has it")
@answers(shapes.ProductOrder, to=STAFF)
def hand_over_product(
    request: HttpRequest, school: Path[str], order: UUID, line: UUID, body: Nothing | None = None
) -> HttpResponse:
    visit = enter(request, school)
    return _change(visit, order, line, hand_over)


@router.post("/{order}/products/{line}/cancel", operation_id="cancel_product", summary="Not wanted any more")
@answers(shapes.ProductOrder, to=STAFF | {Role.CLIENT}, keyed=True)
def cancel_line(
    request: HttpRequest, school: Path[str], order: UUID, line: UUID, body: Nothing | None = None
) -> HttpResponse:
    visit = enter(request, school)
    return _change(visit, order, line, cancel_product)


def _change(visit: Visit, order_id: UUID, line_id: UUID, change: Any) -> HttpResponse:
    def act() -> dict[str, Any]:
        found = find_order(visit, order_id)
        line = ProductLine.objects.of(visit.school).select_related("order").filter(order=found, id=line_id).first()
        if line is None:
            raise NotFound(line_id)
        change(line, by=visit.actor)
        return _shown(found, visit)

    return visit.answer(act, status=HTTPStatus.OK)


def find_order(visit: Visit, order_id: UUID) -> Order:
    found = of_products(orders_seen_by(visit.actor, visit.school)).filter(id=order_id).first()
    if found is None:
        raise NotFound(order_id)
    return found


def _shown(order: Order, visit: Visit) -> dict[str, Any]:
    return show_orders(product_orders_of([order]), visit)[0]
