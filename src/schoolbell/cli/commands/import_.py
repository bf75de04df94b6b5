"""`schoolbell import`."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from schoolbell.cli.database import say
from schoolbell.cli.migrations import require_current_schema
from schoolbell.cli.refusals import CommandRefused
from schoolbell.cli.schools import school_called
from schoolbell.importing.actions import import_files, plan_import
from schoolbell.importing.plans import MOST_SHOWN, Change, File, FilePlan
from schoolbell.schools.actor import SYSTEM

MOST_CHANGES = 10


def run(arguments: Namespace) -> int:
    """Says per file what changed, or with `--dry-run` would; 1 when a file is refused."""
    require_current_schema()
    school = school_called(arguments.school)
    files = [File(path.name, _contents(path)) for path in arguments.files]
    if arguments.dry_run:
        outcome = plan_import(files, school=school, progress=say)
    else:
        outcome = import_files(files, school=school, by=SYSTEM, progress=say)
    for file in outcome.files:
        sys.stdout.writelines(f"{line}\n" for line in _told(file))
    refused = sum(file.is_refused for file in outcome.files)
    if refused:
        say(f"schoolbell: {refused} of {len(outcome.files)} files refused; nothing of them was taken in.")
    elif arguments.dry_run:
        say("This was a dry run: nothing was written.")
    return 1 if refused else 0


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandRefused(f"cannot read {path}: {error.strerror}") from None


def _told(file: FilePlan) -> Iterator[str]:
    what = f"{file.file.name} ({file.kind}, {file.lines} lines)" if file.kind else file.file.name
    if file.is_refused:
        yield f"{what}: refused. {file.refused}".rstrip()
        yield from (f"  {bad}" for bad in file.bad_lines[:MOST_SHOWN])
        if len(file.bad_lines) > MOST_SHOWN:
            yield f"  … and {len(file.bad_lines) - MOST_SHOWN} more"
        yield from (f"  {note}" for note in file.notes)
        return
    yield f"{what}: {'; '.join(_counted(file)) or 'nothing in it'}"
    yield from (f"  {note}" for note in file.notes)
    for noun in file.counts:
        changes = [change for change in file.changes if change.noun == noun]
        yield from (f"  {_change(change)}" for change in changes[:MOST_CHANGES])
        if len(changes) > MOST_CHANGES:
            yield f"  … and {len(changes) - MOST_CHANGES} more of {noun}"


def _counted(file: FilePlan) -> Iterator[str]:
    for noun, counts in file.counts.items():
        yield f"{noun} " + ", ".join(f"{counts[what]} {what}" for what in ("added", "changed", "unchanged"))


def _change(change: Change) -> str:
    sign, fields = ("~", f": {', '.join(change.changed)}") if change.changed else ("+", "")
    return f"{sign} line {change.line}, {change.noun} {change.name}{fields}"
