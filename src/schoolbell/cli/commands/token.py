"""`schoolbell token create`."""

import sys
from argparse import Namespace
from uuid import UUID

from schoolbell.access.tokens import create_token
from schoolbell.cli.refusals import CommandRefused
from schoolbell.cli.schools import school_called
from schoolbell.kit.refusals import NotFound
from schoolbell.people.queries import person_behind
from schoolbell.schools.actor import SYSTEM


def run(arguments: Namespace) -> int:
    """Prints the token alone. `--person` takes the id of an instructor, client or student, as the API shows it."""
    school = school_called(arguments.school)
    person_id: UUID | None = None
    if arguments.person:
        try:
            person_id = person_behind(school, arguments.role, UUID(arguments.person))
        except (ValueError, NotFound):
            raise CommandRefused(f"{arguments.school} has no {arguments.role} {arguments.person}") from None
    _token, secret = create_token(school, arguments.role, by=SYSTEM, person_id=person_id, label=arguments.label)
    sys.stdout.write(f"{secret}\n")
    return 0
