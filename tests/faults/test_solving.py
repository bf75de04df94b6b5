"""The worker is killed in the middle of working a timetable out."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from databases import ROOT, environment
from demo_process import children_by_parent
from factories import OWNER, at, new_instructor, new_lessons, new_school
from planning.asking import ask
from schoolbell.kit.time import now
from schoolbell.planning.models import Placement, Proposal
from schoolbell.planning.proposals import propose_timetable

PATIENCE = 60.0


@contextmanager
def worker(database: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "schoolbell", "worker"]
    process = subprocess.Popen(command, env=environment(database), cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < until
        time.sleep(0.1)


def solvers_waiting() -> int:
    """Connections that wait to write down what they have worked out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%planning_placement%'"
            " AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])


def test_a_killed_worker_leaves_its_proposal_to_the_next(scratch: str):
    school = new_school()
    new_instructor(school)
    for _ in range(3):
        ask(new_lessons(school), starts_on=at(7).date())
    asked = propose_timetable(school, by=OWNER, seconds=5)
    with psycopg.connect(scratch) as other, worker(scratch) as first:
        other.execute("LOCK TABLE planning_placement IN ACCESS EXCLUSIVE MODE")
        wait_until(lambda: solvers_waiting() == 1)
        (solver,) = children_by_parent()[first.pid]
        first.kill()
        first.wait()
        wait_until(lambda: solver not in {child for found in children_by_parent().values() for child in found})
        other.rollback()
    wait_until(lambda: solvers_waiting() == 0)
    asked.refresh_from_db()
    assert (asked.status, asked.attempts) == ("solving", 1)
    assert Placement.objects.count() == 0
    Proposal.objects.update(lease_until=now())  # half a minute later
    with worker(scratch):
        wait_until(lambda: Proposal.objects.get().status == "ready")
    asked.refresh_from_db()
    assert (asked.attempts, asked.placed, asked.lease) == (2, 3, None)
    assert Placement.objects.count() == 3
