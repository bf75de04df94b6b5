"""From planned sessions to rows: session, slots, staffing, the time they take, and what was written down."""

import datetime as dt

from schoolbell.demo.plan import PlannedSession
from schoolbell.demo.sheets import Sheets
from schoolbell.diary.models import Claim
from schoolbell.journal.models import Record
from schoolbell.kit.time import Stretch
from schoolbell.timetable.models import Session, Slot, Staffing


def write_session(session: PlannedSession, sheets: Sheets, *, timezone: str, now: dt.datetime) -> None:
    at, closed_at = session.announced_at, session.closed_at
    status = status_of(session, now)
    sheets.add(
        Session,
        at,
        id=session.id,
        course_id=session.course.pk,
        resource_id=session.place.id if session.place else None,
        series_id=session.series_id,
        occurrence_on=session.occurrence_on,
        status=status,
        type="trial" if session.is_trial else "regular",
        on_demand=session.on_demand,
        capacity=session.capacity,
        choose_slots=session.choose_slots,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        timezone=timezone,
        notes=session.notes,
        published_at=None if session.is_draft else at,
        cancelled_at=closed_at,
        updated_at=closed_at or (session.ends_at if status == "completed" else at),
    )
    for index, (slot_id, stretch) in enumerate(zip(session.slot_ids, session.slots, strict=True)):
        sheets.add(
            Slot,
            at,
            id=slot_id,
            session_id=session.id,
            starts_at=stretch.starts_at,
            ends_at=stretch.ends_at,
            capacity=session.capacity,
            seats_taken=session.taken(index),
            is_open=status == "published",
        )
        if closed_at is None:
            diaries = [teacher.diary_id for teacher in session.staff]
            for diary_id in diaries + ([session.place.diary_id] if session.place else []):
                sheets.add(Claim, at, diary_id=diary_id, kind="lesson", during=range_of(stretch), source=slot_id)
    for place, teacher in enumerate(session.staff):
        sheets.add(Staffing, at, session_id=session.id, instructor_id=teacher.id, leads=place == 0)
    _write_records(session, sheets, status)


def status_of(session: PlannedSession, now: dt.datetime) -> str:
    """Over is what took place; a time that nobody took was offered to the end."""
    if session.closed_at:
        return "cancelled"
    if session.is_draft:
        return "draft"
    took_place = any(not booking.has_ended for booking in session.bookings)
    return "completed" if took_place and session.ends_at <= now else "published"


def range_of(stretch: Stretch) -> str:
    return f"[{stretch.starts_at.isoformat()},{stretch.ends_at.isoformat()})"


def _write_records(session: PlannedSession, sheets: Sheets, status: str) -> None:
    """A lesson on demand comes and goes with its booking, and so do its records."""
    if session.on_demand:
        return
    new = {"status": "draft" if session.is_draft else "published", "capacity": session.capacity}
    sheets.add(Record, session.announced_at, name="session.created", subject_id=session.id, role="admin", new=new)
    if session.cancelled_at:
        sheets.add(
            Record,
            session.cancelled_at,
            name="session.cancelled",
            subject_id=session.id,
            role="admin",
            old={"status": "published"},
            new={"status": "cancelled"},
        )
    elif status == "completed":
        sheets.add(
            Record,
            session.ends_at,
            name="session.completed",
            subject_id=session.id,
            role="system",
            old={"status": "published"},
            new={"status": "completed"},
        )
