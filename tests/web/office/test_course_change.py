"""A course is changed in the office: what it reaches is seen first."""

import datetime as dt
import re

import pytest
from django.test import Client as Browser

from factories import (
    OWNER,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_session,
    new_student,
    payer_of,
)
from planning.asking import opened
from schoolbell.catalogue.models import Course
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from web.pages import queries_for, text_of

pytestmark = pytest.mark.django_db


def values(course: Course, **changes: object) -> dict[str, object]:
    now = {"duration_minutes": course.duration_minutes, "price": "45.00", "capacity": course.capacity}
    return now | {"resource_kind": course.resource_kind} | changes


def test_what_it_reaches_is_seen_and_then_it_is_done(school: School, browser: Browser, office: str):
    course = new_course(school)
    ida = new_instructor(school)
    tight, free = (new_session(course, hour_at(day), instructors=[ida]) for day in (10, 12))
    new_session(new_course(school), hour_at(10, 11), instructors=[ida])
    buy_seat(free, new_student(school))
    assert "Change" in text_of(browser.get(f"{office}courses/{course.pk}/"))
    path = f"{office}courses/{course.pk}/change/"
    assert "Show what it reaches" in text_of(browser.get(path))
    assert browser.get(path, values(course, duration_minutes=1)).status_code == 422
    words = text_of(browser.get(path, values(course, duration_minutes=90)))
    assert "Ida Teacher is taken:" in words
    assert "2 sessions that lie ahead become others. One student is booked." in words
    refused = browser.post(path, values(course, duration_minutes=90))
    assert refused.status_code == 409
    done = browser.post(path, values(course, duration_minutes=90, price="50.00", leave_clashing="on"), follow=True)
    assert "First aid is changed." in done.content.decode()
    changed = Course.objects.get(id=course.pk)
    assert (changed.duration_minutes, changed.price) == (90, 5000)
    lasts = [one.ends_at - one.starts_at for one in (Session.objects.get(id=one.pk) for one in (tight, free))]
    assert [one.total_seconds() / 60 for one in lasts] == [60, 90]


def test_fewer_seats_than_are_taken_are_refused_by_name(school: School, browser: Browser, office: str):
    course = new_course(school, capacity=3)
    session = new_session(course)
    for _ in range(2):
        buy_seat(session, new_student(school))
    path = f"{office}courses/{course.pk}/change/"
    page = browser.get(path, values(course, capacity=1))
    assert "More seats are taken here than there would be" in text_of(page)
    assert f"sessions/{session.pk}/" in page.content.decode()
    assert browser.post(path, values(course, capacity=1)).status_code == 409


def test_as_many_queries_for_three_sessions_as_for_one(school: School, browser: Browser, office: str):
    counts = []
    for first, number in ((10, 1), (20, 3)):
        course = new_course(school)
        for day in range(first, first + number):
            buy_seat(new_session(course, hour_at(day)), new_student(school))
        browser.get(f"{office}courses/")
        query = "&".join(f"{name}={value}" for name, value in values(course, duration_minutes=90).items())
        counts.append(queries_for(browser, f"{office}courses/{course.pk}/change/?{query}"))
    assert counts[0] == counts[1]


def test_lessons_longer_than_the_instructor_is_open_are_named_and_may_be_agreed_on(
    school: School, browser: Browser, office: str
):
    course, ida, sam = new_lessons(school), new_instructor(school, hours=False), new_student(school)
    day = hour_at(7).starts_at.date()
    opened(ida, day.isoweekday(), 16, 17)
    plan = WeeklyPlan(sam, payer_of(sam), course, ida, day.isoweekday(), dt.time(16), day, timezone=school.timezone)
    enroll_weekly(plan, by=OWNER)
    path = f"{office}courses/{course.pk}/change/"
    words = text_of(browser.get(path, values(course, duration_minutes=120)))
    assert "Ida Teacher: That is outside the opening hours." in words
    assert "Sam Learner 16:00 4 of the next 4 after those on the timetable would be left out." in words
    assert browser.post(path, values(course, duration_minutes=120)).status_code == 409
    assert browser.post(path, values(course, duration_minutes=120, despite_hours="on", outside="?")).status_code == 409
    asked = browser.get(path, values(course, duration_minutes=120))
    shown = re.findall(r'name="outside" value="([^"]+)"', asked.content.decode())
    assert sorted(shown) == sorted(str(one.pk) for one in Session.objects.of(school))
    browser.post(path, values(course, duration_minutes=120, despite_hours="on", outside=shown))
    assert Course.objects.get(id=course.pk).duration_minutes == 120
