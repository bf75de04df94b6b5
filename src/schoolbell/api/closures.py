"""`/closures`: days on which the school is closed, public holidays among them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import StringConstraints

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import ANYBODY, STAFF, TEACHING, enter
from schoolbell.api.lessons import show_lessons
from schoolbell.api.pages import MOST, page
from schoolbell.api.types import Day, Input, Line, Nothing, example, shown
from schoolbell.diary.closures import add_closure, close_again, keep_open, remove_closure, times_of
from schoolbell.diary.models import Closure, HolidayRegion
from schoolbell.diary.public_holidays import follow_holidays, holiday_region, unfollow_holidays
from schoolbell.kit.refusals import NotFound
from schoolbell.schools.models import School
from schoolbell.timetable.clashes import lessons_within

router = Router(tags=["closures"])


class ClosureIn(Input):
    model_config = example(first_day="2030-02-18", last_day="2030-02-22", name="Half term")

    first_day: Day
    last_day: Day | None = None
    name: Line


class HolidaysIn(Input):
    country: Annotated[str, StringConstraints(max_length=2)]
    subdivision: Annotated[str, StringConstraints(max_length=40)] = ""


def show_closures(closures: Sequence[Closure]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.pk),
            "first_day": one.first_day.isoformat(),
            "last_day": one.last_day.isoformat(),
            "name": one.name,
            "holiday": one.holiday,
            "kept_open_at": shown(one.kept_open_at),
        }
        for one in closures
    ]


def find_closure(school: School, closure_id: UUID) -> Closure:
    found = Closure.objects.of(school).filter(id=closure_id).first()
    if found is None:
        raise NotFound(closure_id)
    return found


def _region(region: HolidayRegion | None) -> dict[str, Any]:
    return {
        "country": region.country if region else "",
        "subdivision": region.subdivision if region else "",
    }


@router.get("", operation_id="list_closures", summary="When the school is closed")
@answers(shapes.Closures, to=ANYBODY)
def closures(
    request: HttpRequest, school: Path[str], after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = 50
) -> dict[str, Any]:
    visit = enter(request, school)
    return page(Closure.objects.of(visit.school), after=after, limit=limit, show=show_closures)


@router.post("", operation_id="create_closure", summary="Close the school for a day or more")
@answers(shapes.Closure, HTTPStatus.CREATED, to=STAFF)
def create_closure(request: HttpRequest, school: Path[str], body: ClosureIn) -> HttpResponse:
    visit = enter(request, school)
    last_day = body.last_day or body.first_day
    return visit.answer(
        lambda: show_closures([add_closure(visit.school, body.first_day, last_day, body.name, by=visit.actor)])[0]
    )


@router.get("/holidays", operation_id="get_holidays", summary="Whose public holidays the school keeps")
@answers(shapes.HolidayRegion, to=ANYBODY)
def holidays(request: HttpRequest, school: Path[str]) -> dict[str, Any]:
    return _region(holiday_region(enter(request, school).school))


@router.post("/holidays", operation_id="follow_holidays", summary="Close on the public holidays of a country or region")
@answers(shapes.HolidayRegion, to=STAFF)
def follow(request: HttpRequest, school: Path[str], body: HolidaysIn) -> HttpResponse:
    visit = enter(request, school)
    return visit.answer(
        lambda: _region(follow_holidays(visit.school, body.country, body.subdivision, by=visit.actor)),
        status=HTTPStatus.OK,
    )


@router.delete("/holidays", operation_id="delete_holidays", summary="Be open on public holidays from now on")
@answers(shapes.HolidayRegion, to=STAFF)
def unfollow(request: HttpRequest, school: Path[str]) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        before = holiday_region(visit.school)
        unfollow_holidays(visit.school, by=visit.actor)
        return _region(before)

    return visit.answer(act, status=HTTPStatus.OK)


@router.get("/{closure}", operation_id="get_closure", summary="One closure")
@answers(shapes.Closure, to=ANYBODY)
def closure(request: HttpRequest, school: Path[str], closure: UUID) -> dict[str, Any]:
    return show_closures([find_closure(enter(request, school).school, closure)])[0]


@router.get("/{closure}/lessons", operation_id="list_closure_lessons", summary="Lessons on days that are closed")
@answers(shapes.LessonsInTheWay, to=TEACHING)
def lessons(request: HttpRequest, school: Path[str], closure: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    found = find_closure(visit.school, closure)
    during = times_of(visit.school, found.first_day, found.last_day)
    slots = lessons_within(visit.school, during, seen_by=visit.actor) if during else []
    return {"items": show_lessons(slots), "next": None}


@router.post("/{closure}/keep-open", operation_id="keep_closure_open", summary="Teach on these days after all")
@answers(shapes.Closure, to=STAFF)
def keep(request: HttpRequest, school: Path[str], closure: UUID, body: Nothing | None = None) -> HttpResponse:
    visit = enter(request, school)
    found = find_closure(visit.school, closure)
    return visit.answer(lambda: show_closures([keep_open(found, by=visit.actor)])[0], status=HTTPStatus.OK)


@router.post("/{closure}/close-again", operation_id="close_closure_again", summary="Keep these days closed after all")
@answers(shapes.Closure, to=STAFF)
def again(request: HttpRequest, school: Path[str], closure: UUID, body: Nothing | None = None) -> HttpResponse:
    visit = enter(request, school)
    found = find_closure(visit.school, closure)
    return visit.answer(lambda: show_closures([close_again(found, by=visit.actor)])[0], status=HTTPStatus.OK)


@router.delete("/{closure}", operation_id="delete_closure", summary="Take a closure away")
@answers(shapes.Closure, to=STAFF)
def remove(request: HttpRequest, school: Path[str], closure: UUID) -> HttpResponse:
    visit = enter(request, school)
    found = find_closure(visit.school, closure)

    def act() -> dict[str, Any]:
        told = show_closures([found])[0]
        remove_closure(found, by=visit.actor)
        return told

    return visit.answer(act, status=HTTPStatus.OK)
