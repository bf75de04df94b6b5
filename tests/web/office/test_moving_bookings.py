"""The office moves one booking to another time."""

import html
import re

import pytest
from django.test import Client as Browser

from factories import (
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
)
from schoolbell.bookings.models import Booking
from schoolbell.journal.models import Record
from schoolbell.planning.targets import MOST_SESSIONS
from schoolbell.schools.models import School
from schoolbell.web.templatetags.words import when_here
from web.pages import links_of, queries_for, text_of


@pytest.fixture
def school(db) -> School:
    return new_school(start_grid_minutes=60)


def key_of(response) -> str:
    found = re.search(r'name="key" value="([^"]+)"', response.content.decode())
    assert found
    return html.unescape(found[1])


def starts_of(booking: Booking):
    return Booking.objects.select_related("session").get(id=booking.pk).session.starts_at


def test_a_seat_goes_to_another_session_of_the_course(school: School, browser: Browser, office: str):
    course = new_course(school)
    here = new_session(course, hour_at(5), instructors=[new_instructor(school)])
    there, third = new_session(course, hour_at(6), capacity=1), new_session(course, hour_at(7))
    booking = buy_seat(here, new_student(school))
    url = f"{office}bookings/{booking.pk}/"
    assert "move" in links_of(browser.get(url))
    page = browser.get(f"{url}move")
    assert "Move Sam Learner’s booking" in text_of(page)
    assert f"{there.starts_at:%H:%M}–{there.ends_at:%H:%M} 1 seat left Move it here" in text_of(page)
    key = key_of(page)
    buy_seat(there, new_student(school, "Kim Alone"))  # meanwhile
    refused = browser.post(f"{url}move", {"key": key, "session": there.pk})
    assert (refused.status_code, starts_of(booking)) == (409, here.starts_at)
    assert "Nothing was moved. This session is full" in text_of(refused)
    for _click in range(2):
        done = browser.post(f"{url}move", {"key": key, "session": third.pk}, follow=True)
        assert f"Sam Learner is moved: {when_here(hour_at(7), school.zone)}." in html.unescape(done.content.decode())
    assert starts_of(booking) == third.starts_at
    assert Record.objects.filter(name="booking.moved", subject_id=booking.pk).count() == 1
    elsewhere = browser.post(f"{url}move", {"key": key, "session": here.pk})
    assert (elsewhere.status_code, starts_of(booking)) == (409, third.starts_at)
    assert "It was moved from another window in the meantime. Look when it is now." in text_of(elsewhere)


def test_a_seat_goes_beyond_the_first_sessions_too(school: School, browser: Browser, office: str):
    course, sam = new_course(school), new_student(school)
    booking = buy_seat(new_session(course, hour_at(5)), sam)
    sessions = [new_session(course, hour_at(6 + number)) for number in range(MOST_SESSIONS + 2)]
    beyond = sessions[-2]
    buy_seat(new_session(new_course(school), hour_at(6 + MOST_SESSIONS + 1)), sam)  # so that the last does not suit
    url = f"{office}bookings/{booking.pk}/move"
    page = browser.get(url)
    shown = [str(one.pk) in page.content.decode() for one in sessions]
    assert shown == [*[True] * MOST_SESSIONS, False, False]
    (later,) = [href for href in links_of(page) if href.startswith("?since=")]
    page = browser.get(url + later)
    assert [one for one in sessions if str(one.pk) in page.content.decode()] == [beyond]
    assert [href for href in links_of(page) if href.startswith("?")] == ["?"]
    browser.post(url, {"key": key_of(page), "session": beyond.pk})
    assert starts_of(booking) == beyond.starts_at


def test_a_lesson_goes_to_a_free_time_of_the_week_that_is_shown(school: School, browser: Browser, office: str):
    ida = new_instructor(school)
    booking = buy_lesson(new_lessons(school), new_student(school), at(3))
    url = f"{office}bookings/{booking.pk}/move"
    page = browser.get(f"{url}?day={at(8).date()}")
    assert "10:00–11:00 Ida Teacher Move it here" in text_of(page)
    assert [link for link in links_of(page) if link.startswith("?day=")] == [
        f"?day={at(1).date()}",
        f"?day={at(15).date()}",
    ]
    sent = {"key": key_of(page), "instructor": ida.pk, "day": str(at(8).date())}
    for nonsense in ({}, {"starts_at": "soon"}, {"starts_at": at(9).isoformat(), "instructor": "Ida"}):
        refused = browser.post(url, sent | nonsense)
        assert (refused.status_code, "Nothing was moved. Choose a time." in text_of(refused)) == (422, True)
    refused = browser.post(url, sent | {"starts_at": at(9, 10, 20).isoformat()})
    assert (refused.status_code, starts_of(booking)) == (409, at(3))
    assert f"You asked for {when_here(at(9, 10, 20), school.zone)}." in text_of(refused)
    assert f"?day={at(15).date()}" in links_of(refused)  # the same week
    assert browser.post(url, sent | {"starts_at": at(9).isoformat()}).status_code == 302
    assert starts_of(booking) == at(9)


def test_what_has_ended_is_not_offered_and_another_schools_is_not_there(school: School, browser: Browser, office: str):
    booking = buy_seat(new_session(new_course(school), hour_at(5)), new_student(school))
    Booking.objects.filter(id=booking.pk).update(status="cancelled", hold_expires_at=None)
    url = f"{office}bookings/{booking.pk}/"
    assert "move" not in links_of(browser.get(url))
    assert browser.get(f"{url}move").headers["Location"] == url
    other = new_school()
    foreign = buy_seat(new_session(new_course(other), hour_at(5)), new_student(other))
    for ask in (browser.get, browser.post):
        assert ask(f"{office}bookings/{foreign.pk}/move").status_code == 404


def test_as_many_queries_for_three_times_as_for_one(school: School, browser: Browser, office: str):
    course = new_course(school)
    ida = new_instructor(school)
    booking = buy_seat(new_session(course, hour_at(5), instructors=[ida]), new_student(school))
    url = f"{office}bookings/{booking.pk}/move"
    new_session(course, hour_at(6), instructors=[ida])
    queries_for(browser, url)
    once = queries_for(browser, url)
    new_session(course, hour_at(7), instructors=[ida])
    new_session(course, hour_at(8), instructors=[ida])
    assert queries_for(browser, url) == once
