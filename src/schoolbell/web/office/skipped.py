"""`/office/skipped/`: lessons of series that found no time, and when else each could be given."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.kit.time import Stretch
from schoolbell.planning.placing import LeftOut, left_out, place_skipped
from schoolbell.planning.skipped import skipped_ahead
from schoolbell.timetable.models import SkippedOccurrence
from schoolbell.web.entry import Visit
from schoolbell.web.office.frame import come_in, find, go, show
from schoolbell.web.office.listing import listing
from schoolbell.web.once import once
from schoolbell.web.rule_words import why
from schoolbell.web.templatetags.words import when_here

PAGE: Final = 10  # other times are looked for, for each


@dataclass(frozen=True, slots=True)
class Row:
    left_out: LeftOut
    why: str
    others: Sequence[tuple[str, str]]  # what is sent, and what is said

    @property
    def who(self) -> str:
        enrollment = self.left_out.plan.enrollment
        name: str = enrollment.student.person.name if enrollment else self.left_out.plan.series.course.name
        return name

    @property
    def staff(self) -> str:
        return ", ".join(one.person.name for one in self.left_out.plan.instructors)


@require_safe
def skipped_list(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(come_in(request, slug))


@require_POST
@once
def place(request: HttpRequest, slug: str, skipped_id: UUID) -> HttpResponse:
    """With `starts_at`. One that was seen to meanwhile is not there any more."""
    visit = come_in(request, slug)
    rows = SkippedOccurrence.objects.of(visit.school).select_related("series__course")
    row = find(rows, skipped_id)
    row.series.course.school = visit.school
    try:
        session = place_skipped(row.series, row.occurrence_on, _moment(request), by=visit.actor)
    except Refusal as refusal:
        return _page(visit, refusal=refusal)
    words = when_here(Stretch(session.starts_at, session.ends_at), visit.school.zone)
    messages.success(request, _("It is on the timetable: %(when)s. Who is enrolled is told.") % {"when": words})
    return go(visit, "skipped/")


def _moment(request: HttpRequest) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(request.POST.get("starts_at", ""))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InputRefused.of("starts_at", _("Choose a time."))
    return moment


def _page(visit: Visit, *, refusal: Refusal | None = None) -> HttpResponse:
    found = listing(visit.request, skipped_ahead(visit.school), size=PAGE)
    context = {
        "list": found,
        "rows": [_row(one, visit) for one in left_out(visit.school, found.items)],
        "refusal": refusal,
    }
    return show(visit, "skipped", "today", context, status=refusal.status if refusal else 200)


def _row(one: LeftOut, visit: Visit) -> Row:
    where = visit.school.zone
    others = [(move.slots[0].starts_at.isoformat(), when_here(move.slots[0], where)) for move in one.others]
    return Row(one, why(one.lesson, where), others)
