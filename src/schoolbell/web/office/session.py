"""`/office/sessions/<id>/`: one session, who is in it, and what becomes of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolbell.billing.queries import money_of
from schoolbell.billing.sales import cancel_session_and_settle
from schoolbell.bookings.closed_then import Closed, Kind, closed_then
from schoolbell.bookings.models import Booking
from schoolbell.bookings.queries import attendances_of, seats_left
from schoolbell.bookings.search import bookings_of
from schoolbell.bookings.sessions import MOST_LETTERS_WHY, publish_session
from schoolbell.diary.refusals import PlaceClosed, SchoolClosed
from schoolbell.journal.queries import records_of
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch, now
from schoolbell.planning.substitute_requests import substitute_requests, waiting
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import sessions, slots_and_staff
from schoolbell.web.entry import Visit
from schoolbell.web.office.bookings import kept_of, shows_payment
from schoolbell.web.office.forms import OfficeForm, long_text
from schoolbell.web.office.frame import address, come_in, find, go, show
from schoolbell.web.office.periods import today
from schoolbell.web.office.rearranging import days_said
from schoolbell.web.office.sessions import state_of
from schoolbell.web.office.timeline import timeline
from schoolbell.web.rule_words import said_series
from schoolbell.web.templatetags.words import day as said_day

OPEN = (Booking.Status.PENDING, Booking.Status.CONFIRMED)


class CancelForm(OfficeForm):
    """Before a session is cancelled."""

    reason = long_text(
        gettext_lazy("Why"), rows=2, max_length=MOST_LETTERS_WHY, required=False,
        help_text=gettext_lazy("Everybody who is booked reads it."),
        error_messages={"required": gettext_lazy("Say why: everybody who is booked reads it.")},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seat:
    """A booking in this session: what came in for it, what is kept of one that has ended, and which of the times it is
    for, empty when for all of them."""

    booking: Booking
    paid: int
    times: tuple[Stretch, ...]
    kept: int | None = None

    @property
    def left(self) -> int:
        return max(int(self.booking.price) - self.paid, 0)

    @property
    def shows_payment(self) -> bool:
        return shows_payment(self.booking, self.kept)


@require_safe
def session(request: HttpRequest, slug: str, session_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    return _page(visit, _find(visit, session_id))


@require_POST
def publish(request: HttpRequest, slug: str, session_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = _find(visit, session_id)
    try:
        publish_session(found, by=visit.actor, despite_closed=request.GET.get("meant") == "closed")
    except Refusal as refusal:
        return _page(visit, _find(visit, session_id), refusal=refusal)
    messages.success(request, _("%(course)s is open for booking.") % {"course": found.course.name})
    return go(visit, f"sessions/{session_id}/")


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str, session_id: UUID) -> HttpResponse:
    """Asks first, with names and money."""
    visit = come_in(request, slug)
    found = _find(visit, session_id)
    if found.status == Session.Status.CANCELLED:
        return go(visit, f"sessions/{session_id}/")
    going = [one for one in _seats(found) if one.booking.status in OPEN]
    form = CancelForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"session": found, "seats": going, "owed": sum(one.paid for one in going), "form": form, "back": "./"}
        return show(visit, "session_cancel", "sessions", context | _times(found), status=422 if form.is_bound else 200)
    try:
        cancel_session_and_settle(found, because=form.cleaned_data["reason"], by=visit.actor)
    except Refusal as refusal:
        return _page(visit, _find(visit, session_id), refusal=refusal)
    number = len(going)
    with_it = ngettext("%(number)s booking went with it.", "%(number)s bookings went with it.", number)
    name = {"course": found.course.name, "day": said_day(found.starts_at, visit.school.zone)}
    words = _("%(course)s on %(day)s is cancelled.") % name
    messages.success(request, f"{words} {with_it % {'number': number}}" if number else words)
    return go(visit, f"sessions/{session_id}/")


def _find(visit: Visit, session_id: UUID) -> Session:
    return find(sessions(visit.school, seen_by=visit.actor).select_related("course", "resource", "series"), session_id)


def _page(visit: Visit, found: Session, *, refusal: Refusal | None = None) -> HttpResponse:
    left = seats_left([found]).get(found.pk, 0)
    state = state_of(found, left)
    seats = _seats(found)
    records = records_of(visit.school, [found.pk])[:50]
    context = {
        "session": found,
        "state": state,
        "left": left,
        "seats": seats,
        "may_publish": found.status == Session.Status.DRAFT,
        "may_cancel": found.is_live,
        "price": found.course.price if found.price is None else found.price,
        "may_move": found.is_movable(now()),
        "lacks_room": found.lacks_online_room and found.is_movable(now()),
        "series_words": said_series(found.series) if found.series else "",
        "series_href": _series_href(visit, found),
        "may_enroll": _may_enroll(visit, found),
        "may_book": state == "published" and not found.on_demand,
        "asks": waiting(substitute_requests(visit.school, seen_by=visit.actor).filter(session_id=found.pk)),
        "refusal": refusal,
        "refused_as_closed": isinstance(refusal, SchoolClosed | PlaceClosed),
        "entries": timeline(records, visit.school),
    }
    return show(visit, "session", "sessions", context | _times(found), status=refusal.status if refusal else 200)


def _series_href(visit: Visit, found: Session) -> str:
    """Of the class that repeats, or of the student whose weekly lesson it is."""
    if found.series is None:
        return ""
    if not found.series.on_demand:
        return address(visit, f"series/{found.series_id}/")
    booked = Booking.objects.of(visit.school).filter(session_id=found.pk, enrollment_id__isnull=False)
    enrollment_id = booked.values_list("enrollment_id", flat=True).first()
    return address(visit, f"weekly/{enrollment_id}/") if enrollment_id else ""


def _may_enroll(visit: Visit, found: Session) -> bool:
    """Is it of a class that goes on, in which a student can have a seat every week?"""
    series = found.series
    if series is None or series.on_demand or not found.is_live or not found.course.is_active:
        return False
    return series.ends_on is None or series.ends_on >= today(visit.school)


def _times(found: Session) -> dict[str, Any]:
    slots, staff = slots_and_staff([found])
    times = [(Stretch(slot.starts_at, slot.ends_at), slot) for slot in slots[found.pk]]
    closed = closed_then(found.course.school, [found], slots)
    return {
        "times": times,
        "instructors": staff[found.pk],
        "during": Stretch(found.starts_at, found.ends_at),
        "closed": [_said(one) for one in closed.get(found.pk, ())],
    }


def _said(closed: Closed) -> str:
    if closed.closure:
        days = {"name": closed.name, "days": days_said(closed.closure.first_day, closed.closure.last_day)}
        return _("%(name)s: the school is closed, %(days)s.") % days
    if closed.kind == Kind.PLACE:
        return _("%s is not open then.") % closed.name
    return _("The school is not open then.")


def _seats(found: Session) -> list[Seat]:
    """As many queries, however many there are."""
    bookings = list(bookings_of(found))
    money, kept = money_of(bookings), kept_of(bookings)
    attendances = attendances_of(bookings) if found.choose_slots else {}
    return [
        Seat(
            booking,
            money[booking.pk].paid,
            tuple(Stretch(one.slot.starts_at, one.slot.ends_at) for one in attendances.get(booking.pk, ())),
            kept.get(booking.pk),
        )
        for booking in bookings
    ]
