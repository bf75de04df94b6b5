"""What is committed stays, and the next start works, whatever was killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from embedded.other_process import said, schoolbell, server_of
from schoolbell.embedded import Cluster, launch, running_url
from schoolbell.embedded.left_over import command_line
from schoolbell.embedded.refusals import ServerNotStarted
from schoolbell.embedded.server_user import server_user


@pytest.fixture
def data() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="sb-"))
    yield place / "var"
    shutil.rmtree(place)


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def wait_until(condition) -> None:
    """As long as it takes: the test run's own limit is the only one."""
    while not condition():
        time.sleep(0.02)


def works(data: Path) -> bool:
    with Cluster(data) as cluster, psycopg.connect(cluster.url) as connection:
        return connection.execute("SELECT 42").fetchone() == (42,)


def test_a_killed_server_loses_no_acknowledged_row(data):
    acknowledged: list[int] = []
    cluster = Cluster(data)
    cluster.start(progress=print)
    with psycopg.connect(cluster.url) as connection:
        connection.execute("CREATE TABLE booking (number integer PRIMARY KEY)")

    def book() -> None:
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            for number in count():
                try:
                    connection.execute("INSERT INTO booking VALUES (%s)", [number])
                except psycopg.OperationalError:
                    return
                acknowledged.append(number)

    client = Thread(target=book)
    client.start()
    wait_until(lambda: len(acknowledged) >= 200)
    os.kill(cluster.pid, signal.SIGKILL)
    client.join()
    wait_until(lambda: not cluster.is_alive())
    assert running_url(data) is None

    cluster.start(progress=print)
    with psycopg.connect(cluster.url) as connection:
        stored = [number for (number,) in connection.execute("SELECT number FROM booking ORDER BY number")]
    cluster.stop()
    assert stored[: len(acknowledged)] == acknowledged
    assert len(stored) - len(acknowledged) in (0, 1)  # committed, and killed before it could say so


def test_a_killed_parent_leaves_no_server(data):
    parent = schoolbell(data)
    server = server_of(parent)
    kill(parent)
    wait_until(lambda: command_line(server) == "")
    assert not (data / "postgres" / "postmaster.pid").exists()
    assert "received fast shutdown request" in (data / "postgres.log").read_text()
    assert works(data)


def test_a_start_waits_for_the_server_of_a_killed_parent(data):
    parent = schoolbell(data)
    server = server_of(parent)
    os.kill(server, signal.SIGSTOP)
    kill(parent)
    sentences: list[str] = []
    cluster = Cluster(data)
    starter = Thread(target=cluster.start, kwargs={"progress": sentences.append})
    starter.start()
    wait_until(lambda: sentences)
    os.kill(server, signal.SIGCONT)
    starter.join()
    cluster.stop()
    assert sentences == [
        f"Waiting for the last database server (pid {server}) to stop …",
        "Starting the database …",
    ]


def test_when_everything_was_killed_and_the_process_id_is_another_programs(data):
    parent = schoolbell(data)
    server = server_of(parent)
    os.kill(server, signal.SIGKILL)
    kill(parent)
    wait_until(lambda: command_line(server) == "")
    user = server_user(data / "postgres")
    stranger = subprocess.Popen(["sleep", "600"], user=user.uid if user.is_somebody_else else None)
    lock_files = [data / "postgres" / "postmaster.pid", data / "run" / ".s.PGSQL.5432.lock"]
    try:
        for path in lock_files:
            _, *rest = path.read_text().splitlines(keepends=True)
            path.write_text("".join([f"{stranger.pid}\n", *rest]))
        assert works(data)
    finally:
        kill(stranger)


@pytest.mark.parametrize("content", ["", "no number\n"])
def test_a_lock_file_that_was_cut_short(data, content):
    with Cluster(data):
        pass
    (data / "postgres" / "postmaster.pid").write_text(content)
    assert works(data)


def test_a_first_start_killed_half_way(data):
    parent = schoolbell(data)
    wait_until(lambda: list(data.glob("postgres.new-*/base/1/PG_VERSION")))
    kill(parent)
    assert not (data / "postgres").exists()
    assert works(data)
    assert sorted(path.name for path in data.iterdir()) == ["postgres", "postgres.lock", "postgres.log", "run"]


def test_a_first_start_that_cannot_write_enough(data):
    """A limit on the size of files stands in for a full disk."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
    parent = schoolbell(data, before=limit)
    sentence = said(parent, "refused")
    parent.communicate()
    assert sentence.startswith("PostgreSQL did not start: ")
    assert sentence.endswith(f" (log: {data}/postgres.log).")
    assert sorted(path.name for path in data.iterdir()) == ["postgres.lock", "postgres.log"]
    assert works(data)


TIED = """
import json, os, subprocess, sys
reading, status = os.pipe()
lifeline, end = os.pipe()
order = dict(command=["/bin/sleep", "600"], parent=0, lifeline=lifeline, user=None, needs=[], status=status)
command = [sys.executable, "-I", "-S", sys.argv[1], json.dumps(order)]
child = subprocess.Popen(command, pass_fds=[status, lifeline], stdout=subprocess.DEVNULL)
os.close(status)
assert os.read(reading, 1000) == b""
print("up", child.pid, flush=True)
sys.stdin.read()
"""


def test_the_watcher_of_systems_without_a_death_signal():
    parent = subprocess.Popen(
        [sys.executable, "-c", TIED, launch.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    program = server_of(parent)
    assert "sleep" in command_line(program)
    kill(parent)
    wait_until(lambda: command_line(program) == "")


def test_data_whose_files_are_gone(data):
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("18\n")
    with pytest.raises(ServerNotStarted) as refused:
        Cluster(data).start(progress=print)
    assert str(refused.value) == (
        "PostgreSQL did not start: postgres: could not access the server configuration file"
        f' "{data}/postgres/postgresql.conf": No such file or directory (log: {data}/postgres.log).'
    )
