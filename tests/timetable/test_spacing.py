"""Rules between neighbours, in the search and when somebody books."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

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
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.actions import qualify
from schoolbell.diary.refusals import TimeTaken
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.kit.time import UTC, Stretch
from schoolbell.planning.free_times import free_times
from schoolbell.timetable.actions import set_travel
from schoolbell.timetable.refusals import DayFull, TooClose, TravelTimeNeeded, WeekFull
from schoolbell.timetable.spacing import Planned, neighbours, neighbours_of, place_of, rules_of

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


@pytest.mark.parametrize("seed", range(4))
def test_what_is_near_says_the_same_as_all_lessons_of_the_weeks(seed):
    """Of months of lessons only what is near is read: nothing that a rule asks about is far."""
    chance = random.Random(seed)
    school = new_school(
        timezone="America/New_York",
        buffer_after_minutes=20,
        travel_minutes=45,
        most_lessons_a_day=3,
        max_hours_per_week=5,
    )
    places = [new_resource(school, name="Here"), new_resource(school, name="There"), None]
    courses = [new_course(school), new_course(school, overrides={"buffer_before_minutes": 240, "travel_minutes": 300})]
    ida = new_instructor(school)
    asked: list[Planned] = []
    for number in range(60):
        starts_at = at(16, 0) + dt.timedelta(minutes=15 * chance.randrange(4 * 24 * 20))
        during = Stretch(starts_at, starts_at + dt.timedelta(minutes=chance.choice((30, 45, 90))))
        course, place = chance.choice(courses), chance.choice(places)
        if number % 3:
            asked.append(Planned(during, course.pk, place_of(place)))
        else:
            with suppress(TimeTaken):
                new_session(course, during, instructors=[ida], resource=place, despite_rules=True)
    asked.sort(key=lambda one: one.during)
    rules, staff = rules_of(school), {"instructors": [ida], "resources": places[:1]}
    span = Stretch(asked[0].during.starts_at, max(one.during.ends_at for one in asked))
    whole = neighbours(rules, span, **staff)
    near = neighbours_of(rules, [one.during for one in asked], **staff)
    said: Counter[type[Refusal] | None] = Counter()
    for one in asked:
        for diary_id, around in whole.items():
            refusal, likewise = around.objection(one), near[diary_id].objection(one)
            assert type(refusal) is type(likewise), one
            said[type(refusal) if refusal else None] += 1
            around.add(one), near[diary_id].add(one)
    assert len(near[ida.person.diary_id].lessons) <= len(whole[ida.person.diary_id].lessons)
    assert {TooClose, None} < said.keys()


def test_of_an_hour_a_week_only_what_is_near_is_read():
    school = new_school(max_hours_per_week=2)
    course, ida = new_lessons(school), new_instructor(school)
    for day in (16, 18, 19):
        new_session(course, Stretch(at(day, 10), at(day, 11)), instructors=[ida], despite_rules=True)
    diary_id, wanted = ida.person.diary_id, Stretch(at(18, 15), at(18, 16))
    near = neighbours_of(rules_of(school), [wanted], instructors=[ida])[diary_id]
    assert [one.during.starts_at for one in near.lessons] == [at(18, 10)]
    assert isinstance(near.objection(Planned(wanted, course.pk)), WeekFull)  # by the hours of all three


def test_a_hold_that_ran_out_cannot_come_back_once_the_rules_let_somebody_else_in():
    """Most one lesson a day: whoever pays too late for the first would make it two."""
    school = new_school(most_lessons_a_day=1)
    course, ida = new_lessons(school), new_instructor(school)
    first = buy_lesson(course, new_student(school), at(16, 10))
    with pytest.raises(DayFull):
        buy_lesson(course, new_student(school), at(16, 14))
    with time_machine.travel(dt.datetime(2027, 2, 15, 13, tzinfo=UTC), tick=False):
        buy_lesson(course, new_student(school), at(16, 14))
        assert Booking.objects.get(id=first.pk).status == "expired"
        later = new_course(school)
        with pytest.raises(DayFull):
            new_session(later, Stretch(at(16, 18), at(16, 19)), instructors=[ida])
    with time_machine.travel(dt.datetime(2027, 2, 15, 14, tzinfo=UTC), tick=False):
        new_session(later, Stretch(at(16, 18), at(16, 19)), instructors=[ida])
    assert list(Booking.objects.of(school).values_list("status", flat=True)) == ["expired", "expired"]
