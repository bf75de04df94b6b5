"""Chance that repeats itself: the same seed gives the same ids, references and choices."""

import datetime as dt
from random import Random
from uuid import UUID

from schoolbell.kit.ids import REFERENCE_ALPHABET


class Dice(Random):
    """One school's. Never to be used where an id or reference must not be guessed."""

    def __init__(self, seed: str) -> None:
        super().__init__(seed)
        self._made = 0
        self._references: set[str] = set()

    def happens(self, share: float) -> bool:
        """True that often: 0 never, 1 always."""
        return self.random() < share

    def between(self, earliest: dt.datetime, latest: dt.datetime) -> dt.datetime:
        """An instant from the stretch, to the second."""
        seconds = int((latest - earliest).total_seconds())
        return earliest + dt.timedelta(seconds=self.randrange(max(seconds, 1)))

    def new_id(self, at: dt.datetime) -> UUID:
        """A UUIDv7 of that instant. Those of one millisecond sort as they were made, up to 4,096 of them."""
        self._made = (self._made + 1) % 4096
        milliseconds = int(at.timestamp() * 1000)
        return UUID(int=milliseconds << 80 | 0x7 << 76 | self._made << 64 | 0x2 << 62 | self.getrandbits(62))

    def new_reference(self) -> str:
        """As `kit.ids.new_reference`, and never the same one twice."""
        while True:
            characters = "".join(self.choices(REFERENCE_ALPHABET, k=8))
            if characters not in self._references:
                self._references.add(characters)
                return f"{characters[:4]}-{characters[4:]}"
