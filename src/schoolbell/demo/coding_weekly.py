"""What repeats at the coding school: its clubs are series, and some children are enrolled for lessons week by week."""

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Final

from schoolbell.catalogue.models import Course
from schoolbell.catalogue.queries import instructors_of
from schoolbell.demo.coding_staff import CLUBS, TUTORS
from schoolbell.kit.time import local_day, now
from schoolbell.people.models import Guardianship, Student
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly, preview_weekly
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Series, SeriesStaffing, Session, Staffing
from schoolbell.timetable.recurrence import weekly_on

DAY = dt.timedelta(days=1)
ENROLLED: Final = 8


def repeat(school: School, today: dt.date) -> None:
    _repeat_clubs(school)
    _enroll_some(school, today)


def _repeat_clubs(school: School) -> None:
    """The sessions of a club become occurrences of one series, which goes on after them."""
    for club in CLUBS:
        course = Course.objects.of(school).get(name=club.course)
        sessions = list(Session.objects.of(school).filter(course_id=course.pk).order_by("starts_at"))
        if not sessions:
            continue
        days = [local_day(one.starts_at, school.zone) for one in sessions]
        series = Series(
            school=school,
            course=course,
            starts_on=days[0],
            starts=dt.time.fromisoformat(club.starts),
            timezone=school.timezone,
            duration_minutes=course.duration_minutes,
            rule=weekly_on(club.weekday),
            capacity=course.capacity,
            generated_until=days[-1],
        )
        series.save(force_insert=True)
        leads = Staffing.objects.of(school).get(session_id=sessions[0].pk, leads=True)
        SeriesStaffing(school=school, series=series, instructor_id=leads.instructor_id, leads=True).save(
            force_insert=True
        )
        for one, day in zip(sessions, days, strict=True):
            Session.objects.of(school).filter(id=one.pk).update(series=series, occurrence_on=day)


def _enroll_some(school: School, today: dt.date) -> None:
    """Children whose lessons the office plans: each at an hour that their tutor has free in most of the weeks."""
    plans = _plans(school, max(today, local_day(now(), school.zone)) + DAY)
    good = (plan for plan in plans if sum(not one.reason for one in preview_weekly(plan)) > 4)
    for plan in islice(good, ENROLLED):
        enroll_weekly(plan, by=SYSTEM)


def _plans(school: School, tomorrow: dt.date) -> Iterator[WeeklyPlan]:
    """One for each of a few children and tutors, until somebody has seen enough."""
    rooms = {one.name: one for one in Resource.objects.of(school)}
    bonds = Guardianship.objects.of(school).filter(is_billing=True, student__status=Student.Status.ACTIVE)
    waiting = list(bonds.select_related("student__person", "client__person").order_by("id"))
    for number, tutor in enumerate(TUTORS, start=1):
        course = Course.objects.of(school).select_related("school").get(name=tutor.courses[0])
        teaches = next(one for one in instructors_of(course) if one.person.name == tutor.name)
        for weekday, hour in tutor.starts[::5]:
            bond = next((one for one in waiting if _is_of_age(one.student, course, tomorrow)), None)
            if bond is None:
                break
            waiting.remove(bond)
            yield WeeklyPlan(
                student=bond.student,
                client=bond.client,
                course=course,
                instructor=teaches,
                weekday=weekday,
                starts=dt.time(hour),
                starts_on=tomorrow,
                resource=rooms[f"Room {number}"],
            )


def _is_of_age(student: Student, course: Course, day: dt.date) -> bool:
    age = student.person.age_on(day)
    return age is not None and (course.age_min or 0) <= age < (course.age_max or 99)
