"""`/availability`: what can be booked now."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from schoolbell.api import shapes
from schoolbell.api.courses import find_course
from schoolbell.api.document import answers
from schoolbell.api.entry import ANYBODY, SIGNED_IN, Visit, enter, require_role
from schoolbell.api.pages import CursorRefused, read_cursor, write_cursor
from schoolbell.api.sessions import time_bound
from schoolbell.api.types import shown
from schoolbell.bookings.queries import students_seen_by
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.free_times import FreeTime, Place, free_times
from schoolbell.timetable.models import Resource

router = Router(tags=["availability"])
MOST_DAYS = 62
MOST_TIMES = 2000


def show_free_times(found: Iterable[FreeTime]) -> list[dict[str, Any]]:
    """Many start at one time, and many are of one instructor: each of these is written once."""
    times, people, places = _Times(), _People(), _Places()
    return [
        {
            "starts_at": times[free.during.starts_at],
            "ends_at": times[free.during.ends_at],
            "instructor": people[free.instructor],
            "resource": places[free.resource],
            "session": str(free.session.pk) if free.session else None,
            "seats_left": free.seats_left,
        }
        for free in found
    ]


class _Times(dict[dt.datetime, str | None]):
    def __missing__(self, at: dt.datetime) -> str | None:
        self[at] = shown(at)
        return self[at]


class _People(dict[Instructor | None, dict[str, str] | None]):
    def __missing__(self, one: Instructor | None) -> dict[str, str] | None:
        self[one] = {"id": str(one.pk), "name": one.person.name} if one else None
        return self[one]


class _Places(dict[Resource | None, dict[str, str] | None]):
    def __missing__(self, one: Resource | None) -> dict[str, str] | None:
        self[one] = {"id": str(one.pk), "name": one.name} if one else None
        return self[one]


@router.get("", operation_id="list_free_times", summary="Start times that can be booked now")
@answers(shapes.FreeTimes, to=ANYBODY)
def availability(
    request: HttpRequest,
    school: Path[str],
    course: UUID,
    instructor: UUID | None = None,
    student: UUID | None = None,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: str | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_TIMES)] = 500,
) -> dict[str, Any]:
    """At most 62 days at a time. Without `from` it begins now, without `to` it is the four weeks after. Ask for the
    next page with the same `from` and `to`. With a `student`, only when they have nothing else: whoever asks is signed
    in, and may see that student."""
    visit = enter(request, school)
    starts_at = time_bound(visit, "from", from_, end=False) or now()
    ends_at = time_bound(visit, "to", to, end=True) or starts_at + dt.timedelta(days=28)
    if not starts_at < ends_at <= starts_at + dt.timedelta(days=MOST_DAYS):
        raise InputRefused.of("to", _("Ask for at most %s days, the last not before the first.") % MOST_DAYS)
    found = free_times(
        visit.school,
        find_course(visit.school, course),
        Stretch(starts_at, ends_at),
        instructor_id=instructor,
        student=_student(visit, student) if student else None,
        after=_place(after) if after is not None else None,
        most=limit + 1,
    )
    more, found = len(found) > limit, found[:limit]
    return {"items": show_free_times(found), "next": _cursor(found[-1].place) if more else None}


def _student(visit: Visit, student_id: UUID) -> Student:
    """When somebody is busy is for those to know who see them. Raises NotSignedIn, NotFound."""
    require_role(visit.actor, SIGNED_IN)
    found = students_seen_by(visit.actor, visit.school).filter(id=student_id).first()
    if found is None:
        raise NotFound(student_id)
    return found


def _cursor(place: Place) -> str:
    during, instructor, session = place
    return write_cursor(during.starts_at.isoformat(), during.ends_at.isoformat(), instructor, session)


def _place(cursor: str) -> Place:
    starts_at, ends_at, instructor, session = read_cursor(cursor, parts=4)
    try:
        return Stretch(dt.datetime.fromisoformat(starts_at), dt.datetime.fromisoformat(ends_at)), instructor, session
    except (ValueError, OverflowError) as wrong:
        raise CursorRefused from wrong
