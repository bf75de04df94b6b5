"""The words, icons and tints of states. An icon, a word and a tint together; never a tint alone."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.template import Context, Library
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from schoolbell.billing.dues import is_waived
from schoolbell.bookings.models import Booking
from schoolbell.kit.time import now
from schoolbell.schools.policies import ConfirmOn
from schoolbell.web.templatetags.icons import icon as drawn

register = Library()


@dataclass(frozen=True, slots=True)
class State:
    """`tone` is ok, wait, stop, info or quiet."""

    tone: str
    icon: str
    words: str | Promise


BOOKING: Final = {
    "pending": State("wait", icon="hourglass", words=_("Held")),
    "confirmed": State("ok", icon="check", words=_("Confirmed")),
    "in_progress": State("info", icon="play", words=_("In progress")),
    "completed": State("quiet", icon="check-check", words=_("Completed")),
    "cancelled": State("quiet", icon="x", words=_("Cancelled")),
    "expired": State("quiet", icon="timer", words=_("Hold ended")),
    "no_show": State("stop", icon="user-x", words=_("No-show")),
}
# What a pending booking waits for, where that is known: the policy of its course says.
AWAITED: Final = {
    "deposit": State("wait", icon="coins", words=_("Awaiting deposit")),
    "payment": State("wait", icon="coins", words=_("Awaiting payment")),
    "approval": State("wait", icon="hourglass", words=_("Awaiting approval")),
}
PAYMENT: Final = {
    "pending": State("wait", icon="circle", words=_("To pay")),
    "deposit_paid": State("info", icon="circle-dot", words=_("Deposit paid")),
    "paid": State("ok", icon="check", words=_("Paid")),
    "waived": State("quiet", icon="check", words=_("Waived")),
    "failed": State("stop", icon="circle-alert", words=_("Payment failed")),
    "overdue": State("stop", icon="clock", words=_("Overdue")),
    "part_refunded": State("quiet", icon="undo-2", words=_("Part refunded")),
    "refunded": State("quiet", icon="undo-2", words=_("Refunded")),
}
PARTLY_PAID: Final = State("info", icon="circle-dot", words=_("Partly paid"))
PRODUCT: Final = {
    "ordered": State("wait", icon="coins", words=_("To be paid")),
    "paid": State("ok", icon="check", words=_("Ready for you")),
    "handed_over": State("quiet", icon="check-check", words=_("Handed over")),
    "cancelled": State("quiet", icon="x", words=_("Cancelled")),
}
TO_FETCH: Final = State("wait", icon="hourglass", words=_("Waiting to be fetched"))
SESSION: Final = {
    "draft": State("quiet", icon="pencil", words=_("Draft")),
    "published": State("ok", icon="check", words=_("Open")),
    "booked": State("ok", icon="check", words=_("Booked")),
    "full": State("info", icon="users", words=_("Full")),
    "in_progress": State("info", icon="play", words=_("In progress")),
    "cancelled": State("quiet", icon="x", words=_("Cancelled")),
    "completed": State("quiet", icon="check-check", words=_("Completed")),
}


@register.simple_tag
def state(tone: str, words: str, icon: str) -> SafeString:
    """A state that is not a booking’s: `{% state "wait" "Needs a name" icon="hourglass" %}`."""
    return _chip(State(tone, icon, words))


@register.simple_tag
def booking_state(status: str, held_until: dt.datetime | None = None, awaits: str = "") -> SafeString:
    """A booking’s status. A pending one says how long it is held, or else what it waits for.

    `held_until` is said when it is less than an hour away. `awaits` is deposit, payment or approval.
    """
    if status != "pending":
        return _chip(BOOKING[status])
    minutes = -((now() - held_until).total_seconds() // 60) if held_until else 0
    if 0 < minutes <= 60 and awaits != "approval":
        return _chip(State("wait", "hourglass", gettext("Held for %(minutes)d min") % {"minutes": minutes}))
    return _chip(AWAITED.get(awaits, BOOKING["pending"]))


@register.simple_tag
def product_state(status: str, *, in_office: bool = False) -> SafeString:
    """What was ordered beside the lessons, as whoever ordered it sees it, or as the office does."""
    return _chip(TO_FETCH if in_office and status == "paid" else PRODUCT[status])


@register.simple_tag(takes_context=True)
def payment_state(context: Context, status: str) -> SafeString:
    """The payment status of a booking or an enrollment. Where the `school` asks for no deposits, none was paid."""
    school = context.get("school")
    if status == "deposit_paid" and school and school.policies.confirm_on != ConfirmOn.DEPOSIT:
        return _chip(PARTLY_PAID)
    return _chip(PAYMENT[status])


@register.simple_tag(takes_context=True)
def payment_of(context: Context, booking: Booking, paid: int) -> SafeString:
    """The same of a booking for which so much was paid: where nothing was, and nothing is to be, it was waived."""
    return payment_state(context, "waived" if is_waived(booking, paid=paid) else booking.payment_status)


@register.simple_tag
def session_state(status: str) -> SafeString:
    """A session’s status; `full` and `in_progress`, which are derived, are said alike."""
    return _chip(SESSION[status])


def _chip(shown: State) -> SafeString:
    return _drawn_chip(shown.tone, shown.icon, str(shown.words))


@lru_cache(maxsize=512, typed=True)
def _drawn_chip(tone: str, icon: str, words: str) -> SafeString:
    """A list has the same few in every row. `typed`: words that are safe are not those that are not."""
    return format_html('<span class="state state-{}">{}{}</span>', tone, drawn(icon), words)
