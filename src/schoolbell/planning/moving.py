"""Moving sessions: other times, other staff, another place, with everybody who is booked.

Many are moved as one: their old times are given back before any new one is taken, so that a whole day or a series can
shift over itself. Who or what is taken is named. A student's clash may be waived by the office; nobody else's.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.ending import lock_slots
from schoolbell.bookings.holds import Reach, expire_overdue_holds, overdue_sources
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.bookings.refusals import LessonBegun, SessionNotOpen
from schoolbell.catalogue.queries import instructors_of
from schoolbell.diary.claims import Wanted, claim_values, free_time, lock_diaries
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.opening import Opening
from schoolbell.diary.refusals import OutsideOpeningHours, PlaceClosed, SchoolClosed, TimeTaken
from schoolbell.journal.actions import record, tell
from schoolbell.kit.database.statements import GuardFailed, execute
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.refusals import MoveClashes, NotQualified
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Resource, Session, Slot, Staffing
from schoolbell.timetable.queries import slots_and_staff
from schoolbell.timetable.spacing import Planned, neighbours, place_of, rules_of

ALIVE: Final = (Booking.Status.PENDING, Booking.Status.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Move:
    """Where a session goes: a stretch for each of its slots, in order, and who teaches it where. All are given anew:
    `as_it_is` starts from what there is."""

    session: Session  # with its course and school
    slots: tuple[Stretch, ...]
    instructors: tuple[Instructor, ...]  # with their persons, the leading one first
    resource: Resource | None


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


@dataclass(frozen=True, slots=True)
class Seat:
    """A student in one slot of a session that is to be moved."""

    attendance_id: UUID
    slot_id: UUID
    session_id: UUID
    booking_id: UUID
    student: Student


def clashes_of(moves: Sequence[Move]) -> list[MoveClash]:
    """Everything that speaks against these moves, if they were made at once now. Nothing is locked or written."""
    return list(_Moving(moves).clashes())


@transaction.atomic
def move_sessions(
    moves: Sequence[Move],
    *,
    by: Actor,
    waive_students: bool = False,
    despite_rules: bool = False,
    despite_closed: bool = False,
    keeps_terms: bool = False,
) -> list[Session]:
    """Make all of them, or none: if one is refused, the old times stand.

    With `waive_students` a student's clash stands: the seat is kept, the student is told, and may change or cancel free
    of charge. With `despite_closed` they may go where the school or the place is closed: the office means it. What
    stays at its time and place is not asked about that, nor what is meant already and stays on its day. Everybody who
    is booked may cancel free of charge after their lesson was moved to another time, unless it `keeps_terms`: they
    wished it themselves.
    Locks: the hours of the school, then slots, sessions and diaries, each in id order.
    Raises: MoveClashes (a TimeTaken that names who is taken), LessonBegun, SessionNotOpen, NotQualified, InputRefused.
    """
    if not moves:
        return []
    school_id = moves[0].session.school_id
    keep_hours(school_id)
    lock_slots(
        moves[0].session,
        [
            slot.pk
            for slot in Slot.objects.filter(school_id=school_id, session_id__in=[move.session.pk for move in moves])
        ],
    )
    sessions = {
        session.pk: session
        for session in Session.objects.select_for_update(no_key=True, of=("self",))
        .filter(school_id=school_id, id__in=[move.session.pk for move in moves])
        .select_related("course__school", "resource")
        .order_by("id")
    }
    _require_movable(moves, sessions)
    moving = _Moving(moves)
    lock_diaries(school_id, moving.diaries)
    moving = _Moving(moves)  # again: somebody may have booked before the slots were locked
    expire_overdue_holds(in_the_way_of=Reach(school_id, (), tuple((one.diary_id, one.during) for one in moving.wanted)))
    clashes = list(moving.clashes())
    overruled = {"student": waive_students, "closed": despite_closed, "rule": despite_rules}
    if refused := [clash for clash in clashes if not overruled.get(clash.kind)]:
        raise MoveClashes(refused)
    waived = {(clash.session.pk, clash.student.pk) for clash in clashes if clash.student}
    moving.write(waived=waived, closed={clash.session.pk for clash in clashes if clash.is_closed} | moving.stay_meant())
    for move in moves:
        _note(move, sessions[move.session.pk], moving, waived=waived, keeps_terms=keeps_terms, by=by)
    return list(Session.objects.filter(school_id=school_id, id__in=list(sessions)).order_by("starts_at", "id"))


def _require_movable(moves: Sequence[Move], sessions: dict[UUID, Session]) -> None:
    for move in moves:
        session = sessions[move.session.pk]
        if session.status not in (Session.Status.DRAFT, Session.Status.PUBLISHED):
            raise SessionNotOpen(session.pk, detail=_("What was cancelled or is over cannot be moved."))
        if session.starts_at <= now():
            raise LessonBegun(session.pk, detail=_("This has begun, so it cannot be moved."))
        if not move.slots or any(
            later.starts_at < earlier.ends_at for earlier, later in zip(move.slots, move.slots[1:], strict=False)
        ):
            raise InputRefused.of("slots", _("Give the slots in order; each ends before the next one starts."))
        if move.slots[0].starts_at <= now():
            raise InputRefused.of("slots", _("A session can be moved to a time that lies ahead."))
        if len({one.pk for one in move.instructors}) < len(move.instructors):
            raise InputRefused.of("instructors", _("Name each instructor once."))
        if move.resource is not None and move.resource.capacity < session.capacity:
            raise InputRefused.of("resource", _("There is room for %s at most.") % move.resource.capacity)
        before = set(
            Staffing.objects.filter(school_id=session.school_id, session_id=session.pk).values_list(
                "instructor_id", flat=True
            )
        )
        new = {one.pk for one in move.instructors} - before
        if new and not new <= set(instructors_of(session.course).values_list("id", flat=True)):
            raise NotQualified(session.pk)


class _Moving:
    """Everything that these moves take, and what of it is taken already."""

    def __init__(self, moves: Sequence[Move]) -> None:
        self.moves = moves
        self.school_id = moves[0].session.school_id
        self.school = moves[0].session.course.school
        ids = [move.session.pk for move in moves]
        self.slots: dict[UUID, list[Slot]] = {session_id: [] for session_id in ids}
        for slot in Slot.objects.filter(school_id=self.school_id, session_id__in=ids).order_by("starts_at"):
            self.slots[slot.session_id].append(slot)
        for move in moves:
            if len(move.slots) != len(self.slots[move.session.pk]):
                raise InputRefused.of("slots", _("Give as many stretches as the session has slots."))
        self.seats: dict[UUID, list[Seat]] = {session_id: [] for session_id in ids}
        rows = Attendance.objects.filter(
            school_id=self.school_id, slot__session_id__in=ids, is_live=True, booking__status__in=ALIVE
        ).select_related("slot", "student__person")
        for one in rows.order_by("id"):
            seat = Seat(one.pk, one.slot_id, one.slot.session_id, one.booking_id, one.student)
            self.seats[seat.session_id].append(seat)
        self.wanted = [
            *(one for move in moves for one in self._of_staff(move)),
            *(one for move in moves for one, _seat in self._of_students(move)),
        ]

    @property
    def sources(self) -> list[UUID]:
        """What the time of all of them is claimed by now."""
        slots = [slot.pk for slots in self.slots.values() for slot in slots]
        return [*slots, *(seat.attendance_id for seats in self.seats.values() for seat in seats)]

    @property
    def diaries(self) -> set[UUID]:
        """All that are taken from or given to."""
        now_theirs = execute(
            "SELECT diary_id FROM diary_claim WHERE school_id = %(school_id)s AND source = ANY(%(sources)s)",
            {"school_id": self.school_id, "sources": self.sources},
        )
        return {diary_id for (diary_id,) in now_theirs} | {one.diary_id for one in self.wanted}

    def _of_staff(self, move: Move) -> Iterator[Wanted]:
        diaries = [one.person.diary_id for one in move.instructors]
        if move.resource:
            diaries.append(move.resource.diary_id)
        for slot, during in zip(self.slots[move.session.pk], move.slots, strict=True):
            yield from (Wanted(diary_id, during, slot.pk) for diary_id in diaries)

    def _of_students(self, move: Move) -> Iterator[tuple[Wanted, Seat]]:
        times = dict(zip((slot.pk for slot in self.slots[move.session.pk]), move.slots, strict=True))
        for seat in self.seats[move.session.pk]:
            yield Wanted(seat.student.person.diary_id, times[seat.slot_id], seat.attendance_id), seat

    def clashes(self) -> Iterator[MoveClash]:
        taken = self._taken()
        among: dict[UUID, list[tuple[Stretch, UUID]]] = {}
        for one in self.wanted:
            among.setdefault(one.diary_id, []).append((one.during, one.source))
        for move in self.moves:
            names = {one.person.diary_id: one.person.name for one in move.instructors}
            if move.resource:
                names[move.resource.diary_id] = move.resource.name
            asked: list[tuple[Wanted, str, Student | None]] = [
                *((one, names[one.diary_id], None) for one in self._of_staff(move)),
                *((one, seat.student.person.name, seat.student) for one, seat in self._of_students(move)),
            ]
            for wanted, name, student in asked:
                others = [during for during, source in among[wanted.diary_id] if source != wanted.source]
                for during in (*taken.get((wanted.diary_id, wanted.source), ()), *others):
                    if during.overlaps(wanted.during):
                        yield MoveClash(move.session, name, during, student)
        yield from self._closed()
        yield from self._outside_hours()
        yield from self._against_rules()

    def _closed(self) -> Iterator[MoveClash]:
        """Of every time or place that is new: is the school closed then, or the place?"""
        for move in self.moves:
            if self._is_meant(move):
                continue
            same_place = move.session.resource_id == (move.resource.pk if move.resource else None)
            for slot, during in zip(self.slots[move.session.pk], move.slots, strict=True):
                same_time = Stretch(slot.starts_at, slot.ends_at) == during
                if not same_time and self.opening.is_school_closed(during):
                    yield MoveClash(move.session, self.school.name, during, refusal=SchoolClosed(during))
                elif (
                    move.resource
                    and not (same_time and same_place)
                    and (refusal := self.opening.own_obstacle(during, move.resource.diary_id))
                ):
                    yield MoveClash(move.session, move.resource.name, during, refusal=refusal)

    @cached_property
    def opening(self) -> Opening:
        """Of the school, of every place that sessions go to, and of whoever gives lessons on demand."""
        places = {move.resource.diary_id for move in self.moves if move.resource}
        people = {one.person.diary_id for move in self.moves if move.session.on_demand for one in move.instructors}
        slots = [slot for slots in self.slots.values() for slot in slots]
        span = Stretch(
            min(self._span.starts_at, *(slot.starts_at for slot in slots)),
            max(self._span.ends_at, *(slot.ends_at for slot in slots)),
        )
        return Opening(self.school, span, places=places, people=people)

    def _outside_hours(self) -> Iterator[MoveClash]:
        """Of every new time of a lesson on demand: are those who give it open then? Whoever takes it over as it is was
        asked; and where it begins when it did, what was outside of their hours before is agreed."""
        for move in self.moves:
            if not move.session.on_demand:
                continue
            for slot, during in zip(self.slots[move.session.pk], move.slots, strict=True):
                was = Stretch(slot.starts_at, slot.ends_at)
                for who in move.instructors if was != during else ():
                    agreed = was.starts_at == during.starts_at and self._is_outside(was, who)
                    if not agreed and self._is_outside(during, who):
                        yield outside_hours(move.session, who, during)

    def _is_outside(self, during: Stretch, who: Instructor) -> bool:
        return self.opening.own_obstacle(during, who.person.diary_id) is not None

    def _is_meant(self, move: Move) -> bool:
        """Is it given although it is closed, and stays on its day? Then the office is not asked again."""
        slots = zip(self.slots[move.session.pk], move.slots, strict=True)
        where = self.school.zone
        return move.session.despite_closed and all(
            local_day(slot.starts_at, where) == local_day(during.starts_at, where) for slot, during in slots
        )

    def stay_meant(self) -> set[UUID]:
        """Those that were meant where it is closed, and are closed where they go too."""
        return {
            move.session.pk
            for move in self.moves
            if move.session.despite_closed
            and any(
                self.opening.obstacle(during, [move.resource.diary_id] if move.resource else ())
                for during in move.slots
            )
        }

    @property
    def _span(self) -> Stretch:
        slots = [during for move in self.moves for during in move.slots]
        return Stretch(min(one.starts_at for one in slots), max(one.ends_at for one in slots))

    def _taken(self) -> dict[tuple[UUID, UUID], list[Stretch]]:
        """Per diary and source of what is wanted, what others have then."""
        rows = execute(
            _TAKEN_SQL,
            {
                "school_id": self.school_id,
                "diaries": [one.diary_id for one in self.wanted],
                "sources": [one.source for one in self.wanted],
                "starts": [one.during.starts_at for one in self.wanted],
                "ends": [one.during.ends_at for one in self.wanted],
                "apart_from": [*self.sources, *overdue_sources(self.school_id)],
            },
        )
        found: dict[tuple[UUID, UUID], list[Stretch]] = {}
        for diary_id, source, starts_at, ends_at in rows:
            found.setdefault((diary_id, source), []).append(Stretch(starts_at, ends_at))
        return found

    def _against_rules(self) -> Iterator[MoveClash]:
        rules = rules_of(self.school)
        instructors = {one.pk: one for move in self.moves for one in move.instructors}
        if not rules.matter_to(instructors.values()) or not self.wanted:
            return
        resources = {move.resource.pk: move.resource for move in self.moves if move.resource}
        around = neighbours(
            rules,
            self._span,
            instructors=list(instructors.values()),
            resources=list(resources.values()),
            apart_from=[*self.sources, *overdue_sources(self.school_id)],
        )
        for move in self.moves:
            for during in move.slots:
                lesson = Planned(during, move.session.course_id, place_of(move.resource))
                names = [(one.person.diary_id, one.person.name) for one in move.instructors]
                names += [(move.resource.diary_id, move.resource.name)] if move.resource else []
                for diary_id, name in names:
                    if refusal := around[diary_id].objection(lesson):
                        yield MoveClash(move.session, name, during, refusal=refusal)
                    around[diary_id].add(lesson)

    def write(self, *, waived: Collection[tuple[UUID, UUID]], closed: Collection[UUID]) -> None:
        """Give back all old times, take all new ones, and write where and when each session is. `closed` are those that
        go where it is closed, which is meant."""
        free_time(self.school_id, self.sources)
        claims = [one for move in self.moves for one in self._of_staff(move)]
        let_stand: list[Wanted] = []
        for move in self.moves:
            for wanted, seat in self._of_students(move):
                (let_stand if (move.session.pk, seat.student.pk) in waived else claims).append(wanted)
        try:
            execute(_CLAIM_SQL.replace("{waived}", "false"), {"school_id": self.school_id} | claim_values(claims))
            if let_stand:
                execute(_CLAIM_SQL.replace("{waived}", "true"), {"school_id": self.school_id} | claim_values(let_stand))
        except GuardFailed:  # somebody who locks no diary, a seat in a class, was quicker
            raise TimeTaken(self.moves[0].session.pk) from None
        for move in self.moves:
            for slot, during in zip(self.slots[move.session.pk], move.slots, strict=True):
                Slot.objects.filter(school_id=self.school_id, id=slot.pk).update(
                    starts_at=during.starts_at, ends_at=during.ends_at, updated_at=now()
                )
            Session.objects.filter(school_id=self.school_id, id=move.session.pk).update(
                starts_at=move.slots[0].starts_at,
                ends_at=move.slots[-1].ends_at,
                resource_id=move.resource.pk if move.resource else None,
                updated_at=now(),
                **({"despite_closed": move.session.pk in closed} if self._goes_elsewhere(move) else {}),
            )
            self._staff(move)

    def _goes_elsewhere(self, move: Move) -> bool:
        before = [Stretch(slot.starts_at, slot.ends_at) for slot in self.slots[move.session.pk]]
        return before != list(move.slots) or move.session.resource_id != (move.resource.pk if move.resource else None)

    def _staff(self, move: Move) -> None:
        """Who gives it from now on, and who does not any more, is told."""
        rows = Staffing.objects.filter(school_id=self.school_id, session_id=move.session.pk)
        before = [one.instructor for one in rows.select_related("instructor").order_by("-leads", "id")]
        if before == list(move.instructors):
            return
        rows.delete()
        Staffing.objects.bulk_create(
            Staffing(school_id=self.school_id, session=move.session, instructor=one, leads=place == 0)
            for place, one in enumerate(move.instructors)
        )
        for one in before:
            if one not in move.instructors:
                tell("instructor.released", one, about=move.session)
        for one in move.instructors:
            if one not in before:
                tell("instructor.assigned", one, about=move.session)


_TAKEN_SQL = """
    SELECT wanted.diary_id, wanted.source, lower(claim.during), upper(claim.during)
    FROM unnest(%(diaries)s::uuid[], %(sources)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
         AS wanted(diary_id, source, starts_at, ends_at)
    JOIN diary_claim AS claim
        ON claim.school_id = %(school_id)s AND claim.diary_id = wanted.diary_id AND NOT claim.waived
        AND claim.during && tstzrange(wanted.starts_at, wanted.ends_at) AND claim.source <> ALL(%(apart_from)s::uuid[])
    ORDER BY 3
"""
# Hours and buffers are of no concern to constraints: they were looked at under the diaries' locks.
_CLAIM_SQL = f"""
    WITH claimed AS (
        INSERT INTO diary_claim (id, school_id, diary_id, kind, during, source, waived)
        SELECT c.id, %(school_id)s, c.diary_id, 'lesson', tstzrange(c.starts_at, c.ends_at), c.source, {{waived}}
        FROM unnest(%(claim_ids)s::uuid[], %(claim_diaries)s::uuid[], %(claim_starts)s::timestamptz[],
                    %(claim_ends)s::timestamptz[], %(claim_sources)s::uuid[])
             AS c(id, diary_id, starts_at, ends_at, source)
        ORDER BY c.diary_id, c.starts_at
        ON CONFLICT DO NOTHING
        RETURNING id
    )
    SELECT CASE WHEN (SELECT count(*) FROM claimed) < %(claim_count)s THEN schoolbell_refuse('{TimeTaken.code}') END
"""


def _note(
    move: Move,
    before: Session,
    moving: _Moving,
    *,
    waived: Collection[tuple[UUID, UUID]],
    keeps_terms: bool,
    by: Actor,
) -> None:
    """Keep what was, and leave word for everybody who is booked."""
    old = {"starts_at": before.starts_at.isoformat(), "resource": str(before.resource_id or "")}
    new = {
        "starts_at": move.slots[0].starts_at.isoformat(),
        "resource": str(move.resource.pk if move.resource else ""),
        "instructors": [str(one.pk) for one in move.instructors],
    }
    other_time = [Stretch(slot.starts_at, slot.ends_at) for slot in moving.slots[before.pk]] != list(move.slots)
    event = "moved" if other_time else "changed"
    record(f"session.{event}", before, by=by, old=old, new=new)
    booked = Booking.objects.filter(
        school_id=before.school_id, id__in={seat.booking_id for seat in moving.seats[before.pk]}
    )
    if other_time and not keeps_terms:
        booked.update(moved_at=now(), updated_at=now())
    for booking in booked.order_by("id"):
        record(
            f"booking.{event}",
            booking,
            by=by,
            student_id=booking.student_id,
            client_id=booking.client_id,
            old=old,
            new=new | {"waived": (before.pk, booking.student_id) in waived},
        )
        tell(f"booking.{event}", booking)
