"""Lines of a file, read; and what is wrong with them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from schoolbell.importing.kinds import KEEP, Column, Kind
from schoolbell.importing.refusals import CellRefused
from schoolbell.importing.sheets import Row, Sheet


@dataclass(frozen=True, slots=True, order=True)
class BadLine:
    """`reason` reads on from the column's name: "price: “abc” is not a number"."""

    number: int
    column: str
    reason: str

    def __str__(self) -> str:
        where = f", {self.column}" if self.column else ""
        return f"{_('line')} {self.number}{where}: {self.reason}"


class LineRefused(Exception):
    """What a line says cannot be, as came out when all was written."""

    def __init__(self, bad_line: BadLine) -> None:
        self.bad_line = bad_line
        super().__init__(str(bad_line))


class Problems(list[BadLine]):
    """What is wrong with a file."""

    def add(self, number: int, column: str, reason: str) -> None:
        self.append(BadLine(number, column, reason))


@dataclass(frozen=True, slots=True)
class Line:
    """`values`: by column, what is said. A column that the file lacks, that is empty and means nothing then, or that
    could not be read, is not among them."""

    number: int
    values: dict[str, Any]
    filled: frozenset[str]
    problems: Problems

    def bad(self, column: str, reason: str) -> None:
        self.problems.add(self.number, column, reason)

    def get(self, column: str, otherwise: Any = None) -> Any:
        return self.values.get(column, otherwise)

    def unread(self, *columns: str) -> bool:
        """Something stands there that could not be read, which has been told already."""
        return any(column in self.filled and column not in self.values for column in columns)


def read_lines(sheet: Sheet, kind: Kind, problems: Problems) -> list[Line]:
    """Every line, in order; what is wrong with its cells is told."""
    for row in sheet.ragged:
        said = {"cells": len(row.cells), "columns": len(sheet.columns)}
        problems.add(row.number, "", _("has %(cells)s cells; the header has %(columns)s") % said)
    columns = [kind.columns[name] for name in sheet.columns]
    known: dict[tuple[str, str], Any] = {}  # many cells say the same
    return [_read(row, columns, problems, known) for row in sheet.rows]


def _read(row: Row, columns: list[Column], problems: Problems, known: dict[tuple[str, str], Any]) -> Line:
    values: dict[str, Any] = {}
    filled = []
    for column, text in zip(columns, row.cells, strict=True):
        if not text:
            if column.empty is not KEEP:
                values[column.name] = column.empty
            continue
        filled.append(column.name)
        said = (column.name, text)
        try:
            if said not in known:
                known[said] = column.cell.read(text)
            values[column.name] = known[said]
        except CellRefused as wrong:
            problems.add(row.number, column.name, str(wrong))
    return Line(row.number, values, frozenset(filled), problems)
