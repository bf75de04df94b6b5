"""Opening hours with exceptions, in zones where clocks do odd things, against an oracle that looks at every minute."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diary.test_hours import opened, rule, utc
from schoolbell.diary.hours import Rule, open_stretches
from schoolbell.kit.time import UTC, Stretch

# Each with the days around which its clocks change, or a day is left out.
ODD = {
    "Europe/London": [dt.date(2026, 3, 29), dt.date(2026, 10, 25)],
    "America/New_York": [dt.date(2026, 3, 8), dt.date(2026, 11, 1)],
    "Australia/Lord_Howe": [dt.date(2026, 4, 5), dt.date(2026, 10, 4)],
    "Africa/Casablanca": [dt.date(2026, 2, 15), dt.date(2026, 3, 22)],
    "Pacific/Apia": [dt.date(2011, 12, 30), dt.date(2011, 9, 24)],
    "Asia/Kathmandu": [dt.date(2026, 6, 1)],
}
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def test_an_extra_date_adds_to_the_weekly_hours_and_a_closed_one_takes_away():
    mondays = rule("09:00", "17:00", weekday=1)
    extra = rule("18:00", "20:00", date=dt.date(2026, 1, 5))
    closed = rule("12:00", "13:00", date=dt.date(2026, 1, 5), closes=True)
    assert opened([mondays, extra, closed], "2026-01-05", "2026-01-13") == [
        "01-05 09:00–01-05 12:00",
        "01-05 13:00–01-05 17:00",
        "01-05 18:00–01-05 20:00",
        "01-12 09:00–01-12 17:00",
    ]


def test_a_whole_day_is_closed_from_midnight_to_midnight_of_its_own_zone():
    always = [rule("00:00", "00:00", "America/New_York", weekday=day) for day in range(1, 8)]
    closed = rule("00:00", "00:00", "America/New_York", date=dt.date(2026, 11, 1), closes=True)
    assert opened([*always, closed], "2026-10-31T12:00", "2026-11-02T12:00") == [
        "10-31 12:00–11-01 04:00",
        "11-02 05:00–11-02 12:00",  # the day had 25 hours
    ]


def test_what_only_closes_is_open_for_a_room_and_closed_for_a_person():
    closed = rule("12:00", "13:00", date=dt.date(2026, 1, 5), closes=True)
    day = Stretch(utc("2026-01-05"), utc("2026-01-06"))
    assert open_stretches([closed], day) == []
    assert open_stretches([closed], day, always_open=True) == [
        Stretch(utc("2026-01-05"), utc("2026-01-05T12:00")),
        Stretch(utc("2026-01-05T13:00"), utc("2026-01-06")),
    ]
    assert open_stretches([], day, always_open=True) == [day]


def test_a_day_that_never_was_has_no_hours():
    """Samoa crossed the date line: Thursday 29 December 2011 was followed by Saturday the 31st."""
    weekly = [rule("09:00", "10:00", "Pacific/Apia", weekday=day) for day in (4, 5, 6)]
    assert opened(weekly, "2011-12-29", "2012-01-01") == ["12-29 19:00–12-29 20:00", "12-30 19:00–12-30 20:00"]
    friday = rule("09:00", "10:00", "Pacific/Apia", date=dt.date(2011, 12, 30))
    assert opened([friday], "2011-12-25", "2012-01-05") == []


class Oracle:
    """The clocks of a zone, read minute by minute."""

    def __init__(self, name: str, middle: dt.date) -> None:
        where = ZoneInfo(name)
        begin = dt.datetime.combine(middle, dt.time(), UTC) - 4 * DAY
        self.shown = [
            (at, at.astimezone(where).replace(tzinfo=None)) for at in (begin + n * MINUTE for n in range(8 * 24 * 60))
        ]
        self.first_shown = {}
        for at, wall in self.shown:
            self.first_shown.setdefault(wall, at)
        self.days = sorted({wall.date() for _at, wall in self.shown})[1:-2]  # those that are wholly in sight

    def instant(self, day: dt.date, wall: dt.time) -> dt.datetime:
        """When the clocks first show it; if they skip it, when they would have shown it without the change."""
        target = dt.datetime.combine(day, wall)
        if target in self.first_shown:
            return self.first_shown[target]
        before, shown = [pair for pair in self.shown if pair[1] < target][-1]
        return before + (target - shown)

    def is_open(self, rules: list[Rule], at: dt.datetime) -> bool:
        near = [day for day in self.days if abs(day - at.date()) <= 2 * DAY]
        return {rule.closes for rule in rules for day in near if self.holds(rule, day, at)} == {False}

    def holds(self, rule: Rule, day: dt.date, at: dt.datetime) -> bool:
        if rule.date is not None and rule.date != day:
            return False
        if rule.date is None and (
            rule.weekday != day.isoweekday()
            or (rule.valid_from and day < rule.valid_from)
            or (rule.valid_until and day > rule.valid_until)
        ):
            return False
        end_day = day + DAY if rule.ends == dt.time() else day
        return self.instant(day, rule.starts) <= at < self.instant(end_day, rule.ends)


ORACLES: dict[tuple[str, dt.date], Oracle] = {}


def quarters(least: int, most: int) -> st.SearchStrategy[dt.time]:
    return st.integers(least, most).map(lambda n: dt.time(n // 4 % 24, n % 4 * 15))


@st.composite
def weeks(draw: st.DrawFn) -> tuple[str, dt.date, list[Rule]]:
    timezone = draw(st.sampled_from(sorted(ODD)))
    middle = draw(st.sampled_from(ODD[timezone]))
    near = st.integers(-2, 2).map(lambda n: middle + n * DAY)
    rules = []
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, 95))
        on_date = draw(st.booleans())
        rules.append(
            Rule(
                weekday=None if on_date else draw(st.integers(1, 7)),
                date=draw(near) if on_date else None,
                closes=on_date and draw(st.booleans()),
                starts=draw(quarters(start, start)),
                ends=draw(quarters(start + 1, 96)),
                timezone=timezone,
                valid_from=None if on_date else draw(st.none() | near),
                valid_until=None if on_date else draw(st.none() | near),
            )
        )
    return timezone, middle, rules


@given(weeks(), st.integers(0, 300), st.integers(1, 3000))
def test_every_minute_is_open_or_closed_as_the_clocks_of_its_zone_say(week, offset: int, minutes: int):
    timezone, middle, rules = week
    oracle = ORACLES.setdefault((timezone, middle), Oracle(timezone, middle))
    starts_at = dt.datetime.combine(middle, dt.time(), UTC) - DAY + offset * 7 * MINUTE
    within = Stretch(starts_at, starts_at + minutes * MINUTE)
    found = open_stretches(rules, within)
    assert all(within.covers(stretch) for stretch in found)
    assert all(one.ends_at < other.starts_at for one, other in pairwise(found))
    edges = {(edge - starts_at) // MINUTE for one in found for edge in (one.starts_at, one.ends_at)}
    for n in sorted({*range(0, minutes, 15), *edges, *(edge - 1 for edge in edges)} & set(range(minutes))):
        at = starts_at + n * MINUTE
        assert any(one.starts_at <= at < one.ends_at for one in found) is oracle.is_open(rules, at), at


@pytest.mark.parametrize("timezone", sorted(ODD))
def test_control_the_oracle_tells_a_change_of_the_clocks(timezone: str):
    """Days around each change do not all have 24 hours, save where there is none."""
    lengths = {
        Oracle(timezone, middle).instant(middle + (n + 1) * DAY, dt.time())
        - Oracle(timezone, middle).instant(middle + n * DAY, dt.time())
        for middle in ODD[timezone]
        for n in (-1, 0, 1)
    }
    assert (lengths == {DAY}) is (timezone == "Asia/Kathmandu")
