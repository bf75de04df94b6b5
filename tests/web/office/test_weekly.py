"""A student's weekly lessons, as the office enrolls, changes, pauses, resumes and ends them."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from factories import OWNER, be_busy, new_instructor, new_lessons, new_school, new_student, payer_of
from invariants import broken
from schoolbell.bookings.models import Enrollment
from schoolbell.kit.time import UTC, Stretch
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from web.office.test_series import sent_again
from web.pages import links_of, queries_for, text_of

pytestmark = pytest.mark.django_db

TUESDAY = dt.date(2027, 2, 16)


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=22)


@pytest.fixture(autouse=True)
def _a_monday_in_february():
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


def enrolled(school: School, hour: int = 16) -> Enrollment:
    student = new_student(school, "Leo Marsh")
    plan = WeeklyPlan(
        student, payer_of(student), new_lessons(school), new_instructor(school), 2, dt.time(hour), TUESDAY
    )
    return enroll_weekly(plan, by=OWNER)


def test_a_student_is_enrolled_after_a_look_at_every_lesson(school: School, browser: Browser, office: str):
    ida, student, course = new_instructor(school), new_student(school, "Leo Marsh"), new_lessons(school, price=4500)
    be_busy(ida.person.diary_id, school, Stretch(*(dt.datetime(2027, 2, 23, hour, tzinfo=UTC) for hour in (16, 17))))
    assert "Nobody has weekly lessons" in text_of(browser.get(f"{office}weekly/"))
    new = f"{office}weekly/new/"
    assert f"{new}?student={student.pk}" in links_of(browser.get(f"{office}students/{student.pk}/"))
    prefilled = browser.get(new, {"student": str(student.pk)}).content.decode()
    assert f'name="student" value="{student.pk}"' in prefilled
    assert 'name="student_words" value="Leo Marsh"' in prefilled
    asked = {"look": "1", "student": str(student.pk), "course": str(course.pk), "instructor": str(ida.pk)}
    asked |= {"weekday": "2", "every": "1", "starts": "16:00", "starts_on": "2027-02-16"}
    assert browser.get(new, asked | {"starts_on": "2027-02-14"}).status_code == 422
    looked = browser.get(new, asked)
    words = text_of(looked)
    assert "Tue 23 Feb, 16:00–17:00 Left out: Ida Teacher is taken 16:00–17:00. It could be" in words
    assert not Enrollment.objects.exists()
    made = browser.post(new, sent_again(looked), follow=True)
    words = text_of(made)
    assert "Weekly lessons of Leo Marsh Piano, Tuesdays, 16:00–17:00" in words
    assert "Left out Find them another time Tue 23 Feb, 16:00–17:00" in words
    assert "Leo Marsh Tuesdays, 16:00–17:00 Piano Ida Teacher Next Tue 16 Feb, 16:00" in text_of(
        browser.get(f"{office}weekly/")
    )


def test_lessons_change_pause_go_on_and_end_each_after_a_look(school: School, browser: Browser, office: str):
    enrollment = enrolled(school)
    page = f"{office}weekly/{enrollment.pk}/"
    teaches = str(enrollment.series.staffing.get().instructor_id)
    asked = {"look": "1", "first_day": "2027-02-22", "weekday": "4", "every": "1", "starts": "17:00"}
    asked["instructor"] = teaches
    looked = browser.get(f"{page}change/", asked)
    assert "Tue 23 Feb, 16:00–17:00 Thu 25 Feb, 17:00–18:00 Leo Marsh Moves" in text_of(looked)
    assert "Thursdays, 17:00–18:00" in text_of(browser.post(f"{page}change/", sent_again(looked), follow=True))

    looked = browser.get(f"{page}pause/", {"look": "1", "from_day": "2027-03-01"})
    assert "2 lessons are cancelled." in text_of(looked)
    paused = browser.post(f"{page}pause/", sent_again(looked), follow=True)
    assert "Paused" in text_of(paused)
    assert {"resume/", "end/"} <= set(links_of(paused))
    assert browser.get(f"{page}pause/", {"look": "1", "from_day": "2027-03-01"}).status_code == 409

    looked = browser.get(f"{page}resume/", {"look": "1", "on": "2027-03-08"})
    assert "Thu 11 Mar, 17:00–18:00" not in text_of(looked)  # beyond the horizon
    assert "They are put on the timetable when it comes near." in text_of(looked)
    browser.post(f"{page}resume/", sent_again(looked))

    looked = browser.get(f"{page}end/", {"look": "1", "last_day": "2027-02-20"})
    assert "One lesson is cancelled." in text_of(looked)
    ended = browser.post(f"{page}end/", sent_again(looked), follow=True)
    assert "Ended" in text_of(ended)
    assert Enrollment.objects.get(id=enrollment.pk).ends_on == dt.date(2027, 2, 20)
    assert broken(school) == {}


def test_lessons_every_second_week_are_seen_said_and_stay_so(school: School, browser: Browser, office: str):
    ida, student, course = new_instructor(school), new_student(school, "Leo Marsh"), new_lessons(school)
    asked = {"look": "1", "student": str(student.pk), "course": str(course.pk), "instructor": str(ida.pk)}
    asked |= {"weekday": "2", "every": "2", "starts": "16:00", "starts_on": "2027-02-16"}
    new = f"{office}weekly/new/"
    assert browser.get(new, asked | {"every": "5"}).status_code == 422
    looked = browser.get(new, asked)
    words = text_of(looked)
    assert "Tue 16 Feb, 16:00–17:00" in words
    assert "Tue 2 Mar, 16:00–17:00" in words
    assert "Tue 23 Feb" not in words
    browser.post(new, sent_again(looked), follow=True)
    assert "Tuesdays, every 2 weeks, 16:00–17:00" in text_of(browser.get(f"{office}weekly/"))
    enrollment = Enrollment.objects.get()
    page = f"{office}weekly/{enrollment.pk}/"
    change = {"look": "1", "first_day": "2027-02-22", "weekday": "4", "every": "2", "starts": "16:00"}
    change["instructor"] = str(ida.pk)
    looked = browser.get(f"{page}change/", change)
    changed = browser.post(f"{page}change/", sent_again(looked), follow=True)
    assert "Thursdays, every 2 weeks, 16:00–17:00" in text_of(changed)
    assert "Thu 4 Mar" in text_of(changed)
    looked = browser.get(f"{page}change/", change | {"first_day": "2027-03-01", "every": "3"})
    words = text_of(looked)
    assert "The first is on Thu 4 Mar, and from then on they are every 3 weeks." in words
    assert "Thursdays, every 3 weeks, 16:00–17:00" in text_of(
        browser.post(f"{page}change/", sent_again(looked), follow=True)
    )
    assert browser.get(f"{page}change/", change | {"every": "5"}).status_code == 422
    assert broken(school) == {}


def test_a_list_of_three_asks_no_more_than_a_list_of_one(school: School, browser: Browser, office: str):
    enrolled(school, 9)
    browser.get(f"{office}weekly/")
    once = queries_for(browser, f"{office}weekly/")
    enrolled(school, 10)
    enrolled(school, 11)
    assert queries_for(browser, f"{office}weekly/") == once
