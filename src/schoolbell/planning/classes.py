"""Series of classes: a group course that repeats, put on the timetable as far ahead as the school plans."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from schoolbell.bookings.holds import overdue_sources
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import instructors_of
from schoolbell.journal.actions import record, tell
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import local_day, now, zone
from schoolbell.people.models import Instructor
from schoolbell.planning.generation import extend_series
from schoolbell.planning.looking import look_ahead
from schoolbell.planning.plans import Plan, frame_of, horizon
from schoolbell.planning.refusals import NotQualified
from schoolbell.planning.skipped import PlannedLesson, in_words
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Resource, Series, SeriesStaffing
from schoolbell.timetable.places import require_in_use
from schoolbell.timetable.recurrence import occurrence_days, require_occurrence, require_rule


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A class at `starts` by the clocks of `timezone` on every day that the rule names, from the first day to the last,
    both included. `capacity` None: as many as course and resource allow; `price` None: the course's."""

    course: Course  # with its school
    rule: str  # RFC 5545's RRULE
    starts: dt.time
    first_day: dt.date
    last_day: dt.date | None = None  # None: no end
    instructors: Sequence[Instructor] = ()  # with their persons, the leading one first
    resource: Resource | None = None
    capacity: int | None = None
    price: int | None = None
    timezone: str = ""  # "": the school's
    publishes: bool = True


def preview_series(new: NewSeries) -> list[PlannedLesson]:
    """Every class up to the horizon (policy weekly_ahead_days), with what stands in its way.

    Raises: InputRefused, NotQualified.
    """
    series = _series_of(new)
    plan = Plan(series, new.instructors, None)
    today = local_day(now(), zone(series.timezone))
    school = new.course.school
    days = [day for day in occurrence_days(series, today, horizon(school)) if plan.during(day).starts_at > now()]
    return in_words(plan, look_ahead(plan, days, frame=frame_of(school), apart_from=overdue_sources(school.pk)))


@transaction.atomic
def create_series(new: NewSeries, *, by: Actor) -> Series:
    """Keep the rule, and put its classes on the timetable up to the horizon; the worker adds what comes later.

    Closed days and classes that clash are kept as skipped, never forced. Raises: InputRefused, NotQualified.
    """
    series = _series_of(new)
    series.created_by = by.who
    series.save(force_insert=True)
    SeriesStaffing.objects.bulk_create(
        SeriesStaffing(school_id=series.school_id, series=series, instructor=one, leads=place == 0)
        for place, one in enumerate(new.instructors)
    )
    record("series.created", series, by=by, new={"rule": series.rule, "capacity": series.capacity})
    tell("series.created", series)
    extend_series(series, until=horizon(new.course.school), by=by)
    return series


def _series_of(new: NewSeries) -> Series:
    """The row, not saved. Raises: InputRefused, NotQualified."""
    _require_possible(new)
    series = Series(
        school_id=new.course.school_id,
        course=new.course,
        resource=new.resource,
        starts_on=new.first_day,
        ends_on=new.last_day,
        starts=new.starts,
        timezone=new.timezone or new.course.school.timezone,
        duration_minutes=new.course.duration_minutes,
        rule=require_rule(new.rule),
        capacity=capacity_of(new.course, new.resource, new.capacity),
        price=new.price,
        publishes=new.publishes,
    )
    require_occurrence(series)
    return series


def _require_possible(new: NewSeries) -> None:
    if not new.course.is_active:
        raise InputRefused.of("course", _("This course is not taught any more."))
    if new.last_day is not None and new.last_day < new.first_day:
        raise InputRefused.of("last_day", _("The last day is before the first."))
    if new.first_day < local_day(now(), new.course.school.zone):
        raise InputRefused.of("first_day", _("A series starts today or later."))
    require_staff(new.course, new.instructors)
    require_in_use(new.resource)


def require_staff(course: Course, instructors: Sequence[Instructor], *, known: Sequence[Instructor] = ()) -> None:
    """Each once, and qualified, save who teaches it already. Raises: InputRefused, NotQualified."""
    if len({one.pk for one in instructors}) < len(instructors):
        raise InputRefused.of("instructors", _("Name each instructor once."))
    new = {one.pk for one in instructors} - {one.pk for one in known}
    teachers = {one.pk for one in instructors_of(course)} if new else set()
    for one in instructors:
        if one.pk in new and one.pk not in teachers:
            raise NotQualified(one.pk)


def capacity_of(course: Course, resource: Resource | None, asked: int | None) -> int:
    """What was asked for; without, as many as course and place allow. Raises InputRefused."""
    most = min([course.capacity, *([resource.capacity] if resource else [])])
    if asked is None:
        return int(most)
    if not 1 <= asked <= most:
        raise InputRefused.of("capacity", _("The course and the place allow 1 to %s seats.") % most)
    return asked
