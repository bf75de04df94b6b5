"""`/office/closures/<id>/lessons/`: lessons on days that are closed; what becomes of each, then all in one step."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.billing.rearranging import arrange_closure_and_settle
from schoolbell.diary.closures import times_of
from schoolbell.diary.models import Closure
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.planning.closed_days import moves_to, preview_closure
from schoolbell.planning.move_clashes import clashes_of
from schoolbell.planning.moves import Move
from schoolbell.planning.rearranging import Affected, Step
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import day_field
from schoolbell.web.office.frame import address, come_in, find, go, show
from schoolbell.web.office.rearranging import days_said, obstacle, rows_of, said, steps_sent, ticks_of


@require_http_methods(["GET", "HEAD", "POST"])
def closed_lessons(request: HttpRequest, slug: str, closure_id: UUID) -> HttpResponse:
    """With `?to_day=` all that can go to the same times on that day."""
    visit = come_in(request, slug)
    closure = find(Closure.objects.of(visit.school), closure_id)
    if request.method != "POST":
        return _look(visit, closure)
    steps = steps_sent(request.POST)
    try:
        waives = "waive_students" in request.POST
        done = arrange_closure_and_settle(visit.school, closure, steps, waive_students=waives, by=visit.actor)
    except Refusal as refusal:
        return _look(visit, closure, steps=steps, refusal=refusal)
    messages.success(request, said(done, is_closed=True))
    return go(visit, f"closures/{closure.pk}/lessons/")


def _look(
    visit: Visit, closure: Closure, *, steps: list[Step] | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    school = visit.school
    during = None if closure.is_kept_open else times_of(school, closure.first_day, closure.last_day)
    asked = visit.request.GET.get("to_day", "")
    found: list[Affected] = []
    obstacles: dict[UUID, str] = {}
    waivable: dict[UUID, Move] = {}
    if during:
        try:
            to_day = day_field("").clean(asked) if asked else None
            found = preview_closure(school, closure, to_day=to_day)
            if to_day:
                moves = moves_to(school, closure, to_day)
                clashes = clashes_of(list(moves.values())) if moves else []
                obstacles = {clash.session.pk: obstacle(clash, school.zone) for clash in clashes}
                barred = {clash.session.pk for clash in clashes if not clash.student}
                waivable = {session_id: moves[session_id] for session_id in obstacles if session_id not in barred}
        except (ValidationError, InputRefused) as wrong:
            refusal = wrong if isinstance(wrong, Refusal) else InputRefused.of("to_day", _("Choose the day."))
            found = preview_closure(school, closure)
    chosen = {step.session_id: step for step in steps or ()}
    sentences = [one for several in refusal.errors.values() for one in several] if refusal else []
    context: dict[str, Any] = {
        "title": _("Lessons while closed: %(name)s") % {"name": closure.name},
        "sentence": days_said(closure.first_day, closure.last_day),
        "rows": rows_of(found, school.zone, chosen=chosen, obstacles=obstacles, waivable=waivable, is_closed=True),
        "ticks": ticks_of(refusal, waivable=waivable),
        "ticked": visit.request.POST,
        "refusal": " ".join(sentences) or refusal,
        "to_day": asked,
        "asks_day": True,
        "do": _("See to all of them"),
        "back": address(visit, "settings/closed-days/"),
    }
    return show(visit, "rearrange", "settings", context, status=refusal.status if refusal else 200)
