"""What whoever looks has booked already: at the very time that they ask for, or in that session."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from schoolbell.billing.models import OrderLine, Payment
from schoolbell.billing.summaries import is_for_card
from schoolbell.bookings.models import Booking
from schoolbell.bookings.queries import bookings_seen_by, living
from schoolbell.schools.rows import SchoolRows
from schoolbell.web.entry import Visit
from schoolbell.web.public.addresses import order_href
from schoolbell.web.public.frame import zone_of
from schoolbell.web.public.own import known_orders
from schoolbell.web.public.prices import seats_words
from schoolbell.web.public.target import Target
from schoolbell.web.templatetags.words import when

MOST_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Booked:
    """One thing that is theirs, in words, and where it is to be seen."""

    words: str
    href: str
    label: str


def booked_before(visit: Visit, target: Target) -> list[Booked]:
    """Of the orders that this browser may open, and of the bookings of the client or student who is signed in; nothing
    of anybody else's. As many queries however many there are."""
    mine = living(_own(visit)).filter(_is_at(target))
    lines = OrderLine.objects.of(visit.school).filter(booking_id__in=mine.values("id"))
    of_order: dict[UUID, list[OrderLine]] = {}
    for line in lines.select_related("order", "booking__session__course__school").order_by("-order_id", "id"):
        of_order.setdefault(line.order_id, []).append(line)
    if not of_order:
        firm = mine.filter(settled_by=Booking.SettledBy.ENROLLMENT)
        return [_of_enrollment(visit, one) for one in firm[:MOST_SHOWN]]
    pays = Payment.objects.of(visit.school).filter(order_id__in=list(of_order), status=Payment.Status.PENDING)
    asked = set(pays.values_list("order_id", flat=True))
    shown = list(of_order.values())[:MOST_SHOWN]
    return [_of_order(visit, lines, is_under_way=lines[0].order_id in asked) for lines in shown]


def _own(visit: Visit) -> SchoolRows[Booking]:
    lines = OrderLine.objects.of(visit.school).filter(order_id__in=known_orders(visit.request))
    seen = bookings_seen_by(visit.actor, visit.school)
    return Booking.objects.of(visit.school).filter(
        Q(id__in=lines.values("booking_id")) | Q(id__in=seen.values("id")),
    )


def _is_at(target: Target) -> Q:
    wish = target.wish
    if wish.session is not None:
        return Q(session_id=wish.session.pk)
    return Q(session__course_id=wish.course.pk, session__starts_at=wish.starts_at)


def _of_order(visit: Visit, lines: Sequence[OrderLine], *, is_under_way: bool) -> Booked:
    """`is_under_way`: somebody pays, and the bank has not answered."""
    order, course = lines[0].order, lines[0].booking.session.course
    here = order_href(visit.school, order.pk)
    if is_under_way:
        words = _("You have booked this, and your bank has not answered yet: %s.") % order.reference
        return Booked(words, here, _("See your order"))
    ends = [line.booking.hold_expires_at for line in lines if line.booking.status == Booking.Status.PENDING]
    if not ends:
        return Booked(_("You have booked this: %s.") % order.reference, here, _("See what you booked"))
    held_until = min(ends)
    words = _("You hold %(what)s until %(until)s.") % {
        "what": seats_words(len(lines)) if lines[0].booking.session.capacity > 1 else _("this time"),
        "until": when(held_until, zone_of(visit, course)),
    }
    if is_for_card(held_until, since=order.created_at, policies=course.policies_as_of(order.created_at)):
        return Booked(words, order_href(visit.school, order.pk, "pay"), _("Go on to pay"))
    return Booked(words, here, _("See how to pay"))


def _of_enrollment(visit: Visit, booking: Booking) -> Booked:
    """Paid for with others, and so on no order of its own."""
    href = f"/s/{visit.school.slug}/my/bookings/{booking.pk}/"
    return Booked(_("You have booked this: %s.") % booking.reference, href, _("See what you booked"))
