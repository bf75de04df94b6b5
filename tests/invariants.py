"""What must be true of a school's rows whatever has happened: each check returns the rows that break it."""

from typing import Any

from django.db import connection

from schoolbell.schools.models import School

BROKEN = {
    "seats_taken is the number of bookings that hold a seat": """
        SELECT slot.id, slot.seats_taken, count(attendance.id)
        FROM timetable_slot AS slot
        LEFT JOIN bookings_attendance AS attendance
            ON attendance.school_id = slot.school_id AND attendance.slot_id = slot.id AND attendance.is_live
        WHERE slot.school_id = %(school)s
        GROUP BY slot.id, slot.seats_taken HAVING slot.seats_taken <> count(attendance.id)
    """,
    "no slot is oversold": """
        SELECT attendance.slot_id FROM bookings_attendance AS attendance
        JOIN timetable_slot AS slot ON slot.school_id = attendance.school_id AND slot.id = attendance.slot_id
        WHERE attendance.school_id = %(school)s AND attendance.is_live
        GROUP BY attendance.slot_id, slot.capacity HAVING count(*) > slot.capacity
    """,
    "an attendance is live as its booking holds a seat": """
        SELECT attendance.id FROM bookings_attendance AS attendance
        JOIN bookings_booking AS booking
            ON booking.school_id = attendance.school_id AND booking.id = attendance.booking_id
        WHERE attendance.school_id = %(school)s AND attendance.is_live <> booking.holds_seat
    """,
    "nobody is in two lessons at once": """
        SELECT one.id, other.id FROM diary_claim AS one
        JOIN diary_claim AS other
            ON other.school_id = one.school_id AND other.diary_id = one.diary_id AND other.during && one.during
        WHERE one.school_id = %(school)s AND one.id < other.id AND NOT one.waived AND NOT other.waived
          AND (one.kind = 'lesson' OR other.kind = 'lesson')
    """,
    "a clash is waived as long as it is one": """
        SELECT claim.id FROM diary_claim AS claim
        LEFT JOIN diary_claim AS other
            ON other.school_id = claim.school_id AND other.diary_id = claim.diary_id AND NOT other.waived
            AND other.during && claim.during
        WHERE claim.school_id = %(school)s AND claim.waived AND other.id IS NULL
    """,
    "a student sits in a session once": """
        SELECT student_id, slot_id FROM bookings_attendance
        WHERE school_id = %(school)s AND is_live GROUP BY student_id, slot_id HAVING count(*) > 1
    """,
    "every booking that happened or may still happen has its student's time": """
        SELECT attendance.id FROM bookings_attendance AS attendance
        JOIN timetable_slot AS slot ON slot.school_id = attendance.school_id AND slot.id = attendance.slot_id
        JOIN bookings_booking AS booking
            ON booking.school_id = attendance.school_id AND booking.id = attendance.booking_id
        LEFT JOIN diary_claim AS claim
            ON claim.school_id = attendance.school_id AND claim.source = attendance.id
        WHERE attendance.school_id = %(school)s
          AND ((booking.status NOT IN ('cancelled', 'expired')) <> (claim.id IS NOT NULL)
               OR claim.during <> tstzrange(slot.starts_at, slot.ends_at))
    """,
    "a session that is not cancelled has its staff's time, one that is cancelled has nobody's": """
        SELECT slot.id, staffing.instructor_id FROM timetable_slot AS slot
        JOIN timetable_session AS session ON session.school_id = slot.school_id AND session.id = slot.session_id
        JOIN timetable_staffing AS staffing
            ON staffing.school_id = slot.school_id AND staffing.session_id = slot.session_id
        JOIN people_instructor AS instructor
            ON instructor.school_id = slot.school_id AND instructor.id = staffing.instructor_id
        JOIN people_person AS person ON person.school_id = slot.school_id AND person.id = instructor.person_id
        LEFT JOIN diary_claim AS claim
            ON claim.school_id = slot.school_id AND claim.source = slot.id AND claim.diary_id = person.diary_id
        WHERE slot.school_id = %(school)s
          AND ((session.status = 'cancelled') = (claim.id IS NOT NULL)
               OR claim.during <> tstzrange(slot.starts_at, slot.ends_at))
    """,
    "nobody is booked into a cancelled session": """
        SELECT booking.id FROM bookings_booking AS booking
        JOIN timetable_session AS session
            ON session.school_id = booking.school_id AND session.id = booking.session_id
        WHERE booking.school_id = %(school)s AND session.status = 'cancelled'
          AND booking.status IN ('pending', 'confirmed', 'in_progress')
    """,
    "a slot is open as its session is published": """
        SELECT slot.id FROM timetable_slot AS slot
        JOIN timetable_session AS session ON session.school_id = slot.school_id AND session.id = slot.session_id
        WHERE slot.school_id = %(school)s AND slot.is_open <> (session.status = 'published')
    """,
    "a student tries a course once": """
        SELECT student_id, course_id FROM bookings_enrollment
        WHERE school_id = %(school)s AND type = 'trial' AND status <> 'cancelled'
        GROUP BY student_id, course_id HAVING count(*) > 1
    """,
    "every booking has one line of an order, or is paid for by its enrollment": """
        SELECT booking.id FROM bookings_booking AS booking
        LEFT JOIN billing_orderline AS line ON line.school_id = booking.school_id AND line.booking_id = booking.id
        WHERE booking.school_id = %(school)s
        GROUP BY booking.id, booking.settled_by HAVING count(line.id) <> (booking.settled_by = 'order')::int
    """,
    "money that succeeded is in the ledger once, and no other": """
        SELECT payment.id FROM billing_payment AS payment
        LEFT JOIN billing_ledgerentry AS entry
            ON entry.school_id = payment.school_id AND entry.payment_id = payment.id
            AND entry.amount = payment.amount AND entry.debit = payment.method AND entry.credit = 'client'
        WHERE payment.school_id = %(school)s
        GROUP BY payment.id, payment.status
        HAVING count(entry.id) <> (CASE payment.status WHEN 'succeeded' THEN 1 ELSE 0 END)
    """,
    "a payment pays for no more than itself": """
        SELECT payment.id FROM billing_payment AS payment
        JOIN billing_allocation AS allocation
            ON allocation.school_id = payment.school_id AND allocation.payment_id = payment.id
        WHERE payment.school_id = %(school)s
        GROUP BY payment.id, payment.amount HAVING sum(allocation.amount) > payment.amount
    """,
    "a line is paid no more than once": """
        SELECT line.id FROM billing_orderline AS line
        JOIN billing_allocation AS allocation
            ON allocation.school_id = line.school_id AND allocation.line_id = line.id
        WHERE line.school_id = %(school)s GROUP BY line.id, line.total HAVING sum(allocation.amount) > line.total
    """,
    "a pending booking was not paid what confirms it": """
        SELECT booking.id FROM bookings_booking AS booking
        JOIN billing_orderline AS line ON line.school_id = booking.school_id AND line.booking_id = booking.id
        JOIN billing_allocation AS allocation ON allocation.school_id = line.school_id AND allocation.line_id = line.id
        WHERE booking.school_id = %(school)s AND booking.status = 'pending'
        GROUP BY booking.id, booking.due_to_confirm HAVING sum(allocation.amount) >= booking.due_to_confirm
    """,
}


def broken(school: School) -> dict[str, list[Any]]:
    """The rules that this school's rows break, each with the rows; {} when all is well."""
    found = {}
    with connection.cursor() as cursor:
        for rule, sql in BROKEN.items():
            cursor.execute(sql, {"school": school.pk})
            if rows := cursor.fetchall():
                found[rule] = rows
    return found


def deadlocks() -> int:
    """How often PostgreSQL has had to end a deadlock in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
