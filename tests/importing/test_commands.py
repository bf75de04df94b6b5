"""`schoolbell import` and `schoolbell export`, as they are typed."""

from pathlib import Path

import pytest

from importing.files import SAMPLES, riverside
from schoolbell.cli.arguments import parser
from schoolbell.cli.commands import export, import_
from schoolbell.cli.refusals import CommandRefused
from schoolbell.importing.kinds import KINDS

pytestmark = pytest.mark.django_db
FILES = [str(SAMPLES / f"{name}.csv") for name in KINDS]


def run(*typed: str) -> int:
    arguments = parser().parse_args(typed)
    return {"import": import_, "export": export}[arguments.command].run(arguments)


def test_a_dry_run_and_the_import_say_the_same_and_the_first_writes_nothing(capsys, rows):
    school = riverside()
    before = rows()
    assert run("import", "--school", school.slug, "--dry-run", *FILES) == 0
    dry = capsys.readouterr()
    assert rows() == before
    assert dry.err.splitlines()[-1] == "This was a dry run: nothing was written."
    assert run("import", "--school", school.slug, *FILES) == 0
    real = capsys.readouterr()
    assert real.out == dry.out
    assert real.out.splitlines()[:3] == [
        "courses.csv (courses, 5 lines): 5 courses added",
        "  + line 2, course Piano",
        "  + line 4, course Guitar in a group",
    ]
    assert "  + line 5, booking Noah Bello: Piano, 2026-09-28 15:00 Europe/London" in real.out.splitlines()
    assert "  … and 7 more bookings" in real.out.splitlines()
    assert real.err.startswith("Taking in courses.csv (courses) …\n")


def test_a_refused_file_is_told_and_the_status_says_so(capsys, tmp_path: Path):
    school = riverside()
    file = tmp_path / "mine.csv"
    file.write_text("name,duration_minutes\n" + "Piano,x\n" * 150, encoding="utf-8")
    assert run("import", "--school", school.slug, str(file), FILES[1]) == 1
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[:2] == [
        "mine.csv (courses, 150 lines): refused.",
        "  line 2, duration_minutes: “x” is not a whole number",
    ]
    assert lines[101] == "  … and 50 more"
    assert lines[102].startswith("resources.csv (resources, 3 lines): 3 places added")
    assert told.err.splitlines()[-1] == "schoolbell: mine.csv is refused."


def test_two_refused_files_of_a_dry_run_are_named_and_nothing_is_written(capsys, rows, tmp_path: Path):
    school = riverside()
    before = rows()
    files = [tmp_path / name for name in ("a.csv", "b.csv")]
    for file in files:
        file.write_text("name,duration_minutes\nPiano,x\n", encoding="utf-8")
    assert run("import", "--school", school.slug, "--dry-run", *map(str, files)) == 1
    told = capsys.readouterr()
    assert told.out.splitlines()[0] == "a.csv (courses, 1 line): refused."
    assert told.err.splitlines()[-2:] == [
        "schoolbell: a.csv and b.csv are refused.",
        "This was a dry run: nothing was written.",
    ]
    assert rows() == before


def test_what_is_changed_and_what_stays_is_counted_and_told_by_line(capsys, tmp_path: Path):
    school = riverside()
    run("import", "--school", school.slug, *FILES)
    capsys.readouterr()
    (tmp_path / "students.csv").write_text(
        "first_name,last_name,skill_level,client_first_name,relationship\n"
        "Emma,Marsh,grade 9,,\nNew,One,,Mum,mother\nNew,Two,,Mum,mother\n",
        encoding="utf-8",
    )
    assert run("import", "--school", school.slug, str(tmp_path / "students.csv")) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first.startswith("students.csv (students, 3 lines): 2 students added, 1 changed; ")
    assert "2 guardians added" in first
    numbers = [int(line.split("line ")[1].split(",")[0]) for line in lines if " line " in line]
    assert numbers == sorted(numbers)
    assert "  ~ line 2, student Emma Marsh: skill_level" in lines


def test_export_writes_its_files_and_writes_over_them_only_if_that_is_said(capsys, tmp_path: Path):
    school = riverside()
    run("import", "--school", school.slug, *FILES)
    capsys.readouterr()
    for force in ([], ["--force"]):
        assert run("export", "--school", school.slug, "--to", str(tmp_path / "out"), *force) == 0
        assert capsys.readouterr().out.split() == [str(tmp_path / "out" / f"{name}.csv") for name in KINDS]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(f"{name}.csv" for name in KINDS)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "students.csv").write_text("typed by hand", encoding="utf-8")
    with pytest.raises(CommandRefused, match=r"mine has students\.csv already: choose another folder"):
        run("export", "--school", school.slug, "--to", str(tmp_path / "mine"))
    assert [path.read_text() for path in (tmp_path / "mine").iterdir()] == ["typed by hand"]


def test_what_cannot_be_is_one_sentence(tmp_path: Path):
    school = riverside()
    with pytest.raises(CommandRefused, match="there is no school “nowhere”"):
        run("import", "--school", "nowhere", FILES[0])
    with pytest.raises(CommandRefused, match=r"cannot read .*none\.csv: No such file"):
        run("import", "--school", school.slug, str(tmp_path / "none.csv"))
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandRefused, match="cannot write to"):
        run("export", "--school", school.slug, "--to", str(tmp_path / "file"))
