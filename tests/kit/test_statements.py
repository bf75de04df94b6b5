"""Statements that are prepared on the server, and what they are sent."""

import datetime as dt

import pytest
from django.db import connection

from schoolbell.kit.database.statements import execute, forget_plans, multirange
from schoolbell.kit.time import UTC, Stretch

pytestmark = pytest.mark.django_db


def hours(first: int, last: int) -> Stretch:
    return Stretch(dt.datetime(2027, 3, 1, first, tzinfo=UTC), dt.datetime(2027, 3, 1, last, tzinfo=UTC))


def planned_rows() -> int:
    """How many rows the plan that is kept for the statement expects."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) EXECUTE every_seat")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0][0]["Plan"]["Plan Rows"])


def test_a_plan_that_was_made_for_an_empty_table_is_kept_until_it_is_forgotten():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE seat (number int)")
        cursor.execute("PREPARE every_seat AS SELECT number FROM seat")
        before = planned_rows()
        cursor.execute("INSERT INTO seat SELECT generate_series(1, 20000)")
    assert planned_rows() == before < 10_000
    forget_plans()
    assert planned_rows() > 10_000
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE every_seat")


@pytest.mark.parametrize(
    ("stretches", "joined"),
    [
        ([], []),
        ([hours(9, 10)], [hours(9, 10)]),
        ([hours(14, 15), hours(9, 11), hours(10, 12)], [hours(9, 12), hours(14, 15)]),
    ],
)
def test_stretches_are_sent_as_one_multirange(stretches: list[Stretch], joined: list[Stretch]):
    rows = execute(
        "SELECT lower(one), upper(one) FROM unnest(%(sent)s::tstzmultirange) AS one ORDER BY 1",
        {"sent": multirange(stretches)},
    )
    assert [Stretch(*row) for row in rows] == joined
