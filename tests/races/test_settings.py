"""Several of the office change what the school decides in the same moment: nothing of it is lost."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from factories import OWNER, new_resource
from races.people import Race
from schoolbell.access.school import change_policies
from schoolbell.journal.models import Record
from schoolbell.schools.models import School
from schoolbell.timetable.actions import set_travel
from schoolbell.timetable.models import Travel
from servers import race

CHANGES = {
    "notice_minutes": 7, "free_cancel_hours": 5, "travel_minutes": 25, "most_reschedules": 9, "late_fee_percent": 41,
    "guest_open_holds": 8, "buffer_after_minutes": 6, "weekly_ahead_days": 21,
}  # fmt: skip


def do(act: Callable[[], Any]) -> Any:
    return act()


def test_eight_change_a_policy_each(race_in: Race):
    school = race_in.school
    race(do, [partial(change_policies, school, {name: value}, by=OWNER) for name, value in CHANGES.items()])
    changed = School.objects.get(id=school.pk)
    assert {name: getattr(changed.policies, name) for name in CHANGES} == CHANGES
    assert sorted(name for former in changed.former_policies for name in former["was"]) == sorted(CHANGES)
    assert Record.objects.of(school).filter(name="school.policies_changed").count() == len(CHANGES)
    assert changed.policies_as_of(school.created_at) == school.policies


def test_control_who_reads_before_the_other_has_written_undoes_it(race_in: Race):
    one, other = (School.objects.get(id=race_in.school.pk) for _ in range(2))
    for school, change in ((one, {"notice_minutes": 7}), (other, {"travel_minutes": 25})):
        school.stored_policies |= change
        school.save()
    assert School.objects.get(id=one.pk).policies.notice_minutes != 7


def test_six_say_the_way_between_two_venues(race_in: Race):
    hall, barn = (new_resource(race_in.school) for _ in range(2))
    ways = [(hall, barn), (barn, hall)] * 3
    race(do, [partial(set_travel, *way, minutes=10 + number, by=OWNER) for number, way in enumerate(ways)])
    assert Travel.objects.of(race_in.school).get().minutes in range(10, 16)
    # Control: without the lock the second finds no row, and adds one more.
    with pytest.raises(IntegrityError):
        Travel(school=race_in.school, one=barn, other=hall, minutes=5).save(force_insert=True)
