"""Where a lesson could go instead: the nearest times at which its teachers, its students and a place are all free."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from schoolbell.kit.time import Stretch, covered, cut, day_starts, instant, less, local_day, now, zone
from schoolbell.people.models import Student
from schoolbell.planning.grid import grid
from schoolbell.planning.moves import Move
from schoolbell.planning.spare_time import SpareTime
from schoolbell.timetable.models import Resource
from schoolbell.timetable.spacing import Planned, place_of

DAYS_AROUND: Final = 14
DAY: Final = dt.timedelta(days=1)
AROUND: Final = (DAYS_AROUND + 1) * DAY
RINGS: Final = tuple(days * DAY for days in (0, 1, 4, DAYS_AROUND + 2))


def reach_of(moves: Sequence[Move]) -> Stretch:
    """The stretch in which other times for these are looked for."""
    starts_at = min(one.slots[0].starts_at for one in moves) - AROUND
    return Stretch(max(starts_at, now() - DAY), max(one.slots[-1].ends_at for one in moves) + AROUND)


def shifted(move: Move, starts_at: dt.datetime) -> Move:
    """The same from then on: its later slots as many days after the first, by the clocks of its zone, as they were."""
    where = zone(move.session.timezone)
    before = move.slots[0].starts_at.astimezone(where).replace(tzinfo=None)
    lag = starts_at.astimezone(where).replace(tzinfo=None) - before
    slots = [Stretch(starts_at, starts_at + (move.slots[0].ends_at - move.slots[0].starts_at))]
    for one in move.slots[1:]:
        wall = one.starts_at.astimezone(where).replace(tzinfo=None) + lag
        begins = instant(wall.date(), wall.time(), where)
        slots.append(Stretch(begins, begins + (one.ends_at - one.starts_at)))
    return replace(move, slots=tuple(slots))


def on_day(move: Move, days: int) -> Move:
    """The same at the same times by the clocks of its zone, so many days later."""
    return shifted(move, start_on_day(move, days))


def start_on_day(move: Move, days: int) -> dt.datetime:
    """Where that begins."""
    where = zone(move.session.timezone)
    wall = move.slots[0].starts_at.astimezone(where).replace(tzinfo=None) + days * DAY
    return instant(wall.date(), wall.time(), where)


class OtherTimes:
    """Finds them. `not_in` is the stretch in which nothing can be; `places` those that lessons could go to."""

    def __init__(self, spare: SpareTime, *, not_in: Stretch, places: Sequence[Resource]) -> None:
        self.spare = spare
        self.not_in = not_in
        self.places = places

    def nearest(self, move: Move, students: Sequence[Student], *, most: int = 3) -> list[Move]:
        """The nearest first; of two as near, the later."""
        free = self._free(move, students)
        places = [(place, self._free_in(place, move)) for place in self._places_for(move)]
        found: list[Move] = []
        for starts_at in self._starts(move, free):
            there = shifted(move, starts_at)
            if all(covered(during, free) for during in there.slots) and (suits := self._in_one_of(places, there)):
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

    def _free(self, move: Move, students: Sequence[Student]) -> list[Stretch]:
        """When the school is open and everybody has time, as far as other times are looked for."""
        free = self.spare.free(_around(move), [one.person.diary_id for one in move.instructors], students=students)
        return less(free, [self.not_in])

    def _free_in(self, place: Resource | None, move: Move) -> list[Stretch]:
        return self.spare.free(_around(move), [place.diary_id]) if place else []

    def _starts(self, move: Move, free: Sequence[Stretch]) -> Iterator[dt.datetime]:
        """Those worth a look: the same time on other days, and whatever the school's grid allows while all are free, by
        nearness. Mostly some of the next days will do: what is farther is not put in order before it is asked for."""
        at, moment = move.slots[0].starts_at, now()
        for nearer, farther in pairwise(RINGS):
            # A day of 23 or 25 hours, or one that was skipped, may lie in the ring beside its own.
            days = range(max(1, nearer.days - 1), min(DAYS_AROUND, farther.days + 1) + 1)
            starts = {start_on_day(move, way * number) for number in days for way in (1, -1)}
            if len(move.slots) == 1:
                starts.update(_grid(move, cut(free, Stretch(at - farther, move.slots[0].ends_at + farther))))
            ring = (one for one in starts if nearer < abs(one - at) <= farther and one > moment)
            yield from sorted(ring, key=lambda one: (abs(one - at), one < at))

    def _in_one_of(self, places: Sequence[tuple[Resource | None, list[Stretch]]], there: Move) -> Move | None:
        """In the first place that is free and suits the rules between neighbours, as those who teach it do."""
        for place, free in places:
            if place and not all(covered(during, free) for during in there.slots):
                continue
            lessons = _planned(there, place)
            diaries = [one.person.diary_id for one in there.instructors] + ([place.diary_id] if place else [])
            if not any(self.spare.objection(diary_id, lessons) for diary_id in diaries):
                return replace(there, resource=place)
        return None

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


def _days_around(move: Move) -> Stretch:
    where = move.session.course.school.zone
    day = local_day(move.slots[0].starts_at, where)
    return Stretch(day_starts(day - DAYS_AROUND * DAY, where), day_starts(day + (DAYS_AROUND + 1) * DAY, where))


def _around(move: Move) -> Stretch:
    """Where it could lie as a whole, from now on. Its own zone may be a day ahead of the school's, or behind."""
    days, lasts = _days_around(move), move.slots[-1].ends_at - move.slots[0].starts_at
    return Stretch(max(days.starts_at - DAY, now()), days.ends_at + DAY + lasts)


def _grid(move: Move, free: Sequence[Stretch]) -> Iterator[dt.datetime]:
    """Starts on the school's grid, from now on, that leave room for all of it."""
    days, lasts = _days_around(move), move.slots[0].ends_at - move.slots[0].starts_at
    last = days.ends_at - dt.timedelta.resolution
    for one in free:
        first, until = max(one.starts_at, days.starts_at), min(one.ends_at - lasts, last)
        if first <= until:
            yield from grid(Stretch(first, until + dt.timedelta.resolution), move.session.course)
