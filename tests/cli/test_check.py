"""`schoolbell check` says each row that breaks a rule in a line of its own, and that all rules hold when they do."""

from argparse import Namespace
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection

import schoolbell
from factories import new_course, new_school, new_session
from schoolbell.cli.commands.check import ALL, run
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db


def test_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    school = new_school()
    sessions = [new_session(new_course(school)) for _ in range(2)]
    assert (run(Namespace()), capsys.readouterr().out) == (0, f"All {len(ALL)} rules hold.\n")
    Session.objects.update(timezone="Europe/Atlantis")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE diary_claim DROP CONSTRAINT claim_lessons_exclude")
    assert run(Namespace()) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == (
        "The database holds rows to every constraint, unique key and foreign key that is promised of them."
        " Not so: diary_claim: claim_lessons_exclude (missing)."
    )
    assert set(said[1:3]) == {
        "Sessions and series keep the clocks of a time zone that IANA names."
        f" Not so: {one.pk} of school {school.pk} (Europe/Atlantis)."
        for one in sessions
    }
    assert said[3:] == ["3 broken."]


def test_every_floor_has_its_part_in_it() -> None:
    parts = [
        import_module(f"schoolbell.{path.parent.name}.checks")
        for path in Path(schoolbell.__file__).parent.glob("*/checks.py")
    ]
    assert {check for part in parts for check in getattr(part, "CHECKS", ())} == set(ALL)
    assert len({check.rule for check in ALL}) == len(ALL)
