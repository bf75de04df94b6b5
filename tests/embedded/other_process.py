"""Another Schoolbell, which runs a server until its input ends."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src"
PROGRAM = """
import sys
from pathlib import Path
from schoolbell.embedded import Cluster, EmbeddedError
try:
    with Cluster(Path(sys.argv[1])) as cluster:
        print("up", cluster.pid, cluster.url, flush=True)
        sys.stdin.read()
except EmbeddedError as refusal:
    print("refused", refusal)
"""


def schoolbell(data: Path, before: str = "") -> subprocess.Popen[str]:
    """It says `up PID URL` (the server's), or `refused SENTENCE`. `before` is Python that it runs first."""
    return subprocess.Popen(
        [sys.executable, "-c", before + PROGRAM, str(data)],
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def other_process(data: Path) -> Iterator[subprocess.Popen[str]]:
    process = schoolbell(data)
    try:
        yield process
    finally:
        process.communicate()


def said(process: subprocess.Popen[str], word: str) -> str:
    """Its next line, which begins with `word`; the rest of it."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith(word + " "), line
    return line.removeprefix(word).strip()


def server_of(process: subprocess.Popen[str]) -> int:
    return int(said(process, "up").split()[0])
