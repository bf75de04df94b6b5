"""How many examples are drawn at random."""

from hypothesis import settings


def examples(number: int) -> settings:
    """So many; with `bin/test --slow` twenty times as many, and other ones each time (conftest's profiles)."""
    return settings(max_examples=number * settings.default.max_examples // 100)
