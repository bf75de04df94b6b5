"""What sessions that move take together, and everything that speaks against it. Nothing here locks or writes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.holds import overdue_sources
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.diary.claims import Wanted
from schoolbell.diary.opening import Opening
from schoolbell.diary.refusals import SchoolClosed
from schoolbell.diary.waived import waived_by
from schoolbell.kit.database.statements import execute
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, local_day
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.moves import Move, MoveClash, outside_hours
from schoolbell.timetable.models import Slot
from schoolbell.timetable.queries import staff_of
from schoolbell.timetable.spacing import Planned, neighbours, place_of, rules_of

ALIVE: Final = (Booking.Status.PENDING, Booking.Status.CONFIRMED)


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
    return list(Moving(moves).clashes())


class Moving:
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
            *(one for move in moves for one in self.of_staff(move)),
            *(one for move in moves for one, _seat in self.of_students(move)),
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

    def of_staff(self, move: Move) -> Iterator[Wanted]:
        diaries = [one.person.diary_id for one in move.instructors]
        if move.resource:
            diaries.append(move.resource.diary_id)
        for slot, during in zip(self.slots[move.session.pk], move.slots, strict=True):
            yield from (Wanted(diary_id, during, slot.pk) for diary_id in diaries)

    def of_students(self, move: Move) -> Iterator[tuple[Wanted, Seat]]:
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
                *((one, names[one.diary_id], None) for one in self.of_staff(move)),
                *((one, seat.student.person.name, seat.student) for one, seat in self.of_students(move)),
            ]
            for wanted, name, student in asked:
                if wanted in self.agreed:
                    continue
                others = [during for during, source in among[wanted.diary_id] if source != wanted.source]
                for during in (*taken.get((wanted.diary_id, wanted.source), ()), *others):
                    if during.overlaps(wanted.during):
                        yield MoveClash(move.session, name, during, student)
        yield from self._closed()
        yield from self._outside_hours()
        yield from self._against_rules()

    @cached_property
    def agreed(self) -> set[Wanted]:
        """Where the office let a student's clash stand before, and the lesson stays at its time: that holds."""
        return waived_by(self.school_id, self.sources) & set(self.wanted)

    def _closed(self) -> Iterator[MoveClash]:
        """Of every time or place that is new: is the school closed then, or the place?"""
        for move in self.moves:
            if self._is_meant(move):
                continue
            same_place = _stays_in_place(move)
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
        """Of every diary whose time or place is new. Whoever or whatever has the lesson already, at its time and in its
        place, is not asked about it: rules may have come later. It counts for what is new."""
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
        before = staff_of([move.session for move in self.moves])
        asked: list[tuple[Move, Planned, UUID, str]] = []
        for move in self.moves:
            names = [(one.person.diary_id, one.person.name) for one in move.instructors]
            names += [(move.resource.diary_id, move.resource.name)] if move.resource else []
            new = {one.person.diary_id for one in move.instructors if one not in before[move.session.pk]}
            for slot, during in zip(self.slots[move.session.pk], move.slots, strict=True):
                lesson = Planned(during, move.session.course_id, place_of(move.resource))
                stays = Stretch(slot.starts_at, slot.ends_at) == during and _stays_in_place(move)
                for diary_id, name in names:
                    if stays and diary_id not in new:
                        around[diary_id].add(lesson)
                    else:
                        asked.append((move, lesson, diary_id, name))
        for move, lesson, diary_id, name in asked:
            if refusal := around[diary_id].objection(lesson):
                yield MoveClash(move.session, name, lesson.during, refusal=refusal)
            around[diary_id].add(lesson)


def _stays_in_place(move: Move) -> bool:
    return bool(move.session.resource_id == (move.resource.pk if move.resource else None))


_TAKEN_SQL = """
    SELECT wanted.diary_id, wanted.source, lower(claim.during), upper(claim.during)
    FROM unnest(%(diaries)s::uuid[], %(sources)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
         AS wanted(diary_id, source, starts_at, ends_at)
    JOIN diary_claim AS claim
        ON claim.school_id = %(school_id)s AND claim.diary_id = wanted.diary_id AND NOT claim.waived
        AND claim.during && tstzrange(wanted.starts_at, wanted.ends_at) AND claim.source <> ALL(%(apart_from)s::uuid[])
    ORDER BY 3
"""
