"""Starts programs that end with this process, whatever ends it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Thread

from . import launch
from .refusals import DataShutOut, ServerNotStarted
from .server_user import ServerUser

Child = subprocess.Popen[bytes]
OUR_OUTPUT = Path("the lines above")
TO_LOG = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
Needs = list[tuple[Path, int]]


def start_child(
    command: list[str], *, user: ServerUser, needs: Needs, log: Path | None, env: Mapping[str, str] | None = None
) -> Child:
    """A direct child, as `user`, in a session of its own (Ctrl-C in a terminal is the caller's affair).

    `needs` are paths with `os.access` modes that `user` must be let through to. Output goes to `log`; None:
    where ours goes. `env` None: ours, without what would speak to PostgreSQL.

    Raises: DataShutOut, ServerNotStarted.
    """
    reading, writing = os.pipe()
    lifeline = None if sys.platform == "linux" else os.pipe()
    order = {
        "command": command,
        "parent": os.getpid(),
        "lifeline": lifeline and lifeline[0],
        "user": [user.uid, user.gid] if user.is_somebody_else else None,
        "needs": [(str(path), mode) for path, mode in needs],
        "status": writing,
    }
    launcher = [sys.executable, "-I", "-S", launch.__file__, json.dumps(order)]
    with os.fdopen(reading, encoding="utf-8") as status:
        try:
            child = popen_in_its_own_thread(launcher, writing, lifeline, log, environment() if env is None else env)
        finally:
            os.close(writing)
        why_not = status.read()
    if why_not:
        child.wait()
        refusal = json.loads(why_not)
        if "shut" in refusal:
            raise DataShutOut(refusal["shut"], user.name)
        raise ServerNotStarted(refusal["reason"], log or OUR_OUTPUT)
    return child


def popen_in_its_own_thread(
    command: list[str], status: int, lifeline: tuple[int, int] | None, log: Path | None, env: Mapping[str, str]
) -> Child:
    """Linux ties a child to the thread that made it, so that thread stays until the child is gone."""
    started: Future[Child] = Future()
    output = os.dup(sys.stderr.fileno()) if log is None else os.open(log, TO_LOG, 0o600)

    def hold() -> None:
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[status, *(lifeline or ())[:1]],
                start_new_session=True,
                env=env,
            )
        except (OSError, ValueError) as error:
            started.set_exception(ServerNotStarted(str(error), log or OUR_OUTPUT))
            return
        started.set_result(child)
        child.wait()
        if lifeline is not None:
            os.write(lifeline[1], b".")
            os.close(lifeline[0])
            os.close(lifeline[1])

    Thread(target=hold, name="schoolbell-database", daemon=True).start()
    try:
        return started.result()
    finally:
        os.close(output)


def environment() -> dict[str, str]:
    """Ours without what would speak to PostgreSQL or change its language."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return {**kept, "LC_ALL": "C"}
