"""What must hold of the bookings of a timetable file, once all of its lines are read."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from schoolbell.billing.orders import amount_of
from schoolbell.billing.requests import terms_for
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.importing.among import among
from schoolbell.importing.bookings_on_file import ENDED
from schoolbell.importing.lines import Problems
from schoolbell.importing.onfile import COURSE, OnFile
from schoolbell.importing.seats import Seats, reachable
from schoolbell.importing.series_on_file import wants
from schoolbell.importing.sessions_on_file import SessionsOnFile
from schoolbell.importing.structures import ELSEWHERE
from schoolbell.importing.things import Thing, Told
from schoolbell.kit.time import local_day, now, zone
from schoolbell.timetable.models import Session

FIXED: Final = {"price": "price", "client_id": "client", "type": "booking_type", "waived": "waived"}


class Terms:
    """Completes the bookings that a file tells of, and says what cannot be."""

    def __init__(self, seats: Seats, on_file: OnFile, timetable: SessionsOnFile, problems: Problems) -> None:
        self.seats = seats
        self.on_file = on_file
        self.timetable = timetable
        self.problems = problems
        self._courses: dict[UUID, Course] = {}
        self.seatings: list[tuple[Thing, Thing, str]] = []  # seats in classes every week, a session each, and why not

    def complete(self, sessions: Iterable[Thing]) -> None:
        for booking, session in self.seats.told.items():
            self._leave_expired(booking)
            if booking.is_new:
                self._complete_new(booking, session)
            else:
                self._require_change(booking)
            self._require_sound(booking, session)
        self._require_one_trial()
        self._complete_without()
        told = set(self.seats.told.values())
        for session in sessions:
            if session.is_new or session.changed or session in told:
                self._require_all_ended(session)
                self._require_seats(session)

    def course(self, session: Thing) -> Course:
        course_id = session.now("course_id")
        if course_id not in self._courses:
            thing = self.on_file.courses.by_id[course_id]
            self._courses[course_id] = Course(
                id=course_id, school=self.on_file.school, **{name: thing.now(name) for name in COURSE}
            )
        return self._courses[course_id]

    def _bad(self, booking: Thing, name: str, reason: str, column: str = "") -> None:
        told = booking.told.get(name)
        self.problems.add(told.line if told and told.line else booking.line, column or name, reason)

    def _leave_expired(self, booking: Thing) -> None:
        """A hold may run out after the file was written: that is no contradiction."""
        told = booking.told.get("status")
        if told is not None and told.value == "pending" and booking.values["status"] == "expired":
            for name in ("status", "held_until"):
                booking.told.pop(name, None)

    def _complete_new(self, booking: Thing, session: Thing) -> None:
        course = self.course(session)
        slots = self._slots_of(booking, session)
        booking.values["slots"] = frozenset(slots)
        if booking.now("client_id") is None:
            student = self.on_file.students.by_id[booking.values["student_id"]]
            booking.values["client_id"] = self.on_file.payer_of(student)
            if booking.values["client_id"] is None:
                self._bad(booking, "client_id", _("is empty, and nobody answers for the student"), "client")
        if booking.now("type") == Enrollment.Type.WEEKLY_RECURRING:
            self._complete_weekly(booking, session)
        trial = booking.now("type") == Enrollment.Type.TRIAL or session.now("type") == Session.Type.TRIAL
        if booking.now("price") is None:
            like = Session(price=session.now("price"), type=session.now("type"))
            booking.values["price"] = amount_of(course, like, len(slots), trial=trial)
        if booking.now("status") == "pending" and is_paid_apart(booking):
            self._complete_pending(booking, session, course)
        elif booking.now("status") in ENDED and booking.now("ended_at") is None:
            booking.values["ended_at"] = now()

    def _complete_weekly(self, booking: Thing, session: Thing) -> None:
        """It belongs to the student's enrollment for weekly lessons, and is paid for with the others of it."""
        student_id = booking.values["student_id"]
        series = self.on_file.series.by_id.get(session.now("series_id"))
        enrolled = self.on_file.series.enrolled(series) if series is not None else None
        if enrolled is None or enrolled.now("student_id") != student_id:
            enrolled = self.on_file.series.seat_of(booking, session, day_of(session))
            booking.values["seat"] = enrolled
        if enrolled is None:
            reason = _("is for this student's weekly lessons: bring them in a file of series, and name them in series")
            self._bad(booking, "type", reason, "booking_type")
            return
        booking.values |= {
            "enrollment_id": enrolled.values.get("enrollment_id", enrolled.id),
            "settled_by": Booking.SettledBy.ENROLLMENT,
            "price": enrolled.now("price"),
        }

    def _complete_without(self) -> None:
        """Classes in which whoever has a seat every week has none."""
        found = []
        for line, session, student in self.seats.without:
            day = day_of(session)
            mine = self.on_file.series.seats_in(session.now("series_id"), student.id)
            seat = next((one for one in mine if wants(one, day)), None)
            if seat is None:
                line.bad("no_seat", _("is for students who have a seat in this class every week"))
            else:
                found.append((line, session, seat))
        moved = {line.number: seat.id for line, _session, seat in found if line.values["no_seat"] == ELSEWHERE}
        booked = {one.values["enrollment_id"] for one in self.seats.told}
        rows = Booking.objects.of(self.on_file.school).filter(among("enrollment_id", set(moved.values()) - booked))
        booked |= set(rows.values_list("enrollment_id", flat=True))
        for line, session, seat in found:
            reason = line.values["no_seat"]
            if reason == ELSEWHERE and seat.id not in booked:
                line.bad("no_seat", _("is elsewhere, but the student has a booking in no other class by this seat"))
            self.seatings.append((seat, session, "" if reason == ELSEWHERE else reason))

    def _complete_pending(self, booking: Thing, session: Thing, course: Course) -> None:
        starts_at = session.now("slots")[0].starts_at
        terms = terms_for(course, course.policies, amount=booking.now("price"), starts_at=starts_at, pay_with="desk")
        booking.values["due_to_confirm"] = terms.price.due_now
        if booking.now("held_until") is None:
            if starts_at <= now():
                self._bad(
                    booking,
                    "status",
                    _("is pending in a session that has begun; say what became of it"),
                    "booking_status",
                )
            booking.values["held_until"] = terms.hold_expires_at or min(now() + dt.timedelta(days=2), starts_at)

    def _slots_of(self, booking: Thing, session: Thing) -> range | set[int]:
        """The places of its slots in the session, from 0."""
        every = range(len(session.now("slots")))
        told = booking.told.get("places")
        if told is None:
            return every
        if told.value[-1] > len(every):
            self._bad(booking, "places", _("names a time that the session has not; it has %s") % len(every), "slots")
            return every
        if len(told.value) < len(every) and not session.now("choose_slots"):
            self._bad(booking, "places", _("is a part of a session that is booked whole (choose_slots is no)"), "slots")
        return {place - 1 for place in told.value}

    def _require_change(self, booking: Thing) -> None:
        before, after = booking.values["status"], booking.now("status")
        if before != after and not reachable(before, after):
            self._bad(
                booking,
                "status",
                _("cannot become %(after)s: the booking is %(before)s") % {"after": after, "before": before},
                "booking_status",
            )
        for name, column in FIXED.items():
            told = booking.told.get(name)
            if told is not None and told.value != booking.values[name]:
                self._bad(booking, name, _("is settled already; a file cannot change it"), column)
        session = self.seats.told[booking]
        told = booking.told.get("places")
        if told is not None:
            order = self.timetable.slot_ids[session.id]
            if {order[place - 1] for place in told.value if place <= len(order)} != booking.values["slots"]:
                self._bad(booking, "places", _("is settled already; a file cannot change it"), "slots")
            del booking.told["places"]
        if before in ENDED:
            for name in ("kept", "keeps_seat", "ended_at"):
                told = booking.told.get(name)
                if told is not None and told.value != booking.values[name]:
                    self._bad(booking, name, _("is settled already; a file cannot change it"))
        elif after in ENDED and booking.now("ended_at") is None:
            booking.told["ended_at"] = Told(now().replace(microsecond=0), 0)

    def _require_sound(self, booking: Thing, session: Thing) -> None:
        status, price = booking.now("status"), booking.now("price") or 0
        ended = status in ENDED
        for name in ("kept", "waived"):
            if booking.now(name) > price:
                self._bad(booking, name, _("is more than the price"))
        if booking.now("kept") and not ended:
            self._bad(booking, "kept", _("is for bookings that are cancelled"))
        if booking.now("keeps_seat") and not ended:
            self._bad(booking, "keeps_seat", _("is for bookings that are cancelled; others keep their seat anyway"))
        if booking.told.get("ended_at") and not ended:
            self._bad(booking, "ended_at", _("is for bookings that are cancelled or expired"))
        if booking.told.get("held_until") and status != "pending":
            self._bad(booking, "held_until", _("is for bookings that are pending"))
        if not is_paid_apart(booking):
            self._require_of_enrollment(booking)
        elif status == "pending":
            self._require_pending(booking)
        if session.now("status") == "draft" and not ended:
            self._bad(booking, "status", _("is in a session that is a draft; publish it"), "session_status")

    def _require_pending(self, booking: Thing) -> None:
        if sum(one.amount for one in booking.now("paid")) >= (booking.values["due_to_confirm"] or 1):
            self._bad(booking, "paid", _("is enough to confirm the booking; it cannot be pending"))
        if booking.now("waived"):
            self._bad(booking, "waived", _("is for bookings that are confirmed"))

    def _require_of_enrollment(self, booking: Thing) -> None:
        if booking.now("status") == "pending":
            self._bad(booking, "status", _("is pending; weekly lessons are confirmed at once"), "booking_status")
        for name in ("paid", "waived"):
            if booking.now(name):
                self._bad(booking, name, _("is filled; weekly lessons are paid for together, not one by one"))

    def _require_one_trial(self) -> None:
        """A student tries a course once."""
        trials = {one: session for one, session in self.seats.told.items() if one.now("type") == "trial"}
        mine = {one.id for one in trials}
        students = {one.values["student_id"] for one in trials}
        taken = {
            (student_id, course_id)
            for student_id, course_id, booking_id in Enrollment.objects.of(self.on_file.school)
            .filter(among("student_id", students), type="trial")
            .exclude(status="cancelled")
            .values_list("student_id", "course_id", "bookings__id")
            if booking_id not in mine
        }
        for booking, session in trials.items():
            what = (booking.values["student_id"], session.now("course_id"))
            if booking.now("status") in ENDED:
                continue
            if what in taken:
                self._bad(booking, "type", _("is a second trial of this course by this student"), "booking_type")
            taken.add(what)

    def _require_all_ended(self, session: Thing) -> None:
        bookings = self.timetable.booked.of_session.get(session.id, [])
        living = [one for one in bookings if one.now("status") in ("pending", "confirmed", "in_progress")]
        if session.now("status") == "cancelled":
            for one in living:
                line = one.line or session.line
                reason = (
                    _("is not over, though its session is cancelled")
                    if one.line
                    else _("cannot be cancelled: it has bookings that are not in this file")
                )
                self.problems.add(line, "booking_status" if one.line else "session_status", reason)
        elif session.now("on_demand") and bookings and all(one.now("status") in ENDED for one in bookings):
            self.problems.add(
                bookings[-1].line or session.line,
                "session_status",
                _("a lesson on demand goes with its booking: cancel it too"),
            )

    def _require_seats(self, session: Thing) -> None:
        """Nobody is booked who finds no seat. An overdue hold that the file does not speak of is in nobody's way."""
        order = {slot_id: place for place, slot_id in enumerate(self.timetable.slot_ids[session.id])}
        capacity = session.now("capacity")
        taken: Counter[int] = Counter()
        for booking in self.timetable.booked.of_session.get(session.id, []):
            if not holds_seat(booking) or (not booking.line and is_overdue(booking)):
                continue
            places = [order.get(slot, slot) for slot in booking.values["slots"]]
            taken.update(places)
            if booking.line and any(taken[place] > capacity for place in places):
                self._bad(booking, "student_id", _("finds no seat: the session has %s") % capacity, "student")
                return
        if taken and max(taken.values()) > capacity:
            told = session.told.get("capacity")
            reason = _("is less than the %s seats that are taken") % max(taken.values())
            self.problems.add(told.line if told else session.line, "capacity", reason)


def day_of(session: Thing) -> dt.date:
    """The day that a session stands for."""
    start = session.now("slots")[0].starts_at
    return session.now("occurrence_on") or local_day(start, zone(session.now("timezone")))


def holds_seat(booking: Thing) -> bool:
    return booking.now("status") not in ENDED or bool(booking.now("keeps_seat"))


def is_paid_apart(booking: Thing) -> bool:
    return bool(booking.values["settled_by"] == Booking.SettledBy.ORDER)


def is_overdue(booking: Thing) -> bool:
    held = booking.values.get("hold_expires_at")
    return booking.values["status"] == "pending" and held is not None and held <= now()
