"""Examples of addresses, from what the demo's schools have."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Model, Q

from schoolbell.access.order_keys import signature_of
from schoolbell.billing.models import Order
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.catalogue.models import Course, Product
from schoolbell.demo.accounts import address
from schoolbell.diary.models import Closure
from schoolbell.importing.kinds import KINDS
from schoolbell.kit.time import now
from schoolbell.people.models import Client, Instructor, Person, Student
from schoolbell.planning.models import Proposal
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Series, Session, Slot

WEEK: Final = dt.timedelta(days=7)
MOST: Final = 8  # of one state, until one of them has such a page


def examples(route: str, slug: str) -> Iterator[str]:
    """Addresses of that kind in the school, which may or may not have such a page as they stand: a booking that is over
    cannot be moved."""
    school = School.objects.get(slug=slug)
    if route.startswith("orders/"):
        for order in _orders(school):
            for booking_id in _seats(order) if "<booking_id>" in route else [""]:
                path = route.replace("<order_id>", str(order.pk)).replace("<booking_id>", str(booking_id))
                yield f"/s/{slug}/{path}"
        return
    name = route.partition("<")[2].partition(">")[0]
    if not name:
        yield f"/s/{slug}/{route}"
    named = {"kind": KINDS, "whom": ("students", "clients")}
    for value in named.get(name) or _ids(name, route, school):
        yield f"/s/{slug}/{route.replace(f'<{name}>', str(value))}"


def seat_to_book(slug: str) -> str:
    """The booking form of the next class that has a seat left and is booked whole, some days ahead; empty where there
    are no classes."""
    ahead = Session.objects.filter(school__slug=slug, on_demand=False, choose_slots=False, capacity__gt=1)
    free = (
        ahead.filter(status=Session.Status.PUBLISHED, starts_at__gt=now() + WEEK)
        .filter(slots__seats_taken__lt=F("slots__capacity"))
        .order_by("starts_at", "id")
        .first()
    )
    return f"/s/{slug}/book/?session={free.pk}" if free else ""


def opened(path: str) -> str:
    """The address that lets a guest see the order which the path is of; empty where it is of none."""
    _before, _orders, rest = path.partition("/orders/")
    order_id = rest.partition("/")[0]
    return f"{path[: path.index(rest)]}{order_id}/?k={signature_of(UUID(order_id))}" if order_id else ""


def _ids(name: str, route: str, school: School) -> Iterator[Any]:
    """Some of every state, the latest first."""
    if name == "booking_id":
        rows = Booking.objects.of(school).order_by("-session__starts_at", "-id")
        if route.startswith("my/"):
            rows = rows.filter(client__person__user__email=address("my", school.slug))
        yield from rows.filter(student__person__is_placeholder=True).values_list("id", flat=True)[:MOST]
    elif name == "slot_id":
        taught = Q(session__staffing__instructor__person__user__email=address("teach", school.slug))
        rows = Slot.objects.of(school).filter(taught).order_by("-starts_at")
    elif name in _MODELS:
        rows = _MODELS[name].objects.of(school).order_by("-id")  # type: ignore[attr-defined]
    else:
        return
    states = {field.name for field in rows.model._meta.get_fields()} & {"status"}
    for state in set(rows.order_by().values_list("status", flat=True)) if states else [None]:
        yield from (rows.filter(status=state) if state else rows).values_list("id", flat=True)[:MOST]


def _orders(school: School) -> list[Order]:
    """With bookings in every state, with seats that have no name yet, and with products."""
    rows = Order.objects.of(school).order_by("-id")
    of_states = [rows.filter(lines__booking__status=state).distinct()[:MOST] for state in Booking.Status]
    nameless = rows.filter(lines__booking__student__person__is_placeholder=True).distinct()[:MOST]
    return [order for found in (*of_states, nameless, rows.filter(lines=None)[:MOST]) for order in found]


def _seats(order: Order) -> list[UUID]:
    return [line.booking_id for line in order.lines.all()]


_MODELS: Final[dict[str, type[Model]]] = {
    "client_id": Client,
    "closure_id": Closure,
    "course_id": Course,
    "enrollment_id": Enrollment,
    "instructor_id": Instructor,
    "person_id": Person,
    "product_id": Product,
    "proposal_id": Proposal,
    "resource_id": Resource,
    "series_id": Series,
    "session_id": Session,
    "student_id": Student,
}
