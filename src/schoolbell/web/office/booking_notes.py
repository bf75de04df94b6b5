"""`/office/bookings/<id>/notes`: what is known of a booking, written anew at any time."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.web.notes import NotesForm
from schoolbell.web.office.booking import find_booking
from schoolbell.web.office.bookings import shown
from schoolbell.web.office.frame import address, come_in, go, show
from schoolbell.web.once import once


@require_http_methods(["GET", "HEAD", "POST"])
@once
def notes(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find_booking(visit, booking_id)
    form = NotesForm(
        request.POST if request.method == "POST" else None,
        bookings=[found],
        label=_("Anything to know?"),
        help_text=_("The family and whoever teaches read it too."),
    )
    if form.is_valid() and form.act(by=visit.actor):
        messages.success(request, _("The notes are saved."))
        return go(visit, f"bookings/{booking_id}/")
    context = {
        "booking": found,
        "row": shown([found])[0],
        "form": form,
        "back": address(visit, f"bookings/{booking_id}/"),
    }
    return show(visit, "booking_notes", "bookings", context, status=422 if form.is_bound else 200)
