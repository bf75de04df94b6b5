"""Who gives a lesson when the client leaves it to the school (policy any_instructor)."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from schoolbell.catalogue.models import Course, Qualification
from schoolbell.kit.database.statements import execute
from schoolbell.kit.time import Stretch, day_starts, local_day
from schoolbell.people.models import Instructor
from schoolbell.schools.policies import AnyInstructor


def in_order_of_choice(instructors: Sequence[Instructor], course: Course, during: Stretch) -> list[Instructor]:
    """Whom to ask first for a lesson then; equals in the order in which they came to the school."""
    if len(instructors) < 2:
        return list(instructors)
    weight = _WEIGHTS[course.policies.any_instructor](instructors, course, during)
    return sorted(instructors, key=lambda one: (weight.get(one.pk, 0), one.pk))


def _minutes_that_week(instructors: Sequence[Instructor], course: Course, during: Stretch) -> dict[UUID, float]:
    where = course.school.zone
    day = local_day(during.starts_at, where)
    monday = day - dt.timedelta(days=day.weekday())
    rows = execute(
        """SELECT own.diary_id, theirs.minutes
           FROM unnest(%(diaries)s::uuid[]) AS own(diary_id)
           CROSS JOIN LATERAL (
               SELECT sum(extract(epoch FROM upper(during) - lower(during))) / 60 AS minutes FROM diary_claim
               WHERE school_id = %(school_id)s AND diary_id = own.diary_id AND kind = 'lesson'
                 AND NOT waived AND during && tstzrange(%(from)s, %(until)s)
           ) AS theirs
           WHERE theirs.minutes IS NOT NULL""",
        {
            "school_id": course.school_id,
            "diaries": [one.person.diary_id for one in instructors],
            "from": day_starts(monday, where),
            "until": day_starts(monday + dt.timedelta(days=7), where),
        },
    )
    minutes = {diary_id: float(total) for diary_id, total in rows}
    return {one.pk: minutes.get(one.person.diary_id, 0) for one in instructors}


def _last_given(instructors: Sequence[Instructor], course: Course, during: Stretch) -> dict[UUID, float]:
    """When the last of the lessons on demand that each has was booked, as a number; nobody waits longer than who has
    none. Weekly lessons are not given by turns, and a lesson that is moved was booked when it was."""
    rows = execute(
        """SELECT staffing.instructor_id, extract(epoch FROM max(session.created_at))
           FROM timetable_staffing AS staffing
           JOIN timetable_session AS session
               ON session.school_id = staffing.school_id AND session.id = staffing.session_id AND session.on_demand
                  AND session.series_id IS NULL
           WHERE staffing.school_id = %(school_id)s AND staffing.instructor_id = ANY(%(instructors)s)
           GROUP BY staffing.instructor_id""",
        {"school_id": course.school_id, "instructors": [one.pk for one in instructors]},
    )
    return {instructor_id: float(last) for instructor_id, last in rows}


def _lack_of_proficiency(instructors: Sequence[Instructor], course: Course, during: Stretch) -> dict[UUID, float]:
    own = Qualification.objects.filter(
        school_id=course.school_id, course_id=course.pk, instructor_id__in=[one.pk for one in instructors]
    )
    return {instructor_id: -float(level) for instructor_id, level in own.values_list("instructor_id", "proficiency")}


_WEIGHTS = {
    AnyInstructor.LEAST_BUSY: _minutes_that_week,
    AnyInstructor.ROUND_ROBIN: _last_given,
    AnyInstructor.BEST_QUALIFIED: _lack_of_proficiency,
}
