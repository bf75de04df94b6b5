"""A day is left out, and put back, on the page of a class and of weekly lessons."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from factories import OWNER, new_course, new_instructor, new_lessons, new_school, new_student, payer_of
from schoolbell.kit.time import UTC
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.joining import Joining, join_class
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, SkippedOccurrence
from web.office.conftest import as_staff
from web.pages import text_of

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2027, 2, 15)
FAR = {"day": "2027-03-23"}


@pytest.fixture(autouse=True)
def _a_monday_in_february():
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=14)


@pytest.fixture
def browser(school: School) -> Browser:
    return as_staff(school)


def a_class(school: School) -> Series:
    ida = new_instructor(school)
    new = NewSeries(new_course(school), "FREQ=WEEKLY;BYDAY=TU", dt.time(10), MONDAY, instructors=[ida])
    return create_series(new, by=OWNER)


def weekly_page(school: School) -> str:
    sam = new_student(school)
    plan = WeeklyPlan(sam, payer_of(sam), new_lessons(school), new_instructor(school), 2, dt.time(16), MONDAY)
    return f"/s/{school.slug}/office/weekly/{enroll_weekly(plan, by=OWNER).pk}/"


@pytest.mark.parametrize("of", ["class", "weekly"])
def test_a_day_is_left_out_and_put_back(school: School, browser: Browser, of: str):
    page = f"/s/{school.slug}/office/series/{a_class(school).pk}/" if of == "class" else weekly_page(school)
    assert browser.post(f"{page}leave-out", FAR)["Location"] == page
    told = browser.get(page)
    words = text_of(told)
    assert "Tue 23 Mar is left out. Nothing is put there." in told.content.decode()
    assert "Left out: Not wanted on this day. Put it back" in words
    assert "It could be" not in words
    assert browser.post(f"{page}put-back", FAR)["Location"] == page
    assert "Tue 23 Mar is wanted again." in browser.get(page).content.decode()
    assert not SkippedOccurrence.objects.exists()
    browser.post(f"{page}put-back", FAR)  # in another tab
    assert "Tue 23 Mar is not left out any more." in browser.get(page).content.decode()


def test_what_makes_no_sense_is_said_beside_the_field(school: School, browser: Browser):
    page = f"/s/{school.slug}/office/series/{a_class(school).pk}/"
    for day, words in (
        ("2027-02-23", "It is on the timetable already. Cancel it there, so that everybody is told."),
        ("2027-03-24", "There would be none on that day as it is."),
        ("", "Choose the day."),
        ("soon", "Write a day such as 2026-12-24."),
    ):
        answer = browser.post(f"{page}leave-out", {"day": day})
        assert (answer.status_code, words in text_of(answer)) == (422, True), day
    assert browser.post(f"{page}put-back", {"day": "soon"}).status_code == 404
    assert not SkippedOccurrence.objects.exists()


def test_a_seat_in_a_class_leaves_out_no_day_for_all(school: School, browser: Browser):
    series, sam = a_class(school), new_student(school)
    seat = join_class(Joining(series, sam, payer_of(sam), MONDAY), by=OWNER)
    page = f"/s/{school.slug}/office/weekly/{seat.pk}/"
    assert "Leave out a day" not in text_of(browser.get(page))
    for way in ("leave-out", "put-back"):
        assert browser.post(page + way, FAR).status_code == 404
    assert not SkippedOccurrence.objects.exists()
