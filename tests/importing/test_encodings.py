"""However a spreadsheet saved it, a file says the same."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importing.files import cells, counts, exported, riverside, samples, sheet, take_in, take_in_one
from schoolbell.catalogue.models import Course
from schoolbell.importing.formulas import bare, guarded
from schoolbell.importing.plans import File
from schoolbell.importing.refusals import FileRefused
from schoolbell.importing.sheets import read_sheet, write_sheet


def saved(text: str, *, delimiter: str = ",", newline: str = "\n", encoding: str = "utf-8") -> bytes:
    rows = [row.cells for row in read_sheet(text.encode()).rows]
    header = read_sheet(text.encode()).columns
    quoted = (
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in ([*header], *map(list, rows))
    )
    return (newline.join(quoted) + newline).encode(encoding)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "form",
    [
        {"encoding": "utf-8-sig"},
        {"encoding": "utf-16"},
        {"encoding": "utf-16", "delimiter": "\t", "newline": "\r\n"},
        {"delimiter": ";", "newline": "\r\n"},
        {"delimiter": "\t"},
        {"newline": "\r\n", "encoding": "utf-8-sig", "delimiter": ";"},
    ],
)
def test_the_samples_in_other_forms_say_the_same(form):
    school = riverside()
    plain = take_in(school, *samples())
    other = [File(file.name, saved(file.data.decode(), **form)) for file in samples()]
    again = take_in(school, *other)
    assert [one.refused or one.bad_lines for one in again.files if one.is_refused] == []
    assert {noun: of["unchanged"] for noun, of in counts(again).items()} == {
        noun: of["added"] for noun, of in counts(plain).items()
    }


def test_big_endian_utf_16_and_a_line_that_names_the_delimiter():
    data = codecs.BOM_UTF16_BE + "sep=;\r\nName;Duration Minutes\r\nPiano;45\r\n".encode("utf-16-be")
    read = read_sheet(data)
    assert (read.columns, [row.cells for row in read.rows]) == (("name", "duration_minutes"), [("Piano", "45")])


@pytest.mark.django_db
def test_what_windows_saves_is_understood_and_said(school):
    done = take_in_one(school, "name,duration_minutes,price\nCafé – “Zoë”,45,10\n".encode("cp1252"))
    assert Course.objects.of(school).get().name == "Café – “Zoë”"
    (note,) = done.notes
    assert note == (
        "The file is not encoded in UTF-8 (see line 2), so it was read as spreadsheets on Windows save it "
        "(Windows-1252). Look at names with accents before you take it in; or save it as “CSV UTF-8”."
    )


@pytest.mark.parametrize(
    "data",
    [
        "name\nCafé\n".encode() + b"\xff\n",  # UTF-8 with a damaged place
        codecs.BOM_UTF8 + b"name\nCaf\xe9\n",
        b"name\nCaf\x81\n",  # nothing in Windows-1252
        codecs.BOM_UTF16_LE + b"n",
    ],
)
def test_what_can_only_be_guessed_is_refused(data):
    with pytest.raises(FileRefused, match="is not encoded in UTF-8"):
        read_sheet(data)


def test_empty_columns_and_lines_that_a_spreadsheet_leaves_are_no_harm():
    read = read_sheet(b"name,duration_minutes,,\r\nPiano,45,,\r\n,,,\r\n\r\n")
    assert (read.columns, [row.cells for row in read.rows], read.ragged) == (
        ("name", "duration_minutes"), [("Piano", "45")], ()
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "in_the_file"),
    [
        ("=1+1", "'=1+1"),
        ("+44 7700", "'+44 7700"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("'=1+1", "''=1+1"),
        ("'tis", "'tis"),
        ("１", "１"),
        ("＝1", "'＝1"),
        ("1-2=3", "1-2=3"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_take_for_a_formula_is_guarded(text, in_the_file):
    assert guarded(text) == in_the_file
    assert bare(in_the_file) == text


def test_control_without_the_guard_a_formula_is_a_formula():
    assert "=1+1"[0] in "=+-@"
    assert guarded("=1+1")[0] not in "=+-@"


# Text as the database holds it: no NUL, no half of a character, nothing around it.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])).map(str.strip)
TRICKY = st.text(st.sampled_from("'\"=+-@,;\t\r\n＝a ")).map(str.strip)


@given(st.lists(st.tuples(TEXT | TRICKY, TEXT | TRICKY), min_size=1))
def test_every_text_is_read_back_as_it_was_written(rows):
    written = write_sheet(("name", "notes"), ((guarded(one), guarded(other)) for one, other in rows))
    assert [row.cells for row in read_sheet(written).rows] == [row for row in rows if any(row)]


@given(TEXT | TRICKY)
def test_a_guard_can_always_be_taken_off(text):
    assert bare(guarded(text)) == text


@pytest.mark.django_db
def test_html_and_formulas_are_text_on_their_way_in_and_out():
    school = riverside()
    names = ["<script>alert(1)</script>", '=HYPERLINK("http://x")', "'=quoted", "Drop; table", "多\n行"]
    take_in_one(school, sheet(*({"name": name, "duration_minutes": "45"} for name in names)))
    # A formula that is typed in by hand is text too; the apostrophe is what a guarded file has before it.
    assert set(Course.objects.of(school).values_list("name", flat=True)) == {
        name if name != "'=quoted" else "=quoted" for name in names
    }
    given_out = {row["name"] for row in cells(exported(school)["courses.csv"])}
    assert given_out == {
        "<script>alert(1)</script>", "'=HYPERLINK(\"http://x\")", "'=quoted", "Drop; table", "多\n行"
    }  # fmt: skip
