"""A school's own files in the office: handed in, looked over, taken in, and taken away again."""

import csv
import datetime as dt
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from factories import new_school
from importing.files import SAMPLES, bad, counts, everything_holds, exported, riverside, samples, take_in
from importing.test_bad_lines import BROKEN_STUDENTS, broken
from schoolbell.catalogue.models import Course
from schoolbell.importing.kinds import KINDS
from schoolbell.importing.models import Upload
from schoolbell.importing.plans import File
from schoolbell.importing.uploads import forget_old_uploads
from schoolbell.kit.time import now
from schoolbell.people.models import Student
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from web.office.conftest import as_staff
from web.pages import text_of


@pytest.fixture
def school(db: None) -> School:
    return riverside()


def hand_in(browser: Browser, office: str, **files: bytes):
    """The page that looks the files over; file names without their ending."""
    given = [SimpleUploadedFile(f"{name}.csv", data) for name, data in files.items()]
    return browser.post(f"{office}files/", {"handed_in": given}, follow=True)


def all_samples() -> dict[str, bytes]:
    return {kind: (SAMPLES / f"{kind}.csv").read_bytes() for kind in KINDS}


def where(answer) -> str:
    return answer.redirect_chain[-1][0]


def test_files_are_looked_over_first_and_then_taken_in(school: School, browser: Browser, office: str, rows):
    before = rows()
    seen = hand_in(browser, office, **all_samples())
    assert "What these files would change Nothing is written yet." in text_of(seen)
    assert "Students and families, 10 lines Can be taken in" in text_of(seen)
    assert "Students 8 – – Clients 6 – – Who answers for whom 9 – –" in text_of(seen)
    assert "Line 2: Emma Marsh (student, new)" in text_of(seen)
    assert rows() | {"importing_upload": 0} == before
    done = browser.post(where(seen))
    assert "7 files are taken in" in text_of(done)
    assert Student.objects.of(school).count() == 8
    assert Upload.objects.count() == 0
    everything_holds()
    assert {noun: of["unchanged"] for noun, of in counts(take_in(school, *samples())).items()} == {
        "course": 5, "resource": 3, "instructor": 4, "student": 8, "client": 6, "guardianship": 9, "series": 2,
        "session": 14, "booking": 17, "product": 3,
    }  # fmt: skip


def test_a_double_click_and_the_back_button_take_nothing_in_twice(browser: Browser, office: str, rows):
    seen = hand_in(browser, office, courses=all_samples()["courses"])
    browser.post(where(seen))
    after = rows()
    for answer in (browser.post(where(seen)), browser.get(where(seen))):
        assert answer.status_code == 404
        assert text_of(answer).startswith("These files are not here any more")
    assert rows() == after
    again = hand_in(browser, office, courses=all_samples()["courses"])
    assert "These files change nothing Everything is already as they say." in text_of(again)
    assert "Take the file in" not in text_of(again)


def test_ten_broken_lines_are_named_with_column_and_reason(browser: Browser, office: str, rows):
    before = rows()
    seen = hand_in(browser, office, students=broken("students", *BROKEN_STUDENTS).data)
    said = text_of(seen)
    assert "Nothing can be taken in yet Mend what is named below" in said
    assert "Line Column What is wrong 3 birth_date says otherwise than line 2 4 birth_date “30/01/2018” is not" in said
    assert "7 email “ravi.shah at example.org” is not an e-mail address" in said
    assert "10 is_primary “perhaps” is neither yes nor no" in said
    assert "Take the file in" not in said
    assert "0 files" not in text_of(browser.post(where(seen)))
    assert rows() == before


def test_what_is_right_is_taken_in_without_what_is_refused(school: School, browser: Browser, office: str):
    bad = b"name,duration_minutes,colour\nPiano,45,red\n"
    seen = hand_in(browser, office, courses=all_samples()["courses"], more=bad)
    said = text_of(seen)
    assert "One file is refused and stays out. The other can be taken in all the same." in said
    assert "As a file of courses: there is no column “colour”." in said
    done = text_of(browser.post(where(seen)))
    assert done.startswith("1 file is taken in Mend what is named below and hand the file in again.")
    assert Course.objects.of(school).count() == 5


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SAMPLES.joinpath("courses.csv").read_text().encode("utf-16"), "Courses 5 – –"),
        (b"\xef\xbb\xbf" + SAMPLES.joinpath("courses.csv").read_bytes(), "Courses 5 – –"),
        (b"name;duration_minutes;price\r\nPiano;45;10,50\r\n", "Courses 1 – –"),
        (b"name,duration_minutes\r\nPiano,45\r\nPiano,45\r\n", "Courses 1 – –"),
        (b"name,duration_minutes\nPiano,45\nPiano,60\n", "3 duration_minutes says otherwise than line 2"),
        (b"PK\x03\x04 a workbook", "This is a spreadsheet's own format. Save it as CSV, encoded in UTF-8."),
        (b"name,duration_minutes\nCaf\x81,45\n", "Line 2 is not encoded in UTF-8."),
        (b"\n\n", "The file is empty."),
    ],
)
def test_however_it_was_saved_it_is_understood_or_refused_by_line(
    browser: Browser, office: str, data: bytes, said: str
):
    assert said in text_of(hand_in(browser, office, list=data))


def test_html_in_files_and_in_their_names_is_text(school: School, browser: Browser, office: str):
    script = "<script>alert(1)</script>"
    data = f"name,duration_minutes\n{script},45\n<b>x</b>,soon\n".encode()
    named = SimpleUploadedFile("<img src=x>.csv", data)
    seen = browser.post(f"{office}files/", {"handed_in": named}, follow=True)
    assert "<img src=x>" not in seen.content.decode()
    assert "&lt;img src=x&gt;.csv" in seen.content.decode()
    right = hand_in(browser, office, courses=f"name,duration_minutes\n{script},45\n".encode())
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in right.content.decode()
    assert script not in right.content.decode()
    browser.post(where(right))
    assert Course.objects.of(school).get().name == script


def test_without_a_file_or_with_too_many_the_form_says_what_to_do(browser: Browser, office: str):
    nothing = browser.post(f"{office}files/", {})
    assert (nothing.status_code, "Files: Choose at least one file." in text_of(nothing)) == (422, True)
    empty = browser.post(f"{office}files/", {"handed_in": SimpleUploadedFile("a.csv", b"")})
    assert (empty.status_code, "There is nothing in this file." in text_of(empty)) == (422, True)
    many = [SimpleUploadedFile(f"{number}.csv", b"name\n") for number in range(11)]
    too_many = browser.post(f"{office}files/", {"handed_in": many})
    assert (too_many.status_code, "These are more than 10 files." in text_of(too_many)) == (422, True)
    assert Upload.objects.count() == 0


def test_thousands_of_lines_are_handed_in_at_once(browser: Browser, office: str):
    lines = "".join(f"Course {number},45,{'x' * 500}\n" for number in range(5_000))
    seen = hand_in(browser, office, courses=f"name,duration_minutes,description\n{lines}".encode())
    assert "Courses, 5,000 lines" in text_of(seen)
    assert "And 4950 more." in text_of(seen)
    assert browser.post(f"{office}files/", {"name": "x" * 60_000_000}).status_code == 413


def test_files_are_for_who_handed_them_in_and_for_a_day(school: School, browser: Browser, office: str, rows):
    seen = hand_in(browser, office, courses=all_samples()["courses"])
    colleague, stranger = as_staff(school, Role.OWNER), as_staff(new_school(), Role.OWNER)
    before = rows()
    for other in (colleague, stranger):
        assert (other.get(where(seen)).status_code, other.post(where(seen)).status_code) == (404, 404)
    assert rows() == before
    Upload.objects.update(created_at=now() - dt.timedelta(hours=25))
    assert browser.post(where(seen)).status_code == 404
    forget_old_uploads()
    assert Upload.objects.count() == 0


def test_samples_can_be_had_and_are_taken_in_as_they_are(browser: Browser, office: str):
    for kind, data in all_samples().items():
        answer = browser.get(f"{office}files/samples/{kind}.csv")
        assert (answer.content, answer["Content-Type"]) == (data, "text/csv; charset=utf-8")
    assert browser.get(f"{office}files/samples/staff.csv").status_code == 404
    page = browser.get(f"{office}files/").content.decode()
    assert re.findall(r"files/samples/([a-z]+)\.csv", page) == list(KINDS)


def test_samples_are_of_the_schools_own_types_where_it_names_them(db: None):
    school = new_school("first-aid", course_types=["EFAW", "FAW"])
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    files = {kind: browser.get(f"{office}files/samples/{kind}.csv").content for kind in KINDS}
    assert {row["type"] for row in csv.DictReader(io.StringIO(files["courses"].decode()))} == {"EFAW"}
    taken = take_in(school, *(File(f"{kind}.csv", data) for kind, data in files.items())).files
    assert [(one.file.name, one.refused, bad(one)) for one in taken] == [(f"{kind}.csv", "", []) for kind in KINDS]
    assert "“Music” is not one of this school’s types: EFAW, FAW. The school’s rules name them." in text_of(
        hand_in(browser, office, courses=all_samples()["courses"].replace(b"piano,Piano,", b"viola,Viola,"))
    )


def test_everything_is_given_out_as_export_writes_it(school: School, browser: Browser, office: str):
    take_in(school, *samples())
    answer = browser.get(f"{office}files/export")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == exported(school)
    assert re.fullmatch(rf'attachment; filename="{school.slug}-\d{{4}}-\d\d-\d\d\.zip"', answer["Content-Disposition"])
    again = hand_in(browser, office, **{name.removesuffix(".csv"): data for name, data in exported(school).items()})
    assert text_of(again).startswith("These files change nothing")
