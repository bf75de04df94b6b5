"""`/skipped-lessons`: lessons of series that found no time, and putting each at another."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import STAFF, enter
from schoolbell.api.pages import page
from schoolbell.api.sessions import show_session
from schoolbell.api.types import Input, Instant, shown
from schoolbell.kit.refusals import NotFound
from schoolbell.planning.placing import LeftOut, left_out, place_skipped
from schoolbell.planning.skipped import skipped_ahead
from schoolbell.schools.models import School
from schoolbell.timetable.models import SkippedOccurrence

MOST = 50  # other times are looked for, for each

router = Router(tags=["series"])


class PlaceIn(Input):
    starts_at: Instant


def show_skipped(rows: Sequence[SkippedOccurrence], school: School) -> list[dict[str, Any]]:
    return [_show(one) for one in left_out(school, rows)]


def _show(one: LeftOut) -> dict[str, Any]:
    series, enrollment = one.plan.series, one.plan.enrollment
    return {
        "id": str(one.row.pk),
        "series": str(series.pk),
        "enrollment": str(enrollment.pk) if enrollment else None,
        "course": {"id": str(series.course_id), "name": series.course.name},
        "student": {"id": str(enrollment.student_id), "name": enrollment.student.person.name} if enrollment else None,
        "occurrence_on": one.lesson.day.isoformat(),
        "starts_at": shown(one.lesson.during.starts_at),
        "ends_at": shown(one.lesson.during.ends_at),
        "reason": one.lesson.reason,
        "taken": [
            {"who": who, "starts_at": shown(during.starts_at), "ends_at": shown(during.ends_at)}
            for who, during in one.lesson.taken
        ],
        "alternatives": [
            {"starts_at": shown(move.slots[0].starts_at), "ends_at": shown(move.slots[0].ends_at)}
            for move in one.others
        ],
    }


@router.get("", operation_id="list_skipped_lessons", summary="Lessons ahead that found no time, and when they could be")
@answers(shapes.SkippedLessons, to=STAFF)
def skipped(
    request: HttpRequest, school: Path[str], after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = 25
) -> dict[str, Any]:
    visit = enter(request, school)
    rows = skipped_ahead(visit.school)
    return page(rows, after=after, limit=limit, show=lambda found: show_skipped(found, visit.school))


@router.post(
    "/{skipped}/place", operation_id="place_skipped_lesson", summary="Give it at another time, in place of its own"
)
@answers(shapes.Session, to=STAFF)
def place(request: HttpRequest, school: Path[str], skipped: UUID, body: PlaceIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        row = SkippedOccurrence.objects.of(visit.school).filter(id=skipped).select_related("series__course").first()
        if row is None:
            raise NotFound(skipped)
        row.series.course.school = visit.school
        session = place_skipped(row.series, row.occurrence_on, body.starts_at, by=visit.actor)
        return show_session(session, visit)

    return visit.answer(act, status=HTTPStatus.OK)
