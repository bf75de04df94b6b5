"""Hot statements: prepared on the server, written in parts by the floors that own the tables."""

import re
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection, transaction

from schoolbell.kit.refusals import REFUSED_SQLSTATE
from schoolbell.kit.time import Stretch


@dataclass(frozen=True, slots=True)
class Part:
    """One or more common table expressions, without the WITH, and the values they name."""

    sql: str
    values: Mapping[str, Any] = field(default_factory=dict)


class GuardFailed(Exception):
    """A statement found one of its guards shut and undid itself. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def execute(sql: str, values: Mapping[str, Any], *, prepared: bool = True) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows, as `read` does, where it may be refused.

    Raises: GuardFailed; Django's database errors. Inside a transaction neither spoils it.
    """
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            return read(sql, values, prepared=prepared)
    except Exception as failure:
        if getattr(failure.__cause__, "sqlstate", None) == REFUSED_SQLSTATE:
            raise GuardFailed(failure.__cause__.diag.message_primary or "") from failure  # type: ignore[union-attr]
        raise


def read(sql: str, values: Mapping[str, Any], *, prepared: bool = True, binary: bool = False) -> list[tuple[Any, ...]]:
    """Run one statement that nothing refuses, and return its rows: inside a transaction it needs no savepoint, two
    round trips that are. Outside it is a transaction of its own. Lists hold ids or instants.

    It is prepared on the server: its plan is made once. Not `prepared`, it is planned anew each time, for tables as
    they are by now: for what runs while they are being filled. With `binary` the rows come as the server holds them:
    for thousands of instants, which it writes slowly.

    Raises Django's database errors.
    """
    numbered, names = _numbered(sql)
    connection.ensure_connection()
    if connection.queries_logged:  # whoever counts Django's queries counts these too
        connection.queries_log.append({"sql": sql, "time": "unknown"})
    with connection.wrap_database_errors, psycopg.RawCursor(connection.connection) as cursor:
        cursor.execute(numbered, [_sendable(values[name]) for name in names], prepare=prepared, binary=binary)
        return cursor.fetchall()


def multirange(stretches: Iterable[Stretch]) -> str:
    """As PostgreSQL writes a tstzmultirange: they may come in any order, and overlap."""
    return "{" + ",".join(f"[{one.starts_at},{one.ends_at})" for one in stretches) + "}"


def forget_plans() -> None:
    """Let the server plan anew, for tables as they are by now, whatever it keeps a plan of on this connection: prepared
    statements, and its own look-ups for foreign keys."""
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


@lru_cache(maxsize=256)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with `$1` for the first `%(name)s` and so on, and the names. psycopg does it too, but anew each
    time for statements as long as these."""
    names = tuple(dict.fromkeys(_NAME.findall(sql)))
    return _NAME.sub(lambda found: f"${names.index(found[1]) + 1}", sql).replace("%%", "%").encode(), names


_NAME = re.compile(r"%\((\w+)\)s")


def _sendable(value: Any) -> Any:
    """Ids and instants have no character that an array would ask to quote; psycopg looks at each to find that out."""
    return f"{{{','.join(map(str, value))}}}" if isinstance(value, list) else value
