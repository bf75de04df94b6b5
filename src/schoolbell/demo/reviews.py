"""What clients said of lessons that are over, and the stats of whoever gave them."""

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

from schoolbell.bookings.models import Booking
from schoolbell.demo.dice import Dice
from schoolbell.demo.plan import PlannedSession
from schoolbell.demo.sheets import Sheets
from schoolbell.journal.models import Record
from schoolbell.learning.models import Review
from schoolbell.people.models import InstructorStats
from schoolbell.timetable.models import Session

SHARE: Final = 0.45  # of those that are over
RATINGS: Final = (5, 4, 3, 2, 1)
WEIGHTS: Final = (62, 25, 8, 3, 2)
COMMENTS: Final = {
    5: ("One question, and I knew what to do on Monday.", "Worth every minute.", "Clear, kind and to the point."),
    4: ("Good, and a little too short.", "Helpful. I would have liked an example."),
    3: ("It took a while until we came to the point.",),
    2: ("Not what I had expected.",),
    1: ("The line broke down twice.",),
}


def write_reviews(sheets: Sheets, dice: Dice, sessions: Sequence[PlannedSession], *, now: dt.datetime) -> None:
    planned = {session.id: session for session in sessions}
    said: dict[UUID, list[int]] = {}
    completed: dict[UUID, list[UUID]] = {}  # per session, its bookings
    for booking_id, row in list(sheets.rows(Booking).items()):
        session = planned[row["session_id"]]
        if row["status"] == "completed":
            completed.setdefault(session.id, []).append(booking_id)
        over = row["status"] in ("completed", "no_show") and session.ends_at < now and session.staff
        if over and dice.happens(SHARE if row["status"] == "completed" else SHARE / 3):
            rating = dice.choices(RATINGS, WEIGHTS)[0]
            said.setdefault(session.staff[0].id, []).append(rating)
            _write(sheets, dice, booking_id, session, rating, now=now)
    for teacher_id in dict.fromkeys(teacher.id for session in sessions for teacher in session.staff):
        _count(sheets, teacher_id, sessions, completed, said.get(teacher_id, []), now=now)


def _write(
    sheets: Sheets, dice: Dice, booking_id: UUID, session: PlannedSession, rating: int, *, now: dt.datetime
) -> None:
    booking = sheets.rows(Booking)[booking_id]
    at = dice.between(session.ends_at, min(now, session.ends_at + dt.timedelta(days=2)))
    comment = dice.choice(COMMENTS[rating]) if dice.happens(0.4) else ""
    review_id = sheets.add(
        Review,
        at,
        booking_id=booking_id,
        client_id=booking["client_id"],
        instructor_id=session.staff[0].id,
        rating=rating,
        comment=comment,
    )
    sheets.add(
        Record,
        at,
        name="review.given",
        subject_id=review_id,
        student_id=booking["student_id"],
        client_id=booking["client_id"],
        role="client",
        new={"booking": str(booking_id), "rating": rating},
    )


def _count(
    sheets: Sheets,
    teacher_id: UUID,
    sessions: Sequence[PlannedSession],
    completed: dict[UUID, list[UUID]],
    said: list[int],
    *,
    now: dt.datetime,
) -> None:
    """As `learning.stats` would."""
    rows = sheets.rows(Session)
    own = [one for one in sessions if teacher_id in {teacher.id for teacher in one.staff}]
    slots = [slot_id for one in own if rows[one.id]["published_at"] for slot_id in one.slot_ids]
    given = [one for one in own if one.id in completed]
    average = (Decimal(sum(said)) / len(said)).quantize(Decimal("0.01"), ROUND_HALF_UP) if said else None
    sheets.add(
        InstructorStats,
        now,
        instructor_id=teacher_id,
        total_calls=sum(len(completed[one.id]) for one in given),
        average_rating=average,
        ratings=len(said),
        total_slots=len(slots),
        completed_slots=sum(len(one.slot_ids) for one in given),
        last_updated=now,
    )
