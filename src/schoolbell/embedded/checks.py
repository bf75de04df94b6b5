"""Whether a PostgreSQL that somebody else runs will do."""

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PGconn, Ping

from .binaries import OLDEST
from .refusals import (
    AddressMalformed,
    DatabaseMissing,
    EncodingNotUtf8,
    ExtensionMissing,
    ServerTooOld,
    ServerUnreachable,
    SignInRefused,
)

PATIENCE = 10  # seconds for one attempt to connect
ALWAYS_THERE = ("postgres", "template1")

_MALFORMED = {
    "%00": "it has %00 in it",
    "percent-encoded": "write % as %25",
    "query parameter": "what follows the ? is not known to PostgreSQL, or ? in the password is not written as %3F",
    "IPv6": "an address in [ ] is not whole",
}

Parameters = dict[str, str]


def check_server(url: str, *, oldest: int = OLDEST) -> None:
    """Connects, and adds the extension btree_gist if it is not there yet.

    Raises: AddressMalformed, ServerUnreachable, SignInRefused, DatabaseMissing, ServerTooOld, EncodingNotUtf8,
    ExtensionMissing. None of them repeats the password.
    """
    parameters = parse(url)
    with connect(parameters) as connection:
        version = connection.info.server_version
        if version < oldest * 10_000:
            raise ServerTooOld(place(parameters), f"{version // 10_000}.{version % 10_000}", oldest)
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise EncodingNotUtf8(parameters["dbname"], str(encoding))
        add_btree_gist(connection)


def parse(url: str) -> Parameters:
    if not url.startswith(("postgresql://", "postgres://")):
        raise AddressMalformed("it does not begin with postgresql://")
    try:
        parameters = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError as error:
        reason = _what_is_malformed(str(error))
    else:
        reason = ""
    if reason:  # not from the error: libpq quotes what it does not understand, and that may be the password
        raise AddressMalformed(reason)
    if "@" in parameters.get("host", "") or ("@" in parameters.get("dbname", "") and "%40" not in url):
        raise AddressMalformed("write @ in the password as %40, and / as %2F")
    if not all(port.isdigit() for port in parameters.get("port", "5432").split(",")):
        raise AddressMalformed("its port is not a number")
    if "dbname" not in parameters:
        raise AddressMalformed("it names no database")
    return {"connect_timeout": str(PATIENCE), **parameters}


def _what_is_malformed(said: str) -> str:
    """Of what libpq says, what repeats no word of the address."""
    return next((ours for theirs, ours in _MALFORMED.items() if theirs in said), "it cannot be read")


def connect(parameters: Parameters) -> psycopg.Connection:
    conninfo = make_conninfo(**parameters)
    try:
        return psycopg.connect(conninfo, autocommit=True)
    except psycopg.OperationalError as error:
        reason = cause(error)
        if PGconn.ping(conninfo.encode()) not in (Ping.OK, Ping.REJECT):
            raise ServerUnreachable(place(parameters), reason) from error
        if has_another_database(parameters):
            raise DatabaseMissing(place(parameters), parameters["dbname"]) from error
        raise SignInRefused(place(parameters), reason) from error


def has_another_database(parameters: Parameters) -> bool:
    """Whether the same user gets into a database that every server has: a test that works in every language."""
    for name in ALWAYS_THERE:
        try:
            psycopg.connect(make_conninfo(**{**parameters, "dbname": name})).close()
        except psycopg.OperationalError:
            continue
        return True
    return False


def add_btree_gist(connection: psycopg.Connection) -> None:
    """Raises: ExtensionMissing."""
    if connection.execute("SELECT FROM pg_extension WHERE extname = 'btree_gist'").fetchone() is not None:
        return
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    except (psycopg.NotSupportedError, psycopg.ProgrammingError, psycopg.errors.UndefinedFile) as error:
        raise ExtensionMissing(connection.info.dbname, error.diag.message_primary or str(error)) from error


def place(parameters: Parameters) -> str:
    host = parameters.get("host") or parameters.get("hostaddr") or "localhost"
    return f"{host}:{parameters.get('port', '5432')}"


def cause(error: psycopg.OperationalError) -> str:
    """The server's own words if it spoke, else the client's; without hints."""
    line = str(error).strip().splitlines()[0]
    return line.rpartition("FATAL: ")[2].removeprefix("connection failed: ").strip()
