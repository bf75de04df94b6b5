"""`/bookings`: seats and lessons, taken and given back."""

import datetime as dt
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from pydantic import Field, ValidationError, model_validator

from schoolbell.access.answers import Answer, AskedOnce
from schoolbell.access.order_keys import order_key
from schoolbell.access.tokens import find_actor
from schoolbell.api import shapes
from schoolbell.api.courses import find_course
from schoolbell.api.document import answers
from schoolbell.api.entry import SIGNED_IN, STAFF, Visit, asked_once, credentials_of, enter, respond
from schoolbell.api.errors import input_refused
from schoolbell.api.pages import MOST, page
from schoolbell.api.parsing import load
from schoolbell.api.people import PersonIn
from schoolbell.api.types import Input, Instant, Name, Nothing, money, shown
from schoolbell.billing.orders import Keep, Placed, Purchase, buy
from schoolbell.billing.payments import confirm_booking_of_order
from schoolbell.billing.queries import bookings_reached_by, money_of
from schoolbell.billing.reading import Reading, read
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.holds import expire_overdue_holds_at
from schoolbell.bookings.models import Booking
from schoolbell.bookings.parties import Named, find_or_add, require_may_book
from schoolbell.bookings.queries import attendances_of
from schoolbell.bookings.seats import KeyInUse
from schoolbell.bookings.slots import STATES
from schoolbell.kit.database.collisions import tried_again
from schoolbell.kit.refusals import InputRefused, NotFound, NotSignedIn, Refusal
from schoolbell.kit.text import is_one_line
from schoolbell.kit.time import Stretch
from schoolbell.planning.rescheduling import Target, reschedule_booking
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.schools.queries import school_by_slug
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import slots_and_staff

router = Router(tags=["bookings"])


class NewStudentIn(PersonIn):
    skill_level: Annotated[str, Field(max_length=50)] = ""
    relationship: Annotated[Name, Field(max_length=30)] = "parent"


class BookingIn(Input):
    session: UUID | None = None
    slots: list[UUID] = Field(default_factory=list, max_length=100)
    course: UUID | None = None
    starts_at: Instant | None = None
    instructor: UUID | None = None
    student: UUID | NewStudentIn
    client: UUID | PersonIn | None = None
    enrollment_type: Literal["trial", "one_off"] | None = None
    pay_with: Literal["card", "desk", "transfer"] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "BookingIn":
        if (self.session is None) == (self.course is None):
            raise ValueError("name a session, or a course with starts_at")
        if self.course is not None and self.starts_at is None:
            raise ValueError("a lesson of a course needs starts_at")
        if self.session is not None and (self.starts_at or self.instructor):
            raise ValueError("a session has its time and instructor already")
        return self

    def named(self) -> Named:
        client = self.client.new_person() if isinstance(self.client, PersonIn) else self.client
        if isinstance(self.student, UUID):
            return Named(self.student, client)
        new = self.student
        return Named(new.new_person(), client, new.skill_level, new.relationship)


def inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """A JSON schema that stands by itself: each reference replaced by what it refers to."""
    if isinstance(schema, list):
        return [inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return inlined(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    return {name: inlined(value, definitions) for name, value in schema.items() if name != "$defs"}


_SCHEMA = BookingIn.model_json_schema()
BODY_SCHEMA = inlined(_SCHEMA, _SCHEMA["$defs"])


class ConfirmIn(Input):
    waive_reason: Annotated[str, Field(max_length=300)] = ""


def show_placed(placed: Placed) -> dict[str, Any]:
    """The answer to a booking, known before it is written."""
    seat, terms = placed.seat, placed.terms
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
        "order": str(placed.order_id),
        "order_key": None,
        "payment": None
        if terms.ask is None
        else {
            "id": str(placed.request_id),
            "kind": terms.ask.value,
            "reference": placed.request_reference,
            "amount": money(terms.price.due_now, placed.currency),
            "status": "pending",
            "expires_at": shown(seat.hold_expires_at),
            "pay_at": "payments",
        },
    }


@router.post(
    "",
    operation_id="create_booking",
    summary="Book a seat, or a lesson on demand",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": BODY_SCHEMA}}}},
)
@answers(shapes.NewBooking, HTTPStatus.CREATED, guests=True, also=(HTTPStatus.TOO_MANY_REQUESTS,))
def create_booking(request: HttpRequest, school: Path[str]) -> HttpResponse:
    """The body is read here and not by the framework: this is the one address where every microsecond counts."""
    credentials = credentials_of(request)
    try:
        body = BookingIn.model_validate(load(request.body))
    except ValidationError as wrong:
        raise input_refused(wrong.errors()) from None
    asked = asked_once(request, credentials)
    answer = tried_again(lambda: _answer(body, school, request, asked))
    return respond(answer if credentials.digest else _with_key(answer))


def _answer(body: BookingIn, school: str, request: HttpRequest, asked: AskedOnce | None) -> Answer:
    try:
        if body.session and isinstance(body.student, UUID) and not isinstance(body.client, PersonIn):
            return _book_known(body, school, request, asked, body.session, body.student, body.client)
        return _book_new(body, school, request, asked)
    except KeyInUse:
        return _answered_meanwhile(body, school, request, asked)


def _with_key(answer: Answer) -> Answer:
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
    """A lesson on demand, or somebody new: read and written in one transaction."""
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
    _clear_the_way(body, visit)
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
        )
        return _bought(purchase, by=actor, asked=asked)


def _clear_the_way(body: BookingIn, visit: Visit) -> None:
    if body.session:
        session = _session_to_book(visit, body.session)
        expire_overdue_holds_at(visit.school, Stretch(session.starts_at, session.ends_at))
    elif body.course and body.starts_at:
        lasts = dt.timedelta(minutes=find_course(visit.school, body.course).duration_minutes)
        expire_overdue_holds_at(visit.school, Stretch(body.starts_at, body.starts_at + lasts))


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


def show_bookings(bookings: Sequence[Booking], school: School, *, to: Actor) -> list[dict[str, Any]]:
    teaches = to.is_staff or to.role == Role.INSTRUCTOR
    attendances = attendances_of(bookings)
    moneys = money_of(bookings)
    return [
        {
            "id": str(one.pk),
            "reference": one.reference,
            "status": one.status,
            "settled_by": one.settled_by,
            "state": STATES[Booking.Status(one.status)].value,
            "payment_status": one.payment_status,
            "amount": money(one.price, school.currency),
            "paid": money(moneys[one.pk].paid, school.currency),
            "hold_expires_at": shown(one.hold_expires_at),
            "session": str(one.session_id),
            "student": str(one.student_id),
            "client": str(one.client_id),
            "enrollment": str(one.enrollment_id) if one.enrollment_id else None,
            "slots": [
                {
                    "id": str(seat.slot_id),
                    "starts_at": shown(seat.slot.starts_at),
                    "ends_at": shown(seat.slot.ends_at),
                    "attendance": seat.status,
                    "feedback": seat.feedback,
                    "tutor_notes": seat.tutor_notes if teaches else None,
                }
                for seat in attendances[one.pk]
            ],
            "order": str(moneys[one.pk].order_id) if moneys[one.pk].order_id else None,
            "payment": None
            if (request := moneys[one.pk].request) is None
            else {
                "id": str(request.pk),
                "kind": request.kind,
                "reference": request.reference,
                "amount": money(request.amount, school.currency),
                "status": request.status,
                "expires_at": shown(request.expires_at),
                "pay_at": "payments",
            },
        }
        for one in bookings
    ]


def show_booking(booking: Booking, visit: Visit) -> dict[str, Any]:
    return show_bookings([booking], visit.school, to=visit.actor)[0]


@router.get("", operation_id="list_bookings", summary="Bookings that the asker may see")
@answers(shapes.Bookings, keyed=True)
def bookings(
    request: HttpRequest,
    school: Path[str],
    status: str | None = None,
    session: UUID | None = None,
    student: UUID | None = None,
    client: UUID | None = None,
    reference: str | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> dict[str, Any]:
    visit = enter(request, school, roles=SIGNED_IN, keyed=True)
    rows = bookings_reached_by(visit.actor, visit.school)
    if status is not None and status not in Booking.Status.values:
        raise InputRefused.of("status", _("Choose one of: %s.") % ", ".join(Booking.Status.values))
    wanted = {
        "status": status,
        "session_id": session,
        "student_id": student,
        "client_id": client,
        "reference": clean_reference(reference),
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return page(rows, after=after, limit=limit, show=lambda found: show_bookings(found, visit.school, to=visit.actor))


def clean_reference(reference: str | None) -> str | None:
    """As people type it: small letters, with or without the hyphen. Raises InputRefused where that is nothing."""
    if reference is None:
        return None
    plain = "".join(character for character in reference.upper() if character.isalnum())
    if not plain or not is_one_line(reference):
        raise InputRefused.of("reference", _("Write a reference such as AB12-CD34."))
    return f"{plain[:4]}-{plain[4:]}"


@router.get("/{booking}", operation_id="get_booking", summary="One booking")
@answers(shapes.Booking, keyed=True)
def booking(request: HttpRequest, school: Path[str], booking: UUID) -> dict[str, Any]:
    visit = enter(request, school, roles=SIGNED_IN, keyed=True)
    return show_booking(find_booking(visit, booking), visit)


def find_booking(visit: Visit, booking_id: UUID) -> Booking:
    found = (
        bookings_reached_by(visit.actor, visit.school)
        .filter(id=booking_id)
        .select_related("session__course__school")
        .first()
    )
    if found is None:
        raise NotFound(booking_id)
    return found


@router.post(
    "/{booking}/confirm", operation_id="confirm_booking", summary="Confirm what is paid, or waive it and say why"
)
@answers(shapes.Booking)
def confirm(request: HttpRequest, school: Path[str], booking: UUID, body: ConfirmIn | None = None) -> HttpResponse:
    visit = enter(request, school, roles=STAFF)

    def act() -> dict[str, Any]:
        found = find_booking(visit, booking)
        reason = body.waive_reason.strip() if body else ""
        return show_booking(confirm_booking_of_order(found, by=visit.actor, reason=reason), visit)

    return visit.answer(act, status=200)


@router.post("/{booking}/cancel", operation_id="cancel_booking", summary="Give the seat back")
@answers(shapes.Booking, keyed=True)
def cancel(request: HttpRequest, school: Path[str], booking: UUID, body: Nothing | None = None) -> HttpResponse:
    visit = enter(request, school, roles=STAFF | {Role.CLIENT, Role.STUDENT}, keyed=True)

    def act() -> dict[str, Any]:
        cancelled = cancel_and_settle(find_booking(visit, booking), by=visit.actor)
        return show_booking(cancelled, visit)

    return visit.answer(act, status=200)


class RescheduleIn(Input):
    """A new start for a lesson on demand, or another session of the course for a seat."""

    starts_at: Instant | None = None
    instructor: UUID | None = None
    session: UUID | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "RescheduleIn":
        if (self.starts_at is None) == (self.session is None):
            raise ValueError(_("Give a new start, or a session, one of the two."))
        return self


@router.post("/{booking}/reschedule", operation_id="reschedule_booking", summary="To another time of the course")
@answers(shapes.Booking, keyed=True)
def reschedule(request: HttpRequest, school: Path[str], booking: UUID, body: RescheduleIn) -> HttpResponse:
    visit = enter(request, school, roles=STAFF | {Role.CLIENT, Role.STUDENT}, keyed=True)
    found = find_booking(visit, booking)
    if body.starts_at:
        lasts = dt.timedelta(minutes=found.session.course.duration_minutes)
        expire_overdue_holds_at(visit.school, Stretch(body.starts_at, body.starts_at + lasts))

    def act() -> dict[str, Any]:
        session = None
        if body.session:
            rows = Session.objects.of(visit.school).select_related("course__school")
            session = rows.filter(id=body.session, on_demand=False).first()
            if session is None:
                raise NotFound(body.session)
        target = Target(body.starts_at, body.instructor, session)
        moved = reschedule_booking(find_booking(visit, booking), target, by=visit.actor)
        return show_booking(moved, visit)

    return visit.answer(act, status=200)
