"""Calendars elsewhere, on the instructor's page and on the office's: what is busy, how they are, and what clashes."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from diary.test_outside import busy, subscribe, written
from elsewhere import Answer, Elsewhere, elsewhere
from factories import hour_at, new_course, new_instructor, new_session, slots_of
from schoolbell.diary.models import OutsideCalendar
from schoolbell.diary.outside import fetch_calendar
from schoolbell.kit.time import now
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.web.templatetags.words import when_here
from web.office.conftest import as_staff
from web.public.visitors import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_this_machine(settings) -> None:
    settings.ALLOW_PRIVATE_CALENDARS = True


@pytest.fixture
def place():
    with elsewhere() as found:
        yield found


@pytest.fixture
def url(school: School) -> str:
    return f"/s/{school.slug}/teach/calendars/"


def said(browser: Browser, url: str) -> str:
    return text(browser.get(url).content.decode())


def test_a_calendar_is_added_read_at_once_and_removed(browser: Browser, url: str, ida: Instructor, place: Elsewhere):
    assert "No calendar elsewhere yet" in said(browser, url)
    place.answer = lambda path, headers: Answer(written(*(hour_at(day, 14) for day in range(10, 18))))
    session = new_session(new_course(ida.school), hour_at(11, 14), instructors=[ida])
    values = {"url": place.url("/secret-word.ics"), "name": "Choir", "timezone": "Europe/London"}
    answer = browser.post(url, values)
    assert (answer.status_code, answer.headers["Location"]) == (302, url)
    assert len(busy(ida.person.diary)) == 7
    page = browser.get(url).content.decode()
    words = text(page)
    assert "Choir is read: busy 8 times." in words
    assert "Choir 127.0.0.1 Read just now" in words
    assert "secret-word" not in page
    assert f"{when_here(hour_at(10, 14), 'UTC')} {when_here(hour_at(11, 14), 'UTC')}" in words
    assert "and 2 times more" in words
    assert f"A lesson lies in its busy time. It stays, until it is moved. {when_here(hour_at(11, 14), 'UTC')}" in words
    assert f"/teach/lessons/{slots_of(session)[0].pk}/" in page
    calendar = OutsideCalendar.objects.get()
    assert calendar.timezone == "Europe/London"
    place.answer = lambda path, headers: Answer(written(hour_at(12, 9)))
    assert browser.post(f"{url}{calendar.pk}/read").headers["Location"] == url
    assert "Choir is read: busy once." in said(browser, url)
    assert busy(ida.person.diary) == [hour_at(12, 9)]
    browser.post(f"{url}{calendar.pk}/remove")
    assert "Choir is removed. The time that it took is free again." in said(browser, url)
    assert busy(ida.person.diary) == []
    assert browser.post(f"{url}{calendar.pk}/remove").status_code == 404


def test_what_goes_wrong_is_told_with_what_still_holds(browser: Browser, url: str, ida: Instructor, place: Elsewhere):
    place.answer = lambda path, headers: Answer(written(hour_at(10, 14)))
    calendar = fetch_calendar(subscribe(ida.person.diary, place.url(), name="Choir"))
    long_ago = now() - dt.timedelta(hours=4)
    OutsideCalendar.objects.filter(id=calendar.pk).update(fetched_at=long_ago)
    words = said(browser, url)
    assert f"Last read on {when_here(long_ago, 'UTC')}" in words
    assert "It was not read for hours: it may say something else by now." in words
    place.answer = lambda path, headers: Answer(status=404)
    browser.post(f"{url}{calendar.pk}/read")
    words = said(browser, url)
    assert "Choir could not be read. There is no calendar at this address any more." in words
    assert "There is no calendar at this address any more. What was read before still holds." in words
    assert busy(ida.person.diary) == [hour_at(10, 14)]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Paste the address of the calendar."),
        ("mine.ics", "This is no address on the web: it begins with https:// or http://."),
        ("https://example.org/known.ics", "This calendar is subscribed already."),
    ],
)
def test_an_address_that_cannot_be_is_refused_beside_its_field(
    browser: Browser, url: str, ida: Instructor, address: str, sentence: str
):
    subscribe(ida.person.diary, "https://example.org/known.ics")
    answer = browser.post(url, {"url": address, "name": "", "timezone": "UTC"})
    assert answer.status_code == 422
    assert sentence in text(answer.content.decode())
    assert OutsideCalendar.objects.count() == 1


def test_nobody_reads_or_removes_anothers(browser: Browser, url: str, school: School):
    other = subscribe(new_instructor(school).person.diary, "https://example.org/other.ics")
    assert "example.org" not in said(browser, url)
    for act in ("read", "remove"):
        assert browser.post(f"{url}{other.pk}/{act}").status_code == 404
    assert OutsideCalendar.objects.count() == 1


def test_the_office_sees_the_same_and_goes_on_to_the_session(
    browser: Browser, school: School, ida: Instructor, place: Elsewhere
):
    office = as_staff(school)
    url = f"/s/{school.slug}/office/instructors/{ida.pk}/calendars/"
    assert "Calendars of Ida Teacher" in said(office, url)
    assert (
        url.removeprefix(f"/s/{school.slug}/office/instructors/{ida.pk}/")
        in office.get(f"/s/{school.slug}/office/instructors/{ida.pk}/").content.decode()
    )
    session = new_session(new_course(school), hour_at(11, 14), instructors=[ida])
    place.answer = lambda path, headers: Answer(written(hour_at(11, 14)))
    office.post(url, {"url": place.url(), "name": "Choir", "timezone": "UTC"})
    page = office.get(url).content.decode()
    assert f"/office/sessions/{session.pk}/" in page
    assert "A lesson lies in its busy time." in text(page)
    calendar = OutsideCalendar.objects.get()
    office.post(f"{url}{calendar.pk}/read")
    office.post(f"{url}{calendar.pk}/remove")
    assert OutsideCalendar.objects.count() == 0
    assert browser.get(url).status_code == 404


def test_three_calendars_cost_no_more_queries_than_one(browser: Browser, url: str, ida: Instructor, place: Elsewhere):
    place.answer = lambda path, headers: Answer(written(hour_at(10, 14), hour_at(11, 14)))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(url)
        return len(captured)

    fetch_calendar(subscribe(ida.person.diary, place.url("/1.ics")))
    before = queries()
    for number in (2, 3):
        fetch_calendar(subscribe(ida.person.diary, place.url(f"/{number}.ics")))
    assert queries() == before
