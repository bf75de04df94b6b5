"""Rules that hold over the whole database, each with the statement that finds what breaks it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from schoolbell.kit.database.promises import BROKEN_PROMISES_SQL, promises
from schoolbell.kit.time import zone_names


@dataclass(frozen=True, slots=True)
class Check:
    """`sql` gives a row (owner's id, row's id, detail) for each breach of `rule`, a sentence; the owner is null where
    the schema itself is at fault. `values` of the statement are asked for when it runs. What no statement can judge,
    `judge` does: of each row's detail it says what is wrong with it, or "".
    """

    rule: str
    sql: str
    values: Callable[[], dict[str, Any]] | None = None
    judge: Callable[[Any], str] | None = None


def broken(check: Check) -> Iterator[tuple[Any, Any, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(check.sql, check.values() if check.values else None)
        for owner_id, row_id, detail in cursor.fetchall():
            if check.judge is None:
                yield owner_id, row_id, detail
            elif wrong := check.judge(detail):
                yield owner_id, row_id, wrong


def in_named_zones(rule: str, *tables: str, owner: str = "school_id") -> Check:
    """The `timezone` of these tables' rows, where one is said, is a zone that IANA names."""
    rows = "\nUNION ALL ".join(
        f"SELECT {owner}, id, timezone FROM {table} WHERE timezone <> '' AND timezone <> ALL(%(zones)s)"
        for table in tables
    )
    return Check(rule, rows, values=lambda: {"zones": sorted(zone_names())})


CHECKS = (
    Check(
        "The database holds rows to every constraint, unique key and foreign key that is promised of them.",
        BROKEN_PROMISES_SQL,
        values=promises,
    ),
)
