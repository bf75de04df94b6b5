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
NOUNS = {
    "guardianship": ("guardian", "guardians"),
    "resource": ("place", "places"),
    "seat": ("weekly seat", "weekly seats"),
    "series": ("series", "series"),
}


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
    refused = [file.file.name for file in outcome.files if file.is_refused]
    if refused:
        say(f"schoolbell: {_listed(refused)} {'is' if len(refused) == 1 else 'are'} refused.")
    if arguments.dry_run:
        say("This was a dry run: nothing was written.")
    return 1 if refused else 0


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandRefused(f"cannot read {path}: {error.strerror}") from None


def _told(file: FilePlan) -> Iterator[str]:
    lines = "1 line" if file.lines == 1 else f"{file.lines} lines"
    what = f"{file.file.name} ({file.kind}, {lines})" if file.kind else file.file.name
    if file.is_refused:
        yield f"{what}: refused. {file.refused}".rstrip()
        yield from (f"  {bad}" for bad in file.bad_lines[:MOST_SHOWN])
        if len(file.bad_lines) > MOST_SHOWN:
            yield f"  … and {len(file.bad_lines) - MOST_SHOWN} more"
        yield from (f"  {note}" for note in file.notes)
        return
    yield f"{what}: {'; '.join(_counted(file)) or 'nothing in it'}"
    yield from (f"  {note}" for note in file.notes)
    of_each = [[change for change in file.changes if change.noun == noun] for noun in file.counts]
    shown = [change for changes in of_each for change in changes[:MOST_CHANGES]]
    yield from (f"  {_change(change)}" for change in sorted(shown, key=lambda one: one.line))
    for changes in of_each:
        if more := len(changes[MOST_CHANGES:]):
            yield f"  … and {more} more {_noun(changes[0].noun, more)}"


def _counted(file: FilePlan) -> Iterator[str]:
    for noun, counts in file.counts.items():
        said = [(counts[what], what) for what in ("added", "changed", "unchanged") if counts[what]]
        if said:
            (number, what), *others = said
            yield ", ".join([f"{number} {_noun(noun, number)} {what}", *(f"{count} {how}" for count, how in others)])


def _change(change: Change) -> str:
    sign, fields = ("~", f": {', '.join(change.changed)}") if change.changed else ("+", "")
    return f"{sign} line {change.line}, {_noun(change.noun, 1)} {change.name}{fields}"


def _noun(noun: str, number: int) -> str:
    one, many = NOUNS.get(noun, (noun, f"{noun}s"))
    return one if number == 1 else many


def _listed(names: list[str]) -> str:
    """“a, b and c”"""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
