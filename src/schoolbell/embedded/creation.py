"""Makes a new database cluster, whole or not at all."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from .binaries import Binaries
from .child import start_child
from .folder import Folder
from .refusals import DataNotUsable, DiskFull
from .server_log import ServerLog, free_bytes
from .server_user import ServerUser

UNFINISHED = "postgres.new-"
NEEDED_BYTES = 100_000_000  # a new cluster takes about 60 MB

# For a small school on a small machine, and nothing that was paid for is ever lost. The log may not hold personal data:
# no statements, no parameters, no "Key (email)=(…) already exists".
SETTINGS = """
# Schoolbell's own settings, written once. Yours may follow.
shared_buffers = 128MB
max_connections = 200
max_wal_size = 1GB
wal_compression = on
fsync = on
synchronous_commit = on
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_statement = none
log_min_duration_statement = -1
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


def create_cluster(folder: Folder, binaries: Binaries, user: ServerUser, *, needed: int = NEEDED_BYTES) -> None:
    """Fills `folder.pgdata`. It is made beside its place and put there when complete, so that whatever ends this
    half-way leaves nothing that looks like a cluster.

    Raises: DiskFull, DataNotUsable, DataShutOut, ServerNotStarted.
    """
    if folder.pgdata.exists():
        raise DataNotUsable(folder.pgdata, "it is not a PostgreSQL data directory")
    remove_unfinished(folder)
    if free_bytes(folder.data) < needed:
        raise DiskFull(folder.data)
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder.data))
    try:
        user.own(unfinished)
        run_initdb(unfinished, folder, binaries, user)
        with (unfinished / "postgresql.conf").open("a") as conf:
            conf.write(SETTINGS)
            conf.flush()
            os.fsync(conf.fileno())
        unfinished.rename(folder.pgdata)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    fsync_folder(folder.data)
    remove_unfinished(folder)  # again: what a killed initdb left may have been written to for another moment


def remove_unfinished(folder: Folder) -> None:
    for path in folder.data.glob(UNFINISHED + "*"):
        shutil.rmtree(path, ignore_errors=True)


def run_initdb(target: Path, folder: Folder, binaries: Binaries, user: ServerUser) -> None:
    log = ServerLog(folder.log)
    command = [
        str(binaries.initdb),
        f"--pgdata={target}",
        "--username=postgres",
        "--auth-local=trust",
        "--auth-host=reject",
        "--data-checksums",
        "--encoding=UTF8",
        *locale_options(binaries.major),
    ]
    needs = [
        (binaries.initdb, os.X_OK),
        (binaries.postgres, os.R_OK | os.X_OK),
        (folder.data, os.X_OK),
        (target, os.W_OK | os.X_OK),
    ]
    child = start_child(command, user=user, needs=needs, log=folder.log)
    try:
        status = child.wait()
    except BaseException:
        child.kill()
        raise
    if status:
        raise log.refusal(status)


def locale_options(major: int) -> list[str]:
    """Text sorts by code point and knows all letters, the same on every machine."""
    if major >= 17:
        return ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--no-locale", "--lc-ctype=" + ("UTF-8" if sys.platform == "darwin" else "C.UTF-8")]


def fsync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
