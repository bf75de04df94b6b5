"""`/my/bookings/{booking}/notes`: what the school should know, said anew while a lesson of it lies ahead."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.bookings.notes import with_notes_to_change
from schoolbell.web.notes import NotesForm
from schoolbell.web.once import once
from schoolbell.web.portal.bookings import find_booking
from schoolbell.web.portal.frame import come_in, frame, of_booking
from schoolbell.web.portal.rows import booking_row


@require_http_methods(["GET", "HEAD", "POST"])
@once
def notes(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    booking = find_booking(visit, booking_id)
    back = of_booking(visit, booking_id)
    if request.method != "POST" and not with_notes_to_change([booking], by=visit.actor):
        return HttpResponseRedirect(back)
    form = NotesForm(
        request.POST if request.method == "POST" else None,
        bookings=[booking],
        label=_("Anything the school should know?"),
        help_text=_("Whoever teaches reads it too."),
    )
    if form.is_valid() and form.act(by=visit.actor):
        messages.success(request, _("Thank you: the school knows."))
        return HttpResponseRedirect(back)
    context = {"form": form, "booking": booking, "row": booking_row(visit, booking), "back": back}
    return visit.render(
        "web/portal/notes.html", frame(visit, "bookings") | context, status=422 if form.is_bound else 200
    )
