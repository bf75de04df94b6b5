"""Where a lesson could go instead: the nearest times at which its teachers, its students and a place are all free."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from schoolbell.catalogue.models import Course
from schoolbell.kit.time import Stretch, instant, local_day, now, zone
from schoolbell.people.models import Student
from schoolbell.planning.free_times import grid
from schoolbell.planning.moves import Move
from schoolbell.planning.spare_time import SpareTime
from schoolbell.timetable.models import Resource
from schoolbell.timetable.spacing import Planned, place_of

DAYS_AROUND: Final = 14
DAY: Final = dt.timedelta(days=1)


def reach_of(moves: Sequence[Move]) -> Stretch:
    """The stretch in which other times for these are looked for."""
    around = (DAYS_AROUND + 1) * DAY
    starts_at = min(one.slots[0].starts_at for one in moves) - around
    return Stretch(max(starts_at, now() - DAY), max(one.slots[-1].ends_at for one in moves) + around)


def shifted(move: Move, starts_at: dt.datetime) -> Move:
    """The same from then on: its later slots as many days after the first, by the clocks of its zone, as they were."""
    where = zone(move.session.timezone)
    before = move.slots[0].starts_at.astimezone(where).replace(tzinfo=None)
    lag = starts_at.astimezone(where).replace(tzinfo=None) - before
    slots = []
    for place, one in enumerate(move.slots):
        wall = one.starts_at.astimezone(where).replace(tzinfo=None) + lag
        begins = starts_at if place == 0 else instant(wall.date(), wall.time(), where)
        slots.append(Stretch(begins, begins + (one.ends_at - one.starts_at)))
    return replace(move, slots=tuple(slots))


def on_day(move: Move, days: int) -> Move:
    """The same at the same times by the clocks of its zone, so many days later."""
    where = zone(move.session.timezone)
    wall = move.slots[0].starts_at.astimezone(where).replace(tzinfo=None) + days * DAY
    return shifted(move, instant(wall.date(), wall.time(), where))


class OtherTimes:
    """Finds them. `not_in` is the stretch in which nothing can be; `places` those that lessons could go to."""

    def __init__(self, spare: SpareTime, *, not_in: Stretch, places: Sequence[Resource]) -> None:
        self.spare = spare
        self.not_in = not_in
        self.places = places
        self._grids: dict[tuple[UUID, Stretch], list[dt.datetime]] = {}

    def nearest(self, move: Move, students: Sequence[Student], *, most: int = 3) -> list[Move]:
        """The nearest first; of two as near, the later."""
        found: list[Move] = []
        for starts_at in self._starts(move):
            if suits := self._at(move, starts_at, students):
                found.append(suits)
                if len(found) == most:
                    break
        return found

    def with_place(self, move: Move) -> Move:
        """The same in the place that it has, or in another of its kind that is free then, if there is one."""
        for place in self._places_for(move):
            lessons = _planned(move, place)
            if place is None or self.spare.obstacle(place.diary_id, lessons) is None:
                return replace(move, resource=place)
        return move

    def _at(self, move: Move, starts_at: dt.datetime, students: Sequence[Student]) -> Move | None:
        there = shifted(move, starts_at)
        if any(during.overlaps(self.not_in) for during in there.slots):
            return None
        if not all(self.spare.is_free(one.person.diary_id, during) for one in students for during in there.slots):
            return None
        for place in self._places_for(move):
            lessons = _planned(there, place)
            diaries = [one.person.diary_id for one in move.instructors] + ([place.diary_id] if place else [])
            if all(self.spare.is_school_open(one.during) for one in lessons) and not any(
                self.spare.obstacle(diary_id, lessons) for diary_id in diaries
            ):
                return replace(there, resource=place)
        return None

    def _starts(self, move: Move) -> Iterator[dt.datetime]:
        """Those worth a look: the same time on other days, and whatever the school's grid allows, by nearness."""
        at = move.slots[0].starts_at
        days = [on_day(move, days).slots[0].starts_at for days in range(-DAYS_AROUND, DAYS_AROUND + 1) if days]
        starts = {one for one in days if one > now()}
        if len(move.slots) == 1:
            starts.update(self._grid(move.session.course, at))
        yield from sorted(starts - {at}, key=lambda one: (abs(one - at), one < at))

    def _grid(self, course: Course, at: dt.datetime) -> list[dt.datetime]:
        day = local_day(at, course.school.zone)
        first = instant(day - DAYS_AROUND * DAY, dt.time.min, course.school.zone)
        around = Stretch(first, instant(day + (DAYS_AROUND + 1) * DAY, dt.time.min, course.school.zone))
        known = self._grids.setdefault((course.pk, around), sorted(grid(around, course)))
        return known[bisect_left(known, now()) :]

    def _places_for(self, move: Move) -> list[Resource | None]:
        """The one that it has before others of its kind with room for all; None where it needs none."""
        own = move.resource
        if own is None:
            return [None]
        others = [
            one
            for one in self.places
            if one.kind == own.kind and one.pk != own.pk and one.capacity >= move.session.capacity
        ]
        return [own, *others]


def _planned(move: Move, place: Resource | None) -> list[Planned]:
    return [Planned(during, move.session.course_id, place_of(place)) for during in move.slots]
