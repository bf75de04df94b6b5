"""`/office/sessions/<id>/move/`: another time, other staff or another place for one session, with who is booked."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.kit.time import Stretch, instant, now
from schoolbell.people.models import Instructor
from schoolbell.planning.move_clashes import clashes_of
from schoolbell.planning.moves import Move, MoveClash, as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.nearest_times import nearest_times
from schoolbell.planning.occurrences import ChangedOccurrence, students_of
from schoolbell.planning.other_times import shifted
from schoolbell.timetable.queries import sessions
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import address, come_in, find, go
from schoolbell.web.office.previews import changes, sent_by, ticks_for, typed
from schoolbell.web.office.series_forms import MoveForm, WhenForm
from schoolbell.web.office.steps import asked_of, in_steps, ways_of
from schoolbell.web.templatetags.words import when_here


@dataclass(frozen=True, slots=True)
class Offered:
    """A time at which it could be, and the address that looks at moving it there."""

    during: Stretch
    href: str


@require_http_methods(["GET", "HEAD", "POST"])
def session_move(request: HttpRequest, slug: str, session_id: UUID) -> HttpResponse:
    """Its later slots go along, as many days after the first as they were."""
    visit = come_in(request, slug)
    where = visit.school.zone
    rows = sessions(visit.school, seen_by=visit.actor).select_related("course__school", "resource")
    found = find(rows, session_id)
    (there,) = as_it_is([found])
    kept = {
        "lead": there.instructors[0].pk if there.instructors else None,
        "resource": found.resource_id,
    }
    form = MoveForm(
        asked_of(request), school=visit.school, initial=begins(there, where) | kept | typed(request.GET, MoveForm)
    )
    words: dict[str, Any] = {
        "title": _("Move %(course)s") % {"course": found.course.name},
        "sentence": when_here(Stretch(found.starts_at, found.ends_at), where),
        "do": _("Move the session"),
        "back": address(visit, f"sessions/{found.pk}/"),
        "current": "sessions",
    }
    if not form.is_bound and found.is_movable(now()):
        words["offered"] = offered(nearest_times(there, since=now()), where, kept)

    def look(form: MoveForm) -> Mapping[str, Any]:
        move = _asked(visit, there, form)
        one = looked_at(there, move, where)
        ticks = [(name, say) for name, say in ticks_for([one]) if name != "leave_clashing"]
        if any(clash.is_closed for clash in one.clashes):
            ticks.append(("despite_closed", _("Move it there all the same: it is closed then, but it takes place")))
        return {"changes": changes([one], where), "ticks": ticks, "sent": sent(form, there)}

    def do(form: MoveForm) -> HttpResponse:
        ways = ways_of(request)
        move_sessions(
            [replace(_asked(visit, there, form), was=seen(request), was_given_by=seen_givers(request))],
            by=visit.actor,
            waive_students=ways["waive_students"],
            despite_rules=ways["despite_rules"],
            despite_closed="despite_closed" in request.POST,
        )
        messages.success(request, _("It is moved. Everybody who is booked is told."))
        return go(visit, f"sessions/{found.pk}/")

    return in_steps(visit, form, words, look=look, do=do)


def begins(there: Move, where: ZoneInfo) -> dict[str, Any]:
    """When it begins, as `WhenForm` has it."""
    local = there.slots[0].starts_at.astimezone(where)
    return {"date": local.date(), "starts": local.time()}


def asked_at(there: Move, form: WhenForm, where: ZoneInfo) -> Move:
    """With all of its slots where the form says that the first begins."""
    starts_at: dt.datetime = instant(form.cleaned_data["date"], form.cleaned_data["starts"], where)
    return there if starts_at == there.slots[0].starts_at else shifted(there, starts_at)


def looked_at(
    there: Move, move: Move, where: ZoneInfo, *, clashes: Sequence[MoveClash] | None = None
) -> ChangedOccurrence:
    """What it comes to, as previews show it."""
    return ChangedOccurrence(
        there,
        tuple(students_of([there.session])[there.session.pk]),
        move.slots[0].starts_at.astimezone(where).date(),
        None if move == there else move,
        clashes=tuple(clashes_of([move]) if clashes is None else clashes),
    )


def offered(moves: Sequence[Move], where: ZoneInfo, more: Mapping[str, Any]) -> list[Offered]:
    """`more` is what else the form would send."""
    kept = {name: value for name, value in more.items() if value}
    found = []
    for move in moves:
        starts = move.slots[0].starts_at.astimezone(where)
        own = {"look": 1, "date": starts.date().isoformat(), "starts": f"{starts:%H:%M}"}
        place = {"resource": move.resource.pk} if move.resource and "resource" in more else {}
        found.append(Offered(move.slots[0], f"?{urlencode(own | kept | place)}"))
    return found


def sent(form: WhenForm, there: Move) -> list[tuple[str, Any]]:
    """What is sent with the last step: what was typed, and when it was and who gave it when it was looked at."""
    was = there.slots[0].starts_at.isoformat()
    return [*sent_by(form), ("was", was), ("was_given_by", givers(there.instructors))]


def seen(request: HttpRequest) -> dt.datetime | None:
    """Where it was when it was looked at; what cannot be read says nothing."""
    try:
        was = dt.datetime.fromisoformat(request.POST.get("was", ""))
    except ValueError:
        return None
    return was if was.tzinfo else None


def givers(staff: Sequence[Instructor]) -> str:
    """Who gives it, the leading one first, as a form sends it along."""
    return " ".join(str(one.pk) for one in staff)


def seen_givers(request: HttpRequest) -> tuple[UUID, ...] | None:
    """Who gave it when it was looked at; what cannot be read says nothing."""
    try:
        return tuple(UUID(one) for one in request.POST["was_given_by"].split())
    except (KeyError, ValueError):
        return None


def _asked(visit: Visit, there: Move, form: MoveForm) -> Move:
    lead: Instructor | None = form.cleaned_data["lead"]
    staff: Sequence[Instructor] = there.instructors
    if lead is None:
        staff = ()
    elif not staff or staff[0] != lead:
        staff = (lead, *(one for one in staff[1:] if one != lead))
    moved = asked_at(there, form, visit.school.zone)
    return replace(moved, instructors=tuple(staff), resource=form.cleaned_data["resource"])
