"""Repeating rules, of RFC 5545's kind, over local days."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from dateutil.rrule import rrulestr
from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import is_a_day, zone
from schoolbell.timetable.models import Series

_PARTS: Final = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "COUNT", "UNTIL", "WKST"})
_ONE_DAY: Final = "(MO|TU|WE|TH|FR|SA|SU)"
_NUMBER: Final = "[+-]?[0-9]{1,3}"
_SHAPES: Final = {
    "BYDAY": f"({_NUMBER})?{_ONE_DAY}", "WKST": _ONE_DAY,
    "BYMONTHDAY": _NUMBER, "BYMONTH": _NUMBER, "BYSETPOS": _NUMBER,
}  # fmt: skip
_FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY"})
_DAY: Final = dt.timedelta(days=1)
_END: Final = dt.date(9000, 1, 1)
_AHEAD: Final = 5 * 366  # days; a rule whose first day is farther away is a mistake
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def weekly_on(*weekdays: int, every: int = 1, times: int | None = None) -> str:
    """The rule of these ISO weekdays (1 is Monday), every so many weeks, perhaps so many times."""
    days = ",".join(WEEKDAYS[weekday - 1] for weekday in sorted(weekdays))
    rule = f"FREQ=WEEKLY;{f'INTERVAL={every};' if every > 1 else ''}BYDAY={days}"
    return f"{rule};COUNT={times}" if times else rule


def require_rule(rule: str) -> str:
    """The rule in capitals, if it repeats by day, week or month. Raises InputRefused."""
    plain = rule.strip().upper().removeprefix("RRULE:")
    given = [part.partition("=")[::2] for part in plain.split(";")]
    parts = dict(given)
    if len(plain) > 200 or len(parts) < len(given) or not _is_known(parts):
        raise InputRefused.of(
            "rule", _("Give a rule that repeats by day, week or month, such as FREQ=WEEKLY;BYDAY=TU.")
        )
    if "COUNT" in parts and "UNTIL" in parts:
        raise InputRefused.of("rule", _("A rule ends after so many times or on a day, not both."))
    if "UNTIL" in parts:
        parts["UNTIL"] = parts["UNTIL"][:8]  # the rule is of days: its last is included
    plain = _written(parts)
    try:
        dt.datetime.strptime(parts.get("UNTIL", "20260101"), "%Y%m%d")  # noqa: DTZ007 — a local day
        rrulestr(plain, dtstart=dt.datetime(2026, 1, 1))  # noqa: DTZ001 — a local day
    except (ValueError, TypeError) as wrong:
        raise InputRefused.of("rule", _("This rule cannot be read: %s") % wrong) from wrong
    return plain


def _is_known(parts: dict[str, str]) -> bool:
    """Nothing that we do not follow or write otherwise, no interval or count of nothing, and no "second Tuesday" but
    in a month."""
    numbers = [parts[name] for name in ("INTERVAL", "COUNT") if name in parts]
    return (
        parts.get("FREQ") in _FREQUENCIES
        and _PARTS.issuperset(parts)
        and all(re.fullmatch("0*[1-9][0-9]{0,2}", one) for one in numbers)
        and all(re.fullmatch(f"{shape}(,{shape})*", parts[name]) for name, shape in _SHAPES.items() if name in parts)
        and (parts["FREQ"] == "MONTHLY" or not re.search("[0-9]", parts.get("BYDAY", "")))
    )


def parts_of(rule: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in rule.split(";"))


def _written(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def interval_of(rule: str) -> int:
    return int(parts_of(rule).get("INTERVAL", 1))


def weekdays_of(series: Series) -> list[int] | None:
    """The ISO weekdays of a rule that names some of each week, None for any other rule."""
    parts = parts_of(explicit(series.rule, series.starts_on))
    if parts["FREQ"] != "WEEKLY" or not {"FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL", "WKST"}.issuperset(parts):
        return None
    return sorted(WEEKDAYS.index(day) + 1 for day in parts["BYDAY"].split(","))


def every_weeks(series: Series) -> int | None:
    """From one week with lessons to the next, None for a rule that does not name weekdays."""
    return interval_of(series.rule) if weekdays_of(series) else None


def with_weekdays(rule: str, weekdays: list[int], every: int) -> str:
    """A weekly rule on other days, with the end that it had."""
    parts = parts_of(weekly_on(*weekdays, every=every))
    kept = {name: value for name, value in parts_of(rule).items() if name in ("COUNT", "UNTIL", "WKST")}
    return _written(parts | kept)


def explicit(rule: str, starts_on: dt.date) -> str:
    """The same rule, naming the days that it takes from the day on which it starts: so it can start on another."""
    parts = parts_of(rule)
    if not parts.keys() & {"BYDAY", "BYMONTHDAY"}:
        if parts["FREQ"] == "WEEKLY":
            parts["BYDAY"] = WEEKDAYS[starts_on.weekday()]
        elif parts["FREQ"] == "MONTHLY":
            parts["BYMONTHDAY"] = str(starts_on.day)
    return _written(parts)


def rule_from(series: Series, first: dt.date) -> str:
    """What is left of its rule from that day on: it names the same days when it starts on one of them, as many as there
    still were. Raises InputRefused where there are none."""
    parts = parts_of(explicit(series.rule, series.starts_on))
    if "COUNT" in parts:
        left = int(parts["COUNT"]) - len(occurrence_days(series, series.starts_on, first - dt.timedelta(days=1)))
        if left < 1:
            raise InputRefused.of("first_day", _("The series has ended by then."))
        parts["COUNT"] = str(left)
    return _written(parts)


def endless(rule: str) -> str:
    """Without the number of times after which it ends."""
    return _written({name: value for name, value in parts_of(rule).items() if name != "COUNT"})


def occurrence_days(series: Series, first: dt.date, last: dt.date) -> list[dt.date]:
    """The days from `first` to `last`, both included, that the series names, by the clocks of its zone.

    A day that never was there, such as 30 December 2011 in Apia, is none.
    """
    first = max(first, series.starts_on)
    last = min(last, series.ends_on or last)
    if last < first:
        return []
    return list(_named(series, first, last))


def first_occurrence(series: Series, first: dt.date) -> dt.date | None:
    """The first day that it names from that day on, None where there is none within five years."""
    far = min(max(first, series.starts_on).toordinal() + _AHEAD, dt.date.max.toordinal())
    last = min(dt.date.fromordinal(far), series.ends_on or dt.date.max)
    return next(_named(series, first, last), None)


def require_occurrence(series: Series) -> None:
    """Raises InputRefused for a series that never takes place."""
    if first_occurrence(series, series.starts_on) is None:
        raise InputRefused.of("rule", _("This rule names no day from the first day to the last."))


def _named(series: Series, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """It never looks beyond `last`. (dateutil follows a rule that no day meets to the end of the calendar.)"""
    rule = _parsed(explicit(series.rule, series.starts_on))
    last = min(last, rule.until, _END)
    where = zone(series.timezone)
    for day in islice(_days(rule, series.starts_on, last), rule.times):
        if day >= first and is_a_day(day, where):
            yield day


class _Rule(NamedTuple):
    frequency: str
    interval: int
    weekdays: frozenset[tuple[int, int]]  # which of the month (0: any, -1: the last), and of which day (0 is Monday)
    month_days: frozenset[int]
    months: frozenset[int]
    positions: frozenset[int]
    week_starts: int
    times: int | None
    until: dt.date


@lru_cache(maxsize=4096)
def _parsed(rule: str) -> _Rule:
    parts = parts_of(rule)

    def numbers(name: str) -> frozenset[int]:
        return frozenset(int(one) for one in parts[name].split(",")) if name in parts else frozenset()

    return _Rule(
        parts["FREQ"],
        int(parts.get("INTERVAL", 1)),
        frozenset((int(one[:-2] or 0), WEEKDAYS.index(one[-2:])) for one in parts.get("BYDAY", "").split(",") if one),
        numbers("BYMONTHDAY"),
        numbers("BYMONTH"),
        numbers("BYSETPOS"),
        WEEKDAYS.index(parts.get("WKST", "MO")),
        int(parts["COUNT"]) if "COUNT" in parts else None,
        dt.datetime.strptime(parts.get("UNTIL", "99991231"), "%Y%m%d").date(),  # noqa: DTZ007 — a local day
    )


def _days(rule: _Rule, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """From the first on, which is where it begins to count its intervals."""
    begins = _period_starts(rule, first)
    while begins <= last:
        met = [day for day in _period(rule, begins) if _is_met(rule, day)]
        if rule.positions:
            met = [day for place, day in enumerate(met) if {place + 1, place - len(met)} & rule.positions]
        yield from (day for day in met if first <= day <= last)
        begins = _next_period(rule, begins)


def _period_starts(rule: _Rule, day: dt.date) -> dt.date:
    match rule.frequency:
        case "MONTHLY":
            return day.replace(day=1)
        case "WEEKLY":
            return day - (day.weekday() - rule.week_starts) % 7 * _DAY
    return day


def _period(rule: _Rule, begins: dt.date) -> list[dt.date]:
    length = {"MONTHLY": monthrange(begins.year, begins.month)[1], "WEEKLY": 7}.get(rule.frequency, 1)
    return [begins + offset * _DAY for offset in range(length)]


def _next_period(rule: _Rule, begins: dt.date) -> dt.date:
    if rule.frequency == "MONTHLY":
        years, month = divmod(begins.month - 1 + rule.interval, 12)
        return begins.replace(year=begins.year + years, month=month + 1)
    return begins + rule.interval * (7 if rule.frequency == "WEEKLY" else 1) * _DAY


def _is_met(rule: _Rule, day: dt.date) -> bool:
    length = monthrange(day.year, day.month)[1]
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days and not {day.day, day.day - length - 1} & rule.month_days:
        return False
    which = (0, (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1))
    return not rule.weekdays or any((one, day.weekday()) in rule.weekdays for one in which)
