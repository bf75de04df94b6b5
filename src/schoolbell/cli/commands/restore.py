"""`schoolbell restore`."""

import os
import sys
from argparse import Namespace
from pathlib import Path
from typing import Final

from django.db import connection

from schoolbell.cli.archive import Backup, read_archive
from schoolbell.cli.database import say
from schoolbell.cli.pg_tools import run_tool, server_major
from schoolbell.cli.refusals import CommandRefused
from schoolbell.embedded import find_tools

# Everything of ours; what an extension brought stays, for it may be its administrator's.
_OURS: Final = """
    SELECT format('DROP %s IF EXISTS %s CASCADE', what.kind, what.name)
    FROM (
        SELECT 'TABLE' AS kind, class.oid::regclass::text AS name, class.oid, 'pg_class'::regclass AS catalogue
        FROM pg_class AS class WHERE class.relnamespace = 'public'::regnamespace AND class.relkind IN ('r', 'p')
        UNION ALL
        SELECT 'FUNCTION', routine.oid::regprocedure::text, routine.oid, 'pg_proc'::regclass
        FROM pg_proc AS routine WHERE routine.pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'TYPE', kind.oid::regtype::text, kind.oid, 'pg_type'::regclass
        FROM pg_type AS kind WHERE kind.typnamespace = 'public'::regnamespace AND kind.typtype = 'e'
    ) AS what
    WHERE NOT EXISTS (
        SELECT FROM pg_depend AS depends
        WHERE depends.classid = what.catalogue AND depends.objid = what.oid AND depends.deptype = 'e'
    )
"""


def run(arguments: Namespace) -> int:
    """Into a database without schools; with one, nothing is touched. The secret key is put back with it."""
    file: Path = arguments.file
    try:
        with read_archive(file) as backup:
            _require_empty()
            _put_back(backup)
            schools = _count("schools_school")
            sys.stdout.write(
                f"{schools} {'school' if schools == 1 else 'schools'} of {backup.about.made_at} restored.\n"
            )
            _keep_key(backup.secret_key, arguments.data / "secret_key")
    except OSError as error:
        raise CommandRefused(f"cannot read {file}: {error.strerror}") from None
    say("Now run: schoolbell migrate, then schoolbell check")
    return 0


def _require_empty() -> None:
    schools, users = _count("schools_school"), _count("accounts_user")
    if schools or users:
        raise CommandRefused(
            f"this database is in use (schools: {schools}, users: {users}); restore into a new one. Nothing is changed."
        )


def _put_back(backup: Backup) -> None:
    tools = find_tools(max(server_major(), backup.about.tools))
    listed = run_tool(tools.restore, ["--list", str(backup.dump)], connects=False)
    chosen = backup.dump.with_suffix(".list")
    chosen.write_text("".join(line for line in listed.splitlines(keepends=True) if " EXTENSION " not in line))
    say("Restoring the database …")
    with connection.cursor() as cursor:
        cursor.execute(_OURS)
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
    connection.close()
    run_tool(
        tools.restore,
        ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--use-list", str(chosen),
         str(backup.dump)],
    )  # fmt: skip


def _keep_key(key: str, path: Path) -> None:
    """Where the key is a file it is written; where the environment names one, that has to be told."""
    if key == os.environ["SCHOOLBELL_SECRET_KEY"]:
        return
    if path.is_file() and path.read_text(encoding="ascii") == os.environ["SCHOOLBELL_SECRET_KEY"]:
        half_written = path.with_name(".secret_key.part")
        with os.fdopen(os.open(half_written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(key)
        half_written.replace(path)
        return
    say(
        "SCHOOLBELL_SECRET_KEY is another one than when the backup was made: passcodes of online rooms cannot be read. "
        "The old key stands in the backup: tar -xOf FILE secret_key. Add it to SCHOOLBELL_OLD_SECRET_KEYS."
    )


def _count(table: str) -> int:
    """Its rows; 0 where there is no such table yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{table}"])
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute(f"SELECT count(*) FROM {table}")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
