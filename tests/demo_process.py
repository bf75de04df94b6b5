"""The demo as its users start it: a process of its own, with everything that it starts."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return kept | {"SCHOOLBELL_DATA": str(data), "PYTHONPATH": str(ROOT / "src")}


def schoolbell(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command of the command line, to its end."""
    command = [sys.executable, "-m", "schoolbell", *arguments]
    return subprocess.run(command, env=environment(data), capture_output=True, text=True, check=False)


class Demo:
    """A running demo. `stop` asks it to end, `kill` ends everything at once."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.output = data.with_suffix(".out")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "schoolbell", "demo", "--port", str(port), "--data", str(data)],
                env=environment(data),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_open(self) -> None:
        """Until it says so itself: then web server and worker run."""
        while "Schoolbell is open" not in self.output.read_text():
            assert self.process.poll() is None, self.output.read_text()
            time.sleep(0.05)

    def family(self) -> set[int]:
        """The process and all that it started, directly or not."""
        found, parents = {self.process.pid}, children_by_parent()
        queue = [self.process.pid]
        while queue:
            for child in parents.get(queue.pop(), ()):
                found.add(child)
                queue.append(child)
        return found

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait()

    def kill(self) -> None:
        """The plug is pulled: every process ends where it stands."""
        for pid in self.family():
            with suppress(ProcessLookupError):  # it ended with its parent
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def children_by_parent() -> dict[int, list[int]]:
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    return parents


def command_line(pid: int) -> bytes:
    """Nothing, of one that ended while we looked."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def is_alive(pid: int) -> bool:
    """It runs; one that ended and that nobody has asked after does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def wait_until_gone(pids: set[int]) -> None:
    """Returns when none of them is left; the test's own time limit ends it otherwise."""
    while any(is_alive(pid) for pid in pids):
        time.sleep(0.05)


def refuses(url: str) -> bool:
    try:
        fetch(url)
    except urllib.error.URLError:
        return True
    return False
