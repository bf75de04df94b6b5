"""Lessons that found no time, as the office sees them and puts them elsewhere."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from api_client import Api
from factories import OWNER, be_busy, new_instructor, new_lessons, new_school, new_student, new_token, payer_of
from schoolbell.kit.time import UTC, Stretch
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, SkippedOccurrence
from web.pages import links_of, queries_for, text_of

pytestmark = pytest.mark.django_db

TUESDAY = dt.date(2027, 2, 16)
FOUR = dt.datetime(2027, 2, 16, 16, tzinfo=UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=10)


@pytest.fixture(autouse=True)
def _a_monday_in_february():
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


def leave_out(school: School) -> SkippedOccurrence:
    ida, student = new_instructor(school), new_student(school)
    be_busy(ida.person.diary_id, school, Stretch(FOUR, FOUR + HOUR))
    plan = WeeklyPlan(student, payer_of(student), new_lessons(school), ida, 2, dt.time(16), TUESDAY)
    return SkippedOccurrence.objects.get(series_id=enroll_weekly(plan, by=OWNER).series_id)


def test_today_leads_to_them_and_one_is_put_where_it_can_be(school: School, browser: Browser, office: str):
    row = leave_out(school)
    today = browser.get(office)
    assert "One lesson that lies ahead has found no time. Find one" in text_of(today)
    assert f"{office}skipped/" in links_of(today)
    words = text_of(browser.get(f"{office}skipped/"))
    assert "Sam Learner Tue 16 Feb, 16:00–17:00 Piano, Ida Teacher Ida Teacher is taken 16:00–17:00" in words
    assert "Tue 16 Feb, 17:00–18:00 Tue 16 Feb, 15:00–16:00" in words
    place = f"{office}skipped/{row.pk}/place"
    assert browser.post(place, {"starts_at": "soon"}).status_code == 422
    refused = browser.post(place, {"starts_at": FOUR.isoformat()})
    assert (refused.status_code, "Ida Teacher is taken then. Choose another time." in text_of(refused)) == (409, True)
    done = browser.post(place, {"starts_at": (FOUR + HOUR).isoformat()}, follow=True)
    assert "It is on the timetable: Tue 16 Feb, 17:00–18:00." in done.content.decode()
    assert "Every lesson has its time" in text_of(done)
    assert Session.objects.get(series_id=row.series_id, occurrence_on=TUESDAY).starts_at == FOUR + HOUR
    assert browser.post(place, {"starts_at": FOUR.isoformat()}).status_code == 404
    assert "found no time" not in text_of(browser.get(office))


def test_what_is_not_open_is_not_blamed_on_the_instructor(school: School, browser: Browser, office: str):
    leave_out(school)
    SkippedOccurrence.objects.update(reason="hours", taken=[])  # of the school, a place or somebody
    words = text_of(browser.get(f"{office}skipped/"))
    assert "Piano, Ida Teacher Outside of the opening hours" in words


def test_as_many_queries_for_three_as_for_one(school: School, browser: Browser, office: str):
    leave_out(school)
    queries_for(browser, f"{office}skipped/")
    once = queries_for(browser, f"{office}skipped/")
    leave_out(school)
    leave_out(school)
    assert queries_for(browser, f"{office}skipped/") == once


def test_the_same_over_the_api(school: School):
    row, owner = leave_out(school), Api(school.slug, new_token(school, Role.OWNER))
    (said,) = owner.get("/skipped-lessons").json["items"]
    assert (said["id"], said["reason"], said["student"]["name"]) == (str(row.pk), "clash", "Sam Learner")
    assert [one["who"] for one in said["taken"]] == ["Ida Teacher"]
    placed = owner.post(f"/skipped-lessons/{row.pk}/place", {"starts_at": said["alternatives"][0]["starts_at"]})
    assert (placed.status, placed.json["slots"][0]["starts_at"]) == (200, said["alternatives"][0]["starts_at"])
    assert owner.get("/skipped-lessons").json["items"] == []
    assert owner.post(f"/skipped-lessons/{row.pk}/place", {"starts_at": "2027-02-17T10:00:00Z"}).status == 404
    client = Api(school.slug, new_token(school, Role.CLIENT, payer_of(new_student(school)).person))
    assert client.get("/skipped-lessons").status == 403
