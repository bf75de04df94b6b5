"""Putting a thousand weekly lessons on the timetable for forty weeks, and matching weekly wishes."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.dataset import command
from benchmarks.solver import measure_solver
from schoolbell.embedded import Cluster

Say = Callable[[str], None]
ENROLLMENTS = 1_000
WEEKS = 40
FEW = 10  # times fewer, in a school of their own: what a night needs in memory shall not depend on how many they are


class LessonsAmiss(Exception):
    """Not as many lessons are there as there should be."""


def measure_timetable(*, enrollments: int = ENROLLMENTS, weeks: int = WEEKS, progress: Say) -> dict[str, Any]:
    """Everything from an empty folder to the figures; nothing is left behind.

    `generate_s` is the first night's run, `again_s` the second's, which adds nothing. `peak_mib` is the most memory
    that a process ever had which did both and nothing else; that of one with a tenth of the enrollments is said.
    Raises: EmbeddedError, CalledProcessError, LessonsAmiss.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        cluster = Cluster(Path(folder) / "data")
        try:
            cluster.start(progress=progress)
            os.environ |= {"DATABASE_URL": cluster.url, "SCHOOLBELL_SECRET_KEY": secrets.token_hex(32)}
            command("migrate")
            few = _generate("few", max(enrollments // FEW, 1), weeks, progress)
            many = _generate("many", enrollments, weeks, progress)
        finally:
            cluster.stop()
    progress(f"Memory: {few['peak_mib']} MiB for a tenth of the enrollments, {many['peak_mib']} MiB for all of them.")
    return as_figures(many, measure_solver(seconds=60, progress=progress))


def as_figures(generated: dict[str, Any], solved: dict[str, float]) -> dict[str, Any]:
    """What is printed."""
    return {name: generated[name] for name in ("lessons", "generate_s", "again_s", "peak_mib")} | solved


def _generate(slug: str, enrollments: int, weeks: int, progress: Say) -> dict[str, Any]:
    progress(f"Enrolling {enrollments:,} students …")
    expected = _in_a_process("weekly_enrollments", slug, enrollments, weeks)
    found: dict[str, Any] = _in_a_process("extend_twice", slug)
    progress(
        f"{found['lessons']:,} lessons in {found['generate_s']:.1f} s, again in {found['again_s']:.1f} s, "
        f"{found['peak_mib']} MiB at most"
    )
    require_lessons(found, expected)
    return found


def require_lessons(found: dict[str, Any], expected: int) -> None:
    """All that can be, on the first night; none on the second. Raises LessonsAmiss."""
    if (*found["added"], found["lessons"]) != (expected, 0, expected):
        raise LessonsAmiss(f"{found['added']} were added, {found['lessons']} are there, not {expected}")


_CALL = """
import json, os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schoolbell.settings")
import django
django.setup()
from benchmarks import people
from schoolbell.kit.long_lived import settle_down
settle_down()  # as the worker does
name, arguments = sys.argv[1], json.loads(sys.argv[2])
print(json.dumps(getattr(people, name)(*arguments)))
"""


def _in_a_process(name: str, *arguments: object) -> Any:
    """What that function of `benchmarks.people` returns, in a process of its own. Raises CalledProcessError."""
    words = [sys.executable, "-c", _CALL, name, json.dumps(arguments)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)
