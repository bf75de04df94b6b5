"""Lessons that are seen to in one step, with the money of those that are cancelled in it."""

import datetime as dt
from collections.abc import Sequence

from schoolbell.billing.sales import settle_session
from schoolbell.diary.models import Closure
from schoolbell.planning.absence import Absence, arrange_absence
from schoolbell.planning.closed_days import arrange_closure
from schoolbell.planning.own_lessons import cancel_own_lesson
from schoolbell.planning.rearranging import Rearranged, Step, Way
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session


def arrange_absence_and_settle(
    absence: Absence,
    steps: Sequence[Step] = (),
    *,
    by: Actor,
    prefer: Sequence[Way] = (),
    waive_students: bool = False,
) -> Rearranged:
    """As `arrange_absence`, which see; then put the money of every cancelled booking right."""
    return _settled(arrange_absence(absence, steps, by=by, prefer=prefer, waive_students=waive_students))


def arrange_closure_and_settle(
    school: School,
    closure: Closure,
    steps: Sequence[Step] = (),
    *,
    by: Actor,
    prefer: Sequence[Way] = (),
    to_day: dt.date | None = None,
    waive_students: bool = False,
) -> Rearranged:
    """As `arrange_closure`, which see; then put the money of every cancelled booking right."""
    return _settled(
        arrange_closure(school, closure, steps, by=by, prefer=prefer, to_day=to_day, waive_students=waive_students)
    )


def cancel_own_lesson_and_settle(session: Session, because: str, *, by: Actor) -> Session:
    """As `cancel_own_lesson`, which see; then put the money of every booking in it right."""
    cancelled = cancel_own_lesson(session, because, by=by)
    settle_session(cancelled)
    return cancelled


def _settled(done: Rearranged) -> Rearranged:
    for session in done.cancelled:
        settle_session(session)
    return done
