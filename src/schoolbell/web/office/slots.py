"""`/office/instructors/<id>/slots/`: a coach's slots, published by the office."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.people.models import Instructor
from schoolbell.web.instructor.slots_page import SlotsPage
from schoolbell.web.office.frame import address, come_in, find, show
from schoolbell.web.once import once


@require_http_methods(["GET", "HEAD", "POST"])
@once
def slots(request: HttpRequest, slug: str, instructor_id: UUID) -> HttpResponse:
    """What is published, and a form for more. A POST shows the preview; with `do=publish` it publishes."""
    return _page(request, slug, instructor_id).answer()


@require_POST
def remove(request: HttpRequest, slug: str, instructor_id: UUID, slot_id: UUID) -> HttpResponse:
    return _page(request, slug, instructor_id).remove(slot_id)


def _page(request: HttpRequest, slug: str, instructor_id: UUID) -> SlotsPage:
    visit = come_in(request, slug)
    found = find(Instructor.objects.of(visit.school).select_related("person"), instructor_id)

    def drawn(name: str, context: dict[str, Any], *, status: int) -> HttpResponse:
        return show(visit, name, "instructors", context, status=status)

    here = address(visit, f"instructors/{found.pk}/slots/")
    return SlotsPage(visit, found, here, drawn, lambda: HttpResponseRedirect(here))
