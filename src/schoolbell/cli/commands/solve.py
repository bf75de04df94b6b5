"""`schoolbell solve`."""

import sys
from argparse import Namespace

from schoolbell.cli.migrations import require_current_schema
from schoolbell.planning.solving import work_out_waiting


def run(arguments: Namespace) -> int:
    """A process of its own: the solver is large, thinks for a minute, and must not keep the worker from its work."""
    require_current_schema()
    sys.stdout.write(f"{work_out_waiting()} worked out.\n")
    return 0
