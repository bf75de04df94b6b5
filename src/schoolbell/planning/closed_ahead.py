"""Closures that lie ahead, and how many lessons are still on then that are not meant to be."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from schoolbell.bookings.holds import overdue_sources
from schoolbell.diary.closures import times_of
from schoolbell.diary.models import Closure
from schoolbell.planning.rearranging import LIVE
from schoolbell.schools.models import School
from schoolbell.timetable.models import Slot
from schoolbell.timetable.queries import meeting


def lessons_on_each(school: School, closures: Sequence[Closure]) -> dict[UUID, int]:
    """Per closure that closes something, how many sessions are on then that are not meant to be: two queries."""
    times = {
        one.pk: during
        for one in closures
        if not one.is_kept_open and (during := times_of(school, one.first_day, one.last_day))
    }
    if not times:
        return {}
    met = Q()
    for during in times.values():
        met |= meeting(during)
    slots = Slot.objects.of(school).filter(met, session__status__in=LIVE, session__despite_closed=False)
    slots = slots.exclude(id__in=overdue_sources(school.pk))
    rows = list(slots.values_list("session_id", "starts_at", "ends_at"))
    return {
        closure_id: len({one for one, starts, ends in rows if starts < during.ends_at and ends > during.starts_at})
        for closure_id, during in times.items()
    }
