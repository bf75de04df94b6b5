"""Reads an iCalendar file in a process of its own, which may not use more than its share of time and memory.

A rule such as “every second, for ever” is one line: whoever reads calendars of strangers reads them at arm's length.
Run as `python calendar_child.py FROM UNTIL` with the file on standard input; instants in, JSON out. It imports
nothing of ours, so that it starts quickly.
"""

import datetime as dt
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]

MOST_EVENTS = 20_000
CPU_SECONDS = 10
MEMORY = 1024 * 1024 * 1024
DAY = dt.timedelta(days=1)
A_LIFETIME = 100  # years


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    first, last = (dt.datetime.fromisoformat(text) for text in sys.argv[1:3])
    try:
        calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
    except (ValueError, IndexError):
        answer: dict[str, Any] = {"failure": "not_a_calendar"}
    else:
        answer = _events(calendar, first, last) if calendar.name == "VCALENDAR" else {"failure": "not_a_calendar"}
    json.dump(answer, sys.stdout)


def _events(calendar: icalendar.Calendar, first: dt.datetime, last: dt.datetime) -> dict[str, Any]:
    for component in calendar.walk("VEVENT"):
        _bring_near(component, last.year + A_LIFETIME)
    # A day more on either side: whole days and times without a zone have their place only where the owner lives.
    query = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=True)
    found: list[dict[str, Any]] = []
    for event in query.between(first - DAY, last + DAY):
        if len(found) >= MOST_EVENTS:
            return {"failure": "too_many"}
        found.extend(_told(event))
    return {"events": found}


def _bring_near(component: Any, year: int) -> None:
    """“For ever” is written as the year 9999, and as long a time before today there was no calendar to reckon by."""
    ends = component.get("DTEND")
    if ends is not None and isinstance(getattr(ends, "dt", None), dt.date) and ends.dt.year > year:
        ends.dt = ends.dt.replace(year=year, month=1, day=1)


def _told(event: Any) -> Iterator[dict[str, Any]]:
    """Nothing for what takes no time, was called off, or is told as free."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED" or str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return
    starts, ends = event.start, event.end
    if ends <= starts:
        return
    recurrence = event.get("RECURRENCE-ID")
    yield {
        "uid": str(event.get("UID", ""))[:300],
        "recurrence": _written(recurrence.dt) if recurrence is not None else "",
        "starts": _written(starts),
        "ends": _written(ends),
        "all_day": not isinstance(starts, dt.datetime),
    }


def _written(at: dt.date) -> str:
    """An instant with its offset; a wall-clock time or a day without one."""
    if isinstance(at, dt.datetime):
        return (at.astimezone(dt.UTC) if at.tzinfo is not None else at).isoformat()
    return at.isoformat()


if __name__ == "__main__":
    main()
