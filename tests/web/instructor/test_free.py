"""An instructor's free times, as learners see them."""

import datetime as dt

import pytest
from django.test import Client as Browser

from factories import OWNER, at, be_busy, buy_lesson, new_instructor, new_lessons, new_school, new_student
from schoolbell.catalogue.actions import qualify
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import add_closure
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from web.pages import links_of, text_of

DAY = at(10).date()


@pytest.fixture
def school(db: None) -> School:
    return new_school(start_grid_minutes=30)


@pytest.fixture
def url(school: School) -> str:
    return f"/s/{school.slug}/teach/free/?day={DAY}"


@pytest.fixture
def open_ida(ida: Instructor) -> Instructor:
    hours = {"starts": dt.time(9), "ends": dt.time(17), "timezone": "UTC", "by": OWNER}
    add_opening_hours(ida.person.diary, date=DAY, **hours)
    return ida


def test_the_week_shows_what_is_free_and_how_many_lessons_could_begin(
    browser: Browser, url: str, school: School, open_ida: Instructor
):
    piano = new_lessons(school)
    new_instructor(school)  # somebody else's time is not hers
    buy_lesson(piano, new_student(school), at(10, 11), instructor_id=open_ida.pk)
    be_busy(open_ida.person.diary_id, school, Stretch(at(10, 15, 30), at(10, 16)))
    words = text_of(browser.get(url))
    assert f"{DAY:%a} {DAY.day} {DAY:%b} 09:00–11:00 12:00–15:30 16:00–17:00 10 starts" in words
    assert words.count("not free") + words.count(" over") == 6
    monday = DAY - dt.timedelta(days=DAY.weekday())
    before, after = (
        f"/s/{school.slug}/teach/free/?day={monday + days}" for days in (-dt.timedelta(7), dt.timedelta(7))
    )
    page = browser.get(url).content.decode()
    assert f'href="{before}"' in page
    assert f'href="{after}"' in page


def test_a_closed_day_says_why_nothing_is_free(browser: Browser, url: str, school: School, open_ida: Instructor):
    qualify(open_ida, new_lessons(school), by=OWNER)
    add_closure(school, DAY, DAY, "Boxing Day", by=OWNER)
    words = text_of(browser.get(url))
    assert f"{DAY:%a} {DAY.day} {DAY:%b} The school is closed: Boxing Day" in words
    assert words.count("The school is closed") == 1


def test_of_several_courses_one_is_looked_at(browser: Browser, url: str, school: School, open_ida: Instructor):
    long, short = new_lessons(school, name="Long", duration_minutes=240), new_lessons(school, name="Short")
    other = new_lessons(school, name="Other")
    for course in (long, short):
        qualify(open_ida, course, by=OWNER)
    assert "09:00–17:00 9 starts" in text_of(browser.get(url))
    assert "09:00–17:00 15 starts" in text_of(browser.get(f"{url}&course={short.pk}"))
    assert "09:00–17:00 9 starts" in text_of(browser.get(f"{url}&course={other.pk}"))  # which she does not teach


def test_who_teaches_nothing_by_the_hour_is_led_to_their_slots(browser: Browser, url: str, school: School):
    answer = browser.get(url)
    assert "Nothing that you teach is booked by the hour" in text_of(answer)
    assert f"/s/{school.slug}/teach/slots/" in links_of(answer)
