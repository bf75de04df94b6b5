"""Where one lesson could go: the nearest times that suit everybody in it, and a place for wherever it goes."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from schoolbell.bookings.models import Attendance
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.planning.moves import Move
from schoolbell.planning.other_times import AROUND, OtherTimes
from schoolbell.planning.rearranging import Situation
from schoolbell.planning.spare_time import SpareTime
from schoolbell.timetable.models import Resource, Session, Slot

MOST_A_DAY: Final = 3
MOST_LOOKED_AT: Final = 300


def nearest_times(there: Move, *, since: dt.datetime, most: int = 6) -> list[Move]:
    """From `since` on: all who give it are open and free, those who are booked have nothing else, and a place is to be
    had. The nearest first; none meets another, and a day has three at most, so that there is something to choose from.
    None for what has been over so long that all times near it are past. As many queries for many students as for one.
    """
    if there.slots[-1].ends_at + AROUND <= now():
        return []
    session, before = there.session, _before(since)
    situation = Situation(session.course.school, [session], before)
    spare, places = situation.reads()
    elsewhere = OtherTimes(spare, not_in=before, places=places)
    return _apart(elsewhere.nearest(there, situation.students[session.pk], most=MOST_LOOKED_AT), most=most)


def _apart(moves: Sequence[Move], *, most: int) -> list[Move]:
    kept: list[Move] = []
    days: Counter[dt.date] = Counter()
    for move in moves:
        during = move.slots[0]
        day = local_day(during.starts_at, move.session.course.school.zone)
        if days[day] < MOST_A_DAY and not any(during.overlaps(other.slots[0]) for other in kept):
            kept.append(move)
            days[day] += 1
    return kept[:most]


def placed(there: Move) -> Move:
    """The same in its own place, or in another of its kind that is free then; where none is, as it was."""
    if there.resource is None:
        return there
    school = there.session.course.school
    places = list(Resource.objects.of(school).filter(is_active=True).order_by("id"))
    known = places if there.resource in places else [*places, there.resource]
    span = Stretch(there.slots[0].starts_at, max(one.ends_at for one in there.slots))
    spare = SpareTime(school, span, resources=known, apart_from=_sources(there.session))
    found = OtherTimes(spare, not_in=_before(now()), places=places).with_place(there)
    return replace(found, was=there.was)


def _before(moment: dt.datetime) -> Stretch:
    return Stretch(min(now(), moment) - dt.timedelta(days=1), moment)


def _sources(session: Session) -> list[UUID]:
    slots = Slot.objects.filter(school_id=session.school_id, session_id=session.pk)
    seats = Attendance.objects.filter(school_id=session.school_id, slot__session_id=session.pk)
    return [*slots.values_list("id", flat=True), *seats.values_list("id", flat=True)]
