"""`/office/people/students/` and `/office/people/clients/`: who may be meant by what is being typed, `?q=`."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolbell.web.office.frame import come_in
from schoolbell.web.office.people_choice import CLIENTS, STUDENTS

CHOSEN_AMONG: Final = {whom.name: whom for whom in (STUDENTS, CLIENTS)}


@require_safe
def suggestions(request: HttpRequest, slug: str, whom: str) -> HttpResponse:
    """A part of a page: options, and a sentence that says how many there are."""
    visit = come_in(request, slug)
    if whom not in CHOSEN_AMONG:
        raise Http404
    text = " ".join(request.GET.get("q", "").replace("\0", " ").split())
    found = CHOSEN_AMONG[whom].search(visit.school, text)
    return render(request, "web/office/_people_found.html", {"found": found, "text": text})
