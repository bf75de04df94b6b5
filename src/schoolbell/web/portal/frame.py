"""What every page of a client or student shares: who may come, where they can go, and addresses."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from schoolbell.catalogue.products import sells_products
from schoolbell.schools.actor import Role
from schoolbell.web.entry import SignInFirst, Visit, enter


def come_in(request: HttpRequest, slug: str) -> Visit:
    """As client, or else as student. Raises: Http404, SignInFirst."""
    visit = enter(request, slug)
    if visit.user is None:
        raise SignInFirst
    if visit.actor.role not in (Role.CLIENT, Role.STUDENT):
        raise Http404
    return visit


def is_client(visit: Visit) -> bool:
    """Money is the client's affair: a student sees their lessons alone."""
    return visit.actor.role == Role.CLIENT


def address(visit: Visit, path: str = "") -> str:
    return f"/s/{visit.school.slug}/my/{path}"


def of_booking(visit: Visit, booking_id: UUID) -> str:
    return address(visit, f"bookings/{booking_id}/")


def to_pay(visit: Visit, order_id: UUID) -> str:
    """Where an order is paid."""
    return f"/s/{visit.school.slug}/orders/{order_id}/pay"


def frame(visit: Visit, current: str) -> dict[str, Any]:
    """The context that `web/portal.html` needs. `current` is home, bookings, payments or orders."""
    tabs = [("home", _("Home"), "", {"icon": "house"}), ("bookings", _("Bookings"), "bookings/", {"icon": "list"})]
    if is_client(visit):
        tabs.append(("payments", _("Payments"), "payments/", {"icon": "wallet"}))
        if sells_products(visit.school):
            tabs.append(("orders", _("Orders"), "orders/", {"icon": "book-open"}))
    return {
        "nav": [
            {"label": label, "href": address(visit, path), "is_current": name == current} | icon
            for name, label, path, icon in tabs
        ],
        "my": address(visit),
        "school_href": f"/s/{visit.school.slug}/",
        "is_client": is_client(visit),
    }
