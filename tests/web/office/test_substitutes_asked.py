"""The office sees who asks for a substitute, and finds one or declines."""

import pytest
from django.test import Client as Browser

from factories import OWNER, as_instructor, hour_at, new_course, new_instructor, new_session
from schoolbell.bookings.sessions import cancel_session
from schoolbell.people.models import Instructor
from schoolbell.planning.models import SubstituteRequest
from schoolbell.planning.own_lessons import ask_for_substitute
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from web.pages import links_of, queries_for, text_of

pytestmark = pytest.mark.django_db


def asks(session: Session, instructor: Instructor, **more: object) -> SubstituteRequest:
    return ask_for_substitute(session, by=as_instructor(instructor), **more)


@pytest.fixture
def asked(school: School) -> SubstituteRequest:
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    session = new_session(new_course(school), hour_at(3), instructors=[ida])
    return asks(session, ida, wanted=tom, reason="A <b>wedding</b>")


def test_it_stands_on_today_on_its_page_and_on_the_session(school: School, browser: Browser, office: str, asked):
    assert "A substitute is asked for, for one lesson. Find them" in text_of(browser.get(office))
    words = "Ida Teacher asks for a substitute. They would like Tom Other. A <b>wedding</b> Find a substitute"
    for page in ("substitutes/", f"sessions/{asked.session_id}/"):
        found = browser.get(office + page)
        assert words in text_of(found)
        href = f"{office}sessions/{asked.session_id}/substitute/?for={asked.instructor_id}"
        assert href in links_of(found)
        assert "A &lt;b&gt;wedding&lt;/b&gt;" in found.content.decode()
    handed = browser.post(href, {"instructor": str(asked.wanted_id)})
    assert handed.status_code == 302
    asked.refresh_from_db()
    assert asked.status == "settled"
    assert "Nobody asks for a substitute" in text_of(browser.get(f"{office}substitutes/"))
    assert "is asked for" not in text_of(browser.get(office))


def test_it_is_declined_once(school: School, browser: Browser, office: str, asked):
    path = f"{office}substitutes/{asked.pk}/decline"
    assert "Ida Teacher gives it, and is told." in browser.post(path, follow=True).content.decode()
    assert "This request is not open any more." in browser.post(path, follow=True).content.decode()
    asked.refresh_from_db()
    assert asked.status == "declined"


def test_what_is_cancelled_waits_no_more_and_three_ask_as_many_queries_as_one(
    school: School, browser: Browser, office: str, asked
):
    browser.get(f"{office}substitutes/")
    once = queries_for(browser, f"{office}substitutes/")
    others = [new_session(new_course(school), hour_at(day), instructors=[asked.instructor]) for day in (4, 5)]
    for session in others:
        asks(session, asked.instructor)
    assert queries_for(browser, f"{office}substitutes/") == once
    assert "Substitutes are asked for, for 3 lessons." in text_of(browser.get(office))
    cancel_session(others[0], by=OWNER, because="A <b>boiler</b>")
    assert "Substitutes are asked for, for 2 lessons." in text_of(browser.get(office))
    words = text_of(browser.get(f"{office}sessions/{others[0].pk}/"))
    assert "Why it was cancelled: A <b>boiler</b>" in words
    assert "asks for a substitute" not in words


def test_the_office_says_why_it_cancels_if_it_likes(school: School, browser: Browser, office: str):
    session = new_session(new_course(school), hour_at(3))
    path = f"{office}sessions/{session.pk}/cancel"
    assert browser.post(path, {"reason": "a" * 301}).status_code == 422
    browser.post(path, {"reason": "Boiler"})
    assert Session.objects.get(id=session.pk).cancelled_because == "Boiler"
