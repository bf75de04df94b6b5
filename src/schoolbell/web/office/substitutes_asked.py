"""`/office/substitutes/`: instructors ask for somebody else to give a lesson of theirs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from schoolbell.kit.refusals import Refusal
from schoolbell.planning.substitute_requests import decline_request, substitute_requests, waiting
from schoolbell.web.office.frame import come_in, find, go, show


@require_safe
def substitutes_asked(request: HttpRequest, slug: str) -> HttpResponse:
    """Those that wait, by the lesson's time."""
    visit = come_in(request, slug)
    asks = list(waiting(substitute_requests(visit.school, seen_by=visit.actor)))
    return show(visit, "substitutes_asked", "instructors", {"asks": asks})


@require_POST
def decline(request: HttpRequest, slug: str, request_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(substitute_requests(visit.school, seen_by=visit.actor), request_id)
    try:
        decline_request(found, by=visit.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s gives it, and is told.") % {"name": found.instructor.person.name})
    return go(visit, "substitutes/")
