"""The calendar drawn to scale: for each day and each column, where every event stands. Rows are five minutes of the
school's clock; the style sheet calendar.css has a class for each."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from schoolbell.kit.time import local_day, now
from schoolbell.web.entry import Visit
from schoolbell.web.office.events import Event, on_day
from schoolbell.web.office.shading import Shade, Shading
from schoolbell.web.office.today import hours_of

ROW: Final = 5  # minutes
LEAST_ROWS: Final = 4  # as high as a line of text
SHORT: Final = 8  # up to so many rows there is one line in it
MOST_LANES: Final = 6  # side by side; what is more lies above the last of them


@dataclass(frozen=True, slots=True)
class Placed:
    """An event begins in row `row`, is `rows` long, and stands in one of `lanes` lanes side by side."""

    event: Event
    row: int
    rows: int
    lane: int = 1
    lanes: int = 1

    @property
    def ends(self) -> int:
        return self.row + self.rows

    @property
    def is_short(self) -> bool:
        return self.rows <= SHORT


@dataclass(frozen=True, slots=True)
class Shaded:
    """Time that is not open, from row `row` on, `rows` long. `kind` and `words` of `shading.Shade`."""

    row: int
    rows: int
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One column of a day. `key` is empty for the column of all, and of what nobody teaches or what is nowhere."""

    key: str
    name: str
    placed: Sequence[Placed]
    shades: Sequence[Shaded]


@dataclass(frozen=True, slots=True)
class GridDay:
    """`now` is the row of this moment, 0 where it is not on the day; `closed`: why the school is closed then."""

    day: dt.date
    is_today: bool
    lanes: Sequence[Lane]
    now: int
    closed: str


@dataclass(frozen=True, slots=True)
class Grid:
    """`hours` are the hours on the clock, from `first` on, `tall` of them."""

    days: Sequence[GridDay]
    first: int
    tall: int
    by: str

    @property
    def hours(self) -> list[str]:
        return [f"{hour:02}:00" for hour in range(self.first, self.first + self.tall)]


def grid_of(
    events: Sequence[Event],
    days: Sequence[dt.date],
    columns: Sequence[tuple[str, str]],
    visit: Visit,
    *,
    by: str,
    shading: Shading,
) -> Grid:
    """`columns` are keys with their names; without any there is one column of all events. `by`: whose the columns are,
    instructor or resource."""
    first, _dash, last = hours_of(events, visit).partition("-")
    tall = int(last) - int(first)

    def row_of(moment: dt.datetime, day: dt.date) -> int:
        """Rows are counted from 1; what is outside of the hours is at the edge."""
        local = moment.astimezone(visit.school.zone)
        minutes = (local.date() - day).days * 24 * 60 + local.hour * 60 + local.minute - int(first) * 60
        return min(max(round(minutes / ROW), 0), tall * 60 // ROW) + 1

    def placed(event: Event, day: dt.date) -> Placed:
        row = min(row_of(event.starts_at, day), tall * 60 // ROW + 1 - LEAST_ROWS)
        return Placed(event, row, max(row_of(event.ends_at, day) - row, LEAST_ROWS))

    def lane(key: str, name: str, day: dt.date) -> Lane:
        own = [one for one in on_day(events, day) if not columns or key in one.columns(by)]
        shades = [shaded(one, day) for one in shading.of(key, day)]
        return Lane(key, name, side_by_side(placed(one, day) for one in own), [one for one in shades if one.rows])

    def shaded(shade: Shade, day: dt.date) -> Shaded:
        row = row_of(shade.during.starts_at, day)
        return Shaded(row, row_of(shade.during.ends_at, day) - row, shade.kind, shade.words)

    today = local_day(now(), visit.school.zone)
    drawn = []
    for day in days:
        row = row_of(now(), day) if day == today else 0
        lanes = [lane(key, name, day) for key, name in columns or [("", "")]]
        line = row if 1 < row <= tall * 60 // ROW else 0
        drawn.append(GridDay(day, day == today, lanes, line, shading.closed_on(day)))
    return Grid(drawn, int(first), tall, by)


def side_by_side(placed: Iterable[Placed]) -> list[Placed]:
    """In order of time. Events that touch the same time share the width, each with those that it meets."""
    found: list[Placed] = []
    group: list[Placed] = []
    ends: list[int] = []  # of the last one in each lane of the group
    for one in sorted(placed, key=lambda one: (one.row, -one.rows)):
        if ends and one.row >= max(ends):
            found += _shared(group, len(ends))
            group, ends = [], []
        lane = next((place for place, end in enumerate(ends) if end <= one.row), len(ends))
        if lane == len(ends) < MOST_LANES:
            ends.append(one.ends)
        else:
            lane = min(lane, MOST_LANES - 1)
            ends[lane] = max(ends[lane], one.ends)
        group.append(Placed(one.event, one.row, one.rows, lane + 1))
    return found + _shared(group, len(ends))


def _shared(group: Iterable[Placed], lanes: int) -> list[Placed]:
    return [Placed(one.event, one.row, one.rows, one.lane, lanes) for one in group]
