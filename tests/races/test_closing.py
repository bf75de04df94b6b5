"""A day is closed in the moment in which somebody takes time on it: whoever is later sees what the earlier did."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any, NamedTuple
from unittest import mock

import pytest
from django.db import connection, transaction

from factories import (
    OWNER,
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_session,
    new_student,
    payer_of,
)
from importing.files import bad, sheet, take_in_one
from invariants import broken, deadlocks
from races.people import Race
from races.test_moving import moved_to, outcome_of
from schoolbell.bookings import rules, sessions
from schoolbell.diary import keeping as keeping_module
from schoolbell.diary.closures import add_closure
from schoolbell.diary.models import Claim
from schoolbell.diary.opening import Opening
from schoolbell.importing import actions, timetable
from schoolbell.planning import generation, lessons, looking, move_clashes, moving, slots
from schoolbell.planning.generation import extend_series
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.slot_plans import SlotsPlan
from schoolbell.planning.slots import publish_slots
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from servers import race

DAY = 20
GUEST = Actor(Role.GUEST)


def a_lesson(race_in: Race) -> Callable[[], str]:
    course, sam = new_lessons(race_in.school), new_student(race_in.school)
    new_instructor(race_in.school)
    return lambda: outcome_of(buy_lesson, course, sam, at(DAY))


def a_seat_in_a_slot(race_in: Race) -> Callable[[], str]:
    slot, sam = new_session(new_course(race_in.school, capacity=1), hour_at(DAY)), new_student(race_in.school)
    return lambda: outcome_of(buy_seat, slot, sam, by=GUEST)


def a_session(race_in: Race) -> Callable[[], str]:
    course, ida = new_course(race_in.school), new_instructor(race_in.school)
    return lambda: outcome_of(new_session, course, hour_at(DAY), instructors=[ida])


def a_move(race_in: Race) -> Callable[[], str]:
    course, ida = new_course(race_in.school), new_instructor(race_in.school)
    move = moved_to(new_session(course, hour_at(DAY + 1), instructors=[ida]), hour_at(DAY))
    return lambda: outcome_of(move_sessions, move, by=OWNER)


def some_slots(race_in: Race) -> Callable[[], str]:
    day, hour = at(DAY).date(), at(DAY).time()
    course, ida = new_lessons(race_in.school), new_instructor(race_in.school)
    ends = at(DAY, 12).time()
    plan = SlotsPlan(ida, course, frozenset({day.isoweekday()}), hour, ends, day, day, 60)
    return lambda: outcome_of(publish_slots, plan, by=OWNER, skip_clashing=False)


def weekly_lessons(race_in: Race) -> Callable[[], str]:
    race_in.school.stored_policies |= {"weekly_ahead_days": DAY - 7}
    race_in.school.save()
    sam, ida, course = new_student(race_in.school), new_instructor(race_in.school), new_lessons(race_in.school)
    first = at(DAY - 7)
    plan = WeeklyPlan(sam, payer_of(sam), course, ida, first.isoweekday(), first.time(), first.date())
    series = enroll_weekly(plan, by=OWNER).series
    return lambda: "done" if extend_series(series, until=at(DAY).date()).added else "skipped"


def a_file(race_in: Race) -> Callable[[], str]:
    """That tells of a closed day, and brings the lesson all the same: it has been agreed."""
    new_course(race_in.school, name="Piano")
    new_instructor(race_in.school, name="Ida Teacher")
    hour = hour_at(DAY)
    lesson = {"course": "Piano", "instructors": "Ida Teacher"}
    lesson |= {"starts_at": hour.starts_at.isoformat(), "ends_at": hour.ends_at.isoformat()}

    def act() -> str:
        done = take_in_one(race_in.school, sheet(lesson))
        assert (done.refused, bad(done)) == ("", [])
        return "told" if any("closed" in note for note in done.notes) else "done"

    return act


class Taker(NamedTuple):
    """What wants time, where it keeps the hours, where it looks at them, and what it says when it finds them closed."""

    ready: Callable[[Race], Callable[[], str]]
    keeps: Any
    looks: Any
    refused: str = "school_closed"


TAKERS = {
    "a lesson": Taker(a_lesson, lessons, lessons),
    "a seat in a slot": Taker(a_seat_in_a_slot, rules, rules),
    "a session": Taker(a_session, sessions, rules),
    "a move": Taker(a_move, moving, move_clashes, "time_taken"),
    "slots": Taker(some_slots, slots, slots, "slots_clash"),
    "weekly lessons": Taker(weekly_lessons, generation, looking, "skipped"),
}
FILE = Taker(a_file, actions, timetable, "told")
of_all_takers = pytest.mark.parametrize("taker", TAKERS.values(), ids=TAKERS)


def somebody_waits() -> bool:
    """For hours that somebody else keeps or changes, in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        return bool(cursor.fetchone()[0])


def until(event: Event) -> None:
    """Until that has happened, or waits for whoever is asking."""
    while not event.wait(0.01) and not somebody_waits():
        pass


def taken(school: School) -> int:
    """How many claims lie on the day that is closed."""
    day = at(DAY)
    return (
        Claim.objects.of(school).filter(during__overlap=(day - timedelta(hours=10), day + timedelta(hours=14))).count()
    )


def close_after_the_look(race_in: Race, taker: Taker) -> tuple[str, int, int]:
    """The day is closed after the taker looked and before it writes, if it can be. What the taker said, and how many
    claims there are when it is closed and in the end."""
    act, school = taker.ready(race_in), race_in.school
    looked, closed = Event(), Event()

    class Looking(Opening):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            if not looked.is_set():
                looked.set()
                until(closed)

    def close() -> int:
        looked.wait()
        add_closure(school, at(DAY).date(), at(DAY).date(), "Storm", by=OWNER)
        seen = taken(school)
        closed.set()
        return seen

    with mock.patch.object(taker.looks, "Opening", Looking):
        said, seen = race(lambda one: one(), [act, close])
    return said, seen, taken(school)


@pytest.mark.parametrize("taker", [*TAKERS.values(), FILE], ids=[*TAKERS, "a file"])
def test_who_closes_sees_everything_that_was_taken_before(race_in: Race, taker: Taker):
    before = deadlocks()
    said, seen, in_the_end = close_after_the_look(race_in, taker)
    assert (said, seen) == ("done", in_the_end)
    assert broken(race_in.school) == {}
    assert deadlocks() == before


@pytest.mark.parametrize("taker", [*TAKERS.values(), FILE], ids=[*TAKERS, "a file"])
def test_control_without_keeping_the_hours_a_lesson_comes_that_nobody_sees(race_in: Race, taker: Taker):
    with mock.patch.object(taker.keeps, "keep_hours"):
        said, seen, in_the_end = close_after_the_look(race_in, taker)
    assert said == "done"
    assert seen < in_the_end


@of_all_takers
def test_who_takes_time_waits_for_who_is_closing_it(race_in: Race, taker: Taker):
    act, school = taker.ready(race_in), race_in.school
    closing, done = Event(), Event()
    before, free = deadlocks(), taken(school)

    def take() -> str:
        closing.wait()
        said = act()
        done.set()
        return said

    def close() -> None:
        with transaction.atomic():
            add_closure(school, at(DAY).date(), at(DAY).date(), "Storm", by=OWNER)
            closing.set()
            until(done)

    said, _closed = race(lambda one: one(), [take, close])
    assert (said, taken(school)) == (taker.refused, free)
    assert deadlocks() == before


def test_a_file_that_waited_for_who_is_closing_tells_of_the_closed_day(race_in: Race):
    act, closing = a_file(race_in), Event()

    def take() -> str:
        closing.wait()
        return act()

    def close() -> None:
        with transaction.atomic():
            add_closure(race_in.school, at(DAY).date(), at(DAY).date(), "Storm", by=OWNER)
            closing.set()
            while not somebody_waits():
                pass

    said, _closed = race(lambda one: one(), [take, close])
    assert (said, taken(race_in.school)) == ("told", 1)


def hours_by_file(race_in: Race) -> list[str]:
    """Somebody keeps the hours to take time, and a file changes them: in which order they are done."""
    new_instructor(race_in.school, name="Ida Teacher")
    keeping, brought = Event(), Event()
    done: list[str] = []

    def take() -> None:
        with transaction.atomic():
            keeping_module.keep_hours(race_in.school.pk)
            keeping.set()
            until(brought)
            done.append("taken")

    def bring() -> None:
        keeping.wait()
        hours = {"first_name": "Ida", "last_name": "Teacher", "opening_hours": "Mon 09:00-10:00", "timezone": "UTC"}
        assert take_in_one(race_in.school, sheet(hours)).refused == ""
        done.append("brought")
        brought.set()

    race(lambda one: one(), [take, bring])
    return done


def test_a_file_of_hours_waits_for_who_takes_time(race_in: Race):
    assert hours_by_file(race_in) == ["taken", "brought"]


def test_control_a_file_that_does_not_wait_changes_hours_under_their_hands(race_in: Race):
    with mock.patch.object(actions, "change_hours"):
        assert hours_by_file(race_in) == ["brought", "taken"]
