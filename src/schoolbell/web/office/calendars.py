"""`/office/instructors/<id>/calendars/`: an instructor's calendars elsewhere, seen to by the office."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.people.models import Instructor
from schoolbell.web.instructor.calendars_page import CalendarsPage
from schoolbell.web.office.frame import address, come_in, find, show


@require_http_methods(["GET", "HEAD", "POST"])
def calendars(request: HttpRequest, slug: str, instructor_id: UUID) -> HttpResponse:
    return _page(request, slug, instructor_id).answer()


@require_POST
def read(request: HttpRequest, slug: str, instructor_id: UUID, calendar_id: UUID) -> HttpResponse:
    return _page(request, slug, instructor_id).read(calendar_id)


@require_POST
def remove(request: HttpRequest, slug: str, instructor_id: UUID, calendar_id: UUID) -> HttpResponse:
    return _page(request, slug, instructor_id).remove(calendar_id)


def _page(request: HttpRequest, slug: str, instructor_id: UUID) -> CalendarsPage:
    visit = come_in(request, slug)
    found = find(Instructor.objects.of(visit.school).select_related("person"), instructor_id)

    def drawn(context: dict[str, Any], *, status: int) -> HttpResponse:
        return show(visit, "calendars", "instructors", {"is_own": False} | context, status=status)

    here = address(visit, f"instructors/{found.pk}/calendars/")
    return CalendarsPage(visit, found, here, drawn, lambda: HttpResponseRedirect(here))
