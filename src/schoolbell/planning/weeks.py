"""What is open and what is taken every week, in minutes of the week by the school's clock, as bits of a whole number.

A week repeats only roughly. Hours count as open when they are so in each of many weeks, in which the clocks may change
here and elsewhere; time counts as taken when it is so in two of the first few, so that a single lesson or a day off
does not stand in the way of lessons every week.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.types.range import TimestamptzRange

from schoolbell.bookings.models import Attendance
from schoolbell.diary.hours import Rule, open_stretches
from schoolbell.diary.models import Claim, OpeningHours, SchoolDiary
from schoolbell.kit.time import Stretch, day_starts
from schoolbell.planning.matching_problem import DAY, WEEK, Span
from schoolbell.planning.models import Window
from schoolbell.planning.promised import promised
from schoolbell.schools.models import School
from schoolbell.timetable.models import Slot

ALL_WEEK: Final = (1 << WEEK) - 1
OPEN_IN: Final = 26  # weeks
TAKEN_IN: Final = 4  # weeks, of which in two
ONE_WEEK: Final = dt.timedelta(days=7)


def mask(spans: Iterable[Span]) -> int:
    bits = 0
    for span in spans:
        bits |= ((1 << span.ends - span.starts) - 1) << span.starts
    return bits


def spans(bits: int) -> tuple[Span, ...]:
    """The stretches of those minutes, in order."""
    found = []
    at = 0
    while rest := bits >> at:
        first = at + (rest & -rest).bit_length() - 1
        run = bits >> first
        length = (~run & (run + 1)).bit_length() - 1
        found.append(Span(first, first + length))
        at = first + length
    return tuple(found)


def spans_of(stretch: Stretch, where: ZoneInfo) -> Iterator[Span]:
    """The minutes of the week that it takes, by the clocks there; one part for each day."""
    starts, ends = stretch.starts_at.astimezone(where), stretch.ends_at.astimezone(where)
    day = starts.date()
    while day <= ends.date():
        first = starts.hour * 60 + starts.minute if day == starts.date() else 0
        last = ends.hour * 60 + ends.minute + bool(ends.second) if day == ends.date() else DAY
        if first < last:
            monday = (day.isoweekday() - 1) * DAY
            yield Span(monday + first, monday + last)
        day += dt.timedelta(days=1)


def _week(first: dt.date, number: int, where: ZoneInfo) -> Stretch:
    return Stretch(day_starts(first + number * ONE_WEEK, where), day_starts(first + (number + 1) * ONE_WEEK, where))


def always_open(rules: Sequence[OpeningHours | Rule], first: dt.date, where: ZoneInfo) -> int:
    """The minutes that these weekly rules open in every week from that day on."""
    bits = ALL_WEEK if rules else 0
    for number in range(OPEN_IN):
        week = _week(first, number, where)
        bits &= mask(span for stretch in open_stretches(rules, week) for span in spans_of(stretch, where))
    return bits


def always_within(windows: Sequence[Window], timezone: str, first: dt.date, where: ZoneInfo) -> int:
    """The same of windows by the clocks of `timezone`."""
    if timezone == where.key:
        return mask(Span(start := one.minute_of_week, start + one.minutes) for one in windows)
    rules = [
        Rule(one.weekday, None, closes=False, starts=one.starts, ends=one.ends, timezone=timezone, valid_from=None,
             valid_until=None)
        for one in windows
    ]  # fmt: skip
    return always_open(rules, first, where)


def weekly_hours(school: School, diaries: Collection[UUID], first: dt.date) -> tuple[dict[UUID, int], int]:
    """Per diary that has weekly hours at all, when they are always open; and when the school is."""
    own = SchoolDiary.objects.of(school).values_list("diary_id", flat=True).first()
    rules: dict[UUID, list[OpeningHours]] = {}
    wanted = [*diaries, *([own] if own else [])]
    for rule in OpeningHours.objects.of(school).filter(diary_id__in=wanted, weekday__isnull=False):
        rules.setdefault(rule.diary_id, []).append(rule)
    found = {diary_id: always_open(weekly, first, school.zone) for diary_id, weekly in rules.items()}
    return found, found.pop(own, ALL_WEEK) if own else ALL_WEEK


@dataclass
class Taken:
    """Of one diary: the minutes that are taken every week, those of them that are lessons, and how many lessons there
    are on each day, Monday first."""

    weeks: list[int] = field(default_factory=lambda: [0] * TAKEN_IN)
    lesson_weeks: list[int] = field(default_factory=lambda: [0] * TAKEN_IN)
    per_day: list[list[int]] = field(default_factory=lambda: [[0] * 7 for _ in range(TAKEN_IN)])

    def add(self, number: int, stretch: Stretch, where: ZoneInfo, *, is_lesson: bool) -> None:
        bits = mask(spans_of(stretch, where))
        self.weeks[number] |= bits
        if is_lesson:
            self.lesson_weeks[number] |= bits
            self.per_day[number][stretch.starts_at.astimezone(where).isoweekday() - 1] += 1

    @property
    def minutes(self) -> int:
        return _twice(self.weeks)

    @property
    def taught(self) -> int:
        return _twice(self.lesson_weeks)

    @property
    def lessons(self) -> tuple[int, ...]:
        """As many as there are in two of the weeks."""
        return tuple(sorted(week[day] for week in self.per_day)[-2] for day in range(7))


def _twice(weeks: Iterable[int]) -> int:
    once = twice = 0
    for bits in weeks:
        twice |= once & bits
        once |= bits
    return twice


def weekly_taken(
    school: School, diaries: Collection[UUID], first: dt.date, *, apart_from: Collection[UUID] = ()
) -> Mapping[UUID, Taken]:
    """What is claimed in the weeks from that day on, and what series will claim that were not put so far ahead yet;
    `apart_from` are series whose time is not counted."""
    where = school.zone
    found = {diary_id: Taken() for diary_id in diaries}
    whole = Stretch(day_starts(first, where), day_starts(first + TAKEN_IN * ONE_WEEK, where))
    claims = Claim.objects.of(school).filter(
        diary_id__in=list(found), during__overlap=TimestamptzRange(whole.starts_at, whole.ends_at), waived=False
    )
    if apart_from:
        slots = Slot.objects.of(school).filter(session__series_id__in=apart_from)
        seats = Attendance.objects.of(school).filter(slot__session__series_id__in=apart_from)
        claims = claims.exclude(source__in=slots.values("id")).exclude(source__in=seats.values("id"))
    for diary_id, kind, during in claims.values_list("diary_id", "kind", "during"):
        for number in range(TAKEN_IN):
            week = _week(first, number, where)
            starts_at, ends_at = max(during.lower, week.starts_at), min(during.upper, week.ends_at)
            if starts_at < ends_at:
                found[diary_id].add(number, Stretch(starts_at, ends_at), where, is_lesson=kind == Claim.Kind.LESSON)
    last = first + TAKEN_IN * ONE_WEEK - dt.timedelta(days=1)
    for diary_id, day, stretch in promised(school, first, last, apart_from=apart_from):
        if diary_id in found:
            found[diary_id].add(min((day - first).days // 7, TAKEN_IN - 1), stretch, where, is_lesson=True)
    return found
