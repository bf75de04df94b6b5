"""A backup: one file with the database as pg_dump writes it, and the secret key."""

import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from schoolbell.cli.refusals import CommandRefused

DUMP: Final = "database.dump"
KEY: Final = "secret_key"
ABOUT: Final = "about.json"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class About:
    """`tools`: the version of pg_dump, whose pg_restore or a newer one reads it."""

    made_at: str
    tools: int
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Backup:
    about: About
    dump: Path
    secret_key: str


def write_archive(file: Path, dump: Path, *, secret_key: str, about: About) -> None:
    """Whole or not at all, for its owner's eyes only. Raises CommandRefused where that file is there already."""
    half_written = file.with_name(f".{file.name}.part")
    try:
        with os.fdopen(os.open(half_written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as archive:
                _add_text(archive, ABOUT, json.dumps(asdict(about)))
                _add_text(archive, KEY, secret_key)
                archive.add(dump, DUMP, recursive=False)
            out.flush()
            os.fsync(out.fileno())
        os.link(half_written, file)  # unlike a renaming, it takes nobody's place
    except FileExistsError:
        raise CommandRefused(f"{file} is there already; name another file.") from None
    finally:
        half_written.unlink(missing_ok=True)


@contextmanager
def read_archive(file: Path) -> Iterator[Backup]:
    """The backup, its parts laid beside each other in a folder that goes afterwards. Raises CommandRefused."""
    with tempfile.TemporaryDirectory(prefix="schoolbell-") as folder:
        try:
            with tarfile.open(file, mode="r:") as archive:
                for name in (ABOUT, KEY, DUMP):
                    _take_out(archive, name, Path(folder, name))
            place = Path(folder)
            about = About(**json.loads((place / ABOUT).read_text(encoding="utf-8")))
            key = (place / KEY).read_text(encoding="utf-8")
        except (tarfile.TarError, KeyError, TypeError, ValueError):
            raise CommandRefused(f"{file} is not a backup of Schoolbell, or not a whole one.") from None
        if about.format != FORMAT:
            raise CommandRefused(f"{file} was made by a newer Schoolbell; restore it with that one.")
        yield Backup(about, place / DUMP, key)


def _take_out(archive: tarfile.TarFile, name: str, to: Path) -> None:
    """Raises KeyError where it is not there, or no plain file."""
    packed = archive.extractfile(archive.getmember(name))
    if packed is None:
        raise KeyError(name)
    with packed, to.open("wb") as out:
        shutil.copyfileobj(packed, out)


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))
