"""Rules that hold over the whole database, each with the statement that finds what breaks it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Check:
    """`sql` gives a row (owner's id, row's id, detail) for each breach of `rule`, a sentence."""

    rule: str
    sql: str


def broken(check: Check) -> Iterator[tuple[Any, Any, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(check.sql)
        yield from cursor.fetchall()
