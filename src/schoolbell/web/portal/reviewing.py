"""`/my/bookings/{booking}/review`: how it was, said once."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from schoolbell.kit.refusals import Refusal
from schoolbell.learning.reviews import review_booking
from schoolbell.web.once import once
from schoolbell.web.portal.bookings import find_booking, show_booking
from schoolbell.web.portal.frame import come_in, of_booking
from schoolbell.web.portal.review_form import ReviewForm


@require_POST
@once
def review(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    booking = find_booking(visit, booking_id)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return show_booking(visit, booking, review_form=form)
    try:
        review_booking(booking, **form.cleaned_data, by=visit.actor)
    except Refusal as refusal:
        return show_booking(visit, booking, refusal=refusal, refused=_("Nothing was sent."))
    messages.success(request, _("Thank you for saying how it was."))
    return HttpResponseRedirect(of_booking(visit, booking.pk))
