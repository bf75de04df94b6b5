import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A private folder with a short path: a socket's path may not be long."""
    path = Path(tempfile.mkdtemp(prefix="sb-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def data(place: Path) -> Path:
    return place / "var"
