"""What creates a booking, and the answer to it, in as few statements as there can be."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.http import HttpRequest

from schoolbell.access.answers import Answer, AskedOnce
from schoolbell.access.order_keys import order_key
from schoolbell.access.tokens import find_actor
from schoolbell.api.booking_body import BesideIn, BookingIn
from schoolbell.api.courses import find_course
from schoolbell.api.entry import Visit, credentials_of
from schoolbell.api.orders import show_lines
from schoolbell.api.people import PersonIn
from schoolbell.api.products import find_product
from schoolbell.api.types import money, shown
from schoolbell.billing.orders import Keep, Purchase, buy
from schoolbell.billing.placing import Placed
from schoolbell.billing.reading import Reading, read
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.parties import Pair, find_or_add, find_or_add_beside, require_may_book
from schoolbell.bookings.refusals import MustBeNamed
from schoolbell.bookings.seats import KeyInUse
from schoolbell.kit.refusals import NotFound, NotSignedIn, Refusal
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.queries import school_by_slug
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import slots_and_staff


def book(body: BookingIn, school: str, request: HttpRequest, asked: AskedOnce | None) -> Answer:
    try:
        if body.products:
            return _book_new(body, school, request, asked)
        if body.session and isinstance(body.student, UUID) and not isinstance(body.client, PersonIn):
            return _book_known(body, school, request, asked, body.session, body.student, body.client)
        return _book_new(body, school, request, asked)
    except KeyInUse:
        return _answered_meanwhile(body, school, request, asked)


def with_key(answer: Answer) -> Answer:
    """The key of a guest's order is told and not kept: it is made anew whenever the answer is told again."""
    told = orjson.loads(answer.body)
    return Answer(answer.status, orjson.dumps(told | {"order_key": order_key(UUID(told["order"]))}))


def _book_known(
    body: BookingIn,
    slug: str,
    request: HttpRequest,
    asked: AskedOnce | None,
    session_id: UUID,
    student_id: UUID,
    client_id: UUID | None,
) -> Answer:
    """Everybody is known: one statement reads, one writes."""
    credentials = credentials_of(request)
    found = read(slug, credentials, asked, session_id=session_id, student_id=student_id, client_id=client_id)
    actor = credentials.actor(found.token)
    if asked and found.kept:
        return asked.matching(*found.kept)
    purchase = _purchase_of(body, found, actor)
    if not actor.is_staff:
        # What one may hold is counted, in a transaction: overdue holds are cleared away before it.
        return _book_new(body, slug, request, asked)
    return _bought(purchase, by=actor, asked=asked)


def _purchase_of(body: BookingIn, found: Reading, actor: Actor) -> Purchase:
    if actor.role == Role.GUEST:
        raise NotSignedIn  # before it is told whether any of these is there
    if found.session is None or (not actor.is_staff and found.session.status == "draft"):
        raise NotFound(body.session)
    if found.student is None:
        raise NotFound(body.student)
    if found.client is None:
        raise NotFound(body.client)
    require_may_book(found.student, found.client, by=actor, is_guardian=found.is_guardian)
    if found.student.person.is_placeholder:
        raise MustBeNamed(body.student)
    return Purchase(
        school=found.school,
        course=found.session.course,
        student=found.student,
        client=found.client,
        session=found.session,
        session_slots=found.slots,
        slot_ids=body.slots,
        enrollment_type=body.enrollment_type,
        pay_with=body.pay_with,
        notes=body.notes,
    )


def _bought(purchase: Purchase, *, by: Actor, asked: AskedOnce | None) -> Answer:
    answers: list[Answer] = []

    def keep(placed: Placed) -> Any:
        answers.append(Answer(HTTPStatus.CREATED, orjson.dumps(show_placed(placed))))
        return asked.part(answers[-1]) if asked else None

    kept: Keep = keep
    buy(purchase, by=by, keep=kept)
    return answers[-1]


def _book_new(body: BookingIn, slug: str, request: HttpRequest, asked: AskedOnce | None) -> Answer:
    """A lesson on demand, somebody new, or products beside it: read and written in one transaction."""
    credentials = credentials_of(request)
    school = school_by_slug(slug)
    actor = find_actor(school, credentials)
    visit = Visit(school, actor, credentials, request)
    if asked and (before := asked.kept(school.pk)):
        return before
    try:
        return _book_new_once(body, visit, asked)
    except KeyInUse:
        raise
    except Refusal:
        # A twin under the same key may have taken what this one then found taken: both get the twin's answer.
        if asked and (before := asked.kept(school.pk)):
            return before
        raise


def _book_new_once(body: BookingIn, visit: Visit, asked: AskedOnce | None) -> Answer:
    school, actor = visit.school, visit.actor
    with transaction.atomic():
        pair = find_or_add(body.named(), school=school, by=actor)
        session = _session_to_book(visit, body.session) if body.session else None
        course = find_course(school, session.course_id if session else body.course)  # type: ignore[arg-type]
        if session:
            session.course = course
        purchase = Purchase(
            school=school,
            course=course,
            student=pair.student,
            client=pair.client,
            session=session,
            session_slots=slots_and_staff([session])[0][session.pk] if session else (),
            slot_ids=body.slots,
            starts_at=body.starts_at,
            instructor_id=body.instructor,
            enrollment_type=body.enrollment_type,
            pay_with=body.pay_with,
            products=[_wish(one, pair, visit) for one in body.products],
            notes=body.notes,
        )
        return _bought(purchase, by=actor, asked=asked)


def _wish(said: BesideIn, pair: Pair, visit: Visit) -> ProductWish:
    """For somebody else than who takes the seat: the same client answers for them."""
    product = find_product(visit.school, said.product)
    if said.student is None or said.student == pair.student.pk:
        return ProductWish(product, said.quantity, pair.student)
    who = said.student.new_person() if isinstance(said.student, PersonIn) else said.student
    other = find_or_add_beside(who, pair.client, school=visit.school, by=visit.actor)
    return ProductWish(product, said.quantity, other)


def _session_to_book(visit: Visit, session_id: UUID) -> Session:
    """Also one that was cancelled: whoever wants a seat in it is told so."""
    session = Session.objects.of(visit.school).filter(id=session_id).first()
    if session is None or (session.status == Session.Status.DRAFT and not visit.actor.is_staff):
        raise NotFound(session_id)
    return session


def _answered_meanwhile(body: BookingIn, slug: str, request: HttpRequest, asked: AskedOnce | None) -> Answer:
    """Somebody asked the same under the same key at the same moment: theirs is the answer."""
    school = school_by_slug(slug)
    before = asked.kept(school.pk) if asked else None
    if before is None:
        # It was an old answer, forgotten by now: the key is free.
        return _book_new(body, slug, request, asked)
    return before


def show_placed(placed: Placed) -> dict[str, Any]:
    """The answer to a booking, known before it is written."""
    seat = placed.seat
    confirmed = seat.hold_expires_at is None
    return {
        "id": str(seat.booking_id),
        "reference": seat.reference,
        "status": "confirmed" if confirmed else "pending",
        "payment_status": "paid" if seat.price == 0 else "pending",
        "amount": money(seat.price, placed.currency),
        "hold_expires_at": shown(seat.hold_expires_at),
        "session": str(seat.session_id),
        "student": str(seat.student_id),
        "client": str(seat.client_id),
        "enrollment": str(seat.enrollment.id) if seat.enrollment else None,
        "slots": [
            {"id": str(p.slot_id), "starts_at": shown(p.during.starts_at), "ends_at": shown(p.during.ends_at)}
            for p in sorted(seat.places, key=lambda place: place.during)
        ],
        "notes": seat.notes,
        "order": str(placed.order_id),
        "order_key": None,
        "products": show_lines(placed.product_lines, placed.currency),
        "payment": None
        if placed.ask is None
        else {
            "id": str(placed.request_id),
            "kind": placed.ask.value,
            "reference": placed.request_reference,
            "amount": money(placed.due_now, placed.currency),
            "status": "pending",
            "expires_at": shown(placed.asked_until),
            "pay_at": "payments",
        },
    }
