"""Numbers in JSON that anybody may write: those that every reader of JSON reads alike."""

from typing import Any, Final

MOST: Final = 2**53  # beyond it JavaScript rounds, and some writers of JSON give up


def has_plain_numbers(value: Any) -> bool:
    """Is no number in it, however deep, beyond `MOST` either way?"""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, (int, float)) and not -MOST <= one <= MOST:
            return False
    return True
