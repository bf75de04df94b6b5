"""Lessons that cannot stay as they are, on a page: each with a choice of what becomes of it, all done in one step."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch
from schoolbell.planning.moves import Move, MoveClash
from schoolbell.planning.rearranging import Affected, Rearranged, Step, Way
from schoolbell.planning.refusals import MoveClashes
from schoolbell.web.templatetags.words import day, when_here

STUDENT_STANDS: Final = gettext_lazy("A student’s clash stands: they are told, and may cancel free of charge")


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A lesson with its choices, by what they are: groups of a select."""

    affected: Affected
    groups: Sequence[tuple[str, Sequence[Choice]]]
    obstacle: str = ""

    @property
    def name(self) -> str:
        return name_of(self.affected.session.pk)

    @property
    def during(self) -> Stretch:
        return Stretch(self.affected.session.starts_at, self.affected.session.ends_at)

    @property
    def who(self) -> str:
        """Who is in it, as far as there is room."""
        names = [student.person.name for student in self.affected.students]
        if len(names) <= 3:
            return ", ".join(names)
        return _("%(first)s and %(more)s more") % {"first": ", ".join(names[:2]), "more": len(names) - 2}


def name_of(session_id: UUID) -> str:
    return f"lesson-{session_id}"


def rows_of(
    found: Sequence[Affected],
    where: ZoneInfo,
    *,
    chosen: Mapping[UUID, Step] | None = None,
    obstacles: Mapping[UUID, str] | None = None,
    waivable: Mapping[UUID, Move] | None = None,
    is_closed: bool = False,
) -> list[Row]:
    """`chosen` is what was sent before; `obstacles` are sentences about some of them; `waivable` is where some could go
    if a student's clash stood. Where it `is_closed`, what is kept is meant from then on."""
    keep = _("It takes place although we are closed") if is_closed else _("Leave it as it is for now")
    return [
        Row(
            one,
            _groups(
                one,
                (chosen or {}).get(one.session.pk, one.proposed),
                where,
                keep,
                waivable=(waivable or {}).get(one.session.pk),
            ),
            (obstacles or {}).get(one.session.pk, ""),
        )
        for one in found
    ]


def _groups(
    one: Affected, chosen: Step, where: ZoneInfo, keep: str, *, waivable: Move | None = None
) -> list[tuple[str, list[Choice]]]:
    def choice(step: Step, words: str) -> Choice:
        return Choice(_value(step), words, _value(step) == _value(chosen))

    def to(way: Way, **more: object) -> Step:
        return Step(one.session.pk, way, **more)  # type: ignore[arg-type]

    takers = [
        choice(to(Way.SUBSTITUTE, instructor_id=candidate.instructor.pk), candidate.instructor.person.name)
        for candidate in one.substitutes
        if candidate.is_possible
    ]
    starts = [move.slots[0] for move in one.others]
    despite = waivable.slots[0] if waivable else None
    if despite:
        starts.insert(0, despite)
    if chosen.way == Way.MOVE and chosen.starts_at and chosen.starts_at not in [during.starts_at for during in starts]:
        lasts = one.now.slots[0].ends_at - one.now.slots[0].starts_at
        starts.insert(0, Stretch(chosen.starts_at, chosen.starts_at + lasts))
    times = [
        choice(
            to(Way.MOVE, starts_at=during.starts_at),
            _("%s, although a student is taken") % when_here(during, where)
            if during == despite
            else when_here(during, where),
        )
        for during in starts
    ]
    rest = [choice(to(Way.KEEP), keep)]
    if not one.has_begun:
        rest.insert(0, choice(to(Way.CANCEL), _("Cancel it")))
    groups = [(_("Somebody else gives it"), takers), (_("It moves to"), times), (_("Or"), rest)]
    return [(words, choices) for words, choices in groups if choices]


def _value(step: Step) -> str:
    if step.way == Way.SUBSTITUTE:
        return f"{step.way}:{step.instructor_id}"
    if step.way == Way.MOVE and step.starts_at:
        return f"{step.way}:{step.starts_at.isoformat()}"
    return step.way.value


def steps_sent(data: QueryDict) -> list[Step]:
    """What was chosen. What cannot be read was not: then a lesson is missing, and nothing is done."""
    found = []
    for name, value in data.items():
        if name.startswith("lesson-"):
            try:
                found.append(_step(UUID(name.removeprefix("lesson-")), str(value)))
            except ValueError:
                continue
    return found


def _step(session_id: UUID, value: str) -> Step:
    way, _colon, about = value.partition(":")
    match Way(way):
        case Way.SUBSTITUTE:
            return Step(session_id, Way.SUBSTITUTE, instructor_id=UUID(about))
        case Way.MOVE:
            starts_at = dt.datetime.fromisoformat(about)
            if starts_at.tzinfo is None:
                raise ValueError(about)
            return Step(session_id, Way.MOVE, starts_at=starts_at)
        case other:
            return Step(session_id, other)


def days_said(first: dt.date, last: dt.date) -> str:
    """“Tue 1 Dec”, or “Tue 1 Dec to Thu 3 Dec”."""
    if first == last:
        return day(first)
    return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}


def obstacle(clash: MoveClash, where: ZoneInfo) -> str:
    """Why a lesson cannot go where the others go."""
    if clash.refusal is not None:
        return f"{clash.who}: {clash.refusal.detail}"
    return _("%(who)s is taken: %(when)s.") % {"who": clash.who, "when": when_here(clash.during, where)}


def ticks_of(refusal: Refusal | None, *, waivable: Mapping[UUID, Move] | None = None) -> list[tuple[str, str]]:
    """How the office may go on all the same, where a student's clash speaks against it."""
    clashes = refusal.clashes if isinstance(refusal, MoveClashes) else []
    asks = bool(waivable) or any(clash.student for clash in clashes)
    return [("waive_students", str(STUDENT_STANDS))] if asks else []


def said(done: Rearranged, *, is_closed: bool = False) -> str:
    """“3 lessons have a substitute, 1 lesson moves.”"""
    handed, moved, off, kept = (done.counts[name] for name in ("substituted", "moved", "cancelled", "kept"))
    stays = ngettext("%s lesson stays for now", "%s lessons stay for now", kept)
    if is_closed:
        stays = ngettext("%s lesson takes place all the same", "%s lessons take place all the same", kept)
    parts = (
        (handed, ngettext("%s lesson has a substitute", "%s lessons have a substitute", handed)),
        (moved, ngettext("%s lesson moves", "%s lessons move", moved)),
        (off, ngettext("%s lesson is cancelled", "%s lessons are cancelled", off)),
        (kept, stays),
    )
    words = [sentence % number for number, sentence in parts if number]
    if not words:
        return _("No lesson was in the way.")
    return _("%(what)s. Everybody who is booked is told.") % {"what": ", ".join(words)}
