"""This floor's part of `schoolbell check`."""

from schoolbell.kit.checks import Check
from schoolbell.schools.checks import what_is_refused
from schoolbell.schools.policies import Overrides

CHECKS = (
    Check(
        "What a course decides for itself is a policy of its own, with a value that it can have.",
        "SELECT school_id, id, overrides::text FROM catalogue_course WHERE overrides <> '{}'",
        judge=lambda stored: what_is_refused(stored, Overrides),
    ),
)
