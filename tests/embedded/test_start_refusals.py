"""What a person reads when there is no database: always one line."""

import os
from pathlib import Path

import pytest

from embedded.other_process import other_process, said
from schoolbell.embedded import Cluster, EmbeddedError, find_binaries
from schoolbell.embedded.creation import create_cluster
from schoolbell.embedded.folder import Folder
from schoolbell.embedded.refusals import BinariesDiffer, DataInUse, DataNotAFolder, DataNotUsable, DiskFull
from schoolbell.embedded.server_log import ServerLog
from schoolbell.embedded.server_user import server_user


def refusal(data: Path) -> EmbeddedError:
    cluster = Cluster(data)
    with pytest.raises(EmbeddedError) as refused:
        cluster.start(progress=print)
    assert not cluster.is_alive()
    assert "\n" not in str(refused.value)
    return refused.value


@pytest.mark.parametrize("below", ["", "below"])
def test_a_file(data, below):
    data.write_text("a letter")
    refused = refusal(data / below)
    assert isinstance(refused, DataNotAFolder)
    assert str(refused) == f"{data / below} is a file, not a folder; name a folder with --data."
    assert data.read_text() == "a letter"


def test_a_place_where_nobody_may_write():
    refused = refusal(Path("/proc/schoolbell"))
    assert isinstance(refused, DataNotUsable)
    assert str(refused).startswith("/proc/schoolbell cannot be used as data directory (")


def test_a_folder_of_something_else(data):
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "thesis.txt").write_text("years of work")
    (data / "postgres").chmod(0o755)
    assert str(refusal(data)) == (
        f"{data}/postgres cannot be used as data directory (it is not a PostgreSQL data directory);"
        " name another folder with --data."
    )
    assert (data / "postgres" / "thesis.txt").read_text() == "years of work"
    assert (data / "postgres").stat().st_uid == os.geteuid()
    assert (data / "postgres").stat().st_mode & 0o777 == 0o755


def test_data_of_a_version_that_is_not_there(data):
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("9\n")
    refused = refusal(data)
    assert isinstance(refused, BinariesDiffer)
    assert str(refused).startswith("The data directory was made by PostgreSQL 9, found is ")


def test_data_that_does_not_know_its_version(data):
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("")
    assert str(refusal(data)) == (
        f"{data}/postgres cannot be used as data directory (its PG_VERSION says ''); name another folder with --data."
    )


def test_a_second_start_in_one_process(data):
    with Cluster(data) as cluster:
        refused = refusal(data)
        assert cluster.is_alive()
    assert isinstance(refused, DataInUse)
    assert str(refused) == f"{data} is already in use by a running Schoolbell (pid {os.getpid()})."


def test_a_second_start_in_another_process(data):
    with other_process(data) as first:
        said(first, "up")
        assert str(refusal(data)) == f"{data} is already in use by a running Schoolbell (pid {first.pid})."
        with other_process(data) as second:
            assert said(second, "refused") == f"{data} is already in use by a running Schoolbell (pid {first.pid})."


def test_too_little_space_for_a_new_database(data):
    data.mkdir()
    folder = Folder(data)
    with pytest.raises(DiskFull) as refused:
        create_cluster(folder, find_binaries(), server_user(folder.pgdata), needed=2**62)
    assert str(refused.value) == (
        f"The disk of {data} is full; free some space, or name a folder on another disk with --data."
    )
    assert list(data.iterdir()) == []


def test_a_server_that_found_the_disk_full(place):
    path = place / "postgres.log"
    path.write_text("FATAL:  of the day before\n")
    log = ServerLog(path)
    with path.open("a") as file:
        file.write('FATAL:  could not write lock file "postmaster.pid": No space left on device\n')
    assert isinstance(log.refusal(1), DiskFull)


def test_settings_that_the_server_does_not_take(data):
    with Cluster(data):
        pass
    conf = data / "postgres" / "postgresql.conf"
    written = conf.read_text()
    conf.write_text(written + "shared_buffers = plenty\n")
    assert str(refusal(data)) == (
        f'PostgreSQL did not start: configuration file "{conf}" contains errors (log: {data}/postgres.log).'
    )
    conf.write_text(written)
    with Cluster(data) as cluster:
        assert cluster.is_alive()
