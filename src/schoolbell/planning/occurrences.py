"""What an edit makes of each occurrence of a series that lies ahead, and what speaks against it. Nothing is written."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.holds import overdue_sources
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.diary.opening import Opening
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, local_day, now, zone
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.classes import capacity_of, require_staff
from schoolbell.planning.looking import Occurrence, look_ahead
from schoolbell.planning.move_clashes import ALIVE, clashes_of
from schoolbell.planning.moves import Move, MoveClash, as_it_is, outside_hours
from schoolbell.planning.plans import Frame, Plan, frame_of, horizon, plan_of
from schoolbell.planning.succession import DAY, Succession, last_known, succeed
from schoolbell.timetable.models import Resource, Series, Session, SkippedOccurrence, Slot
from schoolbell.timetable.places import require_in_use
from schoolbell.timetable.recurrence import occurrence_days, require_rule

A_YEAR: Final = dt.timedelta(days=366)
AHEAD: Final = (Session.Status.DRAFT, Session.Status.PUBLISHED)


class Same(Enum):
    """As it is, where None says something."""

    SAME = "same"


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """What becomes different. None, or SAME: as it is. `resource` None: no place; `last_day` None: no end."""

    rule: str | None = None
    starts: dt.time | None = None
    duration_minutes: int | None = None
    instructors: tuple[Instructor, ...] | None = None
    resource: Resource | Same | None = Same.SAME
    capacity: int | None = None
    price: int | None = None
    last_day: dt.date | Same | None = Same.SAME
    seen: str = ""  # what a preview named itself by: if the series is another by then, nothing changes


class Becomes(StrEnum):
    """What becomes of one occurrence."""

    SAME = "same"
    CHANGED = "changed"  # others teach it, elsewhere, or it has other seats
    MOVED = "moved"
    KEPT = "kept"  # at a time of its own
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ChangedOccurrence:
    """A session that is there, who is booked in it, and what becomes of it: the day of the new rule that it will be
    (None: none, the new rule has fewer days, and it is cancelled), and the move that takes it there, if it moves.

    `stays`: it was moved by itself, or its new time is over already. `is_crowded`: more seats are taken than there
    would be.
    """

    now: Move
    students: tuple[Student, ...]
    day: dt.date | None
    move: Move | None = None
    seats: int | None = None
    stays: bool = False
    is_crowded: bool = False
    clashes: tuple[MoveClash, ...] = ()

    @property
    def session(self) -> Session:
        return self.now.session

    @property
    def is_in_the_way(self) -> bool:
        return bool(self.clashes) or self.is_crowded

    @property
    def becomes(self) -> Becomes:
        if self.day is None:
            return Becomes.CANCELLED
        if self.move and self.move.slots != self.now.slots:
            return Becomes.MOVED
        if self.stays:
            return Becomes.KEPT
        return Becomes.CHANGED if self.move or self.seats not in (None, self.session.capacity) else Becomes.SAME


@dataclass(slots=True)
class Edit:
    """The series as it will be, not saved yet, and what is ahead of it."""

    plan: Plan  # as it is
    succession: Succession
    staff: Sequence[Instructor]
    change: SeriesChange
    first: dt.date
    frame: Frame
    ahead: list[ChangedOccurrence] = field(default_factory=list)

    @property
    def after(self) -> Series:
        return self.succession.after

    @property
    def next_plan(self) -> Plan:
        return Plan(self.after, self.staff, self.plan.enrollment)


def edit_of(series: Series, first_day: dt.date, change: SeriesChange) -> Edit:
    """With what speaks against it. Raises InputRefused, NotQualified."""
    edit = draft_of(series, first_day, change)
    find_clashes([edit])
    return edit


def draft_of(series: Series, first_day: dt.date, change: SeriesChange) -> Edit:
    """As if nothing spoke against it: `find_clashes` says that, of one edit or of several that are made as one.

    Raises InputRefused, NotQualified.
    """
    plan = plan_of(series)
    first = _first_day_of(series, first_day, change)
    staff = plan.instructors if change.instructors is None else change.instructors
    resource = series.resource if change.resource is Same.SAME else change.resource
    last_day = series.ends_on if change.last_day is Same.SAME else change.last_day
    _require_sound(series, change, plan, resource)
    if last_day is not None and last_day < first:
        raise InputRefused.of("last_day", _("The last day is before the first."))
    succession = succeed(
        series,
        first=first,
        last=last_known(series),
        rule=require_rule(change.rule) if change.rule else None,
        ends_on=last_day,
        starts=change.starts or series.starts,
        duration_minutes=change.duration_minutes or series.duration_minutes,
        resource=resource,
        capacity=series.capacity if change.capacity is None else change.capacity,
        price=series.price if change.price is None else change.price,
    )
    edit = Edit(plan, succession, staff, change, first, frame_of(series.course.school))
    edit.ahead = _ahead(edit)
    return edit


def find_clashes(edits: Sequence[Edit]) -> None:
    """What speaks against them if all are made at once: each gives its old time to the others, and wants its new one
    for itself."""
    moves = [one.move for edit in edits for one in edit.ahead if one.move]
    clashes: dict[UUID, list[MoveClash]] = {}
    outside = [clash for edit in edits for clash in _outside_hours(edit)]
    for clash in (*outside, *(clashes_of(moves) if moves else ())):
        clashes.setdefault(clash.session.pk, []).append(clash)
    for edit in edits:
        edit.ahead = [replace(one, clashes=tuple(clashes.get(one.session.pk, ()))) for one in edit.ahead]


def _first_day_of(series: Series, first_day: dt.date, change: SeriesChange) -> dt.date:
    """The day that was asked for; the one after today where today's occurrence has begun, or would have by then."""
    today = local_day(now(), zone(series.timezone))
    if series.ends_on is not None and first_day > series.ends_on:
        raise InputRefused.of("first_day", _("The series has ended by then."))
    if first_day < today:
        raise InputRefused.of("first_day", _("What is past stays as it was. Name today or a later day."))
    if first_day > today + A_YEAR:
        raise InputRefused.of("first_day", _("Name a day within a year."))
    times = {series.starts, change.starts or series.starts}
    plans = [Plan(Series(starts=one, timezone=series.timezone, duration_minutes=5), (), None) for one in times]
    if first_day == today and any(plan.during(today).starts_at <= now() for plan in plans):
        return today + DAY
    return first_day


def _require_sound(series: Series, change: SeriesChange, plan: Plan, resource: Resource | None) -> None:
    """Raises InputRefused, NotQualified."""
    if change.duration_minutes is not None and not 5 <= change.duration_minutes <= 1440:
        raise InputRefused.of("duration_minutes", _("A lesson lasts 5 minutes to a day."))
    if change.price is not None and change.price < 0:
        raise InputRefused.of("price", _("A price cannot be less than zero."))
    if series.on_demand and (change.capacity not in (None, 1) or change.price is not None):
        raise InputRefused.of("capacity", _("A student's weekly lessons have one seat, at the price that was agreed."))
    if change.instructors is not None:
        require_staff(series.course, change.instructors, known=plan.instructors)
    require_in_use(resource, unless=series.resource_id)
    if change.capacity is not None or change.resource is not Same.SAME:
        capacity_of(series.course, resource, series.capacity if change.capacity is None else change.capacity)


def _ahead(edit: Edit) -> list[ChangedOccurrence]:
    sessions = sessions_ahead(edit.plan.series, edit.first)
    students = students_of(sessions)
    taken = _most_taken(sessions) if edit.change.capacity is not None else {}
    return [_becomes(edit, one, tuple(students[one.session.pk]), taken) for one in as_it_is(sessions)]


def _becomes(edit: Edit, there: Move, students: tuple[Student, ...], taken: dict[UUID, int]) -> ChangedOccurrence:
    """What was changed by itself keeps what was changed of it: its time, its teachers, its place."""
    series, session = edit.plan.series, there.session
    on = session.occurrence_on or edit.first
    day = edit.succession.day_of(on)
    own_time = there.slots != (edit.plan.during(on),)
    if day is None and own_time and (edit.after.ends_on is None or on <= edit.after.ends_on):
        day = on
    if day is None:
        return ChangedOccurrence(there, students, None)
    during = edit.next_plan.during(day)
    stays = own_time or on in edit.succession.stays or during.starts_at <= now()
    new_staff = edit.change.instructors is not None and _same(there.instructors, edit.plan.instructors)
    new_place = edit.change.resource is not Same.SAME and session.resource_id == series.resource_id
    move = Move(
        session,
        there.slots if stays else (during,),
        tuple(edit.staff) if new_staff else there.instructors,
        edit.after.resource if new_place else there.resource,
    )
    seats = edit.change.capacity
    if seats is not None and move.resource:
        seats = min(seats, move.resource.capacity)
    crowded = seats is not None and taken.get(session.pk, 0) > seats
    return ChangedOccurrence(there, students, day, None if move == there else move, seats, stays, crowded)


def _same(some: Sequence[Instructor], others: Sequence[Instructor]) -> bool:
    return {one.pk for one in some} == {one.pk for one in others}


def _outside_hours(edit: Edit) -> Iterator[MoveClash]:
    """Where somebody who takes over one student's lessons at their time is not open. Of new times `clashes_of` says
    it."""
    moves = [
        (one.move, [who for who in one.move.instructors if who not in one.now.instructors])
        for one in edit.ahead
        if one.move and one.day and not one.stays and one.move.slots == one.now.slots
    ]
    if not edit.after.on_demand or not any(new for _move, new in moves):
        return
    slots = [during for move, _new in moves for during in move.slots]
    span = Stretch(min(one.starts_at for one in slots), max(one.ends_at for one in slots))
    people = {one.person.diary_id for _move, new in moves for one in new}
    opening = Opening(edit.plan.series.course.school, span, people=people)
    for move, new in moves:
        for who in new:
            for during in move.slots:
                if opening.own_obstacle(during, who.person.diary_id):
                    yield outside_hours(move.session, who, during)


def _sources(sessions: Sequence[Session]) -> list[UUID]:
    """By what their time is claimed."""
    if not sessions:
        return []
    school_id, ids = sessions[0].school_id, [one.pk for one in sessions]
    slots = Slot.objects.filter(school_id=school_id, session_id__in=ids)
    seats = Attendance.objects.filter(school_id=school_id, slot__session_id__in=ids)
    return [*slots.values_list("id", flat=True), *seats.values_list("id", flat=True)]


def added_by(edit: Edit, *, beside: Sequence[Edit] = ()) -> list[Occurrence]:
    """The days up to the horizon that are named now, have no session and are not left out on purpose, with what stands
    in the way: what is ahead of it, and of the edits that are made with it, is as good as gone, and so are holds that
    ran out."""
    series, after = edit.plan.series, edit.after
    own = {"school_id": series.school_id, "series_id": series.pk, "occurrence_on__gte": edit.first}
    on_purpose = SkippedOccurrence.objects.filter(**own, reason=SkippedOccurrence.Reason.CANCELLED)
    held = [
        *Session.objects.filter(**own).values_list("occurrence_on", flat=True),
        *on_purpose.values_list("occurrence_on", flat=True),
    ]
    there = {edit.succession.day_of(day) or day for day in held if day and not edit.succession.is_stray(day)}
    plan = edit.next_plan
    days = [
        day
        for day in occurrence_days(after, edit.first, horizon(series.course.school))
        if day not in there and plan.during(day).starts_at > now()
    ]
    gone = [one.session for each in (edit, *beside) for one in each.ahead]
    apart_from = [*overdue_sources(series.school_id), *_sources(gone)]
    return look_ahead(plan, days, frame=edit.frame, apart_from=apart_from)


def sessions_ahead(series: Series, first_day: dt.date) -> list[Session]:
    """Those of occurrences from that day on which have not begun, in order."""
    rows = Session.objects.filter(
        school_id=series.school_id,
        series_id=series.pk,
        occurrence_on__gte=first_day,
        status__in=AHEAD,
        starts_at__gt=now(),
    )
    return list(rows.select_related("course__school", "resource").order_by("occurrence_on"))


def students_of(sessions: Sequence[Session]) -> dict[UUID, list[Student]]:
    """Who is booked in each, in the order in which they booked. One query."""
    found: dict[UUID, list[Student]] = {one.pk: [] for one in sessions}
    if sessions:
        rows = Booking.objects.filter(
            school_id=sessions[0].school_id, session_id__in=list(found), status__in=ALIVE, student__isnull=False
        )
        for one in rows.select_related("student__person").order_by("id"):
            found[one.session_id].append(one.student)
    return found


def _most_taken(sessions: Sequence[Session]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    if sessions:
        ids = [one.pk for one in sessions]
        for slot in Slot.objects.filter(school_id=sessions[0].school_id, session_id__in=ids):
            found[slot.session_id] = max(found.get(slot.session_id, 0), slot.seats_taken)
    return found
