"""`schoolbell staff`: who runs a school."""

import sys
from argparse import Namespace

from django.db import transaction

from schoolbell.access.staff import add_staff, remove_staff, staff_of
from schoolbell.accounts.models import User
from schoolbell.accounts.queries import user_by_email
from schoolbell.cli.migrations import require_current_schema
from schoolbell.cli.passwords import read_password
from schoolbell.cli.refusals import CommandRefused
from schoolbell.cli.schools import school_called
from schoolbell.people.actions import NewPerson, add_person, link_user
from schoolbell.people.queries import person_of
from schoolbell.people.sign_ins import login_for
from schoolbell.schools.actor import SYSTEM, Role
from schoolbell.schools.models import School


def run(arguments: Namespace) -> int:
    require_current_schema()
    school = school_called(arguments.school)
    if arguments.act == "remove":
        return _remove(school, arguments.email)
    known = user_by_email(arguments.email)
    password = "" if known else read_password()
    with transaction.atomic():
        sign_in = login_for(arguments.email, password)
        add_staff(school, sign_in.user, Role(arguments.role), by=SYSTEM)
        _name(school, sign_in.user, arguments.name)
    kept = "" if sign_in.is_new else "; they signed in already and keep their password"
    sys.stdout.write(f"{sign_in.user.email} is {arguments.role} of {school.slug}{kept}\n")
    return 0


def _name(school: School, user: User, name: str) -> None:
    """What the office's pages call them, unless they are somebody there already."""
    if name and person_of(school, user) is None:
        first, _space, last = name.strip().partition(" ")
        link_user(add_person(NewPerson(first, last, email=user.email), school=school), user, by=SYSTEM)


def _remove(school: School, email: str) -> int:
    staff = staff_of(school).filter(user__email__iexact=email.strip()).first()
    if staff is None:
        raise CommandRefused(f"nobody runs {school.slug} as {email}")
    remove_staff(staff, by=SYSTEM)
    sys.stdout.write(f"{staff.user.email} does not run {school.slug} any more\n")
    return 0
