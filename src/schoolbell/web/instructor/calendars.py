"""`/teach/calendars/`: an instructor's own calendars elsewhere."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.people.models import Instructor
from schoolbell.web.instructor.calendars_page import CalendarsPage
from schoolbell.web.instructor.frame import address, come_in, frame


@require_http_methods(["GET", "HEAD", "POST"])
def calendars(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, slug).answer()


@require_POST
def read(request: HttpRequest, slug: str, calendar_id: UUID) -> HttpResponse:
    return _page(request, slug).read(calendar_id)


@require_POST
def remove(request: HttpRequest, slug: str, calendar_id: UUID) -> HttpResponse:
    return _page(request, slug).remove(calendar_id)


def _page(request: HttpRequest, slug: str) -> CalendarsPage:
    visit = come_in(request, slug)
    own = Instructor.objects.of(visit.school).filter(person_id=visit.actor.me).select_related("person").first()
    if own is None:
        raise Http404

    def show(context: dict[str, Any], *, status: int) -> HttpResponse:
        shared = frame(visit, "calendars") | {"lessons_at": address(visit, "lessons/"), "is_own": True}
        return visit.render("web/instructor/calendars.html", shared | context, status=status)

    here = address(visit, "calendars/")
    return CalendarsPage(visit, own, here, show, lambda: HttpResponseRedirect(here))
