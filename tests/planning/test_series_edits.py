"""Whatever happened to single classes of a series, an edit takes nobody to another day than its rule says."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import time_machine
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import (
    OWNER,
    be_busy,
    buy_seat,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_student,
    payer_of,
)
from invariants import broken
from planning.test_series import FIRST, classes, days
from schoolbell.bookings.sessions import cancel_session
from schoolbell.catalogue.actions import qualify
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.models import Closure
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch
from schoolbell.planning.generation import Extended, extend_school
from schoolbell.planning.moves import as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.pausing import change_weekly, pause_enrollment, resume_enrollment
from schoolbell.planning.refusals import LessonsChanged, MoveClashes, NotQualified, SeatsTaken
from schoolbell.planning.series import change_series, preview_change
from schoolbell.planning.stopping import preview_stop, stop_series
from schoolbell.planning.succession import who_goes_on
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session, SkippedOccurrence
from schoolbell.timetable.recurrence import explicit, first_occurrence, occurrence_days, require_rule, rule_from

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2027, 2, 26, 12, tzinfo=UTC)  # a Friday


@pytest.fixture(autouse=True)
def _a_friday_in_february() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school("courses", timezone="Europe/London", weekly_ahead_days=58)


def march(day: int) -> dt.date:
    return dt.date(2027, 3, day)


def occurrence(series: Series, day: dt.date) -> Session:
    rows = Session.objects.select_related("course__school", "resource")
    found: Session = rows.get(school_id=series.school_id, series_id=series.pk, occurrence_on=day)
    return found


def take_to(session: Session, day: dt.date, hour: int) -> None:
    (there,) = as_it_is([session])
    starts_at = dt.datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    move_sessions([replace(there, slots=(Stretch(starts_at, starts_at + dt.timedelta(hours=1)),))], by=OWNER)


def test_what_was_cancelled_moved_or_skipped_stays_so(school):
    ida = new_instructor(school)
    be_busy(ida.person.diary_id, school, Stretch(*(dt.datetime(2027, 3, 22, hour, tzinfo=UTC) for hour in (9, 12))))
    Closure(school=school, first_day=march(29), last_day=march(29), name="Easter").save()
    series, sam = classes(school, ida), new_student(school)
    booking = buy_seat(occurrence(series, dt.date(2027, 4, 19)), sam)
    cancel_session(occurrence(series, march(8)), by=OWNER)
    take_to(occurrence(series, march(15)), march(17), 14)
    after = change_series(series, first_day=FIRST, change=SeriesChange(capacity=4), by=OWNER)
    assert days(after)[:4] == ["01.03. 10:00", "17.03. 14:00", "05.04. 10:00", "12.04. 10:00"]
    skipped = SkippedOccurrence.objects.filter(series_id=after.pk).order_by("occurrence_on")
    assert [(one.occurrence_on, one.reason) for one in skipped] == [(march(22), "clash"), (march(29), "closure")]
    assert {one.capacity for one in Session.objects.filter(series_id=after.pk, status="published")} == {4}
    later = change_series(after, first_day=FIRST, change=SeriesChange(starts=dt.time(13)), by=OWNER)
    assert days(later)[:4] == ["01.03. 13:00", "17.03. 14:00", "22.03. 13:00", "05.04. 13:00"]
    booking.session.refresh_from_db()
    assert booking.session.starts_at == dt.datetime(2027, 4, 19, 12, tzinfo=UTC)
    assert extend_school(school) == Extended(0, 0)  # it is closed on that day still
    assert broken(school) == {}


def test_a_series_that_is_another_than_was_seen_is_not_changed(school, rows):
    series, change = classes(school), SeriesChange(capacity=4)
    seen = preview_change(series, first_day=FIRST, change=change).seen
    Series.objects.filter(id=series.pk).update(duration_minutes=90)
    before = rows()
    with pytest.raises(LessonsChanged):
        change_series(series, first_day=FIRST, change=replace(change, seen=seen), by=OWNER)
    assert rows() == before
    again = preview_change(Series.objects.get(id=series.pk), first_day=FIRST, change=change).seen
    assert again != seen
    after = change_series(series, first_day=FIRST, change=replace(change, seen=again), by=OWNER)
    assert (after.capacity, after.duration_minutes) == (4, 90)


def test_who_goes_on_is_who_has_lessons_from_that_day_on(school):
    series = classes(school)
    assert who_goes_on(series, march(1)) == series
    late = change_series(series, first_day=march(22), change=SeriesChange(capacity=4), by=OWNER)
    early = change_series(series, first_day=march(8), change=SeriesChange(capacity=3), by=OWNER)
    series.refresh_from_db()
    latest = change_series(early, first_day=march(15), change=SeriesChange(starts=dt.time(9)), by=OWNER)
    found = [who_goes_on(series, march(day)) for day in (1, 2, 8, 9, 15, 16, 22, 30)]
    assert found == [series, early, early, latest, latest, late, late, late]
    stop_series(late, last_day=march(28), by=OWNER)
    assert who_goes_on(series, march(29)) == series  # nobody does


def test_who_goes_on_today_once_today_s_class_has_begun(school):
    series = classes(school)
    with time_machine.travel(dt.datetime(2027, 3, 1, 11, tzinfo=UTC), tick=False):
        after = change_series(series, first_day=march(1), change=SeriesChange(capacity=4), by=OWNER)
        series.refresh_from_db()
        assert (series.ends_on, who_goes_on(series, march(1))) == (march(1), after)


def test_a_day_more_is_put_on_the_timetable_beside_those_that_are_there(school):
    series = classes(school)
    cancel_session(occurrence(series, march(8)), by=OWNER)
    change = SeriesChange(rule="FREQ=WEEKLY;BYDAY=MO,TH")
    looked = preview_change(series, first_day=march(3), change=change)
    assert {one.move for one in looked.ahead} == {None}
    assert [one.day.day for one in looked.added] == [4, 11, 18, 25, 1, 8, 15, 22]
    after = change_series(series, first_day=march(3), change=change, by=OWNER)
    assert days(after)[:4] == ["04.03. 10:00", "11.03. 10:00", "15.03. 10:00", "18.03. 10:00"]


def test_another_day_is_another_day_of_the_same_week(school):
    series, sam = classes(school), new_student(school)
    booking = buy_seat(occurrence(series, march(22)), sam)
    cancel_session(occurrence(series, march(15)), by=OWNER)
    after = change_series(series, first_day=march(3), change=SeriesChange(rule="FREQ=WEEKLY;BYDAY=FR"), by=OWNER)
    # The week of the 3rd has had its Monday; that of the 15th was cancelled.
    assert days(after)[:3] == ["12.03. 10:00", "26.03. 10:00", "02.04. 10:00"]
    booking.session.refresh_from_db()
    assert booking.session.occurrence_on == march(26)
    assert occurrence(after, march(19)).status == "cancelled"


def test_an_earlier_day_of_a_week_that_is_under_way_leaves_that_week_as_it_was(school):
    series = classes(school, rule="FREQ=WEEKLY;BYDAY=TH")
    after = change_series(series, first_day=march(3), change=SeriesChange(rule="FREQ=WEEKLY;BYDAY=TU"), by=OWNER)
    assert days(after)[:3] == ["04.03. 10:00", "09.03. 10:00", "16.03. 10:00"]


def test_rules_go_on_in_step(school):
    for rule, first, first_day, expected in (
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=6", FIRST, 15, ["15.03.", "22.03.", "29.03.", "05.04."]),
        ("FREQ=WEEKLY;COUNT=5", march(3), 15, ["17.03.", "24.03.", "31.03."]),
        ("FREQ=DAILY;INTERVAL=3;COUNT=6", FIRST, 9, ["10.03.", "13.03.", "16.03."]),
        ("FREQ=MONTHLY", march(4), 20, ["04.04."]),
        ("FREQ=MONTHLY;BYDAY=1MO", FIRST, 2, ["05.04."]),
    ):
        series = classes(school, rule=rule, starts_on=first)
        after = change_series(series, first_day=march(first_day), change=SeriesChange(starts=dt.time(11)), by=OWNER)
        assert days(after) == [f"{day} 11:00" for day in expected], rule
        assert occurrence_days(after, FIRST, dt.date(2027, 4, 25)) == occurrence_days(
            Series(rule=rule, starts_on=first, timezone="UTC"), march(first_day), dt.date(2027, 4, 25)
        )


def test_today_s_class_that_is_over_is_not_given_twice(school):
    series = classes(school)
    with time_machine.travel(dt.datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False):
        after = change_series(series, first_day=FIRST, change=SeriesChange(starts=dt.time(18)), by=OWNER)
    assert days(series) == ["01.03. 10:00"]
    assert days(after)[0] == "08.03. 18:00"


def test_a_substitute_keeps_the_class_that_was_taken_over(school):
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    series = classes(school, ida)
    (there,) = as_it_is([occurrence(series, march(8))])
    move_sessions([replace(there, instructors=(tom,))], by=OWNER)
    after = change_series(series, first_day=FIRST, change=SeriesChange(starts=dt.time(12)), by=OWNER)
    staff = [
        one.instructors for one in as_it_is(list(Session.objects.filter(series_id=after.pk).order_by("starts_at")))
    ]
    assert staff[:3] == [(ida,), (tom,), (ida,)]
    assert days(after)[1] == "08.03. 12:00"


def test_rules_between_lessons_hold_unless_the_office_says_so():
    school = new_school("courses", timezone="UTC", weekly_ahead_days=30, max_hours_per_week=1)
    series = classes(school, new_instructor(school))
    change = SeriesChange(duration_minutes=120)
    looked = preview_change(series, first_day=FIRST, change=change)
    assert {one.clashes[0].refusal.code for one in looked.ahead} == {"week_full"}
    with pytest.raises(MoveClashes):
        change_series(series, first_day=FIRST, change=change, by=OWNER)
    after = change_series(series, first_day=FIRST, change=change, by=OWNER, despite_rules=True)
    assert {one.ends_at.hour - one.starts_at.hour for one in Session.objects.filter(series_id=after.pk)} == {2}


def test_weekly_lessons_stay_within_the_hours_of_who_gives_them():
    school = new_school("coding", timezone="UTC", weekly_ahead_days=30)
    ida, sam = new_instructor(school, hours=False), new_student(school)
    hours = {"weekday": 2, "starts": dt.time(9), "ends": dt.time(12), "timezone": "UTC"}
    add_opening_hours(ida.person.diary, **hours, by=OWNER)
    plan = WeeklyPlan(sam, payer_of(sam), new_lessons(school), ida, 2, dt.time(10), march(2))
    enrollment = enroll_weekly(plan, by=OWNER)
    at_night = SeriesChange(starts=dt.time(3))
    (first, *_more) = preview_change(enrollment.series, first_day=FIRST, change=at_night).ahead
    assert [(one.who, one.refusal.code) for one in first.clashes] == [("Ida Teacher", "outside_opening_hours")]
    with pytest.raises(MoveClashes):
        change_weekly(enrollment, first_day=FIRST, change=at_night, by=OWNER)
    changed = change_weekly(enrollment, first_day=FIRST, change=at_night, by=OWNER, despite_rules=True)
    assert days(changed.series)[0] == "02.03. 03:00"
    with pytest.raises(InputRefused):
        change_weekly(changed, first_day=FIRST, change=SeriesChange(capacity=2), by=OWNER)


def test_nonsense_is_refused_and_said_beforehand(school):
    ida, tom, hall = new_instructor(school), new_instructor(school, name="Tom Other"), new_resource(school, capacity=2)
    series = classes(school, ida)
    qualify(tom, new_course(school), by=OWNER)
    for change, refusal in (
        (SeriesChange(capacity=0), InputRefused),
        (SeriesChange(capacity=6), InputRefused),
        (SeriesChange(resource=hall), InputRefused),
        (SeriesChange(instructors=(ida, ida)), InputRefused),
        (SeriesChange(instructors=(tom,)), NotQualified),
        (SeriesChange(last_day=dt.date(2027, 2, 27)), InputRefused),
        (SeriesChange(rule="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5"), InputRefused),
    ):
        with pytest.raises(refusal):
            preview_change(series, first_day=FIRST, change=change)
        with pytest.raises(refusal):
            change_series(series, first_day=FIRST, change=change, by=OWNER)
    for _number in range(2):
        buy_seat(occurrence(series, march(8)), new_student(school))
    looked = preview_change(series, first_day=FIRST, change=SeriesChange(capacity=1)).ahead
    assert [one.is_crowded for one in looked[:3]] == [False, True, False]
    with pytest.raises(SeatsTaken):
        change_series(series, first_day=FIRST, change=SeriesChange(capacity=1), by=OWNER)


def test_it_ends_earlier_or_later_or_never_begins(school):
    series, sam = classes(school, ends_on=dt.date(2027, 4, 4)), new_student(school)
    buy_seat(occurrence(series, march(29)), sam)
    longer = change_series(series, first_day=FIRST, change=SeriesChange(last_day=None), by=OWNER)
    assert days(longer)[-1] == "19.04. 10:00"
    shorter = change_series(longer, first_day=FIRST, change=SeriesChange(last_day=march(22)), by=OWNER)
    assert days(shorter) == ["01.03. 10:00", "08.03. 10:00", "15.03. 10:00", "22.03. 10:00"]
    for wrong in (dt.date(2027, 2, 24), dt.date(2027, 2, 27), march(23)):
        with pytest.raises(InputRefused):
            preview_stop(shorter, last_day=wrong)
        with pytest.raises(InputRefused):
            stop_series(shorter, last_day=wrong, by=OWNER)
    booked = buy_seat(occurrence(shorter, march(8)), sam)
    going = preview_stop(shorter, last_day=dt.date(2027, 2, 28))
    assert [(one.session.occurrence_on.day, [who.pk for who in one.students]) for one in going] == [
        (1, []), (8, [sam.pk]), (15, []), (22, [])
    ]  # fmt: skip
    assert len(stop_series(shorter, last_day=dt.date(2027, 2, 28), by=OWNER)) == 4
    booked.refresh_from_db()
    assert booked.status == "cancelled"
    assert extend_school(school) == Extended(0, 0)
    assert broken(school) == {}


def test_a_pause_leaves_what_comes_after_it_as_it_was():
    school = new_school("coding", timezone="UTC", weekly_ahead_days=58)
    sam = new_student(school)
    plan = WeeklyPlan(sam, payer_of(sam), new_lessons(school), new_instructor(school), 2, dt.time(10), march(2))
    enrollment = enroll_weekly(plan, by=OWNER)
    cancel_session(occurrence(enrollment.series, march(30)), by=OWNER)
    take_to(occurrence(enrollment.series, march(23)), march(24), 14)
    kept = list(Session.objects.filter(starts_at__gte="2027-03-22T00:00Z").values_list("id", "starts_at", "status"))
    paused = pause_enrollment(enrollment, from_day=march(9), until=march(22), by=OWNER)
    assert paused.status == "active"
    assert days(enrollment.series) == ["02.03. 10:00"]
    assert days(paused.series)[:2] == ["24.03. 14:00", "06.04. 10:00"]
    now_there = Session.objects.filter(starts_at__gte="2027-03-22T00:00Z").values_list("id", "starts_at", "status")
    assert set(now_there) >= set(kept)
    with time_machine.travel(NOW + DAY, tick=False):
        stopped = pause_enrollment(paused, from_day=march(22), by=OWNER)
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        again = resume_enrollment(stopped, on=march(29), by=OWNER)
    # What the family had cancelled by itself does not come back.
    assert days(again.series)[:2] == ["06.04. 10:00", "13.04. 10:00"]
    assert broken(school) == {}


def test_rules_that_never_end_or_never_begin_are_refused_at_once():
    for wrong in (
        "FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;BYDAY=TU;COUNT=5;UNTIL=20270601", "FREQ=WEEKLY;BYDAY=TU;BYDAY=WE",
        "FREQ=WEEKLY;FREQ=DAILY", "FREQ=DAILY;COUNT=99999", "FREQ=WEEKLY;BYDAY=2TU", "FREQ=DAILY;UNTIL=2027",
        "FREQ=MONTHLY;BYDAY=MO(+1)", "FREQ=MONTHLY;BYMONTHDAY=1_0", "FREQ=MONTHLY;BYDAY=", "FREQ=WEEKLY;WKST=1",
        "FREQ=DAILY;BYMONTH=²", "FREQ=MONTHLY;BYDAY=1MO,,2TU",
    ):  # fmt: skip
        with pytest.raises(InputRefused):
            require_rule(wrong)
    for rule in ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;UNTIL=99990101"):
        series = Series(rule=require_rule(rule), starts_on=FIRST, timezone="UTC")
        assert occurrence_days(series, FIRST, dt.date(2028, 3, 1)) == []
        assert first_occurrence(series, FIRST) is None
    assert explicit("FREQ=WEEKLY", march(3)) == "FREQ=WEEKLY;BYDAY=WE"
    assert rule_from(Series(rule="FREQ=MONTHLY;COUNT=3", starts_on=FIRST, timezone="UTC"), march(2)) == (
        "FREQ=MONTHLY;COUNT=2;BYMONTHDAY=1"
    )


@dataclass(frozen=True)
class Fate:
    """What happened to one occurrence before the edit: by its number."""

    number: int
    kind: str  # cancelled, moved, booked


RULES = ("FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "FREQ=DAILY;INTERVAL=3",
         "FREQ=WEEKLY;BYDAY=WE;COUNT=5", "FREQ=WEEKLY", "FREQ=MONTHLY;BYMONTHDAY=10,20")  # fmt: skip
fates = st.lists(
    st.builds(Fate, st.integers(0, 7), st.sampled_from(("cancelled", "moved", "booked"))),
    unique_by=lambda one: one.number,
    max_size=4,
)


@settings(max_examples=14)
@given(
    rule=st.sampled_from(RULES),
    new_rule=st.sampled_from((None, None, *RULES[:3])),
    fates=fates,
    closed=st.integers(0, 40),
    first=st.integers(0, 30),
    starts=st.sampled_from((None, dt.time(12))),
)
def test_nobody_s_day_changes_unless_the_rule_s_day_did(rule, new_rule, fates, closed, first, starts):
    with transaction.atomic():
        school = new_school("courses", timezone="Europe/London", weekly_ahead_days=20)
        Closure(school=school, first_day=FIRST + closed * DAY, last_day=FIRST + closed * DAY, name="Away").save()
        series = classes(school, rule=rule)
        there = list(Session.objects.filter(series_id=series.pk).order_by("occurrence_on"))
        cancelled, moved, booked = set(), {}, {}
        for fate in fates:
            if fate.number < len(there):
                session = occurrence(series, there[fate.number].occurrence_on)
                if fate.kind == "cancelled":
                    cancelled.add(cancel_session(session, by=OWNER).pk)
                elif fate.kind == "moved":
                    take_to(session, session.occurrence_on, 20)
                    moved[session.pk] = session.occurrence_on
                else:
                    booked[buy_seat(session, new_student(school)).pk] = session.pk
        first_day = FIRST + first * DAY
        try:
            after = change_series(
                series, first_day=first_day, change=SeriesChange(rule=new_rule, starts=starts), by=OWNER,
                leave_clashing=True,
            )  # fmt: skip
        except InputRefused:
            assert occurrence_days(series, first_day, first_day + 60 * DAY) == []
            transaction.set_rollback(True)
            return
        _everything_is_where_it_should_be(series, after, there, cancelled, moved, first_day, same=new_rule is None)
        assert broken(school) == {}
        transaction.set_rollback(True)


def _everything_is_where_it_should_be(series, after, there, cancelled, moved, first_day, *, same):
    before = {one.pk: one for one in there}
    now_there = {one.pk: one for one in Session.objects.filter(series_id__in=(series.pk, after.pk))}
    where = series.course.school.zone
    for pk, old in before.items():
        new = now_there[pk]
        local = new.starts_at.astimezone(where)
        if pk in cancelled:
            assert new.status == "cancelled"  # nothing comes back
        if pk in moved:
            assert (new.status, local.hour, local.date()) == ("published", 20 if local.utcoffset() == DAY * 0 else 21,
                                                              moved[pk])  # fmt: skip
        if old.occurrence_on < first_day:
            assert (new.series_id, new.starts_at) == (series.pk, Session.objects.get(pk=pk).starts_at)
        elif same:
            assert (new.series_id, new.occurrence_on) == (after.pk, old.occurrence_on)
            assert local.date() == old.occurrence_on
        elif new.status == "published":
            days_apart = abs((local.date() - old.occurrence_on).days)
            assert days_apart < (31 if "MONTHLY" in series.rule else 7)
    # No holes and no doubles: each day of the rule has its session, or is known to be skipped.
    last = march(18)  # the school's horizon
    skipped = set(SkippedOccurrence.objects.filter(series_id=after.pk).values_list("occurrence_on", flat=True))
    held = [one.occurrence_on for one in now_there.values() if one.series_id == after.pk]
    assert len(set(held)) == len(held)
    assert set(occurrence_days(after, first_day, last)) <= {*held, *skipped}
    if same:
        assert set(held) | skipped <= set(occurrence_days(series_as_it_was(series, after), first_day, last + 90 * DAY))


def series_as_it_was(series: Series, after: Series) -> Series:
    return Series(rule=series.rule, starts_on=series.starts_on, timezone=series.timezone, ends_on=after.ends_on)
