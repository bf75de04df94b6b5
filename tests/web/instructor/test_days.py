"""An instructor's day, week and lesson."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from factories import (
    OWNER,
    buy_seat,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    pay_for,
    slots_of,
)  # fmt: skip
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary.closures import add_closure, keep_open
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor, Person
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School
from web.instructor.conftest import browser_of
from web.pages import links_of, queries_for, text_of

NOW = dt.datetime(2026, 12, 8, 7, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


def hour(day: int, at: int, minutes: int = 60) -> Stretch:
    starts_at = dt.datetime(2026, 12, day, at, tzinfo=UTC)
    return Stretch(starts_at, starts_at + dt.timedelta(minutes=minutes))


@pytest.fixture
def url(school: School) -> str:
    return f"/s/{school.slug}/teach/"


def test_the_day_shows_the_next_lesson_on_top_and_all_in_order(school: School, ida: Instructor, browser, url: str):
    hall = new_resource(school, name="Hall", address_line1="14 Tanner Street", city="London", postcode="SE1 3LE")
    group = new_session(new_course(school, name="First aid", capacity=6), hour(8, 9), instructors=[ida], resource=hall)
    for name in ("Zoe Adams", "Ann Baker"):
        pay_for(buy_seat(group, new_student(school, name)))
    piano = new_lessons(school, capacity=1)
    lesson = new_session(piano, hour(8, 8, 30), instructors=[ida], notes="Bring\nthe score")
    pay_for(buy_seat(lesson, new_student(school, "Kim Alone")))
    page = browser.get(url)
    assert text_of(page) == (
        "Your day 2 lessons, 1 h 30 min, UTC time 07 09 11 13 15 17 19 "
        "Starts in 30 min Kim Alone Tue 8 Dec, 08:00–08:30 UTC, Piano No place is set "
        "Notes Bring the score Open the lesson "
        "08:00 08:30 Kim Alone Piano Next "
        "09:00 10:00 First aid 2 of 6 seats, Hall "
        "The whole week"
    )
    own, shared = (slots_of(session)[0].pk for session in (_session(piano), group))
    assert links_of(page) == [
        f"{url}lessons/{own}/", f"{url}lessons/{own}/", f"{url}lessons/{own}/", f"{url}lessons/{shared}/",
        f"{url}week/?day=2026-12-08",
    ]  # fmt: skip
    assert 'aria-label="Your lessons: 08:00–08:30, 09:00–10:00"' in page.content.decode()


def test_a_slot_that_nobody_booked_is_no_lesson(school: School, ida: Instructor, browser, url: str):
    """It is a free slot, until it is over; next is what is booked, and what is taught online has no place to set."""
    calls = new_lessons(school, name="Call", delivery="online")
    with time_machine.travel(NOW - dt.timedelta(days=1), tick=False):
        new_session(calls, hour(8, 6), instructors=[ida])
    for at in range(8, 20):
        new_session(calls, hour(8, at), instructors=[ida])
    words = text_of(browser.get(url))
    assert words.startswith("Your day 12 free slots, UTC time")
    assert "Nobody has booked yet" not in words
    buy_seat(new_session(calls, hour(8, 20), instructors=[ida]), new_student(school, "Sam Learner"))
    words = text_of(browser.get(url))
    assert words.startswith("Your day 1 lesson, 60 min, 12 free slots, UTC time")
    assert "Sam Learner Tue 8 Dec, 20:00–21:00 UTC, Call Online Open the lesson" in words
    week = text_of(browser.get(url + "week/"))
    assert week.startswith("Your week 1 lesson, 60 min, 12 free slots, UTC time")
    assert "Tue 8 Dec today 1 lesson, 60 min, 12 free slots" in week


def _session(course):
    return course.sessions.get()


def test_what_is_on_now_over_or_held_says_so(school: School, ida: Instructor, browser, url: str):
    course = new_lessons(school, price=4500)
    with time_machine.travel(NOW - dt.timedelta(days=1), tick=False):
        over = new_session(new_course(school, name="Early"), hour(8, 5), instructors=[ida])
        new_session(new_course(school, name="On now"), hour(8, 7), instructors=[ida])
    new_session(new_course(school, name="Planned"), hour(8, 18), instructors=[ida], publish=False)
    held = new_session(course, hour(8, 12), instructors=[ida])
    buy_seat(held, new_student(school, "<b>Bo</b> Held"))
    off = new_session(new_course(school, name="Called off"), hour(8, 14), instructors=[ida])
    cancel_session(off, by=SYSTEM)
    page = browser.get(url)
    words = text_of(page)
    assert "On now On now Tue 8 Dec, 07:00–08:00 UTC" in words
    assert "05:00 06:00 Early 0 of 12 seats Over" in words
    assert "07:00 08:00 On now 0 of 12 seats Now" in words
    assert "12:00 13:00 <b>Bo</b> Held Piano Held for 15 min" in words
    assert "18:00 19:00 Planned 0 of 12 seats Draft" in words
    assert "Called off" not in words
    assert "&lt;b&gt;Bo&lt;/b&gt; Held" in page.content.decode()
    cancelled = browser.get(f"{url}lessons/{slots_of(off)[0].pk}/")
    assert "This lesson was cancelled. Its time is free again." in text_of(cancelled)
    assert text_of(browser.get(f"{url}lessons/{slots_of(over)[0].pk}/")).startswith("Early Over Tue 8 Dec, 05:00–06:00")


def test_days_lead_to_each_other_and_an_empty_one_says_what_to_do(school: School, browser, url: str):
    page = browser.get(f"{url}?day=2026-12-31")
    content = page.content.decode()
    assert f'href="{url}?day=2026-12-30"' in content
    assert f'href="{url}?day=2027-01-01"' in content
    assert text_of(page).startswith("Thursday 31 December UTC time")
    assert "No lessons Nothing is booked for this day. Learners can book when you are open." in text_of(page)
    assert f"{url}hours/" in links_of(page)
    for nonsense in ("tomorrow", "2026-13-40", "0001-01-01", "9999-12-31", ""):
        assert text_of(browser.get(url, {"day": nonsense})).startswith("Your day")


def test_days_are_the_visitors_own(school: School, ida: Instructor, browser, url: str):
    new_session(new_course(school, name="Late"), hour(8, 23, 30), instructors=[ida])
    Person.objects.filter(id=ida.person_id).update(timezone="Europe/Berlin")
    assert "23:00 23:30" not in text_of(browser.get(f"{url}?day=2026-12-08"))
    words = text_of(browser.get(f"{url}?day=2026-12-09"))
    assert "00:00 00:30 Late" in words
    assert "Berlin time" in words
    assert "23:00 23:30 Late" in text_of(browser.get(f"{url}?day=2026-12-08&zone=UTC"))


def test_the_week_has_seven_days_with_their_ribbons(school: School, ida: Instructor, browser, url: str):
    course = new_course(school, name="Course")
    with time_machine.travel(NOW - dt.timedelta(days=7), tick=False):
        new_session(course, hour(7, 9), hour(8, 9), hour(13, 20, 90), instructors=[ida])
    new_session(course, hour(14, 9), instructors=[ida])
    page = browser.get(f"{url}week/")
    words = text_of(page)
    assert words.startswith("Your week 3 lessons, 3 h 30 min, UTC time")
    assert "Mon 7 Dec 1 lesson, 60 min" in words
    assert "Tue 8 Dec today 1 lesson, 60 min" in words
    assert "Wed 9 Dec no lessons" in words
    assert "20:00 21:30 Course" in words
    content = page.content.decode()
    assert content.count('class="ribbon"') == 7
    assert 'aria-label="Sun 13 Dec: 20:00–21:30"' in content
    assert f'href="{url}week/?day=2026-11-30"' in content
    later = browser.get(f"{url}week/?day=2026-12-20")
    assert text_of(later).startswith("Mon 14 Dec – Sun 20 Dec 1 lesson, 60 min")
    assert "Your next lesson" not in text_of(later)
    assert "No lessons in this week" in text_of(browser.get(f"{url}week/?day=2027-03-01"))


def test_the_week_says_on_which_days_the_school_is_closed(school: School, ida: Instructor, browser, url: str):
    add_closure(school, dt.date(2026, 12, 12), dt.date(2026, 12, 15), "Boiler", by=OWNER)
    keep_open(add_closure(school, dt.date(2026, 12, 9), dt.date(2026, 12, 9), "Founder’s day", by=OWNER), by=OWNER)
    new_session(new_course(school), hour(8, 9), instructors=[ida])
    words = text_of(browser.get(f"{url}week/"))
    assert "Fri 11 Dec no lessons Sat 12 Dec no lessons The school is closed: Boiler" in words
    assert words.count("The school is closed: Boiler") == 2
    assert "Founder" not in words
    empty = text_of(browser.get(f"{url}week/?day=2026-12-20"))  # without lessons there are no days
    assert empty.endswith("Mon 14 Dec. The school is closed: Boiler Tue 15 Dec. The school is closed: Boiler")
    once = queries_for(browser, f"{url}week/")
    add_closure(school, dt.date(2026, 12, 10), dt.date(2026, 12, 10), "Outing", by=OWNER)
    add_closure(school, dt.date(2026, 12, 11), dt.date(2026, 12, 11), "Election", by=OWNER)
    assert queries_for(browser, f"{url}week/") == once


def test_a_lesson_names_its_students_with_age_and_phone(school: School, ida: Instructor, browser, url: str):
    parent = new_client(school, "Clara Parent")
    Person.objects.filter(id=parent.person_id).update(phone="+44 20 7946 0118")
    room = new_resource(
        school, kind="online_room", name="Room 1", meeting_url="https://meet.example.org/1", meeting_id="12 34"
    )
    session = new_session(
        new_course(school, name="Club", capacity=4), hour(9, 16), hour(16, 16), resource=room, notes="Chapter 3",
        instructors=[ida, new_instructor(school, hours=False, name="Tom Abara")],
    )  # fmt: skip
    leo = new_student(school, "Leo Parent", guardian=parent, birth_date=dt.date(2016, 12, 10))
    pay_for(buy_seat(session, leo))
    pay_for(buy_seat(session, new_student(school, "Ann Adult")))
    first, second = (slot.pk for slot in slots_of(session))
    page = browser.get(f"{url}lessons/{first}/")
    assert text_of(page) == (
        "Club Wed 9 Dec, 16:00–17:00 UTC 2 of 4 seats, with Tom Abara "
        "Online, Room 1, meeting 12 34 Open the room Notes Chapter 3 Students "
        "AA Ann Adult No phone number "
        "LP Leo Parent, 9 years old Clara Parent, parent Call Clara Parent, +44 20 7946 0118 "
        "If it cannot be as it is At this school the office does that. Ask it. Ask for a substitute "
        "All of its days Wed 9 Dec, 16:00–17:00 Wed 16 Dec, 16:00–17:00"
    )
    assert "tel:+442079460118" in links_of(page)
    assert "https://meet.example.org/1" in links_of(page)
    assert "Leo Parent, 10 years" in text_of(browser.get(f"{url}lessons/{second}/"))


def test_others_lessons_and_other_schools_are_not_there(school: School, browser, url: str, ida: Instructor):
    anothers = new_session(new_course(school), hour(9, 16), instructors=[new_instructor(school, hours=False)])
    elsewhere = new_school()
    far = new_session(new_course(elsewhere), hour(9, 16), instructors=[new_instructor(elsewhere, hours=False)])
    for session in (anothers, far):
        assert browser.get(f"{url}lessons/{slots_of(session)[0].pk}/").status_code == 404
    assert browser.get(f"/s/{elsewhere.slug}/teach/").status_code == 404


@pytest.mark.parametrize("path", ["", "week/", "hours/", "lessons/00000000-0000-0000-0000-000000000000/"])
def test_only_instructors_come_in(school: School, url: str, path: str):
    guest = Browser().get(url + path)
    assert (guest.status_code, guest["Location"]) == (302, f"/sign-in?next={(url + path).replace('/', '%2F')}")
    assert browser_of(new_client(school).person).get(url + path).status_code == 404


@pytest.mark.parametrize("path", ["", "week/"])
def test_three_lessons_take_as_many_queries_as_one(school: School, ida: Instructor, browser, url: str, path: str):
    course = new_course(school)
    hall = new_resource(school)

    def add(at: int) -> None:
        session = new_session(course, hour(8, at), instructors=[ida], resource=hall)
        for name in ("Ann A", "Bea B"):
            pay_for(buy_seat(session, new_student(school, name)))

    add(9)
    one = queries_for(browser, url + path)
    add(11), add(13)
    assert queries_for(browser, url + path) == one


def test_three_students_take_as_many_queries_as_one(school: School, ida: Instructor, browser, url: str):
    session = new_session(new_course(school), hour(9, 9), instructors=[ida])
    path = f"{url}lessons/{slots_of(session)[0].pk}/"

    def add(name: str) -> None:
        buy_seat(session, new_student(school, name, guardian=new_client(school)))

    add("Ann A")
    one = queries_for(browser, path)
    add("Bea B"), add("Cee C")
    assert queries_for(browser, path) == one
