"""PostgreSQL's programs for taking a copy of a database and putting it back: the bundled, else the system's."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .binaries import major_version, system_folders, wheel_folders
from .refusals import ToolMissing


@dataclass(frozen=True)
class Tools:
    """`pg_dump` and `pg_restore` of one version."""

    folder: Path
    major: int

    @property
    def dump(self) -> Path:
        return self.folder / "pg_dump"

    @property
    def restore(self) -> Path:
        return self.folder / "pg_restore"


def find_tools(at_least: int) -> Tools:
    """The oldest that is not older than that: a tool does not read a server newer than itself, and what a newer one
    writes an older server may not read. Raises ToolMissing."""
    found: list[Tools] = []
    for folder in _folders():
        try:
            found.append(Tools(folder, major_version(folder / "pg_dump")))
        except (OSError, ValueError, subprocess.SubprocessError):
            continue  # it does not run here; another may
    fit = [one for one in found if one.major >= at_least]
    if not fit:
        raise ToolMissing(at_least, sorted({one.major for one in found}))
    return min(fit, key=lambda one: one.major)


def _folders() -> Iterator[Path]:
    on_path = shutil.which("pg_dump")
    on_paths = [Path(on_path).parent] if on_path else []
    for folder in (*wheel_folders(), *system_folders(), *on_paths):
        if (folder / "pg_dump").is_file() and (folder / "pg_restore").is_file():
            yield folder
