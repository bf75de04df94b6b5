"""Nothing new is put on the timetable for who left, or in what is out of use: it is left out, said, and tried again."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from factories import OWNER, new_course, new_instructor, new_lessons, new_resource, new_school, new_student, payer_of
from schoolbell.catalogue.models import Course
from schoolbell.diary.models import OpeningHours
from schoolbell.journal.models import Outbox
from schoolbell.kit.time import UTC
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.generation import Extended, extend_school
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Series, Session, SkippedOccurrence

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2027, 2, 15)
NOON = dt.datetime(2027, 2, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=14)


def weekly(school: School) -> Series:
    """One student's lessons on Tuesdays at four, in a room."""
    room, student = new_resource(school), new_student(school)
    course = new_lessons(school, resource_kind=room.kind)
    plan = WeeklyPlan(student, payer_of(student), course, new_instructor(school), 2, dt.time(16), MONDAY, resource=room)
    return enroll_weekly(plan, by=OWNER).series


def sessions(series: Series) -> list[str]:
    days = Session.objects.filter(series_id=series.pk).order_by("occurrence_on").values_list("occurrence_on", flat=True)
    return [f"{day:%m-%d}" for day in days]


def skipped(series: Series) -> list[tuple[str, str]]:
    rows = SkippedOccurrence.objects.filter(series_id=series.pk).order_by("occurrence_on")
    return [(f"{row.occurrence_on:%m-%d}", row.reason) for row in rows]


@pytest.mark.parametrize(
    ("kind", "gone", "back"),
    [
        (Instructor, {"status": "left"}, {"status": "active"}),
        (Instructor, {"status": "on_leave"}, {"status": "active"}),
        (Student, {"status": "left"}, {"status": "active"}),
        (Student, {"status": "paused"}, {"status": "active"}),
        (Course, {"is_active": False}, {"is_active": True}),
        (Resource, {"is_active": False}, {"is_active": True}),
    ],
)
def test_weekly_lessons_wait_while_one_of_them_is_away(
    school: School, kind: type[models.Model], gone: dict[str, object], back: dict[str, object]
):
    series = weekly(school)
    kind.objects.filter(school_id=school.pk).update(**gone)
    with time_machine.travel(NOON + dt.timedelta(days=7), tick=False):
        assert extend_school(school) == Extended(added=0, skipped=1)
        assert extend_school(school) == Extended(added=0, skipped=1)
        assert (sessions(series), skipped(series)) == (["02-16", "02-23"], [("03-02", "away")])
        assert Outbox.objects.of(school).filter(name="series.skipped").count() == 1
        kind.objects.filter(school_id=school.pk).update(**back)
        assert extend_school(school) == Extended(added=1, skipped=0)
        assert (sessions(series), skipped(series)) == (["02-16", "02-23", "03-02"], [])


def test_a_class_waits_for_an_instructor_who_left(school: School):
    new = NewSeries(
        new_course(school), "FREQ=WEEKLY;BYDAY=TU", dt.time(16), MONDAY, instructors=[new_instructor(school)]
    )
    series = create_series(new, by=OWNER)
    Instructor.objects.of(school).update(status="left")
    with time_machine.travel(NOON + dt.timedelta(days=7), tick=False):
        extend_school(school)
    assert (sessions(series), skipped(series)) == (["02-16", "02-23"], [("03-02", "away")])


def test_to_ask_it_costs_no_query(school: School):
    series = weekly(school)
    OpeningHours.objects.of(school).delete()
    found = []
    with time_machine.travel(NOON + dt.timedelta(days=7), tick=False):
        for status in ("active", "left"):
            Instructor.objects.of(school).update(status=status)
            extend_school(school)
            with CaptureQueriesContext(connection) as queries:
                extend_school(school)
            found.append((skipped(series), len(queries)))
    assert [reason for reason, _count in found] == [[("03-02", "hours")], [("03-02", "away")]]
    assert found[0][1] == found[1][1]


def test_the_database_knows_the_reasons(school: School):
    series = weekly(school)
    row = SkippedOccurrence(school=school, series=series, occurrence_on=dt.date(2027, 5, 4), reason="gone")
    with pytest.raises(IntegrityError, match="skippedoccurrence_reason"), transaction.atomic():
        row.save()
