"""`/my/bookings/{booking}/move`: another time of its course, as the school's policies allow."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.bookings.models import Booking
from schoolbell.kit.refusals import Refusal
from schoolbell.planning.rescheduling import require_movable
from schoolbell.web.changing import move_once, said, to_choose
from schoolbell.web.entry import Visit
from schoolbell.web.portal.bookings import find_booking, show_booking
from schoolbell.web.portal.frame import come_in, frame, of_booking
from schoolbell.web.portal.rows import booking_row


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    """`?day=` is the first of the week that a lesson on demand could go to. What may not be moved says why."""
    visit = come_in(request, slug)
    booking = find_booking(visit, booking_id)
    if request.method != "POST":
        return _page(visit, booking)
    try:
        move_once(visit, booking)
    except Refusal as refusal:
        return _page(visit, find_booking(visit, booking_id), refusal=refusal)
    moved = booking_row(visit, find_booking(visit, booking_id))
    messages.success(request, _("It is moved: %s.") % moved.when)
    return HttpResponseRedirect(of_booking(visit, booking_id))


def _page(visit: Visit, booking: Booking, *, refusal: Refusal | None = None) -> HttpResponse:
    """The times; where no time would do, its own page with the reason."""
    try:
        require_movable(booking, by=visit.actor)
    except Refusal as reason:
        told = refusal or reason
        return show_booking(visit, booking, refusal=told, refused=_("Nothing was moved."))
    row = booking_row(visit, booking)
    context = to_choose(visit, booking, row.clock.zone) | {
        "row": row,
        "booking": booking,
        "refusal": said(refusal) if refusal else "",
    }
    status = refusal.status if refusal else 200
    return visit.render("web/portal/move.html", frame(visit, "bookings") | context, status=status)
