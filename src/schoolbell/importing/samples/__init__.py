"""A small music school's own files: one of each kind, to copy and fill."""

from pathlib import Path

from schoolbell.importing.kinds import KINDS


def sample(kind: str) -> bytes:
    """The sample file of that kind. Raises LookupError where there is no such kind."""
    if kind not in KINDS:
        raise LookupError(kind)
    return (Path(__file__).parent / f"{kind}.csv").read_bytes()
