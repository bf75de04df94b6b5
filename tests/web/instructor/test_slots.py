"""A coach's slots on pages: their own, and those that the office publishes for them."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from factories import (
    OWNER,
    be_busy,
    buy_seat,
    hour_at,
    new_client,
    new_instructor,
    new_lessons,
    new_session,
    new_student,
    slots_of,
)
from schoolbell.access.staff import add_staff
from schoolbell.accounts.actions import create_user
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from web.instructor.conftest import browser_of
from web.pages import queries_for, text_of

NOW = dt.datetime(2026, 12, 7, 7, 30, tzinfo=UTC)  # a Monday


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def url(school: School) -> str:
    return f"/s/{school.slug}/teach/slots/"


def typed(school: School, **values: object) -> dict[str, object]:
    """Tuesdays from nine to eleven, an hour each, for two weeks."""
    return {
        "course": str(new_lessons(school, name="Call").pk),
        "weekdays": ["2"],
        "starts": "09:00",
        "ends": "11:00",
        "minutes": "60",
        "pause": "0",
        "first_day": "2026-12-08",
        "weeks": "2",
    } | values


def tuesday(week: int, hour: int) -> Stretch:
    starts_at = dt.datetime(2026, 12, 8, hour, tzinfo=UTC) + dt.timedelta(weeks=week)
    return Stretch(starts_at, starts_at + dt.timedelta(hours=1))


def test_whoever_has_no_slots_yet_is_told_what_to_do(school: School, browser, url: str):
    new_lessons(school)
    assert "No slots yet Nobody can book a slot. Say when there are some" in text_of(browser.get(url))


def test_slots_are_previewed_and_then_published_without_those_that_clash(school: School, ida, browser, url: str):
    be_busy(ida.person.diary_id, school, tuesday(1, 10))
    body = typed(school)
    preview = browser.post(url, body | {"do": "preview"})
    assert preview.status_code == 200
    assert text_of(preview) == (
        "Slots to publish Tuesdays, 09:00–11:00, UTC time 3 slots can be published. One meets something else "
        "and is left out: it is marked below. Publish 3 slots Change the plan "
        "Tue 8 Dec 09:00–10:00 Free 10:00–11:00 Free "
        "Tue 15 Dec 09:00–10:00 Free 10:00–11:00 Ida Teacher is busy then, 10:00–11:00."
    )
    assert not Session.objects.of(school).exists()
    answer = browser.post(url, body | {"do": "publish", "clashing": "skip"})
    assert (answer.status_code, answer["Location"]) == (302, url)
    page = browser.get(url)
    assert "3 slots are published. 1 that clash were left out." in page.content.decode()
    assert text_of(page).startswith(
        "Your slots What learners can book with you, in UTC time. A slot can be deleted until somebody books it. "
        "3 slots ahead Tue 8 Dec 09:00–10:00 Call Delete Tue 8 Dec, 09:00 10:00–11:00 Call Delete Tue 8 Dec, 10:00 "
        "Tue 15 Dec 09:00–10:00 Call Delete Tue 15 Dec, 09:00 Publish slots"
    )
    starts = list(Session.objects.of(school).order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [tuesday(0, 9).starts_at, tuesday(0, 10).starts_at, tuesday(1, 9).starts_at]


def test_what_came_in_between_the_preview_and_the_act_is_shown_and_nothing_is_published(school, ida, browser, url):
    body = typed(school)
    be_busy(ida.person.diary_id, school, tuesday(0, 9))
    answer = browser.post(url, body | {"do": "publish"})
    assert answer.status_code == 409
    assert "Something came in between. Nothing was published: look again." in text_of(answer)
    assert not Session.objects.of(school).exists()


def test_a_plan_is_changed_with_what_was_typed(school: School, browser, url: str):
    answer = browser.post(url, typed(school, minutes="25") | {"do": "change"})
    assert answer.status_code == 200
    assert 'value="25"' in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"weekdays": []}, "Choose at least one day of the week."),
        ({"ends": "08:00"}, "Slots end after they start. For hours past midnight, publish twice."),
        ({"first_day": "soon"}, "Write a day such as 2026-12-24."),
        ({"course": str(new_id())}, "Choose what the slots are for."),
    ],
)
def test_nonsense_is_said_beside_its_field(school: School, browser, url: str, changed: dict, said: str):
    for act in ("preview", "publish"):
        answer = browser.post(url, typed(school) | changed | {"do": act})
        assert answer.status_code == 422
        assert said in text_of(answer)
    assert not Session.objects.of(school).exists()


def test_a_slot_is_deleted_until_somebody_books_it(school: School, ida: Instructor, browser, url: str):
    course = new_lessons(school)
    open_, booked = (new_session(course, hour_at(day), instructors=[ida]) for day in (5, 6))
    buy_seat(booked, new_student(school, "Theo Bach"))
    assert "Theo Bach" in text_of(browser.get(url))
    answer = browser.post(f"{url}{slots_of(open_)[0].pk}/delete")
    assert answer.status_code == 302
    assert "The slot on Sat 12 Dec, 10:00–11:00 is gone, and its time is free." in browser.get(url).content.decode()
    browser.post(f"{url}{slots_of(booked)[0].pk}/delete")
    assert "This slot was booked, or is over, so it cannot be deleted." in browser.get(url).content.decode()
    assert list(Session.objects.of(school)) == [booked]


def test_nobody_reaches_the_slots_of_others(school: School, browser, url: str):
    others = slots_of(new_session(new_lessons(school), hour_at(5), instructors=[new_instructor(school)]))[0]
    assert browser.post(f"{url}{others.pk}/delete").status_code == 404
    assert browser_of(new_client(school).person).get(url).status_code == 404
    assert Browser().get(url).status_code == 302
    assert Session.objects.of(school).count() == 1


def test_the_list_takes_as_many_queries_with_one_slot_as_with_three(school: School, ida, browser, url: str):
    course = new_lessons(school)
    buy_seat(new_session(course, hour_at(5), instructors=[ida]), new_student(school))
    with_one = queries_for(browser, url)
    for day in (6, 7):
        buy_seat(new_session(course, hour_at(day), instructors=[ida]), new_student(school))
    assert queries_for(browser, url) == with_one


def test_the_office_does_the_same_for_any_instructor(school: School, ida: Instructor):
    user = create_user(f"{new_id().hex}@example.org", "a-long-way-home")
    add_staff(school, user, Role.ADMIN, by=OWNER)
    office = Browser()
    office.force_login(user)
    page = f"/s/{school.slug}/office/instructors/{ida.pk}/"
    assert 'href="slots/"' in office.get(page).content.decode()
    body = typed(school)
    preview = text_of(office.post(f"{page}slots/", body | {"do": "preview"}))
    assert preview.startswith(
        "Slots to publish for Ida Teacher Tuesdays, 09:00–11:00, UTC time 4 slots can be published."
    )
    assert office.post(f"{page}slots/", body | {"do": "publish"})["Location"] == f"{page}slots/"
    assert "4 slots ahead" in text_of(office.get(f"{page}slots/"))
    first = slots_of(Session.objects.of(school).order_by("starts_at")[0])[0]
    office.post(f"{page}slots/{first.pk}/delete")
    assert Session.objects.of(school).count() == 3
