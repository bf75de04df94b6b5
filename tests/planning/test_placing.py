"""A lesson that found no time is put at another: it is that lesson, and comes once."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    OWNER,
    be_busy,
    buy_lesson,
    let_hold_run_out,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_student,
)
from factories import payer_of as payer
from invariants import broken
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.diary.closures import add_closure
from schoolbell.diary.models import Claim
from schoolbell.diary.refusals import OutsideOpeningHours, SchoolClosed, TimeTaken
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.generation import extend_school
from schoolbell.planning.placing import left_out, place_skipped
from schoolbell.planning.refusals import NotInService, NotSkipped
from schoolbell.planning.skipped import skipped_ahead
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Series, Session, SkippedOccurrence
from schoolbell.timetable.refusals import AgainstRules

pytestmark = pytest.mark.django_db

TUESDAY = dt.date(2027, 2, 16)
WEEK = dt.timedelta(days=7)
TAKEN_ON = TUESDAY + WEEK


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=21)


def hour(day: dt.date, at: int) -> Stretch:
    starts_at = dt.datetime.combine(day, dt.time(at), tzinfo=UTC)
    return Stretch(starts_at, starts_at + dt.timedelta(hours=1))


def left_out_weekly(
    school: School, *, instructor: Instructor | None = None, resource: Resource | None = None
) -> tuple[Enrollment, Claim]:
    """Tuesdays at four, of which the second is taken."""
    student, ida = new_student(school), instructor or new_instructor(school)
    course = new_lessons(school, resource_kind=resource.kind if resource else "")
    busy = be_busy(ida.person.diary_id, school, hour(TAKEN_ON, 16))
    plan = WeeklyPlan(student, payer(student), course, ida, 2, dt.time(16), TUESDAY, resource)
    return enroll_weekly(plan, by=OWNER), busy


def series_of(enrollment: Enrollment) -> Series:
    return Series.objects.select_related("course__school", "resource").get(id=enrollment.series_id)


def days_of(enrollment: Enrollment) -> list[tuple[dt.date, dt.datetime]]:
    rows = Session.objects.filter(series_id=enrollment.series_id).order_by("occurrence_on")
    return list(rows.values_list("occurrence_on", "starts_at"))


def test_it_is_given_at_another_time_and_never_comes_once_more(school: School):
    enrollment, busy = left_out_weekly(school)
    (one,) = left_out(school, list(skipped_ahead(school)))
    assert one.lesson.taken == (("Ida Teacher", hour(TAKEN_ON, 16)),)
    nearest = [move.slots[0].starts_at for move in one.others]
    assert nearest[:2] == [hour(TAKEN_ON, 17).starts_at, hour(TAKEN_ON, 15).starts_at]
    session = place_skipped(series_of(enrollment), TAKEN_ON, nearest[0], by=OWNER)
    assert (session.occurrence_on, session.starts_at, session.on_demand) == (TAKEN_ON, nearest[0], True)
    assert not SkippedOccurrence.objects.of(school).exists()
    busy.delete()
    assert extend_school(school).added == 0
    assert len(days_of(enrollment)) == Booking.objects.filter(enrollment_id=enrollment.pk).count() == 3
    noted = Record.objects.get(name="series.placed")
    assert (noted.student_id, noted.new) == (enrollment.student_id, {"starts_at": nearest[0].isoformat()})
    assert Outbox.objects.filter(name="series.placed", subject_id=enrollment.series_id).count() == 1
    with pytest.raises(NotSkipped):
        place_skipped(series_of(enrollment), TAKEN_ON, nearest[1], by=OWNER)
    assert broken(school) == {}


def test_what_stands_in_the_way_there_is_named(school: School):
    day = TAKEN_ON + dt.timedelta(days=1)
    school.stored_policies |= {"most_lessons_a_day": 1}
    school.save()
    enrollment, _busy = left_out_weekly(school)
    series, teacher = series_of(enrollment), enrollment.series.staffing.get().instructor
    be_busy(enrollment.student.person.diary_id, school, hour(day, 9))
    with pytest.raises(TimeTaken) as taken:
        place_skipped(series, TAKEN_ON, hour(day, 9).starts_at, by=OWNER)
    assert taken.value.detail == "Sam Learner is taken then. Choose another time."
    add_closure(school, day, day, "Works", by=OWNER)
    with pytest.raises(SchoolClosed):
        place_skipped(series, TAKEN_ON, hour(day, 11).starts_at, by=OWNER)
    with pytest.raises(AgainstRules):
        place_skipped(series, TAKEN_ON, hour(TUESDAY, 11).starts_at, by=OWNER)
    with pytest.raises(InputRefused):
        place_skipped(series, TAKEN_ON, hour(TUESDAY - WEEK, 11).starts_at, by=OWNER)
    teacher.person.diary.opening_hours.all().delete()
    with pytest.raises(OutsideOpeningHours):
        place_skipped(series, TAKEN_ON, hour(TAKEN_ON, 11).starts_at, by=OWNER)
    assert [row.occurrence_on for row in skipped_ahead(school)] == [TAKEN_ON]


def test_a_hold_that_ran_out_is_too_close_to_nothing(school: School):
    school.stored_policies |= {"buffer_after_minutes": 30}
    school.save()
    enrollment, _busy = left_out_weekly(school)
    hold = buy_lesson(enrollment.course, new_student(school), hour(TAKEN_ON, 10).starts_at)
    with pytest.raises(AgainstRules):
        place_skipped(series_of(enrollment), TAKEN_ON, hour(TAKEN_ON, 11).starts_at, by=OWNER)
    let_hold_run_out(hold)
    place_skipped(series_of(enrollment), TAKEN_ON, hour(TAKEN_ON, 11).starts_at, by=OWNER)
    hold.refresh_from_db()
    assert hold.status == "expired"
    assert broken(school) == {}


def test_another_place_of_the_kind_does_where_its_own_is_taken(school: School):
    hall, loft = new_resource(school), new_resource(school, name="Loft")
    enrollment, _busy = left_out_weekly(school, resource=hall)
    be_busy(hall.diary_id, school, hour(TAKEN_ON, 17))
    session = place_skipped(series_of(enrollment), TAKEN_ON, hour(TAKEN_ON, 17).starts_at, by=OWNER)
    assert session.resource == loft
    assert series_of(enrollment).resource == hall
    assert broken(school) == {}


def test_a_class_that_was_left_out_is_put_elsewhere_too(school: School):
    ida = new_instructor(school)
    be_busy(ida.person.diary_id, school, hour(TUESDAY, 18))
    new = NewSeries(new_course(school), "FREQ=WEEKLY;BYDAY=TU", dt.time(18), TUESDAY, instructors=[ida])
    series = create_series(new, by=OWNER)
    (one,) = left_out(school, list(skipped_ahead(school)))
    assert one.others[0].slots == (hour(TUESDAY, 19),)
    session = place_skipped(series, TUESDAY, hour(TUESDAY, 19).starts_at, by=OWNER)
    assert (session.on_demand, session.capacity, session.status) == (False, 12, "published")
    assert broken(school) == {}


def test_word_is_left_when_lessons_are_left_out_also_when_none_is_added(school: School):
    enrollment, busy = left_out_weekly(school)
    told = Outbox.objects.filter(name="series.skipped", subject_id=enrollment.series_id)
    assert (told.count(), Record.objects.get(name="series.skipped").new) == (1, {"days": [TAKEN_ON.isoformat()]})
    assert (extend_school(school).skipped, told.count()) == (1, 1)  # it is known by now
    busy.delete()
    later = TUESDAY + 3 * WEEK
    be_busy(enrollment.student.person.diary_id, school, hour(TAKEN_ON, 16))
    be_busy(enrollment.student.person.diary_id, school, hour(later, 16))
    with time_machine.travel(dt.datetime(2027, 2, 17, 12, tzinfo=UTC), tick=False):
        assert extend_school(school).added == 0
    assert told.count() == 2
    add_closure(school, later + WEEK, later + WEEK, "Works", by=OWNER)
    with time_machine.travel(dt.datetime(2027, 2, 24, 12, tzinfo=UTC), tick=False):
        extend_school(school)
    assert told.count() == 2  # a closed day waits for nobody


def test_as_many_queries_for_three_as_for_one(school: School):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            left_out_weekly(school, resource=new_resource(school))
        with CaptureQueriesContext(connection) as queries:
            found = left_out(school, list(skipped_ahead(school)))
        counts.append((len(found), len(queries)))
    assert [found for found, _queries in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_what_is_out_of_service_offers_no_other_time_and_is_put_nowhere(school: School):
    enrollment, _busy = left_out_weekly(school)
    series = series_of(enrollment)
    Instructor.objects.of(school).update(status="left")
    extend_school(school)
    (one,) = left_out(school, list(skipped_ahead(school)))
    assert (one.lesson.day, one.lesson.reason, one.others) == (TAKEN_ON, "away", ())
    with pytest.raises(NotInService):
        place_skipped(series, TAKEN_ON, hour(TAKEN_ON, 17).starts_at, by=OWNER)
    assert [day for day, _at in days_of(enrollment)] == [TUESDAY, TUESDAY + 2 * WEEK]
