"""`/office/proposals/`: a timetable for all open requests, worked out in the background, then accepted or not."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from schoolbell.kit.refusals import Refusal
from schoolbell.planning.models import Placement, Proposal
from schoolbell.planning.proposals import (
    SOLVER_MISSING,
    accept_proposal,
    discard_proposal,
    placements_of,
    propose_timetable,
)
from schoolbell.planning.repairing import Running, running
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import come_in, find, go, show
from schoolbell.web.office.requests import SHORT_DAYS
from schoolbell.web.once import once
from schoolbell.web.templatetags.words import day as said_day

REASONS: Final = {
    "nobody_teaches": gettext_lazy("None of those who are wanted teaches this at present."),
    "nobody_open": gettext_lazy("Nobody who teaches it is open at these times."),
    "all_taken": gettext_lazy("Whoever is open at these times is taken already, or teaches enough hours."),
    "no_resource": gettext_lazy("No room or vehicle of the kind it needs is free at these times."),
    "others_first": gettext_lazy("Its times went to others, so that more could be placed in all."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A request that has a place. `choice`: how high the instructor was on its list, 1 being first; 0: no list."""

    placement: Placement
    when: str
    choice: int
    not_on: str
    change: str = ""  # of lessons that run: what a repair makes of them


@require_POST
@once
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """With `repairs`, the places of that proposal are kept where they can be."""
    visit = come_in(request, slug)
    repairs = None
    if request.POST.get("repairs"):
        repairs = Proposal.objects.of(visit.school).filter(id__in=_ids(request.POST["repairs"])).first()
    try:
        asked = propose_timetable(visit.school, by=visit.actor, repairs=repairs)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return go(visit, "requests/")
    return go(visit, f"proposals/{asked.pk}/")


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []


@require_safe
def proposal(request: HttpRequest, slug: str, proposal_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    return _page(visit, _find(visit, proposal_id))


@require_safe
def progress(request: HttpRequest, slug: str, proposal_id: UUID) -> HttpResponse:
    """The part of the page that says how far it is. When there is more to see, the page is asked for anew."""
    visit = come_in(request, slug)
    found = _find(visit, proposal_id)
    response = render(request, "web/office/_proposal_progress.html", {"proposal": found})
    if not found.is_under_way:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def accept(request: HttpRequest, slug: str, proposal_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = _find(visit, proposal_id)
    try:
        number = len(accept_proposal(found, by=visit.actor))
    except Refusal as refusal:
        return _page(visit, _find(visit, proposal_id), refusal=refusal)
    if found.repairs and found.repairs.status == Proposal.Status.ACCEPTED:
        messages.success(request, _repaired(number))
        return go(visit, f"proposals/{proposal_id}/")
    words = ngettext(
        "%(number)s request is placed: its lessons are on the timetable.",
        "%(number)s requests are placed: their lessons are on the timetable.",
        number,
    )
    messages.success(request, words % {"number": number})
    return go(visit, f"proposals/{proposal_id}/")


def _repaired(number: int) -> str:
    words = ngettext(
        "The timetable is repaired: one place a week is another now.",
        "The timetable is repaired: %(number)s places a week are others now.",
        number,
    )
    return words % {"number": number}


@require_POST
def discard(request: HttpRequest, slug: str, proposal_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    try:
        discard_proposal(_find(visit, proposal_id), by=visit.actor)
    except Refusal as refusal:
        return _page(visit, _find(visit, proposal_id), refusal=refusal)
    messages.success(request, _("The proposal is discarded. The requests are still open."))
    return go(visit, "requests/")


def _find(visit: Visit, proposal_id: UUID) -> Proposal:
    return find(Proposal.objects.of(visit.school), proposal_id)


def _page(visit: Visit, found: Proposal, *, refusal: Refusal | None = None) -> HttpResponse:
    placements = [] if found.is_under_way else placements_of(found)
    is_ready = found.status == Proposal.Status.READY
    runs = running(visit.school, found.repairs) if is_ready and found.repairs_id else {}
    rows = [_row(one, runs.get(one.request_id)) for one in placements if one.is_placed]
    context: dict[str, Any] = {
        "proposal": found,
        "rows": sorted(rows, key=_in_order_of_time),
        "is_repair": bool(runs),
        "changes": sum(one.request_id in runs and not runs[one.request_id].is_kept_by(one) for one in placements
                       if one.is_placed),
        "left_out": [(one, REASONS[one.reason], one.request_id in runs) for one in placements if not one.is_placed],
        "note": SOLVER_MISSING if found.method == Proposal.Method.GREEDY else "",
        "refusal": refusal,
        "is_ready": is_ready,
    }  # fmt: skip
    return show(visit, "proposal", "requests", context, status=refusal.status if refusal else 200)


def _row(one: Placement, was: Running | None) -> Row:
    ranked = one.request.ranked
    choice = ranked.index(one.instructor_id) + 1 if one.instructor_id in ranked else 0
    days = [said_day(dt.date.fromisoformat(day)) for day in one.clashes]
    return Row(one, f"{SHORT_DAYS[one.weekday or 0]} {one.starts:%H:%M}", choice, ", ".join(days), _change(one, was))


def _change(one: Placement, was: Running | None) -> str:
    if was is None:
        return ""
    if was.is_kept_by(one):
        return _("stays")
    weekday, starts = was.when
    return _("now %(when)s") % {"when": f"{SHORT_DAYS[weekday]} {starts:%H:%M}"}


def _in_order_of_time(row: Row) -> tuple[int, dt.time, str]:
    one = row.placement
    return one.weekday or 0, one.starts or dt.time.min, one.request.student.person.name
