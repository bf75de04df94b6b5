"""What goes wrong on the command line is one clear line on standard error and a non-zero exit, never a traceback."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from cli.old_server import old_server
from conftest import Databases
from databases import administration, environment, with_name
from demo_process import free_port
from demo_process import schoolbell as schoolbell_of
from schoolbell.embedded.folder import Folder, announced_url, held_by

SECRET = "opensesame"


@pytest.fixture
def data() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="sb-"))
    yield place / "var"
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def migrated(databases: Databases) -> Iterator[str]:
    url = databases.new()
    yield url
    databases.drop(url)


def schoolbell(url: str, *arguments: str | bytes) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "schoolbell", *arguments]
    return subprocess.run(command, env=environment(url), capture_output=True, text=True, check=False)


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The one line, without "schoolbell: "."""
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("schoolbell: ")
    assert SECRET not in line
    return line.removeprefix("schoolbell: ")


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "check"])
def test_nobody_answers_at_the_database_url(command: str) -> None:
    listening = ["--port", str(free_port())] if command == "serve" else []
    done = schoolbell(f"postgresql://me:{SECRET}@127.0.0.1:1/school", command, *listening)
    assert complaint(done) == (
        'No database server answers at 127.0.0.1:1 (connection to server at "127.0.0.1", port 1 failed:'
        " Connection refused); check DATABASE_URL, and that the server runs."
    )


def test_the_database_url_is_none() -> None:
    assert complaint(schoolbell(f"mysql://me:{SECRET}@db/school", "check")) == (
        "The database URL is malformed (it does not begin with postgresql://);"
        " it should read postgresql://user:password@host:5432/database."
    )


def test_the_server_is_too_old() -> None:
    with old_server() as port:
        done = schoolbell(f"postgresql://me:{SECRET}@127.0.0.1:{port}/school", "migrate")
    assert (
        complaint(done) == f"The database server at 127.0.0.1:{port} is PostgreSQL 14.9; Schoolbell needs 15 or newer."
    )


def test_the_extension_is_missing_and_may_not_be_added(databases: Databases) -> None:
    """By somebody who may use the database, which is another's."""
    name = urlsplit(databases.new()).path.lstrip("/")
    own = with_name(databases.url, name)
    above = own.replace("//schoolbell@", "//postgres@")
    with administration(above) as connection:
        connection.execute("DROP EXTENSION btree_gist CASCADE")
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO postgres").format(sql.Identifier(name)))
        done = schoolbell(own, "migrate")
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO schoolbell").format(sql.Identifier(name)))
    databases.drop(own)
    assert complaint(done) == (
        f"Database {name} lacks the extension btree_gist (permission denied to create extension"
        ' "btree_gist"); let its administrator run there: CREATE EXTENSION btree_gist.'
    )


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_the_database_is_of_another_version_of_schoolbell(databases: Databases, command: str) -> None:
    url = databases.new()
    with psycopg.connect(url, autocommit=True) as connection:
        forgotten = connection.execute("DELETE FROM django_migrations WHERE app = 'billing'").rowcount
    listening = ["--port", str(free_port())] if command == "serve" else []
    done = schoolbell(url, command, *listening)
    databases.drop(url)
    assert complaint(done) == f"the database is {forgotten} migrations behind; run: schoolbell migrate"


def test_a_disk_that_is_full(data: Path) -> None:
    """A disk of its own, of 45 MB: too little for a new database."""
    data.mkdir()
    apart = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-current-user", "--keep-caps"])]
    fill = f"mount -t tmpfs -o size=45m none {data} && exec {sys.executable} -m schoolbell check --data {data}"
    done = subprocess.run(
        [*apart, "sh", "-c", fill],
        env={name: value for name, value in environment("").items() if name != "DATABASE_URL"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == (
        f"schoolbell: The disk of {data} is full; free some space, or name a folder on another disk with --data."
    )
    assert "Traceback" not in done.stderr


def test_a_school_is_opened_once(migrated: str) -> None:
    first = schoolbell(migrated, "school", "create", "harbour", "--name", "Harbour", "--preset", "driving")
    assert first.returncode == 0
    again = schoolbell(migrated, "school", "create", "harbour", "--name", "Harbour", "--preset", "driving")
    assert complaint(again) == ("Another school already has this name in its address. Choose another slug.")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["school", "create", "Har bour", "--name", "H", "--preset", "driving"], "slug: "),
        (["school", "create", "h", "--name", "H", "--preset", "driving", "--timezone", "Mars/Base"], "timezone: "),
        (["school", "create", "h", "--name", "H", "--preset", "driving", "--currency", "pounds"], "currency: "),
        (["school", "create", "h", "--name", "H", "--preset", "driving", "--currency", "XXX"], "currency: "),
        (["token", "create", "--school", "nowhere", "--role", "admin"], "there is no school “nowhere”"),
        (["export", "--school", "nowhere", "--to", "elsewhere"], "there is no school “nowhere”"),
        (["import", "--school", "nowhere", "courses.csv"], "there is no school “nowhere”"),
    ],
)
def test_what_cannot_be(migrated: str, arguments: list[str], line: str) -> None:
    assert complaint(schoolbell(migrated, *arguments)).startswith(line)


def test_what_is_typed_is_no_text(migrated: str) -> None:
    done = schoolbell(migrated, "school", "create", "h", "--name", b"a\xff", "--preset", "coding")
    assert complaint(done) == "what was typed is not text in UTF-8."


@pytest.mark.parametrize("kept", ["", "abc"])
def test_a_secret_key_that_is_cut_off_is_not_replaced_in_silence(data: Path, kept: str) -> None:
    data.mkdir()
    (data / "secret_key").write_text(kept)
    done = schoolbell_of(data, "check")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == (
        f"schoolbell: {data}/secret_key is cut off. Put back a copy of it; without one, delete it: what was sealed with"
        " it (passcodes of online rooms, sign-ins) is lost then."
    )
    assert (data / "secret_key").read_text() == kept


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("SCHOOLBELL_LOG_LEVEL", "nonsense", "write DEBUG, INFO, WARNING, ERROR or CRITICAL."),
        ("SCHOOLBELL_PRETEND_CARD", "maybe", "write true or false."),
        ("SCHOOLBELL_HTTPS", "x", "write true or false."),
    ],
)
def test_a_setting_that_is_none(data: Path, name: str, value: str, line: str) -> None:
    command = [sys.executable, "-m", "schoolbell", "migrate", "--data", str(data)]
    done = subprocess.run(command, env=environment("") | {name: value}, capture_output=True, text=True, check=False)
    assert complaint(done) == f"{name} is not understood; {line}"
    assert not data.exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["migrate", "--data", ""], "--data: name a folder; the current one is written as a dot"),
        (["serve", "--workers", "0"], "--workers: a number of processes is from 1 to 256"),
        (["serve", "--workers", "-1"], "--workers: a number of processes is from 1 to 256"),
    ],
)
def test_what_is_typed_beside_the_point(arguments: list[str], line: str) -> None:
    done = schoolbell("", *arguments)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"schoolbell {arguments[0]}: error: argument {line}"
    assert "Traceback" not in done.stderr


def test_no_folder_in_the_environment_is_the_usual_one() -> None:
    environ = environment("") | {"SCHOOLBELL_DATA": ""}
    code = "from schoolbell.cli.arguments import parser; print(parser().parse_args(['migrate']).data)"
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert done.stdout == "var\n"


def test_a_lock_that_is_no_text(data: Path) -> None:
    data.mkdir()
    (data / "postgres.lock").write_bytes(b"\xff\xfe12\n\xff\n")
    assert held_by(Folder(data)) is None
    assert announced_url(Folder(data)) is None
