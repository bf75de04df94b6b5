"""`schoolbell demo`."""

import os
import sys
from argparse import Namespace

from django.core.management import call_command

from schoolbell.cli.database import say
from schoolbell.cli.household import Household
from schoolbell.cli.processes import Stopped, web_command
from schoolbell.demo import FILLERS, fill
from schoolbell.demo.accounts import AREAS, PASSWORD, address
from schoolbell.kit.time import now


def run(arguments: Namespace) -> int:
    """Migrates, fills what is missing, serves until it is stopped."""
    say("Bringing the database up to date …")
    call_command("migrate", verbosity=0)
    fill(now().date(), progress=say)
    os.environ["SCHOOLBELL_PRETEND_CARD"] = "true"
    command = web_command(arguments.host, arguments.port, workers=2, reload=arguments.reload)
    household = Household(cluster=arguments.cluster, web=command, web_log=arguments.data / "web.log")
    try:
        household.add_worker(log=arguments.data / "worker.log")
        url = f"http://{arguments.host}:{arguments.port}"
        household.wait_until_served(f"{url}/")
        sys.stdout.write(_greeting(url, str(arguments.data)))
        sys.stdout.flush()
        household.keep()
    except Stopped:
        say("Stopping …")
    finally:
        household.end()
    return 0


def _greeting(url: str, data: str) -> str:
    schools = "\n".join(f"    {url}/s/{slug}/" for slug in FILLERS)
    people = "\n".join(f"    {address(area, 'coding')}" for area in AREAS)
    return f"""
Schoolbell is open: {url}/

  Schools:
{schools}
  Sign in at {url}/sign-in with the password {PASSWORD} as the office, an instructor or a client:
{people}
    and likewise at each of the other schools
  The API, explained:
    {url}/api/docs
  A token to act as the office of a school:
    SCHOOLBELL_DATA={data} bin/schoolbell token create --school coding --role admin

Ctrl-C stops it.
"""
