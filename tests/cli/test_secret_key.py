"""The secret of an installation: one, for its user alone, whatever ends the process that makes it."""

from pathlib import Path

from schoolbell.cli.secret_key import secret_key
from servers import race


def test_it_is_made_once_and_for_its_user_alone(tmp_path: Path) -> None:
    made = secret_key(tmp_path / "data")
    assert len(made) == 64
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert secret_key(tmp_path / "data") == made
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_whoever_asks_at_once_is_told_the_same(tmp_path: Path) -> None:
    assert len(set(race(secret_key, [tmp_path] * 16))) == 1


def test_a_key_that_was_being_written_when_its_writer_was_killed_is_none(tmp_path: Path) -> None:
    (tmp_path / ".secret_key-half").write_text("abc")
    assert len(secret_key(tmp_path)) == 64
