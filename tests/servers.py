"""Real server processes, and many clients at once."""

import datetime as dt
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar

import httpx
from django.db import connection

from databases import ROOT, environment, with_options

PATIENCE = 60.0  # for a server to answer for the first time
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Servers:
    """`database` is the URL of the database that all of them serve."""

    addresses: tuple[str, ...]
    database: str
    logs: tuple[Path, ...]
    http: httpx.Client

    def collisions(self) -> int:
        """How often a transaction of theirs was ended for another: by a deadlock, or by a wait of over 3 seconds."""
        return sum(log.read_text().count('"event": "collided"') for log in self.logs)

    def post_all(
        self, path: str, bodies: Sequence[Any], *, tokens: Sequence[str], keys: Sequence[str] | None = None
    ) -> list[httpx.Response]:
        """POST them all at the same moment, by turns to each process; the answers in the order of the bodies."""
        addresses = cycle(self.addresses)
        requests = [
            self.http.build_request(
                "POST",
                next(addresses) + path,
                json=body,
                headers={"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": keys[place]} if keys else {}),
            )
            for place, (body, token) in enumerate(zip(bodies, tokens, strict=True))
        ]
        return race(self.http.send, requests)


def race(act: Callable[[T], R], entrants: Sequence[T]) -> list[R]:
    """Let all act at the same moment, each in a thread of its own; what they return, in their order."""
    line = threading.Barrier(len(entrants))

    def run(entrant: T) -> R:
        try:
            line.wait()
            return act(entrant)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(entrants)) as pool:
        return list(pool.map(run, entrants))


@contextmanager
def start_servers(database: str, number: int) -> Iterator[Servers]:
    """That many granian processes on one database. No statement of theirs waits for a lock longer than 3 seconds: on a
    busy machine whoever clears eight holds takes one."""
    with tempfile.TemporaryDirectory(prefix="sb-served-") as folder, httpx.Client(timeout=60, limits=_MANY) as http:
        logs = tuple(Path(folder, f"{place}.log") for place in range(number))
        ports = free_ports(number)
        processes = [_start(port, database, log) for port, log in zip(ports, logs, strict=True)]
        try:
            addresses = tuple(f"http://127.0.0.1:{port}" for port in ports)
            for address, process, log in zip(addresses, processes, logs, strict=True):
                _wait(http, address, process, log)
            yield Servers(addresses, database, logs, http)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()


_MANY = httpx.Limits(max_connections=128, max_keepalive_connections=128)


def free_ports(number: int) -> list[int]:
    sockets = [socket.socket() for _ in range(number)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _start(port: int, database: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
                *("--workers", "1", "--blocking-threads", "8", "--no-ws", "--workers-kill-timeout", "5"),
                "schoolbell.wsgi:application",
            ],
            env=environment(with_options(database, "-c lock_timeout=3s")),
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _wait(http: httpx.Client, address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            http.get(address + "/api/openapi.json")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(log.read_text())


def rfc3339(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
