"""`schoolbell export`."""

import sys
from argparse import Namespace

from schoolbell.cli.database import say
from schoolbell.cli.migrations import require_current_schema
from schoolbell.cli.refusals import CommandRefused
from schoolbell.cli.schools import school_called
from schoolbell.importing.exporting import export_school
from schoolbell.importing.kinds import KINDS


def run(arguments: Namespace) -> int:
    """Prints the files that it wrote. Those that are there by the same names are written over with `--force` alone,
    each at once."""
    require_current_schema()
    school = school_called(arguments.school)
    there = [name for name in (f"{kind}.csv" for kind in KINDS) if (arguments.to / name).exists()]
    if there and not arguments.force:
        raise CommandRefused(
            f"{arguments.to} has {', '.join(there)} already: choose another folder, or write over with --force"
        )
    try:
        arguments.to.mkdir(parents=True, exist_ok=True)
        for name, contents in export_school(school, progress=lambda kind: say(f"Writing {kind} …")):
            path, half_written = arguments.to / name, arguments.to / f".{name}.part"
            half_written.write_bytes(contents)
            half_written.replace(path)
            sys.stdout.write(f"{path}\n")
    except OSError as error:
        raise CommandRefused(f"cannot write to {arguments.to}: {error.strerror}") from None
    return 0
