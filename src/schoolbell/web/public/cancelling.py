"""`/s/{school}/orders/{id}/cancel`: asks first, with what it costs, then cancels all that is left of the order."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.billing.cancelling import on_cancelling
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.billing.summaries import OrderSummary, Stage, summary_of
from schoolbell.kit.money import Money
from schoolbell.kit.refusals import Refusal
from schoolbell.schools.actor import Actor
from schoolbell.web.entry import Visit, enter
from schoolbell.web.public.addresses import order_href
from schoolbell.web.public.frame import show
from schoolbell.web.public.order import show_order
from schoolbell.web.public.own import find_order


@dataclass(frozen=True, slots=True)
class Cost:
    """Of all that would be cancelled. Minor units."""

    paid: int
    fee: int

    @property
    def credit(self) -> int:
        return max(self.paid - self.fee, 0)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_order(request: HttpRequest, slug: str, order_id: UUID) -> HttpResponse:
    """What it costs is sent with the answer: had it changed meanwhile, it is asked anew."""
    visit = enter(request, slug)
    summary = summary_of(find_order(visit, order_id))
    actor = replace(visit.actor, order_id=order_id)
    if not summary.may_be_cancelled(by=actor):
        return HttpResponseRedirect(order_href(visit.school, order_id))
    cost = _cost(summary, by=actor)
    if request.method != "POST":
        return _ask(visit, summary, cost)
    if request.POST.get("fee") != str(cost.fee):
        return _ask(visit, summary, cost, has_changed=True)
    done = _("It is given up.") if summary.stage == Stage.HELD else _("It is cancelled.")
    try:
        _cancel(summary, by=actor)
    except Refusal as refusal:
        return show_order(visit, order_id, status=refusal.status, refusal=refusal)
    messages.success(request, done)
    return HttpResponseRedirect(order_href(visit.school, order_id))


@transaction.atomic
def _cancel(summary: OrderSummary, *, by: Actor) -> None:
    """All or none."""
    for booking in sorted(summary.living, key=lambda one: one.pk):
        cancel_and_settle(booking, by=by)


def _cost(summary: OrderSummary, *, by: Actor) -> Cost:
    each = [on_cancelling(booking, by=by) for booking in summary.living]
    return Cost(sum(one.paid for one in each), sum(one.fee for one in each))


def _ask(visit: Visit, summary: OrderSummary, cost: Cost, *, has_changed: bool = False) -> HttpResponse:
    currency = visit.school.currency
    context = {
        "summary": summary,
        "course": summary.course,
        "policies": summary.agreed,
        "is_held": summary.stage == Stage.HELD,
        "has_changed": has_changed,
        "cost": cost,
        "fee": Money(cost.fee, currency),
        "credit": Money(cost.credit, currency),
        "order_href": order_href(visit.school, summary.order.pk),
    }
    status = HTTPStatus.CONFLICT if has_changed else HTTPStatus.OK
    return show(visit, "web/public/cancel.html", context, status=status)
