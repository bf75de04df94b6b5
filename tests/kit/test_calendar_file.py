"""Calendar files as other programs read them."""

import datetime as dt

import time_machine

from schoolbell.kit.calendar_file import Event, calendar_file
from schoolbell.kit.time import UTC, Stretch

START = dt.datetime(2026, 12, 8, 15, 0, tzinfo=UTC)
HOUR = Stretch(START, START + dt.timedelta(hours=1))


@time_machine.travel(dt.datetime(2026, 12, 1, 10, 30, tzinfo=UTC), tick=False)
def test_an_event_word_for_word():
    event = Event(
        "seat-1", HOUR, "Leo: Python", place="14 Tanner Street, London", words="One\nTwo; three", url="https://x.y/"
    )
    assert calendar_file([event], name="Pixel, Academy") == (
        "BEGIN:VCALENDAR\r\n"
        "VERSION:2.0\r\n"
        "PRODID:-//Schoolbell//EN\r\n"
        "X-WR-CALNAME:Pixel\\, Academy\r\n"
        "BEGIN:VEVENT\r\n"
        "UID:seat-1\r\n"
        "DTSTAMP:20261201T103000Z\r\n"
        "DTSTART:20261208T150000Z\r\n"
        "DTEND:20261208T160000Z\r\n"
        "SUMMARY:Leo: Python\r\n"
        "LOCATION:14 Tanner Street\\, London\r\n"
        "DESCRIPTION:One\\nTwo\\; three\r\n"
        "URL:https://x.y/\r\n"
        "STATUS:CONFIRMED\r\n"
        "END:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )


def test_long_lines_are_folded_between_characters():
    title = "Ä" * 60
    lines = calendar_file([Event("1", HOUR, title)], name="x").split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    first = next(place for place, line in enumerate(lines) if line.startswith("SUMMARY:"))
    assert lines[first][len("SUMMARY:") :] + lines[first + 1][1:] == title


def test_nothing_typed_begins_a_line_of_its_own():
    lines = calendar_file([Event("1", HOUR, "a\r\nEND:VCALENDAR\x00b", is_tentative=True)], name="x").split("\r\n")
    assert "SUMMARY:a\\nEND:VCALENDARb" in lines
    assert "STATUS:TENTATIVE" in lines
    assert lines.count("END:VCALENDAR") == 1
