"""In whose time a lesson is said."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from schoolbell.catalogue.models import Course
from schoolbell.kit.time import Stretch
from schoolbell.web.entry import Visit
from schoolbell.web.public.frame import zone_of
from schoolbell.web.templatetags.words import when, when_here


@dataclass(frozen=True, slots=True)
class Clock:
    """`is_elsewhere`: the zone is another than the visitor's, and so is named."""

    zone: ZoneInfo
    is_elsewhere: bool

    def words(self, time: dt.datetime | Stretch) -> str:
        return when(time, self.zone) if self.is_elsewhere else when_here(time, self.zone)


def clock_of(visit: Visit, course: Course) -> Clock:
    where = zone_of(visit, course)
    return Clock(where, where.key != visit.zone.key)
