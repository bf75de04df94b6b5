"""The data directory: what lies where, and who holds it."""

import errno
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .refusals import DataInUse, DataNotAFolder, DataNotUsable, DiskFull
from .server_user import ServerUser

PORT = 5432
LONGEST_SOCKET_PATH = 103  # bytes; Linux takes 107, macOS 103
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Says in one line what the operating system has against `path`."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise DiskFull(path) from error
        if error.errno in (errno.ENOTDIR, errno.EEXIST):
            raise DataNotAFolder(Path(error.filename or path)) from error
        raise DataNotUsable(path, f"{error.strerror}: {error.filename}") from error


@dataclass(frozen=True)
class Folder:
    """`data` is absolute and without symbolic links."""

    data: Path

    @property
    def pgdata(self) -> Path:
        return self.data / "postgres"

    @property
    def log(self) -> Path:
        return self.data / "postgres.log"

    @property
    def lock(self) -> Path:
        return self.data / "postgres.lock"

    @property
    def postmaster_pid(self) -> Path:
        return self.pgdata / "postmaster.pid"

    @property
    def sockets(self) -> Path:
        """Below the data directory; where that path is too long for a socket (or has a comma, which divides hosts in a
        database URL), in a private folder of the system's temporary one.
        """
        own = self.data / "run"
        if fits_a_socket(own):
            return own
        name = "schoolbell-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir(), name)

    @property
    def major(self) -> int | None:
        """The PostgreSQL version that made the data; None before there is any.

        Raises: DataNotUsable.
        """
        path = self.pgdata / "PG_VERSION"
        if not path.exists():
            return None
        version = path.read_text(errors="replace").strip()
        if not version.isdecimal():
            raise DataNotUsable(self.pgdata, f"its PG_VERSION says {version!r}")
        return int(version)

    def make(self) -> None:
        """An existing folder keeps its permissions, which may be somebody's decision."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)

    def let_pass(self, user: ServerUser) -> None:
        """Through a folder that is ours alone so far; to what is named in it, no further."""
        if user.is_somebody_else:
            os.chown(self.data, -1, user.gid)
            self.data.chmod(0o710)

    def hand_over(self, user: ServerUser) -> None:
        """What lies in the folder already and must be the server's: also data that root put back from a copy."""
        for path in (self.lock, self.log):
            create_private(path)
            user.own(path)
        if self.major is not None:
            if self.pgdata.stat().st_uid != user.uid:
                user.own_all(self.pgdata)
            self.pgdata.chmod(0o700)

    def make_sockets(self, user: ServerUser) -> None:
        """Empty and private: whoever passes into this folder is trusted by the server."""
        if self.sockets.is_symlink():
            raise DataNotUsable(self.sockets, "it is a symbolic link")
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), user.uid):
            raise DataNotUsable(self.sockets, "it is somebody else's")
        self.sockets.chmod(0o700)
        user.own(self.sockets)
        for left_over in self.sockets.glob(f".s.PGSQL.{PORT}*"):
            left_over.unlink()

    def remove_temporary_sockets(self) -> None:
        if self.sockets.parent != self.data:
            shutil.rmtree(self.sockets, ignore_errors=True)


def create_private(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))


def fits_a_socket(folder: Path) -> bool:
    path = os.fsencode(folder / f".s.PGSQL.{PORT}")
    return len(path) <= LONGEST_SOCKET_PATH and b"," not in path


class Hold:
    """The right to run a server on a data directory: at most one process has it, and loses it when it ends.

    The file names the holder's process id, and below it the server's URL once that answers.
    """

    def __init__(self, folder: Folder) -> None:
        """Raises: DataInUse."""
        self._file = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._file)
            raise DataInUse(folder.data, held_by(folder)) from error
        self._write(f"{os.getpid()}\n")

    def announce(self, url: str) -> None:
        self._write(f"{os.getpid()}\n{url}\n")

    def release(self) -> None:
        os.ftruncate(self._file, 0)
        os.close(self._file)

    def _write(self, text: str) -> None:
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text.encode(), 0)


def held_by(folder: Folder) -> int | None:
    first = _lines(folder)[:1]
    return int(first[0]) if first and first[0].isdecimal() else None


def announced_url(folder: Folder) -> str | None:
    """What the last holder announced and did not take back; it may have been killed since."""
    second = _lines(folder)[1:2] if folder.lock.exists() else []
    return second[0] if second and second[0].startswith("postgresql://") else None


def _lines(folder: Folder) -> list[str]:
    """Whoever else wrote to the file: what is not text says nothing."""
    return folder.lock.read_text("utf-8", errors="replace").splitlines()
