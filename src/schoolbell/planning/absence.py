"""An instructor is away: every lesson that it meets finds a substitute, another time or its end, in one step.

Then the time off is approved, so that what became free is busy. A lesson that is booked in the same moment either comes
first, and is one of those that somebody must see to, or finds the time taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from schoolbell.bookings.holds import expire_overdue_holds_at
from schoolbell.diary.busy import clashes_with
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.models import TimeOff
from schoolbell.diary.refusals import TimeOffAsked, TimeOffDecided
from schoolbell.diary.time_off import approve_time_off, enter_time_off
from schoolbell.journal.actions import record, tell
from schoolbell.kit.time import Stretch, less, now
from schoolbell.people.models import Instructor
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
from schoolbell.timetable.models import Slot

USUAL: Final = (Way.SUBSTITUTE, Way.MOVE, Way.CANCEL)


@dataclass(frozen=True, slots=True)
class Absence:
    """Who (with their person) is away, when. `time_off` is what was asked for or approved before. What is off by then
    stays so, what is asked for within is approved, and time off is entered for the rest."""

    school: School
    instructor: Instructor
    during: Stretch
    reason: str = ""
    time_off: TimeOff | None = None


def preview_absence(absence: Absence, *, prefer: Sequence[Way] = USUAL) -> list[Affected]:
    """Every lesson of theirs that it meets, in order of time, with what could become of it. Nothing is written.

    Raises TimeOffAsked.
    """
    _times_off(absence)
    return _situation(absence).affected(prefer)


def arrange_absence(
    absence: Absence,
    steps: Sequence[Step] = (),
    *,
    by: Actor,
    prefer: Sequence[Way] = (),
    waive_students: bool = False,
) -> Rearranged:
    """See to all lessons, then take their time off; all of it, or nothing.

    Lessons that `steps` do not name go the first of the preferred ways that they can; with none preferred, `steps` must
    name all. With `waive_students` a student's clash stands, as of `move_sessions`. Money is billing's: see
    `billing.rearranging`. Locks: slots, diaries and bookings, each in id order.
    Raises: LessonsChanged, InputRefused, TimeOffAsked, TimeOffOverlaps, TimeOffDecided, and what `move_sessions`
    raises.
    """
    expire_overdue_holds_at(absence.school, absence.during)
    return try_again(lambda: _arrange(absence, steps, prefer, waive_students=waive_students, by=by), may=bool(prefer))


@transaction.atomic
def _arrange(
    absence: Absence, given: Sequence[Step], prefer: Sequence[Way], *, waive_students: bool, by: Actor
) -> Rearranged:
    keep_hours(absence.school.pk)
    diary_id = absence.instructor.person.diary_id
    _situation(absence).lock([diary_id])
    off = _times_off(absence)
    situation = _situation(absence)  # again: somebody may have booked before the locks were there
    done = situation.apply(complete(situation, given, prefer), by=by, waive_students=waive_students)
    times_off = _take(absence, off, by=by)
    _require_nothing_left(absence, done)
    record(
        "instructor.absent",
        absence.instructor,
        by=by,
        new={
            "times_off": [str(one.pk) for one in times_off],
            "starts_at": absence.during.starts_at.isoformat(),
            "ends_at": absence.during.ends_at.isoformat(),
        }
        | done.counts,
    )
    tell("instructor.absent", absence.instructor)
    return done


def _situation(absence: Absence) -> Situation:
    sessions = sessions_within(absence.school, absence.during, instructor=absence.instructor)
    return Situation(absence.school, sessions, absence.during, absence.instructor)


def _times_off(absence: Absence) -> list[TimeOff]:
    """What they asked for, or have, of that time. Raises TimeOffAsked where a request reaches further: approved, it
    would leave lessons to nobody that nobody looked at."""
    found = TimeOff.objects.of(absence.school).filter(
        diary_id=absence.instructor.person.diary_id,
        status__in=(TimeOff.Status.REQUESTED, TimeOff.Status.APPROVED),
        starts_at__lt=absence.during.ends_at,
        ends_at__gt=absence.during.starts_at,
    )
    times_off = list(found.order_by("starts_at"))
    for one in times_off:
        if one.status == TimeOff.Status.REQUESTED and not absence.during.covers(one.during):
            raise TimeOffAsked(one.pk)
    return times_off


def _take(absence: Absence, off: Sequence[TimeOff], *, by: Actor) -> list[TimeOff]:
    """All of it is off from now on: these times off, and new ones for whatever they leave of it.

    Raises: TimeOffDecided where the one that is named was declined or withdrawn, and what `enter_time_off` does.
    """
    if absence.time_off is not None and absence.time_off not in off:
        raise TimeOffDecided(absence.time_off.pk)
    taken = [one if one.status == TimeOff.Status.APPROVED else approve_time_off(one, by=by) for one in off]
    left = less([absence.during], [one.during for one in off])
    if absence.during.ends_at > now():
        left = [one for one in left if one.ends_at > now()]  # what is over of it needs none
    diary = absence.instructor.person.diary
    taken += [enter_time_off(diary, one, by=by, reason=absence.reason) for one in left]
    return sorted(taken, key=lambda one: one.starts_at)


def _require_nothing_left(absence: Absence, done: Rearranged) -> None:
    """Their time is taken by now: what is still in it was kept, or came in the same moment. Raises LessonsChanged."""
    left = clashes_with(absence.school.pk, absence.instructor.person.diary_id, [absence.during])
    kept = {session.pk for session in done.kept}
    rows = Slot.objects.of(absence.school).filter(id__in=[one.source for one in left])
    if not set(rows.values_list("session_id", flat=True)) <= kept:
        raise LessonsChanged(absence.during)
