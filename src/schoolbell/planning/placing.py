"""Lessons of a series that were left out: when else each could be given, and putting one there."""

import datetime as dt
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.holds import expire_overdue_holds_at
from schoolbell.bookings.models import Enrollment
from schoolbell.diary.claims import lock_diaries
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.refusals import OutsideOpeningHours, SchoolClosed, TimeTaken
from schoolbell.journal.actions import record, tell
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor
from schoolbell.planning.alternatives import nearest_alternatives
from schoolbell.planning.looking import Occurrence, look_at_times
from schoolbell.planning.moves import Move
from schoolbell.planning.plans import Plan, frame_of, plan_of
from schoolbell.planning.putting import put_on_timetable
from schoolbell.planning.refusals import NotInService, NotSkipped
from schoolbell.planning.skipped import PlannedLesson, in_words, occurrence_of
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Series, SeriesStaffing, Session, SkippedOccurrence
from schoolbell.timetable.refusals import AgainstRules
from schoolbell.timetable.spacing import whole_weeks

Reason = SkippedOccurrence.Reason


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A lesson that was left out, what stands in its way, and the nearest times at which it could be given."""

    row: SkippedOccurrence
    plan: Plan
    lesson: PlannedLesson
    others: tuple[Move, ...]


def left_out(school: School, rows: Sequence[SkippedOccurrence]) -> list[LeftOut]:
    """As many queries for many of them as for one."""
    if not rows:
        return []
    plans = plans_of(school, {row.series_id for row in rows})
    wanted = [(plans[row.series_id], occurrence_of(plans[row.series_id], row)) for row in rows]
    found = []
    for row, (plan, one), others in zip(rows, wanted, nearest_alternatives(school, wanted), strict=True):
        (lesson,) = in_words(plan, [one], most_alternatives=0)
        found.append(LeftOut(row, plan, lesson, others))
    return found


def plans_of(school: School, series_ids: set[UUID]) -> dict[UUID, Plan]:
    """Three queries, however many there are."""
    series = Series.objects.of(school).filter(id__in=series_ids).select_related("course", "resource")
    staff: dict[UUID, list[Instructor]] = {series_id: [] for series_id in series_ids}
    staffing = SeriesStaffing.objects.of(school).filter(series_id__in=series_ids).select_related("instructor__person")
    for staffed in staffing.order_by("-leads", "id"):
        staff[staffed.series_id].append(staffed.instructor)
    enrolled = Enrollment.objects.of(school).filter(series_id__in=series_ids, in_class=False)
    enrolled = enrolled.select_related("student__person")
    theirs = {one.series_id: one for one in enrolled}
    plans = {}
    for one in series:
        one.course.school = school
        plans[one.pk] = Plan(one, staff[one.pk], theirs.get(one.pk))
    return plans


def place_skipped(series: Series, occurrence_on: dt.date, starts_at: dt.datetime, *, by: Actor) -> Session:
    """Give the lesson that was left out on that day at another time: it is that occurrence of the series, so no night
    adds it once more. `series` comes with its course and school.

    Where its place is taken then, another of the same kind does. Locks: hours, series, then diaries in id
    order.
    Raises: NotSkipped, InputRefused, TimeTaken, SchoolClosed, NotInService, OutsideOpeningHours, AgainstRules.
    """
    if starts_at <= now():
        raise InputRefused.of("starts_at", _("Choose a time that lies ahead."))
    during = Stretch(starts_at, starts_at + dt.timedelta(minutes=series.duration_minutes))
    school = series.course.school
    expire_overdue_holds_at(school, whole_weeks(during, school.zone))  # all that a rule between neighbours could count
    return _place(series, occurrence_on, during, by=by)


@transaction.atomic
def _place(series: Series, occurrence_on: dt.date, during: Stretch, *, by: Actor) -> Session:
    keep_hours(series.school_id)
    locked = Series.objects.select_for_update(no_key=True, of=("self",)).select_related("resource", "course__school")
    plan = plan_of(locked.get(school_id=series.school_id, id=series.pk))
    rows = SkippedOccurrence.objects.filter(school_id=series.school_id, series_id=series.pk)
    row = rows.filter(occurrence_on=occurrence_on).exclude(reason=SkippedOccurrence.Reason.CANCELLED).first()
    if row is None or (plan.series.on_demand and plan.enrollment is None):
        raise NotSkipped(occurrence_on)
    ways = list(_ways(plan))
    lock_diaries(series.school_id, {diary_id for way in ways for diary_id in way.all_diaries})
    frame = frame_of(plan.series.course.school)
    looked = [(way, look_at_times(way, {occurrence_on: during}, frame=frame)[0]) for way in ways]
    chosen = next(((way, one) for way, one in looked if not one.reason), None)
    if chosen is None:
        raise _refusal(*looked[0])
    way, occurrence = chosen
    put_on_timetable(way, [occurrence], by=by)
    row.delete()
    _note(way, occurrence, by=by)
    return Session.objects.get(school_id=series.school_id, series_id=series.pk, occurrence_on=occurrence_on)


def _ways(plan: Plan) -> Iterator[Plan]:
    """In the place of the series before others of its kind with room for all."""
    yield plan
    own = plan.series.resource
    if own is None:
        return
    others = Resource.objects.filter(
        school_id=own.school_id, kind=own.kind, is_active=True, capacity__gte=plan.series.capacity
    )
    for place in others.exclude(id=own.pk).order_by("id"):
        series = copy(plan.series)
        series.resource = place
        yield replace(plan, series=series)


def _refusal(plan: Plan, occurrence: Occurrence) -> Refusal:
    """What stands in the way, by name where somebody is taken."""
    if occurrence.reason == Reason.CLASH:
        (lesson,) = in_words(plan, [occurrence], most_alternatives=0)
        names = ", ".join(sorted({who for who, _during in lesson.taken}))
        return TimeTaken(occurrence.during, detail=_("%(who)s is taken then. Choose another time.") % {"who": names})
    refusals = {Reason.CLOSURE: SchoolClosed, Reason.HOURS: OutsideOpeningHours, Reason.AWAY: NotInService}
    return refusals.get(Reason(occurrence.reason), AgainstRules)(occurrence.during)


def _note(plan: Plan, occurrence: Occurrence, *, by: Actor) -> None:
    enrollment = plan.enrollment
    record(
        "series.placed",
        plan.series,
        by=by,
        student_id=enrollment.student_id if enrollment else None,
        client_id=enrollment.client_id if enrollment else None,
        old={"occurrence_on": occurrence.day.isoformat()},
        new={"starts_at": occurrence.during.starts_at.isoformat()},
    )
    tell("series.placed", plan.series)
