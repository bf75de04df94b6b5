"""Becomes another program that ends when the process that started it ends.

Runs by itself in a fresh interpreter (`python -I -S launch.py INSTRUCTIONS`), so that nothing happens between fork and
exec of a threaded process. It may import only the standard library.

INSTRUCTIONS is a JSON object:
  command  the program and its arguments, as absolute paths
  parent   process id to live as long as; on Linux the kernel sends SIGINT when it ends
  lifeline null on Linux; elsewhere the reading end of the parent's pipe, for a small process that sends SIGINT when the
           pipe breaks, and nothing when the parent writes to it, as it does once the program has ended
  user     null, or [uid, gid] to become; only root can
  needs    [[path, access mode]]: what the program will touch
  status   file descriptor for one JSON object that says why nothing was started; it closes when the program runs

Another user than root cannot pass through root's private folders. Instead of opening those, the program keeps one
capability: to pass and read (CAP_DAC_READ_SEARCH), or, where files themselves are root's alone, CAP_DAC_OVERRIDE. It
keeps none where the path is open anyway.
"""

import ctypes
import json
import os
import signal
import sys
from typing import Any, NoReturn

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def main() -> NoReturn:
    order = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.set_inheritable(order["status"], False)  # noqa: FBT003
    os.chdir("/")
    os.umask(0o077)
    try:
        shut = become(order["user"], order["needs"])
        if shut is not None:
            refuse(order["status"], shut=shut)
        if order["lifeline"] is None:
            tie_by_signal(order["parent"])
        else:
            tie_by_watcher(order["lifeline"], order["status"])
        os.execv(order["command"][0], order["command"])  # noqa: S606
    except OSError as error:
        refuse(order["status"], reason=str(error))


def refuse(status: int, **why: str) -> NoReturn:
    os.write(status, json.dumps(why).encode())
    os._exit(1)


def become(user: list[int] | None, needs: list[list[Any]]) -> str | None:
    """The first path that stays shut to the user, or None."""
    if user is None:
        return first_shut(needs)
    uid, gid = user
    keeps_capabilities = sys.platform == "linux" and prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([gid])
    os.setgid(gid)
    os.setuid(uid)
    if not keeps_capabilities:
        return first_shut(needs)
    shut = None
    for capability in (None, CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if set_effective(capability):
            shut = first_shut(needs)
            if shut is None:
                keep_only(capability)
                return None
    return shut


def first_shut(needs: list[list[Any]]) -> str | None:
    return next((path for path, mode in needs if not os.access(path, mode)), None)


def tie_by_signal(parent: int) -> None:
    """After every change of user: the kernel forgets the signal when credentials change."""
    if not prctl(PR_SET_PDEATHSIG, signal.SIGINT):
        raise OSError(ctypes.get_errno(), "PR_SET_PDEATHSIG is refused here")
    if os.getppid() != parent:
        os._exit(1)


def tie_by_watcher(lifeline: int, status: int) -> None:
    """The watcher is a grandchild, so that the program does not find a child which it never made."""
    program = os.getpid()
    os.set_inheritable(lifeline, False)  # noqa: FBT003
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    if os.fork() == 0:
        os.close(status)
        if os.read(lifeline, 1) == b"":
            os.kill(program, signal.SIGINT)
    os._exit(0)


def prctl(option: int, value: int, third: int = 0) -> bool:
    if sys.platform != "linux":
        return False
    words = [ctypes.c_ulong(word) for word in (value, third, 0, 0)]
    return bool(libc().prctl(option, *words) == 0)


def set_effective(capability: int | None) -> bool:
    """Uses this capability alone; the permitted ones stay, to choose again. False where it is not to be had."""
    header, data = capabilities()
    if libc().capget(header, data):
        raise OSError(ctypes.get_errno(), "capget")
    data[0], data[3] = bit(capability), 0
    return bool(libc().capset(header, data) == 0)


def keep_only(capability: int | None) -> None:
    header, data = capabilities()
    data[0] = data[1] = data[2] = bit(capability)
    if libc().capset(header, data):
        raise OSError(ctypes.get_errno(), "capset")
    if capability is not None and not prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability):
        raise OSError(ctypes.get_errno(), "PR_CAP_AMBIENT_RAISE")


def capabilities() -> tuple[Any, Any]:
    """The kernel's header, and six words: effective, permitted, inheritable, twice (low and high)."""
    return (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()


def bit(capability: int | None) -> int:
    return 0 if capability is None else 1 << capability


def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    main()
