"""The engine: `ENGINE = "schoolbell.kit.database"`."""

import datetime as dt
import select
from typing import Any

import psycopg
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from psycopg.pq import Format

from schoolbell.kit.database.features import DatabaseFeatures
from schoolbell.kit.database.schema import DatabaseSchemaEditor

TIMESTAMPTZ = psycopg.adapters.types["timestamptz"].oid
# psycopg's own, written in C where that is installed. Django's calls it from Python for every single instant, only to
# set the zone that a connection in UTC has set already; a page of lessons reads thousands.
INSTANTS: Any = psycopg.adapters.get_loader(TIMESTAMPTZ, Format.TEXT)


class DatabaseWrapper(PostgresWrapper):
    SchemaEditorClass = DatabaseSchemaEditor
    features_class = DatabaseFeatures

    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        if self.timezone == dt.UTC:
            connection.adapters.register_loader(TIMESTAMPTZ, INSTANTS)
        return connection

    def close_if_unusable_or_obsolete(self) -> None:
        """As Django's, before and after every request, and it sees that the server went away in between. Nobody asks an
        idle connection, so what can be read from it is a farewell: it is tried out before a request relies on it, and
        no thread answers "away" from a connection of before a restart. One look at the socket, no query.
        """
        if self.connection is not None and _has_news(self.connection):
            self.errors_occurred = True
        super().close_if_unusable_or_obsolete()

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's, but for its question which zone the loader of instants sets."""
        if self.timezone != dt.UTC:
            return super().create_cursor(name)
        if name:
            return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
        return self.connection.cursor()


def _has_news(connection: psycopg.Connection[Any]) -> bool:
    """Something to read, or the end of it. A connection that is closed here says nothing."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
