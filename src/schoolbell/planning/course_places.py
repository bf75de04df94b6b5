"""Where the lessons of a course go when it needs another kind of place: those on the timetable, and every series with
all that it will make, whether any of its lessons is on the timetable yet or not."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schoolbell.catalogue.models import Course
from schoolbell.diary.refusals import SchoolClosed
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.models import Student
from schoolbell.planning.moves import Move
from schoolbell.planning.plans import Plan
from schoolbell.planning.spare_time import SpareTime
from schoolbell.timetable.models import Resource, Series
from schoolbell.timetable.recurrence import occurrence_days
from schoolbell.timetable.spacing import Planned, place_of

LOOKED_AT: Final = dt.timedelta(weeks=8)  # of the lessons that a series is still to make
DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SeriesPlace:
    """Where a series will be; `resource` None: in no place of its own. `elsewhere` of its lessons cannot be there:
    those on the timetable go to another place of the kind, those still to be made will be kept as skipped."""

    series: Series
    resource: Resource | None
    elsewhere: int = 0
    student: Student | None = None  # whose weekly lessons they are


@dataclass(frozen=True, slots=True)
class Places:
    """Sessions, by id, with the places that they go to, and where each series goes."""

    moves: dict[UUID, Move]
    series: tuple[SeriesPlace, ...]


def other_places(course: Course, kind: str, moves: Mapping[UUID, Move], series: Sequence[Series]) -> Places:
    """Lessons on demand, and whatever is in a place of the old kind, go to a free one of the new; those of a series to
    the same where one is free for all, and the series to the one that is free for most.

    Raises: InputRefused where there is none for a lesson, or for every lesson of a series.
    """
    going = [
        move
        for move in moves.values()
        if (move.resource.kind == course.resource_kind if move.resource else move.session.on_demand)
    ]
    lasting = [one for one in series if (one.resource.kind == course.resource_kind if one.resource else one.on_demand)]
    if not kind or not (going or lasting):
        placed = {move.session.pk: replace(move, resource=None) for move in going}
        return Places(placed, tuple(SeriesPlace(one, None) for one in lasting))
    return _Search(course, kind, going, lasting).places()


class _Search:
    """The places of a kind, and what each of them has time for."""

    def __init__(self, course: Course, kind: str, going: Sequence[Move], lasting: Sequence[Series]) -> None:
        self.course, self.going, self.lasting = course, going, lasting
        rows = Resource.objects.filter(school_id=course.school_id, kind=kind, is_active=True)
        self.all = list(rows.order_by("id"))
        if not self.all:
            raise _none_left()
        self.to_come = {one.pk: list(_to_come(course, one)) for one in lasting}
        slots = [during for move in going for during in move.slots]
        slots += [during for stretches in self.to_come.values() for during in stretches]
        span = Stretch(
            min((one.starts_at for one in slots), default=now()),
            max((one.ends_at for one in slots), default=now() + LOOKED_AT),
        )
        self.spare = SpareTime(course.school, span, resources=self.all)
        self._hold_what_others_will_make(span)

    def _hold_what_others_will_make(self, span: Stretch) -> None:
        """Series that are in these places already, of whatever course, and have no session there yet."""
        today = local_day(now(), self.course.school.zone)
        rows = Series.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=today),
            school_id=self.course.school_id,
            resource_id__in=[one.pk for one in self.all],
        )
        last = local_day(span.ends_at, self.course.school.zone)
        for one in rows.select_related("resource"):
            if one.resource:
                lessons = self._planned(_still_to_make(one, today, last), one.resource)
                self.spare.hold(one.pk, one.resource.diary_id, lessons)

    def places(self) -> Places:
        groups: dict[UUID, list[Move]] = {}
        for move in self.going:
            groups.setdefault(move.session.series_id or move.session.pk, []).append(move)
        placed = {move.session.pk: move for group in groups.values() for move in self._placed(group)}
        found = []
        for one in self.lasting:
            there = [placed[move.session.pk].resource for move in groups.get(one.pk, ())]
            found.append(self._for_series(one, [place for place in there if place]))
        return Places(placed, tuple(found))

    def _placed(self, group: Sequence[Move]) -> Iterator[Move]:
        whole = next((one for one in self.all if all(self._fits(move, one) for move in group)), None)
        for move in group:
            place = whole or next((one for one in self.all if self._fits(move, one)), None)
            if place is None:
                raise _none_left()
            there = replace(move, resource=place)
            self.spare.put(there)
            yield there

    def _fits(self, move: Move, place: Resource) -> bool:
        return (
            place.capacity >= move.session.capacity
            and self.spare.obstacle(place.diary_id, self._planned(move.slots, place)) is None
        )

    def _for_series(self, series: Series, there: Sequence[Resource]) -> SeriesPlace:
        """Where most of its lessons on the timetable went, else where most of those to come can be."""
        went = Counter(one.pk for one in there)
        best: tuple[int, Resource] | None = None
        for place in self.all:
            if place.capacity < series.capacity:
                continue
            missing = len(there) - went[place.pk] + self._clashing(series, place)
            if best is None or missing < best[0]:
                best = (missing, place)
            if not missing:
                break
        lessons = len(there) + len(self.to_come[series.pk])
        if best is None or best[0] >= lessons > 0:
            raise _none_left()
        missing, place = best
        self.spare.hold(series.pk, place.diary_id, self._planned(self.to_come[series.pk], place))
        return SeriesPlace(series, place, missing)

    def _clashing(self, series: Series, place: Resource) -> int:
        """Of the lessons to come; those on closed days are nobody's fault."""
        found = (self.spare.obstacle(place.diary_id, self._planned([one], place)) for one in self.to_come[series.pk])
        return sum(one is not None and not isinstance(one, SchoolClosed) for one in found)

    def _planned(self, slots: Iterable[Stretch], place: Resource) -> list[Planned]:
        return [Planned(during, self.course.pk, place_of(place)) for during in slots]


def _to_come(course: Course, series: Series) -> Iterator[Stretch]:
    """The first lessons that it has not made yet. One that is paused goes on some day: as if it were today."""
    today = local_day(now(), course.school.zone)
    own = copy(series)
    if own.ends_on is not None and own.ends_on < today:
        own.ends_on = None
    first = max(today, own.starts_on, own.generated_until + DAY if own.generated_until else today)
    return _still_to_make(own, first, first + LOOKED_AT)


def _still_to_make(series: Series, first: dt.date, last: dt.date) -> Iterator[Stretch]:
    if series.generated_until is not None:
        first = max(first, series.generated_until + DAY)
    plan = Plan(series, (), None)
    return (during for day in occurrence_days(series, first, last) if (during := plan.during(day)).starts_at > now())


def _none_left() -> InputRefused:
    return InputRefused.of("resource_kind", _("There is no place of that kind for every lesson that lies ahead."))
