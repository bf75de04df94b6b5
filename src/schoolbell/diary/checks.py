"""This floor's part of `schoolbell check`."""

from schoolbell.kit.checks import Check, in_named_zones

_LEFT_OUT = """
    JOIN LATERAL (
        SELECT coalesce(range_agg(claim.during), '{{}}'::tstzmultirange) AS covered
        FROM diary_claim AS claim
        WHERE claim.school_id = {row}.school_id AND claim.diary_id = {diary} AND NOT claim.waived
          AND (claim.kind = 'lesson' OR claim.source = {source})
          AND claim.during && tstzrange({row}.starts_at, {row}.ends_at)
    ) AS taken ON true"""

CHECKS = (
    Check(
        "Approved time off is taken, by itself or by lessons that were there before.",
        f"""SELECT off.school_id, off.id, '' FROM diary_timeoff AS off
            {_LEFT_OUT.format(row="off", diary="off.diary_id", source="off.id")}
            WHERE off.status = 'approved' AND NOT taken.covered @> tstzrange(off.starts_at, off.ends_at)""",
    ),
    Check(
        "The time of an outside event is taken, by its calendar or by lessons that were there before.",
        f"""SELECT event.school_id, event.id, '' FROM diary_outsideevent AS event
            JOIN diary_outsidecalendar AS calendar
                ON calendar.school_id = event.school_id AND calendar.id = event.calendar_id
            {_LEFT_OUT.format(row="event", diary="calendar.diary_id", source="calendar.id")}
            WHERE NOT taken.covered @> tstzrange(event.starts_at, event.ends_at)""",
    ),
    Check(
        "Busy time comes from approved time off or from an outside calendar of the same diary.",
        """SELECT claim.school_id, claim.id, claim.source::text FROM diary_claim AS claim
           WHERE claim.kind = 'busy'
             AND NOT EXISTS (SELECT FROM diary_timeoff AS off
                             WHERE off.school_id = claim.school_id AND off.id = claim.source
                               AND off.diary_id = claim.diary_id AND off.status = 'approved')
             AND NOT EXISTS (SELECT FROM diary_outsidecalendar AS calendar
                             WHERE calendar.school_id = claim.school_id AND calendar.id = claim.source
                               AND calendar.diary_id = claim.diary_id)""",
    ),
    Check(
        "A lesson's claim is waived only where it lies over something else of the same diary.",
        """SELECT claim.school_id, claim.id, claim.source::text FROM diary_claim AS claim
           WHERE claim.waived
             AND NOT EXISTS (SELECT FROM diary_claim AS other
                             WHERE other.school_id = claim.school_id AND other.diary_id = claim.diary_id
                               AND NOT other.waived AND other.during && claim.during)""",
    ),
    in_named_zones(
        "Opening hours and outside calendars keep the clocks of a time zone that IANA names.",
        "diary_openinghours",
        "diary_outsidecalendar",
    ),
)
