"""A lesson that found no time is put at two others in the same moment: it is given once."""

import datetime as dt
from collections import Counter

import pytest
from django.db import IntegrityError, transaction

from factories import OWNER, at, be_busy, new_instructor, new_lessons, new_school, new_student, payer_of
from invariants import broken, deadlocks
from schoolbell.bookings.models import Enrollment
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch
from schoolbell.planning.generation import extend_school
from schoolbell.planning.looking import look_at_times
from schoolbell.planning.placing import place_skipped
from schoolbell.planning.plans import frame_of, plan_of
from schoolbell.planning.putting import put_on_timetable
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")
HOUR = dt.timedelta(hours=1)


def left_out(school: School) -> Enrollment:
    """Weekly at ten, of which the first is taken."""
    ida, sam, first = new_instructor(school), new_student(school), at(7)
    be_busy(ida.person.diary_id, school, Stretch(first, first + HOUR))
    plan = WeeklyPlan(
        sam, payer_of(sam), new_lessons(school), ida, first.isoweekday(), first.time(), first.date(), timezone="UTC"
    )
    return enroll_weekly(plan, by=OWNER)


def test_it_is_given_once_whoever_puts_it_and_whatever_the_night_does():
    school, before = new_school(timezone="UTC"), deadlocks()
    enrollment = left_out(school)

    def act(hour: int) -> str:
        if hour == 0:
            extend_school(school)
            return "extended"
        try:
            place_skipped(enrollment.series, at(7).date(), at(7, 10 + hour), by=OWNER)
        except Refusal as refusal:
            return refusal.code
        return "placed"

    assert Counter(race(act, range(6))) == {"placed": 1, "not_skipped": 4, "extended": 1}
    assert Session.objects.filter(series_id=enrollment.series_id, occurrence_on=at(7).date()).count() == 1
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_the_lock_both_find_it_left_out_and_one_of_them_breaks():
    school = new_school(timezone="UTC")
    plan = plan_of(left_out(school).series)

    def act(hour: int) -> str:
        starts_at = at(7, 10 + hour)
        try:
            with transaction.atomic():
                wanted = {at(7).date(): Stretch(starts_at, starts_at + HOUR)}
                looked = look_at_times(plan, wanted, frame=frame_of(school))
                put_on_timetable(plan, looked, by=OWNER)
        except IntegrityError:
            return "broke"
        return "placed"

    assert sorted(race(act, (1, 2))) == ["broke", "placed"]
