"""`/office/time-off/`: who asks for time off, who has it, and which lessons lie in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from schoolbell.diary.models import TimeOff
from schoolbell.diary.time_off import decline_time_off, withdraw_time_off
from schoolbell.diary.times_off_ahead import times_off_ahead
from schoolbell.kit.refusals import Refusal
from schoolbell.people.models import Instructor
from schoolbell.people.queries import instructors_by_diary
from schoolbell.planning.time_off import approve_time_off
from schoolbell.schools.models import School
from schoolbell.timetable.clashes import lessons_of
from schoolbell.timetable.models import Slot
from schoolbell.web.office.frame import come_in, find, go, show
from schoolbell.web.templatetags.words import when


@dataclass(frozen=True, slots=True)
class Row:
    """Time off with whose it is and the lessons that lie in it."""

    time_off: TimeOff
    instructor: Instructor
    lessons: Sequence[Slot]


@require_safe
def times_off(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    found = times_off_ahead(visit.school).exclude(status=TimeOff.Status.DECLINED)
    rows = rows_of(visit.school, list(found))
    context = {
        "waiting": [row for row in rows if row.time_off.status == TimeOff.Status.REQUESTED],
        "approved": [row for row in rows if row.time_off.status == TimeOff.Status.APPROVED],
    }
    return show(visit, "times_off", "instructors", context)


def rows_of(school: School, times_off: Sequence[TimeOff]) -> list[Row]:
    """Three queries, however many there are. What is not an instructor's is left out."""
    whose = instructors_by_diary(school, [one.diary_id for one in times_off])
    own = [one for one in times_off if one.diary_id in whose]
    lessons = lessons_of(school, [(one.diary_id, one.during) for one in own])
    return [Row(one, whose[one.diary_id], slots) for one, slots in zip(own, lessons, strict=True)]


@require_POST
def approve(request: HttpRequest, slug: str, time_off_id: UUID) -> HttpResponse:
    return _decided(request, slug, time_off_id, approve_time_off, _("%(name)s is off %(when)s."))


@require_POST
def decline(request: HttpRequest, slug: str, time_off_id: UUID) -> HttpResponse:
    return _decided(request, slug, time_off_id, decline_time_off, _("%(name)s is not off %(when)s."))


@require_POST
def withdraw(request: HttpRequest, slug: str, time_off_id: UUID) -> HttpResponse:
    return _decided(request, slug, time_off_id, withdraw_time_off, _("%(name)s can be booked %(when)s."))


def _decided(request: HttpRequest, slug: str, time_off_id: UUID, act: Callable[..., Any], words: str) -> HttpResponse:
    visit = come_in(request, slug)
    found = find(TimeOff.objects.of(visit.school), time_off_id)
    try:
        act(found, by=visit.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        whose = instructors_by_diary(visit.school, [found.diary_id]).get(found.diary_id)
        name = whose.person.name if whose else ""
        messages.success(request, words % {"name": name, "when": when(found.during, visit.school.zone)})
    return go(visit, "time-off/")
