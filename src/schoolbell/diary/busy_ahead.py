"""What outside calendars say of the time to come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from schoolbell.diary.models import OutsideCalendar, OutsideEvent
from schoolbell.kit.time import now


@dataclass(frozen=True, slots=True)
class BusyAhead:
    """How many events of a calendar are not over, and the first of them in order of time."""

    total: int = 0
    events: list[OutsideEvent] = field(default_factory=list)


def busy_ahead(calendars: Sequence[OutsideCalendar], *, most: int) -> dict[UUID, BusyAhead]:
    """Two queries, however many calendars there are."""
    if not calendars:
        return {}
    ids = [one.pk for one in calendars]
    ahead = OutsideEvent.objects.filter(school_id=calendars[0].school_id, calendar_id__in=ids, ends_at__gt=now())
    totals = dict(ahead.values_list("calendar_id").annotate(total=Count("id")))
    found = {one: BusyAhead(totals.get(one, 0)) for one in ids}
    order = [F("starts_at").asc(), F("id").asc()]
    place = Window(RowNumber(), partition_by=[F("calendar_id")], order_by=order)
    for event in ahead.annotate(place=place).filter(place__lte=most).order_by("starts_at", "id"):
        found[event.calendar_id].events.append(event)
    return found
