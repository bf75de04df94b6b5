"""`/bookings`: seats and lessons, taken and given back."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from pydantic import Field, ValidationError, model_validator

from schoolbell.api import shapes
from schoolbell.api.booking_body import BODY_SCHEMA, BookingIn, Notes
from schoolbell.api.document import answers
from schoolbell.api.entry import ANYBODY, SIGNED_IN, STAFF, Visit, asked_once, credentials_of, enter, respond
from schoolbell.api.errors import input_refused
from schoolbell.api.new_bookings import book, with_key
from schoolbell.api.pages import MOST, page
from schoolbell.api.parsing import load
from schoolbell.api.people import PersonIn
from schoolbell.api.types import Input, Instant, Nothing, money, shown
from schoolbell.billing.naming import name_student
from schoolbell.billing.payments import confirm_booking_of_order
from schoolbell.billing.queries import bookings_reached_by, money_of
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.models import Booking
from schoolbell.bookings.notes import change_notes
from schoolbell.bookings.queries import attendances_of, named_later, students_seen_by, why_cancelled
from schoolbell.bookings.slots import STATES
from schoolbell.kit.database.collisions import tried_again
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.kit.text import is_one_line
from schoolbell.people.models import Student
from schoolbell.planning.rescheduling import Target, reschedule_booking
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

router = Router(tags=["bookings"])


class ConfirmIn(Input):
    waive_reason: Annotated[str, Field(max_length=300)] = ""


@router.post(
    "",
    operation_id="create_booking",
    summary="Book a seat, or a lesson on demand",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": BODY_SCHEMA}}}},
)
@answers(shapes.NewBooking, HTTPStatus.CREATED, to=ANYBODY, also=(HTTPStatus.TOO_MANY_REQUESTS,))
def create_booking(request: HttpRequest, school: Path[str]) -> HttpResponse:
    """Name a `session`, and perhaps some of its `slots`; or a `course` with `starts_at`, and perhaps an `instructor`.

    The student and the client are ids, or new people; a seat alone may be named later. `products` are ordered beside
    it, in the same order. The answer says under `payment` what is to pay for all of it, and until when it is held.
    """
    # The body is read here and not by the framework: this is the one address where every microsecond counts.
    credentials = credentials_of(request)
    try:
        body = BookingIn.model_validate(load(request.body))
    except ValidationError as wrong:
        raise input_refused(wrong.errors()) from None
    asked = asked_once(request, credentials)
    answer = tried_again(lambda: book(body, school, request, asked))
    return respond(answer if credentials.digest else with_key(answer))


def show_bookings(bookings: Sequence[Booking], school: School, *, to: Actor) -> list[dict[str, Any]]:
    teaches = to.is_staff or to.role == Role.INSTRUCTOR
    attendances, unnamed = attendances_of(bookings), named_later(bookings)
    moneys, because = money_of(bookings), why_cancelled(bookings)
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
            "named_later": one.pk in unnamed,
            "notes": one.notes,
            "cancelled_because": because.get(one.pk, ""),
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
@answers(shapes.Bookings, to=SIGNED_IN, keyed=True)
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
    visit = enter(request, school)
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
@answers(shapes.Booking, to=SIGNED_IN, keyed=True)
def booking(request: HttpRequest, school: Path[str], booking: UUID) -> dict[str, Any]:
    visit = enter(request, school)
    return show_booking(find_booking(visit, booking), visit)


class BookingChangeIn(Input):
    notes: Notes


@router.patch("/{booking}", operation_id="change_booking", summary="Say anew what the school should know of it")
@answers(shapes.Booking, to=STAFF | {Role.CLIENT, Role.STUDENT}, keyed=True)
def change(request: HttpRequest, school: Path[str], booking: UUID, body: BookingChangeIn) -> HttpResponse:
    """Whoever booked may while a lesson of it lies ahead, the office at any time. Empty, they are taken back."""
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        return show_booking(change_notes(find_booking(visit, booking), body.notes, by=visit.actor), visit)

    return visit.answer(act, status=HTTPStatus.OK)


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
@answers(shapes.Booking, to=STAFF)
def confirm(request: HttpRequest, school: Path[str], booking: UUID, body: ConfirmIn | None = None) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        found = find_booking(visit, booking)
        reason = body.waive_reason.strip() if body else ""
        return show_booking(confirm_booking_of_order(found, by=visit.actor, reason=reason), visit)

    return visit.answer(act, status=200)


@router.post("/{booking}/cancel", operation_id="cancel_booking", summary="Give the seat back")
@answers(shapes.Booking, to=STAFF | {Role.CLIENT, Role.STUDENT}, keyed=True)
def cancel(request: HttpRequest, school: Path[str], booking: UUID, body: Nothing | None = None) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        cancelled = cancel_and_settle(find_booking(visit, booking), by=visit.actor)
        return show_booking(cancelled, visit)

    return visit.answer(act, status=200)


class NameStudentIn(Input):
    """A student of the school, whom the client answers for, or somebody new."""

    student: UUID | PersonIn


@router.post(
    "/{booking}/name-student",
    operation_id="name_student",
    summary="Say who takes a seat that was booked without a name",
)
@answers(shapes.Booking, to=STAFF | {Role.CLIENT}, keyed=True)
def name(request: HttpRequest, school: Path[str], booking: UUID, body: NameStudentIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        found, asked = find_booking(visit, booking), body.student
        who = asked.new_person() if isinstance(asked, PersonIn) else students_seen_by_id(visit, asked)
        return show_booking(name_student(found, who, by=visit.actor), visit)

    return visit.answer(act, status=200)


def students_seen_by_id(visit: Visit, student_id: UUID) -> Student:
    found = students_seen_by(visit.actor, visit.school).filter(id=student_id).first()
    if found is None:
        raise NotFound(student_id)
    return found


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
@answers(shapes.Booking, to=STAFF | {Role.CLIENT, Role.STUDENT}, keyed=True)
def reschedule(request: HttpRequest, school: Path[str], booking: UUID, body: RescheduleIn) -> HttpResponse:
    visit = enter(request, school)

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
