"""When the school is open: its hours, its closures."""

import datetime as dt

import pytest

from factories import OWNER, new_school
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import closed_stretches
from schoolbell.diary.models import Closure, SchoolDiary
from schoolbell.diary.opening import Opening
from schoolbell.diary.school_hours import school_diary
from schoolbell.kit.time import UTC, Stretch, now

pytestmark = pytest.mark.django_db


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


def within(first: str, last: str) -> Stretch:
    return Stretch(utc(first), utc(last))


def close(school, first: str, last: str = "", **more: object) -> Closure:
    closure = Closure(
        school=school,
        first_day=dt.date.fromisoformat(first),
        last_day=dt.date.fromisoformat(last or first),
        name="Closed",
        **more,
    )
    closure.save(force_insert=True)
    return closure


def test_a_school_has_one_diary_made_on_first_use():
    school, other = new_school(), new_school()
    assert school_diary(school) == school_diary(school) != school_diary(other)
    assert SchoolDiary.objects.of(school).count() == 1


def test_a_school_without_hours_of_its_own_is_always_open():
    school = new_school(timezone="Europe/London")
    week = within("2026-03-23", "2026-03-31")
    assert Opening(school, week).school_hours is None
    add_opening_hours(
        school_diary(school), weekday=7, starts=dt.time(9), ends=dt.time(12), timezone=school.timezone, by=OWNER
    )
    assert Opening(school, week).school_hours == [within("2026-03-29T08:00", "2026-03-29T11:00")]
    assert Opening(new_school(), week).school_hours is None


def test_closures_are_days_of_the_schools_zone_with_both_ends():
    school = new_school(timezone="America/New_York")
    close(school, "2026-10-31", "2026-11-01")
    close(school, "2026-11-02")
    close(school, "2026-11-04")
    close(school, "2026-11-05", kept_open_at=now())
    close(new_school(), "2026-11-07")
    assert closed_stretches(school, within("2026-10-01", "2026-12-01")) == [
        within("2026-10-31T04:00", "2026-11-03T05:00"),
        within("2026-11-04T05:00", "2026-11-05T05:00"),
    ]
    assert closed_stretches(school, within("2026-11-03T04:59", "2026-11-04T05:01")) == [
        within("2026-11-03T04:59", "2026-11-03T05:00"),
        within("2026-11-04T05:00", "2026-11-04T05:01"),
    ]
    assert closed_stretches(school, within("2026-11-03T05:00", "2026-11-04T05:00")) == []


def test_a_day_that_never_was_closes_nothing():
    school = new_school(timezone="Pacific/Apia")
    close(school, "2011-12-30")
    assert closed_stretches(school, within("2011-12-25", "2012-01-05")) == []
