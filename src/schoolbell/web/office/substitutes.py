"""`/office/sessions/<id>/substitute/`: who could give a session instead, and why the others cannot."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Instructor
from schoolbell.planning.substitutes import substitute, substitutes_for
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import sessions, staff_of
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import come_in, find, go, show
from schoolbell.web.office.session_move import givers, seen_givers

WHY: Final = {
    "time_taken": gettext_lazy("Taken then"),
    "not_qualified": gettext_lazy("Does not teach this course"),
    "school_closed": gettext_lazy("The school is closed then"),
    "day_full": gettext_lazy("Their day is full"),
    "week_full": gettext_lazy("Their week is full"),
    "too_close": gettext_lazy("Too close to another lesson"),
    "travel_time_needed": gettext_lazy("Cannot get there in time"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def substitutes(request: HttpRequest, slug: str, session_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    rows = sessions(visit.school, seen_by=visit.actor).select_related("course__school", "resource")
    found = find(rows, session_id)
    staff = staff_of([found])[found.pk]
    leaves = next((one for one in staff if str(one.pk) == request.GET.get("for")), staff[0] if staff else None)
    if request.method != "POST":
        return _page(visit, found, staff, leaves)
    try:
        taker_id = UUID(request.POST.get("instructor", ""))
    except ValueError:
        return _page(visit, found, staff, leaves)
    taker = find(Instructor.objects.of(visit.school).select_related("person"), taker_id)
    try:
        substitute(found, taker, instead_of=leaves, by=visit.actor, was_given_by=seen_givers(request))
    except Refusal as refusal:
        return _page(visit, found, staff, leaves, refusal=refusal)
    words = _("%(name)s gives it now. Everybody who is booked is told.")
    messages.success(request, words % {"name": taker.person.name})
    return go(visit, f"sessions/{found.pk}/")


def _page(
    visit: Visit, found: Session, staff: list[Instructor], leaves: Instructor | None, *, refusal: Refusal | None = None
) -> HttpResponse:
    context = ranked(found, leaves) | {
        "staff": [{"words": one.person.name, "href": f"?for={one.pk}", "is_current": one == leaves} for one in staff],
        "was_given_by": givers(staff),
        "back": "../",
        "refusal": refusal,
    }
    return show(visit, "substitutes", "sessions", context, status=refusal.status if refusal else 200)


def ranked(found: Session, leaves: Instructor | None) -> dict[str, Any]:
    """Who could give it instead, for `office/substitutes.html`."""
    candidates = substitutes_for([found], instead_of=leaves)[found.pk]
    return {
        "session": found,
        "during": Stretch(found.starts_at, found.ends_at),
        "leaves": leaves,
        "able": [one for one in candidates if one.is_possible],
        "outside": [one for one in candidates if one.is_outside_hours],
        "others": [
            (one, WHY.get(one.obstacle.code, one.obstacle.detail))
            for one in candidates
            if one.obstacle and not one.is_outside_hours
        ],
    }
