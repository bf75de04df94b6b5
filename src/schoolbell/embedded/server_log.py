"""The server's log: what it said last, and what that means."""

import os
from pathlib import Path

from .refusals import DiskFull, EmbeddedError, ServerNotStarted

LONGEST = 10_000_000  # bytes; the next start puts a longer log aside
COMPLAINTS = ("PANIC:", "FATAL:", "initdb: error:", "ERROR:", "error:")
VISITOR_SENT_AWAY = "FATAL:  the database system is "
DISK_FULL = ("No space left on device", "Disk quota exceeded", "Check free disk space", "; wrote only ")
LEFT_OVER_BACKENDS = "pre-existing shared memory block"
LITTLE = 1_000_000  # bytes; a log on a full disk cannot say so


class ServerLog:
    """What is written to `path` from now on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and path.stat().st_size > LONGEST:
            path.replace(path.with_suffix(".log.old"))
        self._start = path.stat().st_size if path.exists() else 0

    def text(self) -> str:
        if not self.path.exists():
            return ""
        with self.path.open("rb") as log:
            log.seek(self._start)
            return log.read().decode(errors="replace")

    def last_words(self) -> str:
        """The last message without its time and process."""
        lines = self.text().splitlines()
        return lines[-1].partition(":  ")[2] or lines[-1] if lines else ""

    def refusal(self, exit_status: int) -> EmbeddedError:
        """Why the program ended."""
        if self.tells_of_a_full_disk():
            return DiskFull(self.path.parent)
        text = self.text()
        reason = complaint(text) or self.last_words() or f"it ended with status {exit_status}"
        return ServerNotStarted(reason, self.path)

    def tells_of_a_full_disk(self) -> bool:
        return any(sign in self.text() for sign in DISK_FULL) or free_bytes(self.path.parent) < LITTLE

    def tells_of_left_over_backends(self) -> bool:
        """Sessions of a killed server that have not noticed yet."""
        return LEFT_OVER_BACKENDS in self.text()


def complaint(text: str) -> str:
    """The first message that complains, which names the cause; the rest follow from it. Visitors sent away while the
    server was starting are no complaint.
    """
    for line in text.splitlines():
        for kind in COMPLAINTS:
            if kind in line and VISITOR_SENT_AWAY not in line:
                return line.partition(kind)[2].strip()
    return ""


def free_bytes(folder: Path) -> int:
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize
