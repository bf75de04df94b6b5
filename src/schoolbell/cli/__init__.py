"""The command line. Errors are one clear line and a non-zero exit."""

import sys
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword

from django.db import DatabaseError

from schoolbell.cli.arguments import parser
from schoolbell.cli.database import database, reset
from schoolbell.cli.processes import Stopped, heed_signals, require_free_port
from schoolbell.cli.refusals import CommandRefused
from schoolbell.embedded import EmbeddedError
from schoolbell.kit.environment import SettingRefused
from schoolbell.kit.refusals import Refusal

UNTIL_STOPPED = frozenset({"demo", "serve", "worker"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = parser().parse_args(argv)
    heed_signals()
    try:
        _require_text(sys.argv[1:] if argv is None else argv)
        if arguments.command in ("demo", "serve"):
            require_free_port(arguments.host, arguments.port)
        if arguments.command == "demo" and arguments.reset:
            reset(arguments.data)
        with database(arguments.data, of_its_own=arguments.command == "demo") as arguments.cluster:
            # By name, and only now: what a command imports needs Django, which needs to know its database.
            module = f"{arguments.command}_" if iskeyword(arguments.command) else arguments.command
            command = import_module(f"schoolbell.cli.commands.{module}")
            return int(command.run(arguments))
    except Refusal as refusal:
        told = [f"{field}: {' '.join(sentences)}" for field, sentences in refusal.errors.items()]
        return _complain("; ".join(told) or str(refusal))
    except (CommandRefused, EmbeddedError, SettingRefused) as refusal:
        return _complain(str(refusal))
    except DatabaseError as error:
        return _complain(f"the database refused: {str(error).splitlines()[0]}")
    except Stopped:
        return 0 if arguments.command in UNTIL_STOPPED else 130
    except BrokenPipeError:
        return 1


def _require_text(typed: Sequence[str]) -> None:
    """Bytes that are no UTF-8 arrive as lone surrogates, which neither a database nor a terminal takes."""
    if any("\ud800" <= letter <= "\udfff" for word in typed for letter in word):
        raise CommandRefused("what was typed is not text in UTF-8.")


def _complain(sentence: str) -> int:
    sys.stderr.write(f"schoolbell: {sentence}\n")
    return 1
