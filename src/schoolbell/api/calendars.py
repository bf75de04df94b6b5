"""Calendars that an instructor keeps elsewhere. Their address is taken in and never told again, only its host."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import StringConstraints

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import TEACHING, Visit, enter
from schoolbell.api.instructors import find_instructor, require_self
from schoolbell.api.lessons import show_lessons
from schoolbell.api.pages import MOST, page
from schoolbell.api.types import Input, Name, Nothing, Zone, example, shown
from schoolbell.diary.models import Diary, OutsideCalendar
from schoolbell.diary.outside import fetch_calendar, subscribe_calendar, unsubscribe_calendar
from schoolbell.kit.refusals import NotFound
from schoolbell.kit.time import now
from schoolbell.people.models import Instructor
from schoolbell.timetable.clashes import lessons_under

router = Router(tags=["calendars"])
PATH = "/instructors/{instructor}/calendars"


class CalendarIn(Input):
    model_config = example(url="https://example.com/calendar.ics", name="Private")

    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    name: Name = ""
    timezone: Zone | None = None


def show_calendars(calendars: Sequence[OutsideCalendar]) -> list[dict[str, Any]]:
    lessons = lessons_under(calendars)
    return [
        {
            "id": str(one.pk),
            "name": one.name,
            "host": one.host,
            "timezone": one.timezone,
            "fetched_at": shown(one.fetched_at),
            "tried_at": shown(one.tried_at),
            "is_stale": one.is_stale(now()),
            "error": one.error,
            "lessons": show_lessons(lessons[one.pk]),
        }
        for one in calendars
    ]


def _enter(request: HttpRequest, school: str, instructor_id: UUID) -> tuple[Visit, Instructor]:
    visit = enter(request, school)
    own = find_instructor(visit.school, instructor_id)
    require_self(visit.actor, own)
    return visit, own


def _find(visit: Visit, own: Instructor, calendar_id: UUID) -> OutsideCalendar:
    rows = OutsideCalendar.objects.of(visit.school).filter(diary_id=own.person.diary_id)
    found = rows.filter(id=calendar_id).first()
    if found is None:
        raise NotFound(calendar_id)
    return found


@router.get(PATH, operation_id="list_calendars", summary="An instructor's calendars elsewhere, and how they are")
@answers(shapes.Calendars, to=TEACHING)
def calendars(
    request: HttpRequest,
    school: Path[str],
    instructor: UUID,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit, own = _enter(request, school, instructor)
    rows = OutsideCalendar.objects.of(visit.school).filter(diary_id=own.person.diary_id)
    return page(rows, after=after, limit=limit, show=show_calendars)


@router.post(PATH, operation_id="create_calendar", summary="Let a calendar's events take an instructor's time")
@answers(shapes.Calendar, HTTPStatus.CREATED, to=TEACHING)
def subscribe(request: HttpRequest, school: Path[str], instructor: UUID, body: CalendarIn) -> HttpResponse:
    visit, own = _enter(request, school, instructor)
    diary = Diary(id=own.person.diary_id, school=visit.school)
    timezone = body.timezone or own.person.timezone or visit.school.timezone
    return visit.answer(
        lambda: show_calendars(
            [subscribe_calendar(diary, name=body.name, url=body.url, timezone=timezone, by=visit.actor)]
        )[0]
    )


@router.post(PATH + "/{calendar}/fetch", operation_id="fetch_calendar", summary="Fetch a calendar now")
@answers(shapes.Calendar, to=TEACHING)
def fetch(
    request: HttpRequest, school: Path[str], instructor: UUID, calendar: UUID, body: Nothing | None = None
) -> HttpResponse:
    visit, own = _enter(request, school, instructor)
    found = _find(visit, own, calendar)
    return visit.answer(lambda: show_calendars([fetch_calendar(found)])[0], status=HTTPStatus.OK)


@router.delete(PATH + "/{calendar}", operation_id="delete_calendar", summary="Forget a calendar and free its time")
@answers(shapes.Calendar, to=TEACHING)
def unsubscribe(request: HttpRequest, school: Path[str], instructor: UUID, calendar: UUID) -> HttpResponse:
    visit, own = _enter(request, school, instructor)
    found = _find(visit, own, calendar)

    def act() -> dict[str, Any]:
        told = show_calendars([found])[0]
        unsubscribe_calendar(found, by=visit.actor)
        return told

    return visit.answer(act, status=HTTPStatus.OK)
