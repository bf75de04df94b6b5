"""`/my/payments/`: what is open to pay, what there is in credit, and what was paid."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from schoolbell.billing.ledger import CLIENT, balance
from schoolbell.billing.models import OrderLine, Payment, ProductLine
from schoolbell.billing.queries import payments_seen_by
from schoolbell.kit.money import Money
from schoolbell.people.models import Person
from schoolbell.people.queries import clients_seen_by
from schoolbell.planning.every_week import weekly_seen_by
from schoolbell.web.entry import Visit
from schoolbell.web.portal.frame import come_in, frame, is_client
from schoolbell.web.portal.pages import page_of
from schoolbell.web.portal.rows import owed_rows, total_of


def standing(visit: Visit) -> dict[str, Money]:
    """`credit`: what the client has with the school; below nothing, what they owe, which `debt` says above it."""
    client = clients_seen_by(visit.actor, visit.school).get()
    amount = balance(CLIENT, school_id=visit.school.pk, client_id=client.pk)
    return {"credit": Money(amount, visit.school.currency), "debt": Money(-amount, visit.school.currency)}


def _with_words(made: Sequence[Payment]) -> list[dict[str, Any]]:
    """Each with what its order is for: “Scratch Starters, Ben, Ada”."""
    if not made:
        return []
    lines = (
        OrderLine.objects.filter(school_id=made[0].school_id, order_id__in={one.order_id for one in made})
        .select_related("booking__student__person", "booking__session__course")
        .order_by("id")
    )
    products = (
        ProductLine.objects.filter(school_id=made[0].school_id, order_id__in={one.order_id for one in made})
        .select_related("student__person", "product")
        .order_by("id")
    )
    for_what: dict[UUID, dict[str, dict[str, None]]] = {}

    def note(order_id: UUID, what: str, person: Person) -> None:
        for_what.setdefault(order_id, {}).setdefault(what, {})[person.first_name or person.name] = None

    for line in lines:
        note(line.order_id, line.booking.session.course.name, line.booking.student.person)
    for one in products:
        note(one.order_id, one.product.name, one.student.person)
    return [
        {
            "payment": one,
            "words": "; ".join(f"{course}, {', '.join(who)}" for course, who in for_what.get(one.order_id, {}).items()),
        }
        for one in made
    ]


@require_safe
def payments(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    if not is_client(visit):
        raise Http404
    owed = owed_rows(visit)
    done = payments_seen_by(visit.actor, visit.school).exclude(status=Payment.Status.STARTED)
    made = page_of(request, done.select_related("order").order_by("-id"))
    return visit.render(
        "web/portal/payments.html",
        frame(visit, "payments")
        | {
            "owed": owed,
            "has_weekly": weekly_seen_by(visit.actor, visit.school).exists(),
            "total": total_of(visit, owed),
            "payments": _with_words(made.items),
            "made": made,
        }
        | standing(visit),
    )
