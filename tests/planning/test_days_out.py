"""A day that a series leaves out on purpose, however far ahead it is."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from factories import OWNER, new_course, new_instructor, new_lessons, new_school, new_student, payer_of
from invariants import broken
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary.claims import Wanted, claim_time
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.ids import new_id
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.days_out import leave_out, own_series, put_back
from schoolbell.planning.generation import extend_school
from schoolbell.planning.joining import Joining, join_class
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.placing import place_skipped
from schoolbell.planning.refusals import NotSkipped
from schoolbell.planning.series import change_series, preview_change
from schoolbell.planning.skipped import skipped_ahead, skipped_lessons
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session, SkippedOccurrence

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2027, 2, 15)
NOON = dt.datetime(2027, 2, 15, 12, tzinfo=UTC)
FAR = dt.date(2027, 3, 23)  # a Tuesday, five weeks on: nothing is planned so far ahead
NEAR = dt.date(2027, 2, 23)


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=14)


def weekly(school: School, **more: object) -> Enrollment:
    student = new_student(school)
    plan = WeeklyPlan(
        student, payer_of(student), new_lessons(school), new_instructor(school), 2, dt.time(16), MONDAY, **more
    )
    return enroll_weekly(plan, by=OWNER)


def a_class(school: School) -> Series:
    ida = new_instructor(school)
    new = NewSeries(new_course(school), "FREQ=WEEKLY;BYDAY=TU", dt.time(10), MONDAY, instructors=[ida])
    return create_series(new, by=OWNER)


def days_of(series: Series) -> list[str]:
    rows = Session.objects.filter(series_id=series.pk, status="published").order_by("occurrence_on")
    return [f"{day:%m-%d}" for day in rows.values_list("occurrence_on", flat=True)]


def night(school: School, day: dt.date) -> None:
    with time_machine.travel(dt.datetime.combine(day, dt.time(3), UTC), tick=False):
        extend_school(school)


def refused(series: Series, day: dt.date) -> str:
    with pytest.raises(InputRefused) as refusal:
        leave_out(series, day, by=OWNER)
    return refusal.value.errors["day"][0]


def test_a_day_beyond_the_horizon_is_left_out_by_every_night(school: School):
    enrollment = weekly(school)
    series, before = enrollment.series, Outbox.objects.of(school).count()
    row = leave_out(series, FAR, by=OWNER)
    assert leave_out(series, FAR, by=OWNER) == row  # said again, nothing changes
    note = Record.objects.get(name="series.day_left_out")
    assert (note.student_id, note.new) == (enrollment.student_id, {"day": "2027-03-23"})
    assert Outbox.objects.of(school).count() == before + 1
    for day in (dt.date(2027, 3, 1), dt.date(2027, 3, 15), dt.date(2027, 3, 16)):
        night(school, day)
    assert days_of(series) == ["02-16", "02-23", "03-02", "03-09", "03-16", "03-30"]
    assert [(one.day, one.reason, one.alternatives) for one in skipped_lessons(series)] == [(FAR, "cancelled", ())]
    assert not skipped_ahead(school).exists()  # it waits for nobody
    with pytest.raises(NotSkipped):
        place_skipped(series, FAR, NOON + dt.timedelta(days=30), by=OWNER)
    assert broken(school) == {}


def test_put_back_before_its_time_has_come_it_is_a_day_like_any_other(school: School):
    series = weekly(school).series
    leave_out(series, FAR, by=OWNER)
    put_back(series, FAR, by=OWNER)
    with pytest.raises(NotSkipped):
        put_back(series, FAR, by=OWNER)
    assert not SkippedOccurrence.objects.of(school).exists()
    night(school, dt.date(2027, 3, 15))
    assert "03-23" in days_of(series)


def test_put_back_later_it_is_put_on_the_timetable_with_whoever_has_it(school: School):
    enrollment, group, sam = weekly(school), a_class(school), new_student(school)
    join_class(Joining(group, sam, payer_of(sam), MONDAY), by=OWNER)
    for series in (enrollment.series, group):
        leave_out(series, FAR, by=OWNER)
    night(school, dt.date(2027, 3, 15))
    with time_machine.travel(dt.datetime(2027, 3, 15, 12, tzinfo=UTC), tick=False):
        for series in (enrollment.series, group):
            put_back(series, FAR, by=OWNER)
            assert "03-23" in days_of(series)
    there = Booking.objects.of(school).filter(session__occurrence_on=FAR, status="confirmed")
    assert {one.student_id for one in there} == {enrollment.student_id, sam.pk}
    assert not SkippedOccurrence.objects.of(school).exists()
    assert broken(school) == {}


def test_put_back_where_something_else_is_by_now_it_is_said_what(school: School):
    enrollment = weekly(school)
    leave_out(enrollment.series, FAR, by=OWNER)
    night(school, dt.date(2027, 3, 15))
    four = dt.datetime(2027, 3, 23, 16, tzinfo=UTC)
    taken = Stretch(four, four + dt.timedelta(hours=1))
    diary_id = enrollment.student.person.diary_id
    claim_time(school.pk, [Wanted(diary_id, taken, new_id())])
    with time_machine.travel(dt.datetime(2027, 3, 15, 12, tzinfo=UTC), tick=False):
        put_back(enrollment.series, FAR, by=OWNER)
        (lesson,) = skipped_lessons(enrollment.series)
    assert (lesson.reason, [during for _who, during in lesson.taken]) == ("clash", [taken])


def test_what_is_there_was_there_or_never_will_be_is_refused(school: School):
    series = weekly(school, ends_on=dt.date(2027, 3, 30)).series
    there = "It is on the timetable already. Cancel it there, so that everybody is told."
    assert refused(series, NEAR) == there
    cancel_session(Session.objects.get(series_id=series.pk, occurrence_on=NEAR), by=OWNER)
    assert refused(series, NEAR) == "It was cancelled already, or is over."
    none = "There would be none on that day as it is."
    for day in (FAR + dt.timedelta(days=1), dt.date(2027, 4, 6), MONDAY - dt.timedelta(days=6)):
        assert refused(series, day) == none
    with time_machine.travel(dt.datetime(2027, 3, 23, 16, tzinfo=UTC), tick=False):
        assert refused(series, FAR) == "Choose a day that lies ahead."


def test_a_seat_in_a_class_leaves_no_day_out_for_all(school: School):
    series, sam = a_class(school), new_student(school)
    seat = join_class(Joining(series, sam, payer_of(sam), MONDAY), by=OWNER)
    with pytest.raises(InputRefused):
        own_series(seat)


def test_a_day_left_out_stays_so_when_the_series_changes(school: School):
    """Its time, and then its weekday: the day goes along. The preview does not promise it."""
    series = a_class(school)
    near = dt.date(2027, 3, 2)
    Session.objects.filter(series_id=series.pk, occurrence_on=near).delete()
    leave_out(series, near, by=OWNER)
    leave_out(series, FAR, by=OWNER)
    later = SeriesChange(starts=dt.time(11))
    assert near not in [one.day for one in preview_change(series, first_day=MONDAY, change=later).added]
    after = change_series(series, first_day=MONDAY, change=later, by=OWNER)
    moved = change_series(after, first_day=MONDAY, change=SeriesChange(rule="FREQ=WEEKLY;BYDAY=WE"), by=OWNER)
    for day in (dt.date(2027, 3, 1), dt.date(2027, 3, 15)):
        night(school, day)
    a_day = dt.timedelta(days=1)
    rows = SkippedOccurrence.objects.filter(series_id=moved.pk).order_by("occurrence_on")
    assert list(rows.values_list("occurrence_on", "reason")) == [
        (near + a_day, "cancelled"), (FAR + a_day, "cancelled"),
    ]  # fmt: skip
    assert days_of(moved) == ["02-17", "02-24", "03-10", "03-17"]


def test_what_was_left_out_for_a_clash_is_so_on_purpose_from_now_on(school: School):
    """Nobody has to see to it any more."""
    series = weekly(school).series
    SkippedOccurrence(school=school, series=series, occurrence_on=FAR, reason="clash", taken=[]).save()
    assert skipped_ahead(school).count() == 1
    row = leave_out(series, FAR, by=OWNER)
    assert (row.reason, row.taken, skipped_ahead(school).count()) == ("cancelled", [], 0)
