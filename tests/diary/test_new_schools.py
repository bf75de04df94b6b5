"""A school that opens follows the public holidays of its country."""

import datetime as dt

import pytest
import time_machine

from schoolbell.diary.models import Closure
from schoolbell.diary.new_schools import open_school
from schoolbell.diary.public_holidays import holiday_region
from schoolbell.kit.ids import new_id
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, country_of
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db


def opened(**values) -> School:
    slug = f"new-{new_id().hex[-8:]}"
    with time_machine.travel(dt.datetime(2026, 12, 8, tzinfo=UTC), tick=False):
        return open_school(slug, name="New", by=SYSTEM, **{"preset": "first-aid"} | values)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "GB"),
        ({"subdivision": "ENG"}, "GB-ENG"),
        ({"timezone": "Europe/Berlin"}, "DE"),
        ({"timezone": "UTC"}, "GB"),
        ({"preset": "driving", "country": "NZ"}, "NZ"),
        ({"country": "XX"}, ""),  # of which no holidays are known
        ({"follows_holidays": False}, ""),
    ],
)
def test_whose_holidays_it_keeps(values: dict, code: str):
    school = opened(**values)
    region = holiday_region(school)
    assert (region.code if region else "") == code
    assert Closure.objects.of(school).filter(first_day=dt.date(2026, 12, 25)).exists() == bool(code)


def test_a_region_that_is_none_opens_no_school():
    before = School.objects.count()
    for values in ({"subdivision": "BY"}, {"country": "Britain"}):
        with pytest.raises(InputRefused):
            opened(**values)
    assert School.objects.count() == before


def test_where_a_zone_is():
    zones = ("Asia/Kathmandu", "America/New_York", "UTC", "Etc/GMT+5")
    assert [country_of(name) for name in zones] == ["NP", "US", "", ""]
