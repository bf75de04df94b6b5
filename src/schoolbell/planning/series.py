"""Editing a series from a day on: it ends the day before, and another, its successor, takes over what lies ahead.

A single occurrence is moved or cancelled by itself (`moving`, `bookings.sessions`); all of them are those from today
on. What is past keeps what was agreed. Everybody who is booked goes where their day goes (`succession`). An occurrence
that was moved, handed over or cancelled by itself stays as it is.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from schoolbell.bookings.ending import lock_slots
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.refusals import SchoolClosed
from schoolbell.journal.actions import record, tell
from schoolbell.kit.time import now
from schoolbell.planning.generation import extend_series
from schoolbell.planning.move_clashes import clashes_of
from schoolbell.planning.moves import MoveClash
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.occurrences import ChangedOccurrence, Edit, SeriesChange, added_by, edit_of, sessions_ahead
from schoolbell.planning.plans import horizon, plan_of
from schoolbell.planning.refusals import CHANGED_MEANWHILE, LessonsChanged, MoveClashes, SeatsTaken
from schoolbell.planning.seating import lock_enrolled
from schoolbell.planning.skipped import PlannedLesson, in_words
from schoolbell.planning.succession import hand_over, lock_series, put_before
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Series, SeriesStaffing, Session, Slot


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change comes to: what is there already, the occurrences that the new rule names besides, and the day of
    the first one from then on: every second week is counted from its week. `seen` names the series as it was then."""

    ahead: Sequence[ChangedOccurrence]
    added: Sequence[PlannedLesson]
    first_on: dt.date
    seen: str


def preview_change(series: Series, *, first_day: dt.date, change: SeriesChange) -> Changed:
    """Every session from that day on, and every new one up to the horizon. Raises InputRefused, NotQualified."""
    edit = edit_of(series, first_day, change)
    moving = [one.move for one in edit.ahead if one.move]
    added = in_words(edit.next_plan, added_by(edit), moving=moving)
    return Changed(edit.ahead, added, edit.after.starts_on, edit.plan.named)


@transaction.atomic
def change_series(
    series: Series,
    *,
    first_day: dt.date,
    change: SeriesChange,
    by: Actor,
    waive_students: bool = False,
    despite_rules: bool = False,
    leave_clashing: bool = False,
) -> Series:
    """Make the change from that day on, and return the successor.

    With `leave_clashing`, sessions that cannot move stay when and as they are, as moved occurrences of the successor;
    without, one of them refuses all. With `despite_rules`, they go where the school's rules between lessons and the
    opening hours would not have them. Locks: the hours, the series, slots, sessions and diaries, each in id order.
    Raises: InputRefused, NotQualified, LessonsChanged where the series is another than was `seen`, MoveClashes,
    SchoolClosed, SeatsTaken.
    """
    (locked,) = lock_to_change([series], first_day)
    if change.seen and change.seen != plan_of(locked).named:
        raise LessonsChanged(locked.pk, detail=CHANGED_MEANWHILE)
    edit = edit_of(locked, first_day, change)
    return make_edits(
        [edit], by=by, waive_students=waive_students, despite_rules=despite_rules, leave_clashing=leave_clashing
    )[0]


def lock_to_change(series: Sequence[Series], first_day: dt.date) -> list[Series]:
    """As they are now, for nobody else to change: the hours of the school, then the series, and the slots of what lies
    ahead of each from that day on, so that nobody takes a seat meanwhile; each in id order. Between them whoever has a
    seat every week: they go along."""
    keep_hours(series[0].school_id)
    locked = lock_series(series)
    lock_enrolled([one for one in locked if not one.on_demand])
    if sessions := [one for each in locked for one in sessions_ahead(each, first_day)]:
        slots = Slot.objects.filter(school_id=series[0].school_id, session_id__in=[one.pk for one in sessions])
        lock_slots(sessions[0], list(slots.values_list("id", flat=True)))
    return locked


def make_edits(
    edits: Sequence[Edit],
    *,
    by: Actor,
    waive_students: bool = False,
    despite_rules: bool = False,
    leave_clashing: bool = False,
) -> list[Series]:
    """Make them as one, so that two series can change places. Their series are locked. Returns the successors.

    Raises what `change_series` does.
    """

    def is_let(clash: MoveClash) -> bool:
        return bool(clash.student and waive_students) or (despite_rules and _is_rule(clash))

    moving = [one for edit in edits for one in edit.ahead if one.move is not None]
    if leave_clashing:
        moving = _movable([one for one in moving if all(is_let(clash) for clash in one.clashes)], is_let)
    else:
        _require_free([clash for one in moving for clash in one.clashes if not is_let(clash)])
    for edit in edits:
        if any(one.is_crowded for one in edit.ahead):
            raise SeatsTaken(edit.change.capacity)
    dropped = [one.session for edit in edits for one in edit.ahead if one.day is None]
    for edit in edits:
        put_before(edit.plan.series, edit.first, by=by)
        staffing = [SeriesStaffing(instructor=one, leads=place == 0) for place, one in enumerate(edit.staff)]
        hand_over(edit.succession, first=edit.first, staffing=staffing, dropped=dropped)
        _resize(edit.ahead, edit.change)
    moves = [one.move for one in moving if one.move]
    move_sessions(moves, by=by, waive_students=waive_students, despite_rules=despite_rules)
    for session in dropped:
        cancel_session(session, by=by)
    for edit in edits:
        before, after = edit.plan.series, edit.after
        extend_series(after, until=horizon(before.course.school), by=by)
        record("series.changed", before, by=by, new={"successor": str(after.pk), "first_day": edit.first.isoformat()})
        tell("series.changed", after)
    return [edit.after for edit in edits]


def _is_rule(clash: MoveClash) -> bool:
    """May the office have it otherwise? What is closed stays closed."""
    return clash.kind == "rule"


def _require_free(clashes: Sequence[MoveClash]) -> None:
    if closed := [one for one in clashes if isinstance(one.refusal, SchoolClosed)]:
        raise SchoolClosed(closed[0].session.pk)
    if clashes:
        raise MoveClashes(clashes)


def _movable(left: list[ChangedOccurrence], is_let: Callable[[MoveClash], bool]) -> list[ChangedOccurrence]:
    """Those that can move while the others stay where they are."""
    while left:
        moves = [one.move for one in left if one.move]
        clashing = {clash.session.pk for clash in clashes_of(moves) if not is_let(clash)}
        if not clashing:
            return left
        left = [one for one in left if one.session.pk not in clashing]
    return left


def _resize(ahead: Sequence[ChangedOccurrence], change: SeriesChange) -> None:
    """Seats and price of the sessions that stay. Their slots are locked."""
    for one in ahead:
        if one.day is None:
            continue
        session = Session.objects.filter(school_id=one.session.school_id, id=one.session.pk)
        if one.seats is not None:
            Slot.objects.filter(school_id=one.session.school_id, session_id=one.session.pk).update(
                capacity=one.seats, updated_at=now()
            )
            session.update(capacity=one.seats, updated_at=now())
        if change.price is not None:
            session.update(price=change.price, updated_at=now())
