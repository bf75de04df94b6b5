"""A month of a course in which to choose a day, and the times of that day."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schoolbell.catalogue.models import Course
from schoolbell.kit.time import Stretch, day_starts, local_day, now
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.free_times import FreeTime, free_starts, free_times
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
    `learner` among their `learners`, if they have any."""

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
    """`counts` of starts per day; the addresses of the months beside, empty where there is nothing to see."""

    first: dt.date
    counts: dict[dt.date, int]
    today: dt.date
    link: str
    earlier: str
    later: str


def month_of(view: View) -> Month:
    """The month asked for; else that of the day asked for; else the first one with something free, or the one after it
    where only its last days are left."""
    today = local_day(now(), view.where)
    if view.month or view.day:
        first = (view.month or view.day or today).replace(day=1)
        counts = _counts(view, first)
    else:
        first = today.replace(day=1)
        counts = _counts(view, first)
        for _try in range(LOOKED_AHEAD):
            if counts:
                break
            first = _next(first)
            counts = _counts(view, first)
        else:
            if not counts:
                first = today.replace(day=1)
        if first == today.replace(day=1) and 0 < len(counts) < FEW_DAYS and today.day > LATE:
            following = _counts(view, _next(first))
            if len(following) >= FEW_DAYS:
                first, counts = _next(first), following
    blank = view.with_(day=None, at=None)
    return Month(
        first,
        counts,
        today,
        blank.with_(month=None, day=dt.date(1900, 1, 1)).href().replace("1900-01-01", "{day}"),
        blank.with_(month=_previous(first)).href() if first > today.replace(day=1) else "",
        blank.with_(month=_next(first)).href() if _next(first) <= _last_day(view) else "",
    )


def _counts(view: View, first: dt.date) -> dict[dt.date, int]:
    within = Stretch(day_starts(first, view.where), day_starts(_next(first), view.where))
    if within.ends_at <= now():
        return {}
    starts = free_starts(view.school, view.course, within, instructor_id=view.instructor_id, student=view.learner)
    return dict(Counter(local_day(start, view.where) for start in starts))


def _last_day(view: View) -> dt.date:
    last = last_offer_start(view.school, view.course) or now()
    if view.course.format == Course.Format.ONE_TO_ONE:
        last = max(last, now() + dt.timedelta(days=view.course.policies.furthest_ahead_days))
    return local_day(last, view.where)


def _next(first: dt.date) -> dt.date:
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def _previous(first: dt.date) -> dt.date:
    return (first - dt.timedelta(days=1)).replace(day=1)


def times_of(view: View, day: dt.date) -> list[FreeTime]:
    """All that can be booked on that day."""
    within = Stretch(day_starts(day, view.where), day_starts(day + dt.timedelta(days=1), view.where))
    if within.ends_at <= now():
        return []
    return free_times(view.school, view.course, within, instructor_id=view.instructor_id, student=view.learner)


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
