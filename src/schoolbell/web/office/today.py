"""`/office/`: today and this week."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from schoolbell.billing.queries import BookingMoney, awaited, money_of, received
from schoolbell.bookings.models import Booking
from schoolbell.bookings.search import Attended, attended_within, confirmed_but_unpaid, holds_ending, seats_sold
from schoolbell.bookings.times import during_of, read_times
from schoolbell.diary.times_off_ahead import requests_waiting
from schoolbell.kit.time import Stretch, days, local_day, now
from schoolbell.people.models import Instructor
from schoolbell.planning.skipped import skipped_ahead
from schoolbell.planning.substitute_requests import substitute_requests, waiting
from schoolbell.web.entry import Visit
from schoolbell.web.office.events import Event, events_within, kind_of, on_day, without_hidden
from schoolbell.web.office.frame import come_in, show
from schoolbell.web.office.periods import monday, stretch_of, today
from schoolbell.web.office.sessions import next_sessions
from schoolbell.web.templatetags.words import clock, long_day, zone_name
from schoolbell.web.templatetags.words import price as said_price

MOST: Final = 5  # rows of a list of what wants somebody
ON_A_PHONE: Final = 8  # of today's lessons
WEEK: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Lane:
    """One person's day. `instructor` None: nobody teaches it yet."""

    instructor: Instructor | None
    events: Sequence[Event]

    @property
    def lessons(self) -> int:
        return sum(event.is_lesson for event in self.events)


@dataclass(frozen=True, slots=True)
class Bar:
    """A lesson on the ribbon of its day."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    kind: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A booking that wants money. `reference` is what whoever pays was given."""

    booking: Booking
    left: int
    reference: str

    @property
    def starts_at(self) -> dt.datetime:
        return during_of(self.booking).starts_at


@require_safe
def office_today(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    day, where = today(visit.school), visit.school.zone
    week = monday(day)
    own = on_day(events_within(visit, stretch_of(visit.school, day)), day)
    bars = [_bar(one) for one in attended_within(visit.school, stretch_of(visit.school, week, 7))]
    lanes = lanes_of(own)
    takes_place = [event for event in own if event.kind != "cancelled"]
    holds = list(holds_ending(visit.school, stretch_of(visit.school, day))[: MOST + 1])
    unpaid = list(confirmed_but_unpaid(visit.school)[: MOST + 1])
    money = money_of([*holds, *unpaid])
    read_times(unpaid)
    return show(
        visit,
        "today",
        "today",
        {
            "title": _greeting(visit),
            "sentence": f"{long_day(now(), where)}, {clock(now(), where)} {zone_name(where)}",
            "day": day,
            "figures": _figures(visit, own, week),
            "lanes": lanes,
            "next": next(iter([] if lanes else next_sessions(visit, most=1)), None),
            "hours": hours_of(own, visit),
            "events": at_hand(takes_place),
            "all_today": len(takes_place),
            "week": [_day_of_week(each, bars, visit) for each in days(week, week + dt.timedelta(days=6))],
            "week_hours": hours_of(bars, visit),
            "holds": [_waiting(one, money) for one in holds],
            "unpaid": [_waiting(one, money) for one in unpaid],
            "skipped": skipped_ahead(visit.school).count(),
            "asked_substitutes": waiting(substitute_requests(visit.school, seen_by=visit.actor)).count(),
            "asked_off": requests_waiting(visit.school).count(),
            "most": MOST,
        },
    )


def lanes_of(events: Sequence[Event]) -> list[Lane]:
    """A lane for everybody who teaches in these events, by name; then one for what nobody teaches."""
    instructors = {one.pk: one for event in events for one in event.instructors}
    lanes = [
        Lane(one, without_hidden(event for event in events if one in event.instructors))
        for one in sorted(instructors.values(), key=lambda one: (one.person.name, one.pk))
    ]
    nobody = [event for event in events if not event.instructors]
    return lanes + ([Lane(None, without_hidden(nobody))] if nobody else [])


def at_hand(events: Sequence[Event]) -> Sequence[Event]:
    """What a phone has room for: from what goes on or comes next; when all is over, what was last."""
    return [event for event in events if event.kind != "done"][:ON_A_PHONE] or events[-ON_A_PHONE:]


def hours_of(events: Sequence[Event | Bar], visit: Visit) -> str:
    """The part of a day to draw, as "8-18": every event is in it, and at least ten hours."""
    where = visit.school.zone
    starts = [event.starts_at.astimezone(where) for event in events]
    ends = [event.ends_at.astimezone(where) for event in events]
    first = min([8, *(start.hour for start in starts)])
    last = 18
    for start, end in zip(starts, ends, strict=True):
        last = max(last, 24 if end.date() > start.date() else end.hour + (end.minute > 0))
    return f"{first}-{last}"


def _figures(visit: Visit, own: Sequence[Event], week: dt.date) -> list[dict[str, str]]:
    school = visit.school
    this_week, last_week = stretch_of(school, week, 7), stretch_of(school, week - WEEK, 7)
    lessons = [event for event in own if event.is_lesson]
    done = sum(event.kind == "done" for event in lessons)
    free = sum(event.kind == "open" for event in own)
    sold, sold_before = seats_sold(school, this_week, last_week)
    money, money_before = received(school, this_week, last_week)
    details = [_("%(count)s done") % {"count": done}] if done else []
    details += [_("%(count)s with nobody in it yet") % {"count": free}] if free else []
    return [
        {"label": _("Lessons today"), "value": str(len(lessons)), "detail": ", ".join(details)},
        {
            "label": _("Awaiting payment"),
            "value": said_price(awaited(Booking.objects.of(school), school=school), school.currency),
            "detail": _("held and confirmed bookings"),
        },
        {
            "label": _("Seats sold this week"),
            "value": str(sold),
            "detail": _("%(count)s in all of last week") % {"count": sold_before},
        },
        {
            "label": _("Received this week"),
            "value": said_price(money, school.currency),
            "detail": _("%(money)s in all of last week") % {"money": said_price(money_before, school.currency)},
        },
    ]


def _bar(lesson: Attended) -> Bar:
    kinds = {"done": "over", "pending": "wait", "now": "next"}
    kind = kind_of(lesson.status, Stretch(lesson.starts_at, lesson.ends_at), now(), is_held=lesson.is_held)
    return Bar(lesson.starts_at, lesson.ends_at, kinds.get(kind, "free"))


def _day_of_week(day: dt.date, lessons: Sequence[Bar], visit: Visit) -> dict[str, Any]:
    own = [one for one in lessons if local_day(one.starts_at, visit.school.zone) == day]
    words = ngettext("%(count)s lesson", "%(count)s lessons", len(own)) % {"count": len(own)} if own else ""
    return {"day": day, "bars": own, "words": words, "is_today": day == today(visit.school)}


def _waiting(booking: Booking, money: Mapping[UUID, BookingMoney]) -> Waiting:
    own = money[booking.pk]
    return Waiting(booking, booking.price - own.paid, own.reference or booking.reference)


def _greeting(visit: Visit) -> str:
    if visit.person is None or not visit.person.first_name:
        return _("Today")
    hour = now().astimezone(visit.school.zone).hour
    words = _("Good morning, %s") if hour < 12 else _("Good afternoon, %s") if hour < 18 else _("Good evening, %s")
    return words % visit.person.first_name
