"""Errors that nobody foresaw: told to the log in full, and to the world by an id alone."""

import structlog

from schoolbell.kit.ids import new_id

log = structlog.get_logger("schoolbell.failures")


def log_failure(error: BaseException, *, method: str, path: str) -> str:
    """Write it to the log, without headers, body or query, and return the id it is found under."""
    failure_id = new_id().hex
    log.error("failed", failure=failure_id, method=method, path=path, exc_info=error)
    return failure_id
