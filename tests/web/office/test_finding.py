"""The office finds a time for somebody, and books it with one click more."""

import datetime as dt
import re
from urllib.parse import urlencode

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
    new_resource,
    new_school,
    new_session,
    new_student,
    order_of,
)
from invariants import broken
from schoolbell.bookings.models import Booking
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import now
from schoolbell.people.models import Guardianship
from schoolbell.schools.models import School
from schoolbell.web.templatetags.words import day as said_day
from web.office.conftest import as_staff
from web.pages import links_of, queries_for, text_of

DAY = f"{at(10):%Y-%m-%d}"


def found(browser: Browser, office: str, **query: object):
    query = {"first_day": DAY, "last_day": DAY} | query
    return browser.get(f"{office}find/?{urlencode(query)}")


def starts(answer) -> list[str]:
    return re.findall(r'<b class="num font-semibold">(\d\d:\d\d)–', answer.content.decode())


@pytest.fixture
def school(db: None) -> School:
    return new_school(start_grid_minutes=60)


def test_when_who_and_where_and_the_way_to_booking_it(school: School, browser: Browser, office: str):
    piano = new_lessons(school, resource_kind="venue")
    ida, ben = new_instructor(school, name="Ida Teacher"), new_instructor(school, name="Ben Other")
    new_resource(school, name="Room 1")
    assert "Choose a course, and for whom" in text_of(browser.get(office + "find/"))
    buy_lesson(piano, new_student(school), at(10, 9), instructor_id=ida.pk)
    answer = found(browser, office, course=piano.pk)
    assert starts(answer) == [f"{hour:02}:00" for hour in range(24) if hour != 9]  # there is one room
    words = text_of(answer)
    assert "10:00–11:00 Ida Teacher Room 1 Ben Other Room 1" in words
    booking = [href for href in links_of(answer) if "T10%3A00Z" in href]
    assert booking == [
        f"{office}bookings/new/?course={piano.pk}&starts_at={DAY}T10%3A00Z&instructor={one.pk}" for one in (ida, ben)
    ]
    only = found(browser, office, course=piano.pk, instructor=ben.pk)
    assert "10:00–11:00 Ben Other Room 1 11:00" in text_of(only)


def test_when_the_student_has_something_else_is_left_out(school: School, browser: Browser, office: str):
    piano, sam = new_lessons(school), new_student(school, "Sam Learner")
    new_instructor(school)
    buy_seat(new_session(new_course(school), hour_at(10, 14, 30)), sam)
    answer = found(browser, office, course=piano.pk, student=sam.pk)
    assert starts(answer) == [f"{hour:02}:00" for hour in range(24) if hour not in (14, 15)]
    assert "When Sam Learner has something else is left out." in text_of(answer)
    assert all(f"student={sam.pk}" in href for href in links_of(answer) if "starts_at=" in href)
    assert f"{office}find/?student={sam.pk}" in links_of(browser.get(f"{office}students/{sam.pk}/"))


def test_whom_the_course_does_not_suit_is_said_above_the_times(school: School, browser: Browser, office: str):
    piano = new_lessons(school, age_max=9)
    new_instructor(school)
    old, young = (
        new_student(school, name, birth_date=at(10).date() - dt.timedelta(days=days))
        for name, days in (("Ada Weber", 365 * 12), ("Bo Weber", 365 * 7))
    )
    why = "Ada Weber: This course is for students up to 9 years of age."
    words = text_of(found(browser, office, course=piano.pk, student=old.pk))
    assert words.count(why) == 1
    assert words.index(why) < words.index("00:00–01:00 Ida Teacher")
    assert "This course is for" not in text_of(found(browser, office, course=piano.pk, student=young.pk))
    assert "This course is for" not in text_of(found(browser, office, course=piano.pk))
    unknown = text_of(found(browser, office, course=piano.pk, student=new_student(school, "Cy Ray").pk))
    assert "Cy Ray: This course asks for an age. Give the student's date of birth." in unknown


def test_of_a_birthday_between_the_days_it_is_said_until_when(school: School, browser: Browser, office: str):
    new_instructor(school)
    birthday = at(12).date()
    ada = new_student(school, "Ada Weber", birth_date=birthday.replace(year=birthday.year - 12))
    for limits, said in (({"age_max": 11}, "From"), ({"age_min": 12}, "Until")):
        course = new_lessons(school, **limits)
        words = text_of(found(browser, office, course=course.pk, student=ada.pk, last_day=at(13).date()))
        day = said_day(birthday if said == "From" else birthday - dt.timedelta(days=1))
        assert words.count("This course is for students") == 1
        assert f"{said} {day}: Ada Weber: This course is for students" in words


def test_sessions_with_seats_are_found_as_well(school: School, browser: Browser, office: str):
    course = new_course(school, capacity=5)
    session = new_session(course, hour_at(10), instructors=[new_instructor(school)])
    answer = found(browser, office, course=course.pk)
    assert "10:00–11:00 Ida Teacher 5 seats left" in text_of(answer)
    assert links_of(answer)[-1] == f"{office}bookings/new/?session={session.pk}"


def test_a_page_ends_with_a_whole_start_and_the_next_goes_on_there(school: School, browser: Browser, office: str):
    piano = new_lessons(school)
    for name in ("Ida Teacher", "Ben Other", "Cy Third"):
        new_instructor(school, name=name)
    first = found(browser, office, course=piano.pk, last_day=f"{at(12):%Y-%m-%d}")
    later = next(href for href in links_of(first) if "at=" in href and "starts_at" not in href)
    second = browser.get(f"{office}find/{later}")
    assert (len(starts(first)), len(starts(second))) == (40, 32)
    assert starts(first) + starts(second) == [f"{hour:02}:00" for hour in range(24)] * 3


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"last_day": f"{at(9):%Y-%m-%d}"}, "Look through at most 31 days, the last not before the first."),
        ({"last_day": f"{at(60):%Y-%m-%d}"}, "Look through at most 31 days, the last not before the first."),
        ({"first_day": "soon"}, "Write a day such as 2026-12-24."),
        ({"course": "17"}, "Choose what is taught."),
        ({"student": str(new_id())}, "Whoever was chosen cannot be chosen any more."),
    ],
)
def test_what_cannot_be_looked_for_is_told(school: School, browser: Browser, office: str, query, sentence: str):
    answer = found(browser, office, **{"course": new_lessons(school).pk} | query)
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_nothing_free_says_what_to_do_next(school: School, browser: Browser, office: str):
    assert "Nothing is free then" in text_of(found(browser, office, course=new_lessons(school).pk))


def test_a_lesson_is_booked_for_a_student_and_held_until_it_is_paid(school: School, browser: Browser, office: str):
    piano, sam = new_lessons(school), new_student(school, "Sam Learner")
    new_instructor(school)
    path = next(
        href for href in links_of(found(browser, office, course=piano.pk, student=sam.pk)) if f"{DAY}T10%3A00Z" in href
    )
    page = browser.get(path)
    assert hidden_of(page)["student"] == str(sam.pk)
    assert 'name="student_words" value="Sam Learner"' in page.content.decode()
    assert "At the desk Held until" in text_of(page)
    sent = hidden_of(page) | {"student": str(sam.pk), "pay_with": "transfer", "notes": "Rings <b>twice</b>"}
    answer = browser.post(f"{office}bookings/new/", sent)
    booking = Booking.objects.get()
    assert answer.headers["Location"] == f"{office}bookings/{booking.pk}/"
    assert (booking.student_id, booking.session.starts_at, booking.status) == (sam.pk, at(10), "pending")
    held = booking.hold_expires_at - now()
    assert held.total_seconds() // 60 + 1 == school.policies.hold_minutes.transfer
    assert order_of(booking).client_id == Guardianship.objects.get(student=sam).client_id
    after = text_of(browser.get(answer.headers["Location"]))
    assert "To pay" in after
    assert "Notes Rings <b>twice</b>" in after
    assert browser.post(f"{office}bookings/new/", sent).headers["Location"] == answer.headers["Location"]
    assert Booking.objects.count() == 1
    assert broken(school) == {}


def test_a_time_that_is_gone_leads_back_to_the_others(school: School, browser: Browser, office: str):
    piano, sam = new_lessons(school, trial_price=0), new_student(school)
    ida = new_instructor(school)
    wish = {"course": piano.pk, "starts_at": f"{DAY}T10:00Z", "instructor": ida.pk}
    sent = hidden_of(browser.get(f"{office}bookings/new/?{urlencode(wish)}")) | {"pay_with": "desk"}
    assert "Choose who learns." in text_of(browser.post(f"{office}bookings/new/", sent))
    buy_lesson(piano, new_student(school), at(10))
    answer = browser.post(f"{office}bookings/new/", sent | {"student": str(sam.pk)})
    assert answer.status_code == 409
    back = {"course": piano.pk, "student": sam.pk, "first_day": DAY}
    assert f"{office}find/?{urlencode(back)}" in links_of(answer)
    page = browser.get(f"{office}bookings/new/?{urlencode(wish)}")
    assert "Nothing was booked. Find another time" in text_of(page)
    trial = browser.get(f"{office}bookings/new/?{urlencode(wish | {'starts_at': f'{DAY}T12:00Z', 'trial': 1})}")
    assert "Total ₹0.00" in text_of(trial)  # and no way to pay is asked for
    browser.post(f"{office}bookings/new/", hidden_of(trial) | {"student": str(sam.pk)})
    assert Booking.objects.get(student=sam).status == "confirmed"


def test_another_schools_course_is_not_there(school: School, browser: Browser, office: str, other_school: School):
    course = new_lessons(other_school)
    wish = urlencode({"course": course.pk, "starts_at": f"{DAY}T10:00Z"})
    assert browser.get(f"{office}bookings/new/?{wish}").status_code == 404
    assert found(browser, office, course=course.pk).status_code == 422
    stranger = as_staff(other_school)
    for path in ("find/", f"bookings/new/?{wish}"):
        assert stranger.get(office + path).status_code == 404


def test_finding_costs_the_same_for_three_instructors_as_for_one(school: School, browser: Browser, office: str):
    piano = new_lessons(school)
    new_instructor(school)
    path = f"{office}find/?{urlencode({'course': piano.pk, 'first_day': DAY, 'last_day': DAY})}"
    before = queries_for(browser, path)
    for name in ("Ben Other", "Cy Third"):
        new_instructor(school, name=name)
    assert queries_for(browser, path) == before


def hidden_of(page) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}
