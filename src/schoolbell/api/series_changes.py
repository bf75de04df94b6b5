"""`/series/{series}/change` and `/end`: from a day on, with a preview of every class and everybody who is booked.
`/leave-out` and `/put-back`: one day by itself."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.changes import DayIn, WaysIn, first_day_of, show_changed
from schoolbell.api.document import answers
from schoolbell.api.entry import STAFF, Visit, enter
from schoolbell.api.instructors import find_instructor
from schoolbell.api.lessons import show_students
from schoolbell.api.resources import find_resource
from schoolbell.api.series import find_series, show_whole_series
from schoolbell.api.types import Day, Input, Minor, WallTime, shown
from schoolbell.billing.series import change_series_and_settle, stop_series_and_settle
from schoolbell.kit.refusals import InputRefused
from schoolbell.planning.days_out import leave_out, put_back
from schoolbell.planning.occurrences import Same, SeriesChange
from schoolbell.planning.series import preview_change
from schoolbell.planning.stopping import preview_stop
from schoolbell.timetable.recurrence import weekly_on

router = Router(tags=["series"])


class SeriesChangeIn(WaysIn):
    """What is not named stays as it is. `resource` null: no place; `last_day` null: no end."""

    rule: Annotated[str, Field(max_length=200)] | None = None
    weekdays: list[Annotated[int, Field(strict=True, ge=1, le=7)]] | None = Field(
        None, min_length=1, max_length=7, description="Instead of a rule: every week. ISO: 1 is Monday."
    )
    starts: WallTime | None = None
    duration_minutes: Annotated[int, Field(strict=True, ge=5, le=1440)] | None = None
    instructors: list[UUID] | None = Field(None, max_length=20)
    resource: UUID | None = None
    capacity: Annotated[int, Field(strict=True, ge=1, le=1_000)] | None = None
    price: Minor | None = None
    last_day: Day | None = None


class SeriesEndIn(Input):
    last_day: Day
    dry_run: Annotated[bool, Field(strict=True)] = Field(default=False, description="A preview: nothing is written.")


@router.post("/{series}/change", operation_id="change_series", summary="From a day on, or all that lie ahead")
@answers(shapes.SeriesChanged, to=STAFF)
def change(request: HttpRequest, school: Path[str], series: UUID, body: SeriesChangeIn) -> HttpResponse:
    visit = enter(request, school)
    found = find_series(visit, series)
    wanted, first_day = _change(visit, body), first_day_of(body, found)

    def act() -> dict[str, Any]:
        if body.dry_run:
            changed = preview_change(found, first_day=first_day, change=wanted)
            return show_changed(changed) | {"series": None}
        after = change_series_and_settle(found, first_day=first_day, change=wanted, by=visit.actor, **body.ways)
        return {"lessons": [], "added": [], "first_on": None, "series": show_whole_series(visit.school, after.pk)}

    return visit.answer(act, status=200)


def _change(visit: Visit, body: SeriesChangeIn) -> SeriesChange:
    if body.rule is not None and body.weekdays is not None:
        raise InputRefused.of("rule", _("Give a rule or weekdays, one of the two."))
    named = body.model_fields_set
    return SeriesChange(
        rule=weekly_on(*sorted(set(body.weekdays))) if body.weekdays else body.rule,
        starts=body.starts,
        duration_minutes=body.duration_minutes,
        instructors=None
        if body.instructors is None
        else tuple(find_instructor(visit.school, one) for one in body.instructors),
        resource=(find_resource(visit.school, body.resource) if body.resource else None)
        if "resource" in named
        else Same.SAME,
        capacity=body.capacity,
        price=body.price,
        last_day=body.last_day if "last_day" in named else Same.SAME,
    )


@router.post(
    "/{series}/leave-out", operation_id="leave_out_day", summary="No class on a day that is not on the timetable yet"
)
@answers(shapes.WholeSeries, to=STAFF)
def leave_out_day(request: HttpRequest, school: Path[str], series: UUID, body: DayIn) -> HttpResponse:
    return _with_day(enter(request, school), series, body.day, leave_out)


@router.post("/{series}/put-back", operation_id="put_back_day", summary="A day that was left out is wanted")
@answers(shapes.WholeSeries, to=STAFF)
def put_back_day(request: HttpRequest, school: Path[str], series: UUID, body: DayIn) -> HttpResponse:
    return _with_day(enter(request, school), series, body.day, put_back)


def _with_day(visit: Visit, series: UUID, day: dt.date, act: Callable[..., object]) -> HttpResponse:
    found = find_series(visit, series)

    def do() -> dict[str, Any]:
        act(found, day, by=visit.actor)
        return show_whole_series(visit.school, found.pk)

    return visit.answer(do, status=200)


@router.post("/{series}/end", operation_id="end_series", summary="No class after a day")
@answers(shapes.SeriesEnded, to=STAFF)
def end(request: HttpRequest, school: Path[str], series: UUID, body: SeriesEndIn) -> HttpResponse:
    visit = enter(request, school)
    found = find_series(visit, series)

    def act() -> dict[str, Any]:
        going = preview_stop(found, last_day=body.last_day)
        if not body.dry_run:
            stop_series_and_settle(found, last_day=body.last_day, by=visit.actor)
        return {
            "cancelled": [
                {
                    "session": str(one.session.pk),
                    "starts_at": shown(one.session.starts_at),
                    "ends_at": shown(one.session.ends_at),
                    "students": show_students(one.students),
                }
                for one in going
            ],
            "series": None if body.dry_run else show_whole_series(visit.school, found.pk),
        }

    return visit.answer(act, status=200)
