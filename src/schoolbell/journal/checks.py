"""This floor's part of `schoolbell check`."""

from schoolbell.kit.checks import Check

CHECKS = (
    Check(
        "What is left in the Outbox is seen to.",
        "SELECT school_id, id, name || ': ' || error FROM journal_outbox WHERE handled_at IS NULL AND attempts >= 20",
    ),
)
