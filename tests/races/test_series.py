"""A series is edited, extended, ended and booked in the same moment: no lesson comes twice, or after its end.

Days are counted from now, in UTC; the series has a class every week from a week ahead on, as far as the school plans.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction

from factories import (
    OWNER,
    at,
    buy_seat,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_student,
    new_students,
    payer_of,
)
from invariants import broken, deadlocks
from races.people import all_have_looked
from schoolbell.bookings.models import Booking
from schoolbell.diary.closures import add_closure
from schoolbell.kit.refusals import Refusal
from schoolbell.planning import series
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.generation import extend_series
from schoolbell.planning.looking import look_ahead
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.pausing import pause_enrollment
from schoolbell.planning.plans import frame_of, plan_of
from schoolbell.planning.putting import put_on_timetable
from schoolbell.planning.series import change_series
from schoolbell.planning.stopping import stop_series
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session, Slot
from schoolbell.timetable.recurrence import WEEKDAYS, occurrence_days
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")
FIRST, WEEKS = 7, 4
ENDS_BEFORE = FIRST + 14  # two classes are left


@pytest.fixture
def school() -> School:
    return new_school(timezone="UTC", weekly_ahead_days=FIRST + 7 * WEEKS - 1)


def classes(school: School, capacity: int = 5) -> Series:
    first = at(FIRST)
    course = new_course(school, capacity=capacity, price=0)
    rule = f"FREQ=WEEKLY;BYDAY={WEEKDAYS[first.weekday()]}"
    new = NewSeries(course, rule, first.time(), first.date(), instructors=[new_instructor(school)])
    found = create_series(new, by=OWNER)
    assert times_of(found) == weekly(range(WEEKS), 10)
    return found


def weekly(weeks: Sequence[int], hour: int) -> list[dt.datetime]:
    return [at(FIRST + 7 * week, hour) for week in weeks]


def times_of(*some: Series) -> list[dt.datetime]:
    """Of the classes on the timetable."""
    rows = Session.objects.filter(series_id__in=[one.pk for one in some], status="published")
    return list(rows.order_by("starts_at").values_list("starts_at", flat=True))


def outcome_of(act: Callable[..., Any], *args: Any, **more: Any) -> str:
    try:
        with transaction.atomic():
            act(*args, **more)
    except Refusal as refusal:
        return refusal.code
    except IntegrityError:
        return "broke"
    return "done"


def edit_to(hour: int, one: Series, **more: Any) -> str:
    change = SeriesChange(starts=dt.time(hour))
    return outcome_of(change_series, one, first_day=at(FIRST).date(), change=change, by=OWNER, **more)


def unlocked(asked: Sequence[Series]) -> list[Series]:
    return [Series.objects.select_related("course__school", "resource").get(id=one.pk) for one in asked]


def test_of_four_who_edit_it_at_once_one_does(school: School):
    one, before = classes(school), deadlocks()
    hours = range(11, 15)
    done = race(lambda hour: edit_to(hour, one), hours)
    assert Counter(done) == {"done": 1, "invalid_input": 3}
    (after,) = Series.objects.filter(follows_id=one.pk)
    assert times_of(one, after) == weekly(range(WEEKS), hours[done.index("done")])
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_the_lock_two_edits_double_every_class(school: School):
    one = classes(school)
    with mock.patch.object(series, "lock_series", all_have_looked(2, unlocked)):
        assert race(lambda hour: edit_to(hour, one), (11, 12)) == ["done", "done"]
    assert len(times_of(*Series.objects.filter(follows_id=one.pk))) == 2 * WEEKS


def test_extending_against_editing(school: School):
    """Three workers put three more weeks there while it is edited: each week has its class once, at the new hour."""
    one, before = classes(school), deadlocks()
    until = at(FIRST + 7 * (WEEKS + 3) - 1).date()

    def act(what: int) -> str:
        return edit_to(11, one) if what == 0 else outcome_of(extend_series, one, until=until)

    assert race(act, range(4)) == ["done"] * 4
    (after,) = Series.objects.filter(follows_id=one.pk)
    assert times_of(one) == []
    extend_series(after, until=until)
    assert times_of(after) == weekly(range(WEEKS + 3), 11)
    assert broken(school) == {}
    assert deadlocks() == before


def extended_once(one: Series, weeks: Sequence[int], has_looked: Event, go_on: Event) -> None:
    """As `extend_series` does, without the lock of the series: what it looked at is old when it writes."""
    with transaction.atomic():
        plan = plan_of(unlocked([one])[0])
        days = occurrence_days(plan.series, at(FIRST + 7 * weeks[0]).date(), at(FIRST + 7 * weeks[-1]).date())
        free = look_ahead(plan, days, frame=frame_of(plan.series.course.school))
        has_looked.set()
        go_on.wait()
        put_on_timetable(plan, free, by=OWNER)


def beside_an_extension(one: Series, act: Callable[[], str]) -> list[str]:
    """`act` begins when the extension has looked, and is over before that writes."""
    looked, acted = Event(), Event()

    def run(what: str) -> str:
        if what == "extend":
            extended_once(one, range(WEEKS, WEEKS + 3), looked, acted)
            return "done"
        looked.wait()
        try:
            return act()
        finally:
            acted.set()

    return race(run, ["extend", "act"])


def test_control_without_the_lock_an_extension_goes_on_with_what_an_edit_has_ended(school: School):
    one = classes(school)
    assert beside_an_extension(one, lambda: edit_to(11, one)) == ["done", "done"]
    assert times_of(one) == weekly(range(WEEKS, WEEKS + 3), 10)


def end(one: Series) -> str:
    return outcome_of(stop_series, one, last_day=at(ENDS_BEFORE - 1).date(), by=OWNER)


def test_extending_against_ending(school: School):
    one, before = classes(school), deadlocks()
    until = at(FIRST + 7 * (WEEKS + 3) - 1).date()

    def act(what: int) -> str:
        return end(one) if what == 0 else outcome_of(extend_series, one, until=until)

    assert race(act, range(4)) == ["done"] * 4
    assert times_of(one) == weekly(range(2), 10)
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_the_lock_an_extension_comes_after_the_end(school: School):
    one = classes(school)
    assert beside_an_extension(one, lambda: end(one)) == ["done", "done"]
    assert times_of(one) == weekly([0, 1, *range(WEEKS, WEEKS + 3)], 10)


def test_ending_against_booking(school: School):
    """Whoever has booked a class that is cancelled is let go with it; nobody gets a seat in one."""
    one, before = classes(school), deadlocks()
    sessions = list(Session.objects.filter(series_id=one.pk).order_by("starts_at"))
    students = new_students(school, 12)

    def act(place: int) -> str:
        if place == len(students):
            return "ended " + end(one)
        return outcome_of(buy_seat, sessions[place % WEEKS], students[place])

    done = race(act, range(len(students) + 1))
    assert done[-1] == "ended done"
    assert set(done[:-1]) <= {"done", "session_not_open"}
    assert [answer for place, answer in enumerate(done[:-1]) if place % WEEKS < 2] == ["done"] * 6
    assert times_of(one) == weekly(range(2), 10)
    by_week = Counter(Booking.objects.of(school).values_list("session__status", "status"))
    assert by_week[("published", "confirmed")] == 6
    assert by_week[("cancelled", "cancelled")] == done[:-1].count("done") - 6 == by_week.total() - 6
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_the_slots_lock_somebody_sits_in_what_was_ended(school: School):
    """As `cancel_session` does it, but that the slots are neither locked nor closed before it looks who is booked."""
    one, sam = classes(school), new_student(school)
    last = Session.objects.filter(series_id=one.pk).order_by("starts_at").last()
    looked, booked = Event(), Event()

    def act(what: str) -> str:
        if what == "book":
            looked.wait()
            try:
                return outcome_of(buy_seat, last, sam)
            finally:
                booked.set()
        with transaction.atomic():
            assert not Booking.objects.filter(session_id=last.pk).exists()
            looked.set()
            booked.wait()
            Session.objects.filter(id=last.pk).update(status="cancelled", cancelled_at=at(0))
            Slot.objects.filter(session_id=last.pk).update(is_open=False)
        return "done"

    assert race(act, ["end", "book"]) == ["done", "done"]
    assert Booking.objects.get(session_id=last.pk).status == "confirmed"


def fewer_seats(one: Series) -> str:
    change = SeriesChange(capacity=1)
    return outcome_of(change_series, one, first_day=at(FIRST).date(), change=change, by=OWNER)


def test_editing_the_seats_against_booking(school: School):
    one, before = classes(school), deadlocks()
    session = Session.objects.filter(series_id=one.pk).order_by("starts_at").first()
    students = new_students(school, 4)

    def act(place: int) -> str:
        return fewer_seats(one) if place == 4 else outcome_of(buy_seat, session, students[place])

    *booked, edited = race(act, range(5))
    seats = 1 if edited == "done" else 5
    assert edited in ("done", "seats_taken")
    assert Counter(booked) == Counter({"done": min(4, seats), "session_full": 4 - min(4, seats)}) - Counter()
    assert set(Slot.objects.of(school).values_list("capacity", flat=True)) == {seats}
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_the_slots_lock_the_edit_breaks(school: School):
    """Two book between its look and its writing. The database's own rule is all that stands in the way."""
    one = classes(school)
    session = Session.objects.filter(series_id=one.pk).order_by("starts_at").first()
    students, looked, booked = new_students(school, 2), Event(), Event()
    hand_over = series.hand_over

    def book_first(*args: Any, **more: Any) -> Series:
        looked.set()
        booked.wait()
        return hand_over(*args, **more)

    def act(what: str) -> list[str]:
        if what == "edit":
            return [fewer_seats(one)]
        looked.wait()
        try:
            return [outcome_of(buy_seat, session, one) for one in students]
        finally:
            booked.set()

    with mock.patch.object(series, "lock_slots"), mock.patch.object(series, "hand_over", book_first):
        assert race(act, ["edit", "book"]) == [["broke"], ["done", "done"]]


def test_nobody_waits_in_a_ring_while_the_school_closes_a_day(school: School):
    one, sam, before = classes(school), new_student(school), deadlocks()
    first, ida, course = at(FIRST), new_instructor(school), new_lessons(school)
    plan = WeeklyPlan(sam, payer_of(sam), course, ida, first.isoweekday(), first.time(), first.date(), timezone="UTC")
    enrollment = enroll_weekly(plan, by=OWNER)
    until = at(FIRST + 7 * (WEEKS + 1) - 1).date()
    away = partial(pause_enrollment, enrollment, from_day=first.date(), until=at(FIRST + 7).date(), by=OWNER)
    acts: list[Callable[[], str]] = [
        lambda: edit_to(11, one),
        lambda: outcome_of(away),
        *[lambda: outcome_of(extend_series, one, until=until)] * 2,
        *[lambda: outcome_of(extend_series, enrollment.series, until=until)] * 2,
        *(
            partial(outcome_of, add_closure, school, day, day, "Away", by=OWNER)
            for day in (at(60).date(), at(61).date())
        ),
    ]
    assert race(lambda act: act(), acts) == ["done"] * len(acts)
    assert broken(school) == {}
    assert deadlocks() == before
