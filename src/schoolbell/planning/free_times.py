"""When a course can be taken: seats in published sessions, and free times of those who teach it on demand."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from schoolbell.bookings.holds import overdue_sources
from schoolbell.bookings.queries import seats_left
from schoolbell.bookings.rules import earliest_start, latest_start
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import instructors_of
from schoolbell.diary.opening import Opening
from schoolbell.diary.queries import free_stretches
from schoolbell.kit.database.statements import read
from schoolbell.kit.time import Stretch, covered, less, now
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.grid import grid
from schoolbell.planning.offers import on_offer
from schoolbell.planning.promised import taken_by_series
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Session, Staffing
from schoolbell.timetable.queries import slots_and_staff
from schoolbell.timetable.spacing import Neighbours, Planned, neighbours, place_of, rules_of


class FreeTime(NamedTuple):
    """A start that can be booked now. `session` None: a lesson on demand, in `resource` if the course needs one."""

    during: Stretch
    instructor: Instructor | None
    resource: Resource | None
    session: Session | None = None
    seats_left: int = 1
    under_rules: bool = False  # are there rules between neighbours, to be asked again when it is booked?

    @property
    def place(self) -> "Place":
        """Where it stands among all others: no two stand at the same."""
        instructor, session = self.instructor, self.session
        return (self.during, str(instructor.pk) if instructor else "", str(session.pk) if session else "")


Place = tuple[Stretch, str, str]


def free_times(
    school: School,
    course: Course,
    within: Stretch,
    *,
    instructor_id: UUID | None = None,
    student: Student | None = None,
    after: Place | None = None,
    most: int | None = None,
) -> list[FreeTime]:
    """What of the course starts within the stretch and can be booked now, in order of time: so many behind `after`.

    With a `student` (and their person), only when they have nothing else.
    """
    if after and after[0].starts_at >= within.ends_at:
        return []
    if after:
        within = Stretch(max(within.starts_at, after[0].starts_at), within.ends_at)
    found = FreeTimes(school, course, within, instructor_id=instructor_id, student=student).times(within)
    return list(islice((free for free in found if after is None or free.place > after), most))


class FreeTimes:
    """The same, read once and asked for parts of the stretch as often as one likes."""

    def __init__(
        self,
        school: School,
        course: Course,
        within: Stretch,
        *,
        instructor_id: UUID | None = None,
        student: Student | None = None,
    ) -> None:
        self._seats = open_seats(school, course, within, instructor_id=instructor_id, student=student)
        self._search = _search(course, within, instructor_id=instructor_id, student=student)

    def times(self, within: Stretch) -> Iterator[FreeTime]:
        """In order of their places."""
        seats = self._seats_in(within)
        lessons = self._search.within(within).lessons() if self._search else iter(())
        return merge(seats, lessons, key=lambda free: free.place) if seats else lessons

    def starts(self, within: Stretch) -> list[dt.datetime]:
        """Those of all, each once, in order: cheap enough for a whole month."""
        starts = {seat.during.starts_at for seat in self._seats_in(within)}
        if self._search:
            search = self._search.within(within)
            for instructor, stretch in search.stretches:
                for start in search.starts_in(stretch):
                    if start not in starts and search.rooms_for(Stretch.known(start, start + search.lasts), instructor):
                        starts.add(start)
        return sorted(starts)

    def _seats_in(self, within: Stretch) -> list[FreeTime]:
        return [seat for seat in self._seats if within.starts_at <= seat.during.starts_at < within.ends_at]


def open_seats(
    school: School, course: Course, within: Stretch, *, instructor_id: UUID | None, student: Student | None
) -> list[FreeTime]:
    """Open seats in published sessions, in order; with a student, those they have time for."""
    seats = sorted(_seats(school, course, within, instructor_id=instructor_id), key=lambda free: free.place)
    return seats if student is None else list(_while_free(seats, student))


def _while_free(seats: Sequence[FreeTime], student: Student) -> Iterator[FreeTime]:
    """Those in whose slots the student has nothing else; where slots are chosen, in one that can still be."""
    slots, _staff = slots_and_staff([seat.session for seat in seats if seat.session])
    if not slots:
        return
    free = StudentFree(student, Stretch(seats[0].during.starts_at, max(seat.during.ends_at for seat in seats)))
    for seat in seats:
        if seat.session is None:
            continue
        own = [free.during(Stretch(one.starts_at, one.ends_at)) for one in slots[seat.session.pk]]
        ahead = [has_time for has_time, one in zip(own, slots[seat.session.pk], strict=True) if one.starts_at > now()]
        if any(ahead) if seat.session.choose_slots else all(own):
            yield seat


def _seats(school: School, course: Course, within: Stretch, *, instructor_id: UUID | None) -> Iterator[FreeTime]:
    asked = {"school_id": school.pk, "course_id": course.pk, "from": max(within.starts_at, now())}
    starts = dict(read(_SESSIONS_SQL, asked | {"until": within.ends_at, "now": now()}))
    if not starts:  # as with most courses on demand
        return
    sessions = list(Session.objects.of(school).filter(id__in=list(starts)).select_related("resource"))
    for session in sessions:
        session.course = course
    sessions = on_offer(sessions)
    left = seats_left(sessions)
    leading: dict[UUID, Instructor] = {}
    for staffing in (
        Staffing.objects.of(school)
        .filter(session_id__in=[session.pk for session in sessions])
        .select_related("instructor__person")
        .order_by("leads", "id")
    ):
        if instructor_id in (None, staffing.instructor_id):
            leading[staffing.session_id] = staffing.instructor
    for session in sessions:
        taught = instructor_id is None or session.pk in leading
        if left[session.pk] > 0 and taught:
            yield FreeTime(
                Stretch(starts[session.pk], session.ends_at),
                leading.get(session.pk),
                session.resource,
                session,
                left[session.pk],
            )


def lessons_on_demand(
    course: Course,
    within: Stretch,
    *,
    instructor_id: UUID | None = None,
    only_at: dt.datetime | None = None,
    student: Student | None = None,
    apart_from: Sequence[UUID] = (),
) -> list[FreeTime]:
    """Lessons that could be made for a one-to-one course: somebody who may teach it is open and free, and so is a
    resource where it needs one. They start on the school's grid, not sooner and not later than its policies allow, and
    keep its rules between neighbours (`timetable.spacing`).

    `only_at` looks at one start alone. `apart_from` are sources of claims that do not count: of a lesson that moves.
    """
    search = _search(
        course, within, instructor_id=instructor_id, only_at=only_at, student=student, apart_from=apart_from
    )
    if search is None:
        return []
    return list(search.lessons())


# Where slots are chosen, what has begun starts anew with the next of them.
_SESSIONS_SQL = """
    SELECT id, starts_at FROM timetable_session
    WHERE school_id = %(school_id)s AND course_id = %(course_id)s AND status = 'published' AND NOT on_demand
      AND starts_at >= %(from)s AND starts_at < %(until)s
    UNION ALL
    SELECT session.id, following.starts_at
    FROM timetable_session session
    CROSS JOIN LATERAL (SELECT min(slot.starts_at) AS starts_at FROM timetable_slot slot
                        WHERE slot.school_id = session.school_id AND slot.session_id = session.id
                          AND slot.starts_at > %(now)s) following
    WHERE session.school_id = %(school_id)s AND session.course_id = %(course_id)s AND session.choose_slots
      AND session.status = 'published' AND NOT session.on_demand AND session.ends_at > %(now)s
      AND session.starts_at < %(from)s AND session.starts_at <= %(now)s
      AND following.starts_at >= %(from)s AND following.starts_at < %(until)s
"""


class StudentFree:
    """When a student has nothing else, their holds that ran out apart, and nothing `promised` (`planning.promised`)."""

    def __init__(
        self,
        student: Student,
        within: Stretch,
        *,
        overdue: Sequence[UUID] | None = None,
        promised: Mapping[UUID, list[Stretch]] | None = None,
    ) -> None:
        sources = overdue_sources(student.school_id) if overdue is None else overdue
        diary_id = student.person.diary_id
        found = free_stretches(student.school_id, [diary_id], within, overdue=sources, always_open=True)
        self.stretches = less(found.get(diary_id, []), (promised or {}).get(diary_id, ()))

    def during(self, wanted: Stretch) -> bool:
        return covered(wanted, self.stretches)


@dataclass(frozen=True, slots=True)
class _Search:
    """Where lessons on demand can lie: starts that the school allows, who is free when, which rooms are, and what the
    rules between neighbours say (nothing, where there are none)."""

    course: Course
    lasts: dt.timedelta
    starts: list[dt.datetime]
    stretches: list[tuple[Instructor, Stretch]]  # by the instructors' ids, then in order of time
    rooms: list[tuple[Resource, list[Stretch]]]
    around: Mapping[UUID, Neighbours]

    def lessons(self) -> Iterator[FreeTime]:
        """Those that could be given, in order of their places."""
        free_at: list[list[Instructor]] = [[] for _start in self.starts]
        for instructor, stretch in self.stretches:  # of whom they come in order
            for place in self._places_in(stretch):
                free_at[place].append(instructor)
        needs_room, under_rules = bool(self.course.resource_kind), bool(self.around)
        for starts_at, instructors in zip(self.starts, free_at, strict=True):
            during = Stretch.known(starts_at, starts_at + self.lasts)
            for instructor in instructors:
                if not (needs_room or under_rules):
                    yield FreeTime(during, instructor, None)
                    continue
                for room in self.rooms_for(during, instructor):
                    yield FreeTime(during, instructor, room, under_rules=under_rules)

    def within(self, within: Stretch) -> "_Search":
        """The same for starts in that part of it alone."""
        first, after = (bisect_left(self.starts, at) for at in (within.starts_at, within.ends_at))
        stretches = [(instructor, free) for instructor, free in self.stretches if free.overlaps(within)]
        return replace(self, starts=self.starts[first:after], stretches=stretches)

    def starts_in(self, free: Stretch) -> list[dt.datetime]:
        return [self.starts[place] for place in self._places_in(free)]

    def _places_in(self, free: Stretch) -> range:
        """Of the starts from which a lesson lies in it."""
        return range(bisect_left(self.starts, free.starts_at), bisect_right(self.starts, free.ends_at - self.lasts))

    def rooms_for(self, during: Stretch, instructor: Instructor) -> tuple[Resource | None, ...]:
        """The first room that is free all the while and suits that instructor; `(None,)` where none is needed."""
        if not self.course.resource_kind:
            return (None,) if self._suits(during, instructor, None) else ()
        for room, free in self.rooms:
            if covered(during, free) and self._suits(during, instructor, room):
                return (room,)
        return ()

    def _suits(self, during: Stretch, instructor: Instructor, room: Resource | None) -> bool:
        if not self.around:
            return True
        lesson = Planned(during, self.course.pk, place_of(room))
        return not any(
            self.around[diary_id].objection(lesson)
            for diary_id in (instructor.person.diary_id, *((room.diary_id,) if room else ()))
        )


def _search(
    course: Course,
    within: Stretch,
    *,
    instructor_id: UUID | None,
    only_at: dt.datetime | None = None,
    student: Student | None = None,
    apart_from: Sequence[UUID] = (),
) -> _Search | None:
    if course.format != Course.Format.ONE_TO_ONE or not course.is_active:
        return None
    lasts = dt.timedelta(minutes=course.duration_minutes)
    earliest = max(within.starts_at, earliest_start(course))
    latest = min(within.ends_at, latest_start(course) + dt.timedelta.resolution)  # the last moment is one of them
    if (only_at is not None and not earliest <= only_at <= latest) or earliest >= latest:
        return None
    asked = Stretch(only_at, only_at + dt.timedelta(minutes=1)) if only_at else Stretch(earliest, latest)
    span = Stretch(asked.starts_at, asked.ends_at + lasts)
    overdue = [*overdue_sources(course.school_id), *apart_from]
    starts = [at for at in sorted(grid(asked, course)) if only_at in (None, at)]
    starts = Opening(course.school, span).while_open(starts, lasts)
    instructors = {
        instructor.person.diary_id: instructor
        for instructor in instructors_of(course)
        if instructor_id in (None, instructor.pk)
    }
    rooms = _rooms(course)
    own = {student.person.diary_id} if student else set()
    promised = taken_by_series(course.school, span, {*instructors, *rooms, *own})
    if student is not None:
        free_student = StudentFree(student, span, overdue=overdue, promised=promised)
        starts = [at for at in starts if free_student.during(Stretch(at, at + lasts))]
    free = _less(free_stretches(course.school_id, instructors.keys(), span, overdue=overdue), promised)
    room_free = free_stretches(course.school_id, rooms.keys(), span, overdue=overdue, always_open=True) if rooms else {}
    room_free = _less(room_free, promised)
    return _Search(
        course,
        lasts,
        starts,
        [(one, stretch) for diary_id, one in instructors.items() for stretch in free.get(diary_id, ())],
        [(room, room_free[diary_id]) for diary_id, room in rooms.items() if diary_id in room_free],
        _around(course, span, list(instructors.values()), list(rooms.values()), overdue=overdue),
    )


def _less(free: Mapping[UUID, list[Stretch]], promised: Mapping[UUID, list[Stretch]]) -> Mapping[UUID, list[Stretch]]:
    if not promised:
        return free
    return {diary_id: less(own, promised[diary_id]) if diary_id in promised else own for diary_id, own in free.items()}


def _around(
    course: Course,
    span: Stretch,
    instructors: Sequence[Instructor],
    rooms: Sequence[Resource],
    *,
    overdue: Sequence[UUID],
) -> Mapping[UUID, Neighbours]:
    """Everybody's neighbours, where any rule asks for them."""
    rules = rules_of(course.school)
    if not rules.matter_to(instructors):
        return {}
    return neighbours(rules, span, instructors=instructors, resources=rooms, apart_from=overdue)


def _rooms(course: Course) -> dict[UUID, Resource]:
    if not course.resource_kind:
        return {}
    rows = Resource.objects.filter(school_id=course.school_id, kind=course.resource_kind, is_active=True)
    return {room.diary_id: room for room in rows.order_by("id")}
