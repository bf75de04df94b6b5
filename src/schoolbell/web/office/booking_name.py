"""`/office/bookings/<id>/name`: who takes a seat that was booked without a name."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.people.queries import students_of
from schoolbell.web.naming import NameForm, may_be_named
from schoolbell.web.office.booking import find_booking
from schoolbell.web.office.bookings import shown
from schoolbell.web.office.frame import address, come_in, go, show
from schoolbell.web.once import once


@require_http_methods(["GET", "HEAD", "POST"])
@once
def name(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find_booking(visit, booking_id)
    if request.method != "POST" and not may_be_named(found, by=visit.actor):
        return go(visit, f"bookings/{booking_id}/")
    found.session.course.school = visit.school
    students = students_of([found.client])[found.client_id]
    form = NameForm(request.POST if request.method == "POST" else None, booking=found, students=students)
    if form.is_valid() and form.act(by=visit.actor):
        named = find_booking(visit, booking_id)
        messages.success(request, _("%(name)s has the seat.") % {"name": named.student.person.name})
        return go(visit, f"bookings/{booking_id}/")
    context = {
        "booking": found,
        "row": shown([found])[0],
        "form": form,
        "back": address(visit, f"bookings/{booking_id}/"),
    }
    return show(visit, "booking_name", "bookings", context, status=422 if form.is_bound else 200)
