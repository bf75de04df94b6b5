"""`schoolbell backup`."""

import os
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

from schoolbell.cli.archive import About, write_archive
from schoolbell.cli.database import say
from schoolbell.cli.pg_tools import run_tool, server_major
from schoolbell.cli.refusals import CommandRefused
from schoolbell.embedded import find_tools
from schoolbell.kit.time import now


def run(arguments: Namespace) -> int:
    """Prints the file that it wrote. It is of one moment, however long it takes, and nobody waits for it."""
    file: Path = arguments.file
    if file.exists():
        raise CommandRefused(f"{file} is there already; name another file.")
    tools = find_tools(server_major())
    try:
        with tempfile.TemporaryDirectory(prefix=".schoolbell-", dir=file.resolve().parent) as folder:
            dump = Path(folder, "database.dump")
            say("Writing the database …")
            run_tool(tools.dump, ["--format=custom", "--no-owner", "--no-privileges", "--file", str(dump)])
            about = About(made_at=now().isoformat(timespec="seconds"), tools=tools.major)
            write_archive(file, dump, secret_key=os.environ["SCHOOLBELL_SECRET_KEY"], about=about)
    except OSError as error:
        raise CommandRefused(f"cannot write {file}: {error.strerror}") from None
    sys.stdout.write(f"{file}\n")
    return 0
