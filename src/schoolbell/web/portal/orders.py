"""`/my/orders/`: what was ordered to take home, alone or with lessons, and where it is: to be paid, ready, or had."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from schoolbell.billing.product_orders import ProductOrderSummary, of_products, product_orders_of
from schoolbell.billing.queries import orders_seen_by
from schoolbell.bookings.times import read_times
from schoolbell.kit.money import Money
from schoolbell.web.entry import Visit
from schoolbell.web.portal.frame import come_in, frame, is_client
from schoolbell.web.portal.pages import page_of
from schoolbell.web.portal.rows import booking_row, name_of
from schoolbell.web.public.addresses import order_href


@require_safe
def orders(request: HttpRequest, slug: str) -> HttpResponse:
    """The latest first."""
    visit = come_in(request, slug)
    if not is_client(visit):
        raise Http404
    page = page_of(request, of_products(orders_seen_by(visit.actor, visit.school)).order_by("-id"))
    found = product_orders_of(page.items)
    read_times([seat.booking for one in found for seat in one.lessons])
    rows = [_row(visit, one) for one in found]
    return visit.render("web/portal/orders.html", frame(visit, "orders") | {"rows": rows, "page": page})


def _row(visit: Visit, one: ProductOrderSummary) -> dict[str, Any]:
    currency = visit.school.currency
    return {
        "order": one.order,
        "href": order_href(visit.school, one.order.pk),
        "lessons": [booking_row(visit, seat.booking) for seat in one.lessons],
        "lines": [{"line": line, "name": name_of(visit, line.student)} for line in one.lines],
        "total": Money(one.order.total, currency),
        "open": Money(one.due_now, currency) if one.due_now and not one.is_under_way else None,
        "is_under_way": one.due_now and one.is_under_way,
        "until": one.held_until,
    }
