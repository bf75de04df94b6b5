"""The worker puts weekly lessons and classes on the timetable: when it starts, then once a day of each school."""

import datetime as dt
import subprocess
import sys
import time

import pytest
import time_machine

from databases import ROOT, environment
from factories import OWNER, new_instructor, new_lessons, new_school, new_student, payer_of
from schoolbell.bookings.models import Enrollment
from schoolbell.kit.time import UTC, local_day, now
from schoolbell.people.models import Student
from schoolbell.planning.tasks import Nightly
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import SeriesStaffing, Session

PATIENCE = 60.0


def enrolled(school: School, day: dt.date) -> Enrollment:
    """Weekly lessons from that day on."""
    student = new_student(school)
    plan = WeeklyPlan(
        student, payer_of(student), new_lessons(school), new_instructor(school), weekday=day.isoweekday(),
        starts=dt.time(16), starts_on=day,
    )  # fmt: skip
    return enroll_weekly(plan, by=OWNER)


def days_of(enrollment: Enrollment) -> list[dt.date]:
    rows = Session.objects.filter(school_id=enrollment.school_id, series_id=enrollment.series_id)
    return list(rows.order_by("occurrence_on").values_list("occurrence_on", flat=True))


def extend_all(nightly: Nightly) -> int:
    turns = 0
    while nightly.extend_next_school():
        turns += 1
    return turns


@pytest.mark.django_db
def test_every_school_is_extended_once_a_day_by_its_own_clock():
    noon = dt.datetime(2027, 2, 15, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        School.objects.all().delete()
        schools = [new_school("coding", timezone=zone, weekly_ahead_days=14) for zone in ("Asia/Tokyo", "UTC")]
        lessons = [enrolled(school, dt.date(2027, 2, 16)) for school in schools]
        assert [days_of(one) for one in lessons] == [[dt.date(2027, 2, 16), dt.date(2027, 2, 23)]] * 2
        nightly = Nightly()
        assert (extend_all(nightly), extend_all(nightly)) == (2, 0)
    with time_machine.travel(noon + dt.timedelta(hours=4), tick=False):  # in Tokyo it is the 16th by now
        assert extend_all(nightly) == 1
        assert [len(days_of(one)) for one in lessons] == [3, 2]
    with time_machine.travel(noon + dt.timedelta(hours=13), tick=False):
        assert extend_all(nightly) == 1
        assert [len(days_of(one)) for one in lessons] == [3, 3]


@pytest.mark.django_db
def test_a_series_that_cannot_be_extended_keeps_no_other_waiting_and_is_tried_again_in_the_next_round():
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        School.objects.all().delete()
        school = new_school("coding", timezone="UTC", weekly_ahead_days=14)
        stuck, other = (enrolled(school, dt.date(2027, 2, 16)) for _ in range(2))
        nightly = Nightly()
        extend_all(nightly)
    student = stuck.student
    themselves = SeriesStaffing.objects.get(series_id=stuck.series_id).instructor.person
    with time_machine.travel(dt.datetime(2027, 2, 17, 12, tzinfo=UTC), tick=False):
        Student.objects.filter(id=student.pk).update(person=themselves)  # nobody can be there twice
        assert extend_all(nightly) == 1
        assert [len(days_of(one)) for one in (stuck, other)] == [2, 3]
        assert extend_all(nightly) == 1
        Student.objects.filter(id=student.pk).update(person=student.person)
        assert (extend_all(nightly), extend_all(nightly)) == (1, 0)
        assert [len(days_of(one)) for one in (stuck, other)] == [3, 3]


def test_the_worker_does_it_when_it_starts(scratch: str):
    school = new_school("coding", timezone="UTC", weekly_ahead_days=14)
    tomorrow = local_day(now(), school.zone) + dt.timedelta(days=1)
    lessons = enrolled(school, tomorrow)
    School.objects.filter(id=school.pk).update(stored_policies=school.stored_policies | {"weekly_ahead_days": 30})
    assert len(days_of(lessons)) == 2
    worker = subprocess.Popen([sys.executable, "-m", "schoolbell", "worker"], cwd=ROOT, env=environment(scratch))
    try:
        given_up = time.monotonic() + PATIENCE
        while len(days_of(lessons)) == 2 and time.monotonic() < given_up:
            assert worker.poll() is None
            time.sleep(0.1)
    finally:
        worker.terminate()
        worker.wait(PATIENCE)
    assert days_of(lessons) == [tomorrow + dt.timedelta(days=7 * week) for week in range(5)]
