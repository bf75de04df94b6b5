"""Substitutes, absences and closed days in the office: looked at, chosen, then done in one step."""

import re
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser

from factories import (
    OWNER,
    at,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_session,
    new_student,
)
from schoolbell.diary.closures import add_closure, keep_open
from schoolbell.diary.models import Claim, TimeOff
from schoolbell.diary.time_off import ask_for_time_off
from schoolbell.journal.models import Outbox
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Staffing
from schoolbell.web.templatetags.words import when_here
from web.office.test_series import sent_again
from web.pages import links_of, queries_for, text_of

UTC = ZoneInfo("UTC")
pytestmark = pytest.mark.django_db


def teacher_of(session: Session) -> object:
    return Staffing.objects.get(session_id=session.pk).instructor_id


def day_of(number: int) -> str:
    return at(number).date().isoformat()


def chosen(response) -> dict[str, str]:
    """What the page would send as it stands."""
    page = response.content.decode()
    selects = re.findall(r'<select [^>]*name="(lesson-[^"]+)">(.*?)</select>', page, re.S)
    return {name: re.search(r'value="([^"]+)" selected', options).group(1) for name, options in selects}


def away(instructor: Instructor, number: int) -> dict[str, str]:
    day = day_of(number)
    return {"first_day": day, "starts": "", "last_day": day, "ends": "", "reason": "Flu"}


def test_a_session_is_handed_over(school: School, browser: Browser, office: str):
    course = new_course(school)
    ida, tom, zoe = (new_instructor(school, name=f"{name} T", hours=name != "Kim") for name in ("Ida", "Tom", "Zoe"))
    kim = new_instructor(school, name="Kim T", hours=False)
    session = new_session(course, hour_at(10), instructors=[ida])
    new_session(course, hour_at(10), instructors=[zoe])
    assert "Find a substitute" in text_of(browser.get(f"{office}sessions/{session.pk}/"))
    path = f"{office}sessions/{session.pk}/substitute/"
    words = text_of(browser.get(path))
    assert "Who could give it instead of Ida T?" in words
    assert "Tom T teaches nothing else that week Hand it over" in words
    assert "Free, but outside of their hours Kim T They have agreed" in words
    assert "Not then Zoe T Taken then" in words
    refused = browser.post(path, {"instructor": str(zoe.pk)})
    assert (refused.status_code, teacher_of(session)) == (409, ida.pk)
    assert browser.post(path, {"instructor": "nobody"}).status_code == 200
    assert browser.post(path, {"instructor": str(kim.pk)}).status_code == 302
    assert teacher_of(session) == kim.pk
    assert browser.post(path, {"instructor": str(tom.pk)}, follow=True).status_code == 200
    assert teacher_of(session) == tom.pk


def test_what_a_colleague_has_handed_over_is_not_handed_over_or_moved_unseen(
    school: School, browser: Browser, office: str
):
    ida, tom, zoe = (new_instructor(school, name=f"{name} T") for name in ("Ida", "Tom", "Zoe"))
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    path, move = (f"{office}sessions/{session.pk}/{page}/" for page in ("substitute", "move"))
    assert f'name="was_given_by" value="{ida.pk}"' in browser.get(path).content.decode()
    seen = {"was_given_by": str(ida.pk)}
    asked = {"look": "1", "date": day_of(11), "starts": "10:00", "lead": str(ida.pk)}
    looked = sent_again(browser.get(move, asked))
    assert looked["was_given_by"] == [str(ida.pk)]
    assert browser.post(path, seen | {"instructor": str(tom.pk)}).status_code == 302
    refused = browser.post(path, seen | {"instructor": str(zoe.pk)})
    assert (refused.status_code, teacher_of(session)) == (409, tom.pk)
    assert "The lessons there have changed in the meantime." in text_of(refused)
    assert "Who could give it instead of Tom T?" in text_of(refused)
    assert browser.post(move, looked).status_code == 409
    assert (teacher_of(session), Session.objects.get(id=session.pk).starts_at) == (tom.pk, at(10))


def test_an_absence_is_looked_at_changed_and_done(school: School, browser: Browser, office: str):
    course = new_course(school)
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    one, two = (new_session(course, hour_at(10, hour), instructors=[ida]) for hour in (10, 12))
    buy_seat(one, new_student(school))
    path = f"{office}instructors/{ida.pk}/absent/"
    assert "Show the lessons" in text_of(browser.get(path))
    wrong = browser.get(path, away(ida, 10) | {"last_day": day_of(9)})
    assert (wrong.status_code, "An absence ends after it starts." in text_of(wrong)) == (422, True)
    page = browser.get(path, away(ida, 10))
    assert "2 lessons are in the way." in text_of(page)
    assert chosen(page) == {f"lesson-{session.pk}": f"substitute:{tom.pk}" for session in (one, two)}
    sent = away(ida, 10) | chosen(page) | {f"lesson-{two.pk}": "cancel"}
    late = browser.post(path, {name: value for name, value in sent.items() if name != f"lesson-{two.pk}"})
    assert late.status_code == 409
    assert "The lessons there have changed in the meantime." in text_of(late)
    assert TimeOff.objects.count() == 0
    done = browser.post(path, sent, follow=True)
    assert "1 lesson has a substitute, 1 lesson is cancelled. Everybody who is booked is told." in done.content.decode()
    assert teacher_of(one) == tom.pk
    assert Session.objects.get(id=two.pk).status == "cancelled"
    assert [(off.status, off.reason) for off in TimeOff.objects.all()] == [("approved", "Flu")]
    assert "No lesson is in the way." in text_of(browser.get(path, away(ida, 20)))


def test_a_request_that_reaches_further_is_decided_before_a_day_of_it(school: School, browser: Browser, office: str):
    ida = new_instructor(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    month = ask_for_time_off(ida.person.diary, Stretch(at(8, 0), at(38, 0)), by=OWNER)
    path = f"{office}instructors/{ida.pk}/absent/"
    told = "Time off that reaches further is asked for then. Approve, decline or withdraw that first."
    for page in (
        browser.get(path, away(ida, 10)),
        browser.post(path, away(ida, 10) | {f"lesson-{session.pk}": "cancel"}),
    ):
        assert (page.status_code, told in text_of(page)) == (409, True)
        assert "Show the lessons" in text_of(page)
        assert f'value="{day_of(10)}"' in page.content.decode()
        assert office + "time-off/" in links_of(page)
    month.refresh_from_db()
    assert (month.status, Session.objects.get(id=session.pk).status) == ("requested", "published")
    assert "One lesson is in the way." in text_of(browser.get(path, {"time_off": str(month.pk)}))


def test_a_closed_day_goes_to_another(school: School, browser: Browser, office: str):
    course = new_course(school)
    ida = new_instructor(school, name="Ida Teacher")
    one, two = (new_session(course, hour_at(10, hour), instructors=[ida]) for hour in (10, 12))
    new_session(course, hour_at(12, 12, 30), instructors=[ida])
    closure = add_closure(school, at(10).date(), at(10).date(), "Boiler", by=OWNER)
    path = f"{office}closures/{closure.pk}/lessons/"
    assert "Lessons while closed: Boiler" in text_of(browser.get(path))
    page = browser.get(path, {"to_day": day_of(12)})
    assert f"Ida Teacher is taken: {when_here(hour_at(12, 12, 30), UTC)}." in text_of(page)
    assert chosen(page)[f"lesson-{one.pk}"] == f"move:{at(12).isoformat()}"
    shut = browser.get(path, {"to_day": day_of(10)})
    assert (shut.status_code, "The school is closed on that day too." in text_of(shut)) == (422, True)
    assert browser.get(path, {"to_day": "soon"}).status_code == 422
    done = browser.post(path, chosen(page), follow=True)
    assert "2 lessons move." in done.content.decode()
    assert "No lesson is left on these days" in text_of(done)
    assert Session.objects.get(id=one.pk).starts_at == at(12)
    assert Session.objects.get(id=two.pk).starts_at.date() != at(10).date()
    keep_open(closure, by=OWNER)
    assert "No lesson is left on these days" in text_of(browser.get(path))


def test_a_students_clash_stands_where_the_office_says_so(school: School, browser: Browser, office: str):
    course, sam = new_course(school), new_student(school)
    lesson = new_session(course, hour_at(10), instructors=[new_instructor(school)])
    booking = buy_seat(lesson, sam)
    buy_seat(new_session(course, hour_at(12, 10, 30)), sam)
    closure = add_closure(school, at(10).date(), at(10).date(), "Boiler", by=OWNER)
    path = f"{office}closures/{closure.pk}/lessons/"
    assert "A student’s clash stands" not in text_of(browser.get(path))
    page = browser.get(path, {"to_day": day_of(12)})
    assert f"{when_here(hour_at(12), UTC)}, although a student is taken" in text_of(page)
    assert "A student’s clash stands: they are told, and may cancel free of charge" in text_of(page)
    sent = {f"lesson-{lesson.pk}": f"move:{at(12).isoformat()}"}
    refused = browser.post(path, sent)
    assert (refused.status_code, chosen(refused)) == (409, sent)
    assert "A student’s clash stands" in text_of(refused)
    assert "1 lesson moves." in browser.post(path, sent | {"waive_students": "on"}, follow=True).content.decode()
    assert Session.objects.get(id=lesson.pk).starts_at == at(12)
    assert Claim.objects.get(source=booking.attendances.get().pk).waived
    assert Outbox.objects.filter(name="booking.moved", subject_id=booking.pk).exists()


def test_an_absent_instructors_lesson_goes_where_a_student_is_taken_if_the_office_says_so(
    school: School, browser: Browser, office: str
):
    course, sam, ida = new_course(school), new_student(school), new_instructor(school)
    lesson = new_session(course, hour_at(10), instructors=[ida])
    buy_seat(lesson, sam)
    path = f"{office}instructors/{ida.pk}/absent/"
    sent = away(ida, 10) | {f"lesson-{lesson.pk}": f"move:{at(12).isoformat()}"}
    assert "A student’s clash stands" not in text_of(browser.get(path, away(ida, 10)))
    buy_seat(new_session(course, hour_at(12, 10, 30)), sam)  # while the office looks at the page
    refused = browser.post(path, sent)
    assert (refused.status_code, "A student’s clash stands" in text_of(refused)) == (409, True)
    assert TimeOff.objects.count() == 0
    assert browser.post(path, sent | {"waive_students": "on"}).status_code == 302
    assert Session.objects.get(id=lesson.pk).starts_at == at(12)


def test_as_many_queries_for_three_lessons_as_for_one(school: School, browser: Browser, office: str):
    course = new_course(school)
    ida = new_instructor(school)
    new_instructor(school, name="Tom Other")
    for number, hours in ((10, (10,)), (20, (10, 12, 14))):
        for hour in hours:
            buy_seat(new_session(course, hour_at(number, hour), instructors=[ida]), new_student(school))
    queries_for(browser, f"{office}instructors/{ida.pk}/")
    absences = [
        queries_for(browser, f"{office}instructors/{ida.pk}/absent/?first_day={day_of(day)}&last_day={day_of(day)}")
        for day in (10, 20)
    ]
    closures = [add_closure(school, at(day).date(), at(day).date(), "Boiler", by=OWNER) for day in (10, 20)]
    closed = [queries_for(browser, f"{office}closures/{closure.pk}/lessons/") for closure in closures]
    assert absences[0] == absences[1]
    assert closed[0] == closed[1]
