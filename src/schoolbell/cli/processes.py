"""Programs that live as long as the command that starts them, whatever ends it."""

import os
import pwd
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from schoolbell.cli.refusals import CommandRefused
from schoolbell.embedded.child import Child, start_child
from schoolbell.embedded.server_user import ServerUser

PATIENCE = 15.0
THREADS = 16
SOURCES = Path(__file__).parents[1]


def require_free_port(host: str, port: int) -> None:
    """Raises CommandRefused when somebody listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            raise CommandRefused(
                f"cannot listen on {host}, port {port}: {os.strerror(refused.errno or 0).lower()}. "
                "Choose another with --port."
            ) from None


def web_command(host: str, port: int, *, workers: int, reload: bool = False) -> list[str]:
    """granian, with as many threads a process as served best on two cores (docs/benchmarks.md)."""
    command = [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(THREADS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "5s", "--log-level", "warning"),
    ]
    return [*command, *(["--reload", "--reload-paths", str(SOURCES)] if reload else []), "schoolbell.wsgi:application"]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "schoolbell", "worker"]


def solve_command() -> list[str]:
    return [sys.executable, "-m", "schoolbell", "solve"]


def start(command: list[str], *, log: Path | None) -> Child:
    """A child that ends when this process does. Its output goes to `log`, or where ours goes."""
    os.environ["SCHOOLBELL_TIED"] = "1"
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    return start_child(command, user=ServerUser(name, uid, os.getegid()), needs=[], log=log, env=os.environ)


def wait_until_served(url: str, child: Child, *, log: Path | None) -> None:
    """Returns at the first answer. Raises CommandRefused when the server ends instead."""
    while child.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310
                return
        except urllib.error.HTTPError as answer:
            raise CommandRefused(f"the web server answers {answer.code}; {log or 'the lines above'} say why") from None
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise ended(child, log=log)


def ended(child: Child, *, log: Path | None) -> CommandRefused:
    """What there is to say when the web server ended by itself."""
    return CommandRefused(f"the web server ended with status {child.returncode}; {log or 'the lines above'} say why")


def stop(child: Child) -> None:
    """Ask it to end; after a while, end it."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


class Stopped(Exception):
    """Somebody asked this process to end."""


def _stop(number: int, frame: object) -> None:
    raise Stopped


def heed_signals() -> None:
    """From now on SIGTERM and Ctrl-C raise Stopped."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)


def ignore_signals() -> None:
    """While the house is shut, a second Ctrl-C does not leave it open."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
