"""No list asks more of the database for three things than for one."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser

from factories import (
    OWNER,
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_session,
    new_student,
    pay_for,
)
from planning.asking import ask, proposed
from schoolbell.diary.closures import add_closure
from schoolbell.diary.time_off import ask_for_time_off, enter_time_off
from schoolbell.schools.models import School
from schoolbell.timetable.actions import set_travel
from web.pages import queries_for

LISTS = (
    "", "calendar/?day={day}", "calendar/?day={day}&view=day", "calendar/?day={day}&by=resource",
    "sessions/?when=all", "sessions/new/", "bookings/", "bookings/?q=Student",
    "bookings/?when=today", "families/", "students/", "instructors/", "courses/", "resources/", "instructors/new/",
    "requests/", "requests/new/", "find/", "weekly/new/", "weekly/join/", "people/students/?q=student",
    "settings/closed-days/", "settings/travel/", "time-off/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def in_the_morning() -> Iterator[None]:
    """At night nothing more could be published for the same day."""
    with time_machine.travel(at(1, 6)):
        yield


def one_more(school: School, number: int) -> dict[str, Any]:
    """A course with its session, staff and place, a lesson on demand, a family of two with what they booked."""
    course, ida = new_course(school, name=f"Course {number}"), new_instructor(school, name=f"Ida {number}")
    hall, barn = new_resource(school, name=f"Hall {number}"), new_resource(school, name=f"Barn {number}")
    set_travel(hall, barn, minutes=25, by=OWNER)
    for state in (ask_for_time_off, enter_time_off):
        state(new_instructor(school, hours=False).person.diary, hour_at(number, 9), by=OWNER)
    closed_on = hour_at(number).starts_at.date()
    add_closure(school, closed_on, closed_on, "Works", by=OWNER)
    session = new_session(course, hour_at(0, 22), instructors=[ida], resource=hall)
    clara = new_client(school, f"Clara {number}")
    sam, kim = (new_student(school, f"Student {name}{number}", guardian=clara) for name in ("a", "b"))
    pay_for(buy_seat(session, sam))
    booking = buy_seat(session, kim)
    buy_lesson(new_lessons(school, name=f"Piano {number}"), sam, hour_at(5, number).starts_at)
    ask(new_lessons(school, name=f"Go {number}"), student=kim, instructors=[ida], starts_on=hour_at(7).starts_at.date())
    return {"session": session, "client": clara, "student": sam, "booking": booking, "course": course, "hall": hall}


@pytest.fixture
def counted(school: School, browser: Browser, office: str):
    def count(pages: tuple[str, ...]) -> dict[str, int]:
        return {
            page: queries_for(browser, office + page.format(day=f"{hour_at(0).starts_at:%Y-%m-%d}")) for page in pages
        }

    return count


def test_a_list_of_three_asks_no_more_than_a_list_of_one(school: School, counted):
    new_instructor(school, name="Bo Teacher")  # with whom one could teach together, which the form then asks
    one_more(school, 1)
    counted(LISTS)  # what is read once for a process
    once = counted(LISTS)
    one_more(school, 2)
    one_more(school, 3)
    thrice = counted(LISTS)
    assert thrice == once
    assert max(once.values()) <= 32


def test_a_page_with_three_in_it_asks_no_more_than_with_one(school: School, counted):
    made = one_more(school, 1)
    pages = (
        f"sessions/{made['session'].pk}/", f"sessions/{made['session'].pk}/cancel", f"families/{made['client'].pk}/",
        f"students/{made['student'].pk}/", f"courses/{made['course'].pk}/", f"resources/{made['hall'].pk}/",
        f"bookings/{made['booking'].pk}/",
    )  # fmt: skip
    counted(pages)
    once = counted(pages)
    for number in (2, 3):
        again = new_session(made["course"], hour_at(number, 12), resource=made["hall"])
        buy_seat(again, made["student"])
        buy_seat(made["session"], new_student(school, guardian=made["client"]))
        new_session(made["course"], hour_at(number, 15), resource=made["hall"])
    assert counted(pages) == once


def test_a_proposal_of_three_asks_no_more_than_one_of_one(school: School, counted):
    one_more(school, 1)
    first = f"proposals/{proposed(school).pk}/"
    one_more(school, 2)
    one_more(school, 3)
    second = f"proposals/{proposed(school).pk}/"
    counted((first,))
    assert counted((first,))[first] == counted((second,))[second]
