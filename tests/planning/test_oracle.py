"""The search, bookings and series against plain lists that are asked at every five minutes, on small schools drawn at
random around changes of the clocks (`small_schools`)."""

import datetime as dt
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from drawing import examples
from factories import OWNER, be_busy, buy_lesson, buy_seat, new_course, new_instructor, new_school, new_student
from invariants import broken
from planning.small_schools import DAY, MINUTE, PLACES, QUARTERS, Built, Drawn, Plain, schools
from schoolbell.bookings.refusals import TooFarAhead, TooLateToBook
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.models import Closure
from schoolbell.diary.refusals import OutsideOpeningHours, SchoolClosed, TimeTaken
from schoolbell.diary.school_hours import school_diary
from schoolbell.kit.time import Stretch
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.free_times import FreeTime, FreeTimes, free_times
from schoolbell.planning.generation import extend_series
from schoolbell.planning.plans import Plan
from schoolbell.planning.refusals import OffGrid
from schoolbell.schools.actor import Actor, Role
from schoolbell.timetable.models import Series, Session, SkippedOccurrence
from schoolbell.timetable.recurrence import occurrence_days, weekly_on
from schoolbell.timetable.refusals import AgainstRules

pytestmark = pytest.mark.django_db
GUEST = Actor(Role.GUEST)
OF_TIME = (TimeTaken, OutsideOpeningHours, SchoolClosed, OffGrid, TooLateToBook, TooFarAhead, AgainstRules)


@examples(25)
@given(drawn=schools(), pick=st.randoms(use_true_random=False))
def test_what_is_offered_is_what_can_be_booked_and_nothing_else_is(drawn: Drawn, pick: Random):
    plain = Plain(drawn)
    with time_machine.travel(plain.noon, tick=False), transaction.atomic():
        built = Built(plain)
        student = built.student if drawn.student is not None else None
        found = free_times(built.school, built.course, plain.within, student=student)
        lessons = {number: [free for free in found if free.instructor == one and free.session is None]
                   for number, one in enumerate(built.people)}  # fmt: skip
        for number, own in lessons.items():
            assert [free.during.starts_at for free in own] == plain.starts(number)
        if student is None:
            starts = {free.during.starts_at for free in found}
            assert FreeTimes(built.school, built.course, plain.within).starts(plain.within) == sorted(starts)
        check_lessons(built, lessons, pick)
        check_seats(built, [free.session for free in found if free.session])
        assert broken(built.school) == {}
        transaction.set_rollback(True)


def check_lessons(built: Built, lessons: dict[int, list[FreeTime]], pick: Random) -> None:
    """Some that are offered can be booked, and some that are not are refused."""
    for number, own in lessons.items():
        teacher = built.people[number].pk
        for free in pick.sample(own, min(1, len(own))):
            assert attempt(buy_lesson, built, built.course, free.during.starts_at, instructor_id=teacher) == free.during
        offered = {free.during.starts_at for free in own}
        anywhen = [built.plain.noon + 15 * MINUTE * step for step in pick.sample(range(-8, 4 * 96), 4)]
        for starts_at in {*anywhen, built.plain.noon + pick.randrange(5760) * MINUTE} - offered:
            with pytest.raises(OF_TIME):
                attempt(buy_lesson, built, built.course, starts_at, instructor_id=teacher)


def check_seats(built: Built, offered: list[Session]) -> None:
    """A coach's slots keep notice, horizon and closed days; classes do not."""
    plain = built.plain
    theirs = {slot.pk: Stretch(slot.starts_at, slot.ends_at) for slot in (*built.slots, *built.group)}
    suits = {pk: plain.drawn.student is None or plain.is_free(("student", 0), during) for pk, during in theirs.items()}
    kept = [one for one in built.slots if plain.in_time(one.starts_at) and not plain.is_closed(theirs[one.pk])]
    assert {one.pk for one in offered} == {one.pk for one in kept if suits[one.pk]}
    student = built.student if plain.drawn.student is not None else None
    found = free_times(built.school, built.classes, plain.within, student=student)
    assert {free.session.pk for free in found} == {one.pk for one in built.group if suits[one.pk]}
    for session in (*built.slots, *built.group):
        if (session in kept or session in built.group) and suits[session.pk]:
            assert attempt(buy_seat, built, session, by=GUEST) == theirs[session.pk]
        else:
            with pytest.raises(OF_TIME):
                attempt(buy_seat, built, session, by=GUEST)


def attempt(buy: Any, built: Built, what: Any, *when: dt.datetime, **more: Any) -> Stretch:
    """The lesson that is got. Nothing stays of it."""
    student = built.student if built.plain.drawn.student is not None else new_student(built.school)
    with transaction.atomic():
        session = buy(what, student, *when, **more).session
        transaction.set_rollback(True)
    return Stretch(session.starts_at, session.ends_at)


@examples(15)
@given(
    zone=st.sampled_from(sorted(PLACES)),
    weekdays=st.sets(st.integers(1, 7), min_size=2),
    starts=QUARTERS,
    closed=st.integers(0, 9),
    until=st.sampled_from([dt.time(3), dt.time(18), dt.time()]),
    busy=st.lists(st.integers(1, 9 * 24), max_size=2),
    steps=st.lists(st.integers(0, 9), max_size=2).map(sorted),
)
def test_a_series_is_generated_where_nothing_is_in_the_way_at_its_local_time(
    zone: str, weekdays: set[int], starts: dt.time, closed: int, until: dt.time, busy: list[int], steps: list[int]
):
    """Whatever the steps in which it is extended, twice each: nothing twice, nothing lost."""
    noon, clock = PLACES[zone], ZoneInfo(zone)
    today = noon.astimezone(clock).date()
    with time_machine.travel(noon, tick=False), transaction.atomic():
        school = new_school(timezone=zone, weekly_ahead_days=7)
        ida = new_instructor(school, hours=False)
        taken = [Stretch(noon + hour * 60 * MINUTE, noon + (hour + 1) * 60 * MINUTE) for hour in busy]
        for one in taken:
            be_busy(ida.person.diary_id, school, one)
        for weekday in range(1, 8):
            add_opening_hours(
                school_diary(school), weekday=weekday, starts=dt.time(), ends=until, timezone=zone, by=OWNER
            )
        Closure(school=school, first_day=today + closed * DAY, last_day=today + closed * DAY, name="Away").save()
        new = NewSeries(new_course(school), weekly_on(*weekdays), starts, today, instructors=[ida])
        series = create_series(new, by=OWNER)
        for step in [*steps, *steps, 9]:
            extend_series(series, until=today + step * DAY)
        expected = {}
        for day in (today + offset * DAY for offset in range(10)):
            at = dt.datetime.combine(day, starts, tzinfo=clock).astimezone(dt.UTC)
            never_was = zone == "Pacific/Apia" and day == dt.date(2011, 12, 30)
            if day.isoweekday() in weekdays and at > noon and not never_was:
                during = Stretch(at, at + 60 * MINUTE)
                shown = [moment.astimezone(clock) for moment in (at, at + 59 * MINUTE)]
                ends = dt.datetime.combine(day, until, tzinfo=clock).astimezone(dt.UTC) if until.hour else None
                is_holiday = today + closed * DAY in [moment.date() for moment in shown]
                over = ends is not None and during.ends_at > ends
                clash = any(one.overlaps(during) for one in taken)
                expected[day] = "closure" if is_holiday else "clash" if clash else "hours" if over else at
        there = dict(Session.objects.filter(series_id=series.pk).values_list("occurrence_on", "starts_at"))
        skipped = dict(SkippedOccurrence.objects.filter(series_id=series.pk).values_list("occurrence_on", "reason"))
        assert there | skipped == expected
        assert broken(school) == {}
        transaction.set_rollback(True)


def monday(day: dt.date) -> dt.date:
    return day - day.weekday() * DAY


@examples(60)
@given(
    zone=st.sampled_from(sorted(PLACES)),
    first=st.dates(dt.date(2011, 12, 1), dt.date(2030, 12, 31)),
    weekdays=st.sets(st.integers(1, 7), min_size=1),
    every=st.integers(1, 3),
    starts=QUARTERS,
)
def test_a_series_keeps_its_local_time_on_its_own_weekdays(zone, first, weekdays, every, starts):
    series = Series(
        rule=weekly_on(*weekdays, every=every),
        starts_on=first,
        starts=starts,
        timezone=zone,
        duration_minutes=60,
    )
    days = occurrence_days(series, first, first + 400 * DAY)
    for day in days:
        starts_at = Plan(series, [], None).during(day).starts_at
        local = starts_at.astimezone(ZoneInfo(zone))
        if (local.date(), local.time()) != (day, starts):  # the clocks skip it: as they would have shown it
            meant = dt.datetime.combine(day, starts)
            assert starts_at == (meant - ZoneInfo(zone).utcoffset(meant)).replace(tzinfo=dt.UTC)
            assert (meant - ZoneInfo(zone).utcoffset(meant.replace(fold=1))).replace(tzinfo=dt.UTC) < starts_at
        assert day.isoweekday() in weekdays
    expected = [
        day
        for day in (first + offset * DAY for offset in range(401))
        if day.isoweekday() in weekdays
        and (monday(day) - monday(first)).days // 7 % every == 0
        and not (zone == "Pacific/Apia" and day == dt.date(2011, 12, 30))
    ]
    assert days == expected
