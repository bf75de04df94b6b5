"""A seat in a class every week, as the office gives, changes, pauses and ends it."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from factories import OWNER, hour_at, new_school, new_session, new_student
from invariants import broken
from planning.test_joining import a_class, fill, join
from schoolbell.bookings.models import Enrollment
from schoolbell.bookings.sessions import cancel_session
from schoolbell.kit.time import UTC
from schoolbell.planning.days_out import leave_out
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, SkippedOccurrence
from web.office.test_series import sent_again
from web.pages import links_of, queries_for, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=22)


@pytest.fixture(autouse=True)
def _a_monday_in_february():
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


def test_a_student_is_enrolled_in_a_class_after_a_look_at_every_one(school: School, browser: Browser, office: str):
    series = a_class(school, capacity=2)
    other = a_class(school, course=series.course, weekday="TH", capacity=2)
    fill(series, dt.date(2027, 2, 23))
    student = new_student(school, "Leo Marsh")
    page, address = f"{office}series/{series.pk}/", f"{office}weekly/join/"
    assert "Nobody has a seat in every class." in text_of(browser.get(page))
    assert f"{address}?series={series.pk}" in links_of(browser.get(page))
    assert f"{address}?student={student.pk}" in links_of(browser.get(f"{office}students/{student.pk}/"))
    asked = {"look": "1", "series": str(series.pk), "student": str(student.pk), "starts_on": "2027-02-16"}
    assert browser.get(address, asked | {"starts_on": "2027-02-14"}).status_code == 422
    looked = browser.get(address, asked)
    assert "Tue 23 Feb, 16:00–17:00 Left out: No seat is left. It could be Thu 25 Feb, 16:00–17:00" in text_of(looked)
    assert "A seat in 3 of 4 classes, $25.00 each. Leo Marsh, First aid in UTC time" in text_of(looked)
    assert "A seat in 3 of 4 classes, free of charge." in text_of(browser.get(address, asked | {"price": "0"}))
    assert not Enrollment.objects.of(school).exists()
    made = text_of(browser.post(address, sent_again(looked), follow=True))
    assert "A seat every week for Leo Marsh First aid, Tuesdays, 16:00–17:00" in made
    assert "A seat in every class" in made
    assert "Left out: No seat is left." in made
    assert "Here every week Leo Marsh" in text_of(browser.get(page))
    assert browser.post(address, sent_again(looked)).status_code == 409

    own = f"{office}weekly/{Enrollment.objects.get().pk}/"
    looked = browser.get(f"{own}pause/", {"look": "1", "from_day": "2027-03-01"})
    assert "2 lessons are cancelled." in text_of(looked)
    browser.post(f"{own}pause/", sent_again(looked))
    assert "Paused Pauses from Mon 1 Mar What is ahead" in (said := text_of(browser.get(own)))
    assert "Lessons pause from Mon 1 Mar" in said
    assert "Leo Marsh pauses from Mon 1 Mar" in text_of(browser.get(page))
    with time_machine.travel(dt.datetime(2027, 3, 2, 12, tzinfo=UTC), tick=False):
        assert "Leo Marsh pauses since Mon 1 Mar" in text_of(browser.get(page))
    looked = browser.get(f"{own}resume/", {"look": "1", "on": "2027-03-08"})
    assert "Tue 9 Mar, 16:00–17:00" in text_of(looked)
    browser.post(f"{own}resume/", sent_again(looked))
    session = Session.objects.get(series_id=series.pk, occurrence_on=dt.date(2027, 3, 9))
    assert "here every week" in text_of(browser.get(f"{office}sessions/{session.pk}/"))
    assert "Leo Marsh pauses from Mon 1 Mar, back on Mon 8 Mar" in text_of(browser.get(page))
    with time_machine.travel(dt.datetime(2027, 3, 2, 12, tzinfo=UTC), tick=False):
        assert "Paused Pauses since Mon 1 Mar, back on Mon 8 Mar" in text_of(browser.get(own))
    with time_machine.travel(dt.datetime(2027, 3, 8, 12, tzinfo=UTC), tick=False):
        assert "Going on What is ahead" in text_of(browser.get(own))
        assert "pauses" not in text_of(browser.get(page))

    change = {"look": "1", "series": str(other.pk), "first_day": "2027-03-01"}
    looked = browser.get(f"{own}change/", change)
    assert "Tue 9 Mar, 16:00–17:00" in text_of(looked)
    assert "Thu 4 Mar, 16:00–17:00" in text_of(looked)
    changed = text_of(browser.post(f"{own}change/", sent_again(looked), follow=True))
    assert "A seat every week for Leo Marsh First aid, Thursdays, 16:00–17:00" in changed
    assert broken(school) == {}


def test_a_session_of_a_class_that_goes_on_has_a_way_to_enroll_a_student(school: School, browser: Browser, office: str):
    series = a_class(school, last_day=dt.date(2027, 3, 2))
    sessions = Session.objects.filter(series_id=series.pk).order_by("starts_at")
    page, join_it = f"{office}sessions/{sessions[0].pk}/", f"{office}weekly/join/?series={series.pk}"
    assert join_it in links_of(browser.get(page))
    form = browser.get(join_it)
    assert f"{office}series/{series.pk}/" in links_of(form)  # back to the class
    assert f'<option value="{series.pk}" selected>' in form.content.decode()
    cancel_session(sessions[1], because="Snow", by=OWNER)
    alone = new_session(series.course, hour_at(3))
    for other in (sessions[1], alone):
        assert "weekly/join" not in browser.get(f"{office}sessions/{other.pk}/").content.decode()
    with time_machine.travel(dt.datetime(2027, 3, 3, 12, tzinfo=UTC), tick=False):
        assert "weekly/join" not in browser.get(page).content.decode()


def test_the_way_to_find_another_time_is_there_for_what_waits_for_one(school: School, browser: Browser, office: str):
    series = a_class(school)
    page = f"{office}series/{series.pk}/"
    leave_out(series, dt.date(2027, 6, 1), by=OWNER)
    assert "Left out: Not wanted on this day." in (said := text_of(browser.get(page)))
    assert "Find them another time" not in said
    SkippedOccurrence.objects.create(
        school=school, series=series, occurrence_on=dt.date(2027, 6, 8), reason=SkippedOccurrence.Reason.CLASH
    )
    assert "Find them another time" in text_of(browser.get(page))


def test_a_class_of_three_asks_no_more_than_a_class_of_one(school: School, browser: Browser, office: str):
    series = a_class(school)
    page = f"{office}series/{series.pk}/"
    join(series)
    browser.get(page)
    once = queries_for(browser, page)
    join(series)
    join(series)
    assert queries_for(browser, page) == once


def test_every_link_beside_a_seat_leads_somewhere(school: School, browser: Browser, office: str):
    page = f"{office}weekly/{join(a_class(school)).pk}/"
    links = [link for link in links_of(browser.get(page)) if link.startswith(office)]
    moves = [link for link in links if link.endswith("/move")]
    assert len(moves) == 4
    assert {link: browser.get(link).status_code for link in links} == dict.fromkeys(links, 200)
