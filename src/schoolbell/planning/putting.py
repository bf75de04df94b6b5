"""Occurrences of a series are written, all in one statement: sessions, and for weekly lessons their bookings."""

from collections.abc import Sequence
from typing import Any

from schoolbell.diary.claims import CLAIMED_SQL, Wanted, claim_values
from schoolbell.diary.refusals import TimeTaken
from schoolbell.kit.database.statements import GuardFailed, execute
from schoolbell.kit.ids import new_id, new_reference
from schoolbell.planning.looking import Occurrence
from schoolbell.planning.plans import Plan
from schoolbell.schools.actor import Actor


def put_on_timetable(plan: Plan, occurrences: Sequence[Occurrence], *, by: Actor) -> None:
    """All of them in one statement. Raises TimeTaken, and nothing was written, when one was taken in between."""
    if not occurrences:
        return
    series, enrollment = plan.series, plan.enrollment
    slot_ids = [new_id() for _ in occurrences]
    attendance_ids = [new_id() for _ in occurrences]
    claims = [
        Wanted(diary_id, one.during, slot_id)
        for one, slot_id in zip(occurrences, slot_ids, strict=True)
        for diary_id in plan.diaries
    ]
    values: dict[str, Any] = {
        "school_id": series.school_id,
        "series_id": series.pk,
        "course_id": series.course_id,
        "resource_id": series.resource_id,
        "status": "published" if series.publishes else "draft",
        "on_demand": series.on_demand,
        "capacity": series.capacity,
        "session_price": series.price,
        "timezone": series.timezone,
        "created_by": by.who,
        "published": series.publishes,
        "session_ids": [new_id() for _ in occurrences],
        "days": [one.day for one in occurrences],
        "starts": [one.during.starts_at for one in occurrences],
        "ends": [one.during.ends_at for one in occurrences],
        "slot_ids": slot_ids,
        "seats_taken": 1 if enrollment else 0,
        "instructor_ids": [one.pk for one in plan.instructors],
        "leading_id": plan.instructors[0].pk if plan.instructors else None,
        "staffing_ids": [new_id() for _ in range(len(occurrences) * len(plan.instructors))],
    }
    if enrollment:
        student = enrollment.student
        claims += [
            Wanted(student.person.diary_id, one.during, attendance_id)
            for one, attendance_id in zip(occurrences, attendance_ids, strict=True)
        ]
        values |= {
            "attendance_ids": attendance_ids,
            "booking_ids": [new_id() for _ in occurrences],
            "references": [new_reference() for _ in occurrences],
            "student_id": student.pk,
            "client_id": enrollment.client_id,
            "enrollment_id": enrollment.pk,
            "price": enrollment.price,
        }
    try:
        execute(_BOOKED_LESSONS_SQL if enrollment else _SESSIONS_SQL, values | claim_values(claims))
    except GuardFailed:
        raise TimeTaken(series.pk) from None


_OPENED_SQL = """WITH opened AS (
        INSERT INTO timetable_session (id, school_id, course_id, resource_id, series_id, occurrence_on, status, type,
                                       on_demand, capacity, price, choose_slots, starts_at, ends_at, timezone, notes,
                                       created_by, published_at)
        SELECT new.id, %(school_id)s, %(course_id)s, %(resource_id)s, %(series_id)s, new.day, %(status)s, 'regular',
               %(on_demand)s, %(capacity)s, %(session_price)s, false, new.starts_at, new.ends_at, %(timezone)s, '',
               %(created_by)s, CASE WHEN %(published)s THEN statement_timestamp() END
        FROM unnest(%(session_ids)s::uuid[], %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
             AS new(id, day, starts_at, ends_at)
    ),
    seated AS (
        INSERT INTO timetable_slot (id, school_id, session_id, starts_at, ends_at, capacity, seats_taken, is_open)
        SELECT new.id, %(school_id)s, new.session_id, new.starts_at, new.ends_at, %(capacity)s, %(seats_taken)s,
               %(published)s
        FROM unnest(%(slot_ids)s::uuid[], %(session_ids)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
             AS new(id, session_id, starts_at, ends_at)
    ),
    staffed AS (
        INSERT INTO timetable_staffing (id, school_id, session_id, instructor_id, leads)
        SELECT (%(staffing_ids)s::uuid[])[row_number() OVER ()], %(school_id)s, session_id, instructor_id,
               instructor_id = %(leading_id)s
        FROM unnest(%(session_ids)s::uuid[]) AS session_id, unnest(%(instructor_ids)s::uuid[]) AS instructor_id
    ),""" + CLAIMED_SQL.replace("{gate}", "true")


_GUARD_SQL = f"""
    SELECT CASE WHEN (SELECT count(*) FROM claimed) < %(claim_count)s THEN schoolbell_refuse('{TimeTaken.code}') END"""


_SESSIONS_SQL = _OPENED_SQL + _GUARD_SQL


_BOOKED_LESSONS_SQL = (
    _OPENED_SQL
    + """,
    booked AS (
        INSERT INTO bookings_booking (id, school_id, reference, session_id, student_id, client_id, enrollment_id,
                                      status, payment_status, settled_by, price, due_to_confirm, holds_seat,
                                      confirmed_at)
        SELECT new.id, %(school_id)s, new.reference, new.session_id, %(student_id)s, %(client_id)s, %(enrollment_id)s,
               'confirmed', 'pending', 'enrollment', %(price)s, 0, true, statement_timestamp()
        FROM unnest(%(booking_ids)s::uuid[], %(references)s::text[], %(session_ids)s::uuid[])
             AS new(id, reference, session_id)
    ),
    attending AS (
        INSERT INTO bookings_attendance (id, school_id, booking_id, slot_id, student_id, is_live)
        SELECT new.id, %(school_id)s, new.booking_id, new.slot_id, %(student_id)s, true
        FROM unnest(%(attendance_ids)s::uuid[], %(booking_ids)s::uuid[], %(slot_ids)s::uuid[])
             AS new(id, booking_id, slot_id)
    )"""
    + _GUARD_SQL
)
