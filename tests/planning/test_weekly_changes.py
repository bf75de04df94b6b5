"""Weekly lessons become lessons every few weeks, from the next one on, and every week again."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine

from factories import OWNER, new_school
from invariants import broken
from planning.test_weekly import a_plan
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.pausing import change_weekly, preview_weekly_change
from schoolbell.planning.refusals import LessonsChanged
from schoolbell.planning.weekly import enroll_weekly, rule_on
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db
FIRST = dt.date(2027, 2, 22)  # a Monday: the next lesson is on the 23rd


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def enrollment(school: School) -> Enrollment:
    return enroll_weekly(a_plan(school=school), by=OWNER)


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="America/New_York", weekly_ahead_days=50)


def days(enrollment: Enrollment) -> list[str]:
    rows = Booking.objects.filter(enrollment_id=enrollment.pk, status="confirmed")
    found = rows.order_by("session__starts_at").values_list("session__occurrence_on", flat=True)
    return [f"{day:%m-%d}" for day in found]


def change_to(enrollment: Enrollment, first_day: dt.date = FIRST, **asked: Any) -> dt.date:
    """The first day that the preview says, after the change was made."""
    change = SeriesChange(rule=rule_on(enrollment.series, first_day=first_day, **asked))
    seen = preview_weekly_change(enrollment, first_day=first_day, change=change)
    change_weekly(enrollment, first_day=first_day, change=change, by=OWNER)
    enrollment.refresh_from_db()
    return seen.first_on


def test_every_second_week_from_the_next_lesson_on(enrollment: Enrollment, school: School):
    assert days(enrollment) == ["02-16", "02-23", "03-02", "03-09", "03-16", "03-23", "03-30", "04-06"]
    assert change_to(enrollment, every=2) == dt.date(2027, 2, 23)
    assert enrollment.series.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
    assert days(enrollment) == ["02-16", "02-23", "03-09", "03-23", "04-06"]
    assert broken(school) == {}


def test_lessons_that_are_others_than_were_seen_are_not_changed(enrollment: Enrollment, school: School):
    change = SeriesChange(starts=dt.time(18))
    seen = preview_weekly_change(enrollment, first_day=FIRST, change=change).seen
    looked = Enrollment.objects.select_related("series__course__school").get(id=enrollment.pk)
    change_to(enrollment, every=2)
    with pytest.raises(LessonsChanged):
        change_weekly(looked, first_day=FIRST, change=replace(change, seen=seen), by=OWNER)
    enrollment.refresh_from_db()
    assert enrollment.series.starts != dt.time(18)
    assert broken(school) == {}


def test_every_week_again(enrollment: Enrollment, school: School):
    change_to(enrollment, every=3)
    assert days(enrollment) == ["02-16", "02-23", "03-16", "04-06"]
    assert change_to(enrollment, dt.date(2027, 3, 1), every=1) == dt.date(2027, 3, 2)
    assert days(enrollment) == ["02-16", "02-23", "03-02", "03-09", "03-16", "03-23", "03-30", "04-06"]
    assert broken(school) == {}


def test_a_lesson_that_was_cancelled_by_itself_stays_so(enrollment: Enrollment):
    cancel_booking(Booking.objects.get(session__occurrence_on=dt.date(2027, 3, 2)), by=OWNER)
    change_to(enrollment, every=3)
    change_to(enrollment, every=1)
    assert days(enrollment) == ["02-16", "02-23", "03-09", "03-16", "03-23", "03-30", "04-06"]


def test_another_weekday_and_other_weeks_at_once(enrollment: Enrollment, school: School):
    assert change_to(enrollment, weekday=4, every=2) == dt.date(2027, 2, 25)
    assert days(enrollment) == ["02-16", "02-25", "03-11", "03-25", "04-08"]
    assert broken(school) == {}


def test_a_number_of_lessons_stays_that_number(enrollment: Enrollment):
    enrollment.series.rule = "FREQ=WEEKLY;BYDAY=TU;COUNT=5"
    assert rule_on(enrollment.series, first_day=FIRST, every=2) == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=4"


def test_what_is_as_it_was_is_no_other_rule(enrollment: Enrollment):
    assert rule_on(enrollment.series, first_day=FIRST, weekday=2, every=1) is None
    assert rule_on(enrollment.series, first_day=FIRST) is None


@pytest.mark.parametrize("every", [0, 5])
def test_weeks_that_cannot_be_are_refused(enrollment: Enrollment, every: int):
    with pytest.raises(InputRefused) as refused:
        rule_on(enrollment.series, first_day=FIRST, every=every)
    assert list(refused.value.errors) == ["every"]


def test_of_a_rule_without_weekdays_the_weekday_is_asked_too(enrollment: Enrollment):
    enrollment.series.rule = "FREQ=MONTHLY;BYMONTHDAY=16"
    with pytest.raises(InputRefused):
        rule_on(enrollment.series, first_day=FIRST, every=2)
    assert rule_on(enrollment.series, first_day=FIRST, every=2, weekday=2) == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
