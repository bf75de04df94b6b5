"""What can be typed after `schoolbell`."""

import os
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path

PRESETS = ("coding", "coaching", "courses", "driving", "first-aid")
MOST_PROCESSES = 256
ROLES = ("owner", "admin", "instructor", "client", "student")


def parser() -> ArgumentParser:
    """Every command with its arguments. `command` names the module in `cli/commands` that runs it."""
    whole = ArgumentParser(prog="schoolbell", description="Runs a school that sells teaching.")
    whole.add_argument("--version", action="version", version="schoolbell 0.1.0")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, says: str) -> ArgumentParser:
        command = commands.add_parser(name, help=says, description=says)
        command.add_argument(
            "--data",
            type=_folder,
            metavar="DIR",
            default=os.environ.get("SCHOOLBELL_DATA") or "var",
            help="where the bundled database lives (default: $SCHOOLBELL_DATA, or var)",
        )
        return command

    demo = add("demo", "Five schools, a web server, a worker and a database of their own.")
    _add_address(demo)
    demo.add_argument("--reset", action="store_true", help="begin afresh: the database in DIR is deleted first")
    demo.add_argument("--reload", action="store_true", help="start the web server anew as files change")

    serve = add("serve", "The web server.")
    _add_address(serve)
    serve.add_argument("--workers", type=_processes, default=2, metavar="N", help="processes (default: 2)")

    add("worker", "Sees to what was left to be done: money of ended bookings, holds that ran out.")
    add("solve", "Works out the timetables that wait for it, and ends. The worker starts it by itself.")
    add("migrate", "Brings the database to this version.")
    add("check", "Looks over the whole database: does every rule hold?")

    school = add("school", "Schools.").add_subparsers(dest="act", required=True, metavar="ACT")
    create = school.add_parser("create", help="open a school")
    create.add_argument("slug", help="its name in addresses: small letters, digits, hyphens")
    create.add_argument("--name", required=True)
    create.add_argument("--preset", required=True, choices=PRESETS, help="what it starts with")
    create.add_argument("--timezone", default="", help="such as Europe/London (default: the preset's)")
    create.add_argument("--currency", default="", help="such as GBP (default: the preset's)")
    create.add_argument("--country", default="", help="such as GB (default: where its time zone is)")
    create.add_argument(
        "--region", default="", help="whose public holidays it keeps, such as ENG (default: the country's)"
    )
    create.add_argument("--no-holidays", action="store_true", help="public holidays close nothing")

    token = add("token", "API tokens.").add_subparsers(dest="act", required=True, metavar="ACT")
    create = token.add_parser("create", help="make a token; it is printed alone, and never again")
    create.add_argument("--school", required=True, metavar="SLUG")
    create.add_argument("--role", required=True, choices=ROLES)
    create.add_argument("--person", metavar="ID", help="the instructor, client or student whose token it is")
    create.add_argument("--label", default="", help="a word to tell it by")

    _add_sign_ins(add)

    backup = add("backup", "Writes the whole database and the secret key to one file, while all goes on.")
    backup.add_argument("file", type=Path, metavar="FILE", help="must not be there yet; only you may read it")
    restore = add("restore", "Puts a backup back, into a database without schools.")
    restore.add_argument("file", type=Path, metavar="FILE", help="as backup wrote it")

    taking_in = add("import", "Takes in a school's own files, as export writes them.")
    taking_in.add_argument("--school", required=True, metavar="SLUG")
    taking_in.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    taking_in.add_argument("files", nargs="+", type=Path, metavar="FILE.csv", help="in any order")

    giving_out = add("export", "Writes a school's files, as import reads them.")
    giving_out.add_argument("--school", required=True, metavar="SLUG")
    giving_out.add_argument("--to", required=True, type=Path, metavar="DIR", help="the folder to write them to")
    giving_out.add_argument("--force", action="store_true", help="write over files that are there already")
    return whole


def _add_sign_ins(add: Callable[[str, str], ArgumentParser]) -> None:
    staff = add("staff", "Who runs a school.").add_subparsers(dest="act", required=True, metavar="ACT")
    create = staff.add_parser("add", help="let somebody into the office; their password is asked for, or read")
    create.add_argument("--school", required=True, metavar="SLUG")
    create.add_argument("--email", required=True, help="with which they sign in")
    create.add_argument("--role", required=True, choices=ROLES[:2])
    create.add_argument("--name", default="", help="first and last name, as the office's pages call them")
    remove = staff.add_parser("remove", help="let somebody out of the office")
    remove.add_argument("--school", required=True, metavar="SLUG")
    remove.add_argument("--email", required=True)

    login = add("login", "Sign-ins of instructors and clients.").add_subparsers(
        dest="act", required=True, metavar="ACT"
    )
    create = login.add_parser("add", help="let somebody sign in; their password is asked for, or read")
    create.add_argument("--school", required=True, metavar="SLUG")
    create.add_argument("--person", default="", metavar="ID", help="who; without it, whoever has that address")
    create.add_argument("--email", default="", help="with which they sign in (default: the one that is known)")
    remove = login.add_parser("remove", help="let them sign in no longer")
    remove.add_argument("--school", required=True, metavar="SLUG")
    remove.add_argument("--email", required=True)
    password = login.add_parser("password", help="give a login another password")
    password.add_argument("--email", required=True)


def _add_address(command: ArgumentParser) -> None:
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    command.add_argument("--port", type=_port, default=8000, metavar="N", help="port to listen on (default: 8000)")


def _folder(text: str) -> Path:
    if not text.strip():
        raise ArgumentTypeError("name a folder; the current one is written as a dot")
    return Path(text)


def _processes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PROCESSES:
        raise ArgumentTypeError(f"a number of processes is from 1 to {MOST_PROCESSES}")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)
