"""`schoolbell login`: as whom instructors, clients and students sign in."""

import sys
from argparse import Namespace
from uuid import UUID

from schoolbell.accounts.actions import change_password
from schoolbell.accounts.queries import user_by_email
from schoolbell.cli.migrations import require_current_schema
from schoolbell.cli.passwords import read_password
from schoolbell.cli.refusals import CommandRefused
from schoolbell.cli.schools import school_called
from schoolbell.kit.refusals import NotFound
from schoolbell.people.models import Person
from schoolbell.people.sign_ins import give_sign_in, person_meant, sign_ins_of, take_sign_in
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School


def run(arguments: Namespace) -> int:
    require_current_schema()
    told = {"add": _add, "remove": _remove, "password": _password}[arguments.act](arguments)
    sys.stdout.write(f"{told}\n")
    return 0


def _add(arguments: Namespace) -> str:
    school = school_called(arguments.school)
    person = _person(school, arguments)
    email = arguments.email or person.email
    if not email:
        raise CommandRefused(f"{person.name} has no e-mail address; say one with --email")
    password = "" if user_by_email(email) else read_password()
    sign_in = give_sign_in(person, email=email, password=password, by=SYSTEM)
    kept = "" if sign_in.is_new else ", with the password that they have already"
    return f"{person.name} signs in to {school.slug} as {sign_in.user.email}{kept}"


def _person(school: School, arguments: Namespace) -> Person:
    if not (arguments.person or arguments.email):
        raise CommandRefused("say who: --person ID or --email ADDRESS")
    try:
        person_id = UUID(arguments.person) if arguments.person else None
        return person_meant(school, email=arguments.email, person_id=person_id)
    except (NotFound, ValueError):
        raise CommandRefused(f"{school.slug} has nobody who goes by {arguments.person or arguments.email}") from None


def _remove(arguments: Namespace) -> str:
    school = school_called(arguments.school)
    person = sign_ins_of(school).filter(user__email__iexact=arguments.email.strip()).first()
    if person is None:
        raise CommandRefused(f"nobody signs in to {school.slug} as {arguments.email}")
    take_sign_in(person, by=SYSTEM)
    return f"{person.name} does not sign in to {school.slug} any more"


def _password(arguments: Namespace) -> str:
    user = user_by_email(arguments.email)
    if user is None:
        raise CommandRefused(f"nobody signs in as {arguments.email}")
    change_password(user, read_password())
    return f"{user.email} has another password"
