"""`schoolbell backup` and `schoolbell restore`: there and back, with everything."""

import os
import stat
import tarfile
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Databases
from databases import django_on, row_counts
from importing.files import exported, riverside, samples, take_in
from schoolbell.access.staff import add_staff
from schoolbell.accounts.actions import create_user
from schoolbell.accounts.queries import user_by_email
from schoolbell.cli.commands import backup, check, restore
from schoolbell.cli.refusals import CommandRefused
from schoolbell.embedded import EmbeddedError, find_tools
from schoolbell.schools.actor import SYSTEM, Role
from schoolbell.schools.models import School


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Let commands speak to that database, with the secret key that stands in that folder."""

    def use(url: str, data: Path, key: str) -> Path:
        data.mkdir()
        (data / "secret_key").write_text(key)
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("SCHOOLBELL_SECRET_KEY", key)
        return data

    return use


def test_everything_comes_back_and_every_rule_holds(
    scratch: str, databases: Databases, use: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    school = riverside()
    take_in(school, *samples())
    add_staff(school, create_user("rob@example.org", "a-long-way-home"), Role.OWNER, by=SYSTEM)
    files, rows = exported(school), row_counts()
    file = tmp_path / "school.backup"
    use(scratch, tmp_path / "one", "the-key-of-old")
    assert backup.run(Namespace(file=file)) == 0
    assert (capsys.readouterr().out, stat.S_IMODE(file.stat().st_mode)) == (f"{file}\n", 0o600)
    with pytest.raises(CommandRefused, match="is there already"):
        backup.run(Namespace(file=file))
    with pytest.raises(CommandRefused, match=r"is in use .schools: 1, users: 1.; restore into a new one"):
        restore.run(Namespace(file=file, data=tmp_path / "one"))
    assert row_counts() == rows
    url = databases.new()
    with django_on(url):
        data = use(url, tmp_path / "two", "a-new-key")
        assert restore.run(Namespace(file=file, data=data)) == 0
        assert capsys.readouterr().out.startswith("1 school of 2")
        assert (data / "secret_key").read_text() == "the-key-of-old"
        assert row_counts() == rows
        assert exported(School.objects.get()) == files
        assert user_by_email("rob@example.org").check_password("a-long-way-home")
        assert check.run(Namespace()) == 0
    databases.drop(url)


def test_a_key_of_the_environment_is_told_and_not_written(
    scratch: str, use: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    data = use(scratch, tmp_path / "one", "the-key-of-old")
    file = tmp_path / "empty.backup"
    backup.run(Namespace(file=file))
    monkeypatch.setenv("SCHOOLBELL_SECRET_KEY", "of-the-environment")
    (data / "secret_key").unlink()
    assert restore.run(Namespace(file=file, data=data)) == 0
    assert "SCHOOLBELL_OLD_SECRET_KEYS" in capsys.readouterr().err
    assert not (data / "secret_key").exists()


@pytest.mark.parametrize("spoil", ["text", "short", "other"])
def test_what_is_no_backup_is_refused_and_nothing_touched(
    scratch: str, use: Callable[..., Path], tmp_path: Path, spoil: str
) -> None:
    use(scratch, tmp_path / "one", "a-key")
    file = tmp_path / "a.backup"
    if spoil == "text":
        file.write_text("no backup")
    elif spoil == "short":
        whole = tmp_path / "whole.backup"
        backup.run(Namespace(file=whole))
        file.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    else:
        with tarfile.open(file, "w"):
            pass
    rows = row_counts()
    with pytest.raises(CommandRefused, match="is not a backup of Schoolbell, or not a whole one"):
        restore.run(Namespace(file=file, data=tmp_path / "one"))
    assert row_counts() == rows


def test_a_folder_that_is_not_there_is_one_line(scratch: str, use: Callable[..., Path], tmp_path: Path) -> None:
    use(scratch, tmp_path / "one", "a-key")
    for act in (backup.run, restore.run):
        with pytest.raises(CommandRefused, match="No such file or directory"):
            act(Namespace(file=tmp_path / "nowhere" / "a.backup", data=tmp_path / "one"))


def test_tools_too_old_for_the_server_are_told() -> None:
    with pytest.raises(EmbeddedError, match="the server is PostgreSQL 99"):
        find_tools(99)
    assert find_tools(15).major >= 15
    assert os.access(find_tools(15).restore, os.X_OK)
