"""The product as it is run: its own web server with two workers, on a free port."""

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from schoolbell.cli.processes import start, web_command
from schoolbell.embedded.child import Child

HOST = "127.0.0.1"
WORKERS = 2
PATIENCE = 60.0  # seconds until it must answer, and until it must be gone


class ServerFailed(Exception):
    """It does not answer as it should."""


@contextmanager
def serving(*, log: Path) -> Iterator[int]:
    """A server of `DATABASE_URL`, until the block ends. Yields its port. Raises ServerFailed."""
    port = free_port()
    server = start(web_command(HOST, port, workers=WORKERS), log=log)
    try:
        _wait_until_served(server, port, log)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_served(server: Child, port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
        try:
            connection.request("GET", "/api/openapi.json")
            if connection.getresponse().status == HTTPStatus.OK:
                return
        except OSError:
            pass  # it does not listen yet
        finally:
            connection.close()
        time.sleep(0.1)
    raise ServerFailed(f"The web server does not serve: {log.read_text(errors='replace')[-1_000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
