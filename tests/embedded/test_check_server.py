"""A DATABASE_URL that will not do says so in one line, and never repeats the password."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from schoolbell.embedded import Cluster, EmbeddedError, check_server
from schoolbell.embedded.refusals import (
    AddressMalformed,
    DatabaseMissing,
    EncodingNotUtf8,
    ExtensionMissing,
    ServerTooOld,
    ServerUnreachable,
    SignInRefused,
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """`user:password@` of an outsider goes into the URL's place `{}`; database `own` is theirs, the others are not."""
    place = Path(tempfile.mkdtemp(prefix="sb-"))
    with Cluster(place / "var") as cluster:
        superuser = cluster.url.replace("schoolbell@/schoolbell", "postgres@/postgres")
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute("CREATE ROLE outsider LOGIN PASSWORD 'opensesame'")
            connection.execute("CREATE DATABASE own OWNER outsider")
            connection.execute("CREATE DATABASE bare")
            connection.execute(
                "CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C'"
            )
            hba = place / "var" / "postgres" / "pg_hba.conf"
            hba.write_text("local all outsider scram-sha-256\n" + hba.read_text())
            connection.execute("SELECT pg_reload_conf()")
        yield cluster.url
    shutil.rmtree(place)


def sockets(server: str) -> str:
    return server.partition("host=")[2].partition("&")[0]


def outsider(server: str, database: str, password: str = "opensesame") -> str:
    return server.replace("schoolbell@/schoolbell", f"outsider:{password}@/{database}")


def refusal(url: str, **options: int) -> EmbeddedError:
    with pytest.raises(EmbeddedError) as refused:
        check_server(url, **options)
    assert "\n" not in str(refused.value)
    assert "opensesame" not in str(refused.value)
    return refused.value


def test_a_server_that_will_do(server):
    check_server(server)


def test_the_extension_is_added_where_that_is_allowed(server):
    check_server(outsider(server, "own"))
    with psycopg.connect(outsider(server, "own")) as connection:
        found = connection.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall()
    assert found == [("btree_gist",), ("plpgsql",)]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "it does not begin with postgresql://"),
        ("mysql://me:opensesame@db/school", "it does not begin with postgresql://"),
        (
            "postgresql://me:opensesame@[::1/school",
            'end of string reached when looking for matching "]" in IPv6 host address in URI',
        ),
        ("postgresql://me:opensesame@db:five/school", "its port is not a number"),
        ("postgresql://me:opensesame@db:5432", "it names no database"),
        ("postgresql://me:opensesame@db/school?colour=red", 'invalid URI query parameter: "colour"'),
    ],
)
def test_a_malformed_url(url, reason):
    refused = refusal(url)
    assert isinstance(refused, AddressMalformed)
    assert str(refused) == (
        f"The database URL is malformed ({reason}); it should read postgresql://user:password@host:5432/database."
    )


def test_nobody_listens():
    refused = refusal("postgresql://me:opensesame@127.0.0.1:1/school")
    assert isinstance(refused, ServerUnreachable)
    assert str(refused) == (
        'No database server answers at 127.0.0.1:1 (connection to server at "127.0.0.1", port 1 failed:'
        " Connection refused); check DATABASE_URL, and that the server runs."
    )


def test_a_wrong_password(server):
    refused = refusal(outsider(server, "own", "guess"))
    assert isinstance(refused, SignInRefused)
    assert str(refused) == (
        f"The database server at {sockets(server)}:5432 refuses the sign-in:"
        ' password authentication failed for user "outsider"; check DATABASE_URL.'
    )


def test_a_missing_database(server):
    refused = refusal(outsider(server, "nowhere"))
    assert isinstance(refused, DatabaseMissing)
    assert str(refused) == (
        f"The database server at {sockets(server)}:5432 has no database nowhere open to this user;"
        ' create it with: CREATE DATABASE "nowhere" ENCODING UTF8 TEMPLATE template0.'
    )


def test_a_server_that_is_too_old(server):
    with psycopg.connect(server) as connection:
        version = connection.info.server_version
    major, minor = divmod(version, 10_000)
    refused = refusal(server, oldest=major + 1)
    assert isinstance(refused, ServerTooOld)
    assert str(refused) == (
        f"The database server at {sockets(server)}:5432 is PostgreSQL {major}.{minor};"
        f" Schoolbell needs {major + 1} or newer."
    )
    check_server(server, oldest=major)


def test_a_user_who_may_not_add_the_extension(server):
    refused = refusal(outsider(server, "bare"))
    assert isinstance(refused, ExtensionMissing)
    assert str(refused) == (
        'Database bare lacks the extension btree_gist (permission denied to create extension "btree_gist");'
        " let its administrator run there: CREATE EXTENSION btree_gist."
    )


def test_an_encoding_without_all_letters(server):
    refused = refusal(outsider(server, "latin"))
    assert isinstance(refused, EncodingNotUtf8)
    assert str(refused) == ("Database latin stores its text as LATIN1; Schoolbell needs one made with ENCODING UTF8.")
