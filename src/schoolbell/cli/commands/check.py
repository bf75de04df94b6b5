"""`schoolbell check`."""

import sys
from argparse import Namespace

from schoolbell.billing.checks import CHECKS as BILLING
from schoolbell.bookings.checks import CHECKS as BOOKINGS
from schoolbell.cli.migrations import require_current_schema
from schoolbell.diary.checks import CHECKS as DIARY
from schoolbell.journal.checks import CHECKS as JOURNAL
from schoolbell.kit.checks import broken
from schoolbell.learning.checks import CHECKS as LEARNING
from schoolbell.schools.checks import CHECKS as SCHOOLS
from schoolbell.timetable.checks import CHECKS as TIMETABLE


def run(arguments: Namespace) -> int:
    """Says what does not hold, a line each; 0 when all does."""
    require_current_schema()
    checks = (*SCHOOLS, *JOURNAL, *DIARY, *TIMETABLE, *BOOKINGS, *BILLING, *LEARNING)
    found = 0
    for check in checks:
        for school_id, row_id, detail in broken(check):
            found += 1
            sys.stdout.write(
                f"{check.rule} Not so: {row_id} of school {school_id}{f' ({detail})' if detail else ''}.\n"
            )
    sys.stdout.write(f"{found} broken.\n" if found else f"All {len(checks)} rules hold.\n")
    return 1 if found else 0
