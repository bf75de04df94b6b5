"""What the worker does now and then, beside its main work: nothing there waits for it."""

import threading
import time

import structlog
from django.db import OperationalError, connection

from schoolbell.diary.outside import fetch_due_calendars
from schoolbell.diary.public_holidays import renew_due_holidays

EVERY = 30.0  # seconds between two rounds
log = structlog.get_logger("schoolbell.rounds")


def start_rounds() -> None:
    """In a thread of their own, for as long as the process lives: calendars elsewhere may take long to answer."""
    threading.Thread(target=_go_round, name="rounds", daemon=True).start()


def _go_round() -> None:
    while True:
        try:
            renew_due_holidays()
            fetch_due_calendars()
        except OperationalError as error:
            log.warning("the database is away", error=str(error))
        except Exception as error:
            log.error("a round failed", exc_info=error)
        finally:
            connection.close()
        time.sleep(EVERY)
