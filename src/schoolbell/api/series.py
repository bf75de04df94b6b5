"""`/series`: classes that repeat."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.courses import find_course
from schoolbell.api.document import answers
from schoolbell.api.entry import STAFF, TEACHING, Visit, enter
from schoolbell.api.instructors import find_instructor
from schoolbell.api.lessons import show_planned
from schoolbell.api.pages import MOST, page
from schoolbell.api.resources import find_resource
from schoolbell.api.types import AN_ID, Day, Input, Minor, WallTime, Zone, example, money, shown
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.planning.classes import NewSeries, create_series, preview_series
from schoolbell.planning.skipped import skipped_lessons
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, SeriesStaffing, Session
from schoolbell.timetable.recurrence import weekly_on

router = Router(tags=["series"])


class SeriesIn(Input):
    model_config = example(
        course=AN_ID, weekdays=[1], starts="16:00", first_day="2030-01-07", last_day="2030-03-25", instructors=[AN_ID]
    )

    course: UUID
    rule: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="RFC 5545's RRULE, by day, week or month, such as FREQ=WEEKLY;BYDAY=TU."
    )
    weekdays: list[Annotated[int, Field(strict=True, ge=1, le=7)]] | None = Field(
        None, min_length=1, max_length=7, description="Instead of a rule: every week. ISO: 1 is Monday."
    )
    starts: WallTime
    first_day: Day
    last_day: Day | None = None
    instructors: list[UUID] = Field(default_factory=list, max_length=20)
    resource: UUID | None = None
    capacity: Annotated[int, Field(strict=True, ge=1, le=1_000)] | None = None
    price: Minor | None = None
    timezone: Zone | None = None
    publishes: Annotated[bool, Field(strict=True)] = Field(default=True, description="false: its sessions are drafts.")
    dry_run: Annotated[bool, Field(strict=True)] = Field(default=False, description="A preview: nothing is written.")


def show_series(found: Sequence[Series], school: School) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.pk),
            "course": {"id": str(one.course_id), "name": one.course.name},
            "instructors": [
                {"id": str(staff.instructor_id), "name": staff.instructor.person.name} for staff in one.staffing.all()
            ],
            "resource": {"id": str(one.resource_id), "name": one.resource.name} if one.resource else None,
            "rule": one.rule,
            "starts": one.starts.isoformat("minutes"),
            "timezone": one.timezone,
            "duration_minutes": one.duration_minutes,
            "first_day": one.starts_on.isoformat(),
            "last_day": one.ends_on.isoformat() if one.ends_on else None,
            "capacity": one.capacity,
            "price": money(one.price, school.currency) if one.price is not None else None,
            "publishes": one.publishes,
            "follows": str(one.follows_id) if one.follows_id else None,
        }
        for one in found
    ]


def _seen(school: School) -> Any:
    """Series of classes: one student's weekly lessons go with their enrollment."""
    staffing = SeriesStaffing.objects.of(school).select_related("instructor__person").order_by("-leads", "id")
    rows = Series.objects.of(school).filter(on_demand=False).select_related("course__school", "resource")
    return rows.prefetch_related(Prefetch("staffing", staffing))


def find_series(visit: Visit, series_id: UUID) -> Series:
    """Raises NotFound."""
    found: Series | None = _seen(visit.school).filter(id=series_id).first()
    if found is None:
        raise NotFound(series_id)
    return found


def show_whole_series(school: School, series_id: UUID) -> dict[str, Any]:
    found = _seen(school).get(id=series_id)
    sessions = Session.objects.of(school).filter(series_id=series_id).order_by("occurrence_on", "id")
    return show_series([found], school)[0] | {
        "sessions": [
            {
                "id": str(one.pk),
                "occurrence_on": one.occurrence_on.isoformat() if one.occurrence_on else None,
                "status": one.status,
                "starts_at": shown(one.starts_at),
                "ends_at": shown(one.ends_at),
            }
            for one in sessions
        ],
        "skipped": show_planned(skipped_lessons(found)),
    }


@router.get("", operation_id="list_series", summary="Classes that repeat")
@answers(shapes.SeriesList, to=TEACHING)
def series_list(
    request: HttpRequest, school: Path[str], after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = 50
) -> dict[str, Any]:
    visit = enter(request, school)
    return page(_seen(visit.school), after=after, limit=limit, show=lambda found: show_series(found, visit.school))


@router.get("/{series}", operation_id="get_series", summary="One series, with its sessions and the days it leaves out")
@answers(shapes.WholeSeries, to=TEACHING)
def series(request: HttpRequest, school: Path[str], series: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    return show_whole_series(visit.school, find_series(visit, series).pk)


@router.post(
    "", operation_id="create_series", summary="Repeat a class; with `dry_run`, see every class and what is in its way"
)
@answers(shapes.SeriesOrPreview, HTTPStatus.CREATED, to=STAFF, previews=True)
def create(request: HttpRequest, school: Path[str], body: SeriesIn) -> HttpResponse:
    visit = enter(request, school)
    new = _new(visit, body)
    if body.dry_run:
        planned = preview_series(new)
        return visit.answer(lambda: {"dry_run": True, "lessons": show_planned(planned)}, status=HTTPStatus.OK)
    return visit.answer(lambda: show_whole_series(visit.school, create_series(new, by=visit.actor).pk))


def _new(visit: Visit, body: SeriesIn) -> NewSeries:
    if (body.rule is None) == (body.weekdays is None):
        raise InputRefused.of("rule", _("Give a rule or weekdays, one of the two."))
    return NewSeries(
        course=find_course(visit.school, body.course),
        rule=body.rule or weekly_on(*sorted(set(body.weekdays or ()))),
        starts=body.starts,
        first_day=body.first_day,
        last_day=body.last_day,
        instructors=[find_instructor(visit.school, one) for one in body.instructors],
        resource=find_resource(visit.school, body.resource) if body.resource else None,
        capacity=body.capacity,
        price=body.price,
        timezone=body.timezone or "",
        publishes=body.publishes,
    )
