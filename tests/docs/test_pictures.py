"""The documents and what they point at."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PICTURE = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#:]+)(?:#[^)]*)?\)")


def named(pattern: re.Pattern[str]) -> Iterator[Path]:
    for document in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        for place in pattern.findall(document.read_text()):
            yield (document.parent / place).resolve()


def test_every_picture_is_in_a_document_and_every_picture_named_is_there():
    assert set(named(PICTURE)) == {path.resolve() for path in (ROOT / "docs" / "screens").iterdir()}


def test_every_picture_is_made_by_a_journey():
    made = re.search(r"<<'PICTURES'\n(.*?)\nPICTURES", (ROOT / "bin" / "screens").read_text(), re.DOTALL)
    assert {f"{line.split()[1]}.png" for line in made[1].splitlines()} == {
        path.name for path in (ROOT / "docs" / "screens").iterdir()
    }


def test_every_document_that_is_linked_is_there():
    assert [path for path in named(LINK) if not path.exists()] == []
