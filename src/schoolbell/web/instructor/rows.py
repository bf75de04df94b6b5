"""Lessons as an instructor's pages list and draw them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from schoolbell.bookings.models import Booking
from schoolbell.bookings.teaching import Taught
from schoolbell.catalogue.models import Course
from schoolbell.kit.time import Stretch, now
from schoolbell.timetable.models import Session
from schoolbell.web.entry import Visit
from schoolbell.web.instructor.frame import address
from schoolbell.web.templatetags.words import counted, lasting

USUAL_HOURS = (7, 19)


@dataclass(frozen=True, slots=True)
class Row:
    """`kind` is how the ribbon fills it, `state` which chip stands beside it: over, now, next, draft, pending or ""."""

    taught: Taught
    href: str
    kind: str
    state: str

    @property
    def starts_at(self) -> dt.datetime:
        return self.taught.during.starts_at

    @property
    def ends_at(self) -> dt.datetime:
        return self.taught.during.ends_at

    @property
    def during(self) -> Stretch:
        return self.taught.during

    @property
    def is_one_to_one(self) -> bool:
        return bool(self.taught.session.course.format == Course.Format.ONE_TO_ONE)

    @property
    def title(self) -> str:
        """Whom it is with, or what it is."""
        if self.is_one_to_one and self.taught.seats:
            return str(self.taught.seats[0].student.person.name)
        return str(self.taught.session.course.name)

    @property
    def booking(self) -> Booking | None:
        """Of a lesson with one student."""
        return self.taught.seats[0].booking if self.is_one_to_one and self.taught.seats else None


def rows_of(visit: Visit, lessons: Iterable[Taught], following: Taught | None) -> list[Row]:
    """`following` is the lesson that is next, or on."""
    return [row_of(visit, one, is_next=following is not None and one.slot.pk == following.slot.pk) for one in lessons]


def row_of(visit: Visit, one: Taught, *, is_next: bool) -> Row:
    href = address(visit, f"lessons/{one.slot.pk}/")
    moment = now()
    if one.during.ends_at <= moment:
        return Row(one, href, "over", "over")
    if one.session.status == Session.Status.DRAFT:
        return Row(one, href, "wait", "draft")
    if is_next:
        return Row(one, href, "next", "now" if one.during.starts_at <= moment else "next")
    pending = len(one.seats) == 1 and one.seats[0].booking.status == Booking.Status.PENDING
    if pending and one.session.course.format == Course.Format.ONE_TO_ONE:
        return Row(one, href, "wait", "pending")
    return Row(one, href, "free", "")


def hours_shown(rows: Sequence[Row], where: ZoneInfo) -> str:
    """The part of a day that the ribbons show: seven to seven, or more where lessons need it."""
    first, last = USUAL_HOURS
    for row in rows:
        starts, ends = row.starts_at.astimezone(where), row.ends_at.astimezone(where)
        first = min(first, starts.hour)
        last = 24 if ends.date() > starts.date() else max(last, ends.hour + (ends.minute > 0))
    if (last - first) % 2:  # the scale names every other hour, the last one too
        first, last = (first, last + 1) if last < 24 else (first - 1, last)
    return f"{first}-{last}"


def counted_words(rows: Sequence[Row]) -> str:
    """“2 lessons, 2 h, 1 free slot”: what nobody has booked is no lesson, and once it is over no free slot either."""
    lessons = [row for row in rows if not row.taught.is_free]
    free = sum(row.taught.is_free and row.state != "over" for row in rows)
    said = [counted(len(lessons), "lesson,lessons"), lasting(sum(row.during.minutes for row in lessons))]
    return ", ".join([*(said if lessons else []), *([counted(free, "free slot,free slots")] if free else [])])
