"""Wall-clock time into instants, by RFC 5545, against a second way of finding out: looking through every instant."""

# ruff: noqa: DTZ001  (what a clock on the wall shows names no zone)
import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drawing import examples
from schoolbell.kit.time import (
    RENAMED,
    UTC,
    Stretch,
    are_one_clock,
    common,
    cut,
    day_starts,
    days,
    instant,
    less,
    less_in_order,
    local_day,
    require_instant,
    union,
    zone,
)

ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # its clocks move by half an hour
    "Africa/Casablanca",  # winter time is the exception there
    "Pacific/Apia",  # had no 30 December 2011
    "Asia/Kathmandu",
    "America/St_Johns",
    "Asia/Beirut",  # its clocks move at midnight
)


def offset_at(moment: dt.datetime, where: ZoneInfo) -> dt.timedelta:
    return moment.astimezone(where).utcoffset()


def by_looking(wall: dt.datetime, where: ZoneInfo) -> dt.datetime:
    """RFC 5545, 3.3.5, from UTC's side only: every instant whose local time is `wall`, the first of them; if there is
    none, `wall` with the offset that held just before the clocks skipped it."""
    naive = wall.replace(tzinfo=UTC)
    offsets = {offset_at(naive + dt.timedelta(hours=hours), where) for hours in range(-30, 31)}
    hits = [naive - offset for offset in offsets if offset_at(naive - offset, where) == offset]
    if hits:
        return min(hits)
    before, after = naive - dt.timedelta(hours=30), naive + dt.timedelta(hours=30)
    while after - before > dt.timedelta(minutes=1):  # the last instant that shows an earlier time than `wall`
        middle = before + (after - before) / 2
        if (middle + offset_at(middle, where)) < naive:
            before = middle
        else:
            after = middle
    return naive - offset_at(before - dt.timedelta(minutes=1), where)


@examples(400)
@given(
    st.datetimes(dt.datetime(2005, 1, 1), dt.datetime(2035, 12, 31)).map(lambda d: d.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
)
@example(dt.datetime(2026, 3, 29, 1, 30), "Europe/London")
@example(dt.datetime(2026, 10, 25, 1, 30), "Europe/London")
@example(dt.datetime(2026, 3, 8, 2, 0), "America/New_York")
@example(dt.datetime(2026, 11, 1, 1, 59), "America/New_York")
@example(dt.datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe")
@example(dt.datetime(2026, 4, 5, 1, 45), "Australia/Lord_Howe")
@example(dt.datetime(2026, 2, 15, 2, 30), "Africa/Casablanca")
@example(dt.datetime(2026, 3, 22, 2, 30), "Africa/Casablanca")
@example(dt.datetime(2011, 12, 30, 12, 0), "Pacific/Apia")
@example(dt.datetime(2026, 3, 29, 0, 30), "Asia/Beirut")
def test_a_wall_clock_time_is_the_instant_that_rfc_5545_says(wall, name):
    where = zone(name)
    found = instant(wall.date(), wall.time(), where)
    assert found.tzinfo is UTC
    assert found == by_looking(wall, where)


@pytest.mark.parametrize(
    ("name", "wall", "expected"),
    [
        ("Europe/London", "2026-03-29T01:30", "2026-03-29T01:30+00:00"),  # skipped: by the offset before, 02:30 BST
        ("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30+00:00"),  # twice: the first
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30+00:00"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30+00:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45+00:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45+00:00"),
        ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:30+00:00"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00+00:00"),
        ("Asia/Kathmandu", "2026-07-01T16:00", "2026-07-01T10:15+00:00"),
    ],
)
def test_times_that_the_clocks_skip_or_show_twice(name, wall, expected):
    at = dt.datetime.fromisoformat(wall)
    assert instant(at.date(), at.time(), zone(name)) == dt.datetime.fromisoformat(expected)


def test_a_lesson_at_four_stays_at_four_when_the_clocks_change():
    london = zone("Europe/London")
    mondays = [dt.date(2026, 3, 23), dt.date(2026, 3, 30)]
    instants = [instant(day, dt.time(16), london) for day in mondays]
    assert [moment.astimezone(london).time() for moment in instants] == [dt.time(16)] * 2
    assert instants[1] - instants[0] == dt.timedelta(days=7, hours=-1)


def test_the_fold_that_a_time_brings_along_does_not_matter():
    second = dt.time(1, 30, fold=1)
    assert instant(dt.date(2026, 10, 25), second, zone("Europe/London")).hour == 0


@examples(200)
@given(st.datetimes(dt.datetime(2005, 1, 1), dt.datetime(2035, 12, 31), timezones=st.just(UTC)), st.sampled_from(ZONES))
def test_every_instant_is_within_its_local_day(moment, name):
    where = zone(name)
    day = local_day(moment, where)
    assert day_starts(day, where) <= moment < day_starts(day + dt.timedelta(days=1), where)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Base",
        "Europe",
        "localtime",
        "Factory",
        "posixrules",
        "posix/UTC",
        "europe/london",
        "tzdata.zi",
        "../etc/passwd",
        "Europe/London\0",
        "é",
        "a" * 300,
    ],
)
def test_what_is_no_zone_is_refused(name):
    with pytest.raises(ValueError, match="is not a time zone"):
        zone(name)


def test_every_name_that_iana_gave_up_leads_to_a_zone_with_the_same_clock():
    for old, new in RENAMED.items():
        assert zone(new).key == new
        assert are_one_clock(zone(old), zone(new)), old


def test_zones_that_differ_for_a_part_of_the_year_are_two_clocks():
    assert are_one_clock(zone("Europe/Berlin"), zone("Europe/Paris"))
    assert not are_one_clock(zone("America/Denver"), zone("America/Phoenix"))
    assert not are_one_clock(zone("Europe/London"), zone("UTC"))


def test_times_without_a_zone_are_refused():
    naive = dt.datetime(2026, 1, 1)
    with pytest.raises(ValueError, match="without a zone"):
        require_instant(naive)
    with pytest.raises(ValueError, match="without a zone"):
        Stretch(naive, naive + dt.timedelta(hours=1))
    with pytest.raises(ValueError, match="names no offset"):
        instant(naive.date(), dt.time(1, tzinfo=UTC), zone("UTC"))


def test_a_stretch_ends_after_it_starts():
    start = dt.datetime(2026, 1, 1, tzinfo=UTC)
    for end in (start, start - dt.timedelta(seconds=1)):
        with pytest.raises(ValueError, match="ends after it starts"):
            Stretch(start, end)


def test_days_include_both_ends():
    assert list(days(dt.date(2026, 2, 28), dt.date(2026, 3, 1))) == [dt.date(2026, 2, 28), dt.date(2026, 3, 1)]
    assert list(days(dt.date(2026, 2, 28), dt.date(2026, 2, 27))) == []


START = dt.datetime(2026, 1, 1, tzinfo=UTC)
STRETCHES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 10)).map(
        lambda pair: Stretch(START + dt.timedelta(hours=pair[0]), START + dt.timedelta(hours=sum(pair)))
    )
)


def hours_in(stretches: list[Stretch]) -> set[int]:
    return {
        hour
        for hour in range(60)
        for one in stretches
        if one.starts_at <= START + dt.timedelta(hours=hour) < one.ends_at
    }


@given(STRETCHES)
def test_a_union_is_the_same_time_in_order_with_gaps_between(stretches):
    joined = union(stretches)
    assert hours_in(joined) == hours_in(stretches)
    assert all(one.ends_at < later.starts_at for one, later in pairwise(joined))


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8)


def minutes_of(stretches: list[Stretch]) -> set[int]:
    return {n for n in range(90) if any(one.starts_at <= minute(n) < one.ends_at for one in stretches)}


def minute(n: int) -> dt.datetime:
    return dt.datetime(2026, 1, 5, tzinfo=UTC) + dt.timedelta(minutes=n)


@given(SPANS, SPANS)
def test_set_arithmetic_on_stretches_is_that_of_their_minutes(some, others):
    one, other = ([Stretch(minute(n), minute(n + length)) for n, length in spans] for spans in (some, others))
    for found, expected in (
        (union(one), minutes_of(one)),
        (less(one, other), minutes_of(one) - minutes_of(other)),
        (
            less_in_order(union(one), *zip(*sorted(other), strict=True)) if other else union(one),
            minutes_of(one) - minutes_of(other),
        ),
        (common(one, other), minutes_of(one) & minutes_of(other)),
        (cut(union(one), Stretch(minute(10), minute(50))), minutes_of(one) & set(range(10, 50))),
    ):
        assert minutes_of(found) == expected
        assert all(before.ends_at < after.starts_at for before, after in pairwise(found))
