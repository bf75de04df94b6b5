"""What a school's files would change, and what is wrong with them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from schoolbell.importing.lines import BadLine

MOST_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was handed in."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is added, or changed in these fields (then `changed` is not empty)."""

    line: int
    noun: str
    name: str
    changed: tuple[str, ...] = ()


@dataclass(slots=True)
class FilePlan:
    """What one file would do, or did. It is refused as a whole (`refused`, a sentence) or for its bad lines.

    `counts`: per noun, how many are added, changed, unchanged. `notes`: sentences about what else there is to know.
    """

    file: File
    kind: str = ""
    lines: int = 0
    refused: str = ""
    bad_lines: list[BadLine] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return bool(self.refused or self.bad_lines)

    @property
    def changes_nothing(self) -> bool:
        return not self.is_refused and not self.changes


@dataclass(frozen=True, slots=True)
class Plan:
    """In the order in which files are taken, whatever the order in which they were given."""

    files: Sequence[FilePlan]

    @property
    def is_refused(self) -> bool:
        return any(file.is_refused for file in self.files)
