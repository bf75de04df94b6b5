"""A move of a session, and what may speak against it."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from schoolbell.diary.refusals import OutsideOpeningHours, PlaceClosed, SchoolClosed
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Instructor, Student
from schoolbell.timetable.models import Resource, Session
from schoolbell.timetable.queries import slots_and_staff


@dataclass(frozen=True, slots=True)
class Move:
    """Where a session goes: a stretch for each of its slots, in order, and who teaches it where. All are given anew:
    `as_it_is` starts from what there is. `was` is when it began as whoever moves it saw it, and `was_given_by` who gave
    it then, the leading one first, if they looked before."""

    session: Session  # with its course and school
    slots: tuple[Stretch, ...]
    instructors: tuple[Instructor, ...]  # with their persons, the leading one first
    resource: Resource | None
    was: dt.datetime | None = field(default=None, compare=False)
    was_given_by: tuple[UUID, ...] | None = field(default=None, compare=False)


def as_it_is(sessions: Sequence[Session]) -> list[Move]:
    """Each session where it is now, to be replaced in part. Two queries."""
    slots, staff = slots_and_staff(sessions)
    return [
        Move(
            session,
            tuple(Stretch(slot.starts_at, slot.ends_at) for slot in slots[session.pk]),
            tuple(staff[session.pk]),
            session.resource,
        )
        for session in sessions
    ]


@dataclass(frozen=True, slots=True)
class MoveClash:
    """What speaks against a move. `student` is set where a student is taken, which the office may waive."""

    session: Session
    who: str
    during: Stretch  # what they have then; for a rule, and for what is closed, the new time itself
    student: Student | None = None
    refusal: Refusal | None = None  # a rule between neighbours, the hours of who gives it, or what is closed

    @property
    def is_closed(self) -> bool:
        """Is it the school or the place that is closed then?"""
        return isinstance(self.refusal, SchoolClosed | PlaceClosed)

    def is_agreed(self, sessions: Collection[UUID]) -> bool:
        """Is it about the hours of who gives it, who agreed to that for these sessions?"""
        return isinstance(self.refusal, OutsideOpeningHours) and self.session.pk in sessions

    @property
    def kind(self) -> str:
        """What the office may overrule by that name: `student`, `closed`, `rule`; or `taken`, which nobody may."""
        if self.refusal is not None:
            return "closed" if self.is_closed else "rule"
        return "student" if self.student else "taken"

    @property
    def sentence(self) -> str:
        """Says it to the office, by the clocks of the school."""
        where = self.session.course.school.zone
        at = [moment.astimezone(where) for moment in (self.during.starts_at, self.during.ends_at)]
        values = {"who": self.who, "day": at[0].date().isoformat(), "from": f"{at[0]:%H:%M}", "to": f"{at[1]:%H:%M}"}
        if self.is_closed:
            return _("%(who)s is closed on %(day)s from %(from)s to %(to)s.") % values
        if self.refusal is not None:
            return f"{values['who']}: {self.refusal.detail}"
        return _("%(who)s is taken on %(day)s from %(from)s to %(to)s.") % values


def outside_hours(session: Session, who: Instructor, during: Stretch) -> MoveClash:
    refusal = OutsideOpeningHours(session.pk, detail=_("That is outside the opening hours."))
    return MoveClash(session, who.person.name, during, refusal=refusal)
