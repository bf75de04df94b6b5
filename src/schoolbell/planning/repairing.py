"""Repairing a timetable that was accepted: weekly lessons that run keep their places where they can, and their own time
is theirs to give. Accepting it changes the series concerned, from tomorrow on.

Only lessons that came of requests, once a week by the school's own clock, are touched; all else is as good as taken.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from schoolbell.bookings.models import Attendance, Enrollment
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import local_day, now
from schoolbell.planning.board import is_kept
from schoolbell.planning.looking import look_ahead
from schoolbell.planning.matching_problem import DAY, WEEK, Key, Place, Problem, Span
from schoolbell.planning.models import LessonRequest, Placement, Proposal
from schoolbell.planning.occurrences import Edit, SeriesChange, added_by, draft_of, find_clashes
from schoolbell.planning.plans import Plan, frame_of, horizon, plan_of
from schoolbell.planning.refusals import MoveClashes, PlacementRefused, RequestNotOpen
from schoolbell.planning.series import lock_to_change, make_edits
from schoolbell.planning.succession import succeed
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, SeriesStaffing, Slot
from schoolbell.timetable.recurrence import WEEKDAYS, interval_of, occurrence_days, parts_of, weekly_on

_PLAIN: Final = frozenset({"FREQ", "BYDAY", "INTERVAL", "WKST"})


@dataclass(frozen=True, slots=True)
class Running:
    """Weekly lessons that a request led to, and the place that they have."""

    request: LessonRequest
    series: Series
    place: Place

    @property
    def when(self) -> tuple[int, dt.time]:
        day, minute = divmod(self.place.starts, DAY)
        return day + 1, dt.time(minute // 60, minute % 60)

    def is_kept_by(self, placement: Placement) -> bool:
        """Nobody would notice: the same teacher at the same time in the same place."""
        there = (placement.instructor_id, placement.weekday, placement.starts, placement.resource_id)
        return there == (self.place.instructor, *self.when, self.place.resource)


def running(school: School, of: Proposal | None) -> dict[UUID, Running]:
    """By request, those that the accepted proposal placed and that run on. Three queries."""
    if of is None or of.status != Proposal.Status.ACCEPTED:
        return {}
    placed = Placement.objects.of(school).filter(proposal_id=of.pk).values("request_id")
    rows = LessonRequest.objects.of(school).filter(
        id__in=placed, status=LessonRequest.Status.PLACED, enrollment__status=Enrollment.Status.ACTIVE
    )
    requests = list(
        rows.select_related(
            "student__person", "client__person", "course__school", "enrollment__series__course__school",
            "enrollment__series__resource",
        ).order_by("id")
    )  # fmt: skip
    staff: dict[UUID, UUID] = {}
    ids = [one.enrollment.series_id for one in requests]
    for row in SeriesStaffing.objects.of(school).filter(series_id__in=ids).order_by("leads", "-id"):
        staff[row.series_id] = row.instructor_id
    found = {}
    for one in requests:
        series = one.enrollment.series
        if place := _place_of(one, series, staff.get(series.pk), school):
            found[one.pk] = Running(one, series, place)
    return found


def _place_of(request: LessonRequest, series: Series, instructor_id: UUID | None, school: School) -> Place | None:
    parts = parts_of(series.rule)
    weekly = parts.get("FREQ") == "WEEKLY" and interval_of(series.rule) == 1 and _PLAIN.issuperset(parts)
    ends = series.ends_on is not None and series.ends_on <= local_day(now(), school.zone)
    if not weekly or parts.get("BYDAY") not in WEEKDAYS or ends or series.timezone != school.timezone:
        return None
    if instructor_id is None:
        return None
    starts = WEEKDAYS.index(parts["BYDAY"]) * DAY + series.starts.hour * 60 + series.starts.minute
    return Place(request.pk, instructor_id, starts, series.resource_id)


def with_own_rooms(problem: Problem, placed: Sequence[Place], current: Mapping[Key, Place]) -> tuple[Place, ...]:
    """Rooms are dealt out in order of time; here whoever stays keeps theirs, and the others get what is left. Where
    that cannot be done, they are as they were dealt."""
    wishes = {wish.key: wish for wish in problem.wishes}
    rooms = {room.key: room for room in problem.resources}
    held: dict[Key, list[Span]] = {key: list(room.taken) for key, room in rooms.items()}

    def span(place: Place) -> Span:
        wish = wishes[place.wish]
        return Span(max(0, place.starts - wish.before), min(WEEK, place.starts + wish.minutes + wish.after))

    def is_free(key: Key, place: Place) -> bool:
        lesson = Span(place.starts, place.starts + wishes[place.wish].minutes)
        is_open = any(one.starts <= lesson.starts and lesson.ends <= one.ends for one in rooms[key].open)
        own = span(place)
        return is_open and not any(own.starts < one.ends and one.starts < own.ends for one in held[key])

    found: dict[Key, Place] = {}
    stays = {one.wish for one in placed if is_kept(one, current.get(one.wish))}
    for one in sorted(placed, key=lambda one: (one.wish not in stays, one.starts)):
        before = current.get(one.wish)
        liked = [before.resource if before and one.wish in stays else one.resource, *rooms]
        kind = wishes[one.wish].resource_kind
        able = (key for key in liked if key in rooms and rooms[key].kind == kind and is_free(key, one))
        room = next(able, None) if kind else None
        if kind and room is None:
            return tuple(placed)
        if room is not None:
            held[room].append(span(one))
        found[one.wish] = Place(one.wish, one.instructor, one.starts, room)
    return tuple(found[one.wish] for one in placed)


def change_of(placement: Placement, was: Running) -> SeriesChange:
    """What becomes different."""
    changes: dict[str, Any] = {}
    weekday, starts = was.when
    if placement.weekday is not None and placement.weekday != weekday:
        changes["rule"] = weekly_on(placement.weekday)
    if placement.starts != starts:
        changes["starts"] = placement.starts
    if placement.instructor is not None and placement.instructor_id != was.place.instructor:
        changes["instructors"] = (placement.instructor,)
    if placement.resource_id != was.place.resource:
        changes["resource"] = placement.resource
    return SeriesChange(**changes)


def first_day_of(was: Running) -> dt.date:
    tomorrow = local_day(now(), was.series.course.school.zone) + dt.timedelta(days=1)
    return max(tomorrow, was.series.starts_on)


def days_without(placement: Placement, was: Running, *, apart_from: Sequence[UUID]) -> list[str] | None:
    """The days up to the horizon on which a changed lesson cannot be had in its new place, as if everybody else who is
    part of the repair were gone already. None: there is no day on which it can."""
    first, change = first_day_of(was), change_of(placement, was)
    after = succeed(
        was.series,
        first=first,
        last=horizon(was.series.course.school),
        rule=change.rule,
        starts=placement.starts,
        resource=placement.resource,
    ).after
    instructors = [placement.instructor] if placement.instructor else []
    plan = Plan(after, instructors, plan_of(was.series).enrollment)
    school = was.series.course.school
    days = [day for day in occurrence_days(after, first, horizon(school)) if plan.during(day).starts_at > now()]
    looked = look_ahead(plan, days, frame=frame_of(school), apart_from=apart_from)
    if looked and all(one.reason for one in looked):
        return None
    return [one.day.isoformat() for one in looked if one.reason]


def sources_of(found: Collection[Running], school: School) -> list[UUID]:
    """By what the time of their lessons is claimed."""
    ids = [one.series.pk for one in found]
    slots = Slot.objects.of(school).filter(session__series_id__in=ids)
    seats = Attendance.objects.of(school).filter(slot__session__series_id__in=ids)
    return [*slots.values_list("id", flat=True), *seats.values_list("id", flat=True)]


def change_running(placements: Sequence[Placement], found: Mapping[UUID, Running], *, by: Actor) -> list[Enrollment]:
    """Change every series whose place is another one now, all as one: who takes the place of another gives up theirs,
    perhaps to that one.

    Locks what `change_series` does, of all of them.
    Raises: PlacementRefused where something meets what nobody knew of, or is not as it was when the repair was made.
    """
    for one in placements:
        if one.request_id not in found:
            raise PlacementRefused(one, detail=RequestNotOpen(one.request_id).detail)
    going = [one for one in placements if not found[one.request_id].is_kept_by(one)]
    if not going:
        return []
    theirs = [found[one.request_id] for one in going]
    locked = lock_to_change([was.series for was in theirs], min(first_day_of(was) for was in theirs))
    edits = [_edit(one, was, series) for one, was, series in zip(going, theirs, locked, strict=True)]
    find_clashes(edits)
    for one, edit in zip(going, edits, strict=True):
        _require_foreseen(one, edit, edits)
    try:
        make_edits(edits, by=by, leave_clashing=True)
    except MoveClashes as refusal:  # booked since it was looked at, before the diaries were locked
        clash = refusal.clashes[0]
        theirs_ahead = [{there.session.pk for there in edit.ahead} for edit in edits]
        one = next(one for one, ahead in zip(going, theirs_ahead, strict=True) if clash.session.pk in ahead)
        raise PlacementRefused(one, detail=clash.sentence) from refusal
    return [was.request.enrollment for was in theirs]


def _edit(placement: Placement, was: Running, series: Series) -> Edit:
    try:
        return draft_of(series, first_day_of(was), change_of(placement, was))
    except Refusal as refusal:
        raise PlacementRefused(placement, detail=refusal.detail) from refusal


def _require_foreseen(placement: Placement, edit: Edit, edits: Sequence[Edit]) -> None:
    """Days on which its lessons cannot go where they should were known when the repair was made."""
    blocked = [one.day for one in edit.ahead if one.day and one.is_in_the_way]
    blocked += [one.day for one in added_by(edit, beside=edits) if one.reason]
    if unforeseen := [day for day in blocked if day.isoformat() not in placement.clashes]:
        words = _("%(day)s is taken since the proposal was made.") % {"day": f"{min(unforeseen):%d.%m.%Y}"}
        raise PlacementRefused(placement, detail=words)
