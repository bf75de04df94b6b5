"""Weekly lessons: an enrollment whose series makes a lesson and its booking every week, or every few, up to the
school's horizon.

The source of the flow is the coding-school design ("Weekly Recurring Lesson Flow").
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.holds import overdue_sources
from schoolbell.bookings.models import Enrollment
from schoolbell.bookings.rules import require_active, require_age
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import instructors_of
from schoolbell.diary.refusals import TimeTaken
from schoolbell.journal.actions import record, tell
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.models import Client, Instructor, Student
from schoolbell.planning.generation import Extended, extend_series
from schoolbell.planning.looking import Occurrence, Reason, Taken, look_ahead
from schoolbell.planning.plans import Plan, frame_of, horizon, plan_of
from schoolbell.planning.promised import taken_by_series
from schoolbell.planning.refusals import NotOnDemand, NotQualified
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Series, SeriesStaffing
from schoolbell.timetable.places import require_place
from schoolbell.timetable.recurrence import (
    every_weeks,
    occurrence_days,
    require_occurrence,
    rule_from,
    weekdays_of,
    weekly_on,
    with_weekdays,
)

DAY: Final = dt.timedelta(days=1)
A_WEEK: Final = 7 * DAY
FIRST_FEW: Final = 4  # lessons, where all lie beyond the horizon
MOST_WEEKS: Final = 4  # from a lesson to the next


@dataclass(frozen=True, slots=True)
class WeeklyPlan:
    """A student's lesson, every week at the same time by the clocks of `timezone`, or every so many weeks from the
    first such weekday on.

    `resource` None: the one that is free most often, where the course needs one. `price` is per lesson.
    """

    student: Student
    client: Client
    course: Course
    instructor: Instructor
    weekday: int  # ISO: 1 is Monday
    starts: dt.time
    starts_on: dt.date
    resource: Resource | None = None
    ends_on: dt.date | None = None
    timezone: str = ""  # "": the school's
    price: int | None = None  # None: the course's
    every: int = 1  # weeks, MOST_WEEKS at most


def preview_weekly(plan: WeeklyPlan, *, apart_from: Sequence[UUID] = ()) -> list[Occurrence]:
    """Every lesson up to the horizon, with what stands in its way; `apart_from` are sources of claims that do not
    count. Raises what `enroll_weekly` does, but TimeTaken."""
    return look_at(ready_plan(plan), apart_from=apart_from)


def ready_plan(plan: WeeklyPlan) -> Plan:
    """As it would be put on the timetable, with a room where the course needs one; nothing of it is kept.

    Raises what `enroll_weekly` does, but TimeTaken for lessons.
    """
    _require_possible(plan)
    return _ready(_with_room(plan))


def look_at(ready: Plan, *, apart_from: Sequence[UUID] = ()) -> list[Occurrence]:
    """Every lesson of a plan up to the horizon, with what stands in its way (holds that ran out do not); of one that
    begins later the first few, which may meet what other series are going to take."""
    school = ready.series.course.school
    today = local_day(now(), school.zone)
    days = occurrence_days(ready.series, today, horizon(school))
    if not days:
        begins = max(today, ready.series.starts_on)
        days = occurrence_days(ready.series, begins, begins + FIRST_FEW * MOST_WEEKS * A_WEEK)[:FIRST_FEW]
    ahead = [day for day in days if ready.during(day).starts_at > now()]
    apart_from = [*overdue_sources(school.pk), *apart_from]
    looked = look_ahead(ready, ahead, frame=frame_of(school), apart_from=apart_from)
    return _with_promised(ready, looked, school)


def _with_promised(ready: Plan, looked: list[Occurrence], school: School) -> list[Occurrence]:
    if not looked:
        return looked
    span = Stretch(looked[0].during.starts_at, looked[-1].during.ends_at)
    own = [ready.series.pk]
    promised = [
        Taken(diary_id, during)
        for diary_id, stretches in taken_by_series(school, span, ready.all_diaries, apart_from=own).items()
        for during in stretches
    ]
    return [
        replace(one, reason=Reason.CLASH, taken=taken)
        if not one.reason and (taken := tuple(each for each in promised if each.during.overlaps(one.during)))
        else one
        for one in looked
    ]


@transaction.atomic
def enroll_weekly(plan: WeeklyPlan, *, by: Actor) -> Enrollment:
    """Enroll the student, and put the lessons on the timetable up to the horizon (policy weekly_ahead_days).

    Lessons that clash are kept as skipped, never forced. Raises: InputRefused, NotOnDemand, NotQualified,
    StudentNotActive, AgeNotAllowed, TimeTaken where no lesson at all can be given.
    """
    _require_possible(plan)
    plan = _with_room(plan)
    series = _series_of(plan)
    series.created_by = by.who
    series.save(force_insert=True)
    SeriesStaffing(school_id=series.school_id, series=series, instructor=plan.instructor, leads=True).save(
        force_insert=True
    )
    enrollment = _enrollment_of(plan, series)
    enrollment.save(force_insert=True)
    extended = extend_series(series, until=horizon(plan.course.school), by=by)
    none_yet = [] if extended != Extended() else look_at(plan_of(series))
    if (extended.skipped and not extended.added) or (none_yet and all(one.reason for one in none_yet)):
        raise TimeTaken(series.pk, detail=_("None of these lessons can be given: each meets something else."))
    note_enrollment(enrollment, "enrollment.created", by=by, new={"series": str(series.pk), "price": enrollment.price})
    return enrollment


def _require_possible(plan: WeeklyPlan) -> None:
    course = plan.course
    if course.format != Course.Format.ONE_TO_ONE or not course.is_active:
        raise NotOnDemand(course.pk)
    if not 1 <= plan.weekday <= 7:
        raise InputRefused.of("weekday", _("A weekday is 1 (Monday) to 7 (Sunday)."))
    _require_weeks(plan.every)
    if plan.ends_on is not None and plan.ends_on < plan.starts_on:
        raise InputRefused.of("ends_on", _("The last day is before the first."))
    if plan.starts_on < local_day(now(), course.school.zone):
        raise InputRefused.of("starts_on", _("Weekly lessons start today or later."))
    if not instructors_of(course).filter(id=plan.instructor.pk).exists():
        raise NotQualified(plan.instructor.pk)
    require_place(course, plan.resource)
    require_active(plan.student)
    require_occurrence(_series_of(plan))
    first = next(iter(occurrence_days(_series_of(plan), plan.starts_on, plan.starts_on + 7 * DAY)), plan.starts_on)
    during = Plan(_series_of(plan), [plan.instructor], None).during(first)
    require_age(plan.student, course, on=during.starts_at, timezone=course.school.timezone)


def _require_weeks(every: int) -> None:
    if not 1 <= every <= MOST_WEEKS:
        raise InputRefused.of("every", _("Lessons are every week, or every 2, 3 or 4 weeks."))


def rule_on(series: Series, *, first_day: dt.date, weekday: int | None = None, every: int | None = None) -> str | None:
    """The rule of weekly lessons from a day on, on another weekday, or every so many weeks from the next lesson on;
    with the end that it has. None: it is as it was. Raises InputRefused."""
    if every is not None:
        _require_weeks(every)
    days, weeks = weekdays_of(series), every_weeks(series)
    if days is None and weekday is None and every is not None:
        raise InputRefused.of("weekday", _("Say on which weekday these lessons are, too."))
    wanted = ([weekday] if weekday else days, every or weeks or 1)
    if wanted[0] is None or wanted == (days, weeks):
        return None
    return with_weekdays(rule_from(series, max(first_day, series.starts_on)), wanted[0], wanted[1])


def _with_room(plan: WeeklyPlan) -> WeeklyPlan:
    """With the resource that is free most often, where the course needs one and none is named."""
    if plan.resource is not None or not plan.course.resource_kind:
        return plan
    rooms = Resource.objects.filter(
        school_id=plan.course.school_id, kind=plan.course.resource_kind, is_active=True
    ).order_by("id")
    best: tuple[int, WeeklyPlan] | None = None
    for room in rooms:
        one = replace(plan, resource=room)
        clashing = sum(bool(occurrence.reason) for occurrence in look_at(_ready(one)))
        if best is None or clashing < best[0]:
            best = (clashing, one)
        if not clashing:
            break
    if best is None:
        raise TimeTaken(plan.course.pk, detail=_("There is no room or vehicle of the kind that this course needs."))
    return best[1]


def _ready(plan: WeeklyPlan) -> Plan:
    return Plan(_series_of(plan), [plan.instructor], _enrollment_of(plan, None))


def _series_of(plan: WeeklyPlan) -> Series:
    return Series(
        school_id=plan.course.school_id,
        course=plan.course,
        resource=plan.resource,
        starts_on=_counts_from(plan),
        ends_on=plan.ends_on,
        starts=plan.starts,
        timezone=plan.timezone or plan.course.school.timezone,
        duration_minutes=plan.course.duration_minutes,
        rule=weekly_on(plan.weekday, every=plan.every),
        capacity=1,
        on_demand=True,
    )


def _counts_from(plan: WeeklyPlan) -> dt.date:
    """A rule counts its weeks from the Monday before its first day: of several weeks, none is lost before the first
    lesson."""
    if plan.every == 1:
        return plan.starts_on
    ahead = (plan.weekday - plan.starts_on.isoweekday()) % 7
    return plan.starts_on + min(ahead * DAY, dt.date.max - plan.starts_on)


def _enrollment_of(plan: WeeklyPlan, series: Series | None) -> Enrollment:
    return Enrollment(
        school_id=plan.course.school_id,
        student=plan.student,
        client=plan.client,
        course=plan.course,
        type=Enrollment.Type.WEEKLY_RECURRING,
        status=Enrollment.Status.ACTIVE,
        series=series,
        price=plan.course.price if plan.price is None else plan.price,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
    )


def note_enrollment(enrollment: Enrollment, name: str, *, by: Actor, new: dict[str, object]) -> None:
    record(name, enrollment, by=by, student_id=enrollment.student_id, client_id=enrollment.client_id, new=new)
    tell(name, enrollment)
