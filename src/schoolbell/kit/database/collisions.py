"""Transactions that met. PostgreSQL ended one of them so that the other could go on: it did nothing, and may try
again."""

import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial, wraps
from http import HTTPStatus
from typing import Final, ParamSpec, TypeVar

import structlog
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal

T = TypeVar("T")
P = ParamSpec("P")
COLLISIONS: Final = frozenset({"40001", "40P01", "55P03"})  # not serializable, a deadlock, a lock waited for too long
MOST_TRIES: Final = 3
MOST_BEGINNINGS: Final = 5
LONGEST_PAUSE: Final = 0.05  # seconds
log = structlog.get_logger("schoolbell.collisions")
_trying: ContextVar[bool] = ContextVar("trying", default=False)  # is there somebody who would try this again?


class Busy(Refusal):
    """Too many wanted the same at one time, and trying again did not help."""

    code = "busy"
    message = _("Many people want the same just now. Nothing was done; try again in a moment.")
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Beforehand(Exception):
    """What `act` does is wanted before the transaction that met the need for it."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act
        super().__init__()


def beforehand(act: Callable[[], T]) -> T:
    """Do it now, in transactions of its own, if none is open; else end that one, do it, and let `tried_again` begin
    anew. So nobody who frees time or seats for others holds on to that while he waits for what he wants himself, and
    two can never wait for each other in a ring. Where nobody would try again it is done within.
    """
    if connection.in_atomic_block and _trying.get():
        raise Beforehand(act)
    return act()


def in_one_go(action: Callable[P, T]) -> Callable[P, T]:
    """An action as one transaction, begun anew as `tried_again` has it."""

    @wraps(action)
    def run(*args: P.args, **more: P.kwargs) -> T:
        return tried_again(partial(transaction.atomic(action), *args, **more))

    return run


def is_collision(error: BaseException) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in COLLISIONS


def tried_again(act: Callable[[], T]) -> T:
    """What `act` returns, done anew where it met another transaction. For a whole action whose every write is undone
    then, and which moves nothing outside of the database. Inside of a transaction it is tried once: the whole of that
    is not ours to do again. What it wants done `beforehand` is done between two tries. Raises Busy, and what `act`
    raises.
    """
    if connection.in_atomic_block:
        return act()
    collided = begun = 0
    first: Callable[[], object] | None = None
    while True:
        try:
            if first is not None:
                first()
                first = None
            return _tried(act, is_last=begun == MOST_BEGINNINGS)
        except Beforehand as wanted:
            begun += 1
            first = wanted.act
        except OperationalError as met:
            if not is_collision(met):
                raise
            collided += 1
            log.warning("collided", tries_left=MOST_TRIES - collided)
            if collided == MOST_TRIES:
                raise Busy from met
            time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311


def _tried(act: Callable[[], T], *, is_last: bool) -> T:
    before = _trying.set(not is_last)
    try:
        return act()
    finally:
        _trying.reset(before)
