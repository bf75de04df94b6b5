"""`/teach/`: an instructor's day. `/teach/week/`: their week."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.dateformat import format as written
from django.views.decorators.http import require_safe

from schoolbell.bookings.teaching import next_taught, taught
from schoolbell.diary.closures import closed_on
from schoolbell.kit.time import Stretch, day_starts, days, local_day, now
from schoolbell.web.entry import Visit
from schoolbell.web.instructor.frame import address, come_in, frame
from schoolbell.web.instructor.rows import Row, counted_words, hours_shown, row_of, rows_of

ONE_DAY = dt.timedelta(days=1)
ONE_WEEK = dt.timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week page."""

    day: dt.date
    href: str
    rows: list[Row]
    is_today: bool
    closed: str = ""

    @property
    def has_lessons(self) -> bool:
        return bool(self.rows)

    @property
    def counted(self) -> str:
        return counted_words(self.rows)


@require_safe
def day(request: HttpRequest, slug: str) -> HttpResponse:
    """`?day=2026-12-08`; today without. The next lesson stands on top of today."""
    visit = come_in(request, slug)
    today = local_day(now(), visit.zone)
    chosen = day_asked(request) or today
    following = next_taught(visit.actor, visit.school)
    rows = rows_of(visit, taught(visit.actor, visit.school, _stretch(visit, chosen, chosen)), following)
    return visit.render(
        "web/instructor/day.html",
        frame(visit, "day")
        | {
            "day": chosen,
            "is_today": chosen == today,
            "is_past": chosen < today,
            "earlier": _of_day(visit, chosen - ONE_DAY),
            "later": _of_day(visit, chosen + ONE_DAY),
            "rows": rows,
            "hours": hours_shown(rows, visit.zone),
            "counted": counted_words(rows),
            "following": row_of(visit, following, is_next=True) if following and chosen == today else None,
        },
    )


@require_safe
def week(request: HttpRequest, slug: str) -> HttpResponse:
    """The ISO week of `?day=2026-12-08`; this one without."""
    visit = come_in(request, slug)
    today = local_day(now(), visit.zone)
    monday = monday_of(day_asked(request) or today)
    sunday = monday + dt.timedelta(days=6)
    following = next_taught(visit.actor, visit.school)
    rows = rows_of(visit, taught(visit.actor, visit.school, _stretch(visit, monday, sunday)), following)
    closed = closed_days(visit, monday, sunday)
    return visit.render(
        "web/instructor/week.html",
        frame(visit, "week")
        | {
            "monday": monday,
            "span": span_words(monday, sunday),
            "sunday": sunday,
            "is_this_week": monday == monday_of(today),
            "is_past": sunday < today,
            "earlier": address(visit, f"week/?day={monday - ONE_WEEK}"),
            "later": address(visit, f"week/?day={monday + ONE_WEEK}"),
            "days": [
                Day(one, _of_day(visit, one), _on(one, rows, visit), one == today, closed.get(one, ""))
                for one in days(monday, sunday)
            ],
            "rows": rows,
            "hours": hours_shown(rows, visit.zone),
            "counted": counted_words(rows),
            "following": row_of(visit, following, is_next=True) if following and monday == monday_of(today) else None,
        },
    )


def closed_days(visit: Visit, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """Why the school is closed, of those days on which it is for some of the time, by the visitor's clock."""
    names: dict[dt.date, list[str]] = {}
    for during, name in closed_on(visit.school, _stretch(visit, first, last)):
        begins = local_day(during.starts_at, visit.zone)
        ends = local_day(during.ends_at - dt.timedelta.resolution, visit.zone)
        for day in days(max(begins, first), min(ends, last)):
            names.setdefault(day, []).append(name)
    return {day: ", ".join(dict.fromkeys(own)) for day, own in names.items()}


def day_asked(request: HttpRequest) -> dt.date | None:
    """The day that the address names; what names none is as if nothing was said."""
    try:
        asked = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
    return asked if 2000 <= asked.year <= 2200 else None


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.isoweekday() - 1)


def span_words(first: dt.date, last: dt.date) -> str:
    """“7–13 Dec”, “30 Nov–6 Dec”."""
    return f"{written(first, 'j' if first.month == last.month else 'j M')}–{written(last, 'j M')}"


def _stretch(visit: Visit, first: dt.date, last: dt.date) -> Stretch:
    return Stretch(day_starts(first, visit.zone), day_starts(last + ONE_DAY, visit.zone))


def _on(day: dt.date, rows: list[Row], visit: Visit) -> list[Row]:
    """Those that start on that day; on the first day of the week also what began before it."""
    first = day.isoweekday() == 1
    return [
        row for row in rows
        if (starts := local_day(row.starts_at, visit.zone)) == day or (first and starts < day)
    ]  # fmt: skip


def _of_day(visit: Visit, day: dt.date) -> str:
    return address(visit, f"?day={day}")
