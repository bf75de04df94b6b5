"""A series with all whose time it takes, and how far ahead a school plans."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from schoolbell.bookings.models import Enrollment
from schoolbell.kit.time import Stretch, instant, local_day, now, zone
from schoolbell.people.models import Instructor, Student
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, SeriesStaffing
from schoolbell.timetable.spacing import Rules, rules_of


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for all series of a school, read once for many of them."""

    school: School
    rules: Rules


def frame_of(school: School) -> Frame:
    return Frame(school, rules_of(school))


def horizon(school: School) -> dt.date:
    """The day up to which a school puts series on its timetable."""
    return local_day(now(), school.zone) + dt.timedelta(days=school.policies.weekly_ahead_days)


@dataclass(frozen=True, slots=True)
class Plan:
    """A series with all whose time it takes."""

    series: Series
    instructors: Sequence[Instructor]  # with their persons, the leading one first
    enrollment: Enrollment | None  # with its student's person, where its lessons are one student's

    @property
    def diaries(self) -> list[UUID]:
        """Its instructors' and its resource's."""
        of_resource = [self.series.resource.diary_id] if self.series.resource else []
        return [*(one.person.diary_id for one in self.instructors), *of_resource]

    @property
    def all_diaries(self) -> list[UUID]:
        return [*self.diaries, *([self.enrollment.student.person.diary_id] if self.enrollment else [])]

    @property
    def students(self) -> list[Student]:
        """Whose lessons they are; of a class, nobody: it is put where the office says."""
        return [self.enrollment.student] if self.enrollment else []

    @property
    def is_in_service(self) -> bool:
        """Are all who teach and learn active, is the course taught, and the place in use?"""
        place, learns = self.series.resource, self.enrollment.student if self.enrollment else None
        people = all(one.is_active for one in self.instructors) and (learns is None or learns.is_active)
        return people and self.series.course.is_active and (place is None or place.is_active)

    @property
    def named(self) -> str:
        """Another where anything that is on file of it is changed."""
        one = self.series
        said = (
            one.pk, one.rule, one.starts, one.duration_minutes, one.capacity, one.price, one.ends_on, one.resource_id,
            *(who.pk for who in self.instructors),
        )  # fmt: skip
        return sha256("\n".join(map(str, said)).encode()).hexdigest()

    def during(self, day: dt.date) -> Stretch:
        starts_at = instant(day, self.series.starts, zone(self.series.timezone))
        return Stretch(starts_at, starts_at + dt.timedelta(minutes=self.series.duration_minutes))


def plan_of(series: Series) -> Plan:
    staffing = SeriesStaffing.objects.filter(school_id=series.school_id, series_id=series.pk)
    instructors = [one.instructor for one in staffing.select_related("instructor__person").order_by("-leads", "id")]
    enrollment = None
    if series.on_demand:
        rows = Enrollment.objects.filter(school_id=series.school_id, series_id=series.pk)
        enrollment = rows.select_related("student__person").first()
    return Plan(series, instructors, enrollment)
