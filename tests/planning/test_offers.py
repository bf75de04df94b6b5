"""Whatever is offered can be booked; whatever is not offered, for reasons of time, is refused.

Small schools are made at random: hours in zones of their own around changes of the clocks, lessons, time off, rooms,
published sessions, holds that ran out. What should be offered is found a second time here, from UTC's side, five
minutes at a time.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from drawing import examples
from factories import (
    OWNER,
    be_busy,
    buy_lesson,
    buy_seat,
    let_hold_run_out,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
)
from invariants import broken
from schoolbell.bookings.refusals import SessionFull, TooFarAhead, TooLateToBook
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.claims import Wanted, claim_time
from schoolbell.diary.refusals import OutsideOpeningHours, TimeTaken
from schoolbell.kit.ids import new_id
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch, now
from schoolbell.planning.free_times import FreeTime, free_times
from schoolbell.planning.refusals import OffGrid
from schoolbell.timetable.models import Session

# Days at whose beginning the clocks change somewhere; the tests look at a day and a half around it.
PLACES = [
    ("Europe/London", dt.datetime(2026, 10, 25, tzinfo=UTC)),
    ("Europe/London", dt.datetime(2027, 3, 28, tzinfo=UTC)),
    ("America/New_York", dt.datetime(2027, 3, 14, tzinfo=UTC)),
    ("Australia/Lord_Howe", dt.datetime(2027, 4, 3, 12, tzinfo=UTC)),
    ("Australia/Lord_Howe", dt.datetime(2027, 10, 2, 12, tzinfo=UTC)),
    ("Africa/Casablanca", dt.datetime(2027, 2, 7, tzinfo=UTC)),
    ("Asia/Kathmandu", dt.datetime(2027, 1, 10, tzinfo=UTC)),
    ("Pacific/Apia", dt.datetime(2027, 1, 10, tzinfo=UTC)),
]
STEP, DAY = dt.timedelta(minutes=5), dt.timedelta(days=1)
OF_TIME = (TimeTaken, OutsideOpeningHours, OffGrid, TooLateToBook, TooFarAhead)

WALL = st.one_of(st.just(0), st.integers(0, 24 * 12 - 1)).map(lambda n: dt.time(n // 12, n % 12 * 5))
HOURS = st.tuples(
    WALL, WALL, st.sampled_from([zone for zone, _day in PLACES]), st.sampled_from(["day", "date"]), st.integers(-1, 1)
)
SPAN = st.tuples(st.integers(0, 36 * 12), st.sampled_from([3, 6, 9, 12, 24]))  # from, and how many five minutes


@dataclass
class Made:
    """What was made, as plain values: the second way of finding out uses nothing else."""

    hours: dict[UUID, list[tuple[Any, ...]]] = field(default_factory=dict)  # by diary
    taken: dict[UUID, list[Stretch]] = field(default_factory=dict)
    always_open: set[UUID] = field(default_factory=set)

    def is_open(self, diary_id: UUID, moment: dt.datetime) -> bool:
        rules = self.hours.get(diary_id, [])
        if not rules and diary_id in self.always_open:
            return True
        near = [moment.date() + DAY * offset for offset in range(-2, 3)]
        return any(
            instant_of(day, starts, zone) <= moment < instant_of(day if ends != dt.time() else day + DAY, ends, zone)
            for starts, ends, zone, weekday, date in rules
            for day in near
            if (day == date if date else day.isoweekday() == weekday)
        )

    def is_free(self, diary_id: UUID, during: Stretch) -> bool:
        moments = (during.starts_at + STEP * n for n in range(during.minutes // 5))
        clash = any(during.overlaps(one) for one in self.taken.get(diary_id, []))
        return not clash and all(self.is_open(diary_id, moment) for moment in moments)


def instant_of(day: dt.date, wall: dt.time, zone: str) -> dt.datetime:
    """RFC 5545: what the clocks skip is as they would have shown it, and of two the first."""
    return dt.datetime.combine(day, wall, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "place": draw(st.sampled_from(PLACES)),
        "grid": draw(st.sampled_from([15, 30])),
        "minutes": draw(st.sampled_from([25, 30, 45, 60])),
        "notice": draw(st.sampled_from([0, 60 * 24 * 3])),
        "instructors": draw(st.lists(st.lists(HOURS, max_size=3), min_size=1, max_size=3)),
        "rooms": draw(st.none() | st.lists(st.lists(HOURS, max_size=1), min_size=1, max_size=2)),
        "busy": draw(st.lists(st.tuples(st.integers(0, 4), SPAN), max_size=3)),
        "lessons": draw(st.lists(st.tuples(st.integers(0, 4), SPAN), max_size=3)),
        "sessions": draw(st.lists(st.tuples(SPAN, st.sampled_from(["open", "full", "overdue"])), max_size=2)),
        "overdue": draw(st.integers(0, 2)),
        "off_grid": draw(st.lists(st.integers(0, 36 * 60), min_size=2, max_size=4)),
        "pick": draw(st.randoms(use_true_random=False)),
    }


class World:
    """A school made by a plan."""

    def __init__(self, plan: dict[str, Any]) -> None:
        zone, self.base = plan["place"]
        self.made, self.plan = Made(), plan
        self.school = new_school(timezone=zone, start_grid_minutes=plan["grid"], notice_minutes=plan["notice"])
        rooms = plan["rooms"]
        kind = "" if rooms is None else "venue"
        self.course = new_lessons(self.school, duration_minutes=plan["minutes"], resource_kind=kind)
        self.instructors = [new_instructor(self.school, hours=False) for _ in plan["instructors"]]
        self.rooms = [new_resource(self.school) for _ in rooms or []]
        for instructor, hours in zip(self.instructors, plan["instructors"], strict=True):
            self.open(instructor.person.diary, hours)
        for room, hours in zip(self.rooms, rooms or [], strict=True):
            self.made.always_open.add(room.diary_id)
            self.open(room.diary, hours)
        self.diaries = [one.person.diary_id for one in self.instructors] + [room.diary_id for room in self.rooms]
        for which, span in plan["lessons"]:
            self.take(self.diaries[which % len(self.diaries)], self.stretch(span), busy=False)
        for which, span in plan["busy"]:
            self.take(self.diaries[which % len(self.diaries)], self.stretch(span), busy=True)
        self.sessions = [session for one in plan["sessions"] if (session := self.session(*one))]
        for _ in range(plan["overdue"]):
            self.let_a_lesson_be_held_too_long()

    @property
    def within(self) -> Stretch:
        return Stretch(self.base - dt.timedelta(hours=6), self.base + dt.timedelta(hours=30))

    def stretch(self, span: tuple[int, int]) -> Stretch:
        starts_at = self.within.starts_at + STEP * span[0]
        return Stretch(starts_at, starts_at + STEP * span[1])

    def open(self, diary: Any, hours: list[tuple[Any, ...]]) -> None:
        for starts, ends, zone, kind, offset in hours:
            day = self.base.date() + dt.timedelta(days=offset)
            when = {"weekday": day.isoweekday()} if kind == "day" else {"date": day}
            try:
                add_opening_hours(diary, starts=starts, ends=ends, timezone=zone, by=OWNER, **when)
            except InputRefused:  # they overlap others, or are none
                continue
            rule = (starts, ends, zone, when.get("weekday"), when.get("date"))
            self.made.hours.setdefault(diary.pk, []).append(rule)

    def take(self, diary_id: UUID, during: Stretch, *, busy: bool) -> bool:
        if any(during.overlaps(one) for one in self.made.taken.get(diary_id, [])):
            return False
        if busy:
            be_busy(diary_id, self.school, during)
        else:
            claim_time(self.school.pk, [Wanted(diary_id, during, new_id())])
        self.made.taken.setdefault(diary_id, []).append(during)
        return True

    def session(self, span: tuple[int, int], state: str) -> tuple[Session, str] | None:
        during, instructor = self.stretch(span), self.instructors[0]
        if any(during.overlaps(one) for one in self.made.taken.get(instructor.person.diary_id, [])):
            return None
        session = new_session(self.course, during, instructors=[instructor])
        self.made.taken.setdefault(instructor.person.diary_id, []).append(during)
        if state != "open":
            booking = buy_seat(session, new_student(self.school))
            if state == "overdue":
                let_hold_run_out(booking)
        return session, state

    def let_a_lesson_be_held_too_long(self) -> None:
        """It is in nobody's way, so it is not among what is taken."""
        lessons = [free for free in self.offers() if free.session is None]
        if lessons:
            free = self.plan["pick"].choice(lessons)
            let_hold_run_out(buy_lesson(self.course, new_student(self.school), free.during.starts_at))

    def offers(self) -> list[FreeTime]:
        return free_times(self.school, self.course, self.within)

    def attempt_lesson(self, starts_at: dt.datetime, *, instructor_id: UUID | None = None) -> Stretch:
        """The lesson that is got. Nothing stays of it."""
        return self._attempt(buy_lesson, self.course, starts_at=starts_at, instructor_id=instructor_id)

    def attempt_seat(self, session: Session) -> Stretch:
        return self._attempt(buy_seat, session)

    def _attempt(self, buy: Any, what: Any, **more: Any) -> Stretch:
        with transaction.atomic():
            session = buy(what, new_student(self.school), **more).session
            assert broken(self.school) == {}
            transaction.set_rollback(True)
        return Stretch(session.starts_at, session.ends_at)

    def expected(self) -> set[tuple[UUID, dt.datetime]]:
        """By looking at every five minutes: instructor and start of every lesson that can be given."""
        found = set()
        lasts = dt.timedelta(minutes=self.course.duration_minutes)
        moment = self.within.starts_at
        while moment < self.within.ends_at:
            there = moment.astimezone(self.school.zone)
            on_grid = (there.hour * 60 + there.minute) % self.plan["grid"] == 0 and there.fold == 0
            if on_grid and moment >= now() + dt.timedelta(minutes=self.plan["notice"]):
                during = Stretch(moment, moment + lasts)
                if self.plan["rooms"] is None or any(self.made.is_free(room.diary_id, during) for room in self.rooms):
                    for instructor in self.instructors:
                        if self.made.is_free(instructor.person.diary_id, during):
                            found.add((instructor.pk, moment))
            moment += STEP
        return found


@pytest.mark.django_db
@examples(15)
@given(plans())
def test_what_is_offered_can_be_booked_and_what_is_not_is_refused(plan):
    _zone, base = plan["place"]
    with time_machine.travel(base - dt.timedelta(days=3), tick=False), transaction.atomic():
        world = World(plan)
        offers = world.offers()
        lessons = {(free.instructor.pk, free.during.starts_at): free.during for free in offers if free.session is None}
        assert set(lessons) == world.expected()
        check_lessons(world, lessons)
        check_sessions(world, {free.session.pk: free.seats_left for free in offers if free.session})
        assert broken(world.school) == {}
        transaction.set_rollback(True)


def check_lessons(world: World, lessons: dict[tuple[UUID, dt.datetime], Stretch]) -> None:
    pick = world.plan["pick"]
    for (instructor_id, starts_at), during in pick.sample(sorted(lessons.items()), min(3, len(lessons))):
        assert world.attempt_lesson(starts_at, instructor_id=instructor_id) == during
        assert world.attempt_lesson(starts_at) == during
    offered = {starts_at for _instructor_id, starts_at in lessons}
    on_grid = [world.within.starts_at + dt.timedelta(minutes=15 * n) for n in range(36 * 4)]
    anywhere = [world.within.starts_at + dt.timedelta(minutes=n) for n in world.plan["off_grid"]]
    for starts_at in [*pick.sample(on_grid, 6), *anywhere]:
        if starts_at not in offered:
            with pytest.raises(OF_TIME):
                world.attempt_lesson(starts_at)
    for instructor in world.instructors:
        starts_at = pick.choice(on_grid)
        if (instructor.pk, starts_at) not in lessons:
            with pytest.raises(OF_TIME):
                world.attempt_lesson(starts_at, instructor_id=instructor.pk)


def check_sessions(world: World, offered: dict[UUID, int]) -> None:
    earliest = now() + dt.timedelta(minutes=world.plan["notice"])
    assert offered == {
        session.pk: 1 for session, state in world.sessions if state != "full" and session.starts_at >= earliest
    }
    for session, state in world.sessions:
        if state == "full":
            with pytest.raises(SessionFull):
                world.attempt_seat(session)
        else:
            assert world.attempt_seat(session) == Stretch(session.starts_at, session.ends_at)
