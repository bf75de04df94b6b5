"""An instructor moves, cancels and hands over lessons of her own on her pages."""

import datetime as dt

import pytest
import time_machine

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
    slots_of,
)
from schoolbell.journal.models import Record
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor
from schoolbell.planning.models import SubstituteRequest
from schoolbell.planning.moves import Move, as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import staff_of
from web.instructor.conftest import browser_of
from web.pages import links_of, queries_for, text_of

NOW = dt.datetime(2026, 12, 8, 7, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def school(db: None) -> School:
    return new_school(own_lessons="move_and_cancel", own_lessons_notice_hours=24)


@pytest.fixture
def ida(school: School) -> Instructor:
    return new_instructor(school, name="Ida Teacher")


def hour(day: int, at: int) -> Stretch:
    starts_at = dt.datetime(2026, 12, day, at, tzinfo=UTC)
    return Stretch(starts_at, starts_at + dt.timedelta(hours=1))


def page_of(session: Session) -> str:
    return f"/s/{session.school.slug}/teach/lessons/{slots_of(session)[0].pk}/"


def let(school: School, what: str) -> None:
    school.stored_policies |= {"own_lessons": what}
    school.save()


WHEN = {"look": "1", "date": "2026-12-11", "starts": "15:00"}


def test_the_lesson_says_what_she_may(school: School, ida: Instructor, browser):
    soon = new_session(new_course(school), hour(9, 5), instructors=[ida])
    far = new_session(new_course(school), hour(10, 10), instructors=[ida])
    words = "If it cannot be as it is It starts too soon to be moved. Ask the office. Ask for a substitute Cancel it"
    assert words in text_of(browser.get(page_of(soon)))
    assert "If it cannot be as it is Move it Ask for a substitute Cancel it" in text_of(browser.get(page_of(far)))
    let(school, "none")
    asks = "If it cannot be as it is At this school the office does that. Ask it. Ask for a substitute"
    assert text_of(browser.get(page_of(far))).endswith(asks)
    let(school, "all")
    assert text_of(browser.get(page_of(far))).endswith("Move it Hand it over Cancel it")
    with time_machine.travel(NOW + dt.timedelta(days=9), tick=False):
        assert "If it cannot be as it is" not in text_of(browser.get(page_of(far)))


def test_she_sees_what_clashes_and_moves_it_elsewhere(school: School, ida: Instructor, browser):
    sam = new_student(school, "Sam <b>Learner</b>")
    session = new_session(new_lessons(school), hour(10, 10), instructors=[ida])
    buy_seat(session, sam)
    buy_seat(new_session(new_course(school), hour(11, 15)), sam)
    url = f"{page_of(session)}move/"
    asked = browser.get(url)
    assert "Move Piano Thu 10 Dec, 10:00–11:00 Times that suit everybody" in text_of(asked)
    (first, *_rest) = [href for href in links_of(asked) if href.startswith("?look=1")]
    assert first == "?look=1&date=2026-12-10&starts=10%3A15"
    looked = browser.get(url, WHEN)
    assert (
        "Thu 10 Dec, 10:00–11:00 Fri 11 Dec, 15:00–16:00 Sam <b>Learner</b> "
        "Sam <b>Learner</b> is taken: Fri 11 Dec, 15:00–16:00." in text_of(looked)
    )
    assert "Move the lesson" not in text_of(looked)
    refused = browser.post(url, WHEN)
    assert (refused.status_code, "Sam <b>Learner</b> is taken on" in text_of(refused)) == (409, True)
    good = WHEN | {"starts": "09:00"}
    assert "Move the lesson" in text_of(browser.get(url, good))
    assert browser.post(url, good | {"was": hour(10, 10).starts_at.isoformat()})["Location"] == page_of(session)
    assert "It is moved to Fri 11 Dec, 09:00–10:00 UTC." in browser.get(page_of(session)).content.decode()
    assert Session.objects.get(id=session.pk).starts_at == hour(11, 9).starts_at


def test_what_the_office_moved_since_she_looked_is_shown_anew(school: School, ida: Instructor, browser):
    session = new_session(new_course(school), hour(10, 10), instructors=[ida])
    seen = {"was": hour(10, 10).starts_at.isoformat()}
    (there,) = as_it_is([Session.objects.select_related("course__school", "resource").get(id=session.pk)])
    move_sessions([Move(there.session, (hour(10, 12),), there.instructors, None)], by=OWNER)
    url = f"{page_of(session)}move/"
    refused = browser.post(url, WHEN | seen)
    assert refused.status_code == 409
    assert "The lessons there have changed in the meantime. Nothing was done" in text_of(refused)
    assert f'name="was" value="{hour(10, 12).starts_at.isoformat()}"' in refused.content.decode()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"date": ""}, "Choose the day."),
        ({"starts": "x"}, "Write a time such as 14:00."),
        (
            {"date": "2026-12-08", "starts": "20:00"},
            "Choose a time that is at least 24 hours ahead, or ask the office.",
        ),
    ],
)
def test_nonsense_is_said_beside_its_field(school: School, ida: Instructor, browser, sent: dict, told: str):
    session = new_session(new_course(school), hour(10, 10), instructors=[ida])
    for ask in (browser.get, browser.post):
        answer = ask(f"{page_of(session)}move/", WHEN | sent)
        assert (answer.status_code, told in text_of(answer)) == (422, True)
    assert Session.objects.get(id=session.pk).starts_at == hour(10, 10).starts_at


def test_she_cancels_with_a_reason_that_the_family_reads(school: School, ida: Instructor, browser):
    clara = new_client(school, "Clara Parent")
    session = new_session(new_lessons(school, price=4500), hour(10, 10), instructors=[ida])
    booking = buy_seat(session, new_student(school, guardian=clara))
    url = f"{page_of(session)}cancel/"
    words = text_of(browser.get(url))
    assert "Cancel Piano on Thu 10 Dec?" in words
    assert "One booking goes with it, and its time is free again." in words
    assert "Sam Learner booked by Clara Parent" in words
    assert "paid" not in words.replace("Whoever has paid has it back as credit", "")  # money is the office's
    silent = browser.post(url, {"reason": " "})
    assert (silent.status_code, "Say why: everybody who is booked reads it." in text_of(silent)) == (422, True)
    assert browser.post(url, {"reason": "I am <i>ill</i>"})["Location"] == page_of(session)
    cancelled = Session.objects.get(id=session.pk)
    assert (cancelled.status, cancelled.cancelled_because) == ("cancelled", "I am <i>ill</i>")
    assert "This lesson was cancelled. Its time is free again. I am <i>ill</i>" in text_of(
        browser.get(page_of(session))
    )
    family = browser_of(clara.person).get(f"/s/{school.slug}/my/bookings/{booking.pk}/")
    assert "The school cancelled it. I am <i>ill</i>" in text_of(family)
    assert "I am &lt;i&gt;ill&lt;/i&gt;" in family.content.decode()
    assert Record.objects.of(school).get(name="session.cancelled").role == "instructor"


def test_she_asks_for_a_substitute_and_takes_it_back(school: School, ida: Instructor, browser):
    tom, zoe = new_instructor(school, name="Tom Other"), new_instructor(school, name="Zoe Other")
    session = new_session(new_course(school), hour(10, 10), instructors=[ida])
    new_session(new_course(school), hour(10, 10), instructors=[zoe])
    url = f"{page_of(session)}substitute/"
    words = text_of(browser.get(url))
    assert "Who could give it instead of you?" in words
    assert "Free, and teaches this Tom Other Not then Zoe Other Taken then Ask the office" in words
    assert "Hand it over" not in words
    assert browser.post(url, {"ask": "1", "wanted": "nonsense"}).status_code == 422
    assert browser.post(url, {"instructor": str(tom.pk)}).status_code == 403
    sent = {"ask": "1", "wanted": str(tom.pk), "reason": "A wedding"}
    assert browser.post(url, sent)["Location"] == page_of(session)
    again = browser.post(url, sent)
    assert (again.status_code, "A substitute is asked for already." in text_of(again)) == (409, True)
    waits = "You asked the office for a substitute, and would like Tom Other. Until it decides, you give the lesson."
    assert f"{waits} I give it after all Move it Cancel it" in text_of(browser.get(page_of(session)))
    assert browser.post(f"{url}withdraw")["Location"] == page_of(session)
    assert browser.post(f"{url}withdraw").status_code == 404
    assert SubstituteRequest.objects.of(school).get().status == "withdrawn"


def test_a_coach_hands_it_to_a_colleague(school: School, ida: Instructor, browser):
    let(school, "all")
    tom = new_instructor(school, name="Tom Other")
    session = new_session(new_course(school), hour(10, 10), instructors=[ida])
    url = f"{page_of(session)}substitute/"
    assert "Tom Other Hand it over to Tom Other" in text_of(browser.get(url))
    for nobody in ("", "x", str(ida.pk)):
        assert browser.post(url, {"instructor": nobody}).status_code == 422
    assert browser.post(url, {"instructor": str(tom.pk)})["Location"] == f"/s/{school.slug}/teach/"
    assert staff_of([session])[session.pk] == [tom]
    assert browser.get(url).status_code == 404


PAGES = ("move/", "cancel/", "substitute/")


def test_what_she_may_not_leads_back_and_says_why(school: School, ida: Instructor, browser):
    let(school, "none")
    session = new_session(new_course(school), hour(10, 10), instructors=[ida])
    for page in ("move/", "cancel/"):
        for ask in (browser.get, browser.post):
            assert ask(page_of(session) + page, {"reason": "Ill"}, follow=True).redirect_chain == [
                (page_of(session), 302)
            ]
    assert Session.objects.get(id=session.pk).status == "published"


def test_anothers_lessons_are_not_there(school: School, ida: Instructor, browser):
    tom = new_instructor(school, name="Tom Other")
    others = new_session(new_course(school), hour(10, 10), instructors=[tom])
    elsewhere = new_school(own_lessons="all")
    foreign = new_session(new_course(elsewhere), hour(10, 10), instructors=[new_instructor(elsewhere)])
    own = f"/s/{school.slug}/teach/lessons/{slots_of(foreign)[0].pk}/"
    for session_page in (page_of(others), own):
        for page in (*PAGES, "substitute/withdraw"):
            assert browser.post(session_page + page, {"reason": "Ill"} | WHEN).status_code == 404
    assert browser.get(f"/s/{elsewhere.slug}/teach/").status_code == 404


def test_whoever_gives_it_with_her_neither_moves_nor_cancels(school: School, ida: Instructor):
    tom = new_instructor(school, name="Tom Other")
    session = new_session(new_course(school), hour(10, 10), instructors=[ida, tom])
    his = browser_of(tom.person)
    words = text_of(his.get(page_of(session)))
    assert "Whoever leads this lesson moves and cancels it. Ask the office. Ask for a substitute" in words
    his.post(f"{page_of(session)}cancel/", {"reason": "Ill"})
    assert Session.objects.get(id=session.pk).status == "published"


def test_as_many_queries_for_three_students_as_for_one(school: School, ida: Instructor, browser):
    session = new_session(new_course(school), hour(10, 10), instructors=[ida])
    pages = [page_of(session) + page for page in ("", *PAGES, "move/?look=1&date=2026-12-11&starts=15:00")]
    buy_seat(session, new_student(school))
    for page in pages:
        browser.get(page)
    once = [queries_for(browser, page) for page in pages]
    for number in range(2):
        buy_seat(session, new_student(school, f"Student {number}"))
        new_instructor(school, name=f"Colleague {number}")
    assert [queries_for(browser, page) for page in pages] == once
    assert max(once) <= 40
