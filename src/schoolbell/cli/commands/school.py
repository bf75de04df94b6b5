"""`schoolbell school create`."""

import sys
from argparse import Namespace

from schoolbell.diary.new_schools import open_school
from schoolbell.schools.actor import SYSTEM


def run(arguments: Namespace) -> int:
    school = open_school(
        arguments.slug,
        by=SYSTEM,
        name=arguments.name,
        preset=arguments.preset,
        timezone=arguments.timezone,
        currency=arguments.currency,
        country=arguments.country,
        subdivision=arguments.region,
        follows_holidays=not arguments.no_holidays,
    )
    sys.stdout.write(f"{school.slug}\n")
    return 0
