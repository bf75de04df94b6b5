"""What an iCalendar file says of when somebody is busy: repetitions written out, exceptions heeded."""

import datetime as dt
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schoolbell.kit import calendar_child
from schoolbell.kit.time import Stretch, day_starts, instant, require_instant

SECONDS: Final = 40.0
_FAILURES = {
    "not_a_calendar": _("What is there is no calendar."),
    "too_many": _("The calendar holds too many events."),
}


class CalendarUnreadable(Exception):
    """Why, as a sentence."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))


@dataclass(frozen=True, slots=True, order=True)
class BusyEvent:
    """One event, or one repetition of it; `recurrence` is then its original start."""

    during: Stretch
    uid: str
    recurrence: str
    all_day: bool


def read_events(content: bytes, *, within: Stretch, where: ZoneInfo) -> list[BusyEvent]:
    """What meets `within`, each once, in order. Whole days, and times that name no zone, are those of `where`.

    Raises CalendarUnreadable.
    """
    command = [sys.executable, "-I", str(Path(calendar_child.__file__))]
    times = [within.starts_at.isoformat(), within.ends_at.isoformat()]
    try:
        done = subprocess.run([*command, *times], input=content, capture_output=True, timeout=SECONDS, check=True)
        told = orjson.loads(done.stdout)
    except (subprocess.SubprocessError, orjson.JSONDecodeError) as failure:
        raise CalendarUnreadable(_("The calendar cannot be read: it is damaged, or too much at once.")) from failure
    if "failure" in told:
        raise CalendarUnreadable(_FAILURES[told["failure"]])
    found = set()
    for event in told["events"]:
        starts_at, ends_at = _instant(event["starts"], where), _instant(event["ends"], where)
        if starts_at < ends_at and (during := Stretch(starts_at, ends_at)).overlaps(within):
            uid, recurrence = (event[name].replace("\0", "") for name in ("uid", "recurrence"))  # no column keeps it
            found.add(BusyEvent(during, uid, recurrence[:40], event["all_day"]))
    return sorted(found)


def _instant(written: str, where: ZoneInfo) -> dt.datetime:
    if len(written) == len("2026-12-24"):
        return day_starts(dt.date.fromisoformat(written), where)
    at = dt.datetime.fromisoformat(written)
    return instant(at.date(), at.time(), where) if at.tzinfo is None else require_instant(at)
