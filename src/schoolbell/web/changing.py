"""Choosing another time for a booking: the times as a page lists them, and doing what was chosen, once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.access.answers import KeyReused
from schoolbell.bookings.models import Booking
from schoolbell.bookings.times import during_of
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.kit.time import Stretch, day_starts, local_day, now
from schoolbell.planning.free_times import FreeTime
from schoolbell.planning.rescheduling import Target, reschedule_booking
from schoolbell.planning.targets import targets_of
from schoolbell.timetable.models import Session
from schoolbell.web.entry import Visit
from schoolbell.web.once import done_once, form_key, used
from schoolbell.web.plain_forms import PlainForm
from schoolbell.web.public.addresses import written
from schoolbell.web.public.course import instant_in
from schoolbell.web.templatetags.words import clock, counted, when_here

A_WEEK: Final = dt.timedelta(days=7)
GONE: Final = {"invalid": gettext_lazy("This time is not there. Choose another.")}


class Sent(PlainForm):
    """What a button of the list sends besides `starts_at`."""

    session = forms.UUIDField(required=False, error_messages=GONE)
    instructor = forms.UUIDField(required=False, error_messages=GONE)


@dataclass(frozen=True, slots=True)
class Time:
    """A time to choose: what is said of it, what its button says to those who listen, what its form sends, and whether
    it is the one that was just refused."""

    during: Stretch
    clock: str
    note: str
    label: str
    fields: Sequence[tuple[str, str]]
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Day:
    day: dt.date
    times: Sequence[Time]


def to_choose(visit: Visit, booking: Booking, where: ZoneInfo) -> dict[str, Any]:
    """The context of `web/parts/other_times.html`. A lesson on demand goes by weeks, from the day that is asked for, or
    from three days before it is now; a seat to so many of the next sessions, and on from there."""
    today = local_day(now(), where)
    around = local_day(during_of(booking).starts_at, where) - dt.timedelta(days=3)
    first = max(_day(visit.request) or around, today)
    within = Stretch(day_starts(first, where), day_starts(first + A_WEEK, where))
    since = instant_in(visit.request.GET, "since")
    targets = targets_of(booking, within, since=since)
    label, asked = _("Move it to %(when)s"), visit.request.POST
    times = [_time(free, where, label, asked) for free in targets.times]
    by_weeks = booking.session.on_demand
    return {
        "days": [
            Day(day, list(own)) for day, own in groupby(times, lambda one: local_day(one.during.starts_at, where))
        ],
        "by_weeks": by_weeks,
        "first_day": first,
        "last_day": first + A_WEEK - dt.timedelta(days=1),
        "earlier": (f"?day={max(first - A_WEEK, today)}" if first > today else "")
        if by_weeks
        else "?"
        if since
        else "",
        "later": f"?day={first + A_WEEK}" if by_weeks else _since(targets.later),
        "key": form_key(visit.request, _about(booking)),
        "where": where,
        "asked": _asked_words(visit.request, times, where),
    }


def _since(later: dt.datetime | None) -> str:
    return "?" + urlencode({"since": written(later)}) if later else ""


def move_once(visit: Visit, booking: Booking) -> None:
    """Where the form says. Sent twice, it is done once. Raises as `reschedule_booking`, and InputRefused; KeyReused
    where it went elsewhere from another window."""
    target = _target(visit, booking)

    def act() -> UUID:
        moved: UUID = reschedule_booking(booking, target, by=visit.actor).pk
        return moved

    try:
        done_once(visit.school, visit.request, key=visit.request.POST.get("key", ""), act=act)
    except KeyReused:
        used(visit.request, _about(booking))
        raise
    used(visit.request, _about(booking))


def _target(visit: Visit, booking: Booking) -> Target:
    form = Sent(visit.request.POST)
    starts_at = instant_in(visit.request.POST, "starts_at")
    if not form.is_valid():
        raise InputRefused.of("starts_at", _("Choose a time."))
    if booking.session.on_demand and starts_at:
        return Target(starts_at, form.cleaned_data["instructor"])
    rows = Session.objects.of(visit.school).filter(on_demand=False).select_related("course__school")
    session = rows.filter(id=form.cleaned_data["session"]).first()
    if session is None or booking.session.on_demand:
        raise InputRefused.of("starts_at", _("Choose a time."))
    return Target(session=session)


def _time(free: FreeTime, where: ZoneInfo, label: str, asked: Mapping[str, str]) -> Time:
    fields: list[tuple[str, str]] = []
    if free.session:
        fields.append(("session", str(free.session.pk)))
    else:
        fields.append(("starts_at", written(free.during.starts_at)))
        if free.instructor:
            fields.append(("instructor", str(free.instructor.pk)))
    said = (
        free.instructor.person.name if free.instructor else "",
        free.resource.name if free.resource else "",
        counted(free.seats_left, _("seat left,seats left")) if free.session else "",
    )
    is_refused = all(asked.get(name) == value for name, value in fields)
    note, words = ", ".join(filter(None, said)), label % {"when": when_here(free.during, where)}
    return Time(free.during, clock(free.during, where), note, words, fields, is_refused)


def _asked_words(request: HttpRequest, times: Sequence[Time], where: ZoneInfo) -> str:
    """When somebody just asked for, if the form said it."""
    moment = instant_in(request.POST, "starts_at")
    if moment:
        return when_here(moment, where)
    return next((when_here(one.during, where) for one in times if one.is_refused), "")


def _day(request: HttpRequest) -> dt.date | None:
    try:
        asked = dt.date.fromisoformat(request.GET.get("day") or request.POST.get("day", ""))
    except ValueError:
        return None
    return asked if 2000 <= asked.year <= 2200 else None


def _about(booking: Booking) -> str:
    return f"move {booking.pk}"


def said(refusal: Refusal) -> str:
    """Why it was not moved, for the page that offers the times anew."""
    if isinstance(refusal, KeyReused):
        return _("It was moved from another window in the meantime. Look when it is now.")
    if isinstance(refusal, InputRefused):
        return next(sentence for sentences in refusal.errors.values() for sentence in sentences)
    return str(refusal)
