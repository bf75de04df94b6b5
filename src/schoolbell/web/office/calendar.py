"""`/office/calendar/`: a day or a week to scale, by instructor or by place. A table where a week has more columns than
can be read, and lists on phones."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schoolbell.kit.time import days
from schoolbell.people.models import Instructor
from schoolbell.timetable.models import Resource
from schoolbell.timetable.queries import as_counted
from schoolbell.web.entry import Visit
from schoolbell.web.office.events import NOBODY, Event, events_within, on_day
from schoolbell.web.office.frame import come_in, show
from schoolbell.web.office.grid import grid_of
from schoolbell.web.office.listing import Option, one_of, with_
from schoolbell.web.office.names import short_name
from schoolbell.web.office.periods import day_of, monday, stretch_of, today
from schoolbell.web.office.shading import Shading, shading_of
from schoolbell.web.templatetags.words import day as said_day
from schoolbell.web.templatetags.words import long_day

COLUMNS_IN_A_WEEK: Final = 3  # more of them are too narrow to read


@dataclass(frozen=True, slots=True)
class Column:
    """Whose time a column is; `key` is nobody's where no instructor, or no place, is set."""

    key: str
    name: str
    short: str
    is_shown: bool
    toggle: str
    diary_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """`is_past`: before today, in a week that today is in. `notes`: what is closed, and who is away; `closed`: why the
    school is."""

    day: dt.date
    events: Sequence[Event]
    is_today: bool
    is_past: bool
    notes: Sequence[str]
    closed: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the address asks to see."""

    view: str
    by: str
    first: dt.date
    days: int
    who: frozenset[str]

    @classmethod
    def by_address(cls, request: HttpRequest, visit: Visit) -> "Seen":
        view = one_of(request, "view", ("week", "day"), "week")
        day = day_of(request.GET.get("day"), today(visit.school))
        by = one_of(request, "by", ("instructor", "resource"), "instructor")
        who = frozenset(key for key in request.GET.getlist("who") if key == NOBODY or _is_id(key))
        return cls(view, by, monday(day) if view == "week" else day, 7 if view == "week" else 1, who)

    @property
    def last(self) -> dt.date:
        return self.first + dt.timedelta(days=self.days - 1)


@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    seen = Seen.by_address(request, visit)
    events = events_within(visit, stretch_of(visit.school, seen.first, seen.days))
    columns = _columns(request, visit, seen, events)
    shown = {one.key for one in columns if one.is_shown}
    listed = [event for event in events if event.columns(seen.by) & shown]
    day = today(visit.school)
    holds_today = seen.first <= day <= seen.last
    own = [one for one in columns if one.is_shown]
    diaries = {one.key: one.diary_id for one in own if one.diary_id}
    shading = shading_of(visit, stretch_of(visit.school, seen.first, seen.days), diaries, by=seen.by)
    names = {one.key: one.name for one in own}
    each = [
        Day(
            one,
            on_day(listed, one),
            is_today=one == day,
            is_past=holds_today and one < day,
            notes=shading.notes_of(names, one),
            closed=shading.closed_on(one),
        )
        for one in days(seen.first, seen.last)
    ]
    # A weekend on which nothing is taught, and could not be, is left out.
    drawn = [
        one for one in each if one.events or seen.days == 1 or one.day.isoweekday() < 6 or shading.is_open(one.day)
    ]
    # A week of many people or places, to scale, is too narrow to read.
    is_wide = seen.view == "week" and len(own) > COLUMNS_IN_A_WEEK
    in_columns = [(one.key, one.short if seen.view == "week" else one.name) for one in own]
    on = [one.day for one in drawn]
    grid = None if is_wide else grid_of(listed, on, in_columns, visit, by=seen.by, shading=shading)
    step = dt.timedelta(days=seen.days)
    context = {
        "seen": seen,
        "title": _title(seen),
        "earlier": with_(request.GET, day=(seen.first - step).isoformat()),
        "later": with_(request.GET, day=(seen.first + step).isoformat()),
        "to_today": with_(request.GET, day=""),
        "views": [
            Option(words, with_(request.GET, view=name, day=_same_day(seen, day)), name == seen.view)
            for name, words in (("day", _("Day")), ("week", _("Week")))
        ],
        "bys": [
            Option(words, with_(request.GET, by=name, who=""), name == seen.by)
            for name, words in (("instructor", _("Instructors")), ("resource", _("Places")))
        ],
        "columns": columns,
        "everybody": with_(request.GET, who=""),
        "drawn": drawn,
        "past": [one for one in each if one.is_past and (one.events or one.notes)],
        "ahead": [one for one in each if not one.is_past and (one.events or one.notes)],
        "rows": _rows(own, listed, on, seen, shading) if is_wide else [],
        "has_events": bool(listed),
        "grid": grid,
    }
    return show(visit, "calendar", "calendar", context)


def _columns(request: HttpRequest, visit: Visit, seen: Seen, events: Sequence[Event]) -> list[Column]:
    """Everybody who teaches, or every place, that is active or has something on; nobody's column when it is needed."""
    busy = {key for event in events for key in event.columns(seen.by)}
    named: list[tuple[str, str, str, UUID | None]]
    if seen.by == "resource":
        places = Resource.objects.of(visit.school).order_by(as_counted("name"), "id")
        named = [
            (str(one.pk), one.name, one.name, one.diary_id) for one in places if one.is_active or str(one.pk) in busy
        ]
    else:
        people = Instructor.objects.of(visit.school).select_related("person")
        named = sorted(
            (
                (str(one.pk), one.person.name, short_name(one.person), one.person.diary_id)
                for one in people
                if one.status == "active" or str(one.pk) in busy
            ),
            key=lambda column: column[1],
        )
    if NOBODY in busy:
        nobody = _("No place") if seen.by == "resource" else _("Nobody yet")
        named.append((NOBODY, nobody, nobody, None))
    chosen = seen.who & {key for key, *_more in named}
    found = []
    for key, name, short, diary_id in named:
        others = sorted(chosen ^ {key})
        query = request.GET.copy()
        query.setlist("who", [] if len(others) == len(named) else others)
        is_shown = key in chosen if chosen else True
        found.append(Column(key, name, short, is_shown, f"?{query.urlencode()}", diary_id))
    return found


def _rows(
    columns: Sequence[Column],
    events: Sequence[Event],
    drawn: Sequence[dt.date],
    seen: Seen,
    shading: Shading,
) -> list[dict[str, Any]]:
    """The table: a row for everybody who has something on or is away, a cell per day."""
    rows = []
    for column in columns:
        own = [event for event in events if column.key in event.columns(seen.by)]
        cells = [
            {
                "events": on_day(own, day),
                "off": [one for one in shading.of(column.key, day) if one.kind == "off"],
                "is_shut": shading.is_shut(column.key, day),
            }
            for day in drawn
        ]
        if own or any(cell["off"] for cell in cells):
            rows.append({"name": column.name, "cells": cells})
    return rows


def _same_day(seen: Seen, day: dt.date) -> str:
    """The day that stays in view: today when it was."""
    return "" if seen.first <= day <= seen.last else seen.first.isoformat()


def _title(seen: Seen) -> str:
    if seen.days == 1:
        return long_day(seen.first)
    return _("%(first)s to %(last)s") % {"first": said_day(seen.first), "last": said_day(seen.last)}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
