"""`schoolbell serve`."""

import os
from argparse import Namespace

from schoolbell.cli.database import say
from schoolbell.cli.household import Household
from schoolbell.cli.migrations import require_current_schema
from schoolbell.cli.processes import web_command


def run(arguments: Namespace) -> int:
    """Serves until it is stopped. The web server's own words go to standard error."""
    require_current_schema()
    command = web_command(arguments.host, arguments.port, workers=arguments.workers)
    household = Household(cluster=arguments.cluster, web=command, web_log=None)
    try:
        address = f"http://{arguments.host}:{arguments.port}/"
        household.wait_until_served(address)
        say(f"Serving at {address} (process {os.getpid()}). Ctrl-C stops it.")
        household.keep()
    finally:
        household.end()
    return 0
