"""An import that is killed leaves nothing half done, and the same file goes in afterwards."""

import subprocess
import sys
import time
from pathlib import Path

import psycopg

from databases import environment, row_counts
from factories import new_school
from importing.files import counts, everything_holds, sheet, take_in_one

LINES = 200
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def test_nothing_is_left_of_an_import_that_was_killed_in_the_middle(scratch: str, tmp_path: Path) -> None:
    school = new_school()
    text = sheet(*({"name": f"Course {number}", "duration_minutes": "45"} for number in range(LINES)))
    file = tmp_path / "courses.csv"
    file.write_text(text)
    before = row_counts()
    command = [sys.executable, "-m", "schoolbell", "import", "--school", school.slug, str(file)]
    with psycopg.connect(scratch) as other, psycopg.connect(scratch, autocommit=True) as onlooker:
        # Records are written after the courses: whoever waits for this table has written those.
        other.execute("LOCK TABLE journal_record IN SHARE MODE")
        importing = subprocess.Popen(command, env=environment(scratch), stdout=subprocess.DEVNULL)
        while onlooker.execute(WAITING).fetchone() == (0,):
            assert importing.poll() is None
            time.sleep(0.05)
        importing.kill()
        importing.wait()
    assert row_counts() == before
    assert counts(take_in_one(school, text)) == {"course": {"added": LINES}}
    everything_holds()
