"""This floor's part of `schoolbell check`."""

from schoolbell.kit.checks import Check

CHECKS = (
    Check(
        "An answer is kept with its status: none waits for it a day later.",
        """SELECT school_id, id, key FROM access_keptanswer
           WHERE status = 0 AND created_at < now() - interval '1 day'""",
    ),
)
