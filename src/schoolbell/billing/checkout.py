"""Ordering as people do: who pays, who learns, and one thing that was chosen for all of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from schoolbell.billing.models import Order, ProductLine
from schoolbell.billing.orders import Purchase
from schoolbell.billing.payments import usable
from schoolbell.billing.refusals import NothingToRepeat
from schoolbell.billing.together import buy_together
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.models import Attendance, Booking, Enrollment
from schoolbell.bookings.parties import require_guests
from schoolbell.bookings.refusals import NotThisClients
from schoolbell.catalogue.models import Course
from schoolbell.kit.time import Stretch, now
from schoolbell.people.actions import NamedLater, NewPerson, add_client, add_placeholder, add_student
from schoolbell.people.models import Client, Guardianship, Student
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Slot
from schoolbell.timetable.queries import slots_and_staff


@dataclass(frozen=True, slots=True)
class Wish:
    """What was chosen: seats in `session`, of which `slots` are all slots (in those of `slot_ids`, where slots can be
    chosen), or a lesson of `course` at `starts_at`."""

    school: School
    course: Course
    session: Session | None = None
    slots: Sequence[Slot] = ()
    slot_ids: Sequence[UUID] = ()
    starts_at: dt.datetime | None = None
    instructor_id: UUID | None = None
    trial: bool = False

    @property
    def chosen_slots(self) -> list[Slot]:
        return [slot for slot in self.slots if not self.slot_ids or slot.pk in self.slot_ids]

    @property
    def during(self) -> Stretch:
        """From when to when it all lies."""
        if slots := self.chosen_slots:
            return Stretch(slots[0].starts_at, slots[-1].ends_at)
        if self.session is not None:
            return Stretch(self.session.starts_at, self.session.ends_at)
        if self.starts_at is None:
            raise ValueError("a lesson has a start")
        return Stretch(self.starts_at, self.starts_at + dt.timedelta(minutes=self.course.duration_minutes))


@dataclass(frozen=True, slots=True)
class Party:
    """Who pays, and who learns: people of the school, or new ones, or who is named later. No learners: whoever pays
    learns."""

    payer: Client | NewPerson
    learners: Sequence[Student | NewPerson | NamedLater] = ()
    relationship: str = "parent"


@transaction.atomic
def check_out(
    wish: Wish,
    party: Party,
    *,
    pay_with: str,
    by: Actor,
    accepted_terms: str = "",
    notes: str = "",
    notes_of: Sequence[str] = (),
    products: Sequence[ProductWish] = (),
) -> Order:
    """One order with a line per learner, and of products beside: all of them or none. New people are added with it; the
    terms that were accepted are kept with it, and the notes with each of its bookings. `notes_of`: each learner's own.

    Raises: NotSignedIn (a guest, where the school takes none), NotThisClients, and what `buy_together` raises.
    """
    require_guests(wish.school, by=by)
    client, students = _people(wish.school, party, by=by)
    purchase = Purchase(
        school=wish.school,
        course=wish.course,
        student=students[0],
        client=client,
        session=wish.session,
        session_slots=wish.slots,
        slot_ids=wish.slot_ids,
        starts_at=wish.starts_at,
        instructor_id=wish.instructor_id,
        enrollment_type=Enrollment.Type.TRIAL if wish.trial else None,
        pay_with=pay_with,
    )
    each = zip(students, notes_of or [notes] * len(students), strict=True)
    order = buy_together([replace(purchase, student=one, notes=said) for one, said in each], products, by=by)
    if accepted_terms:
        order.accepted_terms = accepted_terms
        order.save()
    return order


def _people(school: School, party: Party, *, by: Actor) -> tuple[Client, list[Student]]:
    if isinstance(party.payer, NewPerson) and not party.learners:
        student = add_student(party.payer, school=school, by=by)
        return Client.objects.of(school).select_related("school", "person").get(person_id=student.person_id), [student]
    client = add_client(party.payer, school=school, by=by) if isinstance(party.payer, NewPerson) else party.payer
    return client, [_learner(one, client, party.relationship, school=school, by=by) for one in party.learners]


def _learner(
    one: Student | NewPerson | NamedLater, client: Client, relationship: str, *, school: School, by: Actor
) -> Student:
    if isinstance(one, NamedLater):
        return add_placeholder(client, by=by, relationship=relationship)
    if isinstance(one, NewPerson):
        return add_student(one, school=school, by=by, guardian=client, relationship=relationship)
    if not Guardianship.objects.of(school).filter(client_id=client.pk, student_id=one.pk).exists():
        raise NotThisClients(one.pk)
    return one


def wish_of(order: Order) -> Wish:
    """What an order was for, to wish for it again. Raises NothingToRepeat for one whose lines lie at several times."""
    bookings = list(
        Booking.objects.filter(school_id=order.school_id, order_lines__order_id=order.pk)
        .select_related("session__course__school", "enrollment")
        .order_by("id")
    )
    sessions = {booking.session_id: booking.session for booking in bookings}
    if len(sessions) != 1:
        raise NothingToRepeat(order.pk)
    (session,) = sessions.values()
    course, school = session.course, session.course.school
    slots, staff = slots_and_staff([session])
    trial = any(one.enrollment and one.enrollment.type == Enrollment.Type.TRIAL for one in bookings)
    if not session.on_demand:
        seats = Attendance.objects.filter(school_id=order.school_id, booking_id=bookings[0].pk)
        chosen = tuple(seats.values_list("slot_id", flat=True)) if session.choose_slots else ()
        return Wish(school, course, session, slots[session.pk], chosen, trial=trial)
    teacher = staff[session.pk][0].pk if staff[session.pk] else None
    return Wish(school, course, starts_at=session.starts_at, instructor_id=teacher, trial=trial)


@transaction.atomic
def order_again(order: Order, *, by: Actor) -> Order:
    """The same for the same people, after the hold ran out, with the products that fell with it and are still on sale.
    Refused while it holds, and once it was paid or cancelled. It holds as for the first way of paying that there is.

    Raises: NothingToRepeat, and what `buy` raises.
    """
    bookings = list(
        Booking.objects.filter(school_id=order.school_id, order_lines__order_id=order.pk)
        .select_related("student__person")
        .order_by("id")
    )
    over = (one.status == Booking.Status.EXPIRED or one.is_overdue(now()) for one in bookings)
    if not bookings or not all(over):
        raise NothingToRepeat(order.pk)
    client = Client.objects.select_related("school", "person").get(school_id=order.school_id, id=order.client_id)
    party = Party(client, [booking.student for booking in bookings])
    wish = wish_of(order)
    return check_out(
        wish,
        party,
        pay_with=usable(wish.course.policies.ways_to_pay)[0],
        by=by,
        accepted_terms=order.accepted_terms,
        notes_of=[booking.notes for booking in bookings],
        products=_wishes_again(order, since=min(one.ended_at or now() for one in bookings)),
    )


def _wishes_again(order: Order, *, since: dt.datetime) -> list[ProductWish]:
    """Not what somebody gave up before the seats went."""
    lines = ProductLine.objects.filter(
        Q(status=ProductLine.Status.ORDERED) | Q(cancelled_at__gte=since),
        school_id=order.school_id,
        order_id=order.pk,
        product__is_active=True,
    )
    found = lines.select_related("product", "student__person").order_by("id")
    return [ProductWish(line.product, line.quantity, line.student) for line in found]
