"""Cells that hold something with parts: hours, courses, policies, moments."""

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from schoolbell.importing.cells import LONGEST_TEXT, read_day, read_zone
from schoolbell.importing.refusals import CellRefused
from schoolbell.kit.numbers import MOST, has_plain_numbers
from schoolbell.kit.time import UTC, instant

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS: Final = re.compile(
    r"(?P<day>[A-Za-z]+|\d{4}-\d\d-\d\d) (?P<starts>\d\d?:\d\d)\s*[-–]\s*(?P<ends>\d\d?:\d\d)"
    r"(?: (?!from|until)(?P<zone>\S+))?"
    r"(?: from (?P<first>\S+))?(?: until (?P<last>\S+))?",
    re.IGNORECASE,
)
_TAUGHT: Final = re.compile(r"(?P<course>.+?) ?\((?P<proficiency>[1-5])(?:, ?(?P<certified_on>[\d-]+))?\)")
_WALL: Final = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d?:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s*(Z|[+-]\d\d:?\d\d)?")
ELSEWHERE: Final = "elsewhere"  # seated in a class, and moved to another


@dataclass(frozen=True, slots=True)
class Hours:
    """One stretch of opening hours. `day`: a weekday (ISO, 1 is Monday) or a date; `timezone` "": as its line says."""

    weekday: int
    date: dt.date | None
    starts: dt.time
    ends: dt.time
    timezone: str
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    @property
    def order(self) -> tuple[Any, ...]:
        least = dt.date.min
        return (
            self.weekday, self.date or least, self.starts, self.ends, self.timezone, self.valid_from or least,
            self.valid_until or least,
        )  # fmt: skip

    def overlaps(self, other: "Hours") -> bool:
        return (
            (self.weekday, self.date) == (other.weekday, other.date)
            and self.starts < (other.ends if other.ends != dt.time.min else dt.time.max)
            and other.starts < (self.ends if self.ends != dt.time.min else dt.time.max)
            and (self.valid_from or dt.date.min) <= (other.valid_until or dt.date.max)
            and (other.valid_from or dt.date.min) <= (self.valid_until or dt.date.max)
        )


@dataclass(frozen=True, slots=True)
class OpeningHoursCell:
    """`Mon 14:00-20:00` or `2026-12-24 09:00-12:00`, then perhaps a zone, `from` a date, `until` a date."""

    def read(self, text: str) -> Hours:
        said = _HOURS.fullmatch(text)
        if not said:
            raise CellRefused(_("“%s” is not hours such as Mon 14:00-20:00") % text)
        weekday, date = _day_of(said["day"])
        try:
            starts = dt.time.fromisoformat(said["starts"].zfill(5))
            ends = dt.time.min if said["ends"] == "24:00" else dt.time.fromisoformat(said["ends"].zfill(5))
        except ValueError:
            raise CellRefused(_("“%s” has a time that no clock shows") % text) from None
        if ends == starts or (ends != dt.time.min and ends < starts):
            raise CellRefused(_("“%s” ends before it starts; for hours past midnight give two") % text)
        first, last = (read_day(said[name]) if said[name] else None for name in ("first", "last"))
        if date and (first or last):
            raise CellRefused(_("“%s” is on one date, which needs no from and until") % text)
        if first and last and last < first:
            raise CellRefused(_("“%s” is until a day before it is from") % text)
        where = read_zone(said["zone"]) if said["zone"] else ""
        return Hours(weekday, date, starts, ends, where, first, last)

    def write(self, value: Hours) -> str:
        ends = "24:00" if value.ends == dt.time.min else f"{value.ends:%H:%M}"
        return "".join(
            (
                value.date.isoformat() if value.date else WEEKDAYS[value.weekday - 1],
                f" {value.starts:%H:%M}-{ends}",
                f" {value.timezone}" if value.timezone else "",
                f" from {value.valid_from}" if value.valid_from else "",
                f" until {value.valid_until}" if value.valid_until else "",
            )
        )


def _day_of(text: str) -> tuple[int, dt.date | None]:
    if text[0].isdigit():
        return 0, read_day(text)
    short = text[:3].title()
    if short not in WEEKDAYS:
        raise CellRefused(_("“%(text)s” is not a weekday; use %(days)s") % {"text": text, "days": ", ".join(WEEKDAYS)})
    return WEEKDAYS.index(short) + 1, None


@dataclass(frozen=True, slots=True)
class Taught:
    """A course that somebody may teach, as a file names it."""

    course: str
    proficiency: int = 3
    certified_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class TaughtCell:
    """`Piano`, `Piano (4)` or `Piano (4, 2024-03-01)`: proficiency from 1 to 5, and since when certified."""

    def read(self, text: str) -> Taught:
        said = _TAUGHT.fullmatch(text)
        if not said:
            return Taught(text)
        day = read_day(said["certified_on"]) if said["certified_on"] else None
        return Taught(said["course"], int(said["proficiency"]), day)

    def write(self, value: Taught) -> str:
        if value.certified_on:
            return f"{value.course} ({value.proficiency}, {value.certified_on})"
        return value.course if value.proficiency == 3 else f"{value.course} ({value.proficiency})"


@dataclass(frozen=True, slots=True)
class ObjectCell:
    """A JSON object; if `flags`, also a list of words, each of which is true."""

    flags: bool = False

    def read(self, text: str) -> dict[str, Any]:
        if len(text) > LONGEST_TEXT:
            raise CellRefused(_("is longer than %s characters") % LONGEST_TEXT)
        if self.flags and not text.startswith("{"):
            return {part.strip(): True for part in text.split(";") if part.strip()}
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict) or "\\u0000" in text:
            raise CellRefused(_('“%s” is not a JSON object such as {"notice_minutes": 60}') % text[:40])
        if not has_plain_numbers(value):
            raise CellRefused(_("holds a number beyond %s; write it as text") % MOST)
        return value

    def write(self, value: dict[str, Any]) -> str:
        if not value:
            return ""
        if self.flags and all(flag is True and _is_a_word(name) for name, flag in value.items()):
            return "; ".join(sorted(value))
        return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _is_a_word(name: str) -> bool:
    return bool(name) and name == name.strip() and ";" not in name and not name.startswith("{")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as a file says it: clock time, and an offset or None where the line's zone says which it is."""

    wall: dt.datetime
    offset: dt.timedelta | None

    def at(self, where: ZoneInfo | None) -> dt.datetime:
        """The instant. Raises CellRefused where neither offset nor zone is said."""
        if self.offset is not None:
            return (self.wall - self.offset).replace(tzinfo=UTC)
        if where is None:
            raise CellRefused(
                _("“%s” says no zone: fill the timezone column, or write an offset such as +01:00") % self.wall
            )
        return instant(self.wall.date(), self.wall.time(), where)

    @classmethod
    def of(cls, value: dt.datetime, where: ZoneInfo) -> "Moment":
        """As clocks in that zone show it; with its offset where they show that time twice."""
        local = value.astimezone(where)
        wall = local.replace(tzinfo=None, fold=0)
        told = instant(wall.date(), wall.time(), where) == value
        return cls(wall, None if told else local.utcoffset())


@dataclass(frozen=True, slots=True)
class MomentCell:
    """`2026-12-01 16:00`, `2026-12-01T16:00:00+01:00`, `2026-12-01 15:00Z`."""

    def read(self, text: str) -> Moment:
        said = _WALL.fullmatch(text)
        if not said:
            if re.match(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", text):
                sentence = _(
                    "“%s” is not a time such as 2026-12-01 16:00. Spreadsheets write times their own way; "
                    "format the column as yyyy-mm-dd hh:mm, or as text, and write it again"
                )
                raise CellRefused(sentence % text)
            raise CellRefused(_("“%s” is not a time such as 2026-12-01 16:00") % text)
        day = read_day(said[1])
        try:
            wall = dt.datetime.combine(day, dt.time.fromisoformat(said[2] if said[2][2] == ":" else f"0{said[2]}"))
        except ValueError:
            raise CellRefused(_("“%s” is a time that no clock shows") % text) from None
        if not said[3]:
            return Moment(wall, None)
        if said[3] == "Z":
            return Moment(wall, dt.timedelta())
        minutes = int(said[3][1:3]) * 60 + int(said[3][-2:])
        if minutes > 15 * 60:
            raise CellRefused(_("“%s” has an offset that no zone has") % text)
        return Moment(wall, dt.timedelta(minutes=minutes if said[3][0] == "+" else -minutes))

    def write(self, value: Moment) -> str:
        wall = value.wall
        said = wall.isoformat(" ", timespec="minutes" if wall.second == wall.microsecond == 0 else "auto")
        if value.offset is None:
            return said
        minutes = round(value.offset.total_seconds() / 60)
        return f"{said}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
