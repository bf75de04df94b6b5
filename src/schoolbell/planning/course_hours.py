"""Which lessons that series are still to make of a course on demand could not be given as they will be. Those on the
timetable are asked about as whatever moves."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from schoolbell.bookings.models import Attendance, Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.diary.refusals import SchoolClosed
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.plans import Plan
from schoolbell.planning.spare_time import SpareTime
from schoolbell.timetable.models import Resource, Series, SeriesStaffing, Slot
from schoolbell.timetable.recurrence import occurrence_days
from schoolbell.timetable.spacing import Planned, place_of

LOOKED_AT: Final = dt.timedelta(weeks=4)  # of the lessons that a series is still to make
DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SeriesAhead:
    """Of the next `lessons` that a series will make, `left_out` cannot be given as they will be, though as they are
    they could."""

    series: Series
    student: Student | None  # whose weekly lessons they are
    lessons: int
    left_out: int


def left_out_by(
    course: Course, before: Collection[UUID], series: Sequence[tuple[Series, dict[str, Any]]]
) -> tuple[SeriesAhead, ...]:
    """`before` are the sessions that lie ahead, whose time is as good as free; `series` come with what of them becomes
    other. As many queries for many of them as for one; none where nothing is taught on demand."""
    series = [(one, values) for one, values in series if one.on_demand]
    return tuple(_Hours(course, before, series).found()) if series else ()


class _Hours:
    def __init__(
        self, course: Course, before: Collection[UUID], series: Sequence[tuple[Series, dict[str, Any]]]
    ) -> None:
        self.course = course
        self.staff: dict[UUID, list[Instructor]] = {one.pk: [] for one, _values in series}
        own = {"school_id": course.school_id, "series_id__in": list(self.staff)}
        for row in SeriesStaffing.objects.filter(**own).select_related("instructor__person").order_by("-leads", "id"):
            self.staff[row.series_id].append(row.instructor)
        self.students = {
            one.series_id: one.student for one in Enrollment.objects.filter(**own).select_related("student__person")
        }
        places = _places_of(course, series)
        self.series = [(one, _changed(one, values, places)) for one, values in series]
        everybody = [one for staff in self.staff.values() for one in staff]
        ids = list(before)
        slots = Slot.objects.filter(school_id=course.school_id, session_id__in=ids)
        seats = Attendance.objects.filter(school_id=course.school_id, slot__session_id__in=ids)
        self.spare = SpareTime(
            course.school,
            self._span(),
            instructors=list({one.pk: one for one in everybody}.values()),
            resources=list(places.values()),
            students=self.students.values(),
            apart_from=[*slots.values_list("id", flat=True), *seats.values_list("id", flat=True)],
        )

    def _span(self) -> Stretch:
        times = [Plan(after, (), None).during(day) for one, after in self.series for day in self._days(one)]
        starts_at = min((one.starts_at for one in times), default=now())
        return Stretch(min(starts_at, now()), max((one.ends_at for one in times), default=now() + DAY))

    def _days(self, series: Series) -> list[dt.date]:
        """The next that it has not made yet."""
        first = max(local_day(now(), self.course.school.zone), series.starts_on)
        if series.generated_until is not None:
            first = max(first, series.generated_until + DAY)
        return occurrence_days(series, first, first + LOOKED_AT - DAY)

    def found(self) -> Iterator[SeriesAhead]:
        ahead = (self._ahead(one, after) for one, after in self.series)
        return (one for one in ahead if one.left_out)

    def _ahead(self, series: Series, after: Series) -> SeriesAhead:
        days = self._days(series)
        missing = [day for day in days if self._is_blocked(after, day) and not self._is_blocked(series, day)]
        return SeriesAhead(series, self.students.get(series.pk), len(days), len(missing))

    def _is_blocked(self, series: Series, day: dt.date) -> bool:
        """Apart from closed days, which are nobody's fault."""
        during = Plan(series, (), None).during(day)
        lesson = Planned(during, self.course.pk, place_of(series.resource))
        diaries = [one.person.diary_id for one in self.staff[series.pk]]
        diaries += [series.resource.diary_id] if series.resource else []
        refusals = (self.spare.obstacle(diary_id, [lesson]) for diary_id in diaries)
        student = self.students.get(series.pk)
        is_taken = student is not None and not self.spare.is_free(student.person.diary_id, during)
        return is_taken or any(one is not None and not isinstance(one, SchoolClosed) for one in refusals)


def _places_of(course: Course, series: Sequence[tuple[Series, dict[str, Any]]]) -> dict[UUID, Resource]:
    ids: set[UUID] = set()
    for one, values in series:
        ids.update(key for key in (one.resource_id, values.get("resource_id")) if key)
    return {one.pk: one for one in Resource.objects.filter(school_id=course.school_id, id__in=ids)}


def _changed(series: Series, values: dict[str, Any], places: Mapping[UUID, Resource]) -> Series:
    after = copy(series)
    after.duration_minutes = values.get("duration_minutes", series.duration_minutes)
    if "resource_id" in values:
        after.resource = places.get(values["resource_id"])
    return after
