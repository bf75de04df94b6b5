"""Instants, zones and wall-clock times. The only place where local time becomes UTC.

A wall-clock time becomes an instant by RFC 5545, section 3.3.5: one that the clocks skip uses the offset from before
the gap; one that comes twice is the first.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from operator import attrgetter
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

UTC = dt.UTC
_start, _end = attrgetter("starts_at"), attrgetter("ends_at")


def now() -> dt.datetime:
    """The present instant, in UTC."""
    return dt.datetime.now(UTC)


def require_instant(value: dt.datetime) -> dt.datetime:
    """`value` in UTC. Raises ValueError when it names no offset."""
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError(f"{value.isoformat()} is a time without a zone")
    return value.astimezone(UTC)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ValueError when there is none."""
    if name not in zone_names():
        raise ValueError(f"{name!r} is not a time zone")
    return ZoneInfo(name)


# What browsers still call by a name that IANA has given up for the one beside it.
RENAMED: Final = {
    "Africa/Asmera": "Africa/Asmara", "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca", "America/Coral_Harbour": "America/Atikokan",
    "America/Cordoba": "America/Argentina/Cordoba", "America/Godthab": "America/Nuuk",
    "America/Indianapolis": "America/Indiana/Indianapolis", "America/Jujuy": "America/Argentina/Jujuy",
    "America/Louisville": "America/Kentucky/Louisville", "America/Mendoza": "America/Argentina/Mendoza",
    "Asia/Calcutta": "Asia/Kolkata", "Asia/Katmandu": "Asia/Kathmandu", "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh", "Atlantic/Faeroe": "Atlantic/Faroe", "Europe/Kiev": "Europe/Kyiv",
    "Pacific/Enderbury": "Pacific/Kanton", "Pacific/Ponape": "Pacific/Pohnpei", "Pacific/Truk": "Pacific/Chuuk",
}  # fmt: skip


def are_one_clock(one: ZoneInfo, other: ZoneInfo) -> bool:
    """Do both show the same for a year from now? Looked at once a week: none changes its clocks for less."""
    if one.key == other.key:
        return True
    moments = [now() + dt.timedelta(weeks=week) for week in range(53)]
    return all(moment.astimezone(one).utcoffset() == moment.astimezone(other).utcoffset() for moment in moments)


@cache
def zone_names() -> frozenset[str]:
    """Every zone that IANA names. A machine may have files beside them, such as `localtime`, which mean another zone
    elsewhere, or none. `Factory` means that nobody has said."""
    return frozenset(files("tzdata").joinpath("zones").read_text().split()) - {"Factory"}


@cache
def country_of(name: str) -> str:
    """The ISO code of the country where the clocks of this zone hang; "" where it is nowhere, such as `UTC`."""
    lines = files("tzdata").joinpath("zoneinfo/zone.tab").read_text().splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return next((country for country, _place, place, *_words in rows if place == name), "")


def instant(day: dt.date, wall: dt.time, where: ZoneInfo) -> dt.datetime:
    """The instant (UTC) at which clocks in `where` show `wall` on `day`."""
    if wall.tzinfo is not None:
        raise ValueError("a wall-clock time names no offset; its zone is given apart")
    return dt.datetime.combine(day, wall.replace(fold=0), tzinfo=where).astimezone(UTC)


@lru_cache(maxsize=4096)
def day_starts(day: dt.date, where: ZoneInfo) -> dt.datetime:
    """The first instant (UTC) of that calendar day in that zone."""
    return instant(day, dt.time.min, where)


def is_a_day(day: dt.date, where: ZoneInfo) -> bool:
    """Was or will there be such a day in that zone? Samoa went from 29 to 31 December 2011."""
    return day_starts(day, where) < day_starts(day + dt.timedelta(days=1), where)


def local_day(moment: dt.datetime, where: ZoneInfo) -> dt.date:
    """The calendar day in that zone at that instant."""
    return require_instant(moment).astimezone(where).date()


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Every day from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + dt.timedelta(days=offset)


class _Ends(NamedTuple):
    starts_at: dt.datetime
    ends_at: dt.datetime


class Stretch(_Ends):
    """A stretch of time: from `starts_at`, included, to `ends_at`, excluded. Both are instants in UTC.

    A pair, because there are thousands of them, to be made, compared and looked up.
    """

    __slots__ = ()

    def __new__(cls, starts_at: dt.datetime, ends_at: dt.datetime) -> "Stretch":
        starts_at, ends_at = require_instant(starts_at), require_instant(ends_at)
        if ends_at <= starts_at:
            raise ValueError(f"a stretch ends after it starts: {starts_at} – {ends_at}")
        return super().__new__(cls, starts_at, ends_at)

    @classmethod
    def known(cls, starts_at: dt.datetime, ends_at: dt.datetime) -> "Stretch":
        """Of instants in UTC that are known to be in order: nothing is looked at again."""
        return tuple.__new__(cls, (starts_at, ends_at))

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    def overlaps(self, other: "Stretch") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def covers(self, other: "Stretch") -> bool:
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at


_NEVER: Final = (dt.datetime.max.replace(tzinfo=UTC),) * 2


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time with nothing named twice, in order: overlapping and touching stretches become one."""
    joined: list[Stretch] = []
    for stretch in sorted(stretches, key=_start):
        if joined and stretch.starts_at <= joined[-1].ends_at:
            if stretch.ends_at > joined[-1].ends_at:
                joined[-1] = Stretch(joined[-1].starts_at, stretch.ends_at)
        else:
            joined.append(stretch)
    return joined


def less(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """What is left of the first without the second, in order and with nothing named twice."""
    away = union(taken)
    return less_in_order(union(stretches), [one.starts_at for one in away], [one.ends_at for one in away])


def less_in_order(
    stretches: Sequence[Stretch], taken_from: Sequence[dt.datetime], taken_until: Sequence[dt.datetime]
) -> list[Stretch]:
    """The same of stretches that are in order, and of what is taken by its starts and its ends, in the order of the
    starts, though they may overlap. For thousands at a time."""
    left: list[Stretch] = []
    append, new = left.append, tuple.__new__  # as `Stretch.known` does, without a call for each
    taken = zip(taken_from, taken_until, strict=True)
    begins, over = next(taken, _NEVER)
    for stretch in stretches:
        starts_at, ends_at = stretch
        while over <= starts_at:
            begins, over = next(taken, _NEVER)
        if begins >= ends_at:
            append(stretch)
            continue
        while begins < ends_at:
            if starts_at < begins:
                append(new(Stretch, (starts_at, begins)))
            if over > starts_at:
                starts_at = over
                if over >= ends_at:  # it may reach into the next stretch too
                    break
            begins, over = next(taken, _NEVER)
        if starts_at < ends_at:
            append(new(Stretch, (starts_at, ends_at)))
    return left


def cut(stretches: Sequence[Stretch], within: Stretch) -> list[Stretch]:
    """That part of the stretches that lies within. They are in order and do not overlap."""
    first = bisect_right(stretches, within.starts_at, key=_end)
    found = list(stretches[first : bisect_left(stretches, within.ends_at, key=_start)])
    for place in {0, len(found) - 1} if found else ():
        if not within.covers(found[place]):
            found[place] = Stretch(
                max(found[place].starts_at, within.starts_at), min(found[place].ends_at, within.ends_at)
            )
    return found


def common(one: Iterable[Stretch], other: Iterable[Stretch]) -> list[Stretch]:
    """The time that lies in both, in order and with nothing named twice."""
    theirs = union(other)
    return [shared for stretch in union(one) for shared in cut(theirs, stretch)]


def covered(wanted: Stretch, by: Sequence[Stretch]) -> bool:
    """Does one of these stretches, in order and apart, cover it?"""
    before = bisect_right(by, wanted.starts_at, key=_start)
    return bool(before) and by[before - 1].covers(wanted)


def _validate_zone(name: str) -> None:
    try:
        zone(name)
    except ValueError as unknown:
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name}) from unknown


class InstantField(models.DateTimeField):  # type: ignore[type-arg]
    """A `timestamptz`. Unlike Django's own it refuses a naive datetime outright, instead of guessing a zone."""

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            require_instant(value)
        return super().get_prep_value(value)


class ZoneField(models.CharField):  # type: ignore[type-arg]
    """The name of an IANA time zone, such as `Europe/London`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, _validate_zone]
