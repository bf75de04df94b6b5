"""Who PostgreSQL runs as. It refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from .refusals import DataOfAnotherUser, ServerUserMissing


@dataclass(frozen=True)
class ServerUser:
    name: str
    uid: int
    gid: int

    @property
    def is_somebody_else(self) -> bool:
        return self.uid != os.geteuid()

    def own(self, path: Path) -> None:
        if self.is_somebody_else:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_all(self, folder: Path) -> None:
        for parent, _, names in os.walk(folder):
            for name in (".", *names):
                self.own(Path(parent, name))


def server_user(pgdata: Path) -> ServerUser:
    """The caller; as root the owner of the data or its folder, else `postgres`, `nobody` or another user with a name.

    A free uid without a name will not do: initdb wants to look its user up.

    Raises: DataOfAnotherUser, ServerUserMissing.
    """
    owner = pgdata.stat().st_uid if pgdata.exists() else None
    caller = os.geteuid()
    if caller != 0:
        if owner is not None and owner != caller:
            raise DataOfAnotherUser(pgdata, name_of(owner) or str(owner))
        if owner is None and name_of(caller) is None:
            raise ServerUserMissing(f"user id {caller}, which has no name")
        return ServerUser(name_of(caller) or str(caller), caller, os.getegid())
    if owner:
        return ServerUser(name_of(owner) or str(owner), owner, pgdata.stat().st_gid)
    host = pgdata.parent.stat()
    if host.st_uid != 0 and (name := name_of(host.st_uid)) is not None:
        return ServerUser(name, host.st_uid, host.st_gid)
    others = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    for name in ("postgres", "nobody", *others):
        if name in others:
            return ServerUser(name, others[name].pw_uid, others[name].pw_gid)
    raise ServerUserMissing("root")


def name_of(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None
