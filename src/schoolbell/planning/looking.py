"""What stands in the way of each occurrence of a series. Nothing is written."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from schoolbell.diary.opening import Opening
from schoolbell.kit.database.statements import multirange, read
from schoolbell.kit.time import Stretch
from schoolbell.planning.plans import Frame, Plan
from schoolbell.schools.models import School
from schoolbell.timetable.models import SkippedOccurrence
from schoolbell.timetable.spacing import Planned, neighbours_of, place_of

Reason = SkippedOccurrence.Reason


@dataclass(frozen=True, slots=True)
class Taken:
    """This diary is taken then."""

    diary_id: UUID
    during: Stretch


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of a series, and what keeps it off the timetable, if anything does."""

    day: dt.date
    during: Stretch
    reason: str = ""
    taken: tuple[Taken, ...] = ()


def look_ahead(
    plan: Plan, days: Iterable[dt.date], *, frame: Frame, apart_from: Sequence[UUID] = ()
) -> list[Occurrence]:
    """These occurrences, each with what stands in its way: a closure, who left or what is out of use, a claim, hours
    (the school's, the place's, and for one student's lessons the instructors'), a rule between neighbours. `apart_from`
    are sources of claims that do not count."""
    return look_at_times(plan, {day: plan.during(day) for day in days}, frame=frame, apart_from=apart_from)


def look_at_times(
    plan: Plan, wanted: Mapping[dt.date, Stretch], *, frame: Frame, apart_from: Sequence[UUID] = ()
) -> list[Occurrence]:
    """The same of occurrences that are to be at other times than the rule names."""
    if not wanted:
        return []
    span = Stretch(min(one.starts_at for one in wanted.values()), max(one.ends_at for one in wanted.values()))
    opening = _opening(plan, span, frame.school)
    taken = _taken(plan, wanted, apart_from)
    around = (
        neighbours_of(
            frame.rules,
            wanted.values(),
            instructors=plan.instructors,
            resources=[plan.series.resource] if plan.series.resource else (),
            apart_from=apart_from,
        )
        if frame.rules.matter_to(plan.instructors)
        else {}
    )
    found: list[Occurrence] = []
    in_service = plan.is_in_service
    for day, during in wanted.items():
        lesson = Planned(during, plan.series.course_id, place_of(plan.series.resource))
        if opening.is_closure(during):
            found.append(Occurrence(day, during, Reason.CLOSURE))
        elif not in_service:
            found.append(Occurrence(day, during, Reason.AWAY))
        elif day in taken:
            found.append(Occurrence(day, during, Reason.CLASH, tuple(taken[day])))
        elif opening.obstacle(during, plan.diaries):
            found.append(Occurrence(day, during, Reason.HOURS))
        elif any(one.objection(lesson) for one in around.values()):
            found.append(Occurrence(day, during, Reason.RULE))
        else:
            found.append(Occurrence(day, during))
            for one in around.values():
                one.add(lesson)
    return found


def _opening(plan: Plan, span: Stretch, school: School) -> Opening:
    """Instructors' hours count for one student's lessons only. Classes are put where the office says."""
    places = [plan.series.resource.diary_id] if plan.series.resource else []
    people = [one.person.diary_id for one in plan.instructors] if plan.series.on_demand else []
    return Opening(school, span, places=places, people=people)


def _taken(plan: Plan, wanted: Mapping[dt.date, Stretch], apart_from: Sequence[UUID]) -> dict[dt.date, list[Taken]]:
    rows = read(
        _TAKEN_SQL,
        {
            "school_id": plan.series.school_id,
            "diaries": plan.all_diaries,
            "wanted": multirange(wanted.values()),
            "apart_from": list(apart_from),
        },
    )
    taken = [Taken(diary_id, Stretch.known(starts_at, ends_at)) for diary_id, starts_at, ends_at in rows]
    by_day = {day: [one for one in taken if one.during.overlaps(during)] for day, during in wanted.items()}
    return {day: clashes for day, clashes in by_day.items() if clashes}


_TAKEN_SQL = """
    SELECT own.diary_id, starts_at, ends_at
    FROM unnest(%(diaries)s::uuid[]) AS own(diary_id)
    CROSS JOIN LATERAL (
        SELECT lower(during) AS starts_at, upper(during) AS ends_at FROM diary_claim
        WHERE school_id = %(school_id)s AND diary_id = own.diary_id AND NOT waived
          AND during && %(wanted)s::tstzmultirange AND source <> ALL(%(apart_from)s::uuid[])
        OFFSET 0  -- each diary by itself: its index knows no "any of these"
    ) AS claim
    ORDER BY 2
"""
