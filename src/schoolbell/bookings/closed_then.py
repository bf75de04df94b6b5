"""What is closed while a session takes place that the office means all the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from schoolbell.diary.closures import closures_within
from schoolbell.diary.models import Closure
from schoolbell.diary.opening import Opening
from schoolbell.kit.time import Stretch, covered
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Session, Slot


class Kind(StrEnum):
    CLOSURE = "closure"
    HOURS = "hours"  # the school's own
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Closed:
    """`name` is the closure's or the place's; the school's own hours have none."""

    kind: Kind
    name: str = ""
    closure: Closure | None = None


def closed_then(
    school: School, sessions: Sequence[Session], slots: Mapping[UUID, Sequence[Slot]]
) -> dict[UUID, list[Closed]]:
    """Per session that is meant (`despite_closed`), what is closed during its slots as things are now: nothing, where
    it was opened since. The others are left out. As many queries for many as for one; none where none is meant."""
    meant = [one for one in sessions if one.despite_closed]
    if not meant:
        return {}
    span = Stretch(min(one.starts_at for one in meant), max(one.ends_at for one in meant))
    closures = closures_within(school, span)
    places = Resource.objects.of(school).in_bulk([one.resource_id for one in meant if one.resource_id])
    opening = Opening(school, span, places=[one.diary_id for one in places.values()])
    found = {}
    for session in meant:
        times = [Stretch(slot.starts_at, slot.ends_at) for slot in slots[session.pk]]
        found[session.pk] = list(_closed(times, closures, opening, places.get(session.resource_id)))
    return found


def _closed(
    times: Sequence[Stretch], closures: Sequence[tuple[Stretch, Closure]], opening: Opening, place: Resource | None
) -> Iterator[Closed]:
    for closed, closure in closures:
        if any(closed.overlaps(during) for during in times):
            yield Closed(Kind.CLOSURE, closure.name, closure)
    if opening.school_hours is not None and not all(covered(during, opening.school_hours) for during in times):
        yield Closed(Kind.HOURS)
    if place and any(opening.own_obstacle(during, place.diary_id) for during in times):
        yield Closed(Kind.PLACE, place.name)
