"""Sessions in the office: the list, one session, a new one, and what becomes of it."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client as Browser

from factories import (
    OWNER,
    at,
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
    pay_for,
    slots_of,
)
from planning.test_joining import a_class
from schoolbell.billing.queries import balances_of
from schoolbell.bookings.models import Booking
from schoolbell.bookings.sessions import cancel_session
from schoolbell.catalogue.actions import qualify
from schoolbell.catalogue.models import Course
from schoolbell.diary.closures import add_closure
from schoolbell.journal.models import Record
from schoolbell.kit.time import Stretch, instant
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Staffing
from schoolbell.web.templatetags.words import day, when_here
from web.office.conftest import as_staff
from web.pages import links_of, text_of

UTC_ = ZoneInfo("UTC")


def past_session(course: Course, days: int) -> Session:
    """That many days ago; published before it was."""
    during = hour_at(-days)
    with time_machine.travel(at(-days - 5), tick=False):
        return new_session(course, during)


def words_of(stretch: Stretch) -> str:
    return when_here(stretch, UTC_)


def test_the_list_shows_what_is_coming_first(school: School, browser: Browser, office: str):
    course, ida, hall = new_course(school, capacity=2), new_instructor(school), new_resource(school)
    late = new_session(course, hour_at(9), instructors=[ida], resource=hall)
    soon = new_session(new_course(school, name="Night <i>driving</i>"), hour_at(3), publish=False)
    for _ in range(2):
        buy_seat(late, new_student(school))
    past_session(course, 3)
    page = browser.get(office + "sessions/")
    assert text_of(page) == (
        "Sessions 2 on this list See the calendar New session Sessions Series Weekly "
        "Coming Today This week Next week Last week This month Last month Past All "
        "State Drafts Published Cancelled Course First aid Night <i>driving</i> Instructor Ida Teacher Place Hall "
        "Sessions Course When (UTC) Who teaches Where State Students "
        f"Night <i>driving</i> {words_of(hour_at(3))} – – Draft 0 of 12 "
        f"First aid {words_of(hour_at(9))} Ida Teacher Hall Full 2 of 2"
    )
    assert [link for link in links_of(page) if "/sessions/0" in link] == [
        f"{office}sessions/{soon.pk}/",
        f"{office}sessions/{late.pk}/",
    ]


def test_what_has_begun_and_goes_on_is_coming(school: School, browser: Browser, office: str):
    """It stands where its next time does; what is over is past."""
    soon, late = new_session(new_course(school, name="Soon"), hour_at(2)), new_course(school, name="Late")
    new_session(late, hour_at(5))
    with time_machine.travel(at(-40), tick=False):
        over = new_session(new_course(school, name="Over"), hour_at(1), hour_at(3))
        yoga = new_session(new_course(school, name="Yoga"), hour_at(10), hour_at(43), hour_at(60), choose_slots=True)
    began = Stretch(yoga.starts_at, yoga.ends_at)
    row = f"Yoga {words_of(began)} next {words_of(hour_at(3))} – – In progress 0 of 12"
    words = text_of(browser.get(office + "sessions/"))
    assert words.endswith(
        f"Soon {words_of(hour_at(2))} – – Open 0 of 12 {row} Late {words_of(hour_at(5))} – – Open 0 of 12"
    )
    past = text_of(browser.get(office + "sessions/?when=past"))
    assert past.endswith(f"Over {words_of(Stretch(over.starts_at, over.ends_at))} – – Completed 0 of 12")
    page = text_of(browser.get(f"{office}courses/{yoga.course_id}/"))
    assert f"{words_of(began)} next {words_of(hour_at(3))} Yoga In progress 0 of 12" in page
    assert soon.starts_at < hour_at(3).starts_at


def test_on_its_first_morning_a_course_of_three_days_is_coming(school: School, browser: Browser, office: str):
    course = new_course(school)
    new_session(course, *(hour_at(day) for day in (1, 2, 3)))
    with time_machine.travel(at(1, 10, 30), tick=False):
        words = text_of(browser.get(f"{office}courses/{course.pk}/"))
        assert f"next {words_of(hour_at(1))} First aid In progress" in words
    with time_machine.travel(at(3, 11), tick=False):
        assert "None is on the timetable" in text_of(browser.get(f"{office}courses/{course.pk}/"))


def test_what_is_online_without_a_room_says_so(school: School, browser: Browser, office: str):
    online = new_course(school, delivery="online")
    room = new_resource(school, kind="online_room", name="Room 1")
    bare = new_session(online, hour_at(3), publish=False)
    others = (new_session(online, hour_at(4), resource=room), new_session(new_course(school), hour_at(5)))
    page, said = f"{office}sessions/{bare.pk}/", "It has no online room yet: whoever books has no way in."
    for _state in ("draft", "published"):
        answer = browser.get(page)
        assert f"{said} Choose its place" in text_of(answer)
        assert "Where No online room yet" in text_of(answer)
        assert "move/" in links_of(answer)
        browser.post(page + "publish")
    for one in others:
        assert said not in text_of(browser.get(f"{office}sessions/{one.pk}/"))
    cancel_session(bare, by=OWNER)
    assert said not in text_of(browser.get(page))
    form = text_of(browser.get(office + "sessions/new/"))
    assert "Taught online, it needs its room: without one, whoever books has no way in." in form


def test_filters_show_as_chips_that_clear_themselves(school: School, browser: Browser, office: str):
    course, ida, hall = new_course(school), new_instructor(school), new_resource(school)
    new_session(course, hour_at(3), instructors=[ida])
    new_session(course, hour_at(4), resource=hall, publish=False)
    cancel_session(new_session(course, hour_at(5)), by=OWNER)
    past = past_session(new_course(school, name="Gone"), 40)

    def shown(query: str) -> str:
        words = text_of(browser.get(f"{office}sessions/?{query}"))
        return words[words.index("Students") + 9 :] if "Students" in words else words[words.index("Hall") + 5 :]

    assert shown(f"instructor={ida.pk}") == f"First aid {words_of(hour_at(3))} Ida Teacher – Open 0 of 12"
    assert shown(f"place={hall.pk}") == f"First aid {words_of(hour_at(4))} – Hall Draft 0 of 12"
    assert shown("status=cancelled") == f"First aid {words_of(hour_at(5))} – – Cancelled 0 of 12"
    assert shown("when=past") == f"Gone {words_of(hour_at(-40))} – – Completed 0 of 12"
    assert shown(f"course={past.course_id}").startswith("No session fits these filters")
    page = browser.get(f"{office}sessions/?status=draft&course={course.pk}")
    assert f"?course={course.pk}" in links_of(page)
    assert "?status=draft" in links_of(page)
    nonsense = browser.get(f"{office}sessions/?status=zz&course=zz&when=zz&page=zz&instructor=zz")
    assert nonsense.status_code == 200


def test_a_long_list_is_paged_and_keeps_its_filters(school: School, browser: Browser, office: str):
    course = new_course(school)
    for number in range(27):
        new_session(course, hour_at(3 + number))
    first = browser.get(f"{office}sessions/?status=published")
    assert text_of(first).endswith("1–25 of 27 Next")
    assert links_of(first)[-1] == "?status=published&page=2"
    second = browser.get(f"{office}sessions/?status=published&page=2")
    assert text_of(second).endswith("26–27 of 27 Back")
    assert text_of(browser.get(f"{office}sessions/?status=published&page=99")).endswith("26–27 of 27 Back")


def test_an_empty_timetable_says_what_to_do(browser: Browser, office: str):
    assert text_of(browser.get(office + "sessions/")).endswith(
        "Nothing is on the timetable Say what is taught, when and by whom, and people can book. New session"
    )
    assert "First say what you teach A session is a course at a time. There is no course yet. New course" in text_of(
        browser.get(office + "sessions/new/")
    )


def test_a_session_shows_who_is_in_it_and_who_paid(school: School, browser: Browser, office: str):
    ida, hall = new_instructor(school), new_resource(school)
    session = new_session(
        new_course(school, price=9000, capacity=5), hour_at(3), hour_at(4), instructors=[ida], resource=hall,
        choose_slots=True, notes="Bring <b>lunch</b>",
    )  # fmt: skip
    sam = new_student(school, "Sam Learner", guardian=new_client(school, "Clara <i>Parent</i>"))
    paid = buy_seat(session, sam, slot_ids=[slots_of(session)[1].pk])
    pay_for(paid)
    held = buy_seat(session, new_student(school, "Kim Alone"))
    words = text_of(browser.get(f"{office}sessions/{session.pk}/"))
    assert f"First aid {when_here(Stretch(hour_at(3).starts_at, hour_at(4).ends_at), UTC_)}" in words
    assert (
        f"Sam Learner {paid.reference} {words_of(hour_at(4))} Clara <i>Parent</i> Confirmed Paid ₹90.00 ₹90.00" in words
    )
    assert f"Kim Alone {held.reference} {words_of(hour_at(3))} {words_of(hour_at(4))} themselves" in words
    assert "To pay ₹0.00 ₹180.00" in words
    times = f"Times, UTC {words_of(hour_at(3))} 1 of 5 taken {words_of(hour_at(4))} 2 of 5 taken"
    assert f"{times} Who teaches Ida Teacher Where Hall" in words
    assert "Seats 5 at each time Price ₹90.00" in words
    assert "Note Bring <b>lunch</b>" in words
    assert "What happened The latest first, in UTC time Put on the timetable" in words


def form(taught: Any, **values: Any) -> dict[str, Any]:
    """A filled-in form for the day after tomorrow, 16:00 to 17:30."""
    return {
        "course": taught.pk, "type": "regular", "lead": "", "resource": "", "capacity": "", "price": "", "notes": "",
        "time-TOTAL_FORMS": "1", "time-INITIAL_FORMS": "0",
        "time-0-date": f"{at(2):%Y-%m-%d}", "time-0-starts": "16:00", "time-0-ends": "17:30", "do": "publish",
    } | values  # fmt: skip


def test_a_session_is_published_at_the_schools_own_time(db: None):
    school = new_school(timezone="Australia/Sydney")
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    browser.cookies["zone"] = "Europe/Berlin"
    course, hall = new_course(school), new_resource(school, capacity=8)
    ida, bo = new_instructor(school), new_instructor(school, name="Bo Teacher")
    answer = browser.post(
        office + "sessions/new/",
        form(course, lead=ida.pk, others=[bo.pk, ida.pk], resource=hall.pk, price="49.50", notes=" Lunch "),
    )
    session = Session.objects.of(school).get()
    assert (answer.status_code, answer["Location"]) == (302, f"{office}sessions/{session.pk}/")
    day_ = at(2).date()
    assert session.starts_at == instant(day_, dt.time(16), school.zone)
    assert session.ends_at == instant(day_, dt.time(17, 30), school.zone)
    assert (session.status, session.price, session.capacity, session.notes) == ("published", 4950, 8, "Lunch")
    assert session.resource_id == hall.pk
    staffed = Staffing.objects.of(school).order_by("-leads").values_list("instructor_id", "leads")
    assert list(staffed) == [(ida.pk, True), (bo.pk, False)]
    page = browser.get(answer["Location"])
    assert "First aid is open for booking." in page.content.decode()
    assert "16:00–17:30 Sydney" in text_of(page)


def test_a_draft_takes_its_time_and_is_then_published(school: School, browser: Browser, office: str):
    browser.post(office + "sessions/new/", form(new_course(school), do="draft"))
    session = Session.objects.of(school).get()
    assert session.status == "draft"
    words = text_of(browser.get(f"{office}sessions/{session.pk}/"))
    assert "Draft Nobody sees a draft, but its time is taken." in words
    assert "Nobody yet This is a draft. Publish it, and people can book." in words
    answer = browser.post(f"{office}sessions/{session.pk}/publish")
    assert answer["Location"] == f"{office}sessions/{session.pk}/"
    session.refresh_from_db()
    assert session.status == "published"
    page = browser.get(answer["Location"])
    assert "Nobody yet It is open: 12 seats can be booked. Book a seat" in text_of(page)
    assert links_of(page).count(f"{office}bookings/new/?session={session.pk}") == 2


def test_another_time_is_asked_for_and_what_was_typed_stays(school: School, browser: Browser, office: str, rows):
    course, bo = new_course(school), new_instructor(school, name="Bo Teacher")
    new_instructor(school)
    before = rows()
    page = browser.post(
        office + "sessions/new/", form(course, do="more", others=[bo.pk], notes="A <b>note</b>", capacity="seven")
    )
    assert (page.status_code, rows()) == (200, before)
    html = page.content.decode()
    assert 'name="time-TOTAL_FORMS" value="2"' in html
    assert f'name="time-1-date" value="{at(3):%Y-%m-%d}"' in html
    assert html.count('value="16:00"') == html.count('value="17:30"') == 2
    assert "A &lt;b&gt;note&lt;/b&gt;" in html
    assert 'value="seven"' in html
    assert f'value="{bo.pk}" id="id_others_0" checked' in html
    assert "to put right" not in html


def test_two_times_are_sorted_and_an_empty_one_is_left_out(school: School, browser: Browser, office: str):
    times = {
        "time-TOTAL_FORMS": "3",
        "time-1-date": f"{at(1):%Y-%m-%d}", "time-1-starts": "22:00", "time-1-ends": "00:00",
        "time-2-date": "", "time-2-starts": "", "time-2-ends": "",
    }  # fmt: skip
    browser.post(office + "sessions/new/", form(new_course(school), **times))
    session = Session.objects.of(school).get()
    assert [(slot.starts_at, slot.ends_at) for slot in slots_of(session)] == [
        (at(1, 22), at(2, 0)),
        (at(2, 16), at(2, 17, 30)),
    ]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"course": ""}, "Choose what is taught."),
        ({"course": "zz"}, "Choose what is taught."),
        ({"capacity": "13"}, "The course and the place allow at most 12 seats."),
        ({"capacity": "0"}, "Write a whole number from 1 to 1000."),
        ({"price": "1.005"}, "That is smaller than the smallest coin."),
        ({"price": "cheap"}, "Write an amount such as 45.00."),
        ({"price": "-1"}, "An amount cannot be less than zero."),
        ({"price": "99999999999"}, "That is more than one can pay here."),
        ({"time-0-date": ""}, "Choose the day."),
        ({"time-0-date": "31.12."}, "Write a day such as 2026-12-24."),
        ({"time-0-starts": ""}, "Say a time, such as 14:00."),
        ({"time-0-ends": "15:00"}, "It ends before it starts. 00:00 is the end of the day."),
        ({"time-TOTAL_FORMS": ""}, "ManagementForm data is missing"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    school: School, browser: Browser, office: str, rows, values: dict[str, str], sentence: str
):
    course = new_course(school)
    before = rows()
    page = browser.post(office + "sessions/new/", form(course, notes="kept", **values))
    assert (page.status_code, rows()) == (422, before)
    assert sentence in text_of(page)
    assert "kept" in text_of(page)


def test_overlapping_times_are_refused_in_words(school: School, browser: Browser, office: str, rows):
    course = new_course(school)
    before = rows()
    twice = {"time-TOTAL_FORMS": "2"} | {
        f"time-1-{name}": form(course)[f"time-0-{name}"] for name in ("date", "starts", "ends")
    }
    page = browser.post(office + "sessions/new/", form(course, **twice))
    assert (page.status_code, rows()) == (422, before)
    assert "Give the slots in order; each ends before the next one starts." in text_of(page)


def test_a_taken_time_is_told_with_who_is_taken_when(school: School, browser: Browser, office: str, rows):
    course, ida = new_course(school), new_instructor(school)
    new_session(course, Stretch(at(2, 17), at(2, 18)), instructors=[ida])
    before = rows()
    page = browser.post(office + "sessions/new/", form(course, lead=ida.pk, notes="kept"))
    assert (page.status_code, rows()) == (409, before)
    assert (
        "That time is taken. Nothing was written. "
        f"Ida Teacher is taken on {words_of(Stretch(at(2, 17), at(2, 18)))}. "
        "Choose another time, or somebody else. See the calendar"
    ) in text_of(page)
    assert "kept" in text_of(page)


def test_a_course_of_another_school_is_no_course(school: School, browser: Browser, office: str, rows):
    new_course(school)
    theirs = new_course(new_school())
    before = rows()
    page = browser.post(office + "sessions/new/", form(theirs))
    assert (page.status_code, rows()) == (422, before)


def test_cancelling_asks_with_names_and_money_and_then_gives_it_back(school: School, browser: Browser, office: str):
    session = new_session(new_course(school, price=9000), hour_at(3))
    sam = new_student(school, "Sam Learner", guardian=new_client(school, "Clara Parent"))
    paid, held = buy_seat(session, sam), buy_seat(session, new_student(school, "Kim Alone"))
    pay_for(paid)
    url = f"{office}sessions/{session.pk}/"
    asked = browser.get(url + "cancel")
    assert text_of(asked) == (
        f"Cancel First aid on {day(hour_at(3), UTC_)}? {words_of(hour_at(3))} UTC "
        "2 bookings go with it, and their time is free again. "
        "₹90.00 was paid; it stays with the school as credit for whoever paid. "
        "Sam Learner booked by Clara Parent ₹90.00 becomes credit Kim Alone nothing paid "
        "Why (if you like) Everybody who is booked reads it. Keep the session Cancel the session"
    )
    assert Session.objects.of(school).get().status == "published"
    done = browser.post(url + "cancel", follow=True)
    assert Session.objects.of(school).get().status == "cancelled"
    assert f"First aid on {day(hour_at(3), UTC_)} is cancelled. 2 bookings went with it." in done.content.decode()
    assert set(Booking.objects.of(school).values_list("status", flat=True)) == {"cancelled"}
    assert balances_of([paid.client, held.client]) == {paid.client_id: 9000, held.client_id: 0}
    record = Record.objects.of(school).get(name="session.cancelled")
    assert str(record.who) == browser.session["_auth_user_id"]
    assert browser.get(url + "cancel")["Location"] == url
    assert browser.post(url + "cancel")["Location"] == url
    assert Record.objects.of(school).filter(name="session.cancelled").count() == 1


def test_cancelling_what_nobody_booked_says_so(school: School, browser: Browser, office: str):
    session = new_session(new_course(school), hour_at(3))
    words = text_of(browser.get(f"{office}sessions/{session.pk}/cancel"))
    assert "Nobody has booked it. Its instructors and its place are free again." in words
    browser.post(f"{office}sessions/{session.pk}/cancel")
    words = text_of(browser.get(f"{office}sessions/{session.pk}/"))
    assert "Nobody was in it It was cancelled before anybody had booked. New session" in words


def test_publishing_what_was_cancelled_is_refused_on_its_page(school: School, browser: Browser, office: str):
    session = new_session(new_course(school), publish=False)
    cancel_session(session, by=OWNER)
    page = browser.post(f"{office}sessions/{session.pk}/publish")
    assert page.status_code == 409
    assert "A session that was cancelled or is over cannot be published." in text_of(page)
    assert "First aid" in text_of(page)


def test_a_session_is_put_too_close_to_another_only_with_a_tick(school: School, browser: Browser, office: str):
    ida, course = new_instructor(school), new_course(school, overrides={"buffer_before_minutes": 30})
    new_session(course, Stretch(at(2, 15), at(2, 16)), instructors=[ida])
    tick = "Put it there all the same: the rules between lessons do not matter here"
    assert tick not in text_of(browser.get(office + "sessions/new/"))
    page = browser.post(office + "sessions/new/", form(course, lead=ida.pk))
    assert page.status_code == 409
    assert "That is too close to another lesson" in text_of(page)
    assert tick in text_of(page)
    assert browser.post(office + "sessions/new/", form(course, lead=ida.pk, despite_rules="on")).status_code == 302
    assert Session.objects.of(school).count() == 2


def test_a_session_over_another_is_taken_and_no_tick_helps(school: School, browser: Browser, office: str):
    ida, course = new_instructor(school), new_course(school, overrides={"buffer_before_minutes": 30})
    asked = form(course, lead=ida.pk)
    assert browser.post(office + "sessions/new/", asked).status_code == 302
    page = browser.post(office + "sessions/new/", asked)
    assert (page.status_code, "too close" in text_of(page)) == (409, False)
    assert "Put it there all the same: the rules between lessons" not in text_of(page)
    assert "Ida Teacher" in text_of(page)


def test_what_the_action_refuses_is_said_beside_the_field(school: School, browser: Browser, office: str, rows):
    course, other = new_course(school), new_course(school, name="Other")
    bo = new_instructor(school, name="Bo Teacher")
    qualify(bo, other, by=OWNER)
    before = rows()
    page = browser.post(office + "sessions/new/", form(course, lead=bo.pk))
    assert (page.status_code, rows()) == (422, before)
    assert 'id="id_lead_error"' in page.content.decode()
    assert text_of(page).count("Not everybody named teaches this course.") == 2
    page = browser.post(office + "sessions/new/", form(course, **{"time-0-date": f"{at(-2):%Y-%m-%d}"}))
    assert (page.status_code, rows()) == (422, before)
    assert text_of(page).count("What is published lies ahead.") == 2


def test_a_lesson_of_one_names_its_student(school: School, browser: Browser, office: str):
    lessons = new_lessons(school)
    buy_seat(new_session(lessons, hour_at(3)), new_student(school, "Sam Learner"))
    new_session(lessons, hour_at(4))
    words = text_of(browser.get(office + "sessions/"))
    assert f"{words_of(hour_at(3))} – – Booked Sam Learner" in words
    assert f"{words_of(hour_at(4))} – – Open 0 of 1" in words
    short = text_of(browser.get(f"{office}courses/{lessons.pk}/"))
    assert f"{words_of(hour_at(3))} Piano Booked Sam Learner" in short


def test_what_is_wrong_stands_in_one_box(browser: Browser, office: str, school: School):
    new_course(school)
    page = browser.post(office + "sessions/new/", {"time-TOTAL_FORMS": "2", "time-INITIAL_FORMS": "0"})
    assert page.status_code == 422
    assert page.content.decode().count('role="alert"') == 1


def test_on_a_closed_day_it_says_what_is_closed_and_how_it_is_put_there(school: School, browser: Browser, office: str):
    day = at(2).date()
    add_closure(school, first_day=day, last_day=day, name="Christmas Day", by=OWNER)
    asked = form(new_course(school))
    closed = browser.post(office + "sessions/new/", asked)
    assert closed.status_code == 409
    words = text_of(closed)
    assert "Closed then: Christmas Day. Choose another time. Or say below that it takes place all the same." in words
    assert "Put it there all the same: we are closed then, but it takes place" in words
    assert browser.post(office + "sessions/new/", asked | {"despite_closed": "on"}).status_code == 302


def test_a_series_of_one_seat_counts_it_in_words(school: School, browser: Browser, office: str):
    series = a_class(school, course=new_course(school, name="Duo", capacity=1), capacity=1, first_day=at(1).date())
    first = series.sessions.order_by("starts_at").first()
    buy_seat(first, new_student(school))
    words = text_of(browser.get(f"{office}series/{series.pk}/"))
    assert "Ida Teacher, 1 seat, taken" in words
    assert "Ida Teacher, 1 seat, free" in words
    assert "of 1 seats" not in words


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("sessions/new/", "A session is a course at a time. There is no course yet."),
        ("series/new/", "A series is a course that repeats. There is no course yet."),
        ("weekly/new/", "Weekly lessons are of a course that is taught one to one. There is none yet."),
    ],
)
def test_without_a_course_it_is_said_what_comes_first(browser: Browser, office: str, path: str, words: str):
    page = browser.get(office + path)
    assert f"First say what you teach {words} New course" in text_of(page)
    assert "<select" not in page.content.decode()
    assert f"{office}courses/new/" in links_of(page)
