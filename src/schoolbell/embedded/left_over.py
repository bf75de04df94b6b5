"""What a killed server leaves behind, and how to tell it from one that lives."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .folder import Folder
from .refusals import DataInUse

PATIENCE = 30.0  # seconds that a server whose parent was killed is given to shut down


def wait_for_left_over(folder: Folder, progress: Callable[[str], None]) -> None:
    """Until no server runs on the data directory. Call it only with the Hold: then such a server has lost its parent.

    Raises: DataInUse.
    """
    deadline = time.monotonic() + PATIENCE
    told = False
    while (pid := living_server(folder)) is not None:
        if time.monotonic() > deadline:
            raise DataInUse(folder.data, pid)
        if not told:
            progress(f"Waiting for the last database server (pid {pid}) to stop …")
            told = True
        time.sleep(0.05)


def disown_stale_pid(folder: Folder) -> None:
    """Lets the server start although the process id in its lock file went to some other program.

    The file itself stays: the server checks by its second half that no session of the last server lives on. Our own id
    in it is one that the server takes for stale, since it is its parent's.
    """
    if not folder.postmaster_pid.exists():
        return
    if recorded_pid(folder) is None:
        folder.postmaster_pid.unlink()
        return
    lines = folder.postmaster_pid.read_text().splitlines(keepends=True)
    folder.postmaster_pid.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))


def living_server(folder: Folder) -> int | None:
    """The process id of a server that runs on the data directory."""
    pid = recorded_pid(folder)
    if pid is None:
        return None
    command = command_line(pid)
    return pid if "postgres" in command and (str(folder.pgdata) in command or works_in(pid, folder.pgdata)) else None


def is_ready(folder: Folder, pid: int) -> bool:
    """Whether the server says in its lock file that it takes connections; asking it so leaves no line in its log."""
    lines = lock_file_lines(folder)
    return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def recorded_pid(folder: Folder) -> int | None:
    lines = lock_file_lines(folder)
    return abs(int(lines[0])) if lines and lines[0].strip().lstrip("-").isdigit() else None


def lock_file_lines(folder: Folder) -> list[str]:
    try:
        return folder.postmaster_pid.read_text().splitlines()
    except FileNotFoundError:
        return []


def command_line(pid: int) -> str:
    """Empty for a process that has ended, also where nobody has collected it yet."""
    if sys.platform != "linux":
        ps = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return ps.stdout
    try:
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return ""


def works_in(pid: int, folder: Path) -> bool:
    """For a server that was started by hand under a relative path."""
    try:
        return folder.samefile(f"/proc/{pid}/cwd")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
