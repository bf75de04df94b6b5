"""What an instructor teaches every week, on a page of theirs."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from factories import (
    OWNER,
    be_busy,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_student,
    payer_of,
)
from schoolbell.bookings.models import Enrollment
from schoolbell.catalogue.actions import qualify
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.pausing import end_enrollment, pause_enrollment
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Slot
from web.instructor.conftest import browser_of
from web.pages import links_of, queries_for, text_of

pytestmark = pytest.mark.django_db

TUESDAY = dt.date(2027, 2, 16)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _a_monday_in_february():
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=10)


@pytest.fixture
def ida(school: School) -> Instructor:
    return new_instructor(school)


@pytest.fixture
def url(school: School) -> str:
    return f"/s/{school.slug}/teach/weekly/"


def lessons_of(school: School, teaches: Instructor, student: str, hour: int, **values: object) -> Enrollment:
    """On Tuesdays."""
    learns, course = new_student(school, student), new_lessons(school)
    qualify(teaches, course, by=OWNER)
    plan = WeeklyPlan(learns, payer_of(learns), course, teaches, 2, dt.time(hour), TUESDAY, **values)
    return enroll_weekly(plan, by=OWNER)


def choir_of(school: School, teaches: Instructor, **values: object) -> Series:
    """On Mondays and Thursdays at six."""
    course = new_course(school, name="Choir", capacity=5)
    qualify(teaches, course, by=OWNER)
    new = {"course": course, "rule": "FREQ=WEEKLY;BYDAY=MO,TH", "starts": dt.time(18), "first_day": TUESDAY}
    return create_series(NewSeries(**new | {"instructors": [teaches]} | values), by=OWNER)


def slot_of(series: Series, day: dt.date) -> Slot:
    return Slot.objects.get(session__series_id=series.pk, session__occurrence_on=day)


def busy_at(teaches: Instructor, school: School, hour: int) -> None:
    starts = dt.datetime(2027, 2, 16, hour, tzinfo=UTC)
    be_busy(teaches.person.diary_id, school, Stretch(starts, starts + HOUR))


def test_every_lesson_that_repeats_with_its_next_and_what_found_no_time(
    browser: Browser, url: str, school: School, ida: Instructor
):
    assert "Nothing repeats yet" in text_of(browser.get(url))
    hall = new_resource(school)
    leo = lessons_of(school, ida, "Leo Marsh", 16, resource=hall, ends_on=dt.date(2027, 6, 29))
    busy_at(ida, school, 9)
    sam = lessons_of(school, ida, "Sam Learner", 9)
    choir = choir_of(school, ida, resource=hall)
    answer = browser.get(url)
    words = text_of(answer)
    assert (
        "With one student Sam Learner Tuesdays, 09:00–10:00 Piano from Tue 16 Feb Next Tue 23 Feb, 09:00, Sam Learner "
        "Leo Marsh Tuesdays, 16:00–17:00 Piano, Hall from Tue 16 Feb, until Tue 29 Jun "
        "Next Tue 16 Feb, 16:00, Leo Marsh" in words
    )
    assert (
        "Classes that repeat Choir Mondays and Thursdays, 18:00–19:00 Hall from Tue 16 Feb "
        "Next Thu 18 Feb, 18:00, Choir" in words
    )
    assert "Found no time Sam Learner, Piano Tue 16 Feb, 09:00–10:00 Ida Teacher is taken 09:00–10:00" in words
    nexts = [
        slot_of(sam.series, dt.date(2027, 2, 23)), slot_of(leo.series, TUESDAY),
        slot_of(choir, dt.date(2027, 2, 18)),
    ]  # fmt: skip
    teach = f"/s/{school.slug}/teach/"
    assert links_of(answer) == [*(f"{teach}lessons/{one.pk}/" for one in nexts), f"{teach}?day=2027-02-16"]
    assert {browser.get(one).status_code for one in links_of(answer)} == {200}
    assert f'href="{url}"' in browser.get(teach).content.decode()


def test_what_pauses_says_so_and_what_has_ended_goes_after_its_last_day(
    browser: Browser, url: str, school: School, ida: Instructor
):
    paused = lessons_of(school, ida, "Leo Marsh", 16)
    pause_enrollment(paused, from_day=TUESDAY, by=OWNER)
    ending = lessons_of(school, ida, "Sam Learner", 9)
    end_enrollment(ending, last_day=TUESDAY, by=OWNER)
    choir_of(school, ida, last_day=dt.date(2027, 2, 18))
    words = text_of(browser.get(url))
    assert "Sam Learner Tuesdays, 09:00–10:00 Piano from Tue 16 Feb, until Tue 16 Feb Next Tue 16 Feb, 09:00" in words
    assert "Leo Marsh Tuesdays, 16:00–17:00 Piano Paused Classes" in words
    assert "from Tue 16 Feb, until Thu 18 Feb" in words
    with time_machine.travel(dt.datetime(2027, 2, 19, 12, tzinfo=UTC), tick=False):
        words = text_of(browser.get(url))
        assert "Leo Marsh" in words
        assert "Sam Learner" not in words
        assert "Choir" not in words


def test_nobody_sees_what_others_teach(browser: Browser, url: str, school: School, ida: Instructor):
    other, elsewhere = new_instructor(school, name="Otto Other"), new_school("coding", timezone="UTC")
    for where, teaches in ((school, other), (elsewhere, new_instructor(elsewhere))):
        busy_at(teaches, where, 9)
        lessons_of(where, teaches, "Leo Marsh", 9)
        choir_of(where, teaches)
    assert "Nothing repeats yet" in text_of(browser.get(url))
    assert "Leo Marsh" in text_of(browser_of(other.person).get(url))
    assert browser.get(f"/s/{elsewhere.slug}/teach/weekly/").status_code == 404


def test_as_many_queries_for_three_of_each_as_for_one(browser: Browser, url: str, school: School, ida: Instructor):
    def add(hour: int) -> None:
        busy_at(ida, school, hour)
        lessons_of(school, ida, f"Student {hour}", hour)
        choir_of(school, ida, starts=dt.time(hour + 10))

    add(8)
    browser.get(url)
    once = queries_for(browser, url)
    add(9)
    add(10)
    assert text_of(browser.get(url)).count("Ida Teacher is taken") == 3
    assert queries_for(browser, url) == once
