"""What a timetable file makes of the database's rows."""

import datetime as dt
from typing import Any

from schoolbell.bookings.models import Attendance, Booking, Enrollment, PaymentStatus, Seating
from schoolbell.importing.bookings_on_file import ENDED
from schoolbell.importing.models import OwnKey
from schoolbell.importing.money import References, Till, owed_percent, sold_for
from schoolbell.importing.onfile import OnFile
from schoolbell.importing.series_on_file import wants
from schoolbell.importing.sessions_on_file import SESSION
from schoolbell.importing.terms import day_of, holds_seat, is_paid_apart
from schoolbell.importing.things import Thing
from schoolbell.importing.timetable import Timetable
from schoolbell.importing.writing import Writing, columns_of
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import local_day, now, zone
from schoolbell.timetable.models import Session, Slot, Staffing


class TimetableRows:
    def __init__(self, timetable: Timetable, on_file: OnFile, writing: Writing) -> None:
        self.timetable = timetable
        self.on_file = on_file
        self.writing = writing
        new = [one for one in timetable.seats.told if one.is_new]
        self.till = Till(writing, len(new))
        taken = {one.values["reference"] for one in new if one.values["reference"]}
        nameless = sum(1 for one in new if not one.values["reference"])
        self._references = References(Booking, writing.school, nameless, taken=taken)

    def gather(self) -> None:
        for session in self.timetable.sessions.told:
            self._session(session)
        received, ended = {}, set()
        for booking, session in self.timetable.seats.told.items():
            self.writing.line = booking.line
            if booking.is_new:
                self._new_booking(booking, session)
            elif booking.changed == ["notes"]:
                self._noted(booking)
            elif booking.changed:
                self._changed_booking(booking, session)
                order_id = self.timetable.stored.booked.money[booking.id].order_id
                if order_id and booking.now("status") in ENDED:
                    ended.add(order_id)
                elif order_id:
                    received[order_id] = sum(one.amount for one in booking.now("paid"))
        for seat, session, reason in self.timetable.terms.seatings:
            if (seat.id, session.id) not in self.timetable.stored.seatings:
                self.writing.add(Seating, enrollment_id=seat.id, session_id=session.id, reason=reason)
        self._seats_taken()
        self.till.settle_requests(received, ended)
        self.writing.freed |= self.timetable.freed
        self.writing.claims += [want.wanted for want in self.timetable.wants]

    def _session(self, session: Thing) -> None:
        self.writing.key(OwnKey.Noun.SESSION, session)
        changed = session.changed
        if not session.is_new and not changed:
            return
        status, slots = session.now("status"), session.now("slots")
        values = columns_of(session, SESSION) | {"starts_at": slots[0].starts_at, "ends_at": slots[-1].ends_at}
        if session.is_new:
            times = {"published_at": now() if status == "published" else None}
            times["cancelled_at"] = self._cancelled_at(session) if status == "cancelled" else None
            self.writing.add(Session, id=session.id, created_by=self.writing.by.who, **values, **times)
            self.writing.record("session.created", session.id, new={"status": status, "capacity": values["capacity"]})
        else:
            if "status" in changed and status in ("published", "cancelled"):
                values[f"{status}_at"] = now()
            self.writing.change(Session, session.id, **values)
            self.writing.record("session.changed", session.id, new={"changed": changed, "status": status})
        if session.is_new or "instructors" in changed:
            self._staff(session)

    def _cancelled_at(self, session: Thing) -> dt.datetime:
        """When the last who was booked went, as far as the file says it."""
        bookings = self.timetable.stored.booked.of_session.get(session.id, [])
        return max((one.now("ended_at") for one in bookings if one.now("ended_at")), default=now())

    def _staff(self, session: Thing) -> None:
        if not session.is_new:
            Staffing.objects.of(self.writing.school).filter(session_id=session.id).delete()
        for place, instructor_id in enumerate(session.now("instructors")):
            self.writing.add(Staffing, session_id=session.id, instructor_id=instructor_id, leads=place == 0)

    def _seats_taken(self) -> None:
        """Slots as they will be, each with the seats that are held in it."""
        booked = self.timetable.stored.booked
        touched = {
            session for booking, session in self.timetable.seats.told.items() if booking.is_new or booking.changed
        }
        for session in self.timetable.sessions.told:
            if not (session.is_new or session.changed or session in touched):
                continue
            ids = self.timetable.stored.slot_ids[session.id]
            taken = dict.fromkeys(ids, 0)
            for booking in booked.of_session.get(session.id, []):
                if holds_seat(booking):
                    for slot_id in booked.seats[booking.id]:
                        taken[slot_id] += 1
            renewed = session.is_new or len(session.now("slots")) != len(session.values["slots"])
            if renewed and not session.is_new:
                Slot.objects.of(self.writing.school).filter(session_id=session.id).delete()
            for slot_id, during in zip(ids, session.now("slots"), strict=True):
                values = {
                    "starts_at": during.starts_at,
                    "ends_at": during.ends_at,
                    "capacity": session.now("capacity"),
                    "seats_taken": taken[slot_id],
                    "is_open": session.now("status") == "published",
                }
                if renewed:
                    self.writing.add(Slot, id=slot_id, session_id=session.id, **values)
                else:
                    self.writing.change(Slot, slot_id, **values)

    def _new_booking(self, booking: Thing, session: Thing) -> None:
        status, price, student_id = booking.now("status"), booking.now("price"), booking.values["student_id"]
        course = self.on_file.courses.by_id[session.now("course_id")]
        paid_apart = is_paid_apart(booking)
        payment_status: str = PaymentStatus.PENDING
        if paid_apart:
            payment_status = self.till.sell(booking, tax_rate=course.now("tax_rate"))
        values: dict[str, Any] = _ending(booking) if status in ENDED else {}
        if status == "pending":
            values = {
                "hold_expires_at": booking.now("held_until"),
                "due_to_confirm": booking.values["due_to_confirm"],
            }
        elif status not in ENDED:
            values = {"confirmed_at": now()}
        enrollment_id = booking.values["enrollment_id"]
        if booking.now("type") and paid_apart:
            enrollment_id = self._enroll(booking, session, payment_status)
        self.writing.add(
            Booking,
            id=booking.id,
            reference=booking.values["reference"] or self._references.next(),
            session_id=session.id,
            student_id=student_id,
            client_id=booking.now("client_id"),
            enrollment_id=enrollment_id,
            status=status,
            payment_status=payment_status,
            settled_by=booking.values["settled_by"],
            price=price,
            notes=booking.now("notes"),
            **values,
        )
        for slot_id, attendance_id in self.timetable.stored.booked.seats[booking.id].items():
            self.writing.add(
                Attendance,
                id=attendance_id,
                booking_id=booking.id,
                slot_id=slot_id,
                student_id=student_id,
                is_live=holds_seat(booking),
            )
        self.writing.record(
            "booking.created",
            booking.id,
            student_id=student_id,
            client_id=booking.now("client_id"),
            new={"price": price, "status": status},
        )
        self._seat(booking, session)

    def _seat(self, booking: Thing, session: Thing) -> None:
        """Who was seated in a class is not seated there again, but after a pause: it gives again what it cancelled."""
        seat: Thing | None = booking.values.get("seat")
        if seat is None or seat.now("series_id") != session.now("series_id"):
            return
        paused_at = seat.now("paused_at")
        gone_before = paused_at is not None and booking.now("ended_at") and booking.now("ended_at") < paused_at
        if booking.now("status") in ENDED and not gone_before and not wants(seat, day_of(session)):
            return
        found = (seat.id, session.id)
        seatings = self.timetable.stored.seatings
        if found not in seatings:
            self.writing.add(Seating, enrollment_id=seat.id, session_id=session.id, reason="")
        elif seatings[found].values["reason"]:
            self.writing.change(Seating, seatings[found].id, reason="")
        seatings[found] = Thing(seat.id, {"reason": ""})

    def _enroll(self, booking: Thing, session: Thing, payment_status: str) -> Any:
        enrollment_id = new_id()
        self.writing.add(
            Enrollment,
            id=enrollment_id,
            student_id=booking.values["student_id"],
            client_id=booking.now("client_id"),
            course_id=session.now("course_id"),
            type=booking.now("type"),
            status=_enrolled(booking.now("status")),
            payment_status=payment_status,
            starts_on=local_day(session.now("slots")[0].starts_at, zone(session.now("timezone"))),
        )
        return enrollment_id

    def _noted(self, booking: Thing) -> None:
        """Words alone: money and seats stay as they are, and the record does not say them."""
        self.writing.change(Booking, booking.id, notes=booking.now("notes"))
        self.writing.record(
            "booking.notes_changed",
            booking.id,
            student_id=booking.values["student_id"],
            client_id=booking.now("client_id"),
            old={"has_notes": bool(booking.values["notes"])},
            new={"has_notes": bool(booking.now("notes"))},
        )

    def _changed_booking(self, booking: Thing, session: Thing) -> None:
        booked = self.timetable.stored.booked
        money = booked.money[booking.id]
        before, after = booking.values["status"], booking.now("status")
        course = self.on_file.courses.by_id[session.now("course_id")]
        paid_apart = is_paid_apart(booking)
        payment_status = booking.values["payment_status"]
        if paid_apart:
            new = booking.now("paid")[len(booking.values["paid"]) :]
            payment_status = self.till.receive(booking, money, new)
            if before not in ENDED:
                self.till.owe(booking, sold_for(booking) - money.sold, tax_rate=course.now("tax_rate"))
        live = holds_seat(booking)
        values = {
            "status": after,
            "payment_status": payment_status,
            "hold_expires_at": booking.now("held_until") if after == "pending" else None,
            "holds_seat": live,
            "notes": booking.now("notes"),
        }
        if before == "pending" and after not in (*ENDED, "pending"):
            values["confirmed_at"] = now()
        if after in ENDED and before not in ENDED:
            values |= _ending(booking)
            for attendance_id in booked.seats[booking.id].values():
                self.writing.change(Attendance, attendance_id, is_live=live)
        self.writing.change(Booking, booking.id, **values)
        if booking.values["enrollment_id"] and paid_apart:  # one that several lessons belong to stays as it is
            self.writing.change(
                Enrollment, booking.values["enrollment_id"], status=_enrolled(after), payment_status=payment_status
            )
        self.writing.record(
            f"booking.{after}" if before != after else "booking.changed",
            booking.id,
            student_id=booking.values["student_id"],
            client_id=booking.now("client_id"),
            old={"status": before},
            new={"status": after},
        )


def _ending(booking: Thing) -> dict[str, Any]:
    """An ended booking whose money is settled with it."""
    return {
        "ended_at": booking.now("ended_at"),
        "owed_percent": owed_percent(booking),
        "settled_at": now(),
        "holds_seat": holds_seat(booking),
    }


def _enrolled(status: str) -> str:
    return "pending" if status == "pending" else "cancelled" if status in ENDED else "active"
