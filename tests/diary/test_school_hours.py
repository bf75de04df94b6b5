"""When the school is open: its hours, its closures."""

import datetime as dt

import pytest

from factories import OWNER, new_instructor, new_resource, new_school
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import closed_stretches
from schoolbell.diary.models import Closure, SchoolDiary
from schoolbell.diary.opening import Opening
from schoolbell.diary.queries import free_stretches, hours_ahead
from schoolbell.diary.school_hours import school_diary
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch, now
from schoolbell.planning.weeks import weekly_hours

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


def test_hours_that_are_over_leave_a_school_and_a_place_open_as_if_they_had_none():
    """The last day is Monday the 29th of March, by clocks that are an hour ahead of UTC."""
    school = new_school(timezone="Europe/London")
    hall = new_resource(school)
    last_day = dt.date(2100, 3, 29)
    for diary in (school_diary(school), hall.diary):
        add_opening_hours(
            diary, weekday=1, starts=dt.time(9), ends=dt.time(12), timezone=school.timezone, by=OWNER,
            valid_until=last_day,
        )  # fmt: skip
    hours = within("2100-03-29T08:00", "2100-03-29T11:00")

    def open_in(span: Stretch) -> list[Stretch]:
        opening = Opening(school, span, places=[hall.diary_id])
        searched = free_stretches(school.pk, [hall.diary_id], span, always_open=True).get(hall.diary_id, [])
        assert opening.school_hours == opening.own_times(hall.diary_id) == searched
        return searched

    last, after = within("2100-03-28T23:00", "2100-03-29T23:00"), within("2100-03-29T23:00", "2100-04-12T23:00")
    assert open_in(last) == [hours]
    assert open_in(after) == [after]
    assert open_in(Stretch(last.starts_at, after.ends_at)) == [hours, after]
    listed = [hours_ahead(school, hall.diary_id, today=last_day + n * dt.timedelta(days=1)).count() for n in (0, 1)]
    assert listed == [1, 0]  # the page says that there are none
    assert [len(weekly_hours(school, [hall.diary_id], last_day + n * dt.timedelta(days=1))[0]) for n in (0, 1)] == [
        1,
        0,
    ]


def test_a_person_whose_hours_are_over_is_closed():
    ida = new_instructor(school := new_school(timezone="Europe/London"), hours=False)
    add_opening_hours(
        ida.person.diary, weekday=1, starts=dt.time(9), ends=dt.time(12), timezone=school.timezone, by=OWNER,
        valid_until=dt.date(2100, 3, 29),
    )  # fmt: skip
    span = within("2100-03-29T23:00", "2100-04-12T23:00")
    assert Opening(school, span, people=[ida.person.diary_id]).own_times(ida.person.diary_id) == []


def test_what_is_closed_stays_closed_when_the_hours_are_over():
    school = new_school(timezone="UTC")
    diary, day = school_diary(school), dt.date(2100, 3, 29)
    hours = {"starts": dt.time(9), "ends": dt.time(12), "timezone": "UTC", "by": OWNER}
    add_opening_hours(diary, weekday=1, valid_until=day, **hours)
    add_opening_hours(diary, date=day + dt.timedelta(days=1), closes=True, **hours)
    assert Opening(school, within("2100-03-30T00:00", "2100-03-31T00:00")).school_hours == [
        within("2100-03-30T00:00", "2100-03-30T09:00"), within("2100-03-30T12:00", "2100-03-31T00:00"),
    ]  # fmt: skip


def test_a_date_alone_opens_nothing_that_is_open_all_the_time():
    school = new_school(timezone="UTC")
    diary, day = school_diary(school), dt.date(2100, 3, 29)
    hours = {"starts": dt.time(9), "ends": dt.time(12), "timezone": "UTC", "by": OWNER}
    add_opening_hours(diary, weekday=1, valid_until=day, always_open=True, **hours)
    evening = hours | {"starts": dt.time(18), "ends": dt.time(19)}
    add_opening_hours(diary, date=day, always_open=True, **evening)
    with pytest.raises(InputRefused) as refused:  # by then its weekly hours are over
        add_opening_hours(diary, date=day + dt.timedelta(days=1), always_open=True, **evening)
    assert list(refused.value.errors) == ["date"]
    add_opening_hours(diary, date=day + dt.timedelta(days=1), closes=True, always_open=True, **evening)


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
