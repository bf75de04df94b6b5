"""The journal's part of a statement that writes everything at once."""

RECORD_SQL = """
    recorded AS (
        INSERT INTO journal_record (id, school_id, name, subject_id, student_id, client_id, role, who, ip, user_agent,
                                    old, "new")
        SELECT %(record_id)s, %(school_id)s, 'booking.created', %(booking_id)s, %(student_id)s, %(client_id)s,
               %(role)s, %(who)s, %(ip)s, %(user_agent)s, '{}', %(recorded)s
        FROM booked
    ),
    told AS (
        INSERT INTO journal_outbox (id, school_id, name, subject_id, attempts, error)
        SELECT %(outbox_id)s, %(school_id)s, 'booking.created', %(booking_id)s, 0, '' FROM booked
    )"""
