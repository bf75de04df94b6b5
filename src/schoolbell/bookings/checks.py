"""This floor's part of `schoolbell check`."""

from schoolbell.kit.checks import Check

CHECKS = (
    Check(
        "A slot counts the bookings that hold a seat in it.",
        """SELECT slot.school_id, slot.id, slot.seats_taken || ' counted, ' || count(booking.id) || ' held'
           FROM timetable_slot AS slot
           LEFT JOIN bookings_attendance AS attendance
               ON attendance.school_id = slot.school_id AND attendance.slot_id = slot.id AND attendance.is_live
           LEFT JOIN bookings_booking AS booking
               ON booking.school_id = slot.school_id AND booking.id = attendance.booking_id AND booking.holds_seat
           GROUP BY slot.school_id, slot.id, slot.seats_taken
           HAVING slot.seats_taken <> count(booking.id)""",
    ),
    Check(
        "A seat in a slot is live as long as its booking holds it.",
        """SELECT attendance.school_id, attendance.id, booking.status
           FROM bookings_attendance AS attendance
           JOIN bookings_booking AS booking
               ON booking.school_id = attendance.school_id AND booking.id = attendance.booking_id
           WHERE attendance.is_live <> booking.holds_seat""",
    ),
    Check(
        "Whoever has a seat has the time for it, and nobody else.",
        """SELECT attendance.school_id, attendance.id, booking.status
           FROM bookings_attendance AS attendance
           JOIN bookings_booking AS booking
               ON booking.school_id = attendance.school_id AND booking.id = attendance.booking_id
           JOIN timetable_slot AS slot ON slot.school_id = attendance.school_id AND slot.id = attendance.slot_id
           JOIN people_student AS student
               ON student.school_id = attendance.school_id AND student.id = attendance.student_id
           JOIN people_person AS person ON person.school_id = student.school_id AND person.id = student.person_id
           LEFT JOIN diary_claim AS claim
               ON claim.school_id = attendance.school_id AND claim.source = attendance.id
               AND claim.diary_id = person.diary_id AND claim.during = tstzrange(slot.starts_at, slot.ends_at)
           WHERE (claim.id IS NOT NULL) <> (booking.status NOT IN ('cancelled', 'expired'))""",
    ),
    Check(
        "A session that is not cancelled has its instructors' and its resource's time.",
        """SELECT slot.school_id, slot.id, ''
           FROM timetable_slot AS slot
           JOIN timetable_session AS session ON session.school_id = slot.school_id AND session.id = slot.session_id
           JOIN LATERAL (
               SELECT person.diary_id FROM timetable_staffing AS staffing
               JOIN people_instructor AS instructor
                   ON instructor.school_id = staffing.school_id AND instructor.id = staffing.instructor_id
               JOIN people_person AS person
                   ON person.school_id = instructor.school_id AND person.id = instructor.person_id
               WHERE staffing.school_id = session.school_id AND staffing.session_id = session.id
               UNION ALL
               SELECT resource.diary_id FROM timetable_resource AS resource
               WHERE resource.school_id = session.school_id AND resource.id = session.resource_id
           ) AS needed ON true
           LEFT JOIN diary_claim AS claim
               ON claim.school_id = slot.school_id AND claim.source = slot.id AND claim.diary_id = needed.diary_id
               AND claim.during = tstzrange(slot.starts_at, slot.ends_at)
           WHERE (claim.id IS NOT NULL) <> (session.status <> 'cancelled')""",
    ),
    Check(
        "A lesson's claim comes from a slot or from somebody's seat in one.",
        """SELECT claim.school_id, claim.id, claim.source::text FROM diary_claim AS claim
           WHERE claim.kind = 'lesson'
             AND NOT EXISTS (SELECT FROM timetable_slot AS slot
                             WHERE slot.school_id = claim.school_id AND slot.id = claim.source)
             AND NOT EXISTS (SELECT FROM bookings_attendance AS attendance
                             WHERE attendance.school_id = claim.school_id AND attendance.id = claim.source)""",
    ),
    Check(
        "Nobody is booked into a session that was cancelled.",
        """SELECT booking.school_id, booking.id, booking.status
           FROM bookings_booking AS booking
           JOIN timetable_session AS session
               ON session.school_id = booking.school_id AND session.id = booking.session_id
           WHERE session.status = 'cancelled' AND booking.status IN ('pending', 'confirmed', 'in_progress')""",
    ),
    Check(
        "An enrollment that was cancelled has no live lessons ahead, and one that ended by itself none after its last.",
        """SELECT booking.school_id, booking.id, enrollment.status
           FROM bookings_enrollment AS enrollment
           JOIN bookings_booking AS booking
               ON booking.school_id = enrollment.school_id AND booking.enrollment_id = enrollment.id
           JOIN timetable_session AS session
               ON session.school_id = booking.school_id AND session.id = booking.session_id
           WHERE booking.status IN ('pending', 'confirmed') AND session.starts_at > statement_timestamp()
             AND (enrollment.status = 'cancelled'
                  OR (enrollment.status = 'ended'
                      AND coalesce(session.occurrence_on, session.starts_at::date) > enrollment.ends_on
                      AND NOT enrollment.in_class))""",
    ),
    Check(
        "A seat in a class every week is in a class, and weekly lessons of one student in no class.",
        """SELECT enrollment.school_id, enrollment.id, ''
           FROM bookings_enrollment AS enrollment
           JOIN timetable_series AS series
               ON series.school_id = enrollment.school_id AND series.id = enrollment.series_id
           WHERE enrollment.in_class = series.on_demand""",
    ),
    Check(
        "Whoever an enrollment for every week seated in a class has a booking by it, wherever that was moved.",
        """SELECT seating.school_id, seating.id, ''
           FROM bookings_seating AS seating
           WHERE seating.reason = ''
             AND NOT EXISTS (SELECT FROM bookings_booking AS booking
                             WHERE booking.school_id = seating.school_id
                               AND booking.enrollment_id = seating.enrollment_id)""",
    ),
    Check(
        "A booking has a seat in at least one slot, all of its own session.",
        """SELECT booking.school_id, booking.id, ''
           FROM bookings_booking AS booking
           LEFT JOIN bookings_attendance AS attendance
               ON attendance.school_id = booking.school_id AND attendance.booking_id = booking.id
           LEFT JOIN timetable_slot AS slot
               ON slot.school_id = attendance.school_id AND slot.id = attendance.slot_id
           GROUP BY booking.school_id, booking.id, booking.session_id
           HAVING count(slot.id) = 0 OR bool_or(slot.session_id <> booking.session_id)""",
    ),
    Check(
        "Whoever is booked is who has the seats of it, and who is enrolled by it.",
        """SELECT booking.school_id, booking.id, ''
           FROM bookings_booking AS booking
           LEFT JOIN bookings_enrollment AS enrollment
               ON enrollment.school_id = booking.school_id AND enrollment.id = booking.enrollment_id
           WHERE enrollment.student_id <> booking.student_id OR enrollment.client_id <> booking.client_id
              OR EXISTS (SELECT FROM bookings_attendance AS attendance
                         WHERE attendance.school_id = booking.school_id AND attendance.booking_id = booking.id
                           AND attendance.student_id <> booking.student_id)""",
    ),
    Check(
        "An enrollment with one booking waits as long as that does.",
        """SELECT enrollment.school_id, enrollment.id, enrollment.status || ' here, ' || booking.status || ' there'
           FROM bookings_enrollment AS enrollment
           JOIN bookings_booking AS booking
               ON booking.school_id = enrollment.school_id AND booking.enrollment_id = enrollment.id
           WHERE enrollment.type <> 'weekly_recurring'
             AND (enrollment.status = 'pending') <> (booking.status = 'pending')""",
    ),
    Check(
        "What was booked apart was written down when it was.",
        """SELECT booking.school_id, booking.id, booking.status
           FROM bookings_booking AS booking
           WHERE booking.settled_by = 'order'
             AND NOT EXISTS (SELECT FROM journal_record AS record
                             WHERE record.school_id = booking.school_id AND record.subject_id = booking.id
                               AND record.name = 'booking.created')""",
    ),
)
