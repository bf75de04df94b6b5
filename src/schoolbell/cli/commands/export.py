"""`schoolbell export`."""

import sys
from argparse import Namespace

from schoolbell.cli.database import say
from schoolbell.cli.migrations import require_current_schema
from schoolbell.cli.refusals import CommandRefused
from schoolbell.cli.schools import school_called
from schoolbell.importing.exporting import export_school


def run(arguments: Namespace) -> int:
    """Prints the files that it wrote. Those that were there by the same names are written over, each at once."""
    require_current_schema()
    school = school_called(arguments.school)
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
