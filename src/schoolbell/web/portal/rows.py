"""Lessons, bookings and open orders as the portal lists them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from schoolbell.billing.owing import OpenOrder, open_orders
from schoolbell.billing.queries import orders_seen_by
from schoolbell.bookings.lessons import Lesson
from schoolbell.bookings.models import Booking
from schoolbell.bookings.times import during_of
from schoolbell.kit.money import Money
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.models import Student
from schoolbell.web.entry import Visit
from schoolbell.web.portal.clocks import Clock, clock_of
from schoolbell.web.portal.frame import address, of_booking, to_pay


@dataclass(frozen=True, slots=True)
class LessonRow:
    """`room` is the address of its online room while it is open. `name` is empty where it is one's own."""

    lesson: Lesson
    href: str
    clock: Clock
    day: dt.date
    is_today: bool
    room: str
    passcode: str
    name: str
    awaits: str

    @property
    def during(self) -> Stretch:
        return self.lesson.during

    @property
    def when(self) -> str:
        return self.clock.words(self.during)


@dataclass(frozen=True, slots=True)
class BookingRow:
    """`status` is as it stands at this moment: a hold that ran out has ended."""

    booking: Booking
    href: str
    during: Stretch
    clock: Clock
    name: str
    status: str
    awaits: str

    @property
    def when(self) -> str:
        return self.clock.words(self.during)


@dataclass(frozen=True, slots=True)
class OwedRow:
    """What is asked for, for which seats and when each begins, and where to pay it. `later`: another amount, after this
    one. `is_overdue`: a lesson of it was given already."""

    owed: OpenOrder
    seats: list[tuple[Booking, str]]
    href: str
    due_now: Money
    later: Money | None
    is_overdue: bool


def lesson_rows(visit: Visit, lessons: Iterable[Lesson]) -> list[LessonRow]:
    moment = now()
    return [
        LessonRow(
            lesson=one,
            href=of_booking(visit, one.booking.pk),
            clock=(clock := clock_of(visit, one.session.course)),
            day=(day := local_day(one.during.starts_at, clock.zone)),
            is_today=day == local_day(moment, clock.zone),
            room=one.room_at(moment),
            passcode=one.passcode_at(moment),
            name=name_of(visit, one.seat.student),
            awaits=awaited(one.booking),
        )
        for one in lessons
    ]


def booking_row(visit: Visit, booking: Booking) -> BookingRow:
    """Of a booking with its session, course and student's person."""
    return BookingRow(
        booking=booking,
        href=of_booking(visit, booking.pk),
        during=during_of(booking),
        clock=clock_of(visit, booking.session.course),
        name=name_of(visit, booking.student),
        status=Booking.Status.EXPIRED if booking.is_overdue(now()) else booking.status,
        awaits=awaited(booking),
    )


def booking_views(visit: Visit, current: str, *, has_weekly: bool) -> list[dict[str, Any]]:
    """The pages of bookings: coming, past, and weekly where anything is."""
    views = [("coming", _("To come"), "bookings/"), ("past", _("Past"), "bookings/?past")]
    if has_weekly or current == "weekly":
        views.append(("weekly", _("Every week"), "weekly/"))
    return [
        {"words": words, "href": address(visit, path), "is_current": name == current} for name, words, path in views
    ]


def owed_rows(visit: Visit, *, for_: Booking | None = None) -> list[OwedRow]:
    """All that is open to pay, by the time of its first lesson; of the order of one booking."""
    orders = orders_seen_by(visit.actor, visit.school)
    if for_:
        orders = orders.filter(lines__booking_id=for_.pk)
    currency = visit.school.currency
    return [
        OwedRow(
            one,
            [(line.booking, _begins(visit, line.booking)) for line in one.lines],
            to_pay(visit, one.order.pk),
            Money(one.due_now, currency),
            Money(one.later, currency) if one.later else None,
            one.is_overdue(now()),
        )
        for one in open_orders(orders)
    ]


def _begins(visit: Visit, booking: Booking) -> str:
    return clock_of(visit, booking.session.course).words(during_of(booking).starts_at)


def total_of(visit: Visit, rows: Iterable[OwedRow]) -> Money:
    return Money(sum(row.due_now.amount for row in rows), visit.school.currency)


def name_of(visit: Visit, student: Student) -> str:
    """What they are called at home; nothing for oneself."""
    if student.person_id == visit.actor.me:
        return ""
    return str(student.person.first_name or student.person.name)


def awaited(booking: Booking) -> str:
    """What a pending booking waits for."""
    return "deposit" if booking.due_to_confirm < booking.price else "payment"
