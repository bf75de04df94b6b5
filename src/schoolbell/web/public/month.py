"""A month of a course in which to choose a day, and the times of that day."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schoolbell.catalogue.models import Course
from schoolbell.kit.time import Stretch, day_starts, local_day, now
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.free_times import FreeTime, FreeTimes
from schoolbell.planning.offers import last_offer_start
from schoolbell.schools.models import School
from schoolbell.web.public.addresses import course_href, written
from schoolbell.web.public.learners import learner_said

LOOKED_AHEAD: Final = 3  # months, for the first one with something free
FEW_DAYS: Final = 3  # fewer than these at the end of a month are no choice: the next one is shown
LATE: Final = 25
NAMES_SAID: Final = 2


@dataclass(frozen=True, slots=True)
class View:
    """How somebody looks at a course: in whose time, for whose lessons, on which day, with which start chosen; for
    `learner` among their `learners`, if they have any. `knows_it`: who has lessons of the course has no first one."""

    school: School
    course: Course
    where: ZoneInfo
    trial: bool = False
    instructor_id: UUID | None = None
    month: dt.date | None = None
    day: dt.date | None = None
    at: dt.datetime | None = None
    learner: Student | None = None
    learners: Sequence[Student] = ()
    knows_it: bool = False

    @property
    def student(self) -> str:
        """How an address names the learner."""
        return learner_said(self.learner, self.learners)

    def href(self, anchor: str = "when") -> str:
        """The address of this view."""
        return course_href(
            self.school,
            self.course.pk,
            anchor,
            kind="" if self.trial or self.course.trial_price is None else "single",
            instructor=self.instructor_id,
            student=self.student,
            month=f"{self.month:%Y-%m}" if self.month else "",
            day=self.day,
            at=written(self.at) if self.at else "",
        )

    def with_(self, **changes: object) -> "View":
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class StartToChoose:
    """A start of a lesson, with everybody who could teach it."""

    starts_at: dt.datetime
    href: str
    note: str
    ways: Sequence[FreeTime]


@dataclass(frozen=True, slots=True)
class Month:
    """`counts` of starts per day, and the `times` of a day in it; the addresses of the months beside, empty where there
    is nothing to see."""

    first: dt.date
    counts: dict[dt.date, int]
    times: Callable[[dt.date], list[FreeTime]]
    today: dt.date
    link: str
    earlier: str
    later: str


def month_of(view: View) -> Month:
    """The month asked for; else that of the day asked for; else the first one with something free, or the one after it
    where only its last days are left."""
    today = local_day(now(), view.where)
    this = today.replace(day=1)
    months = _Months(view)
    if view.month or view.day:
        first = (view.month or view.day or today).replace(day=1)
    else:
        coming = [this]
        for _try in range(LOOKED_AHEAD):
            coming.append(_next(coming[-1]))
        if today.day > LATE:
            months.read(this, until=_next(_next(this)))
        first = next((one for one in coming if months.counts(one)), this)
        is_no_choice = first == this and 0 < len(months.counts(this)) < FEW_DAYS and today.day > LATE
        if is_no_choice and len(months.counts(_next(this))) >= FEW_DAYS:
            first = _next(this)
    blank = view.with_(day=None, at=None)
    return Month(
        first,
        months.counts(first),
        months.times,
        today,
        blank.with_(month=None, day=dt.date(1900, 1, 1)).href().replace("1900-01-01", "{day}"),
        blank.with_(month=_previous(first)).href() if first > this else "",
        blank.with_(month=_next(first)).href() if _next(first) <= _last_day(view) else "",
    )


class _Months:
    """What can be booked, read a month at a time, or several at once, as it is asked for."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._free: dict[dt.date, FreeTimes] = {}
        self._counts: dict[dt.date, dict[dt.date, int]] = {}

    def read(self, first: dt.date, *, until: dt.date) -> None:
        view = self.view
        within = self._within(first, until)
        free = FreeTimes(view.school, view.course, within, instructor_id=view.instructor_id, student=view.learner)
        while first < until:
            self._free[first] = free
            first = _next(first)

    def counts(self, first: dt.date) -> dict[dt.date, int]:
        """Of starts per day of a month."""
        if first not in self._counts:
            within = self._within(first, _next(first))
            starts = self._month(first).starts(within) if within.ends_at > now() else []
            self._counts[first] = dict(Counter(local_day(start, self.view.where) for start in starts))
        return self._counts[first]

    def times(self, day: dt.date) -> list[FreeTime]:
        """All that can be booked on that day."""
        within = self._within(day, day + dt.timedelta(days=1))
        return list(self._month(day.replace(day=1)).times(within)) if within.ends_at > now() else []

    def _month(self, first: dt.date) -> FreeTimes:
        if first not in self._free:
            self.read(first, until=_next(first))
        return self._free[first]

    def _within(self, first: dt.date, until: dt.date) -> Stretch:
        return Stretch(day_starts(first, self.view.where), day_starts(until, self.view.where))


def _last_day(view: View) -> dt.date:
    last = last_offer_start(view.school, view.course) or now()
    if view.course.format == Course.Format.ONE_TO_ONE:
        last = max(last, now() + dt.timedelta(days=view.course.policies.furthest_ahead_days))
    return local_day(last, view.where)


def _next(first: dt.date) -> dt.date:
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def _previous(first: dt.date) -> dt.date:
    return (first - dt.timedelta(days=1)).replace(day=1)


def starts_to_choose(view: View, found: Iterable[FreeTime]) -> list[StartToChoose]:
    """Each start once, with a word on who would teach or how many seats are left."""
    ways: dict[dt.datetime, list[FreeTime]] = {}
    for free in found:
        ways.setdefault(free.during.starts_at, []).append(free)
    return [
        StartToChoose(start, view.with_(month=None, at=start).href(), _note(own), own)
        for start, own in sorted(ways.items())
    ]


def _note(ways: Sequence[FreeTime]) -> str:
    seats = max((free.seats_left for free in ways if free.session), default=1)
    if seats > 1:
        return ngettext("%d seat left", "%d seats left", seats) % seats
    return who_words([free.instructor for free in ways if free.instructor])


def who_words(instructors: Sequence[Instructor]) -> str:
    """“Maya”, “Maya or Tom”, “3 instructors”."""
    names = [one.person.first_name or one.person.name for one in instructors]
    if len(names) > NAMES_SAID:
        return _("%d instructors") % len(names)
    return _(" or ").join(names)
