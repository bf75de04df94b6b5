"""The school is closed on days on which lessons were put: all of them are moved, or cancelled, in one step."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.holds import expire_overdue_holds_at
from schoolbell.diary.closures import closed_stretches, times_of
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.models import Closure
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, now
from schoolbell.planning.move_clashes import clashes_of
from schoolbell.planning.moves import Move, MoveClash
from schoolbell.planning.other_times import on_day
from schoolbell.planning.rearranging import (
    Affected,
    Rearranged,
    Situation,
    Step,
    Way,
    complete,
    sessions_within,
    try_again,
)
from schoolbell.planning.refusals import LessonsChanged
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

USUAL: Final = (Way.MOVE, Way.CANCEL)


def lessons_on(school: School, closure: Closure) -> int:
    """How many sessions are still on while the school is closed, save those that are meant to be."""
    times = times_of(school, closure.first_day, closure.last_day)
    return len(sessions_within(school, times, despite_closed=False)) if times else 0


def preview_closure(
    school: School, closure: Closure, *, prefer: Sequence[Way] = USUAL, to_day: dt.date | None = None
) -> list[Affected]:
    """Every lesson then, in order of time, with what could become of it. Nothing is written.

    With `to_day` those that can go, at the same times by the clock, to the days that begin with it.
    Raises: InputRefused.
    """
    situation = _situation(school, closure)
    return situation.affected(prefer, wished=_wished(situation, closure, to_day))


def moves_to(school: School, closure: Closure, to_day: dt.date) -> dict[UUID, Move]:
    """Per session that has not begun, itself at the same times by the clock on the days that begin with that one,
    whether it can be or not. Raises InputRefused."""
    return _at_the_same_times(_situation(school, closure), closure, to_day)


def clashes_on(school: School, closure: Closure, to_day: dt.date) -> list[MoveClash]:
    """Why some of them cannot go to that day. Raises InputRefused."""
    moves = list(moves_to(school, closure, to_day).values())
    return clashes_of(moves) if moves else []


def arrange_closure(
    school: School,
    closure: Closure,
    steps: Sequence[Step] = (),
    *,
    by: Actor,
    prefer: Sequence[Way] = (),
    to_day: dt.date | None = None,
    waive_students: bool = False,
) -> Rearranged:
    """See to all lessons then; all of it, or nothing. As `absence.arrange_absence`, which see.

    What `steps` keep takes place although it is closed: it is meant from now on, and no closure lists it any more.

    Raises: LessonsChanged, InputRefused, and what `move_sessions` raises.
    """
    expire_overdue_holds_at(school, _times(school, closure))
    return try_again(
        lambda: _arrange(school, closure, steps, prefer, to_day, waive_students=waive_students, by=by), may=bool(prefer)
    )


@transaction.atomic
def _arrange(
    school: School,
    closure: Closure,
    given: Sequence[Step],
    prefer: Sequence[Way],
    to_day: dt.date | None,
    *,
    waive_students: bool,
    by: Actor,
) -> Rearranged:
    keep_hours(school.pk)
    _situation(school, closure).lock()
    situation = _situation(school, closure)
    steps = complete(situation, given, prefer, wished=_wished(situation, closure, to_day))
    done = situation.apply(steps, by=by, waive_students=waive_students)
    _mean(done.kept, {step.session_id for step in given}, closure, by=by)
    kept = {session.pk for session in done.kept}
    if not {session.pk for session in sessions_within(school, situation.away, despite_closed=False)} <= kept:
        raise LessonsChanged(situation.away)
    record("closure.arranged", closure, by=by, new=done.counts)
    return done


def _mean(kept: Sequence[Session], named: Collection[UUID], closure: Closure, *, by: Actor) -> None:
    """What was kept because nothing else was found for it was not meant: it stays on the list."""
    for session in kept:
        if session.pk in named:
            Session.objects.of(session.course.school).filter(id=session.pk).update(
                despite_closed=True, updated_at=now()
            )
            new = {"despite_closed": True, "closure": str(closure.pk), "reason": closure.name}
            record("session.meant", session, by=by, old={"despite_closed": False}, new=new)


def _situation(school: School, closure: Closure) -> Situation:
    times = _times(school, closure)
    return Situation(school, sessions_within(school, times, despite_closed=False), times)


def _times(school: School, closure: Closure) -> Stretch:
    times = times_of(school, closure.first_day, closure.last_day)
    if times is None or closure.is_kept_open:
        raise InputRefused.of("closure", _("The school is open then: nothing has to move."))
    return times


def _wished(situation: Situation, closure: Closure, to_day: dt.date | None) -> dict[UUID, Move]:
    """Those that can go to the wished day."""
    if to_day is None or not situation.sessions:
        return {}
    moves = _at_the_same_times(situation, closure, to_day)
    clashing = {clash.session.pk for clash in clashes_of(list(moves.values()))}
    return {session_id: move for session_id, move in moves.items() if session_id not in clashing}


def _at_the_same_times(situation: Situation, closure: Closure, to_day: dt.date) -> dict[UUID, Move]:
    days = (to_day - closure.first_day).days
    moves = {one.session.pk: on_day(one, days) for one in situation.moves.values() if one.session.starts_at > now()}
    slots = [during for one in moves.values() for during in one.slots]
    if any(during.starts_at <= now() for during in slots):
        raise InputRefused.of("to_day", _("Choose a day that lies ahead."))
    if slots:
        span = Stretch(min(one.starts_at for one in slots), max(one.ends_at for one in slots))
        closed = closed_stretches(situation.school, span)
        if any(one.overlaps(during) for one in closed for during in slots):
            raise InputRefused.of("to_day", _("The school is closed on that day too."))
    return moves
