"""An instructor's opening hours."""

import datetime as dt
import html
import re

import pytest
import time_machine

from factories import OWNER, new_instructor
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.models import OpeningHours
from schoolbell.journal.models import Record
from schoolbell.kit.time import UTC
from schoolbell.people.models import Instructor, Person
from schoolbell.schools.models import School
from web.pages import queries_for, text_of

NOW = dt.datetime(2026, 12, 8, 7, 30, tzinfo=UTC)  # a Tuesday
NINE, ONE = dt.time(9), dt.time(13)


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def url(school: School) -> str:
    return f"/s/{school.slug}/teach/hours/"


def open_(instructor: Instructor, **when) -> OpeningHours:
    values = {"starts": NINE, "ends": ONE, "timezone": "UTC"} | when
    return add_opening_hours(instructor.person.diary, by=OWNER, **values)


def stored(school: School) -> list:
    names = ("weekday", "date", "starts", "ends", "timezone", "valid_from", "valid_until")
    return list(OpeningHours.objects.of(school).order_by("id").values_list(*names))


def errors_of(response) -> dict[str, str]:
    """What stands beside the fields."""
    found = re.findall(r'<p class="wrong" id="id_(\w+)_error">.*?<span>(.*?)</span>', response.content.decode(), re.S)
    return {name: html.unescape(words) for name, words in found}


def test_nobody_who_is_not_open_yet_is_left_without_a_next_step(browser, url: str):
    assert "You are not open yet Nobody can book you. Say when you teach" in text_of(browser.get(url))


def test_the_list_has_the_week_in_order_then_single_days(school: School, ida: Instructor, browser, url: str):
    open_(ida, weekday=6, valid_from=dt.date(2026, 12, 12), valid_until=dt.date(2027, 1, 30))
    open_(ida, weekday=1, starts=dt.time(14), ends=dt.time(0))
    open_(ida, weekday=1)
    open_(ida, date=dt.date(2026, 12, 24), timezone="Europe/Berlin")
    with time_machine.travel(NOW - dt.timedelta(weeks=2)):
        open_(ida, date=dt.date(2026, 12, 1))  # it is over by now
    words = text_of(browser.get(url))
    assert words.startswith(
        "Your opening hours When learners can book you, by the clocks of UTC. Lessons that are booked already stay. "
        "Every week Mondays 09:00–13:00 Remove Mondays, 09:00–13:00 14:00–00:00 Remove Mondays, 14:00–00:00 "
        "Saturdays 09:00–13:00 from Sat 12 Dec until Sat 30 Jan 2027 Remove Saturdays, 09:00–13:00 "
        "On one day Thu 24 Dec 09:00–13:00 Berlin Remove Thu 24 Dec, 09:00–13:00 Add hours"
    )
    assert "1 Dec" not in words


def test_hours_of_every_week_are_added_in_the_instructors_own_zone(school: School, ida: Instructor, browser, url: str):
    Person.objects.filter(id=ida.person_id).update(timezone="Australia/Sydney")
    body = {"weekday": "6", "starts": "09:00", "ends": "13:00", "valid_from": "2026-12-12", "valid_until": ""}
    answer = browser.post(f"{url}?on=week", body)
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert stored(school) == [(6, None, NINE, ONE, "Australia/Sydney", dt.date(2026, 12, 12), None)]
    assert "Open on Saturdays, 09:00–13:00." in browser.get(url).content.decode()
    record = Record.objects.of(school).get(name="opening_hours.added")
    assert (record.role, record.who) == ("instructor", Person.objects.get(id=ida.person_id).user_id)


def test_hours_of_one_day_are_added(school: School, browser, url: str):
    assert 'name="date"' in browser.get(f"{url}?on=day").content.decode()
    answer = browser.post(f"{url}?on=day", {"date": "2026-12-08", "starts": "18:30", "ends": "00:00"})
    assert answer.status_code == 302
    assert stored(school) == [(None, dt.date(2026, 12, 8), dt.time(18, 30), dt.time(0), "UTC", None, None)]


@pytest.mark.parametrize(
    ("kind", "changed", "expected"),
    [
        ("week", {"ends": "08:00"}, {"ends": "Hours end after they start. For hours past midnight, give two."}),
        ("week", {"ends": "09:00"}, {"ends": "Hours end after they start. For hours past midnight, give two."}),
        ("week", {"starts": "25:00"}, {"starts": "Write a time such as 14:00."}),
        ("week", {"starts": "", "ends": "soon"},
         {"starts": "Say a time, such as 14:00.", "ends": "Write a time such as 14:00."}),
        ("week", {"weekday": "8"}, {"weekday": "Choose a day of the week."}),
        ("week", {"weekday": ""}, {"weekday": "Choose a day of the week."}),
        ("week", {"valid_from": "2027-01-02", "valid_until": "2027-01-01"},
         {"valid_until": "The last day is before the first."}),
        ("week", {"valid_from": "31.02.2027"}, {"valid_from": "Write a day such as 2026-12-24."}),
        ("week", {"weekday": "5", "starts": "12:00", "ends": "14:00"},
         {"starts": "These hours overlap others of that day: 09:00–13:00."}),
        ("day", {"date": ""}, {"date": "Choose the day."}),
        ("day", {"date": "2026-12-07"}, {"date": "That day is over. Choose today or a later one."}),
    ],
)  # fmt: skip
def test_nonsense_is_refused_beside_its_field_and_kept(
    school: School, ida: Instructor, browser, url: str, kind: str, changed: dict, expected: dict
):
    open_(ida, weekday=5)
    before = stored(school)
    body = {"weekday": "6", "date": "2026-12-24", "starts": "09:00", "ends": "13:00"} | changed
    answer = browser.post(f"{url}?on={kind}", body)
    assert (answer.status_code, errors_of(answer), stored(school)) == (422, expected, before)
    content = answer.content.decode()
    assert ("One thing" if len(expected) == 1 else f"{len(expected)} things") + " to put right." in content
    for name in expected:
        if body[name] and name != "weekday":
            assert f'value="{body[name]}"' in content


def test_removing_can_be_undone(school: School, ida: Instructor, browser, url: str):
    hours = open_(ida, weekday=6, valid_until=dt.date(2027, 1, 30), timezone="Europe/Berlin")
    before = stored(school)
    answer = browser.post(f"{url}{hours.pk}/remove")
    assert (answer.status_code, answer["Location"], stored(school)) == (302, url, [])
    content = browser.get(url).content.decode()
    assert "No longer open on Saturdays, 09:00–13:00." in content
    undo = html.unescape(re.search(r'action="([^"]*put-back[^"]*)"', content)[1])
    assert browser.post(undo)["Location"] == url
    assert stored(school) == before
    assert "Open on Saturdays, 09:00–13:00 again." in browser.get(url).content.decode()
    assert list(Record.objects.of(school).filter(role="instructor").order_by("id").values_list("name", flat=True)) == [
        "opening_hours.removed", "opening_hours.added",
    ]  # fmt: skip
    twice = browser.post(undo)
    assert (twice.status_code, errors_of(twice)) == (
        422, {"starts": "These hours overlap others of that day: 09:00–13:00."},
    )  # fmt: skip


def test_hours_of_one_day_come_back_too(school: School, ida: Instructor, browser, url: str):
    hours = open_(ida, date=dt.date(2026, 12, 24))
    before = stored(school)
    browser.post(f"{url}{hours.pk}/remove")
    undo = html.unescape(re.search(r'action="([^"]*put-back[^"]*)"', browser.get(url).content.decode())[1])
    browser.post(undo)
    assert stored(school) == before


def test_a_day_is_closed_listed_as_such_and_the_closing_comes_back(school: School, ida: Instructor, browser, url: str):
    open_(ida, weekday=4)
    browser.post(f"{url}?on=day", {"date": "2026-12-24", "starts": "", "ends": "", "what": "closed"})
    closed = OpeningHours.objects.of(school).get(closes=True)
    page = browser.get(url)
    assert "Closed on Thu 24 Dec, all day." in page.content.decode()
    words = text_of(page)
    assert "On one day Thu 24 Dec Closed all day Remove" in words
    browser.post(f"{url}{closed.pk}/remove")
    page = browser.get(url)
    assert "No longer closed on Thu 24 Dec, all day." in page.content.decode()
    browser.post(html.unescape(re.search(r'action="([^"]*put-back[^"]*)"', page.content.decode())[1]))
    assert OpeningHours.objects.of(school).get(closes=True).date == dt.date(2026, 12, 24)
    assert "Closed on Thu 24 Dec, all day again." in browser.get(url).content.decode()


def test_others_hours_are_not_theirs_to_remove(school: School, other_school: School, browser, url: str):
    for place in (school, other_school):
        hours = open_(new_instructor(place, hours=False), weekday=6)
        assert browser.post(f"{url}{hours.pk}/remove").status_code == 404
        assert OpeningHours.objects.filter(id=hours.pk).exists()
    assert browser.get(f"{url}{hours.pk}/remove").status_code == 405


@pytest.mark.parametrize("query", ["", "timezone=Mars/Olympus", "weekday=9&starts=x"])
def test_putting_back_nonsense_writes_nothing(school: School, browser, url: str, query: str):
    assert browser.post(f"{url}put-back?{query}").status_code == (404 if "Mars" in query else 422)
    assert stored(school) == []


def test_three_hours_take_as_many_queries_as_one(ida: Instructor, browser, url: str):
    open_(ida, weekday=1)
    one = queries_for(browser, url)
    open_(ida, weekday=2), open_(ida, date=dt.date(2026, 12, 24))
    assert queries_for(browser, url) == one
