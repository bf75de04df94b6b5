"""The rule of `schoolbell check` about the schema itself: what the models promise, the database holds rows to."""

import pytest
from django.db import IntegrityError, connection

from damage import found
from databases import django_on
from factories import buy_seat, new_course, new_school, new_session, new_student
from schoolbell.billing.models import Order
from schoolbell.kit.checks import CHECKS, broken
from schoolbell.kit.database.promises import promises

(PROMISED,) = CHECKS
OVERSOLD_DROPPED = "ALTER TABLE timetable_slot DROP CONSTRAINT slot_not_oversold"


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def key_of(table: str, kind: str, columns: str) -> str:
    """The name of the primary or foreign key of these columns, which Django made up."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT conname::text FROM pg_constraint WHERE conrelid = %s::regclass AND contype = %s
               AND (SELECT string_agg(attname::text, ' ' ORDER BY place)
                    FROM unnest(conkey) WITH ORDINALITY AS key(number, place)
                    JOIN pg_attribute ON attrelid = conrelid AND attnum = number) = %s""",
            [table, kind, columns],
        )
        ((name,),) = cursor.fetchall()
    return str(name)


@pytest.mark.django_db
def test_a_database_as_it_was_migrated_keeps_what_is_promised() -> None:
    assert found() == []
    kinds = promises()["kinds"]
    assert kinds.count("x") == 3
    assert set(kinds) == {"c", "f", "p", "u", "x"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "promise", "why"),
    [
        (
            "ALTER TABLE diary_claim DROP CONSTRAINT claim_lessons_exclude",
            "diary_claim: claim_lessons_exclude",
            "missing",
        ),
        ("ALTER TABLE diary_claim DROP CONSTRAINT claim_kinds_exclude", "diary_claim: claim_kinds_exclude", "missing"),
        (
            OVERSOLD_DROPPED,
            "timetable_slot: slot_not_oversold",
            "missing",
        ),
        (
            f"{OVERSOLD_DROPPED}, ADD CONSTRAINT slot_not_oversold CHECK (seats_taken <= capacity) NOT VALID",
            "timetable_slot: slot_not_oversold",
            "not valid",
        ),
        ("ALTER TABLE billing_order DROP CONSTRAINT order_reference", "billing_order: order_reference", "missing"),
        ("DROP INDEX attendance_once", "bookings_attendance: attendance_once", "missing"),
        (
            "DROP INDEX attendance_once; CREATE INDEX attendance_once ON bookings_attendance (school_id, slot_id)",
            "bookings_attendance: attendance_once",
            "missing",
        ),
    ],
)
def test_what_is_gone_or_was_never_looked_at_is_found_by_its_name(statement: str, promise: str, why: str) -> None:
    run(statement)
    assert found() == [(PROMISED.rule, promise)]
    assert list(broken(PROMISED)) == [(None, promise, why)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "kind", "columns"),
    [
        ("bookings_attendance", "f", "school_id slot_id"),
        ("bookings_booking", "f", "school_id"),
        ("bookings_seating", "p", "id school_id"),
    ],
)
def test_a_key_that_is_gone_is_found_by_its_columns(table: str, kind: str, columns: str) -> None:
    run(f"ALTER TABLE {table} DROP CONSTRAINT {key_of(table, kind, columns)}")
    assert found() == [(PROMISED.rule, f"{table}: {columns}")]


@pytest.mark.django_db
def test_a_foreign_key_that_leaves_the_school_out_is_not_the_one_that_is_promised() -> None:
    name = key_of("bookings_attendance", "f", "school_id slot_id")
    run(
        "CREATE UNIQUE INDEX ON timetable_slot (id)",
        f"ALTER TABLE bookings_attendance DROP CONSTRAINT {name},"
        f" ADD CONSTRAINT {name} FOREIGN KEY (slot_id) REFERENCES timetable_slot (id)",
    )
    assert found() == [(PROMISED.rule, "bookings_attendance: school_id slot_id")]


def test_an_index_that_was_never_finished_is_none(
    databases: object, django_db_setup: None, django_db_blocker: object
) -> None:
    """Built beside the traffic, it meets what it should have kept out; outside of any transaction."""
    url = databases.new()
    with django_db_blocker.unblock(), django_on(url):
        session = new_session(new_course(new_school()))
        for _ in range(2):
            buy_seat(session, new_student(session.school))
        run("ALTER TABLE billing_order DROP CONSTRAINT order_reference")
        Order.objects.update(reference="SB-AAAAAA")
        with pytest.raises(IntegrityError):
            run("CREATE UNIQUE INDEX CONCURRENTLY order_reference ON billing_order (school_id, reference)")
        assert list(broken(PROMISED)) == [(None, "billing_order: order_reference", "not valid")]
    databases.drop(url)
