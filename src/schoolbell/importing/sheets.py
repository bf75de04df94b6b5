"""Files as spreadsheets write them: bytes into lines of cells."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _

from schoolbell.importing.formulas import bare
from schoolbell.importing.refusals import FileRefused

MOST_BYTES = 100_000_000
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Row:
    """`number`: the line of the file on which it begins; the header is on line 1. Cells have no space around them."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Columns are named in small letters with underscores, whatever the file does. Empty lines are left out. `note`:
    what to know about how it was read."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    ragged: tuple[Row, ...]  # those with more or fewer cells than columns
    note: str = ""


def read_sheet(data: bytes) -> Sheet:
    """Raises FileRefused."""
    text, note = _decoded(data)
    if (nul := text.find("\0")) >= 0:
        raise FileRefused(
            detail=_("Line %s holds a character that no text has (NUL). Save the file as CSV, encoded in UTF-8.")
            % _line_at(text, nul)
        )
    if not text.strip():
        raise FileRefused(detail=_("The file is empty."))
    found = list(_rows(text))
    if not found:
        raise FileRefused(detail=_("The file is empty."))
    header, *rows = found
    names = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in header.cells]
    while names and not names[-1]:  # columns that a spreadsheet saved with nothing in them
        names.pop()
    if "" in names:
        raise FileRefused(detail=_("Column %s has no name in the header.") % (names.index("") + 1))
    for name in names:
        if names.count(name) > 1:
            raise FileRefused(detail=_("The header names the column “%s” twice.") % name)
    width = len(names)
    fitted = [Row(row.number, _fitted(row.cells, width)) for row in rows]
    return Sheet(
        columns=tuple(names),
        rows=tuple(row for row in fitted if len(row.cells) == width),
        ragged=tuple(row for row in fitted if len(row.cells) != width),
        note=note,
    )


def _decoded(data: bytes) -> tuple[str, str]:
    """Its text, and a sentence where that was guessed."""
    if len(data) > MOST_BYTES:
        raise FileRefused(detail=_("The file is larger than %s MB. Split it.") % (MOST_BYTES // 1_000_000))
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FileRefused(detail=_("This is a spreadsheet's own format. Save it as CSV, encoded in UTF-8."))
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16"), ""
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
    text = _from_windows(data)
    if text is None:
        raise FileRefused(
            detail=_(
                "Line %s is not encoded in UTF-8. In the spreadsheet choose Save as, and the kind “CSV UTF-8”; "
                "where it asks for an encoding, UTF-8."
            )
            % line
        )
    return text, _(
        "The file is not encoded in UTF-8 (see line %s), so it was read as spreadsheets on Windows save it "
        "(Windows-1252). Look at names with accents before you take it in; or save it as “CSV UTF-8”."
    ) % line


def _from_windows(data: bytes) -> str | None:
    """As Windows-1252. None where it is something else: another encoding marked by its first bytes, UTF-8 with a
    damaged place, or text with characters that no keyboard has."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8)):
        return None
    if not data.decode("utf-8", errors="ignore").isascii():  # elsewhere it is UTF-8
        return None
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return None


def _rows(text: str) -> Iterator[Row]:
    """Every line with something on it, the header first."""
    first, _end, _rest = text.partition("\n")
    said = re.fullmatch(r"sep=([,;\t])\r?", first)  # some spreadsheets name the delimiter on a line of its own
    delimiter = said[1] if said else _delimiter(text)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    if said:
        next(reader)
    begins = reader.line_num + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(begins, tuple(bare(cell.strip()) for cell in cells))
            begins = reader.line_num + 1
    except csv.Error as wrong:
        raise FileRefused(detail=_why_unreadable(str(wrong), begins)) from None


def _delimiter(text: str) -> str:
    """The one that the header uses most."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=header.count)


def _why_unreadable(said: str, line: int) -> str:
    if "unexpected end" in said:
        return _("Line %s opens a quotation mark that is never closed.") % line
    if "field limit" in said:
        return _("Line %s has an overlong cell, or opens a quotation mark that is never closed.") % line
    return _("Line %s has a quotation mark inside a cell. Write it twice, and the cell in quotation marks.") % line


def _fitted(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Without the empty cells that a spreadsheet saves behind the last column."""
    return cells[:width] if len(cells) > width and not any(cells[width:]) else cells


def _line_at(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def write_sheet(columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> bytes:
    """A file that `read_sheet` reads back as it was, in the form that every spreadsheet opens: UTF-8 with a byte-order
    mark, commas, CRLF."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8")
