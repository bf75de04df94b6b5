"""The starts that a school allows for lessons on demand (policy start_grid_minutes)."""

import datetime as dt
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from schoolbell.catalogue.models import Course
from schoolbell.kit.time import Stretch, day_starts, instant, local_day

DAY: Final = dt.timedelta(days=1)


def grid(within: Stretch, course: Course) -> Iterator[dt.datetime]:
    """Multiples of so many minutes after midnight, by the clocks of the school's own zone."""
    where: ZoneInfo = course.school.zone
    minutes = course.policies.start_grid_minutes
    step, day = dt.timedelta(minutes=minutes), local_day(within.starts_at, where)
    midnight = day_starts(day, where)
    seen: set[dt.datetime] = set()  # of days on which the clocks change: they may skip the same time, or a whole day
    while midnight < within.ends_at:
        next_midnight = day_starts(day + DAY, where)
        if next_midnight - midnight == DAY:
            first = max(0, -((midnight - within.starts_at) // step))
            after = -((midnight - min(within.ends_at, next_midnight)) // step)
            starts = (midnight + step * number for number in range(first, after))
            yield from (at for at in starts if at not in seen)
        else:
            for minute in range(0, 24 * 60, minutes):
                at = instant(day, dt.time(minute // 60, minute % 60), where)
                if within.starts_at <= at < within.ends_at and at not in seen:
                    seen.add(at)
                    yield at
        day, midnight = day + DAY, next_midnight
