"""The one way a seat is taken.

One statement counts the seat, claims everybody's time and writes booking and attendance, or does nothing. It guards
itself: each step writes only if the one before it wrote all it should, and the last line undoes everything if one did
not. Slots are locked in id order, claims inserted in diary order, so that two such statements never wait in a ring.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction

from schoolbell.access.statements import KEY_IS_NEW, KEYED_SQL
from schoolbell.bookings.holds import Reach, expire_overdue_holds
from schoolbell.bookings.models import Attendance
from schoolbell.bookings.refusals import AlreadyBooked, SessionFull, SessionMoved, SessionNotOpen, TrialAlreadyTaken
from schoolbell.diary.claims import CLAIMED_SQL, Wanted, claim_values, in_claim_order
from schoolbell.diary.refusals import TimeTaken
from schoolbell.journal.statements import RECORD_SQL
from schoolbell.kit.database.statements import GuardFailed, Part, execute
from schoolbell.kit.ids import new_id
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch, now
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Session, Slot

MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A seat in one slot, as long as that is then."""

    slot_id: UUID
    attendance_id: UUID
    during: Stretch


@dataclass(frozen=True, slots=True)
class NewEnrollment:
    id: UUID
    course_id: UUID
    type: str
    starts_on: dt.date


@dataclass(frozen=True, slots=True)
class Seat:
    """Everything that is decided before the seat is taken. `hold_expires_at` None: confirmed at once."""

    booking_id: UUID
    reference: str
    school_id: UUID
    session_id: UUID
    places: tuple[Place, ...]
    student_id: UUID
    student_diary_id: UUID
    client_id: UUID
    price: int
    due_to_confirm: int
    hold_expires_at: dt.datetime | None
    enrollment: NewEnrollment | None = None
    weekly_id: UUID | None = None  # the enrollment for a seat every week that it is of, and that pays for it
    notes: str = ""
    claims: tuple[Wanted, ...] = ()  # of the staff and resource of a lesson that this booking makes

    def __post_init__(self) -> None:
        if not self.places:
            raise ValueError("a seat is in at least one slot")

    @property
    def all_claims(self) -> list[Wanted]:
        """The student's claims and the others, in the order in which they are inserted."""
        own = [Wanted(self.student_diary_id, place.during, place.attendance_id) for place in self.places]
        return in_claim_order([*own, *self.claims])


@dataclass(frozen=True, slots=True)
class Along:
    """What is written with the seat, in the same statement: by floors above (`more`, reading from `booked`), the
    session itself when the booking makes it (`opening`, which must leave `seated`), and the answer to keep."""

    more: Part
    opening: Part | None = None
    kept: Part | None = None


class KeyInUse(Refusal):
    """The `Idempotency-Key` was answered a moment ago: look the answer up."""

    code = "idempotency_key_in_use"


def take_seat(seat: Seat, *, by: Actor, along: Along, once: Callable[[], None] | None = None) -> None:
    """Take the seat, and write all that goes along with it. Overdue holds in the way are expired first.

    `once` asks, in the same transaction just before, what no statement can: it keeps or locks what it asks about.
    Raises: SessionFull, SessionNotOpen, SessionMoved, TimeTaken, AlreadyBooked, TrialAlreadyTaken, KeyInUse, and what
    `once` does.
    """
    sql = seat_sql(
        along.more.sql,
        opening=along.opening.sql if along.opening else "",
        keyed=along.kept is not None,
        enrolls=seat.enrollment is not None,
        of_weekly=seat.weekly_id is not None,
        many=len(seat.places) > 1,
    )
    values = (
        seat_values(seat, by=by)
        | dict(along.more.values)
        | dict(along.opening.values if along.opening else {})
        | dict(along.kept.values if along.kept else {})
    )
    for tries_left in reversed(range(MOST_TRIES)):
        try:
            _take(sql, values, once)
        except GuardFailed as guard:
            if guard.code == KeyInUse.code:
                raise KeyInUse(seat.booking_id) from None
            expired = expire_overdue_holds(in_the_way_of=_reach(seat))
            # One more try even if none was left to expire: somebody else may have cleared it away a moment ago.
            if not tries_left or (not expired and tries_left < MOST_TRIES - 1):
                raise _refusal(guard.code, seat) from None
        else:
            return


def _take(sql: str, values: Mapping[str, Any], once: Callable[[], None] | None) -> None:
    if once is None:
        execute(sql, values)
        return
    with transaction.atomic():
        once()
        execute(sql, values)


@lru_cache
def seat_sql(more: str, *, opening: str, keyed: bool, enrolls: bool, many: bool, of_weekly: bool = False) -> str:
    """The statement in one of its shapes. Seats of every week are recorded with their enrollment, not one by one."""
    gate = KEY_IS_NEW if keyed else "true"
    parts = [
        KEYED_SQL if keyed else "",
        (opening or (_LOCKED_SQL if many else "") + _SEATED_SQL.replace("{many}", _IN_ORDER if many else "")).replace(
            "{gate}", gate
        ),
        CLAIMED_SQL.replace("{gate}", "(SELECT count(*) FROM seated) = %(slot_count)s"),
        _ENROLLED_SQL if enrolls else "",
        _BOOKED_SQL.replace("{enrolled}", "AND EXISTS (SELECT FROM enrolled)" if enrolls else "").replace(
            "{settled_by}", "enrollment" if of_weekly else "order"
        ),
        "" if of_weekly else RECORD_SQL,
        more,
    ]
    guards = [
        f"WHEN NOT {gate} THEN schoolbell_refuse('{KeyInUse.code}')" if keyed else "",
        f"WHEN (SELECT count(*) FROM seated) < %(slot_count)s THEN schoolbell_refuse('{SessionFull.code}')",
        f"WHEN (SELECT count(*) FROM claimed) < %(claim_count)s THEN schoolbell_refuse('{TimeTaken.code}')",
        f"WHEN NOT EXISTS (SELECT FROM enrolled) THEN schoolbell_refuse('{TrialAlreadyTaken.code}')" if enrolls else "",
        f"WHEN (SELECT count(*) FROM attending) < %(slot_count)s THEN schoolbell_refuse('{AlreadyBooked.code}')",
    ]
    return f"WITH {','.join(part for part in parts if part)}\nSELECT CASE {' '.join(filter(None, guards))} END"


# Slots are locked in id order, whatever order the planner would read them in.
_LOCKED_SQL = """
    locked AS (
        SELECT id FROM timetable_slot WHERE school_id = %(school_id)s AND id = ANY(%(slot_ids)s) AND {gate}
        ORDER BY id FOR NO KEY UPDATE
    ),"""
_IN_ORDER = "AND id IN (SELECT id FROM locked)"

# A slot that was moved since it was read is not the one that is wanted: its student's time would be claimed as it was.
_SEATED_SQL = """
    seated AS (
        UPDATE timetable_slot SET seats_taken = seats_taken + 1, updated_at = statement_timestamp()
        WHERE school_id = %(school_id)s AND id = ANY(%(slot_ids)s) AND session_id = %(session_id)s
          AND is_open AND seats_taken < capacity AND {gate} {many}
          AND starts_at = (%(slot_starts)s::timestamptz[])[array_position(%(slot_ids)s::uuid[], id)]
          AND ends_at = (%(slot_ends)s::timestamptz[])[array_position(%(slot_ids)s::uuid[], id)]
        RETURNING id
    )"""

_ENROLLED_SQL = """
    enrolled AS (
        INSERT INTO bookings_enrollment (id, school_id, student_id, client_id, course_id, type, status, payment_status,
                                         starts_on)
        SELECT %(enrollment_id)s, %(school_id)s, %(student_id)s, %(client_id)s, %(enrollment_course_id)s,
               %(enrollment_type)s, %(enrollment_status)s, %(payment_status)s, %(enrollment_starts_on)s
        WHERE (SELECT count(*) FROM claimed) = %(claim_count)s
        ON CONFLICT DO NOTHING
        RETURNING id
    )"""

_BOOKED_SQL = """
    booked AS (
        INSERT INTO bookings_booking (id, school_id, reference, session_id, student_id, client_id, enrollment_id,
                                      status, payment_status, price, due_to_confirm, holds_seat, hold_expires_at,
                                      confirmed_at, settled_by, notes)
        SELECT %(booking_id)s, %(school_id)s, %(reference)s, %(session_id)s, %(student_id)s, %(client_id)s,
               %(enrollment_id)s, %(booking_status)s, %(payment_status)s, %(price)s, %(due_to_confirm)s, true,
               %(hold_expires_at)s, %(confirmed_at)s, '{settled_by}', %(notes)s
        WHERE (SELECT count(*) FROM claimed) = %(claim_count)s {enrolled}
        RETURNING id
    ),
    attending AS (
        INSERT INTO bookings_attendance (id, school_id, booking_id, slot_id, student_id, is_live)
        SELECT a.id, %(school_id)s, booked.id, a.slot_id, %(student_id)s, true
        FROM booked, unnest(%(attendance_ids)s::uuid[], %(slot_ids)s::uuid[]) AS a(id, slot_id)
        ON CONFLICT DO NOTHING
        RETURNING id
    )"""


def seat_values(seat: Seat, *, by: Actor) -> dict[str, Any]:
    """The values that the statement names."""
    places = sorted(seat.places, key=lambda place: place.slot_id)
    claims = seat.all_claims
    confirmed = seat.hold_expires_at is None
    enrollment = seat.enrollment
    return (
        claim_values(claims)
        | {
            "school_id": seat.school_id,
            "session_id": seat.session_id,
            "slot_ids": [place.slot_id for place in places],
            "slot_starts": [place.during.starts_at for place in places],
            "slot_ends": [place.during.ends_at for place in places],
            "slot_count": len(places),
            "attendance_ids": [place.attendance_id for place in places],
            "enrollment_id": enrollment.id if enrollment else seat.weekly_id,
            "booking_id": seat.booking_id,
            "reference": seat.reference,
            "student_id": seat.student_id,
            "client_id": seat.client_id,
            "booking_status": "confirmed" if confirmed else "pending",
            "payment_status": "paid" if seat.price == 0 else "pending",
            "price": seat.price,
            "due_to_confirm": seat.due_to_confirm,
            "hold_expires_at": seat.hold_expires_at,
            "confirmed_at": now() if confirmed else None,
            "notes": seat.notes,
            "record_id": new_id(),
            "outbox_id": new_id(),
            "role": by.role.value,
            "who": by.who,
            "ip": by.ip,
            "user_agent": by.user_agent[:300],
            "recorded": f'{{"price": {seat.price}, "status": "{"confirmed" if confirmed else "pending"}"}}',
        }
        | (
            {
                "enrollment_course_id": enrollment.course_id,
                "enrollment_type": enrollment.type,
                "enrollment_status": "active" if confirmed else "pending",
                "enrollment_starts_on": enrollment.starts_on,
            }
            if enrollment
            else {}
        )
    )


def _reach(seat: Seat) -> Reach:
    return Reach(
        school_id=seat.school_id,
        slot_ids=tuple(place.slot_id for place in seat.places),
        times=tuple((claim.diary_id, claim.during) for claim in seat.all_claims),
        student_id=seat.student_id,
        trial_of=seat.enrollment.course_id if seat.enrollment and seat.enrollment.type == "trial" else None,
    )


def _refusal(code: str, seat: Seat) -> Refusal:
    """The refusal that says best why: a student's own seat goes before the clash that it makes."""
    if (
        code in (TimeTaken.code, AlreadyBooked.code)
        and Attendance.objects.filter(
            school_id=seat.school_id,
            slot_id__in=[place.slot_id for place in seat.places],
            student_id=seat.student_id,
            is_live=True,
        ).exists()
    ):
        return AlreadyBooked(seat.session_id)
    if code == SessionFull.code:
        return _why_no_seat(seat)
    return {refusal.code: refusal for refusal in (TimeTaken, AlreadyBooked, TrialAlreadyTaken)}[code](seat.session_id)


def _why_no_seat(seat: Seat) -> Refusal:
    published = Session.objects.filter(school_id=seat.school_id, id=seat.session_id, status=Session.Status.PUBLISHED)
    if not published.exists():
        return SessionNotOpen(seat.session_id)
    slots = Slot.objects.filter(school_id=seat.school_id, id__in=[place.slot_id for place in seat.places])
    times = {slot.pk: Stretch(slot.starts_at, slot.ends_at) for slot in slots}
    if any(times.get(place.slot_id) != place.during for place in seat.places):
        return SessionMoved(seat.session_id)
    return SessionFull(seat.session_id)
