"""`/my/bookings/{booking}/name`: who takes a seat that was booked without a name. The client says so."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.web.naming import NameForm, may_be_named
from schoolbell.web.once import once
from schoolbell.web.portal.bookings import find_booking
from schoolbell.web.portal.frame import come_in, frame, is_client, of_booking
from schoolbell.web.portal.rows import booking_row
from schoolbell.web.public.learners import learners_of


@require_http_methods(["GET", "HEAD", "POST"])
@once
def name(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    if not is_client(visit):
        raise Http404
    booking = find_booking(visit, booking_id)
    if request.method != "POST" and not may_be_named(booking, by=visit.actor):
        return HttpResponseRedirect(of_booking(visit, booking_id))
    asked = request.POST if request.method == "POST" else None
    form = NameForm(asked, booking=booking, students=learners_of(visit))
    if form.is_valid() and form.act(by=visit.actor):
        named = find_booking(visit, booking_id)
        messages.success(request, _("%(name)s has the seat.") % {"name": named.student.person.name})
        return HttpResponseRedirect(of_booking(visit, booking_id))
    context = {"form": form, "booking": booking, "row": booking_row(visit, booking)}
    return visit.render(
        "web/portal/name.html",
        frame(visit, "bookings") | context | {"back": of_booking(visit, booking_id)},
        status=422 if form.is_bound else 200,
    )
