"""`/teach/slots/`: a coach's own slots."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.people.models import Instructor
from schoolbell.web.instructor.frame import address, come_in, frame
from schoolbell.web.instructor.slots_page import SlotsPage
from schoolbell.web.once import once


@require_http_methods(["GET", "HEAD", "POST"])
@once
def slots(request: HttpRequest, slug: str) -> HttpResponse:
    """What is published, and a form for more. A POST shows the preview; with `do=publish` it publishes."""
    return _page(request, slug).answer()


@require_POST
def remove(request: HttpRequest, slug: str, slot_id: UUID) -> HttpResponse:
    return _page(request, slug).remove(slot_id)


def _page(request: HttpRequest, slug: str) -> SlotsPage:
    visit = come_in(request, slug)
    own = Instructor.objects.of(visit.school).filter(person_id=visit.actor.me).select_related("person").first()
    if own is None:
        raise Http404

    def show(name: str, context: dict[str, Any], *, status: int) -> HttpResponse:
        shared = frame(visit, "slots") | {"base": "web/instructor.html", "is_own": True}
        return visit.render(f"web/instructor/{name}.html", shared | context, status=status)

    here = address(visit, "slots/")
    return SlotsPage(visit, own, here, show, lambda: HttpResponseRedirect(here))
