"""`/teach/weekly/`: what an instructor teaches every week, and the lessons of it that found no time."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from schoolbell.bookings.models import Enrollment
from schoolbell.bookings.teaching import Repeating, classes_taught, weekly_taught
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.planning.placing import plans_of
from schoolbell.planning.skipped import in_words, occurrence_of, skipped_ahead
from schoolbell.timetable.models import Series, SkippedOccurrence
from schoolbell.timetable.recurrence import weekdays_of
from schoolbell.web.entry import Visit
from schoolbell.web.instructor.frame import address, come_in, frame
from schoolbell.web.office.listing import listing
from schoolbell.web.rule_words import said_series, why


@dataclass(frozen=True, slots=True)
class Row:
    """Lessons or classes that repeat. `first_day` is said where it lies ahead; `href` is the next one's, if any."""

    one: Repeating
    title: str
    course: str
    words: str
    first_day: dt.date | None
    href: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One that found no time. `href` is the day on which it would be."""

    title: str
    course: str
    during: Stretch
    why: str
    href: str


@require_safe
def weekly(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    skipped = skipped_ahead(visit.school).filter(series__staffing__instructor__person_id=visit.actor.me)
    found = listing(request, skipped)
    context = {
        "students": _rows(visit, weekly_taught(visit.actor, visit.school)),
        "classes": _rows(visit, classes_taught(visit.actor, visit.school)),
        "list": found,
        "left_out": _left_out(visit, found.items),
    }
    return visit.render("web/instructor/weekly.html", frame(visit, "weekly") | context)


def _rows(visit: Visit, found: Iterable[Repeating]) -> list[Row]:
    """As they come in a week."""
    rows = [_row(visit, one) for one in found]
    return sorted(
        rows, key=lambda row: (weekdays_of(row.one.series) or [0], row.one.series.starts, row.title, row.one.series.pk)
    )


def _row(visit: Visit, one: Repeating) -> Row:
    series = one.series
    title, course = _names(series, one.enrollment)
    begins_later = series.starts_on > local_day(now(), visit.school.zone) and not one.is_paused
    href = address(visit, f"lessons/{one.next_slot}/") if one.next_slot else ""
    return Row(one, title, course, said_series(series), series.starts_on if begins_later else None, href)


def _left_out(visit: Visit, rows: Sequence[SkippedOccurrence]) -> list[LeftOut]:
    plans = plans_of(visit.school, {row.series_id for row in rows})
    found = []
    for row in rows:
        plan = plans[row.series_id]
        (lesson,) = in_words(plan, [occurrence_of(plan, row)], most_alternatives=0)
        day = local_day(lesson.during.starts_at, visit.zone)
        names = _names(plan.series, plan.enrollment)
        found.append(LeftOut(*names, lesson.during, why(lesson, visit.zone), address(visit, f"?day={day}")))
    return found


def _names(series: Series, enrollment: Enrollment | None) -> tuple[str, str]:
    """Whom it is with, or what it is; and the course of what is with somebody."""
    if enrollment is None:
        return series.course.name, ""
    return enrollment.student.person.name, series.course.name
