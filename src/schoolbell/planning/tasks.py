"""What the worker does for the timetable."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import local_day, now
from schoolbell.planning.generation import extend_school
from schoolbell.schools.models import School

log = structlog.get_logger("schoolbell.nightly")


@dataclass
class Nightly:
    """Puts every school's series on the timetable up to its horizon: when the worker starts, and then once a day by the
    school's own clock, soon after its midnight. What could not be done then is tried again in the next round."""

    extended_on: dict[UUID, dt.date] = field(default_factory=dict)
    _tried: set[UUID] = field(default_factory=set)  # in this round

    def extend_next_school(self) -> bool:
        """One school at a time, so that nothing else waits for all of them. False: all are extended, or were tried, and
        the round is over."""
        for school in School.objects.order_by("id"):
            today = local_day(now(), school.zone)
            if self.extended_on.get(school.pk) != today and school.pk not in self._tried:
                self._tried.add(school.pk)
                if self._extend(school):
                    self.extended_on[school.pk] = today
                return True
        self._tried.clear()
        return False

    def _extend(self, school: School) -> bool:
        """Whether all of it was done. A school whose timetable cannot be extended does not keep the others waiting."""
        try:
            extended = extend_school(school)
        except Refusal as refused:
            log.warning("not extended", school=school.slug, code=refused.code)
            return False
        log.info("extended", school=school.slug, sessions=extended.added, skipped=extended.skipped, busy=extended.busy)
        return not extended.busy
