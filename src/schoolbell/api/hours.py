"""Opening hours with their exceptions: of an instructor, of a resource, of the school."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import ANYBODY, STAFF, TEACHING, Visit, enter
from schoolbell.api.instructors import find_instructor, require_self
from schoolbell.api.resources import find_resource
from schoolbell.api.types import Day, Input, WallTime, Zone, example
from schoolbell.diary.actions import add_opening_hours, remove_opening_hours
from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.diary.school_hours import hours_of_school, school_diary
from schoolbell.kit.refusals import NotFound
from schoolbell.schools.rows import SchoolRows

router = Router(tags=["opening hours"])


class HoursIn(Input):
    model_config = example(weekday=1, starts="09:00", ends="17:00")

    weekday: Annotated[int, Field(strict=True, ge=1, le=7, description="ISO: 1 is Monday")] | None = None
    date: Day | None = None
    closes: Annotated[bool, Field(strict=True, description="Closed in these hours of the date, not open.")] = False
    starts: WallTime
    ends: WallTime
    timezone: Zone | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None


def show_hours(hours: OpeningHours) -> dict[str, Any]:
    return {
        "id": str(hours.pk),
        "weekday": hours.weekday,
        "date": hours.date.isoformat() if hours.date else None,
        "closes": hours.closes,
        "starts": hours.starts.isoformat("minutes"),
        "ends": hours.ends.isoformat("minutes"),
        "timezone": hours.timezone,
        "valid_from": hours.valid_from.isoformat() if hours.valid_from else None,
        "valid_until": hours.valid_until.isoformat() if hours.valid_until else None,
    }


def _listed(rows: SchoolRows[OpeningHours]) -> dict[str, Any]:
    return {"items": [show_hours(row) for row in rows.order_by("id")], "next": None}


def _add(visit: Visit, diary: Diary, body: HoursIn, *, timezone: str, always_open: bool) -> dict[str, Any]:
    values = body.model_dump() | {"timezone": body.timezone or timezone}
    return show_hours(add_opening_hours(diary, **values, by=visit.actor, always_open=always_open))


def _remove(visit: Visit, rows: SchoolRows[OpeningHours], hours_id: UUID) -> HttpResponse:
    found = rows.filter(id=hours_id).first()
    if found is None:
        raise NotFound(hours_id)

    def act() -> dict[str, Any]:
        remove_opening_hours(found, by=visit.actor)
        return show_hours(found)

    return visit.answer(act, status=HTTPStatus.OK)


def _hours_of(visit: Visit, diary_id: UUID) -> SchoolRows[OpeningHours]:
    return OpeningHours.objects.of(visit.school).filter(diary_id=diary_id)


@router.get(
    "/instructors/{instructor}/opening-hours",
    operation_id="list_instructor_opening_hours",
    summary="When an instructor can teach",
)
@answers(shapes.OpeningHoursList, to=TEACHING)
def of_instructor(request: HttpRequest, school: Path[str], instructor: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    own = find_instructor(visit.school, instructor)
    require_self(visit.actor, own)
    return _listed(_hours_of(visit, own.person.diary_id))


@router.post(
    "/instructors/{instructor}/opening-hours",
    operation_id="create_instructor_opening_hours",
    summary="Open an instructor's diary, or close it on a date",
)
@answers(shapes.OpeningHours, HTTPStatus.CREATED, to=TEACHING)
def add_for_instructor(request: HttpRequest, school: Path[str], instructor: UUID, body: HoursIn) -> HttpResponse:
    visit = enter(request, school)
    own = find_instructor(visit.school, instructor)
    require_self(visit.actor, own)
    diary = Diary(id=own.person.diary_id, school=visit.school)
    return visit.answer(
        lambda: _add(visit, diary, body, timezone=own.person.timezone or visit.school.timezone, always_open=False),
    )


@router.delete(
    "/instructors/{instructor}/opening-hours/{hours}",
    operation_id="delete_instructor_opening_hours",
    summary="Take an instructor's hours away; lessons booked in them stay",
)
@answers(shapes.OpeningHours, to=TEACHING)
def remove_of_instructor(request: HttpRequest, school: Path[str], instructor: UUID, hours: UUID) -> HttpResponse:
    visit = enter(request, school)
    own = find_instructor(visit.school, instructor)
    require_self(visit.actor, own)
    return _remove(visit, _hours_of(visit, own.person.diary_id), hours)


@router.get(
    "/resources/{resource}/opening-hours",
    operation_id="list_resource_opening_hours",
    summary="When a resource is open; without hours it always is",
)
@answers(shapes.OpeningHoursList, to=TEACHING)
def of_resource(request: HttpRequest, school: Path[str], resource: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    return _listed(_hours_of(visit, find_resource(visit.school, resource).diary_id))


@router.post(
    "/resources/{resource}/opening-hours",
    operation_id="create_resource_opening_hours",
    summary="Open a resource's diary, or close it on a date; without hours it is always open",
)
@answers(shapes.OpeningHours, HTTPStatus.CREATED, to=STAFF)
def add_for_resource(request: HttpRequest, school: Path[str], resource: UUID, body: HoursIn) -> HttpResponse:
    visit = enter(request, school)
    diary = Diary(id=find_resource(visit.school, resource).diary_id, school=visit.school)
    return visit.answer(lambda: _add(visit, diary, body, timezone=visit.school.timezone, always_open=True))


@router.delete(
    "/resources/{resource}/opening-hours/{hours}",
    operation_id="delete_resource_opening_hours",
    summary="Take a resource's hours away; lessons booked in them stay",
)
@answers(shapes.OpeningHours, to=STAFF)
def remove_of_resource(request: HttpRequest, school: Path[str], resource: UUID, hours: UUID) -> HttpResponse:
    visit = enter(request, school)
    return _remove(visit, _hours_of(visit, find_resource(visit.school, resource).diary_id), hours)


@router.get(
    "/opening-hours",
    operation_id="list_school_opening_hours",
    summary="When the school is open; without hours it always is",
)
@answers(shapes.OpeningHoursList, to=ANYBODY)
def of_school(request: HttpRequest, school: Path[str]) -> dict[str, Any]:
    return _listed(hours_of_school(enter(request, school).school))


@router.post(
    "/opening-hours",
    operation_id="create_school_opening_hours",
    summary="Open the school, or close it on a date; without hours it is always open",
)
@answers(shapes.OpeningHours, HTTPStatus.CREATED, to=STAFF)
def add_for_school(request: HttpRequest, school: Path[str], body: HoursIn) -> HttpResponse:
    visit = enter(request, school)
    return visit.answer(
        lambda: _add(visit, school_diary(visit.school), body, timezone=visit.school.timezone, always_open=True)
    )


@router.delete(
    "/opening-hours/{hours}",
    operation_id="delete_school_opening_hours",
    summary="Take hours of the school away; lessons booked in them stay",
)
@answers(shapes.OpeningHours, to=STAFF)
def remove_of_school(request: HttpRequest, school: Path[str], hours: UUID) -> HttpResponse:
    visit = enter(request, school)
    return _remove(visit, hours_of_school(visit.school), hours)
