"""Rules between neighbours, in the search and when somebody books."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from factories import (
    OWNER,
    be_busy,
    buy_lesson,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
)
from schoolbell.catalogue.actions import qualify
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch
from schoolbell.planning.free_times import free_times
from schoolbell.timetable.actions import set_travel
from schoolbell.timetable.refusals import DayFull, TooClose, TravelTimeNeeded, WeekFull

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_monday() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2027, 2, day, hour, minute, tzinfo=UTC)


def hours(day: int, *, of: object, starting: int, until: int) -> list[str]:
    course = of
    found = free_times(course.school, course, Stretch(at(day, starting), at(day, until)))
    return [free.during.starts_at.strftime("%H:%M") for free in found]


def test_a_pause_is_kept_before_and_after_and_one_serves_both():
    school = new_school(buffer_before_minutes=15, buffer_after_minutes=30, start_grid_minutes=15)
    course, student = new_lessons(school), new_student(school)
    new_instructor(school)
    buy_lesson(course, student, at(16, 10))
    assert hours(16, of=course, starting=8, until=12) == ["08:00", "08:15", "08:30", "11:30", "11:45"]
    with pytest.raises(TooClose):
        buy_lesson(course, new_student(school), at(16, 11, 15))
    assert buy_lesson(course, new_student(school), at(16, 11, 30)).status == "pending"


def test_pauses_that_are_not_shared_add_up():
    school = new_school(buffer_before_minutes=15, buffer_after_minutes=30, buffers_shared=False, start_grid_minutes=15)
    course = new_lessons(school)
    new_instructor(school)
    buy_lesson(course, new_student(school), at(16, 10))
    assert hours(16, of=course, starting=8, until=12) == ["08:00", "08:15", "11:45"]


def test_each_course_has_pauses_of_its_own():
    school = new_school(start_grid_minutes=15)
    short = new_lessons(school)
    long = new_lessons(school, name="Organ", overrides={"buffer_after_minutes": 60})
    new_instructor(school)
    buy_lesson(long, new_student(school), at(16, 10))
    assert hours(16, of=short, starting=9, until=13) == ["09:00", "12:00", "12:15", "12:30", "12:45"]
    assert hours(16, of=long, starting=7, until=10) == ["07:00", "07:15", "07:30", "07:45", "08:00"]


def test_a_room_keeps_its_pauses_too():
    school = new_school(buffer_after_minutes=30, start_grid_minutes=30)
    course = new_lessons(school, resource_kind="venue")
    new_resource(school, name="Room")
    new_instructor(school), new_instructor(school, name="Tom Other")
    buy_lesson(course, new_student(school), at(16, 10))
    assert hours(16, of=course, starting=8, until=12) == ["08:00", "08:00", "08:30", "08:30", "11:30", "11:30"]


def test_the_way_between_two_places_takes_its_time():
    school = new_school(travel_minutes=30, start_grid_minutes=30)
    here, there = new_resource(school, name="Here"), new_resource(school, name="There")
    ida = new_instructor(school)
    course = new_course(school, duration_minutes=60)
    new_session(course, Stretch(at(16, 10), at(16, 11)), instructors=[ida], resource=here)
    new_session(course, Stretch(at(16, 11), at(16, 12)), instructors=[ida], resource=here)
    with pytest.raises(TravelTimeNeeded):
        new_session(course, Stretch(at(16, 12), at(16, 13)), instructors=[ida], resource=there)
    new_session(course, Stretch(at(16, 12, 30), at(16, 13, 30)), instructors=[ida], resource=there)
    set_travel(there, here, minutes=90, by=OWNER)
    with pytest.raises(TravelTimeNeeded):
        new_session(course, Stretch(at(16, 14, 30), at(16, 15)), instructors=[ida], resource=here)
    set_travel(here, there, minutes=None, by=OWNER)
    new_session(course, Stretch(at(16, 14, 30), at(16, 15)), instructors=[ida], resource=here)
    new_session(course, Stretch(at(16, 15), at(16, 16)), instructors=[ida], resource=there, despite_rules=True)
    with pytest.raises(InputRefused):
        set_travel(here, here, minutes=5, by=OWNER)


def test_a_lesson_online_on_the_way_does_not_shorten_it():
    school = new_school(travel_minutes=60)
    here, there = new_resource(school, name="Here"), new_resource(school, name="There")
    ida, course = new_instructor(school), new_course(school)
    new_session(course, Stretch(at(16, 9), at(16, 10)), instructors=[ida], resource=here)
    new_session(course, Stretch(at(16, 10), at(16, 10, 5)), instructors=[ida])
    for start, end in ((at(16, 10, 10), at(16, 11)), (at(16, 7), at(16, 8, 30))):
        with pytest.raises(TravelTimeNeeded):
            new_session(course, Stretch(start, end), instructors=[ida], resource=there)
    new_session(course, Stretch(at(16, 8, 50), at(16, 9)), instructors=[ida])
    with pytest.raises(TravelTimeNeeded):
        new_session(course, Stretch(at(16, 7), at(16, 8, 30)), instructors=[ida], resource=there)
    new_session(course, Stretch(at(16, 10, 10), at(16, 10, 30)), instructors=[ida])
    new_session(course, Stretch(at(16, 11), at(16, 12)), instructors=[ida], resource=there)


def test_so_many_lessons_a_day_by_the_clocks_of_the_school():
    school = new_school(timezone="America/New_York", most_lessons_a_day=2, start_grid_minutes=60)
    course = new_lessons(school)
    new_instructor(school)
    buy_lesson(course, new_student(school), at(17, 3))  # 22:00 on the 16th in New York
    buy_lesson(course, new_student(school), at(16, 15))
    with pytest.raises(DayFull):
        buy_lesson(course, new_student(school), at(17, 1))  # 20:00 on the 16th
    assert hours(17, of=course, starting=2, until=8) == ["05:00", "06:00", "07:00"]  # from midnight on


def test_so_many_hours_a_week_and_ones_own_number_goes_first():
    school = new_school(max_hours_per_week=1, start_grid_minutes=60)
    course = new_lessons(school)
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    tom.max_hours_per_week = 2
    tom.save()
    qualify(ida, course, by=OWNER), qualify(tom, course, by=OWNER)
    for hour in (9, 10, 11):
        buy_lesson(course, new_student(school), at(16, hour))
    with pytest.raises(WeekFull):
        buy_lesson(course, new_student(school), at(21, 9))
    assert hours(21, of=course, starting=0, until=20) == []
    assert buy_lesson(course, new_student(school), at(22, 9)).status == "pending"  # the next Monday


def test_time_off_is_no_lesson():
    school = new_school(most_lessons_a_day=1, buffer_after_minutes=60)
    course, ida = new_lessons(school), new_instructor(school)
    be_busy(ida.person.diary_id, school, Stretch(at(16, 9), at(16, 10)))
    assert buy_lesson(course, new_student(school), at(16, 10)).status == "pending"
