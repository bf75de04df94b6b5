"""`schoolbell worker`."""

import time
from argparse import Namespace

import structlog
from django.db import OperationalError, connection

from schoolbell.access.answers import forget_old_answers
from schoolbell.billing.products import cancel_overdue_products
from schoolbell.billing.tasks import HANDLERS as BILLING
from schoolbell.bookings.holds import expire_all_overdue_holds
from schoolbell.cli.migrations import require_current_schema
from schoolbell.cli.processes import solve_command, start
from schoolbell.cli.rounds import start_rounds
from schoolbell.embedded.child import Child
from schoolbell.importing.uploads import forget_old_uploads
from schoolbell.journal.outbox import handle_waiting
from schoolbell.kit.logs import what_it_was
from schoolbell.kit.long_lived import settle_down
from schoolbell.learning.tasks import HANDLERS as LEARNING
from schoolbell.planning.proposals import waiting
from schoolbell.planning.tasks import Nightly

HANDLERS = BILLING | LEARNING
PAUSE = 1.0  # seconds between two looks when there was nothing to do
TIDY_EVERY = 600.0  # seconds
log = structlog.get_logger("schoolbell.worker")


def run(arguments: Namespace) -> int:
    """Works until it is stopped. A database that goes away is waited for. Timetables are worked out by a child, which
    ends when this process does."""
    require_current_schema()
    settle_down()
    start_rounds()
    tidied = 0.0
    solving: Child | None = None
    nightly, is_night = Nightly(), True
    while True:
        try:
            busy = expire_all_overdue_holds() + cancel_overdue_products() + handle_waiting(HANDLERS)
            if (solving is None or solving.poll() is not None) and waiting().exists():
                solving = start(solve_command(), log=None)
            if time.monotonic() - tidied > TIDY_EVERY:
                forget_old_answers()
                forget_old_uploads()
                tidied = time.monotonic()
                is_night = True
            if is_night:
                is_night = nightly.extend_next_school()
                busy += is_night
        except OperationalError as error:
            log.warning("the database is away", error=what_it_was(error))
            connection.close()
            busy = 0
        if not busy:
            time.sleep(PAUSE)
