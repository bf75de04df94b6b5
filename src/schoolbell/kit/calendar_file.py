"""Calendar files (RFC 5545): what calendar programs open, one event per stretch of time."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from schoolbell.kit.time import Stretch, now

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
LINE_OCTETS: Final = 75


@dataclass(frozen=True, slots=True)
class Event:
    """`uid` stays the same for as long as it is the same event, so that a calendar replaces it."""

    uid: str
    during: Stretch
    title: str
    place: str = ""
    words: str = ""
    url: str = ""
    is_tentative: bool = False


def calendar_file(events: Iterable[Event], *, name: str) -> str:
    """The file's text, its lines folded and ended as the standard has it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Schoolbell//EN", f"X-WR-CALNAME:{_text(name)}"]
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_utc(now())}"
    yield f"DTSTART:{_utc(event.during.starts_at)}"
    yield f"DTEND:{_utc(event.during.ends_at)}"
    yield f"SUMMARY:{_text(event.title)}"
    if event.place:
        yield f"LOCATION:{_text(event.place)}"
    if event.words:
        yield f"DESCRIPTION:{_text(event.words)}"
    if event.url:
        yield f"URL:{event.url}"
    yield f"STATUS:{'TENTATIVE' if event.is_tentative else 'CONFIRMED'}"
    yield "END:VEVENT"


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """Backslash, comma, semicolon and the end of a line mean something of their own; other controls may not stand."""
    for mark in ("\\", ";", ","):
        words = words.replace(mark, f"\\{mark}")
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(character for character in words if character == "\t" or character >= " ")


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets; all but the first begin with a space. No character is cut in two."""
    piece, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > LINE_OCTETS:
            yield piece
            piece, octets = " ", 1
        piece += character
        octets += size
    yield piece
