"""`/my/bookings/{booking}/cancel`: asks first, with names and money, then does it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.billing.cancelling import Settlement, on_cancelling
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.cancelling import may_cancel
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.models import Course
from schoolbell.kit.money import Money
from schoolbell.kit.refusals import Refusal
from schoolbell.web.entry import Visit
from schoolbell.web.portal.bookings import find_booking, show_booking
from schoolbell.web.portal.frame import come_in, frame, of_booking
from schoolbell.web.portal.rows import booking_row
from schoolbell.web.templatetags.words import money


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    """What it costs is shown with the question and sent with the answer: had it changed meanwhile, it is asked anew."""
    visit = come_in(request, slug)
    booking = find_booking(visit, booking_id)
    if request.method != "POST":
        if not may_cancel(booking, by=visit.actor):
            return HttpResponseRedirect(of_booking(visit, booking.pk))
        return _ask(visit, booking)
    told = on_cancelling(booking, by=visit.actor)
    if may_cancel(booking, by=visit.actor) and request.POST.get("fee") != str(told.fee):
        return _ask(visit, booking, has_changed="fee" in request.POST)
    try:
        cancel_and_settle(booking, by=visit.actor)
    except Refusal as refusal:
        found = find_booking(visit, booking_id)
        return show_booking(
            visit, found, refusal=refusal, refused="" if found.status == Booking.Status.CANCELLED else None
        )
    messages.success(request, _done(visit, booking, told))
    return HttpResponseRedirect(of_booking(visit, booking.pk))


def _ask(visit: Visit, booking: Booking, *, has_changed: bool = False) -> HttpResponse:
    told = on_cancelling(booking, by=visit.actor)
    return visit.render(
        "web/portal/cancel.html",
        frame(visit, "bookings")
        | {
            "row": booking_row(visit, booking),
            "booking": booking,
            "question": _question(visit, booking),
            "told": told,
            "has_changed": has_changed,
        }
        | _amounts(visit, told),
        status=409 if has_changed else 200,
    )


def _question(visit: Visit, booking: Booking) -> str:
    row = booking_row(visit, booking)
    words = {"name": row.name, "when": row.when}
    is_lesson = booking.session.course.format == Course.Format.ONE_TO_ONE
    if booking.student.person.is_placeholder:
        asked = _("Cancel the seat on %(when)s whose student is named later?")
    elif row.name:
        asked = _("Cancel %(name)s’s lesson on %(when)s?") if is_lesson else _("Cancel %(name)s’s seat on %(when)s?")
    else:
        asked = _("Cancel your lesson on %(when)s?") if is_lesson else _("Cancel your seat on %(when)s?")
    return asked % words


def _amounts(visit: Visit, told: Settlement) -> dict[str, Any]:
    named = {"paid": told.paid, "fee": told.fee, "credit": told.credit, "still_owed": told.still_owed}
    return {name: Money(amount, visit.school.currency) for name, amount in named.items()}


def _done(visit: Visit, booking: Booking, told: Settlement) -> str:
    sentence = _("%(course)s on %(when)s is cancelled.") % {
        "course": booking.session.course.name,
        "when": booking_row(visit, booking).when,
    }
    if told.credit:
        sentence += " " + _("%(amount)s is in credit.") % {"amount": money(told.credit, visit.school.currency)}
    return sentence
