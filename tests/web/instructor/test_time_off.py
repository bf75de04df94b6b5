"""An instructor asks for time off."""

import datetime as dt
from urllib.parse import urlencode

import pytest
import time_machine

from factories import OWNER, buy_seat, new_course, new_instructor, new_session, new_student, slots_of
from schoolbell.diary.models import TimeOff
from schoolbell.diary.time_off import approve_time_off, ask_for_time_off, decline_time_off
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor, Person
from schoolbell.schools.models import School
from web.pages import links_of, queries_for, text_of

NOW = dt.datetime(2026, 12, 8, 7, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def url(school: School) -> str:
    return f"/s/{school.slug}/teach/time-off/"


def on(day: int, hour: int = 9) -> Stretch:
    starts_at = dt.datetime(2026, 12, day, hour, tzinfo=UTC)
    return Stretch(starts_at, starts_at + dt.timedelta(hours=2))


def test_whole_days_are_asked_for_by_their_own_clock_and_taken_back(school: School, ida: Instructor, browser, url: str):
    Person.objects.filter(id=ida.person_id).update(timezone="Asia/Kolkata")
    assert "Nothing is asked for." in text_of(browser.get(url))
    sent = {"first_day": "2026-12-14", "last_day": "2026-12-15", "reason": "Choir"}
    assert browser.post(url, sent)["Location"] == url
    asked = TimeOff.objects.of(school).get()
    assert (asked.status, asked.reason) == ("requested", "Choir")
    assert asked.during == Stretch(
        dt.datetime(2026, 12, 13, 18, 30, tzinfo=UTC), dt.datetime(2026, 12, 15, 18, 30, tzinfo=UTC)
    )
    words = text_of(browser.get(url))
    assert "Mon 14 Dec to Tue 15 Dec, all day Choir Asked for Take back" in words
    assert browser.post(f"{url}{asked.pk}/withdraw")["Location"] == url
    assert TimeOff.objects.of(school).get().status == "withdrawn"
    again = browser.post(f"{url}{asked.pk}/withdraw")
    assert again.status_code == 404


def test_she_sees_first_which_lessons_it_meets(school: School, ida: Instructor, browser, url: str):
    course = new_course(school)
    session = new_session(course, on(10), instructors=[ida])
    new_session(course, on(12), instructors=[ida])
    buy_seat(session, new_student(school))
    sent = {"look": "1", "first_day": "2026-12-10", "last_day": "2026-12-10", "reason": "Choir"}
    looked = browser.get(url, sent)
    words = text_of(looked)
    assert "It meets one lesson of yours. The office finds a substitute, another time or an end for it" in words
    assert "Thu 10 Dec, 09:00–11:00 First aid Sam Learner Until the office decides" in words
    assert TimeOff.objects.of(school).count() == 0
    again = browser.get(url, {name: value for name, value in sent.items() if name != "look"})
    assert (again.status_code, 'value="Choir"' in again.content.decode()) == (200, True)
    once = queries_for(browser, f"{url}?{urlencode(sent)}")
    new_session(course, on(10, 14), instructors=[ida])
    assert queries_for(browser, f"{url}?{urlencode(sent)}") == once
    assert browser.post(url, sent)["Location"] == url
    listed = browser.get(url)
    assert "2 lessons are booked then. Asked for Take back" in text_of(listed)
    assert f"/s/{school.slug}/teach/lessons/{slots_of(session)[0].pk}/" in links_of(listed)
    free = browser.get(url, sent | {"first_day": "2026-12-20", "last_day": "2026-12-20"})
    assert "No lesson of yours is in the way." in text_of(free)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"last_day": "2026-12-13"}, "An absence ends after it starts."),
        ({"last_day": ""}, "Choose the day."),
        ({"first_day": "2026-12-01", "last_day": "2026-12-02"}, "Time off lies ahead"),
        ({"starts": "17:00", "ends": "09:00"}, "An absence ends after it starts."),
        ({"first_day": "2026-12-20", "last_day": "2026-12-20"}, "Time off is asked for or approved then already."),
    ],
)
def test_nonsense_is_refused_and_kept(school: School, ida: Instructor, browser, url: str, changed: dict, told: str):
    ask_for_time_off(ida.person.diary, on(20), by=OWNER)
    answer = browser.post(url, {"first_day": "2026-12-14", "last_day": "2026-12-14", "reason": "Choir"} | changed)
    assert (answer.status_code, told in text_of(answer), 'value="Choir"' in answer.content.decode()) == (
        422,
        True,
        True,
    )
    assert TimeOff.objects.of(school).count() == 1


def test_what_became_of_it_and_the_lessons_in_it_are_shown(school: School, ida: Instructor, browser, url: str):
    new_session(new_course(school), on(10), instructors=[ida])
    diary = ida.person.diary
    ask_for_time_off(diary, on(10, 8), by=OWNER)
    once = queries_for(browser, url)
    approve_time_off(ask_for_time_off(diary, on(11), by=OWNER), by=OWNER)
    decline_time_off(ask_for_time_off(diary, on(12), by=OWNER), by=OWNER)
    words = text_of(browser.get(url))
    assert "Thu 10 Dec, 08:00–10:00 One lesson is booked then. Asked for Take back" in words
    assert "Fri 11 Dec, 09:00–11:00 Approved Take back" in words
    assert "Sat 12 Dec, 09:00–11:00 Declined Ask for time off" in words
    assert queries_for(browser, url) == once


def test_nobody_takes_back_what_others_asked_for(school: School, browser, url: str):
    other = ask_for_time_off(new_instructor(school, hours=False).person.diary, on(10), by=OWNER)
    assert browser.post(f"{url}{other.pk}/withdraw").status_code == 404
