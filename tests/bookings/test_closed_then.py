"""What is closed while a session takes place that the office means all the same, as it is said to the office."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from api_client import Api
from factories import OWNER, at, hour_at, new_course, new_resource, new_school, new_session, new_token
from schoolbell.bookings.closed_then import closed_then
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import add_closure, keep_open
from schoolbell.diary.school_hours import school_diary
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import slots_and_staff
from web.office.conftest import as_staff
from web.pages import text_of

pytestmark = pytest.mark.django_db


def closing(school: School, number: int, name: str = "Boiler"):
    return add_closure(school, at(number).date(), at(number).date(), name, by=OWNER)


def said(school: School, *sessions: Session) -> list[list[tuple[str, str]]]:
    found = closed_then(school, sessions, slots_and_staff(sessions)[0])
    return [[(one.kind.value, one.name) for one in found[session.pk]] for session in sessions if session.pk in found]


def test_it_is_a_closure_the_schools_hours_or_the_place():
    school = new_school()
    course, hall = new_course(school), new_resource(school)
    for diary in (school_diary(school), hall.diary):
        for weekday in range(1, 8):
            ends = dt.time(18) if diary == hall.diary else dt.time(20)
            add_opening_hours(diary, weekday=weekday, starts=dt.time(8), ends=ends, timezone="UTC", by=OWNER)
    boiler = closing(school, 10)
    closing(school, 11, "Paint")
    two_days = new_session(course, hour_at(10), hour_at(11), despite_closed=True)
    late = new_session(course, hour_at(12, 19), resource=hall, despite_closed=True)
    later = new_session(course, hour_at(13, 20), resource=hall, despite_closed=True)
    plain = new_session(course, hour_at(14), resource=hall)
    assert said(school, plain) == []
    assert said(school, two_days, late, later, plain) == [
        [("closure", "Boiler"), ("closure", "Paint")],
        [("place", "Hall")],
        [("hours", ""), ("place", "Hall")],
    ]
    keep_open(boiler, by=OWNER)
    assert said(school, two_days) == [[("closure", "Paint")]]


def test_the_office_is_told_on_the_page_and_over_the_api_and_nobody_else():
    school = new_school()
    course, closure = new_course(school), closing(school, 10)
    session = new_session(course, hour_at(10), despite_closed=True)
    path = f"/s/{school.slug}/office/sessions/{session.pk}/"
    browser: Browser = as_staff(school)
    assert "Closed Boiler: the school is closed," in text_of(browser.get(path))
    assert "It takes place all the same." in text_of(browser.get(path))
    owner = Api(school.slug, new_token(school, Role.OWNER))
    asked = owner.get(f"/sessions/{session.pk}").json
    assert asked["closed"] == [{"kind": "closure", "name": "Boiler", "closure": str(closure.pk)}]
    assert Api(school.slug).get(f"/sessions/{session.pk}").json["closed"] is None
    keep_open(closure, by=OWNER)
    assert "Nothing is any more." in text_of(browser.get(path))
    assert owner.get(f"/sessions/{session.pk}").json["closed"] == []


def test_three_that_are_meant_take_as_many_queries_as_one():
    school = new_school()
    course, asked = new_course(school), []
    for number in (10, 11, 12):
        closing(school, number)
        new_session(course, hour_at(number), resource=new_resource(school), despite_closed=True)
        sessions = list(Session.objects.of(school))
        slots = slots_and_staff(sessions)[0]
        with CaptureQueriesContext(connection) as taken:
            closed_then(school, sessions, slots)
        asked.append(len(taken))
    assert len(set(asked)) == 1
