"""This floor's part of `schoolbell check`."""

from schoolbell.kit.checks import Check

CHECKS = (
    Check(
        "A school has policies.",
        "SELECT id, id, slug FROM schools_school WHERE jsonb_typeof(policies) <> 'object'",
    ),
)
