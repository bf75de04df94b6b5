"""`schoolbell migrate`."""

from argparse import Namespace

from django.core.management import call_command


def run(arguments: Namespace) -> int:
    call_command("migrate", verbosity=1)
    return 0
