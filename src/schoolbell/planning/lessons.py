"""Lessons on demand: the booking makes its own session, in the same statement."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from schoolbell.bookings.holds import overdue_sources
from schoolbell.bookings.rules import require_in_time
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import instructors_of
from schoolbell.diary.claims import Wanted, lock_diaries
from schoolbell.diary.keeping import keep_hours
from schoolbell.diary.opening import Opening
from schoolbell.diary.queries import free_stretches
from schoolbell.diary.refusals import OutsideOpeningHours, SchoolClosed, TimeTaken
from schoolbell.kit.database.statements import Part
from schoolbell.kit.ids import new_id
from schoolbell.kit.refusals import NotFound, Refusal
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Instructor
from schoolbell.planning.choosing import in_order_of_choice
from schoolbell.planning.free_times import FreeTime, lessons_on_demand
from schoolbell.planning.grid import grid
from schoolbell.planning.refusals import NotOnDemand, NotQualified, OffGrid
from schoolbell.schools.actor import Actor
from schoolbell.timetable.spacing import Planned, neighbours, place_of, require_spaced, rules_of


@dataclass(frozen=True, slots=True)
class Lesson:
    """A session that is about to be made: one slot, one seat, one instructor, perhaps a resource."""

    session_id: UUID
    slot_id: UUID
    course: Course
    free: FreeTime
    trial: bool

    @property
    def during(self) -> Stretch:
        return self.free.during

    @property
    def instructor(self) -> Instructor:
        if self.free.instructor is None:
            raise ValueError("a lesson on demand has somebody to teach it")
        return self.free.instructor

    @property
    def diaries(self) -> tuple[UUID, ...]:
        """Its staff's and resource's."""
        of_staff = self.instructor.person.diary_id
        return (of_staff, self.free.resource.diary_id) if self.free.resource else (of_staff,)

    @property
    def claims(self) -> tuple[Wanted, ...]:
        """What it takes of its staff's and resource's time."""
        return tuple(Wanted(diary_id, self.during, self.slot_id) for diary_id in self.diaries)

    def require_possible(self) -> None:
        """Ask once more, within the transaction that takes the time, what may have changed since it was planned: a day
        was closed, or hours; where there are rules between neighbours, another lesson came.

        Raises: SchoolClosed, PlaceClosed, OutsideOpeningHours, AgainstRules.
        """
        keep_hours(self.course.school_id)
        places = [self.free.resource.diary_id] if self.free.resource else []
        opening = Opening(self.course.school, self.during, places=places, people=[self.instructor.person.diary_id])
        if closed := opening.obstacle(self.during, self.diaries):
            raise closed
        if self.free.under_rules:
            self._require_spaced()

    def _require_spaced(self) -> None:
        """Under the locks of whose time it takes."""
        lock_diaries(self.course.school_id, self.diaries)
        require_spaced(
            rules_of(self.course.school),
            [Planned(self.during, self.course.pk, place_of(self.free.resource))],
            instructors=[self.instructor],
            resource=self.free.resource,
        )

    def opening(self, *, by: Actor) -> Part:
        """The part of the booking's statement that writes the session. It leaves `seated`, with one seat taken."""
        return Part(
            _OPENING_SQL,
            {
                "course_id": self.course.pk,
                "resource_id": self.free.resource.pk if self.free.resource else None,
                "session_type": "trial" if self.trial else "regular",
                "lesson_starts_at": self.during.starts_at,
                "lesson_ends_at": self.during.ends_at,
                "session_timezone": self.course.school.timezone,
                "slot_id": self.slot_id,
                "staffing_id": new_id(),
                "instructor_id": self.instructor.pk,
                "created_by": by.who,
            },
        )


_OPENING_SQL = """
    opened AS (
        INSERT INTO timetable_session (id, school_id, course_id, resource_id, status, type, on_demand, capacity,
                                       choose_slots, starts_at, ends_at, timezone, notes, created_by, published_at)
        SELECT %(session_id)s, %(school_id)s, %(course_id)s, %(resource_id)s, 'published', %(session_type)s, true, 1,
               false, %(lesson_starts_at)s, %(lesson_ends_at)s, %(session_timezone)s, '', %(created_by)s,
               statement_timestamp()
        WHERE {gate}
        RETURNING id
    ),
    seated AS (
        INSERT INTO timetable_slot (id, school_id, session_id, starts_at, ends_at, capacity, seats_taken, is_open)
        SELECT %(slot_id)s, %(school_id)s, opened.id, %(lesson_starts_at)s, %(lesson_ends_at)s, 1, 1, true FROM opened
        RETURNING id
    ),
    staffed AS (
        INSERT INTO timetable_staffing (id, school_id, session_id, instructor_id, leads)
        SELECT %(staffing_id)s, %(school_id)s, opened.id, %(instructor_id)s, true FROM opened
    )"""


def plan_lesson(
    course: Course,
    starts_at: dt.datetime,
    *,
    instructor_id: UUID | None = None,
    trial: bool = False,
    apart_from: Sequence[UUID] = (),
) -> list[Lesson]:
    """The ways in which that lesson can be given, the first being the first to try (policy any_instructor); at least
    one.

    Raises: NotOnDemand, NotQualified, NotFound, TimeTaken, TooLateToBook, TooFarAhead, OffGrid, OutsideOpeningHours,
    SchoolClosed, AgainstRules.
    """
    if course.format != Course.Format.ONE_TO_ONE or not course.is_active:
        raise NotOnDemand(course.pk)
    during = Stretch(starts_at, starts_at + dt.timedelta(minutes=course.duration_minutes))
    ways = lessons_on_demand(
        course,
        Stretch(during.starts_at, during.starts_at + dt.timedelta(minutes=1)),
        instructor_id=instructor_id,
        only_at=during.starts_at,
        apart_from=apart_from,
    )
    if not ways:
        raise why_not(course, during, instructor_id=instructor_id, apart_from=apart_from)
    lessons = {free.instructor.pk: Lesson(new_id(), new_id(), course, free, trial) for free in ways if free.instructor}
    asked = in_order_of_choice([lesson.instructor for lesson in lessons.values()], course, during)
    return [lessons[instructor.pk] for instructor in asked]


def why_not(course: Course, during: Stretch, *, instructor_id: UUID | None, apart_from: Sequence[UUID] = ()) -> Refusal:
    """The refusal that says best why a lesson cannot be then. That the time is taken goes before all other reasons."""
    teachers = [one for one in instructors_of(course) if instructor_id in (None, one.pk)]
    if not teachers and instructor_id is not None:
        known = Instructor.objects.filter(school_id=course.school_id, id=instructor_id).exists()
        return NotQualified(instructor_id) if known else NotFound(instructor_id)
    diaries = [one.person.diary_id for one in teachers]
    overdue = [*overdue_sources(course.school_id), *apart_from]

    def somebody(**options: bool) -> bool:
        free = free_stretches(course.school_id, diaries, during, overdue=overdue, **options)
        return any(stretch.covers(during) for stretches in free.values() for stretch in stretches)

    if diaries and not somebody(ignore_hours=True):
        return TimeTaken(during)
    try:
        require_in_time(during.starts_at, course)
        require_on_grid(during, course)
    except Refusal as refusal:
        return refusal
    if Opening(course.school, during).is_school_closed(during):
        return SchoolClosed(during)
    if not somebody(ignore_claims=True):
        return OutsideOpeningHours(during)
    # Somebody is open: then they are taken, while whoever is free is closed; or every room is taken; or a rule is why.
    free = free_stretches(course.school_id, diaries, during, overdue=overdue)
    open_and_free = [
        one for one in teachers if any(stretch.covers(during) for stretch in free.get(one.person.diary_id, ()))
    ]
    return _against_rules(course, during, open_and_free, overdue=overdue) or TimeTaken(during)


def _against_rules(
    course: Course, during: Stretch, instructors: Sequence[Instructor], *, overdue: Sequence[UUID]
) -> Refusal | None:
    rules = rules_of(course.school)
    if not rules.matter_to(instructors):
        return None
    around = neighbours(rules, during, instructors=instructors, apart_from=overdue)
    said = (one.objection(Planned(during, course.pk)) for one in around.values())
    return next((refusal for refusal in said if refusal), None)


def require_on_grid(during: Stretch, course: Course) -> None:
    if during.starts_at not in grid(during, course):
        raise OffGrid(during)
