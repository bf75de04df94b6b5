"""Open requests, and the school as it is, as a problem for the solver."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from schoolbell.catalogue.models import ResourceKind
from schoolbell.catalogue.queries import instructors_of
from schoolbell.kit.time import local_day, now
from schoolbell.people.models import Instructor
from schoolbell.planning.matching_problem import (
    DAY,
    WEEK,
    InstructorWeek,
    Key,
    Place,
    Problem,
    ResourceWeek,
    Span,
    Wish,
)
from schoolbell.planning.models import LessonRequest
from schoolbell.planning.weeks import ALL_WEEK, Taken, always_within, spans, weekly_hours, weekly_taken
from schoolbell.schools.models import School
from schoolbell.schools.policies import Policies
from schoolbell.timetable.models import Resource
from schoolbell.timetable.spacing import Rules, rules_of


def problem_of(
    school: School,
    requests: Sequence[LessonRequest],
    *,
    current: Mapping[Key, Place] | None = None,
    apart_from: Collection[UUID] = (),
) -> Problem:
    """`requests` with their students' persons and courses. Keys are the ids of rows. A place in `current` may be kept
    whatever the request says; `apart_from` are series whose time is not counted as taken.

    All are looked at in the weeks from the first day on which one of them is to start.
    """
    today = local_day(now(), school.zone)
    first = max(today, min((one.starts_on for one in requests), default=today))
    courses = {one.course_id: one.course for one in requests}
    teachers = {course_id: list(instructors_of(course)) for course_id, course in courses.items()}
    staff = {one.pk: one for found in teachers.values() for one in found}
    kinds = {course.resource_kind for course in courses.values()} - {""}
    rooms = list(Resource.objects.of(school).filter(kind__in=kinds, is_active=True).order_by("id"))
    students = {one.student.person.diary_id for one in requests}
    diaries = {one.person.diary_id for one in staff.values()} | {one.diary_id for one in rooms}
    hours, school_hours = weekly_hours(school, diaries, first)
    taken = weekly_taken(school, diaries | students, first, apart_from=apart_from)
    rules = rules_of(school)
    gaps = _gaps_of(rules, rooms)
    limits = _limits_of(rules, courses)
    return Problem(
        tuple(
            _with_its_place(
                _wish(one, teachers[one.course_id], taken[one.student.person.diary_id], first, gaps, school, rules),
                (current or {}).get(one.pk),
                {teacher.pk for teacher in teachers[one.course_id]},
            )
            for one in requests
        ),
        tuple(
            _instructor_week(
                one, hours.get(one.person.diary_id, 0) & school_hours, taken[one.person.diary_id], gaps, limits
            )
            for one in sorted(staff.values(), key=lambda one: one.pk)
        ),
        tuple(
            ResourceWeek(
                one.pk,
                one.kind,
                spans(hours.get(one.diary_id, ALL_WEEK)),
                gaps.around(spans(taken[one.diary_id].minutes), travel=False),
            )
            for one in rooms
        ),
    )


@dataclass(frozen=True, slots=True)
class _Gaps:
    """The most that any course asks to be kept free around its lessons, and the longest way between two places.

    One pause that serves both neighbours is counted after the earlier; else each lesson has its own two. It is sure,
    if sometimes more than is needed, that lessons so far apart keep the rules between neighbours.
    """

    before: int
    after: int
    travel: int

    def around(self, taken: Sequence[Span], *, travel: bool) -> tuple[Span, ...]:
        """What is taken, with what has to be free around it."""
        after = max(self.after, self.travel) if travel else self.after
        return tuple(Span(max(0, one.starts - self.before), min(WEEK, one.ends + after)) for one in taken)


def _gaps_of(rules: Rules, rooms: Sequence[Resource]) -> _Gaps:
    policies = [rules.school.policies, *rules.by_course.values()]
    before = max(one.buffer_before_minutes for one in policies)
    after = max(one.buffer_after_minutes for one in policies)
    if all(one.buffers_shared for one in policies):
        before, after = 0, max(before, after)
    goes_out = sum(one.kind == ResourceKind.VENUE for one in rooms) > 1
    travel = max([*rules.travel.values(), *(one.travel_minutes for one in policies)]) if goes_out else 0
    return _Gaps(before, after, travel)


@dataclass(frozen=True, slots=True)
class _Limits:
    """The least that any of the courses allows; None: any number."""

    hours_a_week: int | None
    lessons_a_day: int | None


def _limits_of(rules: Rules, courses: Collection[UUID]) -> _Limits:
    def least(values: list[int | None]) -> int | None:
        return min((one for one in values if one is not None), default=None)

    policies: list[Policies] = [rules.of(course_id) for course_id in courses]
    return _Limits(
        least([one.max_hours_per_week for one in policies]), least([one.most_lessons_a_day for one in policies])
    )


def _wish(
    request: LessonRequest,
    teachers: Sequence[Instructor],
    taken: Taken,
    first: dt.date,
    gaps: _Gaps,
    school: School,
    rules: Rules,
) -> Wish:
    may = {one.pk for one in teachers}
    course = request.course
    windows = always_within(request.wanted, request.timezone, first, school.zone)
    return Wish(
        request.pk,
        student=request.student_id,
        minutes=course.duration_minutes,
        windows=spans(windows & ~taken.minutes),
        instructors=tuple(one for one in request.ranked if one in may) if request.ranked else tuple(sorted(may)),
        ranked=bool(request.ranked),
        resource_kind=course.resource_kind,
        before=gaps.before,
        after=gaps.after,
        travel=gaps.travel,
        grid=rules.of(course.pk).start_grid_minutes,
    )


def _with_its_place(wish: Wish, place: Place | None, may: Collection[UUID]) -> Wish:
    """Who has lessons may keep them, though they were put where nobody had asked for them."""
    if place is None:
        return wish
    windows = Span(place.starts, min(WEEK, place.starts + wish.minutes))
    liked = wish.instructors
    if place.instructor in may and place.instructor not in liked:
        liked = (*liked, place.instructor)
    return replace(wish, windows=(*wish.windows, windows), instructors=liked)


def _instructor_week(instructor: Instructor, opened: int, taken: Taken, gaps: _Gaps, limits: _Limits) -> InstructorWeek:
    taught = taken.taught.bit_count()
    most = instructor.max_hours_per_week or limits.hours_a_week
    return InstructorWeek(
        instructor.pk,
        spans(opened),
        gaps.around(spans(taken.minutes), travel=True),
        minutes_left=max(0, most * 60 - taught) if most else None,
        lessons_left=tuple(max(0, limits.lessons_a_day - one) for one in taken.lessons)
        if limits.lessons_a_day
        else None,
        minutes_taught=taught,
    )


def weekday_and_clock(starts: int) -> tuple[int, dt.time]:
    """A minute of the week as weekday (ISO) and clock time."""
    day, minute = divmod(starts, DAY)
    return day + 1, dt.time(minute // 60, minute % 60)
