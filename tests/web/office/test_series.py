"""Classes that repeat, as the office makes, sees, changes and ends them; and one of them moved."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.test import Client as Browser

from factories import OWNER, be_busy, buy_seat, new_course, new_instructor, new_resource, new_school, new_student
from invariants import broken
from schoolbell.bookings.sessions import cancel_session
from schoolbell.catalogue.actions import qualify
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import add_closure
from schoolbell.kit.time import UTC, Stretch
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session
from web.pages import links_of, queries_for, text_of

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2027, 3, 1)


@pytest.fixture
def school() -> School:
    return new_school("courses", timezone="Europe/London", weekly_ahead_days=20)


@pytest.fixture(autouse=True)
def _a_friday_in_february():
    with time_machine.travel(dt.datetime(2027, 2, 26, 12, tzinfo=UTC), tick=False):
        yield


def a_choir(school: School, *staff, **values: object) -> Series:
    """Mondays at six."""
    course = new_course(school, name="Choir", capacity=5)
    for one in staff:
        qualify(one, course, by=OWNER)
    new = {"course": course, "rule": "FREQ=WEEKLY;BYDAY=MO", "starts": dt.time(18), "first_day": MONDAY}
    return create_series(NewSeries(**new | {"instructors": staff} | values), by=OWNER)


def sent_again(page) -> dict[str, list[str]]:
    """What the button of a preview sends."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()):
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(unescape(value))
    return found


def test_a_class_is_repeated_after_a_look_at_every_class(school: School, browser: Browser, office: str):
    course = new_course(school, name="Choir", capacity=5)
    add_closure(school, first_day=dt.date(2027, 3, 8), last_day=dt.date(2027, 3, 8), name="Away", by=OWNER)
    assert f"{office}series/" in links_of(browser.get(f"{office}sessions/"))
    assert "No class repeats yet" in text_of(browser.get(f"{office}series/"))
    asked = {"look": "1", "course": str(course.pk), "weekdays": ["1", "3"], "every": "1", "starts": "18:00"}
    wrong = browser.get(f"{office}series/new/", asked | {"first_day": "2027-02-01"})
    assert (wrong.status_code, "A series starts today or later." in text_of(wrong)) == (422, True)
    looked = browser.get(f"{office}series/new/", asked | {"first_day": "2027-03-01", "last_day": "2027-03-10"})
    words = text_of(looked)
    assert "Mon 1 Mar, 18:00–19:00 Wed 3 Mar, 18:00–19:00" in words
    assert "Mon 8 Mar, 18:00–19:00 Left out: The school is closed." in words
    assert not Series.objects.exists()
    made = browser.post(f"{office}series/new/", sent_again(looked), follow=True)
    words = text_of(made)
    assert "Mondays and Wednesdays, 18:00–19:00" in words
    assert "Left out" in words
    assert Session.objects.filter(series__course=course).count() == 3


def test_a_class_is_repeated_on_several_days_every_few_weeks_so_many_times(
    school: School, browser: Browser, office: str
):
    course, new = new_course(school), f"{office}series/new/"
    asked = {"look": "1", "course": str(course.pk), "weekdays": ["1", "3"], "every": "2", "starts": "18:00"}
    asked |= {"first_day": "2027-03-01", "times": "3"}
    both = browser.get(new, asked | {"last_day": "2027-06-01"})
    assert both.status_code == 422
    assert "Give a last day or a number of times, not both." in text_of(both)
    assert browser.get(new, asked | {"times": "0"}).status_code == 422
    browser.post(new, sent_again(browser.get(new, asked)))
    assert Series.objects.get().rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=3"


def test_this_and_all_that_follow_change_after_a_look_at_who_is_booked(school: School, browser: Browser, office: str):
    ida = new_instructor(school)
    series = a_choir(school, ida)
    buy_seat(Session.objects.get(series_id=series.pk, occurrence_on="2027-03-15"), new_student(school))
    cancel_session(Session.objects.get(series_id=series.pk, occurrence_on="2027-03-08"), by=OWNER)
    be_busy(ida.person.diary_id, school, Stretch(*(dt.datetime(2027, 3, 15, hour, tzinfo=UTC) for hour in (19, 21))))
    page = browser.get(f"{office}series/{series.pk}/")
    change = f"{office}series/{series.pk}/change/"
    assert {f"{change}?first_day=2027-03-15", "change/", "end/"} <= set(links_of(page))
    assert "Mon 8 Mar, 18:00–19:00 Ida Teacher, 0 of 5 seats Cancelled" in text_of(page)
    form = browser.get(f"{change}?first_day=2027-03-01").content.decode()
    assert 'value="2027-03-01"' in form
    assert 'value="18:00"' in form
    asked = {"look": "1", "first_day": "2027-03-01", "weekdays": "1", "every": "1", "starts": "19:30"}
    asked |= {"duration_minutes": "60", "lead": str(ida.pk), "capacity": "5"}
    looked = browser.get(change, asked)
    words = text_of(looked)
    assert "2 lessons move. 1 student is told." in words
    assert (
        "Mon 15 Mar, 18:00–19:00 Mon 15 Mar, 19:30–20:30 Sam Learner Ida Teacher is taken: Mon 15 Mar, 19:00–21:00."
        in words
    )
    refused = browser.post(change, sent_again(looked))
    assert (refused.status_code, "Ida Teacher is taken on 2027-03-15" in text_of(refused)) == (409, True)
    done = browser.post(change, sent_again(looked) | {"leave_clashing": "on"}, follow=True)
    words = text_of(done)
    assert "Mon 1 Mar, 19:30–20:30" in words
    assert "Mon 15 Mar, 18:00–19:00 moved from Mon 15 Mar, 19:30–20:30" in words
    assert "From Mon 1 Mar it goes on as Mondays, 19:30–20:30." in text_of(browser.get(f"{office}series/{series.pk}/"))
    assert broken(school) == {}


def test_a_series_ends_after_a_look_at_who_is_told(school: School, browser: Browser, office: str):
    series = a_choir(school)
    booking = buy_seat(Session.objects.get(series_id=series.pk, occurrence_on="2027-03-15"), new_student(school))
    end = f"{office}series/{series.pk}/end/"
    assert browser.get(end, {"look": "1", "last_day": "2026-01-01"}).status_code == 422
    looked = browser.get(end, {"look": "1", "last_day": "2027-03-08"})
    assert "One class is cancelled." in text_of(looked)
    assert "Mon 15 Mar, 18:00–19:00 Sam Learner" in text_of(looked)
    browser.post(end, sent_again(looked))
    booking.refresh_from_db()
    assert (booking.status, booking.settled_at is None) == ("cancelled", False)


def test_one_class_is_moved_after_a_look_at_who_is_booked(school: School, browser: Browser, office: str):
    ida = new_instructor(school)
    series = a_choir(school, ida)
    session = Session.objects.get(series_id=series.pk, occurrence_on="2027-03-08")
    buy_seat(session, new_student(school))
    page = browser.get(f"{office}sessions/{session.pk}/")
    assert {"move/", f"{office}series/{series.pk}/"} <= set(links_of(page))
    move = f"{office}sessions/{session.pk}/move/"
    looked = browser.get(move, {"look": "1", "date": "2027-03-09", "starts": "17:00", "lead": str(ida.pk)})
    assert "Mon 8 Mar, 18:00–19:00 Tue 9 Mar, 17:00–18:00 Sam Learner Moves" in text_of(looked)
    browser.post(move, sent_again(looked))
    session.refresh_from_db()
    assert session.starts_at == dt.datetime(2027, 3, 9, 17, tzinfo=UTC)
    assert "moved from Mon 8 Mar, 18:00–19:00" in text_of(browser.get(f"{office}series/{series.pk}/"))


def test_one_class_is_moved_to_a_day_that_is_closed_only_with_a_tick(school: School, browser: Browser, office: str):
    ida, hall = new_instructor(school), new_resource(school)
    series = a_choir(school, ida, resource=hall)
    session = Session.objects.get(series_id=series.pk, occurrence_on="2027-03-08")
    add_closure(school, first_day=dt.date(2027, 3, 9), last_day=dt.date(2027, 3, 9), name="Away", by=OWNER)
    add_opening_hours(
        hall.diary, date=dt.date(2027, 3, 10), closes=True, starts=dt.time(0), ends=dt.time(0),
        timezone="Europe/London", by=OWNER,
    )  # fmt: skip
    move = f"{office}sessions/{session.pk}/move/"
    for day in ("2027-03-10", "2027-03-09"):
        looked = browser.get(
            move, {"look": "1", "date": day, "starts": "17:00", "lead": str(ida.pk), "resource": str(hall.pk)}
        )
        words = text_of(looked)
        assert "Move it there all the same: it is closed then, but it takes place" in words
        assert "Go on despite opening hours" not in words
    refused = browser.post(move, sent_again(looked) | {"despite_rules": "on"})
    assert (refused.status_code, Session.objects.get(id=session.pk).starts_at) == (409, session.starts_at)
    assert "it is closed then, but it takes place" in text_of(refused)
    assert browser.post(move, sent_again(looked) | {"despite_closed": "on"}).status_code == 302
    session.refresh_from_db()
    assert (session.starts_at, session.despite_closed) == (dt.datetime(2027, 3, 9, 17, tzinfo=UTC), True)


def test_a_rule_that_no_form_has_is_said_and_kept(school: School, browser: Browser, office: str):
    monthly = a_choir(school, rule="FREQ=MONTHLY")
    assert "Every month on day 1, 18:00–19:00" in text_of(browser.get(f"{office}series/{monthly.pk}/"))
    form = browser.get(f"{office}series/{monthly.pk}/change/").content.decode()
    assert 'name="weekdays"' not in form
    odd = a_choir(school, rule="FREQ=MONTHLY;BYDAY=1MO")
    assert "By the rule FREQ=MONTHLY;BYDAY=1MO" in text_of(browser.get(f"{office}series/{odd.pk}/"))
    assert "Every 2 days" in text_of(browser.get(f"{office}series/{a_choir(school, rule='FREQ=DAILY;INTERVAL=2').pk}/"))


def test_a_list_of_three_asks_no_more_than_a_list_of_one(school: School, browser: Browser, office: str):
    a_choir(school, new_instructor(school))
    browser.get(f"{office}series/")
    once = queries_for(browser, f"{office}series/")
    a_choir(school, new_instructor(school))
    a_choir(school, new_instructor(school))
    assert queries_for(browser, f"{office}series/") == once
