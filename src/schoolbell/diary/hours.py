"""Opening hours: wall-clock rules into instants."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from schoolbell.diary.models import OpeningHours
from schoolbell.kit.time import Stretch, cut, days, instant, is_a_day, less, union, zone


class Rule(NamedTuple):
    """What of a row of opening hours says when it is open, or with `closes` shut. Equal ones are worked out once."""

    weekday: int | None
    date: dt.date | None
    closes: bool
    starts: dt.time
    ends: dt.time
    timezone: str
    valid_from: dt.date | None
    valid_until: dt.date | None


_values = attrgetter(*Rule._fields)
DAYS_AROUND = dt.timedelta(days=2)  # a day may begin 14 hours before it does in UTC, and end 36 hours after that


def open_stretches(
    rules: Iterable[OpeningHours | Rule], within: Stretch, *, always_open: bool = False
) -> list[Stretch]:
    """When these rules are open, cut to `within`, in order and without overlaps. Each rule counts in its own zone.

    What one rule closes is closed, whatever another opens. With `always_open`, rules that open nothing at all leave it
    open all the time but for what they close; else they leave it closed.
    """
    known = tuple(rule if isinstance(rule, Rule) else Rule._make(_values(rule)) for rule in rules)
    if always_open and all(rule.closes for rule in known):
        return less([within], _expanded(known, *_days_around(within)).closed)
    opened, closed = _expanded(known, *_days_around(within))
    opened_within = cut(opened, within)
    return less(opened_within, closed) if closed else opened_within


class _Times(NamedTuple):
    """Both in order, without overlaps."""

    opened: tuple[Stretch, ...]
    closed: tuple[Stretch, ...]


def _days_around(within: Stretch) -> tuple[dt.date, dt.date]:
    """Days in UTC, so that searches from now on, again and again, ask for the same all day long."""
    return within.starts_at.date() - DAYS_AROUND, within.ends_at.date() + DAYS_AROUND


@lru_cache(maxsize=4096)
def _expanded(rules: tuple[Rule, ...], first: dt.date, last: dt.date) -> _Times:
    times = [(rule.closes, stretch) for rule in rules for stretch in stretches_of(rule, first, last)]
    return _Times(*(tuple(union(stretch for closes, stretch in times if closes is shut)) for shut in (False, True)))


@lru_cache(maxsize=4096)
def stretches_of(rule: Rule, first: dt.date, last: dt.date) -> tuple[Stretch, ...]:
    """When this rule holds on any of these days. Hours that the clocks skip altogether are none."""
    where = zone(rule.timezone)
    found: list[Stretch] = []
    for day in _days_of(rule, first, last):
        end_day = day + dt.timedelta(days=1) if rule.ends == dt.time.min else day
        starts_at, ends_at = instant(day, rule.starts, where), instant(end_day, rule.ends, where)
        if starts_at < ends_at and is_a_day(day, where):
            found.append(Stretch(starts_at, ends_at))
    return tuple(found)


def _days_of(rule: Rule, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    if rule.date is not None:
        yield from [rule.date] if first <= rule.date <= last else []
        return
    first = max(first, rule.valid_from or first)
    last = min(last, rule.valid_until or last)
    yield from (day for day in days(first, last) if day.isoweekday() == rule.weekday)
