"""What the benches make and ask by the product's own actions. Imported once Django is set up."""

import datetime as dt
import resource
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from benchmarks.availability import School
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.catalogue.actions import add_course, qualify
from schoolbell.catalogue.models import Course
from schoolbell.diary import hours
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import add_closure
from schoolbell.diary.queries import free_stretches
from schoolbell.diary.time_off import enter_time_off
from schoolbell.kit.time import Stretch, day_starts, local_day, now
from schoolbell.people.actions import NewPerson, add_instructor, add_student
from schoolbell.people.models import Client, Instructor
from schoolbell.planning.generation import extend_school
from schoolbell.schools.actions import create_school
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School as SchoolRow
from schoolbell.timetable.actions import add_resource
from schoolbell.timetable.models import Series, SeriesStaffing
from schoolbell.timetable.recurrence import weekly_on

WEEK = dt.timedelta(days=7)
HOURS = [(weekday, hour) for weekday in range(1, 6) for hour in (14, 15, 16, 17, 18)]


def a_school_of(slug: str, instructors: int) -> School:
    """With a course on demand that all of them teach; their working days begin between eight and ten."""
    school = create_school(slug, name="Benchmark", preset="courses", timezone="Europe/London", currency="GBP")
    course = add_course(school, by=SYSTEM, name="Piano", format="one_to_one", duration_minutes=60, price=4_500)
    people = [
        add_instructor(NewPerson(first_name="Instructor", last_name=str(number)), school=school, by=SYSTEM)
        for number in range(instructors)
    ]
    for number, one in enumerate(people):
        qualify(one, course, by=SYSTEM)
        for weekday in range(1, 8):
            for starts, ends in ((8 + number % 3, 12), (13, 17 + number % 2)):
                add_opening_hours(
                    one.person.diary,
                    weekday=weekday,
                    starts=dt.time(starts),
                    ends=dt.time(ends),
                    timezone="Europe/London",
                    by=SYSTEM,
                )
    return School(school.pk, course.pk, [one.pk for one in people], [one.person.diary_id for one in people])


def weekly_enrollments(slug: str, number: int, weeks: int) -> int:
    """A school whose students each have a weekly lesson of 45 minutes, in a room, with one of as many instructors as
    that needs; none of them is on the timetable yet. It looks exactly so many weeks ahead, keeps ten minutes between
    lessons and caps of lessons a day and hours a week, is closed for the third week, and of ten instructors one is off
    on the Wednesday of the second. So many lessons it can have."""
    school = create_school(slug, name="Benchmark", preset="coding", timezone="America/New_York", currency="USD")
    school.stored_policies |= {"weekly_ahead_days": 7 * weeks, "buffer_after_minutes": 10, "most_lessons_a_day": 6}
    school.save()
    course = add_course(
        school, by=SYSTEM, name="Piano", format="one_to_one", duration_minutes=45, price=4_500,
        resource_kind="venue", delivery="at_venue",
    )  # fmt: skip
    first = local_day(now(), school.zone) + dt.timedelta(days=1)
    add_closure(school, first + 2 * WEEK, first + 3 * WEEK - dt.timedelta(days=1), "Half term", by=SYSTEM)
    wednesday = first + WEEK + dt.timedelta(days=(2 - first.weekday()) % 7)
    lessons = number * (weeks - 1)
    for place in range(-(-number // len(HOURS))):
        own = HOURS[: number - place * len(HOURS)]
        teacher = _teacher_of(school, course, place, own, first=first)
        if place % 10 == 0:
            off = Stretch(day_starts(wednesday, school.zone), day_starts(wednesday + dt.timedelta(days=1), school.zone))
            enter_time_off(teacher.person.diary, off, by=SYSTEM)
            lessons -= sum(weekday == 3 for weekday, _hour in own)
    return lessons


def _teacher_of(
    school: SchoolRow, course: Course, place: int, own: Sequence[tuple[int, int]], *, first: dt.date
) -> Instructor:
    """With a room, opening hours and a student for each of these hours."""
    person = NewPerson(first_name="Instructor", last_name=str(place))
    teacher = add_instructor(person, school=school, by=SYSTEM, max_hours_per_week=25)
    room = add_resource(school, by=SYSTEM, kind="venue", name=f"Room {place}")
    for weekday in range(1, 6):
        add_opening_hours(
            teacher.person.diary, weekday=weekday, starts=dt.time(14), ends=dt.time(19), timezone=school.timezone,
            by=SYSTEM,
        )  # fmt: skip
    for weekday, hour in own:
        student = add_student(NewPerson(first_name="Student", last_name=f"{place}"), school=school, by=SYSTEM)
        client = Client.objects.get(school_id=school.pk, person_id=student.person_id)
        series = Series(
            school=school, course=course, resource=room, starts_on=first, starts=dt.time(hour),
            timezone=school.timezone, duration_minutes=45, rule=weekly_on(weekday), capacity=1, on_demand=True,
        )  # fmt: skip
        series.save(force_insert=True)
        SeriesStaffing(school=school, series=series, instructor=teacher, leads=True).save(force_insert=True)
        Enrollment(
            school=school, student=student, client=client, course=course, type="weekly_recurring", status="active",
            series=series, price=course.price, starts_on=first,
        ).save(force_insert=True)  # fmt: skip
    return teacher


def extend_twice(slug: str) -> dict[str, Any]:
    """What a night adds to the timetable of that school, and the night after: the seconds that it took, and the most
    memory that this process ever had."""
    school = SchoolRow.objects.get(slug=slug)
    took, added = [], []
    for _night in range(2):
        began = time.perf_counter()
        added.append(extend_school(school).added)
        took.append(round(time.perf_counter() - began, 2))
    return {
        "added": added,
        "lessons": Booking.objects.of(school).count(),
        "generate_s": took[0],
        "again_s": took[1],
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def forget_hours() -> None:
    """As if nobody had asked for these days before."""
    for known in vars(hours).values():
        if hasattr(known, "cache_clear"):
            known.cache_clear()


def stretches_ahead(school_id: UUID, diaries: Sequence[UUID], days: int) -> Callable[[], object]:
    """The question that a bench asks again and again: when are these free in the coming days?"""
    starts_at = now()
    within = Stretch(starts_at, starts_at + dt.timedelta(days=days))
    return lambda: free_stretches(school_id, diaries, within)
