"""What a process that runs for weeks does once, when it has loaded all that it needs."""

import gc
from typing import Final

YOUNG: Final = 20_000  # new objects between two looks for garbage: a page of free times makes thousands that are not


def settle_down() -> None:
    """What is kept for life is not looked through for garbage again and again, in the middle of somebody's request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 50)
