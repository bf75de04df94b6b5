"""Today and this week, as the office sees them."""

import datetime as dt
import re

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
    new_school,
    new_session,
    new_student,
    order_of,
    pay_for,
)
from schoolbell.accounts.models import User
from schoolbell.billing.models import Order
from schoolbell.bookings.models import Booking
from schoolbell.bookings.sessions import cancel_session
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.actions import link_user
from schoolbell.schools.models import School
from web.office.conftest import as_staff
from web.pages import links_of, text_of

NOW = dt.datetime(2026, 12, 8, 10, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


def hour(day: int, at: int, minutes: int = 60) -> Stretch:
    starts_at = dt.datetime(2026, 12, day, at, tzinfo=UTC)
    return Stretch(starts_at, starts_at + dt.timedelta(minutes=minutes))


def test_an_empty_school_is_told_what_to_do_next(school: School, browser: Browser, office: str):
    page = browser.get(office)
    assert text_of(page) == (
        "Today Tuesday 8 December, 10:30 UTC New session "
        "Lessons today 0 Awaiting payment ₹0 held and confirmed bookings Seats sold this week 0 0 in all of last week "
        "Received this week ₹0 ₹0 in all of last week "
        "Today’s lessons Open the calendar Nothing is taught today "
        "Nothing lies ahead either. Put a session on the timetable, and people can book. New session "
        "Holds that end today No hold ends today. "
        "Confirmed, not paid whole No confirmed seat waits for its own payment. "
        "This week Open the week 08 10 12 14 16 18 "
        "Mon 7 Dec – Tue 8 Dec – Wed 9 Dec – Thu 10 Dec – Fri 11 Dec – Sat 12 Dec – Sun 13 Dec –"
    )


def test_figures_lanes_and_what_wants_somebody(office: str):
    school = new_school("driving", timezone="UTC")
    browser, url = as_staff(school), f"/s/{school.slug}/office/"
    ida, bo = new_instructor(school, name="Ida Teacher"), new_instructor(school, name="Bo Teacher")
    lesson = new_lessons(school, price=9000, deposit=3000)
    over = new_session(lesson, hour(8, 12), instructors=[ida])
    pay_for(buy_seat(over, new_student(school, "Liam Nguyen")))
    held = buy_seat(new_session(lesson, hour(8, 15), instructors=[bo]), new_student(school, "Sofia <b>Marchetti</b>"))
    Booking.objects.filter(school_id=school.pk, id=held.pk).update(hold_expires_at=NOW + dt.timedelta(hours=3))
    Order.objects.of(school).filter(id=order_of(held).pk).update(reference="PVGY-6P9X")
    new_session(new_course(school, name="Night driving", capacity=5), hour(8, 17))
    cancel_session(new_session(lesson, hour(8, 16), instructors=[ida]), by=OWNER)
    with time_machine.travel(NOW + dt.timedelta(hours=3), tick=False):
        early = text_of(browser.get(url))
    assert "Lessons today 1 1 done, 2 with nobody in it yet" in early  # the hold has run out
    words = text_of(browser.get(url))
    assert "Lessons today 2 1 with nobody in it yet" in words
    assert "Awaiting payment A$150 held and confirmed bookings" in words
    assert "Seats sold this week 1 0 in all of last week" in words
    assert "Received this week A$30 A$0 in all of last week" in words
    assert "Bo Teacher 1 lesson 15:00 Sofia <." in words
    assert "Ida Teacher 1 lesson 12:00 Liam N. 16:00" in words
    assert "Nobody yet 0 lessons 17:00 Night driving, 0 of 5" in words
    assert "Holds that end today Sofia <b>Marchetti</b> PVGY-6P9X, held until 13:30 A$90.00 Take" in words
    assert "Confirmed, not paid whole Liam Nguyen Piano, Tue 8 Dec, 12:00 A$60.00" in words
    assert "Tue 8 Dec 2 lessons" in words
    links = links_of(browser.get(url))
    assert f"{url}bookings/{held.pk}/#pay" in links
    assert f"{url}sessions/{over.pk}/" not in links  # one seat, so the lesson leads to who is in it
    assert f"{url}bookings/{over.bookings.get().pk}/" in links


def test_somebody_whom_the_school_knows_is_greeted(school: School, office: str):
    browser = as_staff(school)

    link_user(
        new_client(school, "Ruth Bellamy").person, User.objects.get(id=browser.session["_auth_user_id"]), by=OWNER
    )
    assert text_of(browser.get(office)).startswith("Good morning, Ruth Tuesday 8 December, 10:30 UTC")


def test_the_day_is_the_schools_own(office: str):
    school = new_school(timezone="Australia/Sydney")
    browser = as_staff(school)
    browser.cookies["zone"] = "America/New_York"
    with time_machine.travel(dt.datetime(2026, 12, 8, 14, tzinfo=UTC), tick=False):
        words = text_of(browser.get(f"/s/{school.slug}/office/"))
    assert "Wednesday 9 December, 01:00 Sydney" in words


def test_a_day_without_lessons_says_what_comes_next(school: School, browser: Browser, office: str):
    ida = new_instructor(school)
    new_session(new_lessons(school), hour(11, 9), instructors=[ida])
    first = new_session(new_course(school), hour(10, 9), instructors=[ida])
    page = browser.get(office)
    words = "What comes next: Thu 10 Dec, 09:00–10:00 UTC, First aid, Ida Teacher See this week"
    assert f"Nothing is taught today {words}" in text_of(page)
    assert f"{office}sessions/{first.pk}/" in links_of(page)


def test_a_course_that_has_begun_comes_next_with_its_next_time(school: School, browser: Browser, office: str):
    new_session(new_lessons(school), hour(11, 9))
    with time_machine.travel(dt.datetime(2026, 11, 1, tzinfo=UTC), tick=False):
        began = Stretch(dt.datetime(2026, 11, 10, 9, tzinfo=UTC), dt.datetime(2026, 11, 10, 10, tzinfo=UTC))
        new_session(new_course(school, name="Yoga"), began, hour(10, 9), hour(20, 9), choose_slots=True)
    assert "What comes next: Thu 10 Dec, 09:00–10:00 UTC, Yoga See this week" in text_of(browser.get(office))


def test_a_phone_begins_with_what_goes_on_and_comes_next(school: School, browser: Browser, office: str):
    lessons, begins = new_lessons(school), dt.datetime(2026, 12, 8, tzinfo=UTC)
    with time_machine.travel(begins, tick=False):
        for number in range(1, 12):
            new_session(lessons, hour(8, number, 45))

    def on_the_phone() -> list[str]:
        page = browser.get(office).content.decode()
        rows = page[page.index('<ul class="sheet rows md:hidden">') :]
        return re.findall(r">(\d\d:00)</b>|>(All \d+ today)<", rows[: rows.index("</ul>")])

    with time_machine.travel(begins, tick=False):
        assert [words for words, _ in on_the_phone()] == [f"{number:02}:00" for number in range(1, 9)] + [""]
    assert on_the_phone() == [("10:00", ""), ("11:00", ""), ("", "All 11 today")]
    with time_machine.travel(begins.replace(hour=20), tick=False):
        assert [words for words, _ in on_the_phone()] == [f"{number:02}:00" for number in range(4, 12)] + [""]
