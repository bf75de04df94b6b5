"""This floor's part of `schoolbell check`."""

from schoolbell.kit.checks import Check, in_named_zones

CHECKS = (
    Check(
        "A token for one person's own things is somebody's of its school.",
        """SELECT token.school_id, token.id, token.role FROM access_apitoken AS token
           WHERE token.person_id IS NOT NULL
             AND NOT EXISTS (SELECT FROM people_person AS person
                             WHERE person.school_id = token.school_id AND person.id = token.person_id)""",
    ),
    in_named_zones("A person's clocks are those of a time zone that IANA names.", "people_person"),
)
