"""The weeks around today, and who is taken when. Nothing here touches the database."""

import datetime as dt
from collections.abc import Iterable, Iterator
from uuid import UUID
from zoneinfo import ZoneInfo

from schoolbell.kit.time import UTC, Stretch, instant

BACK, AHEAD = 26, 13  # weeks: half a year, a quarter


class Weeks:
    """Weeks by number in one zone: 0 is that of today, 1 the next. Weekdays are ISO: 1 is Monday."""

    def __init__(self, today: dt.date, where: ZoneInfo) -> None:
        self.today = today
        self.where = where
        # What has been done was done before this; what is later has not happened yet.
        self.now = dt.datetime.combine(today, dt.time.min, UTC)
        self.monday = today - dt.timedelta(days=today.weekday())

    def day(self, week: int, weekday: int) -> dt.date:
        return self.monday + dt.timedelta(weeks=week, days=weekday - 1)

    def at(self, day: dt.date, wall: str, minutes: int) -> Stretch:
        """That long from that wall-clock time, such as "16:30", in the school's zone."""
        starts_at = instant(day, dt.time.fromisoformat(wall), self.where)
        return Stretch(starts_at, starts_at + dt.timedelta(minutes=minutes))

    def ago(self, weeks: float) -> dt.datetime:
        return self.now - dt.timedelta(weeks=weeks)

    def is_over(self, stretch: Stretch) -> bool:
        return stretch.ends_at <= self.now


def is_holiday(day: dt.date) -> bool:
    """Nobody teaches between Christmas Eve and Boxing Day, or on New Year's Day."""
    return (day.month, day.day) in {(12, 24), (12, 25), (12, 26), (1, 1)}


def clock(minutes: int) -> str:
    """Minutes after midnight as a wall-clock time: 990 is "16:30"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


class TakenTimes:
    """The time of every diary. What the database would refuse is refused here first."""

    def __init__(self) -> None:
        self._by_day: dict[tuple[UUID, dt.date], list[Stretch]] = {}

    def take(self, diaries: Iterable[UUID], stretches: Iterable[Stretch]) -> bool:
        """Take all of it, or nothing where any is taken."""
        wanted = [(diary, stretch) for diary in diaries for stretch in stretches]
        if any(self.in_the_way([diary], stretch) for diary, stretch in wanted):
            return False
        for diary, stretch in wanted:
            for day in _days(stretch):
                self._by_day.setdefault((diary, day), []).append(stretch)
        return True

    def in_the_way(self, diaries: Iterable[UUID], wanted: Stretch) -> list[tuple[UUID, Stretch]]:
        """What takes one of these diaries then, in order of time."""
        found = {
            (diary, other)
            for diary in diaries
            for day in _days(wanted)
            for other in self._by_day.get((diary, day), ())
            if wanted.overlaps(other)
        }
        return sorted(found, key=lambda one: (one[1].starts_at, one[0]))


def _days(stretch: Stretch) -> Iterator[dt.date]:
    """The days in UTC that it touches."""
    yield stretch.starts_at.date()
    if stretch.ends_at.date() != stretch.starts_at.date():
        yield stretch.ends_at.date()
