"""The installation's own secret: made once, and there whole or not at all."""

import os
import secrets
import tempfile
from pathlib import Path

from schoolbell.cli.refusals import CommandRefused

BYTES = 32


def secret_key(data: Path) -> str:
    """The key in `data`, which only its user may read. Whoever asks first makes it, whatever kills them on the way.

    Raises CommandRefused where it cannot be kept or read, or is not whole: with another key nothing could be opened
    that this one sealed, and nobody would be told.
    """
    path = data / "secret_key"
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise CommandRefused(f"cannot keep a secret key in {data}: {error.strerror}. Set --data.") from None
    if len(key) < 2 * BYTES:
        raise CommandRefused(
            f"{path} is cut off. Put back a copy of it; without one, delete it: what was sealed with it "
            "(passcodes of online rooms, sign-ins) is lost then."
        )
    return key


def _make(path: Path) -> None:
    """Written aside, brought to the disk, then given its name, unless somebody else was first."""
    number, aside = tempfile.mkstemp(prefix=".secret_key-", dir=path.parent)  # for its user alone
    try:
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            return
    finally:
        Path(aside).unlink()
