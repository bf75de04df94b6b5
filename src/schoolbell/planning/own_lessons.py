"""What instructors do with lessons of their own, as far as their school lets them (policy own_lessons).

Whoever leads a session moves and cancels it; everybody who gives it can be replaced. Here nobody overrules anything: a
student's clash, what is closed and the rules between lessons are the office's to waive.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from schoolbell.bookings.refusals import LessonBegun, SessionNotOpen
from schoolbell.bookings.sessions import cancel_session
from schoolbell.catalogue.queries import instructors_of
from schoolbell.diary.keeping import keep_hours
from schoolbell.kit.database.collisions import in_one_go
from schoolbell.kit.refusals import InputRefused, NotAllowed, Refusal
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor
from schoolbell.planning.models import SubstituteRequest
from schoolbell.planning.moves import Move, as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.nearest_times import nearest_times, placed
from schoolbell.planning.refusals import TooLateToMove
from schoolbell.planning.substitute_requests import write_request
from schoolbell.planning.substitutes import locked_session, substitute, substitutes_for
from schoolbell.schools.actor import Actor
from schoolbell.schools.policies import OwnLessons
from schoolbell.timetable.models import Session


class Act(StrEnum):
    MOVE = "move"
    CANCEL = "cancel"
    HAND_OVER = "hand_over"
    ASK = "ask"  # the office, for a substitute


LETS: Final[Mapping[OwnLessons, frozenset[Act]]] = {
    OwnLessons.NONE: frozenset({Act.ASK}),
    OwnLessons.MOVE_AND_CANCEL: frozenset({Act.ASK, Act.MOVE, Act.CANCEL}),
    OwnLessons.ALL: frozenset(Act),
}
OF_WHO_LEADS: Final = frozenset({Act.MOVE, Act.CANCEL})


@dataclass(frozen=True, slots=True)
class OwnLesson:
    """A session as it is, with its course and school, and who asks of those who give it."""

    there: Move
    own: Instructor

    @property
    def session(self) -> Session:
        return self.there.session

    @property
    def notice(self) -> dt.timedelta:
        hours: int = self.session.course.policies.own_lessons_notice_hours
        return dt.timedelta(hours=hours)

    def objection(self, act: Act) -> Refusal | None:
        """Why they may not; None: they may."""
        session = self.session
        if not session.is_live:
            return SessionNotOpen(session.pk, detail=_("This was cancelled, or is over."))
        if not session.is_movable(now()):
            return LessonBegun(session.pk, detail=_("This has begun. Ask the office."))
        if act in OF_WHO_LEADS and self.there.instructors[0] != self.own:
            return NotAllowed(session.pk, detail=_("Whoever leads this lesson moves and cancels it. Ask the office."))
        if act not in LETS[session.course.policies.own_lessons]:
            return NotAllowed(session.pk, detail=_("At this school the office does that. Ask it."))
        if act == Act.MOVE and now() + self.notice > session.starts_at:
            return TooLateToMove(session.pk, detail=_("It starts too soon to be moved. Ask the office."))
        return None

    def require(self, act: Act) -> None:
        if refusal := self.objection(act):
            raise refusal


def own_lesson(session: Session, *, by: Actor) -> OwnLesson:
    """`session` comes with course, school and resource. Raises NotAllowed where they do not give it."""
    (there,) = as_it_is([session])
    for one in there.instructors:
        if one.person_id == by.me:
            return OwnLesson(there, one)
    raise NotAllowed(session.pk, detail=_("Somebody else gives this."))


def moved_to(lesson: OwnLesson, slots: Sequence[Stretch]) -> Move:
    """Where it would go: to these times, in its own place or another of its kind that is free then. It may clash: see
    `move_clashes.clashes_of`. Raises what `objection` says, and InputRefused where it would begin too soon."""
    lesson.require(Act.MOVE)
    if len(slots) != len(lesson.there.slots):
        raise InputRefused.of("slots", _("Give as many stretches as the session has slots."))
    if slots[0].starts_at < now() + lesson.notice:
        hours = lesson.session.course.policies.own_lessons_notice_hours
        raise InputRefused.of("slots", _("Choose a time that is at least %s hours ahead, or ask the office.") % hours)
    return placed(replace(lesson.there, slots=tuple(slots)))


def other_times(lesson: OwnLesson, *, most: int = 6) -> list[Move]:
    """The nearest to which they may move it. Raises what `objection` says."""
    lesson.require(Act.MOVE)
    return nearest_times(lesson.there, since=now() + lesson.notice, most=most)


@in_one_go
def move_own_lesson(
    session: Session, slots: Sequence[Stretch], *, by: Actor, was: dt.datetime | None = None
) -> Session:
    """To these times, one for each of its slots. `was` is when it began as they saw it.

    Raises: NotAllowed, TooLateToMove, LessonsChanged, and what `move_sessions` raises.
    """
    keep_hours(session.school_id)
    move = moved_to(own_lesson(locked_session(session), by=by), slots)
    (moved,) = move_sessions([replace(move, was=was)], by=by)
    return moved


@transaction.atomic
def cancel_own_lesson(session: Session, because: str, *, by: Actor) -> Session:
    """Take it off; everybody who was booked reads why, and owes nothing: to them it is the school that cancels.

    Money is billing's: see `billing.rearranging`. Raises: NotAllowed, LessonBegun, SessionNotOpen, InputRefused.
    """
    lesson = own_lesson(locked_session(session), by=by)
    if lesson.session.status == Session.Status.CANCELLED:
        return lesson.session
    lesson.require(Act.CANCEL)
    if not because.strip():
        raise InputRefused.of("reason", _("Say why: everybody who is booked reads it."))
    return cancel_session(session, by=by, because=because)


@in_one_go
def hand_over_own_lesson(session: Session, taker: Instructor, *, by: Actor) -> Session:
    """From now on `taker`, who is free and open then and teaches the course, gives it in their place.

    Raises: NotAllowed, LessonBegun, SessionNotOpen, InputRefused, what stands in the taker's way (a Refusal that
    `substitutes_for` names), and what `move_sessions` raises.
    """
    keep_hours(session.school_id)
    lesson = own_lesson(locked_session(session), by=by)
    lesson.require(Act.HAND_OVER)
    able = {one.instructor.pk: one for one in substitutes_for([lesson.session], instead_of=lesson.own)[session.pk]}
    if taker.pk not in able:
        raise InputRefused.of("instructor", _("Choose somebody else who teaches here now."))
    if obstacle := able[taker.pk].obstacle:
        raise obstacle
    return substitute(session, taker, instead_of=lesson.own, by=by)


@transaction.atomic
def ask_for_substitute(
    session: Session, *, by: Actor, wanted: Instructor | None = None, reason: str = ""
) -> SubstituteRequest:
    """The office decides; until then they give it. Raises: NotAllowed, LessonBegun, SessionNotOpen, SubstituteAsked,
    InputRefused."""
    lesson = own_lesson(locked_session(session), by=by)
    lesson.require(Act.ASK)
    if wanted and (
        wanted in lesson.there.instructors or not instructors_of(lesson.session.course).filter(id=wanted.pk).exists()
    ):
        raise InputRefused.of("instructor", _("Choose somebody else who teaches this course."))
    return write_request(lesson.session, lesson.own, by=by, wanted=wanted, reason=reason)
