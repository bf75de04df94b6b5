"""Whoever takes time and whoever closes it never pass each other unseen: the later of the two sees the earlier.

A lock without a row, by school: all who take time share it, and who closes or opens anything has it alone. It is taken
before any row is locked, so that nobody who waits for it is waited for; only whose turn it is (`billing.limits`) is
asked before.
"""

from uuid import UUID

from schoolbell.kit.database.statements import read


def keep_hours(school_id: UUID) -> None:
    """Nobody closes or opens anything in this school until this transaction is over. Asked before one looks."""
    read("SELECT pg_advisory_xact_lock_shared(hashtextextended(%(key)s, 0))", {"key": _key(school_id)})


def change_hours(school_id: UUID) -> None:
    """Wait for whoever takes time in this school now, and let others wait until this transaction is over."""
    read("SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))", {"key": _key(school_id)})


def _key(school_id: UUID) -> str:
    return f"{school_id} hours"
