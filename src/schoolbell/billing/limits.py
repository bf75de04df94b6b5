"""How much may be held unpaid, and how: limits for everybody but the school itself."""

import datetime as dt
from typing import Final

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Greatest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schoolbell.billing.models import Order, OrderLine, PaymentRequest, ProductLine
from schoolbell.billing.refusals import WayOfPayingNotOffered
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import TooManyHolds
from schoolbell.kit.time import now
from schoolbell.people.models import Client
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.schools.policies import PayWith, Policies
from schoolbell.schools.rows import SchoolRows

# Of a guest nobody knows whether those orders are their own.
MANY_FROM_HERE: Final = _(
    "From here several orders wait for payment already. Once one of them is paid or given up, you can order more."
)
MANY_BY_EMAIL: Final = _(
    "With this e-mail address several orders wait for payment already. Once one of them is paid or given up, you can "
    "order more."
)


def require_few_holds(client: Client, *, school: School, by: Actor) -> None:
    """Nobody but staff has more unpaid orders at a time than the school allows. A guest is known by the address they
    come from and by the e-mail that they give, a client by themselves, whichever of their students asks.

    Requests of the same guest or client wait for each other here, until the end of the transaction.
    Raises TooManyHolds.
    """
    if by.is_staff:
        return
    if by.role != Role.GUEST:
        _wait_in_line(school, str(client.pk))
        _require_room(open_holds(school).filter(client_id=client.pk), client.pk, most=school.policies.client_open_holds)
        return
    email = client.person.email.lower()
    _wait_in_line(school, *filter(None, (by.ip, email)))
    most = school.policies.guest_open_holds
    if by.ip:
        _require_room(open_holds(school).filter(placed_from=by.ip), by.ip, most=most, detail=MANY_FROM_HERE)
    if email:
        of_email = open_holds(school).filter(client__person__email__iexact=email)
        _require_room(of_email, email, most=most, detail=MANY_BY_EMAIL)


def _require_room(held: SchoolRows[Order], who: object, *, most: int, detail: str | Promise | None = None) -> None:
    if held.count() >= most:
        ends = _ends_of(held)
        raise TooManyHolds(who, detail=detail, room_from=ends[max(len(ends) - most, 0)] if ends else None)


def _ends_of(held: SchoolRows[Order]) -> list[dt.datetime]:
    """When each of these orders holds nothing any more, the first one first."""
    seats = Max("lines__booking__hold_expires_at", filter=Q(lines__booking__status=Booking.Status.PENDING))
    products = Max("requests__expires_at", filter=Q(requests__status=PaymentRequest.Status.PENDING))
    ends = held.annotate(ends_at=Greatest(seats, products)).values_list("ends_at", flat=True)
    return sorted(filter(None, ends))


def open_holds(school: School) -> SchoolRows[Order]:
    """Orders that hold a seat, or products, until they are paid."""
    seats = OrderLine.objects.of(school).filter(
        order_id=OuterRef("id"), booking__status=Booking.Status.PENDING, booking__hold_expires_at__gt=now()
    )
    products = ProductLine.objects.of(school).filter(
        order_id=OuterRef("id"),
        status=ProductLine.Status.ORDERED,
        order__requests__status=PaymentRequest.Status.PENDING,
        order__requests__expires_at__gt=now(),
    )
    return Order.objects.of(school).filter(Exists(seats) | Exists(products))


def _wait_in_line(school: School, *marks: str) -> None:
    with connection.cursor() as cursor:
        for mark in sorted(marks):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{school.pk} {mark}"])


def way_of_paying(wanted: str | None, policies: Policies, *, by: Actor) -> str:
    """What a hold lasts for where nobody said: at the desk for staff, for others the first of the school's ways."""
    return wanted or (PayWith.DESK if by.is_staff else policies.ways_to_pay[0]).value


def require_way_offered(pay_with: str, policies: Policies, *, by: Actor) -> None:
    """How long a seat is held is the school's to say. Raises WayOfPayingNotOffered."""
    if not by.is_staff and pay_with not in policies.ways_to_pay:
        raise WayOfPayingNotOffered(pay_with)
