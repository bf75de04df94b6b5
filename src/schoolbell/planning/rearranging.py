"""Lessons that cannot stay as they are, because somebody is away or the school is closed: what could become of each,
and then all of it in one step.

Whoever is looked for anew is looked for among what the same plan leaves free: a proposal can be done as it stands.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.ending import lock_slots
from schoolbell.bookings.holds import overdue_sources
from schoolbell.bookings.models import Attendance
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary.claims import lock_diaries
from schoolbell.diary.models import Claim
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.move_clashes import ALIVE
from schoolbell.planning.moves import Move, as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.other_times import OtherTimes, reach_of, shifted
from schoolbell.planning.refusals import LessonsChanged
from schoolbell.planning.spare_time import SpareTime
from schoolbell.planning.substitutes import Bench, Candidate, taken_over
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Session, Slot, Staffing
from schoolbell.timetable.queries import meeting

LIVE: Final = (Session.Status.DRAFT, Session.Status.PUBLISHED)
MOST_TRIES: Final = 3


class Way(StrEnum):
    """What becomes of a lesson."""

    SUBSTITUTE = "substitute"
    MOVE = "move"
    CANCEL = "cancel"
    KEEP = "keep"  # it stays as it is: the office sees to it later, or means it although it is closed


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one lesson. A substitute is named by `instructor_id`, another time by where it starts."""

    session_id: UUID
    way: Way
    instructor_id: UUID | None = None
    starts_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Affected:
    """A lesson that cannot stay as it is. `substitutes` are ranked, `others` are the nearest times first, each on its
    own; the proposals of all fit together."""

    now: Move
    students: tuple[Student, ...]
    substitutes: tuple[Candidate, ...]
    others: tuple[Move, ...]
    proposed: Step

    @property
    def session(self) -> Session:
        return self.now.session

    @property
    def has_begun(self) -> bool:
        """It can only be kept."""
        return bool(self.session.starts_at <= now())


@dataclass(frozen=True, slots=True)
class Rearranged:
    """What was done, by sessions."""

    substituted: tuple[Session, ...] = ()
    moved: tuple[Session, ...] = ()
    cancelled: tuple[Session, ...] = ()
    kept: tuple[Session, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in ("substituted", "moved", "cancelled", "kept")}


def sessions_within(
    school: School, within: Stretch, *, instructor: Instructor | None = None, despite_closed: bool = True
) -> list[Session]:
    """Those with a slot in that stretch that are on, of that instructor or of all; with course and resource.

    A lesson on demand whose hold ran out is none. Without `despite_closed` neither is one that the office means to
    give although it is closed.
    """
    slots = Slot.objects.of(school).filter(meeting(within), session__status__in=LIVE)
    if not despite_closed:
        slots = slots.filter(session__despite_closed=False)
    if instructor is not None:
        taught = Staffing.objects.of(school).filter(instructor_id=instructor.pk)
        slots = slots.filter(session_id__in=taught.values("session_id"))
    ids = set(slots.exclude(id__in=overdue_sources(school.pk)).values_list("session_id", flat=True))
    rows = Session.objects.of(school).filter(id__in=ids).select_related("course", "resource")
    found = list(rows.order_by("starts_at", "id"))
    for session in found:
        session.course.school = school
    return found


@dataclass(slots=True)
class Situation:
    """Sessions that are affected by `away`, a stretch in which nothing can be, or in which `absent` is not there."""

    school: School
    sessions: list[Session]
    away: Stretch
    absent: Instructor | None = None
    moves: dict[UUID, Move] = field(init=False)
    students: dict[UUID, list[Student]] = field(init=False)
    _seats: list[UUID] = field(init=False)
    _slots: list[UUID] = field(init=False)

    def __post_init__(self) -> None:
        self.moves = {move.session.pk: move for move in as_it_is(self.sessions)}
        ids = list(self.moves)
        self.students = {session_id: [] for session_id in ids}
        self._seats = []
        rows = Attendance.objects.of(self.school).filter(
            slot__session_id__in=ids, is_live=True, booking__status__in=ALIVE
        )
        for seat in rows.select_related("slot").prefetch_related("student__person").order_by("id"):
            self._seats.append(seat.pk)
            if seat.student not in self.students[seat.slot.session_id]:
                self.students[seat.slot.session_id].append(seat.student)
        slots = Slot.objects.of(self.school).filter(session_id__in=ids).order_by("id")
        self._slots = list(slots.values_list("id", flat=True))

    def affected(
        self, prefer: Sequence[Way], *, given: Sequence[Step] = (), wished: Mapping[UUID, Move] | None = None
    ) -> list[Affected]:
        """Each with what could become of it, and what is proposed: as `given`, else the first of these ways that can be
        gone. Per session, `wished` is where it would go before any other time.
        """
        if not self.sessions:
            return []
        return _Proposals(self, wished or {}).all(prefer, given)

    def lock(self, others: Iterable[UUID] = ()) -> None:
        """Whatever takes or gives back time or seats of these sessions waits until this transaction is over."""
        if self.sessions:
            lock_slots(self.sessions[0], self._slots)
        taken = Claim.objects.of(self.school).filter(source__in=[*self._slots, *self._seats])
        lock_diaries(self.school.pk, {*taken.values_list("diary_id", flat=True), *others})

    def reads(self, *, others: Iterable[Instructor] = ()) -> tuple[SpareTime, list[Resource]]:
        """The time of everybody in it, and of `others`; and the places where lessons could go."""
        moves = list(self.moves.values())
        places = list(Resource.objects.of(self.school).filter(is_active=True).order_by("id"))
        staff = {one.pk: one for one in others}
        staff |= {one.pk: one for move in moves for one in move.instructors}
        there = {one.pk: one for one in places} | {one.resource.pk: one.resource for one in moves if one.resource}
        everybody = {one.pk: one for students in self.students.values() for one in students}
        spare = SpareTime(
            self.school,
            reach_of(moves),
            instructors=list(staff.values()),
            resources=list(there.values()),
            students=everybody.values(),
            apart_from=[*self._slots, *self._seats],
        )
        return spare, places

    def apply(self, steps: Collection[Step], *, by: Actor, waive_students: bool) -> Rearranged:
        """All of it, or nothing. The sessions are locked. Raises what `move_sessions` and `cancel_session` raise."""
        by_way: dict[Way, list[Step]] = {way: [] for way in Way}
        for step in steps:
            by_way[step.way].append(step)
        sessions = {one.pk: one for one in self.sessions}
        cancelled = [cancel_session(sessions[step.session_id], by=by) for step in by_way[Way.CANCEL]]
        moves = self._moves([*by_way[Way.SUBSTITUTE], *by_way[Way.MOVE]], by_way[Way.CANCEL])
        changed = {one.pk: one for one in move_sessions(moves, by=by, waive_students=waive_students)}
        return Rearranged(
            tuple(changed[step.session_id] for step in by_way[Way.SUBSTITUTE]),
            tuple(changed[step.session_id] for step in by_way[Way.MOVE]),
            tuple(cancelled),
            tuple(sessions[step.session_id] for step in by_way[Way.KEEP]),
        )

    def _moves(self, steps: Sequence[Step], cancelled: Sequence[Step]) -> list[Move]:
        """What these steps come to. Places are found anew for what goes elsewhere."""
        asked = {step.instructor_id for step in steps if step.instructor_id}
        rows = Instructor.objects.of(self.school).filter(id__in=asked).select_related("person")
        known = {one.pk: one for one in rows}
        plan = _Proposals(self, {}) if any(step.way == Way.MOVE for step in steps) else None
        if plan:
            for step in (*steps, *cancelled):
                plan.spare.lift(step.session_id)
        found = []
        for step in steps:
            move = self.moves[step.session_id]
            if step.way == Way.SUBSTITUTE:
                if step.instructor_id not in known:
                    raise InputRefused.of("instructor", _("Say who takes over each lesson that is handed over."))
                there = taken_over(move, known[step.instructor_id], from_=self.absent.pk if self.absent else None)
            elif step.starts_at is None:
                raise InputRefused.of("starts_at", _("Say where each lesson goes that is moved."))
            else:
                there = shifted(move, step.starts_at)
            if plan:
                there = plan.elsewhere.with_place(there) if step.way == Way.MOVE else there
                plan.put(there)
            found.append(there)
        return found


class _Proposals:
    """What could become of each, and of all together. At first everybody is where they are now, save who is away."""

    def __init__(self, situation: Situation, wished: Mapping[UUID, Move]) -> None:
        self.situation = situation
        self.wished = wished
        self.bench = Bench(situation.school)
        self.spare, places = situation.reads(others=self.bench.instructors)
        self.elsewhere = OtherTimes(self.spare, not_in=situation.away, places=places)
        self.steps: dict[UUID, Step] = {}
        self.able: dict[UUID, list[Instructor]] = {}
        for move in situation.moves.values():
            self.put(move, without=situation.absent)

    def put(self, move: Move, *, without: Instructor | None = None) -> None:
        self.spare.put(move, students=self.situation.students[move.session.pk], without=without)

    def all(self, prefer: Sequence[Way], given: Sequence[Step]) -> list[Affected]:
        options = {session_id: self._options(move) for session_id, move in self.situation.moves.items()}
        self.able = {
            session_id: [one.instructor for one in candidates if one.is_possible]
            for session_id, (candidates, _others) in options.items()
        }
        for step in given:
            self._accept(step)
        for move in self.situation.moves.values():
            if move.session.starts_at <= now():
                self.steps.setdefault(move.session.pk, Step(move.session.pk, Way.KEEP))
        for way in (*prefer, Way.KEEP):
            for session_id, move in self.situation.moves.items():
                if session_id not in self.steps:
                    self._try(way, move)
        return [
            Affected(
                self.situation.moves[session_id],
                tuple(self.situation.students[session_id]),
                *options[session_id],
                self.steps[session_id],
            )
            for session_id in options
        ]

    def _options(self, move: Move) -> tuple[tuple[Candidate, ...], tuple[Move, ...]]:
        """As if everything else stayed."""
        if move.session.starts_at <= now():
            return (), ()
        session_id, absent = move.session.pk, self.situation.absent
        self.spare.lift(session_id)
        candidates = self.bench.candidates(move, self.spare, instead_of=absent) if absent else []
        others = self.elsewhere.nearest(move, self.situation.students[session_id])
        self.put(move, without=absent)
        return tuple(candidates), tuple(others)

    def _accept(self, step: Step) -> None:
        """As it was given, whether it can be done or not."""
        move = self.situation.moves[step.session_id]
        taker = next((one for one in self.bench.instructors if one.pk == step.instructor_id), None)
        if step.way == Way.SUBSTITUTE and taker:
            self._give(step.session_id, taker)
        if step.way in (Way.MOVE, Way.CANCEL):
            self.spare.lift(step.session_id)
        if step.way == Way.MOVE and step.starts_at:
            self.put(self.elsewhere.with_place(shifted(move, step.starts_at)))
        self.steps[step.session_id] = step

    def _try(self, way: Way, move: Move) -> None:
        session_id = move.session.pk
        if way == Way.SUBSTITUTE:
            self._hand_over(session_id, set())
        elif way == Way.MOVE:
            self._go_elsewhere(move)
        else:
            self.steps[session_id] = Step(session_id, way)
            if way == Way.CANCEL:
                self.spare.lift(session_id)

    def _go_elsewhere(self, move: Move) -> None:
        session_id = move.session.pk
        self.spare.lift(session_id)
        there = self.wished.get(session_id)
        if there is None:
            found = self.elsewhere.nearest(move, self.situation.students[session_id], most=1)
            there = found[0] if found else None
        if there is None:
            self.put(move, without=self.situation.absent)
        else:
            self.put(there)
            self.steps[session_id] = Step(session_id, Way.MOVE, starts_at=there.slots[0].starts_at)

    def _hand_over(self, session_id: UUID, asked: set[tuple[UUID, UUID]]) -> bool:
        """To the first who is able and free; else to one whose other lesson somebody else can take (an augmenting
        path, as in matching)."""
        move = self.situation.moves[session_id]
        for one in self.able[session_id]:
            if self._is_free(one, move):
                self._give(session_id, one)
                return True
        for one in self.able[session_id]:
            for other_id in [other for other, step in self.steps.items() if step.instructor_id == one.pk]:
                if (session_id, other_id) in asked:
                    continue
                asked.add((session_id, other_id))
                self._take_back(other_id)
                if self._is_free(one, move):
                    self._give(session_id, one)
                    if self._hand_over(other_id, asked):
                        return True
                    self._take_back(session_id)
                self._give(other_id, one)
        return False

    def _is_free(self, one: Instructor, move: Move) -> bool:
        return self.bench.candidate(one, move, self.spare).is_possible

    def _give(self, session_id: UUID, to: Instructor) -> None:
        absent = self.situation.absent
        self.put(taken_over(self.situation.moves[session_id], to, from_=absent.pk if absent else None))
        self.steps[session_id] = Step(session_id, Way.SUBSTITUTE, instructor_id=to.pk)

    def _take_back(self, session_id: UUID) -> None:
        self.spare.lift(session_id)
        self.put(self.situation.moves[session_id], without=self.situation.absent)
        self.steps.pop(session_id, None)


def complete(
    situation: Situation, given: Sequence[Step], prefer: Sequence[Way], *, wished: Mapping[UUID, Move] | None = None
) -> list[Step]:
    """A step for each lesson: those that are given, and what is proposed for the rest.

    Raises: LessonsChanged where a lesson is named that is not affected (any more), or with no way preferred one is not
    named; InputRefused where one is named twice.
    """
    if any(times > 1 for times in Counter(step.session_id for step in given).values()):
        raise InputRefused.of("lessons", _("Name each lesson once."))
    named = {step.session_id for step in given}
    if not named <= set(situation.moves) or (not prefer and named != set(situation.moves)):
        raise LessonsChanged(situation.away)
    if named == set(situation.moves):
        return list(given)
    return [one.proposed for one in situation.affected(prefer, given=given, wished=wished)]


def try_again(act: Callable[[], Rearranged], *, may: bool) -> Rearranged:
    """What is worked out anew each time may be tried again when a lesson was booked in the same moment."""
    for _try in range(MOST_TRIES - 1):
        try:
            return act()
        except LessonsChanged:
            if not may:
                raise
    return act()
