"""This floor's part of `schoolbell check`."""

from schoolbell.kit.checks import Check, in_named_zones

CHECKS = (
    Check(
        "A session starts with its first slot and ends with its last.",
        """SELECT session.school_id, session.id, ''
           FROM timetable_session AS session
           JOIN timetable_slot AS slot ON slot.school_id = session.school_id AND slot.session_id = session.id
           GROUP BY session.school_id, session.id, session.starts_at, session.ends_at
           HAVING session.starts_at <> min(slot.starts_at) OR session.ends_at <> max(slot.ends_at)""",
    ),
    Check(
        "A session has a slot.",
        """SELECT session.school_id, session.id, '' FROM timetable_session AS session
           WHERE NOT EXISTS (SELECT FROM timetable_slot AS slot
                             WHERE slot.school_id = session.school_id AND slot.session_id = session.id)""",
    ),
    Check(
        "A slot is open as long as its session is published.",
        """SELECT slot.school_id, slot.id, session.status
           FROM timetable_slot AS slot
           JOIN timetable_session AS session ON session.school_id = slot.school_id AND session.id = slot.session_id
           WHERE slot.is_open <> (session.status = 'published')""",
    ),
    Check(
        "A session has no more seats than its resource.",
        """SELECT session.school_id, session.id, '' FROM timetable_session AS session
           JOIN timetable_resource AS resource
               ON resource.school_id = session.school_id AND resource.id = session.resource_id
           WHERE session.capacity > resource.capacity""",
    ),
    Check(
        "A slot has as many seats as its session.",
        """SELECT slot.school_id, slot.id, slot.capacity || ' here, ' || session.capacity || ' there'
           FROM timetable_slot AS slot
           JOIN timetable_session AS session ON session.school_id = slot.school_id AND session.id = slot.session_id
           WHERE slot.capacity <> session.capacity""",
    ),
    Check(
        "A session that lies ahead has no more seats than its course.",
        """SELECT session.school_id, session.id, session.capacity || ' here, ' || course.capacity || ' there'
           FROM timetable_session AS session
           JOIN catalogue_course AS course
               ON course.school_id = session.school_id AND course.id = session.course_id
           WHERE session.capacity > course.capacity AND session.status IN ('draft', 'published')
             AND session.starts_at > statement_timestamp()""",
    ),
    in_named_zones(
        "Sessions and series keep the clocks of a time zone that IANA names.", "timetable_session", "timetable_series"
    ),
)
