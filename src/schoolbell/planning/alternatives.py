"""When else lessons of series that cannot be at their own time could be given. Nothing is written.

The school looks for itself: how soon and how far ahead clients may book is nothing to it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from schoolbell.kit.time import Stretch, local_day, zone
from schoolbell.planning.looking import Occurrence
from schoolbell.planning.moves import Move
from schoolbell.planning.other_times import DAY, OtherTimes, reach_of
from schoolbell.planning.plans import Plan, horizon
from schoolbell.planning.spare_time import SpareTime
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Session
from schoolbell.timetable.recurrence import occurrence_days

PlannedOccurrence = tuple[Plan, Occurrence]


def nearest_alternatives(
    school: School,
    wanted: Sequence[PlannedOccurrence],
    *,
    beside: Iterable[PlannedOccurrence] = (),
    moving: Iterable[tuple[Plan, Move]] = (),
) -> list[tuple[Move, ...]]:
    """Of each the nearest times first, as long as it is, with everybody in it and a place that is free. What is to be
    put on the timetable with it (`beside`) or goes elsewhere (`moving`) is there already, and so are the lessons of its
    series that nobody has put so far ahead yet.

    As many queries for many of them as for one. None for what is out of service: no other time helps.
    """
    if not wanted:
        return []
    moves = [_as_a_move(plan, one) for plan, one in wanted]
    plans = {plan.series.pk: plan for plan, _one in wanted}
    to_come = ((plan, one) for plan in plans.values() for one in _to_come(plan, reach_of(moves)))
    planned = [*((plan, _as_a_move(plan, one)) for plan, one in (*beside, *to_come)), *moving]
    places = list(Resource.objects.of(school).filter(is_active=True).order_by("id"))
    staff = {one.pk: one for plan in plans.values() for one in plan.instructors}
    there = {one.pk: one for one in places}
    there |= {plan.series.resource.pk: plan.series.resource for plan in plans.values() if plan.series.resource}
    students = {one.pk: one for plan in plans.values() for one in plan.students}
    spare = SpareTime(
        school,
        reach_of(moves),
        instructors=list(staff.values()),
        resources=list(there.values()),
        students=students.values(),
    )
    for plan, move in planned:
        spare.put(move, students=plan.students)
    found = []
    for (plan, _one), move in zip(wanted, moves, strict=True):
        elsewhere = OtherTimes(spare, not_in=move.slots[0], places=places)
        found.append(tuple(elsewhere.nearest(move, plan.students)) if plan.is_in_service else ())
    return found


def _to_come(plan: Plan, reach: Stretch) -> list[Occurrence]:
    """Those that the rule names behind what the nights have put on the timetable."""
    series = plan.series
    known = max(horizon(series.course.school), series.generated_until or dt.date.min)
    last = local_day(reach.ends_at, zone(series.timezone))
    return [Occurrence(day, plan.during(day)) for day in occurrence_days(series, known + DAY, last)]


def _as_a_move(plan: Plan, one: Occurrence) -> Move:
    """As if its session were there, at the time that the rule names."""
    series = plan.series
    session = Session(
        school_id=series.school_id,
        course=series.course,
        series=series,
        occurrence_on=one.day,
        on_demand=series.on_demand,
        capacity=series.capacity,
        starts_at=one.during.starts_at,
        ends_at=one.during.ends_at,
        timezone=series.timezone,
    )
    return Move(session, (one.during,), tuple(plan.instructors), series.resource)
