"""Opening hours of places and of the school, on the office's pages."""

import datetime as dt
import html
import re

import pytest
import time_machine
from django.test import Client as Browser

from factories import OWNER, hour_at, new_course, new_instructor, new_resource, new_session
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.days import close_days
from schoolbell.diary.hours import open_stretches
from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.diary.school_hours import hours_of_school, school_diary
from schoolbell.kit.time import UTC, Stretch
from schoolbell.schools.models import School
from web.pages import text_of

NOW = dt.datetime(2026, 12, 8, 7, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


def at(day: int, hour: int) -> dt.datetime:
    return dt.datetime(2026, 12, day, hour, tzinfo=UTC)


def test_a_place_is_closed_for_several_days_and_opened_again(school: School, browser: Browser, office: str):
    hall = new_resource(school)
    page = f"{office}resources/{hall.pk}/"
    assert "None: it is open all the time. Once it has weekly hours" in text_of(browser.get(page))
    new_session(new_course(school), hour_at(8), resource=hall)
    sent = {"what": "closed", "date": "2026-12-14", "last_date": "2026-12-18", "starts": "", "ends": ""}
    assert browser.post(page + "?on=day", sent)["Location"] == page
    shut = OpeningHours.objects.of(school).order_by("date")
    assert [(one.date.day, one.closes, one.starts, one.ends) for one in shut] == [
        (day, True, dt.time(0), dt.time(0)) for day in range(14, 19)
    ]
    told = browser.get(page)
    assert "Closed from Mon 14 Dec to Fri 18 Dec, all day Remove" in text_of(told)
    assert "Hall is closed from Mon 14 Dec to Fri 18 Dec, all day. One lesson" in told.content.decode()
    removed = browser.post(f"{page}hours/{shut[0].pk}/remove", {"last_date": "2026-12-18"})
    assert (removed["Location"], OpeningHours.objects.of(school).count()) == (page, 0)
    too_long = browser.post(page + "?on=day", sent | {"last_date": "2027-12-18"})
    assert (too_long.status_code, "Close at most 92 days at a time." in text_of(too_long)) == (422, True)


def test_on_one_day_somebody_is_open_only_in_other_hours(school: School, browser: Browser, office: str):
    ida = new_instructor(school, hours=False)
    diary = ida.person.diary
    add_opening_hours(diary, weekday=4, starts=dt.time(9), ends=dt.time(17), timezone="UTC", by=OWNER)
    page = f"{office}instructors/{ida.pk}/"
    sent = {"what": "only", "date": "2026-12-10", "starts": "11:00", "ends": "12:00"}
    assert browser.post(page + "?on=day", sent).status_code == 302
    day = Stretch(at(10, 0), at(11, 0))
    assert open_stretches(OpeningHours.objects.of(school), day) == [Stretch(at(10, 11), at(10, 12))]
    more = {"what": "open", "date": "2026-12-11", "starts": "18:00", "ends": "19:00", "timezone": "Asia/Kolkata"}
    assert browser.post(page + "?on=day", more).status_code == 302
    assert OpeningHours.objects.of(school).get(date=dt.date(2026, 12, 11)).timezone == "Asia/Kolkata"
    assert "On Fri 11 Dec, 18:00–19:00 Kolkata Remove" in text_of(browser.get(page))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"what": "open"}, "It is open all the time as it is. Give it weekly hours first, or close it."),
        ({"what": "open", "ends": ""}, "Say a time, such as 14:00."),
        ({"what": "only", "last_date": "2026-12-11"}, "Only closing goes for several days at once."),
        ({"what": "closed", "last_date": "2026-12-09"}, "The last day is before the first."),
        ({"what": "closed", "date": "2026-12-07"}, "That day is over. Choose today or a later one."),
    ],
)
def test_what_makes_no_sense_is_refused(school: School, browser: Browser, office: str, changed: dict, told: str):
    hall = new_resource(school)
    sent = {"date": "2026-12-10", "starts": "11:00", "ends": "12:00"} | changed
    answer = browser.post(f"{office}resources/{hall.pk}/?on=day", sent)
    assert (answer.status_code, told in text_of(answer)) == (422, True)
    assert not OpeningHours.objects.of(school).exists()


def test_a_place_without_hours_is_open_only_then_without_being_closed_on_other_days(
    school: School, browser: Browser, office: str
):
    hall = new_resource(school)
    sent = {"what": "only", "date": "2026-12-10", "starts": "11:00", "ends": "12:00"}
    browser.post(f"{office}resources/{hall.pk}/?on=day", sent)
    within = Stretch(at(10, 0), at(12, 0))
    assert open_stretches(OpeningHours.objects.of(school), within, always_open=True) == [
        Stretch(at(10, 11), at(10, 12)), Stretch(at(11, 0), at(12, 0)),
    ]  # fmt: skip


def test_the_school_has_hours_of_its_own(school: School, browser: Browser, office: str):
    page = office + "settings/hours/"
    assert "None: it is open all the time." in text_of(browser.get(page))
    sent = {"weekday": "2", "starts": "09:00", "ends": "17:00", "valid_from": "2026-12-15", "timezone": "Europe/Berlin"}
    assert browser.post(page, sent | {"ends": "08:00"}).status_code == 422
    assert browser.post(page, sent)["Location"] == page
    hours = hours_of_school(school).get()
    assert (hours.weekday, hours.valid_from, hours.timezone) == (2, dt.date(2026, 12, 15), "Europe/Berlin")
    assert "On Tuesdays, 09:00–17:00 Berlin from Tue 15 Dec Remove" in text_of(browser.get(page))
    assert browser.post(f"{page}hours/{hours.pk}/remove")["Location"] == page
    assert not hours_of_school(school).exists()


def whose(kind: str, school: School, office: str) -> tuple[Diary, str, str]:
    """Their diary, what they are called and their page."""
    if kind == "instructor":
        ida = new_instructor(school, hours=False)
        return ida.person.diary, "Ida Teacher", f"{office}instructors/{ida.pk}/"
    if kind == "place":
        hall = new_resource(school)
        return hall.diary, "Hall", f"{office}resources/{hall.pk}/"
    return school_diary(school), school.name, f"{office}settings/hours/"


def stored(school: School) -> list:
    names = ("diary_id", "weekday", "date", "closes", "starts", "ends", "timezone", "valid_from", "valid_until")
    return list(OpeningHours.objects.of(school).order_by("id").values_list(*names))


def undo_on(page) -> str:
    return html.unescape(re.search(r'action="([^"]*put-back[^"]*)"', page.content.decode())[1])


@pytest.mark.parametrize("kind", ["instructor", "place", "school"])
def test_hours_that_are_removed_are_put_back(school: School, browser: Browser, office: str, kind: str):
    diary, name, page = whose(kind, school, office)
    hours = add_opening_hours(
        diary, weekday=6, starts=dt.time(9), ends=dt.time(13), timezone="Europe/Berlin",
        valid_from=dt.date(2026, 12, 1), valid_until=dt.date(2027, 1, 30), by=OWNER,
    )  # fmt: skip
    before = stored(school)
    assert browser.post(f"{page}hours/{hours.pk}/remove")["Location"] == page
    assert stored(school) == []
    told = browser.get(page)
    assert f"{name} is no longer open on Saturdays, 09:00–13:00." in told.content.decode()
    undo = undo_on(told)
    assert browser.post(undo)["Location"] == page
    assert stored(school) == before
    assert f"{name} is open on Saturdays, 09:00–13:00 again." in browser.get(page).content.decode()
    twice = browser.post(undo)
    assert (twice.status_code, stored(school)) == (422, before)
    assert "These hours overlap others of that day: 09:00–13:00." in text_of(twice)
    mars = undo.replace("Europe%2FBerlin", "Mars")
    assert browser.post(mars).status_code == 404


def test_days_that_were_closed_in_one_line_come_back_in_one_line(school: School, browser: Browser, office: str):
    diary, _name, page = whose("place", school, office)
    closed = close_days(diary, dt.date(2026, 12, 14), dt.date(2026, 12, 18), timezone="UTC", by=OWNER)
    before = stored(school)
    browser.post(f"{page}hours/{closed[0].pk}/remove", {"last_date": "2026-12-18"})
    browser.post(undo_on(browser.get(page)))
    assert stored(school) == before
    assert "Hall is closed from Mon 14 Dec to Fri 18 Dec, all day again." in browser.get(page).content.decode()


def test_what_is_over_and_what_stands_alone_come_back_as_well(school: School, browser: Browser, office: str):
    diary, _name, page = whose("place", school, office)
    hours = {"starts": dt.time(9), "ends": dt.time(17), "timezone": "UTC", "by": OWNER}
    over = add_opening_hours(diary, weekday=1, valid_until=dt.date(2026, 11, 30), **hours)
    alone = add_opening_hours(diary, date=dt.date(2026, 12, 11), **hours)
    for one in (over, alone):
        browser.post(f"{page}hours/{one.pk}/remove")
        left = stored(school)
        told = browser.get(page)
        assert browser.post(undo_on(told))["Location"] == page
        assert len(stored(school)) == len(left) + 1
        browser.post(f"{page}hours/{OpeningHours.objects.of(school).last().pk}/remove")
    assert stored(school) == []


def test_a_date_that_is_over_is_not_offered_again(school: School, browser: Browser, office: str):
    diary, _name, page = whose("place", school, office)
    with time_machine.travel(NOW - dt.timedelta(weeks=1)):
        hours = {"starts": dt.time(9), "ends": dt.time(17), "timezone": "UTC", "by": OWNER}
        past = add_opening_hours(diary, date=dt.date(2026, 12, 3), **hours)
    browser.post(f"{page}hours/{past.pk}/remove")
    told = browser.get(page).content.decode()
    assert "Hall is no longer open on Thu 3 Dec, 09:00–17:00." in told
    assert "put-back" not in told


def test_a_place_whose_hours_are_over_is_said_to_be_closed_and_opens_without_them(
    school: School, browser: Browser, office: str
):
    hall = new_resource(school)
    page = f"{office}resources/{hall.pk}/"
    hours = {"starts": dt.time(9), "ends": dt.time(17), "timezone": "UTC", "by": OWNER}
    last = dt.date(2026, 11, 30)
    over = add_opening_hours(hall.diary, weekday=1, valid_until=last, **hours)
    shut = "It has no weekly hours any more, so it is closed but on the dates that open it."
    assert f"Over On Mondays, 09:00–17:00 until Mon 30 Nov Remove on Mondays, 09:00–17:00 {shut}" in text_of(
        browser.get(page)
    )
    within = Stretch(at(14, 0), at(15, 0))  # a Monday
    assert open_stretches([over], within, always_open=True) == []
    # One date more opens that date; and it is said as long as there is nothing weekly.
    add_opening_hours(hall.diary, date=dt.date(2026, 12, 11), always_open=True, **hours)
    assert shut in text_of(browser.get(page))
    week = add_opening_hours(hall.diary, weekday=2, **hours)
    assert "Over" not in text_of(browser.get(page))
    for one in (week, over, *OpeningHours.objects.of(school).filter(date__isnull=False)):
        assert browser.post(f"{page}hours/{one.pk}/remove")["Location"] == page
    assert "None: it is open all the time." in text_of(browser.get(page))
