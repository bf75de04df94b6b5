"""PostgreSQL's programs, run on the database that a command speaks to."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from schoolbell.cli.refusals import CommandRefused


def server_major() -> int:
    with psycopg.connect(_url()) as connection:
        return connection.info.server_version // 10_000


def run_tool(tool: Path, arguments: Sequence[str], *, connects: bool = True) -> str:
    """What it prints. The password goes by the environment, where nobody else sees it. Raises CommandRefused."""
    parameters = conninfo_to_dict(_url())
    password = str(parameters.pop("password", "") or "")
    where = ["--dbname", make_conninfo(**parameters)] if connects else []  # type: ignore[arg-type]
    done = subprocess.run(
        [str(tool), *where, *arguments],
        env=os.environ | ({"PGPASSWORD": password} if password else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise CommandRefused(f"{tool.name} failed: {said[0].removeprefix(f'{tool.name}: error: ')}")
    return done.stdout


def _url() -> str:
    return os.environ["DATABASE_URL"]
