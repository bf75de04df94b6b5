"""`schoolbell check`."""

import sys
from argparse import Namespace

from schoolbell.access.checks import CHECKS as ACCESS
from schoolbell.billing.checks import CHECKS as BILLING
from schoolbell.bookings.checks import CHECKS as BOOKINGS
from schoolbell.catalogue.checks import CHECKS as CATALOGUE
from schoolbell.cli.migrations import require_current_schema
from schoolbell.diary.checks import CHECKS as DIARY
from schoolbell.journal.checks import CHECKS as JOURNAL
from schoolbell.kit.checks import CHECKS as KIT
from schoolbell.kit.checks import broken
from schoolbell.learning.checks import CHECKS as LEARNING
from schoolbell.people.checks import CHECKS as PEOPLE
from schoolbell.planning.checks import CHECKS as PLANNING
from schoolbell.schools.checks import CHECKS as SCHOOLS
from schoolbell.timetable.checks import CHECKS as TIMETABLE

ALL = (
    *KIT, *SCHOOLS, *JOURNAL, *ACCESS, *DIARY, *PEOPLE, *CATALOGUE, *TIMETABLE, *BOOKINGS, *PLANNING, *BILLING,
    *LEARNING,
)  # fmt: skip


def run(arguments: Namespace) -> int:
    """Says what does not hold, a line each; 0 when all does."""
    require_current_schema()
    found = 0
    for check in ALL:
        for school_id, row_id, detail in broken(check):
            found += 1
            where = f" of school {school_id}" if school_id else ""
            sys.stdout.write(f"{check.rule} Not so: {row_id}{where}{f' ({detail})' if detail else ''}.\n")
    sys.stdout.write(f"{found} broken.\n" if found else f"All {len(ALL)} rules hold.\n")
    return 1 if found else 0
