import os
import stat
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from embedded.other_process import other_process, said
from schoolbell.embedded import Cluster, running_url


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def test_the_first_start_makes_a_database_and_the_second_finds_it_again(data):
    sentences: list[str] = []
    cluster = Cluster(data)
    cluster.start(progress=sentences.append)
    with psycopg.connect(cluster.url) as connection:
        connection.execute("CREATE TABLE lesson (name text)")
        connection.execute("INSERT INTO lesson VALUES ('piano')")
    cluster.stop()
    cluster.start(progress=sentences.append)
    assert one(cluster.url, "SELECT name FROM lesson") == "piano"
    cluster.stop()
    assert sentences == ["Making the database (once) …", "Starting the database …", "Starting the database …"]


def test_life_of_a_server(data):
    cluster = Cluster(data)
    assert (cluster.is_alive(), cluster.pid, running_url(data)) == (False, None, None)
    with cluster:
        pid = cluster.pid
        cluster.start(progress=print)
        assert (cluster.is_alive(), cluster.pid, running_url(data)) == (True, pid, cluster.url)
        assert (data / "postgres" / "postmaster.pid").read_text().splitlines()[0] == str(pid)
    assert (cluster.is_alive(), cluster.pid, running_url(data)) == (False, None, None)
    cluster.stop()
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_the_url_is_plain(data):
    parts = urlsplit(Cluster(data).url)
    assert (parts.scheme, parts.username, parts.password, parts.hostname) == ("postgresql", "schoolbell", None, None)
    assert parts.path == "/schoolbell"
    assert parse_qs(parts.query) == {"host": [str(data.resolve() / "run")], "port": ["5432"]}


def test_the_database_is_durable_quiet_and_private(data):
    with Cluster(data) as cluster, psycopg.connect(cluster.url) as connection:
        settings = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
        role = connection.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'schoolbell'").fetchone()
        extensions = connection.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall()
        letters = connection.execute(
            "SELECT lower('ÄÇŁ'), 'Z' < 'a', to_tsvector('simple', 'Żółć') @@ 'żółć'"
        ).fetchone()
    expected = {
        "listen_addresses": "",
        "data_checksums": "on",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "shared_buffers": "16384",
        "max_connections": "200",
        "max_wal_size": "1024",
        "wal_compression": "pglz",
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
        "log_timezone": "UTC",
        "log_statement": "none",
        "log_min_duration_statement": "-1",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
    assert {name: settings[name] for name in expected} == expected
    assert role == (False, True)
    assert extensions == [("btree_gist",), ("plpgsql",)]
    assert letters == ("äçł", True, True)
    assert [mode(data / name) for name in ("postgres", "run", "postgres.log")] == [0o700, 0o700, 0o600]
    assert mode(data) & 0o007 == 0


def test_the_log_holds_no_personal_data(data):
    with Cluster(data) as cluster, psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (email text PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES ('ada@example.org')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('ada@example.org')")
    log = (data / "postgres.log").read_text()
    assert "database system is ready to accept connections" in log
    assert "duplicate key" not in log  # refusals are everyday, and told to whoever asked
    assert "ada@example.org" not in log


def test_below_folders_that_only_their_owner_may_enter(place):
    parents = [place / "a", place / "a" / "b"]
    for parent in parents:
        parent.mkdir(mode=0o700)
    with Cluster(parents[-1] / "new" / "var") as cluster:
        assert one(cluster.url, "SELECT current_user::text") == "schoolbell"
    assert [mode(parent) for parent in parents] == [0o700, 0o700]


def test_an_existing_folder_keeps_its_permissions(data):
    data.mkdir(mode=0o700)
    with Cluster(data) as cluster:
        assert one(cluster.url, "SELECT 1") == 1
    assert mode(data) == 0o700


@pytest.mark.parametrize("name", ["long " * 20, "commas, too", "a \"b\" 'c' é%20#&?=\\"])
def test_paths_that_are_hard_on_a_socket(place, name):
    with Cluster(place / name) as cluster:
        assert one(cluster.url, "SELECT 1") == 1
        assert running_url(place / name) == cluster.url
        sockets = Path(parse_qs(urlsplit(cluster.url).query)["host"][0])
        assert mode(sockets) == 0o700
    assert not (sockets / ".s.PGSQL.5432").exists()


def test_the_server_outlives_the_thread_that_started_it(data):
    cluster = Cluster(data)
    starter = Thread(target=cluster.start, kwargs={"progress": print})
    starter.start()
    starter.join()
    try:
        assert one(cluster.url, "SELECT 1") == 1
    finally:
        cluster.stop()


def test_an_interrupted_first_start_is_furnished_by_the_next(data):
    with Cluster(data) as cluster:
        superuser = cluster.url.replace("schoolbell@/schoolbell", "postgres@/postgres")
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute("DROP DATABASE schoolbell")
            connection.execute("DROP ROLE schoolbell")
    with Cluster(data) as cluster:
        assert one(cluster.url, "SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'") == 1


def test_another_process_finds_the_server(data):
    with other_process(data) as other:
        _, url = said(other, "up").split()
        assert running_url(data) == url
        assert one(url, "SELECT 1") == 1


def test_the_data_of_a_copy_belongs_to_the_server_again(data):
    """Root's copy of a data directory is root's, and may be readable by all."""
    with Cluster(data):
        pass
    postgres = data / "postgres"
    for path in (postgres, *postgres.rglob("*")):
        os.chown(path, os.geteuid(), os.getegid())
    postgres.chmod(0o755)
    with Cluster(data) as cluster:
        assert one(cluster.url, "SELECT 1") == 1
