"""Days in a row at the same hours, which can be said in one line."""

from collections.abc import Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from schoolbell.kit.time import Stretch


def is_a_run(times: Sequence[Stretch], where: ZoneInfo) -> bool:
    """On the clocks of that zone; one alone is a run too."""
    local = [(time.starts_at.astimezone(where), time.ends_at.astimezone(where)) for time in times]
    same_hours = len({(starts.time(), ends.time()) for starts, ends in local}) == 1
    return same_hours and all((later[0].date() - one[0].date()).days == 1 for one, later in pairwise(local))
