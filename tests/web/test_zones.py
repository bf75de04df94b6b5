"""The choice of zones, as its words stand at the moment."""

import datetime as dt
from zoneinfo import ZoneInfo

import time_machine

from schoolbell.kit.time import UTC
from schoolbell.web.zones import ZONES, zone_choices

LONDON, ADELAIDE = ZoneInfo("Europe/London"), ZoneInfo("Australia/Adelaide")


def test_ones_own_first_then_the_schools_then_the_world_each_once():
    with time_machine.travel(dt.datetime(2026, 11, 20, 10, 30, tzinfo=UTC), tick=False):
        found = zone_choices(ADELAIDE, LONDON)
    assert found[:3] == [
        ("Australia/Adelaide", "Adelaide (ACDT)"),
        ("Europe/London", "London (GMT), the school"),
        ("Pacific/Honolulu", "Honolulu (HST)"),
    ]
    assert sorted(name for name, _words in found) == sorted({*ZONES, "Australia/Adelaide"})


def test_words_change_with_the_clocks():
    change = dt.datetime(2026, 10, 25, 1, tzinfo=UTC)
    said = []
    for moment in (change - dt.timedelta(seconds=1), change):
        with time_machine.travel(moment, tick=False):
            said.append(dict(zone_choices(LONDON, LONDON))["Europe/London"])
    assert said == ["London (BST)", "London (GMT)"]
