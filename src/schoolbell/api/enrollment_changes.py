"""`/enrollments/{enrollment}/…`: weekly lessons pause, go on, change and end, each with a preview."""

import datetime as dt
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.changes import DayIn, WaysIn, first_day_of, show_changed, show_left
from schoolbell.api.document import answers
from schoolbell.api.enrollments import find_enrollment, show_enrolled, show_whole_enrollment
from schoolbell.api.entry import STAFF, Visit, enter
from schoolbell.api.instructors import find_instructor
from schoolbell.api.lessons import show_planned
from schoolbell.api.resources import find_resource
from schoolbell.api.series import find_series
from schoolbell.api.types import Day, Input, WallTime
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.bookings.rules import require_weekly
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import local_day, now
from schoolbell.planning.days_out import leave_out, own_series, put_back
from schoolbell.planning.occurrences import Same, SeriesChange
from schoolbell.planning.pausing import (
    change_weekly,
    end_enrollment,
    pause_enrollment,
    preview_end,
    preview_pause,
    preview_resume,
    preview_weekly_change,
    resume_enrollment,
)
from schoolbell.planning.skipped import PlannedLesson
from schoolbell.planning.switching import preview_switch, switch_class
from schoolbell.planning.weekly import MOST_WEEKS, rule_on

router = Router(tags=["enrollments"])


class PauseIn(Input):
    from_day: Day
    until: Day | None = Field(None, description="The day from which lessons go on by themselves.")
    dry_run: Annotated[bool, Field(strict=True)] = Field(default=False, description="A preview: nothing is written.")


class ResumeIn(Input):
    on: Day
    dry_run: Annotated[bool, Field(strict=True)] = Field(default=False, description="A preview: nothing is written.")


class EndIn(Input):
    last_day: Day
    dry_run: Annotated[bool, Field(strict=True)] = Field(default=False, description="A preview: nothing is written.")


class WeeklyChangeIn(WaysIn):
    """What is not named stays as it is. `resource` null: no place."""

    series: UUID | None = Field(None, description="Of a seat in a class: the other class of the course to change to.")
    weekday: Annotated[int, Field(strict=True, ge=1, le=7, description="ISO: 1 is Monday")] | None = None
    every: Annotated[int, Field(strict=True, ge=1, le=MOST_WEEKS)] | None = Field(
        None, description="Weeks from a lesson to the next, from the next lesson on."
    )
    starts: WallTime | None = None
    instructor: UUID | None = None
    resource: UUID | None = None


@router.post("/{enrollment}/change", operation_id="change_enrollment", summary="Another weekday, time or instructor")
@answers(shapes.EnrollmentChanged, to=STAFF)
def change(request: HttpRequest, school: Path[str], enrollment: UUID, body: WeeklyChangeIn) -> HttpResponse:
    visit = enter(request, school)
    found = find_enrollment(visit, enrollment)
    require_weekly(found)
    if body.series:
        return _switch(visit, found, body, body.series)
    place = find_resource(visit.school, body.resource) if body.resource else None
    first_day = first_day_of(body, found.series)
    wanted = SeriesChange(
        rule=rule_on(found.series, first_day=first_day, weekday=body.weekday, every=body.every),
        starts=body.starts,
        instructors=(find_instructor(visit.school, body.instructor),) if body.instructor else None,
        resource=place if "resource" in body.model_fields_set else Same.SAME,
    )

    def act() -> dict[str, Any]:
        if body.dry_run:
            changed = preview_weekly_change(found, first_day=first_day, change=wanted)
            return show_changed(changed) | {"enrollment": None}
        change_weekly(found, first_day=first_day, change=wanted, by=visit.actor, **body.ways)
        return {"lessons": [], "added": [], "first_on": None, "enrollment": show_whole_enrollment(visit, found.pk)}

    return visit.answer(act, status=HTTPStatus.OK)


def _switch(visit: Visit, found: Enrollment, body: WeeklyChangeIn, series_id: UUID) -> HttpResponse:
    named = body.model_fields_set - {"series", "first_day", "dry_run"}
    if named:
        raise InputRefused({name: [_("A class has its own. Leave this out.")] for name in sorted(named)})
    to, first_day = find_series(visit, series_id), body.first_day or local_day(now(), visit.school.zone)

    def act() -> dict[str, Any]:
        if body.dry_run:
            seen = preview_switch(found, to=to, first_day=first_day)
            return {
                "lessons": [show_left(one, found.student) for one in seen.left],
                "added": show_planned(seen.joined),
                "first_on": seen.joined[0].day.isoformat() if seen.joined else None,
                "enrollment": None,
            }
        after = switch_class(found, to=to, first_day=first_day, by=visit.actor)
        return {"lessons": [], "added": [], "first_on": None, "enrollment": show_whole_enrollment(visit, after.pk)}

    return visit.answer(act, status=HTTPStatus.OK)


@router.post("/{enrollment}/pause", operation_id="pause_enrollment", summary="No lessons from a day on")
@answers(shapes.EnrollmentOrPreview, to=STAFF)
def pause(request: HttpRequest, school: Path[str], enrollment: UUID, body: PauseIn) -> HttpResponse:
    return _do(
        enter(request, school),
        enrollment,
        cancelled=(lambda found: preview_pause(found, from_day=body.from_day, until=body.until))
        if body.dry_run
        else None,
        act=lambda found, by: pause_enrollment(found, from_day=body.from_day, until=body.until, by=by),
    )


@router.post("/{enrollment}/resume", operation_id="resume_enrollment", summary="Lessons go on after a pause")
@answers(shapes.EnrollmentOrPreview, to=STAFF)
def resume(request: HttpRequest, school: Path[str], enrollment: UUID, body: ResumeIn) -> HttpResponse:
    return _do(
        enter(request, school),
        enrollment,
        lessons=(lambda found: preview_resume(found, on=body.on)) if body.dry_run else None,
        act=lambda found, by: resume_enrollment(found, on=body.on, by=by),
    )


@router.post("/{enrollment}/end", operation_id="end_enrollment", summary="No lessons after a day")
@answers(shapes.EnrollmentOrPreview, to=STAFF)
def end(request: HttpRequest, school: Path[str], enrollment: UUID, body: EndIn) -> HttpResponse:
    return _do(
        enter(request, school),
        enrollment,
        cancelled=(lambda found: preview_end(found, last_day=body.last_day)) if body.dry_run else None,
        act=lambda found, by: end_enrollment(found, last_day=body.last_day, by=by),
    )


@router.post(
    "/{enrollment}/leave-out", operation_id="leave_out_lesson", summary="No lesson on a day that is not booked yet"
)
@answers(shapes.WholeEnrollment, to=STAFF)
def leave_out_lesson(request: HttpRequest, school: Path[str], enrollment: UUID, body: DayIn) -> HttpResponse:
    return _with_day(enter(request, school), enrollment, body.day, leave_out)


@router.post("/{enrollment}/put-back", operation_id="put_back_lesson", summary="A day that was left out is wanted")
@answers(shapes.WholeEnrollment, to=STAFF)
def put_back_lesson(request: HttpRequest, school: Path[str], enrollment: UUID, body: DayIn) -> HttpResponse:
    return _with_day(enter(request, school), enrollment, body.day, put_back)


def _with_day(visit: Visit, enrollment: UUID, day: dt.date, act: Callable[..., object]) -> HttpResponse:
    found = find_enrollment(visit, enrollment)

    def do() -> dict[str, Any]:
        act(own_series(found), day, by=visit.actor)
        return show_whole_enrollment(visit, found.pk)

    return visit.answer(do, status=HTTPStatus.OK)


def _do(
    visit: Visit,
    enrollment_id: UUID,
    *,
    act: Callable[..., Enrollment],
    cancelled: Callable[[Enrollment], Sequence[Booking]] | None = None,
    lessons: Callable[[Enrollment], Sequence[PlannedLesson]] | None = None,
) -> HttpResponse:
    """With a preview of what is cancelled, or of the lessons that there will be, that; else the act."""
    found = find_enrollment(visit, enrollment_id)

    def done() -> dict[str, Any]:
        if cancelled or lessons:
            return {
                "dry_run": True,
                "cancelled": show_enrolled(cancelled(found) if cancelled else ()),
                "lessons": show_planned(lessons(found) if lessons else ()),
            }
        act(found, visit.actor)
        return show_whole_enrollment(visit, found.pk)

    return visit.answer(done, status=HTTPStatus.OK)
