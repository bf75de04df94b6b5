"""Small schools drawn at random, and the same school as plain lists that are asked at every five minutes.

What the lists say is worked out here anew: nothing of the search, of hours or of rules is used for it.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

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
    new_session,
    new_student,
)
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.models import Closure
from schoolbell.diary.school_hours import school_diary
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
STEP = 5 * MINUTE
HOURS_AHEAD = 4 * 24

# Zones, each on a noon (UTC) shortly before its clocks do something.
PLACES = {
    "Europe/London": dt.datetime(2027, 3, 26, 12, tzinfo=UTC),
    "America/New_York": dt.datetime(2027, 3, 12, 12, tzinfo=UTC),
    "Australia/Lord_Howe": dt.datetime(2027, 4, 2, 12, tzinfo=UTC),  # by half an hour
    "Africa/Casablanca": dt.datetime(2027, 2, 5, 12, tzinfo=UTC),  # for Ramadan
    "Pacific/Apia": dt.datetime(2011, 12, 28, 12, tzinfo=UTC),  # 30 December never was
    "Asia/Kathmandu": dt.datetime(2027, 3, 26, 12, tzinfo=UTC),
}


@dataclass(frozen=True)
class Hours:
    """On a weekday or on one date, between hours of the clock in a zone; `closes` takes away."""

    weekday: int | None
    date: dt.date | None
    starts: dt.time
    ends: dt.time
    zone: str
    closes: bool = False
    first: dt.date | None = None
    last: dt.date | None = None

    def stretches(self, around: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
        """As instants. A time that the clocks skip counts as they would have shown it; one that comes twice is the
        first: RFC 5545."""
        found = []
        for offset in range(-3, HOURS_AHEAD // 24 + 4):
            day = around.date() + offset * DAY
            on = day == self.date if self.date else day.isoweekday() == self.weekday
            held = (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
            starts_at = self._at(day, self.starts)
            ends_at = self._at(day + DAY if self.ends == dt.time() else day, self.ends)
            never_was = self._at(day, dt.time()) == self._at(day + DAY, dt.time())
            if on and held and starts_at < ends_at and not never_was:
                found.append((starts_at, ends_at))
        return found

    def _at(self, day: dt.date, wall: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, wall, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True)
class Given:
    """A lesson that is there."""

    during: Stretch
    course: str  # "own", or "class"
    venue: int | None


@dataclass(frozen=True)
class Pauses:
    before: int
    after: int


@dataclass(frozen=True)
class Drawn:
    """Hours count from the noon on which everything starts; diaries are instructors by number, rooms behind them."""

    zone: str
    minutes: int
    grid: int
    notice: int
    ahead: int  # days
    pauses: dict[str, Pauses]  # by course
    shared: bool
    travel: int
    most_a_day: int | None
    week_hours: int | None
    people: tuple[tuple[Hours, ...], ...]
    rooms: tuple[tuple[Hours, ...], ...] | None  # None: no room is needed
    school: tuple[Hours, ...]
    lessons: tuple[tuple[int, int, int, str], ...]  # instructor, hour, room, course
    busy: tuple[tuple[int, int, int], ...]  # diary, hour, minutes
    closed: tuple[int, ...]  # days from the first
    slots: tuple[tuple[int, int], ...]  # a coach's: instructor, hour
    classes: tuple[tuple[int, int], ...]  # instructor, hour
    student: tuple[int, ...] | None  # the hours in which who asks has something else; None: nobody asks by name


QUARTERS = st.integers(0, 24 * 4 - 1).map(lambda n: dt.time(n // 4, n % 4 * 15))


def usual(place: str) -> st.SearchStrategy[list[Hours]]:
    """The same hours on every day that is looked at: by day, around the clock, by night, or only those of a change."""
    days = [PLACES[place].date() + offset * DAY for offset in range(6)]
    clocks = ["06:00–22:00", "00:00–00:00", "00:30–14:15", "02:00–00:00"]
    walls = [tuple(map(dt.time.fromisoformat, one.split("–"))) for one in clocks]
    return st.sampled_from(walls).map(lambda pair: [Hours(day.isoweekday(), None, *pair, place) for day in days])


@st.composite
def exceptions(draw: st.DrawFn, place: str) -> Hours:
    """Hours more, in some zone, on a date or on a weekday for a while; or fewer."""
    day = PLACES[place].date() + draw(st.integers(0, 4)) * DAY
    starts, ends = draw(QUARTERS), draw(st.just(dt.time()) | QUARTERS)
    zone = draw(st.sampled_from([place, "Asia/Kathmandu", "America/New_York"]))
    kind = draw(st.sampled_from(["closes", "date", "from", "until", "once"]))
    if kind in ("closes", "date"):
        return Hours(None, day, starts, ends, zone, closes=kind == "closes")
    first, last = day if kind != "until" else None, day + DAY if kind != "from" else None
    return Hours((day + DAY).isoweekday(), None, starts, ends, zone, False, first, last)


@st.composite
def diaries(draw: st.DrawFn, place: str) -> tuple[Hours, ...]:
    return tuple(draw(usual(place)) + draw(st.lists(exceptions(place), max_size=2)))


@st.composite
def schools(draw: st.DrawFn) -> Drawn:
    place = draw(st.sampled_from(sorted(PLACES)))
    people = draw(st.integers(1, 2))
    room = st.lists(exceptions(place), max_size=1).map(tuple) | diaries(place)
    rooms = draw(st.lists(room, min_size=1, max_size=2).map(tuple) | st.none())
    number = st.integers(0, people - 1)
    hour = st.integers(1, HOURS_AHEAD - 3)
    anybody = st.integers(0, people + len(rooms or ()) - 1)
    pauses = st.sampled_from([Pauses(20, 20), Pauses(0, 35), Pauses(15, 40), Pauses(0, 0)])
    courses = st.sampled_from(["own", "class"])
    return Drawn(
        zone=place,
        minutes=draw(st.sampled_from([30, 45, 60])),
        grid=draw(st.sampled_from([15, 30])),
        notice=draw(st.sampled_from([0, 90])),
        ahead=draw(st.sampled_from([30, 30, 2])),
        pauses={"own": draw(pauses), "class": draw(pauses)},
        shared=draw(st.booleans()),
        travel=draw(st.sampled_from([75, 0])),
        most_a_day=draw(st.sampled_from([None, 2, 1])),
        week_hours=draw(st.sampled_from([None, 3])),
        people=tuple(draw(diaries(place)) for _ in range(people)),
        rooms=rooms,
        school=draw(diaries(place) | st.just(())),
        lessons=tuple(draw(st.lists(st.tuples(number, hour, st.integers(0, 2), courses), min_size=1, max_size=5))),
        busy=tuple(draw(st.lists(st.tuples(anybody, hour, st.sampled_from([25, 130])), max_size=3))),
        closed=tuple(draw(st.lists(st.integers(0, 4), max_size=1))),
        slots=tuple(draw(st.lists(st.tuples(number, hour), max_size=2))),
        classes=tuple(draw(st.lists(st.tuples(number, hour), max_size=1))),
        student=draw(st.lists(hour, min_size=1, max_size=3).map(tuple) | st.none()),
    )


class Plain:
    """The school as lists. `taken`, `lessons` and `open` are by diary: ("person", 0), ("room", 1), ("student", 0)."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn, self.noon = drawn, PLACES[drawn.zone]
        self.clock = ZoneInfo(drawn.zone)
        self.taken: dict[tuple[str, int], list[Stretch]] = {}
        self.lessons: dict[tuple[str, int], list[Given]] = {}
        self.rules: dict[tuple[str, int], list[Hours]] = {}
        self._times: dict[Hours, list[tuple[dt.datetime, dt.datetime]]] = {}

    def at(self, hour: float) -> dt.datetime:
        return self.noon + hour * HOUR

    @property
    def within(self) -> Stretch:
        return Stretch(self.noon, self.at(HOURS_AHEAD))

    def is_free(self, diary: tuple[str, int], during: Stretch) -> bool:
        return not any(one.overlaps(during) for one in self.taken.get(diary, ()))

    def takes(self, diary: tuple[str, int], during: Stretch) -> None:
        self.taken.setdefault(diary, []).append(during)

    def gives(self, diary: tuple[str, int], lesson: Given) -> None:
        self.takes(diary, lesson.during)
        self.lessons.setdefault(diary, []).append(lesson)

    def starts(self, place: int) -> list[dt.datetime]:
        """Of all lessons that this instructor could give."""
        steps = range(HOURS_AHEAD * 12)
        return [at for at in (self.noon + step * STEP for step in steps) if self.can_start(place, at)]

    def can_start(self, place: int, at: dt.datetime) -> bool:
        drawn, local = self.drawn, at.astimezone(self.clock)
        if local.fold or (local.hour * 60 + local.minute) % drawn.grid or not self.in_time(at):
            return False
        during = Stretch(at, at + drawn.minutes * MINUTE)
        person = ("person", place)
        if (
            self.is_closed(during)
            or not self._is_open(person, during, always=False)
            or not self.is_free(person, during)
        ):
            return False
        if drawn.student is not None and not self.is_free(("student", 0), during):
            return False
        if drawn.rooms is None:
            return self._keeps_rules(person, Given(during, "own", None))
        return any(
            self._is_open(("room", room), during, always=True)
            and self.is_free(("room", room), during)
            and self._keeps_rules(person, Given(during, "own", room))
            and self._keeps_pauses(("room", room), Given(during, "own", room))
            for room in range(len(drawn.rooms))
        )

    def in_time(self, at: dt.datetime) -> bool:
        return self.noon + self.drawn.notice * MINUTE <= at <= self.noon + self.drawn.ahead * DAY

    def is_closed(self, during: Stretch) -> bool:
        return self.is_holiday(during) or not self._is_open(("school", 0), during, always=True)

    def is_holiday(self, during: Stretch) -> bool:
        closed = [self._day(self.noon) + day * DAY for day in self.drawn.closed]
        return any(self._day(at) in closed for at in moments(during))

    def _day(self, at: dt.datetime) -> dt.date:
        return at.astimezone(self.clock).date()

    def is_room_open(self, room: int, during: Stretch) -> bool:
        return self._is_open(("room", room), during, always=True)

    def _is_open(self, diary: tuple[str, int], during: Stretch, *, always: bool) -> bool:
        rules = self.rules.get(diary, [])
        opens = [one for rule in rules if not rule.closes for one in self._stretches(rule)]
        closes = [one for rule in rules if rule.closes for one in self._stretches(rule)]
        without_hours = always and all(rule.closes for rule in rules)
        return all(
            (without_hours or any(starts <= at < ends for starts, ends in opens))
            and not any(starts <= at < ends for starts, ends in closes)
            for at in moments(during)
        )

    def _stretches(self, rule: Hours) -> list[tuple[dt.datetime, dt.datetime]]:
        if rule not in self._times:
            self._times[rule] = rule.stretches(self.noon)
        return self._times[rule]

    def _keeps_rules(self, person: tuple[str, int], lesson: Given) -> bool:
        return (
            self._keeps_pauses(person, lesson)
            and self._keeps_ways(person, lesson)
            and self._is_not_too_much(person, lesson)
        )

    def _keeps_pauses(self, diary: tuple[str, int], lesson: Given) -> bool:
        for other in self.lessons.get(diary, ()):
            earlier, later = sorted((lesson, other), key=lambda one: one.during)
            pauses = self.drawn.pauses[earlier.course].after, self.drawn.pauses[later.course].before
            pause = max(pauses) if self.drawn.shared else sum(pauses)
            if later.during.starts_at - earlier.during.ends_at < pause * MINUTE:
                return False
        return True

    def _keeps_ways(self, person: tuple[str, int], lesson: Given) -> bool:
        """From the venue where they were last, to the one where they are next."""
        if lesson.venue is None:
            return True
        placed = [one for one in self.lessons.get(person, ()) if one.venue is not None]
        before = [one for one in placed if one.during.ends_at <= lesson.during.starts_at]
        after = [one for one in placed if one.during.starts_at >= lesson.during.ends_at]
        last = max(before, key=lambda one: one.during, default=lesson)
        following = min(after, key=lambda one: one.during, default=lesson)
        way = self.drawn.travel * MINUTE
        late = last.venue != lesson.venue and lesson.during.starts_at - last.during.ends_at < way
        hurried = following.venue != lesson.venue and following.during.starts_at - lesson.during.ends_at < way
        return not late and not hurried

    def _is_not_too_much(self, person: tuple[str, int], lesson: Given) -> bool:
        drawn, day = self.drawn, self._day(lesson.during.starts_at)
        theirs = self.lessons.get(person, [])
        if drawn.most_a_day and sum(self._day(one.during.starts_at) == day for one in theirs) >= drawn.most_a_day:
            return False
        week = day.isocalendar()[:2]
        same_week = [one for one in theirs if self._day(one.during.starts_at).isocalendar()[:2] == week]
        minutes = sum(one.during.minutes for one in [*same_week, lesson])
        return drawn.week_hours is None or minutes <= drawn.week_hours * 60


def moments(during: Stretch) -> list[dt.datetime]:
    return [during.starts_at + step * STEP for step in range(during.minutes // 5)]


class Built:
    """The same school in earnest."""

    def __init__(self, plain: Plain) -> None:
        drawn = plain.drawn
        self.plain = plain
        self.school = new_school(
            timezone=drawn.zone,
            start_grid_minutes=drawn.grid,
            notice_minutes=240,
            furthest_ahead_days=drawn.ahead,
            buffers_shared=drawn.shared,
            travel_minutes=drawn.travel,
            buffer_before_minutes=drawn.pauses["class"].before,
            buffer_after_minutes=drawn.pauses["class"].after,
            max_hours_per_week=drawn.week_hours,
        )
        self.venues = [new_resource(self.school, name=f"Venue {place}") for place in range(2)]
        self.rooms = self.venues[: len(drawn.rooms or ())]
        for spare in self.venues[len(self.rooms) :] if drawn.rooms is not None else ():
            spare.is_active = False
            spare.save()
        own = {
            "notice_minutes": drawn.notice,
            "most_lessons_a_day": drawn.most_a_day,
            "buffer_before_minutes": drawn.pauses["own"].before,
            "buffer_after_minutes": drawn.pauses["own"].after,
        }
        kind = "" if drawn.rooms is None else "venue"
        self.course = new_lessons(self.school, duration_minutes=drawn.minutes, resource_kind=kind, overrides=own)
        self.classes = new_course(self.school, name="Class")
        self.people = [new_instructor(self.school, hours=False, name=f"Number {n}") for n in range(len(drawn.people))]
        self.student = new_student(self.school)
        for number, hours in enumerate(drawn.people):
            self._open(("person", number), self.people[number].person.diary, hours)
        for number, hours in enumerate(drawn.rooms or ()):
            self._open(("room", number), self.venues[number].diary, hours)
        for number, hour, venue, course in drawn.lessons:
            self._give(number, Stretch(plain.at(hour), plain.at(hour + 1)), course, venue if venue < 2 else None)
        for number, hour, minutes in drawn.busy:
            self._be_busy(number, Stretch(plain.at(hour), plain.at(hour) + minutes * MINUTE))
        for hour in drawn.student or ():
            during = Stretch(plain.at(hour), plain.at(hour + 1))
            if plain.is_free(("student", 0), during):
                be_busy(self.student.person.diary_id, self.school, during)
                plain.takes(("student", 0), during)
        self.group = self._put(drawn.classes, self.classes, "class")
        self.slots = self._put(drawn.slots, self.course, "own", capacity=1)
        if drawn.school:  # after the sessions: nothing of them is meant to be where it is closed
            self._open(("school", 0), school_diary(self.school), drawn.school)
        for day in drawn.closed:
            closed = plain.noon.astimezone(plain.clock).date() + day * DAY
            Closure(school=self.school, first_day=closed, last_day=closed, name="Closed").save(force_insert=True)

    def _open(self, key: tuple[str, int], diary: Any, hours: tuple[Hours, ...]) -> None:
        for one in hours:
            try:
                add_opening_hours(
                    diary, weekday=one.weekday, date=one.date, closes=one.closes, starts=one.starts, ends=one.ends,
                    timezone=one.zone, valid_from=one.first, valid_until=one.last, by=OWNER,
                )  # fmt: skip
            except InputRefused:  # they are none, or overlap others
                continue
            self.plain.rules.setdefault(key, []).append(one)

    def _give(self, number: int, during: Stretch, course: str, venue: int | None) -> Any:
        """A session with that instructor, if everybody is free: nothing of rules and hours is asked."""
        person, place = ("person", number), ("room", venue or 0)
        plain = self.plain
        if not plain.is_free(person, during) or (venue is not None and not plain.is_free(place, during)):
            return None
        if venue is not None and not self.venues[venue].is_active:
            venue = None
        resource = None if venue is None else self.venues[venue]
        session = new_session(
            self.course if course == "own" else self.classes, during, instructors=[self.people[number]],
            resource=resource, publish=False, despite_rules=True, despite_closed=True,
        )  # fmt: skip
        plain.gives(person, Given(during, course, venue))
        if venue is not None:
            plain.gives(place, Given(during, course, venue))
        return session

    def _be_busy(self, number: int, during: Stretch) -> None:
        people = len(self.people)
        key = ("person", number) if number < people else ("room", number - people)
        diary_id = self.people[number].person.diary_id if number < people else self.rooms[number - people].diary_id
        if self.plain.is_free(key, during):
            be_busy(diary_id, self.school, during)
            self.plain.takes(key, during)

    def _put(self, wanted: Any, course: Any, name: str, **values: Any) -> list[Any]:
        """Published sessions, some of them with a seat left."""
        found = []
        for number, hour in wanted:
            during, person = Stretch(self.plain.at(hour), self.plain.at(hour + 1)), ("person", number)
            if self.plain.is_free(person, during):
                instructors = [self.people[number]]
                found.append(new_session(course, during, instructors=instructors, despite_rules=True, **values))
                self.plain.gives(person, Given(during, name, None))
        return found

    def fill(self, session: Any) -> None:
        buy_seat(session, new_student(self.school))
