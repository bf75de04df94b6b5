"""Who could take a lesson over, and how it is handed over.

Ranked: those who can before those who cannot, then by proficiency in the course, then by how little they teach that
week, then by what clients say of them; equals in the order in which they came to the school.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from schoolbell.bookings.ending import lock_slots
from schoolbell.catalogue.models import Qualification
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.refusals import OutsideOpeningHours
from schoolbell.kit.database.collisions import in_one_go
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Instructor, InstructorStats
from schoolbell.planning.moves import Move, as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.refusals import LessonsChanged, NotQualified
from schoolbell.planning.spare_time import SpareTime
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Slot
from schoolbell.timetable.spacing import Planned, place_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might take over. `obstacle` says why they cannot; None: they can. `proficiency` is None where
    nothing is on file for them, and they may teach every course."""

    instructor: Instructor
    obstacle: Refusal | None
    proficiency: int | None
    minutes_that_week: int
    stats: InstructorStats | None = None  # None: nothing was counted yet

    @property
    def is_possible(self) -> bool:
        return self.obstacle is None

    @property
    def is_outside_hours(self) -> bool:
        """Free, but not open then: the office may ask them all the same."""
        return isinstance(self.obstacle, OutsideOpeningHours)

    @property
    def rank(self) -> tuple[bool, int, int, float, str]:
        rating = self.stats.average_rating if self.stats and self.stats.average_rating else 0
        return (
            not self.is_possible,
            -(self.proficiency or 0),
            self.minutes_that_week,
            -float(rating),
            str(self.instructor.pk),
        )


class Bench:
    """Everybody who teaches at a school now, what they may teach, and how they are rated. Three queries."""

    def __init__(self, school: School) -> None:
        active = Instructor.objects.of(school).filter(status=Instructor.Status.ACTIVE)
        self.instructors = list(active.select_related("person").order_by("id"))
        self._levels: dict[UUID, dict[UUID, int]] = {}
        for one in Qualification.objects.of(school).only("school_id", "instructor_id", "course_id", "proficiency"):
            self._levels.setdefault(one.instructor_id, {})[one.course_id] = one.proficiency

        self._stats = {one.instructor_id: one for one in InstructorStats.objects.of(school)}

    def candidates(self, move: Move, spare: SpareTime, *, instead_of: Instructor | None = None) -> list[Candidate]:
        """Everybody but those who teach it now, ranked."""
        there = {one.pk for one in move.instructors} | ({instead_of.pk} if instead_of else set())
        found = [self.candidate(one, move, spare) for one in self.instructors if one.pk not in there]
        return sorted(found, key=lambda one: one.rank)

    def candidate(self, one: Instructor, move: Move, spare: SpareTime) -> Candidate:
        own = self._levels.get(one.pk)
        level = own.get(move.session.course_id) if own else None
        obstacle: Refusal | None
        if own and level is None:
            obstacle = NotQualified(one.pk)
        else:
            lessons = [Planned(during, move.session.course_id, place_of(move.resource)) for during in move.slots]
            meant = move.session.despite_closed
            obstacle = spare.obstacle(one.person.diary_id, lessons, despite_closed=meant)
        minutes = spare.minutes_in_week(one.person.diary_id, move.slots[0].starts_at)
        return Candidate(one, obstacle, level, minutes, self._stats.get(one.pk))


def substitutes_for(
    sessions: Sequence[Session], *, instead_of: Instructor | None = None
) -> dict[UUID, list[Candidate]]:
    """Per session (with its course, school and resource), who could take over from `instead_of`, or from who leads it.

    As many queries for many sessions as for one.
    """
    if not sessions:
        return {}
    school = sessions[0].course.school
    moves = as_it_is(sessions)
    bench = Bench(school)
    span = Stretch(min(one.slots[0].starts_at for one in moves), max(one.slots[-1].ends_at for one in moves))
    spare = SpareTime(school, span, instructors=bench.instructors)
    return {move.session.pk: bench.candidates(move, spare, instead_of=instead_of) for move in moves}


def taken_over(move: Move, instructor: Instructor, *, from_: UUID | None = None) -> Move:
    """The same with somebody else in the place of `from_`, or of who leads it."""
    leaves = from_ or (move.instructors[0].pk if move.instructors else None)
    if leaves not in {one.pk for one in move.instructors}:
        return replace(move, instructors=(*move.instructors, instructor))
    staff = tuple(instructor if one.pk == leaves else one for one in move.instructors)
    return replace(move, instructors=staff)


@in_one_go
def substitute(
    session: Session,
    instructor: Instructor,
    *,
    by: Actor,
    instead_of: Instructor | None = None,
    was_given_by: Sequence[UUID] | None = None,
) -> Session:
    """From now on `instructor` gives this session, in the place of `instead_of` or of who leads it.

    `was_given_by` are those who gave it as whoever hands it over saw it, the leading one first. Opening hours do not
    count here: the office has asked them. Raises LessonsChanged where `instead_of` does not give it any more, and what
    `move_sessions` raises.
    """
    keep_hours(session.school_id)
    (move,) = as_it_is([locked_session(session)])
    _require_gives(move, instead_of)
    there = taken_over(move, instructor, from_=instead_of.pk if instead_of else None)
    seen = None if was_given_by is None else tuple(was_given_by)
    (changed,) = move_sessions([replace(there, was_given_by=seen)], by=by)
    return changed


def _require_gives(move: Move, instead_of: Instructor | None) -> None:
    """Nobody is replaced twice. Raises LessonsChanged."""
    if instead_of is not None and instead_of not in move.instructors:
        raise LessonsChanged(
            Stretch(move.session.starts_at, move.session.ends_at),
            detail=_("%s does not give this any more. Nothing was done: look who gives it now.")
            % instead_of.person.name,
        )


def locked_session(session: Session) -> Session:
    """As it is now, with course, school and resource: until this transaction is over nobody moves it, hands it over or
    takes a seat in it."""
    slots = Slot.objects.filter(school_id=session.school_id, session_id=session.pk)
    lock_slots(session, list(slots.values_list("id", flat=True)))
    rows = Session.objects.filter(school_id=session.school_id).select_related("course__school", "resource")
    return rows.get(id=session.pk)
