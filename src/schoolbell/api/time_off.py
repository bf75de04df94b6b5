"""Time off: instructors ask for their own, the office decides."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import STAFF, TEACHING, Visit, enter
from schoolbell.api.instructors import find_instructor, require_self
from schoolbell.api.lessons import show_lessons
from schoolbell.api.pages import MOST, page
from schoolbell.api.types import Input, Instant, Line, Nothing, shown
from schoolbell.diary.models import Diary, TimeOff
from schoolbell.diary.time_off import (
    ask_for_time_off,
    decline_time_off,
    withdraw_time_off,
)
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.kit.time import Stretch
from schoolbell.people.queries import instructors_by_diary
from schoolbell.planning.time_off import approve_time_off, enter_time_off
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.clashes import lessons_of

router = Router(tags=["time off"])
STILL_ASKED = (TimeOff.Status.REQUESTED, TimeOff.Status.APPROVED)


class TimeOffIn(Input):
    starts_at: Instant
    ends_at: Instant
    reason: Line = ""


def show_times_off(school: School, times_off: Sequence[TimeOff]) -> list[dict[str, Any]]:
    """Each with whose it is and the lessons that lie in it: four queries for all."""
    whose = instructors_by_diary(school, [one.diary_id for one in times_off])
    asked = [one for one in times_off if one.status in STILL_ASKED]
    lessons = lessons_of(school, [(one.diary_id, one.during) for one in asked])
    in_the_way = {one.pk: slots for one, slots in zip(asked, lessons, strict=True)}
    return [
        {
            "id": str(one.pk),
            "instructor": {"id": str(whose[one.diary_id].pk), "name": whose[one.diary_id].person.name},
            "starts_at": shown(one.starts_at),
            "ends_at": shown(one.ends_at),
            "reason": one.reason,
            "status": one.status,
            "decided_at": shown(one.decided_at),
            "lessons": show_lessons(in_the_way.get(one.pk, [])),
        }
        for one in times_off
    ]


@router.get("/time-off", operation_id="list_times_off", summary="Who asks for time off, and who has it")
@answers(shapes.TimesOff, to=STAFF)
def times_off(
    request: HttpRequest,
    school: Path[str],
    state: Annotated[
        Literal["requested", "approved", "declined", "withdrawn"] | None, Query(description="Only what stands so.")
    ] = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit = enter(request, school)
    rows = TimeOff.objects.of(visit.school)
    if state:
        rows = rows.filter(status=state)
    return page(rows, after=after, limit=limit, by_start=True, show=lambda found: show_times_off(visit.school, found))


@router.get(
    "/instructors/{instructor}/time-off", operation_id="list_instructor_times_off", summary="An instructor's time off"
)
@answers(shapes.TimesOff, to=TEACHING)
def of_instructor(
    request: HttpRequest,
    school: Path[str],
    instructor: UUID,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit = enter(request, school)
    own = find_instructor(visit.school, instructor)
    require_self(visit.actor, own)
    rows = TimeOff.objects.of(visit.school).filter(diary_id=own.person.diary_id)
    return page(rows, after=after, limit=limit, by_start=True, show=lambda found: show_times_off(visit.school, found))


@router.post(
    "/instructors/{instructor}/time-off",
    operation_id="create_time_off",
    summary="Ask for time off; what the office enters is approved at once",
)
@answers(shapes.TimeOff, HTTPStatus.CREATED, to=TEACHING)
def create(request: HttpRequest, school: Path[str], instructor: UUID, body: TimeOffIn) -> HttpResponse:
    visit = enter(request, school)
    own = find_instructor(visit.school, instructor)
    require_self(visit.actor, own)
    if body.ends_at <= body.starts_at:
        raise InputRefused.of("ends_at", _("Time off ends after it starts."))
    during, diary = Stretch(body.starts_at, body.ends_at), Diary(id=own.person.diary_id, school=visit.school)
    write = enter_time_off if visit.actor.is_staff else ask_for_time_off
    return visit.answer(
        lambda: show_times_off(visit.school, [write(diary, during, reason=body.reason, by=visit.actor)])[0]
    )


@router.post("/time-off/{time_off}/approve", operation_id="approve_time_off", summary="Grant time off")
@answers(shapes.TimeOff, to=STAFF)
def approve(request: HttpRequest, school: Path[str], time_off: UUID, body: Nothing | None = None) -> HttpResponse:
    visit = enter(request, school)
    found = find_time_off(visit, time_off)
    return _decided(visit, found, approve_time_off)


@router.post("/time-off/{time_off}/decline", operation_id="decline_time_off", summary="Refuse time off")
@answers(shapes.TimeOff, to=STAFF)
def decline(request: HttpRequest, school: Path[str], time_off: UUID, body: Nothing | None = None) -> HttpResponse:
    visit = enter(request, school)
    return _decided(visit, find_time_off(visit, time_off), decline_time_off)


@router.post("/time-off/{time_off}/withdraw", operation_id="withdraw_time_off", summary="Take time off back")
@answers(shapes.TimeOff, to=TEACHING)
def withdraw(request: HttpRequest, school: Path[str], time_off: UUID, body: Nothing | None = None) -> HttpResponse:
    visit = enter(request, school)
    return _decided(visit, find_time_off(visit, time_off), withdraw_time_off)


def find_time_off(visit: Visit, time_off_id: UUID) -> TimeOff:
    """Staff reach everybody's, an instructor their own. Raises NotFound."""
    found = TimeOff.objects.of(visit.school).filter(id=time_off_id).first()
    if found is not None and visit.actor.role == Role.INSTRUCTOR:
        whose = instructors_by_diary(visit.school, [found.diary_id]).get(found.diary_id)
        found = found if whose and whose.person_id == visit.actor.me else None
    if found is None:
        raise NotFound(time_off_id)
    return found


def _decided(visit: Visit, time_off: TimeOff, act: Callable[..., TimeOff]) -> HttpResponse:
    return visit.answer(lambda: show_times_off(visit.school, [act(time_off, by=visit.actor)])[0], status=HTTPStatus.OK)
