"""A client changes the time of a booking, as the school's policies allow."""

import datetime as dt

import pytest
import time_machine

from factories import (
    buy_lesson,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    pay_for,
)  # fmt: skip
from schoolbell.bookings.models import Booking
from schoolbell.kit.time import UTC
from web.office.test_moving_bookings import key_of
from web.pages import links_of, queries_for, text_of

NOW = dt.datetime(2026, 12, 8, 7, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def school(db):
    return new_school(free_cancel_hours=24, most_reschedules=1, start_grid_minutes=60)


@pytest.fixture
def piano(school):
    return new_course(school, name="Piano")


def again(booking: Booking) -> Booking:
    return Booking.objects.select_related("session__course__school").get(id=booking.pk)


def test_a_seat_is_changed_once_and_then_the_school_is_to_be_asked(piano, leo, browser, url):
    here, there = new_session(piano, hour_at(5)), new_session(piano, hour_at(6))
    booking = buy_seat(here, leo)
    own = f"{url}bookings/{booking.pk}/"
    page = browser.get(own)
    assert "You may change the time once, until Sat 12 Dec, 10:00" in text_of(page)
    assert "move" in links_of(page)
    page = browser.get(f"{own}move")
    assert "Piano, now Sun 13 Dec, 10:00–11:00" in text_of(page)
    assert "Mon 14 Dec 10:00–11:00" in text_of(page)
    sent = {"key": key_of(page), "session": there.pk}
    assert browser.post(f"{own}move", sent).headers["Location"] == own
    moved = again(booking)
    assert (moved.session_id, moved.reschedules) == (there.pk, 1)
    page = browser.get(own)
    assert "This booking was moved as often as this school allows. Ask the school." in text_of(page)
    assert "move" not in links_of(page)
    for refused in (browser.get(f"{own}move"), browser.post(f"{own}move", {"session": here.pk})):
        assert refused.status_code == 409
        assert "Nothing was moved. This booking was moved as often as this school allows." in text_of(refused)
    assert again(booking).session_id == there.pk


def test_too_late_is_told_and_what_the_school_moved_is_changed_free(piano, leo, browser, url):
    soon, later, last = (new_session(piano, hour_at(days)) for days in (1, 4, 9))
    booking = buy_seat(soon, leo)
    pay_for(booking)
    own = f"{url}bookings/{booking.pk}/"
    with time_machine.travel(NOW + dt.timedelta(hours=4), tick=False):
        assert "It is too late to move this. Ask the school." in text_of(browser.get(own))
        assert browser.post(f"{own}move", {"session": later.pk}).status_code == 409
        assert again(booking).session_id == soon.pk
        Booking.objects.filter(id=booking.pk).update(moved_at=NOW, reschedules=1)
        assert "The school has moved it: you may change the time until it begins." in text_of(browser.get(own))
        assert browser.post(f"{own}move", {"session": last.pk}).status_code == 302
    assert (again(booking).session_id, again(booking).reschedules) == (last.pk, 1)


def test_a_lesson_on_demand_goes_to_a_free_time(school, leo, browser, url):
    new_instructor(school)
    booking = buy_lesson(new_lessons(school), leo, hour_at(3).starts_at)
    own = f"{url}bookings/{booking.pk}/move"
    page = browser.get(own)
    assert "10:00–11:00 Ida Teacher Move it here" in text_of(page)
    sent = {"key": key_of(page), "starts_at": hour_at(4, 12).starts_at.isoformat()}
    assert browser.post(own, sent).status_code == 302
    assert again(booking).session.starts_at == hour_at(4, 12).starts_at


def test_another_familys_is_not_there(school, piano, browser, url):
    other = new_student(school, "Kim Other", guardian=new_client(school, "Olga Other"))
    booking, there = buy_seat(new_session(piano, hour_at(5)), other), new_session(piano, hour_at(6))
    own = f"{url}bookings/{booking.pk}/move"
    assert browser.get(own).status_code == 404
    assert browser.post(own, {"session": there.pk}).status_code == 404
    assert again(booking).session.starts_at == hour_at(5).starts_at


def test_as_many_queries_for_three_times_as_for_one(piano, leo, browser, url):
    booking = buy_seat(new_session(piano, hour_at(5)), leo)
    own = f"{url}bookings/{booking.pk}/move"
    new_session(piano, hour_at(6))
    queries_for(browser, own)
    once = queries_for(browser, own)
    new_session(piano, hour_at(7))
    new_session(piano, hour_at(8))
    assert queries_for(browser, own) == once
