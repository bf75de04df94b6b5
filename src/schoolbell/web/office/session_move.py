"""`/office/sessions/<id>/move/`: another time, other staff or another place for one session, with who is booked."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.kit.time import Stretch, instant
from schoolbell.people.models import Instructor
from schoolbell.planning.move_clashes import clashes_of
from schoolbell.planning.moves import Move, as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.occurrences import ChangedOccurrence, students_of
from schoolbell.planning.other_times import shifted
from schoolbell.timetable.queries import sessions
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import address, come_in, find, go
from schoolbell.web.office.previews import changes, ticks_for
from schoolbell.web.office.series_forms import MoveForm
from schoolbell.web.office.steps import asked_of, in_steps, ways_of
from schoolbell.web.templatetags.words import when_here


@require_http_methods(["GET", "HEAD", "POST"])
def session_move(request: HttpRequest, slug: str, session_id: UUID) -> HttpResponse:
    """Its later slots go along, as many days after the first as they were."""
    visit = come_in(request, slug)
    rows = sessions(visit.school, seen_by=visit.actor).select_related("course__school", "resource")
    found = find(rows, session_id)
    (there,) = as_it_is([found])
    local = there.slots[0].starts_at.astimezone(visit.school.zone)
    form = MoveForm(
        asked_of(request),
        school=visit.school,
        initial={
            "date": local.date(),
            "starts": local.time(),
            "lead": there.instructors[0].pk if there.instructors else None,
            "resource": found.resource_id,
        },
    )
    words = {
        "title": _("Move %(course)s") % {"course": found.course.name},
        "sentence": when_here(Stretch(found.starts_at, found.ends_at), visit.school.zone),
        "do": _("Move the session"),
        "back": address(visit, f"sessions/{found.pk}/"),
        "current": "sessions",
    }

    def look(form: MoveForm) -> Mapping[str, Any]:
        move = _asked(visit, there, form)
        one = ChangedOccurrence(
            there,
            tuple(students_of([found])[found.pk]),
            move.slots[0].starts_at.astimezone(visit.school.zone).date(),
            None if move == there else move,
            clashes=tuple(clashes_of([move])),
        )
        ticks = [(name, say) for name, say in ticks_for([one]) if name != "leave_clashing"]
        if any(clash.is_closed for clash in one.clashes):
            ticks.append(("despite_closed", _("Move it there all the same: it is closed then, but it takes place")))
        return {"changes": changes([one], visit.school.zone), "ticks": ticks}

    def do(form: MoveForm) -> HttpResponse:
        move = _asked(visit, there, form)
        ways = ways_of(request)
        move_sessions(
            [move],
            by=visit.actor,
            waive_students=ways["waive_students"],
            despite_rules=ways["despite_rules"],
            despite_closed="despite_closed" in request.POST,
        )
        messages.success(request, _("It is moved. Everybody who is booked is told."))
        return go(visit, f"sessions/{found.pk}/")

    return in_steps(visit, form, words, look=look, do=do)


def _asked(visit: Visit, there: Move, form: MoveForm) -> Move:
    values = form.cleaned_data
    starts_at: dt.datetime = instant(values["date"], values["starts"], visit.school.zone)
    lead: Instructor | None = values["lead"]
    staff: Sequence[Instructor] = there.instructors
    if lead is None:
        staff = ()
    elif not staff or staff[0] != lead:
        staff = (lead, *(one for one in staff[1:] if one != lead))
    moved = there if starts_at == there.slots[0].starts_at else shifted(there, starts_at)
    return replace(moved, instructors=tuple(staff), resource=values["resource"])
