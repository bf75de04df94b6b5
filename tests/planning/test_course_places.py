"""A course needs another kind of place: every series goes to one, on the timetable or not."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from factories import (
    OWNER,
    be_busy,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    payer_of,
)
from invariants import broken
from schoolbell.bookings.models import Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.course_changes import CourseChange, change_course, preview_change
from schoolbell.planning.generation import extend_school
from schoolbell.planning.pausing import pause_enrollment, resume_enrollment
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Series, Session

pytestmark = pytest.mark.django_db

TUESDAY = dt.date(2027, 2, 16)
WEEK = dt.timedelta(days=7)
FAR = TUESDAY + 10 * WEEK  # beyond what the school looks ahead


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=35)


def weekly(course: Course, starts_on: dt.date, *, resource: Resource | None = None, hour: int = 16) -> Enrollment:
    school = course.school
    student = new_student(school)
    plan = WeeklyPlan(student, payer_of(student), course, new_instructor(school), 2, dt.time(hour), starts_on, resource)
    return enroll_weekly(plan, by=OWNER)


def series_of(enrollment: Enrollment) -> Series:
    return Series.objects.select_related("resource", "course__school").get(id=enrollment.series_id)


def fresh(course: Course) -> Course:
    return Course.objects.select_related("school").get(id=course.pk)


def at_four(day: dt.date) -> Stretch:
    starts_at = dt.datetime.combine(day, dt.time(16), tzinfo=UTC)
    return Stretch(starts_at, starts_at + dt.timedelta(hours=1))


def test_a_series_that_starts_beyond_the_horizon_goes_along(school: School):
    course = new_lessons(school, resource_kind="venue")
    enrollment = weekly(course, FAR, resource=new_resource(school))
    zoom = new_resource(school, "online_room")
    change = CourseChange(resource_kind="online_room")
    reached = preview_change(course, change)
    assert [(one.series.pk, one.resource, one.elsewhere, one.student) for one in reached.places] == [
        (enrollment.series_id, zoom, 0, enrollment.student)
    ]
    assert [one.pk for one in reached.series] == [enrollment.series_id]
    change_course(course, change, by=OWNER)
    assert series_of(enrollment).resource == zoom
    with time_machine.travel(dt.datetime(2027, 4, 26, 12, tzinfo=UTC), tick=False):
        assert extend_school(school).added == 5
    rows = Session.objects.filter(series_id=enrollment.series_id)
    assert set(rows.values_list("resource_id", flat=True)) == {zoom.pk}
    assert broken(school) == {}


def test_lessons_that_needed_no_place_find_one_and_let_it_go_again(school: School):
    course = new_lessons(school)
    enrollment, hall = weekly(course, FAR), new_resource(school)
    change_course(course, CourseChange(resource_kind="venue"), by=OWNER)
    assert series_of(enrollment).resource == hall
    change_course(fresh(course), CourseChange(resource_kind=""), by=OWNER)
    assert series_of(enrollment).resource is None


def test_two_series_at_one_time_go_to_two_places_and_a_third_has_none(school: School):
    course = new_lessons(school)
    one, two = weekly(course, FAR), weekly(course, FAR)
    hall = new_resource(school)
    with pytest.raises(InputRefused):
        preview_change(course, CourseChange(resource_kind="venue"))
    loft = new_resource(school, name="Loft")
    change_course(course, CourseChange(resource_kind="venue"), by=OWNER)
    assert [series_of(one).resource, series_of(two).resource] == [hall, loft]
    assert broken(school) == {}


def test_the_time_of_another_series_that_is_still_to_come_is_not_given_away(school: School):
    hall, loft = new_resource(school), new_resource(school, name="Loft")
    weekly(new_lessons(school, resource_kind="venue"), FAR, resource=hall)
    course = new_lessons(school)
    enrollment = weekly(course, FAR)
    change_course(course, CourseChange(resource_kind="venue"), by=OWNER)
    assert series_of(enrollment).resource == loft


def test_where_no_one_place_suits_every_lesson_the_series_goes_to_the_one_that_suits_most(school: School):
    course = new_lessons(school)
    enrollment = weekly(course, TUESDAY)
    hall, loft = new_resource(school), new_resource(school, name="Loft")
    for week in (1, 2):
        be_busy(hall.diary_id, school, at_four(TUESDAY + week * WEEK))
    be_busy(loft.diary_id, school, at_four(TUESDAY + 3 * WEEK))
    (place,) = preview_change(course, CourseChange(resource_kind="venue")).places
    assert (place.resource, place.elsewhere) == (hall, 2)
    change_course(course, CourseChange(resource_kind="venue"), by=OWNER)
    rows = Session.objects.filter(series_id=enrollment.series_id).order_by("starts_at")
    assert list(rows.values_list("resource__name", flat=True)) == ["Hall", "Loft", "Loft", "Hall", "Hall"]
    assert series_of(enrollment).resource == hall
    assert broken(school) == {}


def test_a_class_in_a_place_of_the_old_kind_goes_where_its_seats_are(school: School):
    course = new_course(school, resource_kind="venue")
    series = create_series(
        NewSeries(course=course, rule="FREQ=WEEKLY;BYDAY=TU", starts=dt.time(16), first_day=FAR, capacity=10,
                  resource=new_resource(school)),
        by=OWNER,
    )  # fmt: skip
    new_resource(school, "online_room", capacity=5)
    with pytest.raises(InputRefused):
        preview_change(course, CourseChange(resource_kind="online_room"))
    large = new_resource(school, "online_room", capacity=50)
    change_course(course, CourseChange(resource_kind="online_room"), by=OWNER)
    assert Series.objects.get(id=series.pk).resource_id == large.pk


def test_paused_lessons_go_on_as_the_course_has_become(school: School):
    course = new_lessons(school, resource_kind="venue")
    enrollment = weekly(course, TUESDAY, resource=new_resource(school))
    zoom = new_resource(school, "online_room")
    pause_enrollment(enrollment, from_day=TUESDAY, by=OWNER)
    with time_machine.travel(dt.datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False):
        change_course(course, CourseChange(resource_kind="online_room", duration_minutes=90), by=OWNER)
        resumed = series_of(resume_enrollment(enrollment, on=dt.date(2027, 3, 2), by=OWNER))
    assert (resumed.resource, resumed.duration_minutes) == (zoom, 90)


def test_a_class_elsewhere_keeps_its_place(school: School):
    course = new_course(school, resource_kind="venue")
    zoom = new_resource(school, "online_room")
    new_session(course, hour_at(5), resource=zoom)
    new_resource(school, "vehicle")
    assert preview_change(course, CourseChange(resource_kind="vehicle")).sessions == ()
