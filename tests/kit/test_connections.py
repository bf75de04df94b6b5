"""A server that was restarted: connections of before it are found out between two requests, not by a request."""

import psycopg
import pytest
from django.core.signals import request_started
from django.db import OperationalError, close_old_connections, connection
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper


def answer() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end_session(url: str, pid: int) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_connection_that_the_server_ended_is_replaced_before_the_next_request(scratch: str) -> None:
    before = answer()
    end_session(scratch, before)
    request_started.send(sender=None)
    assert answer() != before


def test_a_connection_that_lives_is_kept_without_a_query(scratch: str) -> None:
    before = answer()
    close_old_connections()
    assert connection.health_check_done is False  # it was not tried out
    assert answer() == before


def test_control_without_the_look_the_next_request_meets_the_dead_connection(scratch: str) -> None:
    end_session(scratch, answer())
    PostgresWrapper.close_if_unusable_or_obsolete(connection)  # what Django does by itself
    with pytest.raises(OperationalError):
        answer()
