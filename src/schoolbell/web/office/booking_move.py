"""`/office/bookings/<id>/move`: another time of its course for one booking."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.bookings.models import Booking
from schoolbell.kit.refusals import Refusal
from schoolbell.planning.rescheduling import may_move
from schoolbell.web.changing import move_once, said, to_choose
from schoolbell.web.entry import Visit
from schoolbell.web.office.booking import find_booking
from schoolbell.web.office.bookings import shown
from schoolbell.web.office.frame import come_in, go, show
from schoolbell.web.templatetags.words import when_here


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    """`?day=` is the first of the week that a lesson on demand could go to."""
    visit = come_in(request, slug)
    found = _find(visit, booking_id)
    if request.method != "POST":
        return _page(visit, found) if may_move(found, by=visit.actor) else go(visit, f"bookings/{booking_id}/")
    try:
        move_once(visit, found)
    except Refusal as refusal:
        return _page(visit, _find(visit, booking_id), refusal=refusal)
    moved = _find(visit, booking_id)
    words = {"name": moved.student.person.name, "when": when_here(shown([moved])[0].during, visit.school.zone)}
    messages.success(request, _("%(name)s is moved: %(when)s.") % words)
    return go(visit, f"bookings/{booking_id}/")


def _find(visit: Visit, booking_id: UUID) -> Booking:
    found = find_booking(visit, booking_id)
    found.session.course.school = visit.school
    return found


def _page(visit: Visit, found: Booking, *, refusal: Refusal | None = None) -> HttpResponse:
    context = to_choose(visit, found, visit.school.zone) | {
        "booking": found,
        "row": shown([found])[0],
        "refusal": said(refusal) if refusal else "",
    }
    return show(visit, "booking_move", "bookings", context, status=refusal.status if refusal else 200)
