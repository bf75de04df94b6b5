"""`/s/{school}/orders/{id}/notes`: whoever ordered says anew what the school should know of each seat."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.billing.summaries import summary_of
from schoolbell.bookings.notes import with_notes_to_change
from schoolbell.web.entry import enter
from schoolbell.web.notes import NotesForm, field_of
from schoolbell.web.once import once
from schoolbell.web.public.addresses import order_href
from schoolbell.web.public.frame import show
from schoolbell.web.public.own import find_order


@require_http_methods(["GET", "HEAD", "POST"])
@once
def notes(request: HttpRequest, slug: str, order_id: UUID) -> HttpResponse:
    """Of every seat of which it can be said, on one page."""
    visit = enter(request, slug)
    summary = summary_of(find_order(visit, order_id))
    actor = replace(visit.actor, order_id=order_id)
    href = order_href(visit.school, order_id)
    sent = request.POST if request.method == "POST" else None
    open_ones = with_notes_to_change(summary.bookings, by=actor)
    bookings = [one for one in summary.bookings if (one.pk in open_ones if sent is None else field_of(one) in sent)]
    if not bookings:
        return HttpResponseRedirect(href)
    form = NotesForm(
        sent,
        bookings=bookings,
        label=_("Anything the school should know?"),
        help_text=_("Whoever teaches reads it too."),
    )
    if form.is_valid() and form.act(by=actor):
        messages.success(request, _("Thank you: the school knows."))
        return HttpResponseRedirect(href)
    context = {"form": form, "summary": summary, "course": summary.course, "back": href}
    return show(visit, "web/public/notes.html", context, status=422 if form.is_bound else 200)
