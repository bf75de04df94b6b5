"""A DATABASE_URL that will not do says so in one line, and never repeats the password."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

from databases import django_on
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

QUERY = "what follows the ? is not known to PostgreSQL, or ? in the password is not written as %3F"


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


@pytest.mark.parametrize(
    "written",
    [
        "postgresql://outsider:opensesame@/own?host={folder}",
        "postgresql:///own?host={folder}&user=outsider&password=opensesame",
        "postgresql:///?host={folder}&user=outsider&password=opensesame&dbname=own&port=5432",
        "postgresql://outsider:opensesame@{quoted}:5432/own",
        "postgresql://outsider:opensesame@{quoted}/own?connect_timeout=5",
        "postgresql://outsider:opensesame@127.0.0.1:1,{quoted}:5432/own",
        "postgres://outsider:%6Fpensesame@{quoted}/own",
    ],
)
def test_what_the_check_takes_the_settings_take(server, written, django_db_blocker):
    url = written.format(folder=sockets(server), quoted=quote(sockets(server), safe=""))
    check_server(url)
    with django_db_blocker.unblock(), django_on(url), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        assert cursor.fetchone() == ("outsider", "own")


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
        ("postgresql://me:opensesame@[::1/school", "an address in [ ] is not whole"),
        ("postgresql://me:opensesame%zz@db/school", "write % as %25"),
        ("postgresql://me:opensesame%@db/school", "write % as %25"),
        ("postgresql://me:opensesame%00@db/school", "it has %00 in it"),
        ("postgresql://me:x@opensesame@db/school", "write @ in the password as %40, and / as %2F"),
        ("postgresql://me:opensesame@x@db:1/school", "write @ in the password as %40, and / as %2F"),
        ("postgresql://me:12/opensesame@db/school", "write @ in the password as %40, and / as %2F"),
        ("postgresql://me:12/opensesame@x@db/school", "write @ in the password as %40, and / as %2F"),
        ("postgresql://me:x/y?opensesame@db/school", QUERY),
        ("postgresql://me:x/y?opensesame=@db/school", QUERY),
        ("postgresql://me:x?y@opensesame@db/school", "write @ in the password as %40, and / as %2F"),
        ("postgresql://me:opensesame@db:five/school", "its port is not a number"),
        ("postgresql://me:opensesame@db:5432", "it names no database"),
        ("postgresql://me:opensesame@db/school?colour=red", QUERY),
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
