"""Who may come into the office, and what they are told who may not."""

import datetime as dt

import pytest
from django.test import Client as Browser

from factories import (
    OWNER,
    as_instructor,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    payer_of,
)
from planning.asking import ask
from schoolbell.diary.closures import add_closure
from schoolbell.diary.models import OpeningHours
from schoolbell.diary.time_off import ask_for_time_off
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.models import Proposal
from schoolbell.planning.own_lessons import ask_for_substitute
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.actions import set_travel
from schoolbell.timetable.models import Travel
from web.office.conftest import as_person, as_staff, browser_of, new_login

LISTS = (
    "", "calendar/", "sessions/", "sessions/new/", "bookings/", "families/", "families/new/",
    "students/", "students/new/", "instructors/", "instructors/new/", "courses/", "courses/new/", "resources/",
    "series/", "series/new/", "weekly/", "weekly/new/", "weekly/join/",
    "resources/new/", "requests/", "requests/new/", "sign-ins/", "files/", "files/export", "files/samples/courses.csv",
    "settings/", "settings/school/", "settings/policies/", "settings/hours/", "settings/closed-days/",
    "settings/travel/", "time-off/", "substitutes/", "people/students/", "people/clients/", "find/",
)  # fmt: skip


def pages_of(school: School) -> list[str]:
    """Every address of the office that names a row, with rows of that school."""
    course, hall = new_course(school), new_resource(school)
    ida = new_instructor(school)
    session = new_session(course, instructors=[ida], resource=hall)
    booking = buy_seat(session, new_student(school))
    request = ask(new_lessons(school), starts_on=dt.date(2100, 1, 1))
    proposal = Proposal(school=school, seconds=60, status="ready")
    proposal.save(force_insert=True)
    hours = OpeningHours.objects.of(school).filter(diary_id=ida.person.diary_id)[0]
    series = create_series(NewSeries(course, "FREQ=DAILY", dt.time(4), dt.date(2100, 1, 1)), by=OWNER)
    sam, lessons = new_student(school), new_lessons(school)
    plan = WeeklyPlan(sam, payer_of(sam), lessons, new_instructor(school), 1, dt.time(9), dt.date(2100, 1, 1))
    weekly = enroll_weekly(plan, by=OWNER)
    closure = add_closure(school, dt.date(2100, 3, 1), dt.date(2100, 3, 1), "Works", by=OWNER)
    set_travel(hall, new_resource(school), minutes=25, by=OWNER)
    off = ask_for_time_off(ida.person.diary, hour_at(40), by=OWNER)
    way = Travel.objects.of(school).get()
    taught = new_session(new_course(school), hour_at(50), instructors=[ida])
    asked = ask_for_substitute(taught, by=as_instructor(ida))
    return [
        f"POST substitutes/{asked.pk}/decline",
        f"courses/{course.pk}/policies/", f"closures/{closure.pk}/lessons/", f"POST closures/{closure.pk}/remove",
        f"POST closures/{closure.pk}/keep-open", f"POST closures/{closure.pk}/close-again",
        f"POST time-off/{off.pk}/approve", f"POST time-off/{off.pk}/decline", f"POST time-off/{off.pk}/withdraw",
        f"POST settings/travel/{way.pk}/remove",
        f"instructors/{ida.pk}/absent/?time_off={off.pk}",
        f"POST resources/{hall.pk}/hours/{hours.pk}/remove", f"POST settings/hours/hours/{hours.pk}/remove",
        f"sessions/{session.pk}/", f"sessions/{session.pk}/substitute/", f"sessions/{session.pk}/cancel",
        f"instructors/{ida.pk}/absent/", f"bookings/{booking.pk}/",
        f"bookings/{booking.pk}/",
        f"bookings/{booking.pk}/notes", f"POST bookings/{booking.pk}/notes",
        f"bookings/{booking.pk}/cancel", f"families/{booking.client_id}/", f"families/{booking.client_id}/edit/",
        f"sign-ins/people/{ida.person_id}/", f"POST sign-ins/people/{ida.person_id}/remove",
        f"families/{booking.client_id}/students/new/", f"students/{booking.student_id}/",
        f"students/{booking.student_id}/edit/", f"instructors/{ida.pk}/", f"instructors/{ida.pk}/edit/",
        f"courses/{course.pk}/", f"courses/{course.pk}/change/", f"resources/{hall.pk}/",
        f"courses/{course.pk}/edit/", f"resources/{hall.pk}/edit/",
        f"sessions/{session.pk}/move/", f"series/{series.pk}/", f"series/{series.pk}/change/",
        f"series/{series.pk}/end/", f"POST series/{series.pk}/leave-out", f"POST series/{series.pk}/put-back",
        f"POST weekly/{weekly.pk}/leave-out", f"POST weekly/{weekly.pk}/put-back",
        f"weekly/{weekly.pk}/", f"weekly/{weekly.pk}/change/", f"weekly/{weekly.pk}/pause/",
        f"weekly/{weekly.pk}/resume/", f"weekly/{weekly.pk}/end/",
        f"POST sessions/{session.pk}/publish", f"POST sessions/{session.pk}/cancel", f"POST bookings/{booking.pk}/pay",
        f"POST bookings/{booking.pk}/confirm", f"POST bookings/{booking.pk}/cancel", f"POST bookings/{booking.pk}/name",
        f"proposals/{proposal.pk}/", f"proposals/{proposal.pk}/progress", f"POST requests/{request.pk}/withdraw",
        f"POST proposals/{proposal.pk}/accept", f"POST proposals/{proposal.pk}/discard",
        f"POST instructors/{ida.pk}/hours/{hours.pk}/remove", f"POST instructors/{ida.pk}/hours/put-back",
        f"POST resources/{hall.pk}/hours/put-back",
    ]  # fmt: skip


def status(browser: Browser, office: str, page: str) -> int:
    path = page.removeprefix("POST ")
    return (browser.get if path == page else browser.post)(office + path).status_code


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_see_every_page(school: School, office: str, role: Role):
    browser = as_staff(school, role)
    pages = [*LISTS, *(page for page in pages_of(school) if not page.startswith("POST"))]
    assert {page: status(browser, office, page) for page in pages} == dict.fromkeys(pages, 200)


def test_everybody_else_finds_nothing_there(school: School, office: str, rows):
    pages = [*LISTS, *pages_of(school), "POST settings/closed-days/follow", "POST settings/hours/hours/put-back"]
    others = {
        "instructor": as_person(new_instructor(school, name="Bo Teacher").person),
        "client": as_person(new_client(school).person),
        "student": as_person(new_student(school).person),
        "stranger": browser_of(new_login()),
        "another school's owner": as_staff(new_school(), Role.OWNER),
    }
    before = rows()
    for who, browser in others.items():
        assert {page: status(browser, office, page) for page in pages} == dict.fromkeys(pages, 404), who
    assert rows() == before


def test_who_is_not_signed_in_signs_in_and_comes_back(school: School, office: str):
    for page in LISTS:
        answer = Browser().get(office + page, query_string="q=a")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?next=%2Fs%2F")


def test_rows_of_another_school_are_not_there(school: School, browser: Browser, office: str, rows):
    pages = pages_of(new_school())
    before = rows()
    assert {page: status(browser, office, page) for page in pages} == dict.fromkeys(pages, 404)
    assert rows() == before
    assert OWNER.is_staff
