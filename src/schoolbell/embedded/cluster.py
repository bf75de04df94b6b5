"""The bundled PostgreSQL of one data directory: a child of this process, reached through a private socket."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.pq import PGconn, Ping

from .binaries import Binaries, find_binaries
from .checks import add_btree_gist
from .child import Child, start_child
from .creation import create_cluster
from .folder import PORT, Folder, Hold, announced_url, refusing
from .left_over import PATIENCE, disown_stale_pid, is_ready, wait_for_left_over
from .refusals import DiskFull, EmbeddedError, ServerNotStarted
from .server_log import ServerLog
from .server_user import ServerUser, server_user

NAME = "schoolbell"  # of role and database
EVERY = 3.0  # seconds between two words of progress
STOP_PATIENCE = 30.0  # seconds for each way of stopping
ENDING_PATIENCE = 2.0  # seconds that it may take to end of itself
POLL = 0.05


class Cluster:
    """Starts and stops the server of `data`; `data/postgres` is made at the first start.

    The server ends with this process, also when that is killed. As a context manager it is started silently unless it
    runs already, and stopped at the end.
    """

    def __init__(self, data: Path) -> None:
        self.folder = Folder(data.resolve())
        self._hold: Hold | None = None
        self._server: Child | None = None
        self._log: ServerLog | None = None

    @property
    def url(self) -> str:
        """For psycopg and DATABASE_URL."""
        return url_of(NAME, NAME, self.folder)

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server is not None and self.is_alive() else None

    def is_alive(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def start(self, *, progress: Callable[[str], None]) -> None:
        """Returns when the database takes connections, however long its recovery takes. `progress` is given a sentence
        at each step and every few seconds.

        Raises: an EmbeddedError that says what is wrong.
        """
        if self.is_alive():
            return
        self.stop()
        try:
            with refusing(self.folder.data):
                self._start(progress)
        except BaseException:
            self.stop()
            raise

    def trouble(self) -> EmbeddedError | None:
        """Why it answers no more, when asked a moment after that: its disk is full, or it ended. None: neither is so.

        A server that could not write ends everybody's session first, and then itself.
        """
        if self._server is None or self._log is None:
            return None
        if self._log.tells_of_a_full_disk():
            return DiskFull(self.folder.data)
        try:
            return self._log.refusal(self._server.wait(ENDING_PATIENCE))
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """Ends sessions and server, what is committed being safe; does nothing where nothing runs."""
        if self._server is not None:
            end(self._server)
            self._server = None
            self.folder.remove_temporary_sockets()
        if self._hold is not None:
            self._hold.release()
            self._hold = None

    def __enter__(self) -> Self:
        self.start(progress=lambda sentence: None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self, progress: Callable[[str], None]) -> None:
        folder = self.folder
        is_new = not folder.data.exists()
        folder.make()
        self._hold = Hold(folder)
        user = server_user(folder.pgdata)
        if is_new:
            folder.let_pass(user)
        wait_for_left_over(folder, progress)
        folder.hand_over(user)
        major = folder.major
        binaries = find_binaries(major)
        if major is None:
            progress("Making the database (once) …")
            create_cluster(folder, binaries, user)
        progress("Starting the database …")
        folder.make_sockets(user)
        self._launch(binaries, user, progress)
        self._furnish()
        self._hold.announce(self.url)

    def _launch(self, binaries: Binaries, user: ServerUser, progress: Callable[[str], None]) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            disown_stale_pid(self.folder)
            self._log = log = ServerLog(self.folder.log)
            self._server = start_child(
                [str(binaries.postgres), "-D", str(self.folder.pgdata), *wiring(self.folder)],
                user=user,
                needs=[
                    (binaries.postgres, os.R_OK | os.X_OK),
                    (self.folder.data, os.X_OK),
                    (self.folder.pgdata, os.W_OK | os.X_OK),
                    (self.folder.sockets, os.W_OK | os.X_OK),
                ],
                log=self.folder.log,
            )
            wait_until_ready(self._server, self.folder, log, progress)
            status = self._server.poll()
            if status is None:
                return
            if not log.tells_of_left_over_backends() or time.monotonic() > deadline:
                raise log.refusal(status)
            time.sleep(POLL)

    def _furnish(self) -> None:
        try:
            furnish(self.folder)
        except psycopg.errors.DiskFull as error:
            raise DiskFull(self.folder.data) from error
        except psycopg.Error as error:
            raise ServerNotStarted(str(error), self.folder.log) from error


def wait_until_ready(server: Child, folder: Folder, log: ServerLog, progress: Callable[[str], None]) -> None:
    """Returns also when the server has ended instead."""
    word_at = time.monotonic() + EVERY
    while server.poll() is None:
        if is_ready(folder, server.pid) and answers(url_of("postgres", "postgres", folder)):
            return
        if time.monotonic() > word_at:
            progress(f"Waiting for the database: {log.last_words()} …")
            word_at = time.monotonic() + EVERY
        time.sleep(POLL)


def furnish(folder: Folder) -> None:
    """Role, database and extension, whichever is missing: an earlier first start may have been cut short."""
    with psycopg.connect(url_of("postgres", "postgres", folder), autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [NAME]).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(NAME)))
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(NAME)))
    with psycopg.connect(url_of(NAME, NAME, folder), autocommit=True) as connection:
        add_btree_gist(connection)


def end(server: Child) -> None:
    """Asks for a fast shutdown, then for an immediate one, then does not ask."""
    for way in (signal.SIGINT, signal.SIGQUIT):
        server.send_signal(way)
        try:
            server.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            continue
        return
    server.kill()
    server.wait()


def wiring(folder: Folder) -> list[str]:
    """What must hold whatever postgresql.conf says: nobody reaches the server but through our socket."""
    sockets = str(folder.sockets).replace('"', '""')
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "logging_collector": "off",
        "log_destination": "stderr",
    }
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def url_of(role: str, database: str, folder: Folder) -> str:
    return f"postgresql://{role}@/{database}?host={quote(str(folder.sockets))}&port={PORT}"


def answers(url: str) -> bool:
    return PGconn.ping(f"{url}&connect_timeout=5".encode()) == Ping.OK


def running_url(data: Path) -> str | None:
    """The URL of the server that another process runs on `data`; None if none answers.

    Raises: DataNotUsable.
    """
    folder = Folder(data.resolve())
    with refusing(folder.data):
        url = announced_url(folder)
    return url if url is not None and answers(url) else None
