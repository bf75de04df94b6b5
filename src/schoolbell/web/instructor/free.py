"""`/teach/free/`: when an instructor can be booked, as learners see it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import courses_taught_by
from schoolbell.kit.time import Stretch, day_starts, days, local_day, now, union
from schoolbell.people.models import Instructor
from schoolbell.planning.free_times import FreeTime, free_times
from schoolbell.web.entry import Visit
from schoolbell.web.instructor.day import closed_days, day_asked, monday_of, span_words
from schoolbell.web.instructor.frame import address, come_in, frame

WEEK: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FreeDay:
    """`stretches` are free; within them a lesson can begin at so many `starts`."""

    day: dt.date
    is_today: bool
    is_over: bool
    stretches: Sequence[Stretch]
    starts: int
    closed: str = ""


@require_safe
def free(request: HttpRequest, slug: str) -> HttpResponse:
    """The ISO week of `?day=2026-12-08`, for lessons of `?course=`; this week, and their first course, without."""
    visit = come_in(request, slug)
    own = Instructor.objects.of(visit.school).filter(person_id=visit.actor.me).select_related("person").first()
    if own is None:
        raise Http404
    courses = list(
        courses_taught_by(own).filter(is_active=True, format=Course.Format.ONE_TO_ONE).order_by("name", "id")
    )
    course = next((one for one in courses if str(one.pk) == request.GET.get("course")), courses[0] if courses else None)
    today = local_day(now(), visit.zone)
    monday = monday_of(day_asked(request) or today)
    suffix = f"&course={course.pk}" if course and len(courses) > 1 else ""
    context = {
        "course": course,
        "courses": [(str(one.pk), one.name) for one in courses],
        "monday": monday,
        "span": span_words(monday, monday + dt.timedelta(days=6)),
        "is_this_week": monday == monday_of(today),
        "earlier": address(visit, f"free/?day={monday - WEEK}{suffix}"),
        "later": address(visit, f"free/?day={monday + WEEK}{suffix}"),
        "days": _days(visit, own, course, monday) if course else [],
    }
    return visit.render("web/instructor/free.html", frame(visit, "free") | context)


def _days(visit: Visit, own: Instructor, course: Course, monday: dt.date) -> list[FreeDay]:
    where, today = visit.zone, local_day(now(), visit.zone)
    within = Stretch(day_starts(monday, where), day_starts(monday + WEEK, where))
    per_day: dict[dt.date, list[FreeTime]] = {day: [] for day in days(monday, monday + dt.timedelta(days=6))}
    for found in free_times(visit.school, course, within, instructor_id=own.pk):
        per_day[local_day(found.during.starts_at, where)].append(found)
    closed = closed_days(visit, monday, monday + dt.timedelta(days=6))
    return [
        FreeDay(
            day,
            day == today,
            day < today,
            union(one.during for one in own_times),
            len({one.during for one in own_times}),
            closed.get(day, ""),
        )
        for day, own_times in per_day.items()
    ]
