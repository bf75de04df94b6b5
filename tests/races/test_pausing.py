"""Weekly lessons pause while a night adds to them: no lesson of the pause is left."""

import datetime as dt
import time
from threading import Event
from unittest import mock

import pytest
from django.db import connection, transaction

from factories import OWNER, at, new_instructor, new_lessons, new_school, new_student, payer_of
from invariants import broken, deadlocks
from races.test_series import FIRST, WEEKS, outcome_of
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.planning import pausing
from schoolbell.planning.generation import extend_series
from schoolbell.planning.pausing import pause_enrollment
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")
SECONDS = 30  # in which somebody waits for a lock, however slow the machine is


@pytest.fixture
def weekly(school: School) -> Enrollment:
    first, sam = at(FIRST), new_student(school)
    course, ida = new_lessons(school), new_instructor(school)
    plan = WeeklyPlan(sam, payer_of(sam), course, ida, first.isoweekday(), first.time(), first.date(), timezone="UTC")
    return enroll_weekly(plan, by=OWNER)


@pytest.fixture
def school() -> School:
    return new_school(timezone="UTC", weekly_ahead_days=FIRST + 7 * WEEKS - 1)


def live(enrollment: Enrollment) -> list[dt.date | None]:
    rows = Booking.objects.filter(enrollment_id=enrollment.pk, status="confirmed").order_by("session__starts_at")
    return list(rows.values_list("session__occurrence_on", flat=True))


def while_a_night_adds_a_week(weekly: Enrollment) -> list[str]:
    """The pause begins when the night has written the week, and the night commits once the pause waits for it."""
    until = at(FIRST + 7 * (WEEKS + 1) - 1).date()
    added = Event()

    def act(what: str) -> str:
        if what == "pause":
            added.wait()
            return outcome_of(pause_enrollment, weekly, from_day=at(FIRST + 7).date(), by=OWNER)
        with transaction.atomic():
            extend_series(weekly.series, until=until)
            added.set()
            _wait_for_somebody_who_waits()
        return "done"

    return race(act, ["night", "pause"])


def _wait_for_somebody_who_waits() -> None:
    over = time.monotonic() + SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < over:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else it is told what was so before
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database())"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise TimeoutError("nobody waits for the night")


def test_a_pause_takes_the_lessons_too_that_a_night_adds_meanwhile(weekly: Enrollment):
    before = deadlocks()
    assert while_a_night_adds_a_week(weekly) == ["done", "done"]
    assert live(weekly) == [at(FIRST).date()]
    assert broken(weekly.series.course.school) == {}
    assert deadlocks() == before


def test_control_looked_at_before_the_lock_a_lesson_of_the_pause_is_left(weekly: Enrollment):
    seen = pausing._lessons(weekly, at(FIRST + 7).date(), None)
    with mock.patch.object(pausing, "_lessons", return_value=seen):
        assert while_a_night_adds_a_week(weekly) == ["done", "done"]
    assert live(weekly) == [at(FIRST).date(), at(FIRST + 7 * WEEKS).date()]
