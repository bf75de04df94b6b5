"""From planned bookings to rows: enrollment, booking, a seat and the student's time per slot, and its life."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from schoolbell.bookings.models import Attendance, Booking, Enrollment
from schoolbell.demo.plan import Ending, PlannedBooking, PlannedOrder
from schoolbell.demo.session_rows import range_of
from schoolbell.demo.sheets import Sheets
from schoolbell.diary.models import Claim
from schoolbell.journal.models import Record
from schoolbell.kit.time import local_day, zone

SETTLED_AFTER = dt.timedelta(seconds=2)  # by the worker, or by who cancelled it


@dataclass(frozen=True, slots=True)
class Standing:
    """How a booking stands now."""

    status: str
    payment_status: str
    confirmed_at: dt.datetime | None
    due_to_confirm: int

    @property
    def enrollment(self) -> str:
        return {
            "pending": "pending",
            "confirmed": "active",
            "completed": "ended",
            "no_show": "ended",
            "cancelled": "cancelled",
            "expired": "cancelled",
        }[self.status]


def standing(
    booking: PlannedBooking, order: PlannedOrder, *, now: dt.datetime, at_once: bool, deposit: int
) -> Standing:
    """`at_once`: the school confirms on the booking itself. `deposit`: what the course asks to confirm, if not all."""
    free = booking.price == 0
    paid_in_full = free or (order.paid_at is not None and (not deposit or order.balance_at is not None))
    return Standing(
        status=_status(booking, now),
        payment_status="paid" if paid_in_full else "deposit_paid" if order.paid_at else "pending",
        confirmed_at=order.placed_at if free or at_once else order.paid_at,
        due_to_confirm=0 if free or at_once else deposit or booking.price,
    )


def _status(booking: PlannedBooking, now: dt.datetime) -> str:
    if booking.ending in (Ending.EXPIRED, Ending.HELD):
        return "expired" if booking.ending == Ending.EXPIRED else "pending"
    if booking.has_ended:
        return "cancelled"
    if booking.ends_at > now:
        return "confirmed"
    return "no_show" if booking.ending == Ending.NO_SHOW else "completed"


def write_booking(
    booking: PlannedBooking, order: PlannedOrder, stands: Standing, sheets: Sheets, reference: str
) -> UUID:
    at, session, learner = order.placed_at, booking.session, booking.learner
    unpaid = stands.confirmed_at is None
    booking_id = sheets.add(
        Booking,
        at,
        reference=reference,
        session_id=session.id,
        student_id=learner.id,
        client_id=order.client_id,
        enrollment_id=_enroll(booking, order, stands, sheets) if booking.enrollment else None,
        status=stands.status,
        payment_status=stands.payment_status,
        price=booking.price,
        due_to_confirm=stands.due_to_confirm,
        holds_seat=booking.holds_seat,
        hold_expires_at=order.hold_expires_at if unpaid else None,
        confirmed_at=stands.confirmed_at,
        ended_at=booking.ended_at,
        owed_percent=booking.owed_percent if booking.ended_at else None,
        settled_at=booking.ended_at + SETTLED_AFTER if booking.ended_at else None,
        updated_at=_last_change(booking, stands, at),
        notes=order.notes,
    )
    _write_seats(booking, booking_id, at, sheets)
    _write_records(booking, booking_id, order, stands, sheets)
    return booking_id


def write_enrolled(
    booking: PlannedBooking, enrollment_id: UUID, at: dt.datetime, sheets: Sheets, reference: str
) -> None:
    """A lesson of weekly ones, or a seat in a class, paid for with the others; perhaps a pause cancelled it."""
    ended_at = booking.ended_at
    booking_id = sheets.add(
        Booking,
        at,
        reference=reference,
        session_id=booking.session.id,
        student_id=booking.learner.id,
        client_id=booking.learner.payer.id,
        enrollment_id=enrollment_id,
        status="cancelled" if ended_at else "confirmed",
        payment_status="pending",
        settled_by="enrollment",
        price=booking.price,
        holds_seat=booking.holds_seat,
        confirmed_at=at,
        ended_at=ended_at,
        owed_percent=booking.owed_percent if ended_at else None,
        settled_at=ended_at + SETTLED_AFTER if ended_at else None,
        updated_at=ended_at + SETTLED_AFTER if ended_at else at,
    )
    _write_seats(booking, booking_id, at, sheets)
    if ended_at:
        sheets.add(
            Record,
            ended_at,
            name="booking.cancelled",
            subject_id=booking_id,
            student_id=booking.learner.id,
            client_id=booking.learner.payer.id,
            role="admin",
            old={"status": "confirmed"},
            new={"status": "cancelled", "owed_percent": booking.owed_percent},
        )


def _write_seats(booking: PlannedBooking, booking_id: UUID, at: dt.datetime, sheets: Sheets) -> None:
    session, learner = booking.session, booking.learner
    for index in booking.slots:
        attendance_id = sheets.add(
            Attendance,
            at,
            booking_id=booking_id,
            slot_id=session.slot_ids[index],
            student_id=learner.id,
            is_live=booking.holds_seat,
        )
        if not booking.has_ended:
            during = range_of(session.slots[index])
            sheets.add(Claim, at, diary_id=learner.diary_id, kind="lesson", during=during, source=attendance_id)


def _enroll(booking: PlannedBooking, order: PlannedOrder, stands: Standing, sheets: Sheets) -> UUID:
    day = local_day(booking.starts_at, zone(booking.session.course.school.timezone))
    return sheets.add(
        Enrollment,
        order.placed_at,
        student_id=booking.learner.id,
        client_id=order.client_id,
        course_id=booking.session.course.pk,
        type=booking.enrollment,
        status=stands.enrollment,
        payment_status=stands.payment_status,
        starts_on=day,
        ends_on=day if stands.enrollment == "ended" else None,
    )


def _last_change(booking: PlannedBooking, stands: Standing, placed_at: dt.datetime) -> dt.datetime:
    if booking.ended_at:
        return booking.ended_at + SETTLED_AFTER
    if stands.status in ("completed", "no_show"):
        return booking.ends_at
    return stands.confirmed_at or placed_at


def _write_records(
    booking: PlannedBooking, booking_id: UUID, order: PlannedOrder, stands: Standing, sheets: Sheets
) -> None:
    def record(name: str, at: dt.datetime, role: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        sheets.add(
            Record,
            at,
            name=name,
            subject_id=booking_id,
            student_id=booking.learner.id,
            client_id=order.client_id,
            role=role,
            old=old,
            new=new,
        )

    buyer = "admin" if order.by_office else "client"
    at_once = stands.confirmed_at == order.placed_at
    first = "confirmed" if at_once else "pending"
    record("booking.created", order.placed_at, buyer, {}, {"price": booking.price, "status": first})
    if stands.confirmed_at and not at_once:
        payer = "client" if order.pay_with == "card" else "admin"
        new = {"status": "confirmed", "waived": False}
        after_payment = stands.confirmed_at + dt.timedelta(milliseconds=2)
        record("booking.confirmed", after_payment, payer, {"status": "pending"}, new)
    live = "confirmed" if stands.confirmed_at else "pending"
    if booking.ended_at:
        role = {Ending.BY_SCHOOL: "admin", Ending.EXPIRED: "system"}.get(booking.ending, "client")
        new = {"status": stands.status, "owed_percent": booking.owed_percent}
        record(f"booking.{stands.status}", booking.ended_at, role, {"status": live}, new)
    elif stands.status in ("completed", "no_show"):
        record(f"booking.{stands.status}", booking.ends_at, "admin", {"status": live}, {"status": stands.status})
