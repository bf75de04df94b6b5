"""The best timetable for weekly wishes that can be found in a given time.

With `schoolbell[solver]` it is found by OR-Tools; without, wishes are matched one after the other. Only the process
that works proposals out imports this: OR-Tools is large.
"""

from collections.abc import Mapping
from importlib.util import find_spec

from schoolbell.planning.board import Board
from schoolbell.planning.greedy import OnProgress, greedy_on, silent
from schoolbell.planning.matching_problem import Key, Place, Problem, Solution

HAS_SOLVER = find_spec("ortools") is not None
if HAS_SOLVER:
    from schoolbell.planning.exact import better


def solve(problem: Problem, *, seconds: float, on_progress: OnProgress = silent) -> Solution:
    """Places as many wishes as it can, then by instructors as high on their lists as it can, then spreads the load."""
    return repair(problem, {}, seconds=seconds, on_progress=on_progress)


def repair(
    problem: Problem, current: Mapping[Key, Place], *, seconds: float, on_progress: OnProgress = silent
) -> Solution:
    """The same, but before all else as many of the wishes as can be keep the instructor and time that they have in
    `current`; what of it the problem no longer allows is placed anew."""
    board = Board(problem)
    if not HAS_SOLVER:
        return greedy_on(board, current=current, on_progress=on_progress)
    start = greedy_on(board, current=current, on_progress=silent)
    return better(board, start, current=current, seconds=seconds, on_progress=on_progress)
