"""Files for tests, and short words for taking them in."""

import csv
from io import StringIO
from pathlib import Path

from damage import found
from factories import new_school
from schoolbell.importing.actions import import_files
from schoolbell.importing.exporting import export_school
from schoolbell.importing.kinds import KINDS
from schoolbell.importing.plans import File, FilePlan, Plan
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"


def samples() -> list[File]:
    return [File(f"{name}.csv", (SAMPLES / f"{name}.csv").read_bytes()) for name in KINDS]


def riverside() -> School:
    """A school such as the samples are of."""
    return new_school("courses", timezone="Europe/London", currency="GBP")


def take_in(school: School, *files: File) -> Plan:
    return import_files(files, school=school, by=SYSTEM)


def take_in_one(school: School, text: str | bytes, name: str = "file.csv") -> FilePlan:
    """What became of one file of this text."""
    data = text if isinstance(text, bytes) else text.encode()
    (done,) = take_in(school, File(name, data)).files
    return done


def bad(done: FilePlan) -> list[str]:
    return [str(line) for line in done.bad_lines]


def counts(done: Plan | FilePlan) -> dict[str, dict[str, int]]:
    files = done.files if isinstance(done, Plan) else [done]
    return {noun: dict(counted) for file in files for noun, counted in file.counts.items()}


def exported(school: School) -> dict[str, bytes]:
    return dict(export_school(school))


def files_of(exported: dict[str, bytes]) -> list[File]:
    return [File(name, data) for name, data in exported.items()]


def cells(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))


def sheet(*rows: dict[str, str]) -> str:
    """A file with these rows, and every column that one of them names."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def everything_holds() -> None:
    """`schoolbell check` finds nothing."""
    assert not (wrong := found()), wrong
