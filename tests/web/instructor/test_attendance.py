"""The instructor's lesson page, once the lesson has begun: who came."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from factories import at, buy_seat, hour_at, new_course, new_session, new_student, pay_for, slots_of
from schoolbell.bookings.models import Attendance
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from web.instructor.conftest import browser_of
from web.pages import text_of

BEGUN = at(20) + dt.timedelta(minutes=1)


@pytest.fixture
def session(school: School, ida: Instructor) -> Session:
    session = new_session(new_course(school, name="First aid"), hour_at(20), instructors=[ida])
    for name in ("Ann Baker", "Zoe Adams"):
        pay_for(buy_seat(session, new_student(school, name)))
    return session


@pytest.fixture
def url(school: School, session: Session) -> str:
    return f"/s/{school.slug}/teach/lessons/{slots_of(session)[0].pk}/"


def seats(session: Session) -> list[Attendance]:
    rows = Attendance.objects.filter(slot__session=session).select_related("student__person")
    return sorted(rows, key=lambda seat: seat.student.person.name)


def typed(one: Attendance, **values: str) -> dict[str, str]:
    return {f"{one.pk}-{name}": value for name, value in values.items()}


def test_before_it_begins_there_is_nothing_to_say(browser: Browser, url: str, session: Session):
    assert "Attendance" not in text_of(browser.get(url))
    browser.post(url, typed(seats(session)[0], status="present"))
    assert [seat.status for seat in seats(session)] == ["", ""]


def test_who_came_is_said_for_all_at_once_and_may_be_said_again(browser: Browser, url: str, session: Session):
    ann, zoe = seats(session)
    with time_machine.travel(BEGUN):
        assert "Attendance: Ann Baker Present Late Absent Excused" in text_of(browser.get(url))
        answer = browser.post(url, typed(ann, status="late", feedback="Well done!", tutor_notes="Shy"), follow=True)
        assert answer.redirect_chain == [(url, 302)]
        assert "Attendance is saved." in answer.content.decode()
        browser.post(
            url, typed(ann, status="present", feedback="Well done!", tutor_notes="") | typed(zoe, status="absent")
        )
        assert "Well done!" in text_of(browser.get(url))
    assert [(seat.status, seat.feedback, seat.tutor_notes) for seat in seats(session)] == [
        ("present", "Well done!", ""),
        ("absent", "", ""),
    ]


def test_words_without_saying_whether_they_came_are_kept_on_the_page_and_not_saved(browser, url, session):
    ann, zoe = seats(session)
    with time_machine.travel(BEGUN):
        answer = browser.post(url, typed(ann, feedback="Well done!") | typed(zoe, status="present"))
    assert answer.status_code == 422
    assert "Say whether they came." in text_of(answer)
    assert "Well done!" in text_of(answer)
    assert [seat.status for seat in seats(session)] == ["", ""]


def test_the_family_reads_the_feedback_and_not_the_notes(browser: Browser, url: str, session: Session, school: School):
    ann, _zoe = seats(session)
    with time_machine.travel(BEGUN):
        browser.post(url, typed(ann, status="present", feedback="Well done!", tutor_notes="Shy"))
        family = browser_of(ann.booking.client.person)
        page = text_of(family.get(f"/s/{school.slug}/my/bookings/{ann.booking_id}/"))
    assert "Well done!" in page
    assert "Shy" not in page
