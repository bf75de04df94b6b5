# ruff: noqa: E501, ISC004 -- a row of a table is a line
"""Every line that cannot be taken in is named: its number, its column, and why. Nothing of such a file is written."""

import pytest

from factories import new_course, new_school
from importing.files import SAMPLES, bad, riverside, samples, sheet, take_in, take_in_one
from schoolbell.importing.actions import plan_import
from schoolbell.importing.plans import File

pytestmark = pytest.mark.django_db

# In the students file, line 11 is Nadia Rossi, who answers for nobody yet.
BROKEN_STUDENTS = (
    ("s1,Emma,Marsh,,,2016-05-12,active,grade 2,c2", "s1,Emma,Marsh,,,2017-05-12,active,grade 2,c2"),
    ("s2,Jack,Marsh,,,2018-01-30,active", "s2,Jack,Marsh,,,30/01/2018,active"),
    ("s3,Zoë,Lindqvist,,,2015-11-02,active", "s3,Zoë,Lindqvist,,,2150-11-02,asleep"),
    ("s4,Noah,Bello", "s4,,"),
    ("s5,Ravi,Shah,ravi.shah@example.org", "s5,Ravi,Shah,ravi.shah at example.org"),
    ("Quayside Nursery Ltd,office@quayside.example.org,+44 117 496 0100,employer,yes,yes\ns7", "Quayside,office@quayside.example.org,+44 117 496 0100,employer,yes,yes\ns7"),
    ("s7,Omar,Haddad,", f"s7,{'O' * 101},Haddad,"),
    (",father,yes,yes\n,", ",father,perhaps,yes\n,"),
    (",,,,,,,,c7,Nadia,Rossi,,nadia.rossi@example.org,,,,", ",,,,,,,,c7,Nadia,Rossi"),
)  # fmt: skip

BROKEN_TIMETABLE = (
    ("p1,Piano,2026-09-07 15:00,2026-09-07 15:45", "p1,Pianoo,2026-09-07 15:00,2026-09-07 15:45"),
    ("p2,Piano,2026-09-14 15:00,2026-09-14 15:45,Europe/London", "p2,Piano,2026-09-14 15:00,2026-09-14 15:45,"),
    ("p3,Piano,2026-09-21 15:00,2026-09-21 15:45", "p3,Piano,2026-09-21 15:00,2026-09-21 14:45"),
    ("16.00,,,2026-09-27 20:15", "160.00,,,2026-09-27 20:15"),
    ("Zoë Lindqvist,,RIV-0006,confirmed", "Zoe Lindqvist,,RIV-0006,confirmed"),
    ("g2,Guitar in a group,2027-01-19 16:00,2027-01-19 17:00,Europe/London,Tom Birch,Blue room,2", "g2,Guitar in a group,2027-01-19 16:00,2027-01-19 17:00,Europe/London,Tom Birch,Blue room,6"),
    ("RIV-0007,confirmed,,,21.00,21.00,transfer,2026-11-11 08:00", "RIV-0007,confirmed,,,21 USD,21.00,shells,yesterday"),
    ("RIV-0009,confirmed,one_off", "RIV-0009,paid,one_off"),
    ("RIV-0011,confirmed,,1; 3,", "RIV-0011,confirmed,,1; 4,"),
    ("f2,First aid for parents,2027-04-10 09:30,2027-04-10 12:30,Europe/London", "f2,First aid for parents,2027-04-10 09:30,2027-04-10 12:30,Europe/Londn"),
)  # fmt: skip


def broken(name: str, *edits: tuple[str, str]) -> File:
    text = (SAMPLES / f"{name}.csv").read_text(encoding="utf-8")
    for before, after in edits:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return File(f"{name}.csv", text.encode())


def test_ten_broken_lines_of_students(rows):
    school = riverside()
    before = rows()
    (done,) = take_in(school, broken("students", *BROKEN_STUDENTS)).files
    assert bad(done) == [
        "line 3, birth_date: says otherwise than line 2",
        "line 4, birth_date: “30/01/2018” is not a date such as 2026-12-01: year, month, day. Spreadsheets write dates their own way; format the column as yyyy-mm-dd, or as text, and write it again",
        "line 5, birth_date: 2150-11-02 is still to come",
        "line 5, status: “asleep” is not one of: active, paused, left",
        "line 6, first_name: is empty, and so are the other names; give a name",
        "line 7, email: “ravi.shah at example.org” is not an e-mail address",
        "line 9, client_organisation: says otherwise than line 8",
        "line 9, first_name: is 101 characters long; at most 100 fit",
        "line 10, is_primary: “perhaps” is neither yes nor no",
        "line 11: has 11 cells; the header has 17",
    ]
    assert rows() == before


def test_ten_broken_lines_of_the_timetable(rows):
    school = riverside()
    *people, _timetable = samples()
    take_in(school, *people)
    before = rows()
    (done,) = take_in(school, broken("timetable", *BROKEN_TIMETABLE)).files
    no_zone = "says no zone: fill the timezone column, or write an offset such as +01:00"
    assert bad(done) == [
        "line 2, course: there is no course “Pianoo”",
        f"line 3, ends_at: “2026-09-14 15:45:00” {no_zone}",
        f"line 3, starts_at: “2026-09-14 15:00:00” {no_zone}",
        "line 4, ends_at: is not after the start",
        "line 5, kept: is more than the price",
        "line 7, student: there is no student “Zoe Lindqvist”",
        "line 8, capacity: is more than the 2 seats that the course and the place allow",
        "line 9, paid_at: “yesterday” is not a time such as 2026-12-01 16:00",
        "line 9, paid_with: “shells” is not one of: cash, card, transfer, credit",
        "line 9, price: “21 USD” is not a number such as 45.00: no currency, no spaces, no sign",
        "line 11, booking_status: “paid” is not one of: pending, confirmed, in_progress, completed, cancelled, expired,"
        " no_show",
        "line 13, slots: names a time that the session has not; it has 3",
        "line 17, timezone: “Europe/Londn” is not a time zone such as Europe/London",
    ]
    assert rows() == before


def test_a_file_that_needs_a_refused_one_says_so():
    school = riverside()
    files = [broken("students", *BROKEN_STUDENTS) if file.name == "students.csv" else file for file in samples()]
    done = {one.file.name: one for one in take_in(school, *files).files}
    assert {name for name, one in done.items() if not one.is_refused} == {
        "courses.csv", "resources.csv", "products.csv", "instructors.csv"
    }  # fmt: skip
    assert done["timetable.csv"].refused == "It may need what students.csv, series.csv would have brought."


def test_a_dry_run_refuses_what_the_import_will_refuse(rows):
    school = riverside()
    files = [broken("students", *BROKEN_STUDENTS) if file.name == "students.csv" else file for file in samples()]
    before = rows()
    seen = plan_import(files, school=school).files
    assert rows() == before
    done = take_in(school, *files).files
    assert [(one.file.name, bad(one), one.refused) for one in seen] == [
        (one.file.name, bad(one), one.refused) for one in done
    ]
    assert [one.file.name for one in seen if not one.is_refused] == [
        "courses.csv", "resources.csv", "products.csv", "instructors.csv"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty."),
        ("\r\n \r\n", "The file is empty."),
        ("\ufeff", "The file is empty."),
        ("name;duration_minutes\nPi\0ano;45", "Line 2 holds a character that no text has (NUL). Save the file as CSV, encoded in UTF-8."),
        ("name,duration_minutes,colour,prise\n", "As a file of courses: there is no column “colour”; there is no column “prise” (is it “price”?)."),
        ("name,price,capacity,age_min\n", "As a file of courses: the column “duration_minutes” is missing."),
        ("name,duration_minutes,name\n", "The header names the column “name” twice."),
        ("name,,duration_minutes\n", "Column 2 has no name in the header."),
        ("Piano,45\nGuitar,60\n", "The first line names no columns that are known. It must be the header."),
        ("first_name,last_name,email\nAda,Okafor,\n", "The header fits instructors and students alike. Add a column that only one of them has."),
        ('name,duration_minutes\n"Piano,45\nGuitar,60\n', "Line 2 opens a quotation mark that is never closed."),
        ('name,duration_minutes\n"Pia"no,45\n', "Line 2 has a quotation mark inside a cell. Write it twice, and the cell in quotation marks."),
        (f"name,duration_minutes\n{'x' * 200_000},45\n", "Line 2 has an overlong cell, or opens a quotation mark that is never closed."),
        (b"name,duration_minutes\nCaf\xc3\xa9 \xff,45", "Line 2 is not encoded in UTF-8. In the spreadsheet choose Save as, and the kind “CSV UTF-8”; where it asks for an encoding, UTF-8."),
        (b"PK\x03\x04\x14\x00", "This is a spreadsheet's own format. Save it as CSV, encoded in UTF-8."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_understood_is_refused_in_a_sentence(text, sentence, rows):
    school = new_school()
    before = rows()
    done = take_in_one(school, text)
    assert (done.refused, done.bad_lines) == (sentence, [])
    assert rows() == before


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"price": "12.345"}, "price: “12.345” has more than 2 places behind the point"),
        ({"price": "1,500"}, "price: “1,500” has more than 2 places behind the point"),  # not one and a half
        ({"price": "£12"}, "price: “£12” is not a number such as 45.00: no currency, no spaces, no sign"),
        ({"price": "1e9"}, "price: “1e9” is not a number such as 45.00: no currency, no spaces, no sign"),
        ({"price": "99999999999"}, "price: 99999999999 is more than 20000000.00"),
        ({"capacity": "0"}, "capacity: 0 is not between 1 and 32767"),
        ({"capacity": "٣"}, "capacity: “٣” is not a whole number"),
        ({"deposit": "50", "price": "40"}, "deposit: is more than the price"),
        ({"age_min": "9", "age_max": "8"}, "age_max: is below the lowest age"),
        ({"format": "one_to_one", "capacity": "4"}, "capacity: a one_to_one course has one seat"),
        ({"duration_minutes": ""}, "duration_minutes: is empty; say how long a lesson lasts"),
        ({"name": ""}, "name: is empty; give the course a name"),
        ({"name": "x" * 201}, "name: is 201 characters long; at most 200 fit"),
        ({"overrides": "[1]"}, "overrides: “[1]” is not a JSON object such as {\"notice_minutes\": 60}"),
        ({"overrides": '{"notice_minutes": -1}'}, "overrides: notice_minutes: Input should be greater than or equal to 0"),
        ({"key": "a;b"}, "key: is no key: leave out semicolons, brackets and line breaks"),
        ({"is_active": "maybe"}, "is_active: “maybe” is neither yes nor no"),
    ],
)  # fmt: skip
def test_a_cell_of_a_course(row, told):
    done = take_in_one(riverside(), sheet({"name": "Piano", "duration_minutes": "45"} | row))
    assert bad(done) == [f"line 2, {told}"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"opening_hours": "Mon 14:00-20:00"}, "opening_hours: says no zone: fill the timezone column, or write Mon 14:00-20:00 Europe/London"),
        ({"opening_hours": "Moonday 14-20"}, "opening_hours: “Moonday 14-20” is not hours such as Mon 14:00-20:00"),
        ({"opening_hours": "Mon 20:00-14:00 UTC"}, "opening_hours: “Mon 20:00-14:00 UTC” ends before it starts; for hours past midnight give two"),
        ({"opening_hours": "Mon 09:00-12:00; Mon 11:00-13:00", "timezone": "UTC"}, "opening_hours: has hours that overlap: 09:00, 11:00"),
        ({"opening_hours": "Mon 09:00-25:00 UTC"}, "opening_hours: “Mon 09:00-25:00 UTC” has a time that no clock shows"),
        ({"courses": "Piano; Violin"}, "courses: there is no course “Violin”"),
        ({"courses": "Piano; Piano (5)"}, "courses: names “Piano” twice"),
        ({"timezone": "Mars/Base"}, "timezone: “Mars/Base” is not a time zone such as Europe/London"),
    ],
)  # fmt: skip
def test_a_cell_of_an_instructor(row, told):
    school = riverside()
    new_course(school, name="Piano")
    done = take_in_one(school, sheet({"first_name": "Ada", "status": "active", "about": ""} | row))
    assert bad(done) == [f"line 2, {told}"]


@pytest.mark.parametrize(
    ("ends_at", "told"),
    [
        ("2027-03-01 10:00", ["is not after the start"]),
        ("2027-03-01 10:00:59", ["is less than a minute after the start"]),
        ("2027-03-01 10:01", []),
        ("2027-03-02 10:00", []),
        ("2027-03-02 10:01", ["is more than a day after the start; give each day its own times"]),
    ],
)
def test_how_long_a_lesson_is(ends_at, told):
    school = riverside()
    new_course(school, name="Piano")
    row = {"course": "Piano", "starts_at": "2027-03-01 10:00", "ends_at": ends_at, "timezone": "Europe/London"}
    assert bad(take_in_one(school, sheet(row))) == [f"line 2, ends_at: {words}" for words in told]


def test_however_many_lines_are_bad_all_are_told():
    done = take_in_one(riverside(), sheet(*({"name": f"C{n}", "duration_minutes": "x"} for n in range(500))))
    assert [line.number for line in done.bad_lines] == list(range(2, 502))


def test_a_line_is_numbered_as_an_editor_numbers_it():
    text = 'name,duration_minutes\n"Pi\nano",45\n\nGuitar,x\n'
    assert bad(take_in_one(riverside(), text)) == ["line 5, duration_minutes: “x” is not a whole number"]


def test_a_number_that_nobody_can_ring_is_named_by_line_and_column(rows):
    school = new_school()
    before = rows()
    table = [
        {"first_name": "Ada", "phone": "12", "client_first_name": "Mum", "client_phone": ""},
        {"first_name": "Bo", "phone": "+44 117 496 0100", "client_first_name": "Mum", "client_phone": "abc"},
    ]
    assert bad(take_in_one(school, sheet(*table))) == [
        "line 2, phone: “12” is too short for a phone number",
        "line 3, client_phone: “abc” is too short for a phone number",
    ]
    assert rows() == before
