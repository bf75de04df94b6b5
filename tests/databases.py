"""The databases of a test run: one server, one migrated template, and as many copies of it as are wanted."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from django.db import connection, connections
from psycopg import sql

from schoolbell.embedded import Cluster
from schoolbell.settings import database as settings_of

ROOT = Path(__file__).resolve().parent.parent
TRIES = 20


def with_name(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name)}"))


def with_options(url: str, options: str) -> str:
    """The URL, with settings that every connection made by it gets, such as `-c lock_timeout=1s`."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, f"options={quote(options)}"]))))


def environment(url: str) -> dict[str, str]:
    """For a program of ours that is to use that database."""
    return os.environ | {
        "SCHOOLBELL_PRETEND_CARD": "true",
        "SCHOOLBELL_SECRET_KEY": "of-the-tests",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "schoolbell.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }


class Server:
    """The PostgreSQL of one run: the one that DATABASE_URL names, or a bundled one in a temporary folder."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._cluster: Cluster | None = None
        self.url = os.environ.get("DATABASE_URL", "")
        self.template = f"schoolbell_test_{secrets.token_hex(4)}"

    def start(self) -> None:
        if not self.url:
            self._folder = Path(tempfile.mkdtemp(prefix="sb-"))
            self._cluster = Cluster(self._folder / "var")
            self._cluster.start(progress=lambda sentence: None)
            self.url = self._cluster.url
            self._hasten()
        with administration(self.url) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(self.template)))
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
            env=environment(with_name(self.url, self.template)),
            check=True,
        )

    def stop(self) -> None:
        if self._cluster is not None:
            self._cluster.stop()
        elif self.url:
            drop_database(self.url, self.template)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _hasten(self) -> None:
        """A test's rows need not outlive a crash. Deadlocks are found long before a lock_timeout hides them."""
        superuser = self.url.replace("//schoolbell@", "//postgres@").replace("/schoolbell?", "/postgres?")
        with psycopg.connect(superuser, autocommit=True) as connection:
            for setting, value in {
                "fsync": "off",
                "full_page_writes": "off",
                "synchronous_commit": "off",
                "autovacuum": "off",
                "deadlock_timeout": "200ms",
            }.items():
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(setting), value))
            connection.execute("SELECT pg_reload_conf()")


def administration(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url, autocommit=True)


def create_database(url: str, template: str) -> str:
    """A copy of the template; its name."""
    name = f"{template}_{secrets.token_hex(4)}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    for attempt in range(TRIES):
        try:
            with administration(url) as connection:
                connection.execute(statement)
        except psycopg.errors.ObjectInUse:  # another worker copies it at this moment
            if attempt == TRIES - 1:
                raise
            time.sleep(0.1)
        else:
            break
    return name


def drop_database(url: str, name: str) -> None:
    with administration(url) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def django_on(url: str) -> Iterator[None]:
    """Let Django use that database instead, in this thread and in those that start meanwhile."""
    default = connections.settings["default"]
    before = {key: default[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    connections["default"].close()
    default.update({key: value for key, value in settings_of(url).items() if key in before})
    try:
        yield
    finally:
        connections["default"].close()
        default.update(before)


def row_counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables))
        return dict(cursor.fetchall())
