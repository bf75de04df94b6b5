"""`/s/{school}/orders/{id}/name/{booking}`: whoever ordered seats says who takes one of them."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.billing.summaries import summary_of
from schoolbell.schools.actor import Role
from schoolbell.web.entry import enter
from schoolbell.web.naming import NameForm, may_be_named
from schoolbell.web.once import once
from schoolbell.web.public.addresses import order_href
from schoolbell.web.public.frame import show
from schoolbell.web.public.learners import learners_of
from schoolbell.web.public.own import find_order


@require_http_methods(["GET", "HEAD", "POST"])
@once
def name_seat(request: HttpRequest, slug: str, order_id: UUID, booking_id: UUID) -> HttpResponse:
    """A client who is signed in may choose among theirs; a guest names somebody new."""
    visit = enter(request, slug)
    summary = summary_of(find_order(visit, order_id))
    booking = next((one for one in summary.bookings if one.pk == booking_id), None)
    if booking is None:
        raise Http404
    href = order_href(visit.school, order_id)
    if request.method != "POST" and not may_be_named(booking, by=visit.actor):
        return HttpResponseRedirect(href)
    students = learners_of(visit) if visit.actor.role == Role.CLIENT else []
    form = NameForm(request.POST if request.method == "POST" else None, booking=booking, students=students)
    if form.is_valid() and form.act(by=replace(visit.actor, order_id=order_id)):
        messages.success(request, _("Thank you: the seat has its name."))
        return HttpResponseRedirect(href)
    context = {"form": form, "summary": summary, "course": summary.course, "back": href}
    return show(visit, "web/public/name.html", context, status=422 if form.is_bound else 200)
