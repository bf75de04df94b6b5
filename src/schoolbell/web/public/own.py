"""Whose order it is: the client's who is signed in, or of the visitor who placed it or who has its link."""

from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest

from schoolbell.access.order_keys import is_signature_of, signature_of
from schoolbell.billing.limits import open_holds
from schoolbell.billing.models import Order
from schoolbell.billing.queries import orders_seen_by
from schoolbell.bookings.refusals import TooManyHolds
from schoolbell.kit.refusals import Refusal
from schoolbell.web.entry import Visit
from schoolbell.web.public.addresses import order_href

ORDERS: Final = "orders"
MOST_ORDERS: Final = 50


def remember(request: HttpRequest, order_id: UUID) -> None:
    """From now on this visitor may look at the order."""
    known: list[str] = request.session.get(ORDERS, [])
    if str(order_id) not in known:
        request.session[ORDERS] = [*known, str(order_id)][-MOST_ORDERS:]


def known_orders(request: HttpRequest) -> list[UUID]:
    """Those that this visitor may look at without signing in."""
    return [UUID(one) for one in request.session.get(ORDERS, ())]


def link_to(visit: Visit, order: Order) -> str:
    """An address that opens the order for whoever has it."""
    return visit.request.build_absolute_uri(order_href(visit.school, order.pk, k=signature_of(order.pk)))


def has_link(request: HttpRequest, order_id: UUID) -> bool:
    """The address carries the order's own signature."""
    return is_signature_of(order_id, request.GET.get("k", ""))


def find_order(visit: Visit, order_id: UUID) -> Order:
    """Raises Http404 when there is no such order, or it is another's."""
    if order_id in known_orders(visit.request):
        rows = Order.objects.of(visit.school)
    else:
        rows = orders_seen_by(visit.actor, visit.school)
    order = rows.filter(id=order_id).select_related("client__person", "client__school").first()
    if order is None:
        raise Http404
    return order


def open_orders_of(visit: Visit) -> list[Order]:
    """Those of this visitor that wait for money, and for which something is held."""
    own = Q(id__in=known_orders(visit.request)) | Q(id__in=orders_seen_by(visit.actor, visit.school).values("id"))
    return list(open_holds(visit.school).filter(own).order_by("id"))


def holds_in_the_way(visit: Visit, refusal: Refusal | None) -> dict[str, Any]:
    """Where that is why nothing more can be ordered: their own orders, and when there is room at the latest."""
    if not isinstance(refusal, TooManyHolds):
        return {}
    return {
        "is_too_many": True,
        "open_orders": [(order, order_href(visit.school, order.pk)) for order in open_orders_of(visit)],
        "room_from": refusal.room_from,
    }
