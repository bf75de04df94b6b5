"""Logs: one line an event, as JSON unless somebody watches. Never a header, a body or a query string."""

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import structlog


def tell_where(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """In place of an exception: what it was and where it came from, without its words. They may quote what was sent:
    PostgreSQL's name the values of a row that it refuses, pydantic's the input."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["exception"] = "\n".join(_told(error))
    return event


def _told(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
    yield from (line.rstrip() for line in traceback.format_tb(error.__traceback__))
    yield _named(error)


def what_it_was(error: BaseException) -> str:
    """In one line and without its words; of an error of Django's, what the database driver called it."""
    return " from ".join(_named(one) for one in (error, error.__cause__) if one is not None)


def _named(error: BaseException) -> str:
    kind = type(error)
    diagnosis = getattr(error, "diag", None)
    named = [getattr(diagnosis, name, None) for name in ("sqlstate", "table_name", "column_name", "constraint_name")]
    return " ".join([f"{kind.__module__}.{kind.__qualname__}", *filter(None, named)])


def configure(level: str) -> None:
    """Set up structlog for the process."""
    watched = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            tell_where,
            structlog.dev.ConsoleRenderer() if watched else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
