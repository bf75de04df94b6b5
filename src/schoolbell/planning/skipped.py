"""Lessons of a series that could not be put on the timetable: who is taken, and when they could be given instead."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from schoolbell.kit.time import Stretch, local_day, now, zone
from schoolbell.planning.alternatives import nearest_alternatives
from schoolbell.planning.looking import Occurrence, Taken
from schoolbell.planning.moves import Move
from schoolbell.planning.plans import Plan, plan_of
from schoolbell.planning.weekly import WeeklyPlan, look_at, ready_plan
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import Series, SkippedOccurrence

MOST_WITH_ALTERNATIVES: Final = 12  # each is a search of its own
Reason = SkippedOccurrence.Reason


@dataclass(frozen=True, slots=True)
class PlannedLesson:
    """A lesson of a series, and what stands in its way: `taken` says who or what is, by name, and when."""

    day: dt.date
    during: Stretch
    reason: str = ""
    taken: tuple[tuple[str, Stretch], ...] = ()
    alternatives: tuple[Stretch, ...] = ()


def preview_lessons(plan: WeeklyPlan) -> list[PlannedLesson]:
    """Every lesson up to the horizon; those that cannot be, with the nearest alternatives. Raises as `ready_plan`."""
    ready = ready_plan(plan)
    return in_words(ready, look_at(ready))


def skipped_lessons(series: Series) -> list[PlannedLesson]:
    """Those of a series that lie ahead and have no place, with the nearest alternatives for what is wanted."""
    rows = SkippedOccurrence.objects.filter(
        school_id=series.school_id,
        series_id=series.pk,
        occurrence_on__gte=local_day(now(), zone(series.timezone)),
    ).order_by("occurrence_on")
    plan = plan_of(series)
    return in_words(plan, [occurrence_of(plan, row) for row in rows])


def skipped_ahead(school: School) -> SchoolRows[SkippedOccurrence]:
    """All of a school that wait for somebody, the soonest first. Closed days, and those that are left out on purpose,
    wait for nobody."""
    rows = SkippedOccurrence.objects.of(school).filter(occurrence_on__gte=local_day(now(), school.zone))
    rows = rows.exclude(reason__in=(Reason.CLOSURE, Reason.CANCELLED)).select_related("series__course")
    return rows.order_by("occurrence_on", "id")


def occurrence_of(plan: Plan, row: SkippedOccurrence) -> Occurrence:
    taken = tuple(
        Taken(
            UUID(one["diary"]),
            Stretch(dt.datetime.fromisoformat(one["starts_at"]), dt.datetime.fromisoformat(one["ends_at"])),
        )
        for one in row.taken
    )
    return Occurrence(row.occurrence_on, plan.during(row.occurrence_on), row.reason, taken)


def in_words(
    plan: Plan,
    occurrences: Sequence[Occurrence],
    *,
    most_alternatives: int = MOST_WITH_ALTERNATIVES,
    moving: Iterable[Move] = (),
) -> list[PlannedLesson]:
    """Who is in the way, by name, and for so many of one student's lessons the nearest alternatives: at no time that
    another of them takes, nor any that goes elsewhere in the same step (`moving`)."""
    names = dict(_names(plan))
    clashing = [one for one in occurrences if one.reason not in ("", Reason.CANCELLED)] if plan.enrollment else []
    wanted = [(plan, one) for one in clashing[:most_alternatives]]
    beside = [(plan, one) for one in occurrences if not one.reason]
    others = nearest_alternatives(
        plan.series.course.school, wanted, beside=beside, moving=[(plan, move) for move in moving]
    )
    alternatives = {one.day: moves for (_plan, one), moves in zip(wanted, others, strict=True)}
    return [
        PlannedLesson(
            one.day,
            one.during,
            one.reason,
            tuple((names.get(taken.diary_id, ""), taken.during) for taken in one.taken),
            tuple(move.slots[0] for move in alternatives.get(one.day, ())),
        )
        for one in occurrences
    ]


def _names(plan: Plan) -> Iterable[tuple[UUID, str]]:
    yield from ((one.person.diary_id, one.person.name) for one in plan.instructors)
    if plan.series.resource:
        yield plan.series.resource.diary_id, plan.series.resource.name
    if plan.enrollment:
        yield plan.enrollment.student.person.diary_id, plan.enrollment.student.person.name
