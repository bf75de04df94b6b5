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
        "courses.csv (courses, 5 lines): course 5 added, 0 changed, 0 unchanged",
        "  + line 2, course Piano",
        "  + line 4, course Guitar in a group",
    ]
    assert "  + line 5, booking Noah Bello: Piano, 2026-09-28 15:00 Europe/London" in real.out.splitlines()
    assert "  … and 7 more of booking" in real.out.splitlines()
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
    assert lines[102].startswith("resources.csv (resources, 3 lines): resource 3 added")
    assert told.err.splitlines()[-1] == "schoolbell: 1 of 2 files refused; nothing of them was taken in."


def test_export_writes_five_files_and_writes_over_them(capsys, tmp_path: Path):
    school = riverside()
    run("import", "--school", school.slug, *FILES)
    capsys.readouterr()
    for _time in range(2):
        assert run("export", "--school", school.slug, "--to", str(tmp_path / "out")) == 0
        assert capsys.readouterr().out.split() == [str(tmp_path / "out" / f"{name}.csv") for name in KINDS]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(f"{name}.csv" for name in KINDS)


def test_what_cannot_be_is_one_sentence(tmp_path: Path):
    school = riverside()
    with pytest.raises(CommandRefused, match="there is no school “nowhere”"):
        run("import", "--school", "nowhere", FILES[0])
    with pytest.raises(CommandRefused, match=r"cannot read .*none\.csv: No such file"):
        run("import", "--school", school.slug, str(tmp_path / "none.csv"))
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandRefused, match="cannot write to"):
        run("export", "--school", school.slug, "--to", str(tmp_path / "file"))
