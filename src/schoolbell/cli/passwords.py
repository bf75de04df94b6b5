"""Passwords are typed or read, never given as arguments: those everybody on the machine can see."""

import getpass
import sys

from schoolbell.cli.refusals import CommandRefused


def read_password() -> str:
    """Twice from the terminal, unseen; or the first line of standard input, where that is none."""
    if not sys.stdin.isatty():
        return _some(sys.stdin.readline().rstrip("\r\n"))
    password = _some(getpass.getpass("Password: "))
    if getpass.getpass("The same again: ") != password:
        raise CommandRefused("the two passwords are not the same; nothing was changed.")
    return password


def _some(password: str) -> str:
    if not password:
        raise CommandRefused("no password was given: type it, or hand it in on standard input.")
    return password
