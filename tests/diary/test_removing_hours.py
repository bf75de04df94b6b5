"""Hours that are taken away, and those that are not over."""

import datetime as dt

import pytest

from factories import OWNER, new_instructor
from schoolbell.diary.actions import add_opening_hours, remove_opening_hours
from schoolbell.diary.models import OpeningHours
from schoolbell.diary.queries import hours_ahead
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.schools.models import School

NINE, ONE = dt.time(9), dt.time(13)


@pytest.fixture
def diary(school: School):
    return new_instructor(school, hours=False).person.diary


def test_removing_deletes_the_row_and_records_what_it_said(school: School, diary):
    kept = add_opening_hours(diary, weekday=5, starts=NINE, ends=ONE, timezone="UTC", by=OWNER)
    hours = add_opening_hours(
        diary, weekday=6, starts=NINE, ends=ONE, timezone="UTC", valid_from=dt.date(2026, 12, 1), by=OWNER
    )
    remove_opening_hours(hours, by=OWNER)
    assert list(OpeningHours.objects.of(school)) == [kept]
    record = Record.objects.of(school).get(name="opening_hours.removed")
    assert (record.subject_id, record.role, record.who) == (hours.pk, "owner", OWNER.who)
    assert record.old == {
        "diary": str(diary.pk), "weekday": "6", "starts": "09:00:00", "ends": "13:00:00", "timezone": "UTC",
        "valid_from": "2026-12-01",
    }  # fmt: skip


def test_what_is_gone_is_not_removed_twice(school: School, diary):
    hours = add_opening_hours(diary, weekday=6, starts=NINE, ends=ONE, timezone="UTC", by=OWNER)
    remove_opening_hours(hours, by=OWNER)
    with pytest.raises(NotFound):
        remove_opening_hours(hours, by=OWNER)
    assert Record.objects.of(school).filter(name="opening_hours.removed").count() == 1


def test_an_overlap_is_told_in_hours_and_minutes(diary):
    add_opening_hours(diary, weekday=6, starts=NINE, ends=ONE, timezone="UTC", by=OWNER)
    with pytest.raises(InputRefused) as refused:
        add_opening_hours(diary, weekday=6, starts=dt.time(12), ends=dt.time(15), timezone="UTC", by=OWNER)
    assert refused.value.errors == {"starts": ["These hours overlap others of that day: 09:00–13:00."]}


def test_hours_ahead_leaves_out_what_is_over_and_keeps_the_order_of_the_week(school: School, diary):
    def add(**when):
        return add_opening_hours(diary, **({"starts": NINE, "ends": ONE} | when), timezone="UTC", by=OWNER)

    today = dt.date(2026, 12, 8)
    add(date=today - dt.timedelta(days=1))
    add(weekday=1, valid_until=today - dt.timedelta(days=1))
    on_the_day, saturday = add(date=today), add(weekday=6)
    monday = add(weekday=1, valid_from=today)
    late_monday = add(weekday=1, starts=dt.time(15), ends=dt.time(16))
    assert list(hours_ahead(school, diary.pk, today=today)) == [monday, late_monday, saturday, on_the_day]
