"""Transactions that met. PostgreSQL ended one of them so that the other could go on: it did nothing, and may try
again."""

import random
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, TypeVar

import structlog
from django.db import OperationalError, connection
from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal

T = TypeVar("T")
COLLISIONS: Final = frozenset({"40001", "40P01", "55P03"})  # not serializable, a deadlock, a lock waited for too long
MOST_TRIES: Final = 3
LONGEST_PAUSE: Final = 0.05  # seconds
log = structlog.get_logger("schoolbell.collisions")


class Busy(Refusal):
    """Too many wanted the same at one time, and trying again did not help."""

    code = "busy"
    message = _("Many people want the same just now. Nothing was done; try again in a moment.")
    status = HTTPStatus.SERVICE_UNAVAILABLE


def is_collision(error: BaseException) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in COLLISIONS


def tried_again(act: Callable[[], T]) -> T:
    """What `act` returns, done anew where it met another transaction. For a whole action whose every write is undone
    then, and which moves nothing outside of the database. Inside of a transaction it is tried once: the whole of that
    is not ours to do again. Raises Busy, and what `act` raises.
    """
    if connection.in_atomic_block:
        return act()
    for tries_left in reversed(range(MOST_TRIES)):
        try:
            return act()
        except OperationalError as met:
            if not is_collision(met):
                raise
            log.warning("collided", tries_left=tries_left)
            if not tries_left:
                raise Busy from met
            time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311
    raise AssertionError("the last try returns or raises")
