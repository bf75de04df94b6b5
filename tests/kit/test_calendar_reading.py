"""Awkward calendars, as real programs write them."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from schoolbell.kit.calendar_reading import CalendarUnreadable, read_events
from schoolbell.kit.time import UTC, Stretch

FILES = Path(__file__).parents[1] / "diary" / "calendars"
WITHIN = Stretch(dt.datetime(2026, 11, 20, tzinfo=UTC), dt.datetime(2027, 5, 19, tzinfo=UTC))


def busy(name: str, timezone: str = "Europe/London", within: Stretch = WITHIN) -> list[str]:
    events = read_events((FILES / name).read_bytes(), within=within, where=ZoneInfo(timezone))
    return [f"{event.during.starts_at:%y-%m-%d %H:%M}–{event.during.ends_at:%m-%d %H:%M}" for event in events]


def test_whole_days_are_those_of_the_owners_zone():
    assert busy("all_day.ics") == ["26-12-24 00:00–12-27 00:00", "27-03-28 00:00–03-28 23:00"]
    assert busy("all_day.ics", "Asia/Kathmandu") == ["26-12-23 18:15–12-26 18:15", "27-03-27 18:15–03-28 18:15"]


def test_repetitions_keep_their_local_time_and_heed_what_was_left_out_moved_and_called_off():
    assert busy("weekly.ics") == [
        "27-03-02 18:00–03-02 19:00",
        "27-03-17 20:00–03-17 21:30",
        "27-03-30 17:00–03-30 18:00",
        "27-04-06 17:00–04-06 18:00",
    ]
    moved = read_events((FILES / "weekly.ics").read_bytes(), within=WITHIN, where=ZoneInfo("UTC"))[1]
    assert (moved.uid, moved.recurrence, moved.all_day) == ("choir", "2027-03-16T18:00:00+00:00", False)


def test_times_without_a_zone_are_the_owners_and_one_in_the_gap_uses_the_offset_before_it():
    assert busy("floating.ics") == ["26-12-01 10:00–12-01 11:30", "27-03-28 01:30–03-28 02:00"]
    assert busy("floating.ics", "America/New_York") == ["26-12-01 15:00–12-01 16:30", "27-03-28 05:30–03-28 07:00"]


def test_zones_may_be_called_as_windows_calls_them():
    assert busy("outlook.ics") == [
        "26-12-01 14:00–12-01 14:30",
        "27-03-26 08:00–03-26 09:00",
        "27-03-27 08:00–03-27 09:00",
        "27-03-28 07:00–03-28 08:00",
        "27-03-29 07:00–03-29 08:00",
    ]


def test_what_is_free_called_off_without_length_or_broken_takes_no_time():
    assert busy("free.ics") == ["26-12-01 16:00–12-01 17:00"]


def test_only_what_meets_the_stretch_is_read_and_whole():
    within = Stretch(dt.datetime(2026, 12, 25, tzinfo=UTC), dt.datetime(2027, 3, 2, 18, 1, tzinfo=UTC))
    assert busy("all_day.ics", within=within) == ["26-12-24 00:00–12-27 00:00"]
    assert busy("weekly.ics", within=within) == ["27-03-02 18:00–03-02 19:00"]


def test_a_rule_that_never_holds_takes_nothing_from_the_others():
    assert busy("never.ics") == ["26-12-01 16:00–12-01 17:00"]


def test_what_ends_with_the_last_day_of_all_takes_its_time_and_nothing_from_the_others():
    """“Until further notice”, busy and free, as programs write it."""

    def event(number: int, *lines: str) -> str:
        return "\r\n".join((f"BEGIN:VEVENT\r\nUID:{number}", *lines, "END:VEVENT"))

    far = ("DTSTART;VALUE=DATE:20270101", "DTEND;VALUE=DATE:99991231")
    content = "\r\n".join(
        (
            "BEGIN:VCALENDAR\r\nVERSION:2.0",
            event(1, "DTSTART:20261201T160000Z", "DTEND:20261201T170000Z"),
            event(2, *far, "TRANSP:TRANSPARENT"),
            event(3, *far),
            event(4, "DTSTART:20261202T160000Z", "DTEND:99991231T235959Z"),
            "END:VCALENDAR\r\n",
        )
    )
    events = read_events(content.encode(), within=WITHIN, where=ZoneInfo("UTC"))
    assert [(one.uid, one.during.starts_at.date().isoformat(), one.during.ends_at.year) for one in events] == [
        ("1", "2026-12-01", 2026), ("4", "2026-12-02", 2127), ("3", "2027-01-01", 2127),
    ]  # fmt: skip


def test_a_rule_that_holds_every_second_ends_in_a_sentence():
    with pytest.raises(CalendarUnreadable, match=r"damaged, or too much at once|too many events"):
        busy("for_ever.ics")


@pytest.mark.parametrize("content", [b"", b"\0\xff\xfe", b"<html>Sign in</html>", b"BEGIN:VEVENT\nEND:VEVENT\n"])
def test_what_is_no_calendar_is_told_so(content: bytes):
    with pytest.raises(CalendarUnreadable, match="What is there is no calendar"):
        read_events(content, within=WITHIN, where=ZoneInfo("UTC"))


def test_an_empty_calendar_is_no_failure():
    content = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
    assert read_events(content, within=WITHIN, where=ZoneInfo("UTC")) == []
