"""Matching by OR-Tools: it begins with what the quick way found, betters it, and proves how far it is from the best.

Only where `schoolbell[solver]` is installed can this be imported.
"""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from math import ceil

from ortools.sat.python import cp_model

from schoolbell.planning.board import Board, solution
from schoolbell.planning.exact_model import Model
from schoolbell.planning.greedy import OnProgress
from schoolbell.planning.matching_problem import Key, Place, Progress, Solution

WORKERS = 2
LOOK_EVERY = 0.25  # seconds between two words on how far it is
SHARE = 0.7  # of the time that is left, for each aim but the last


def better(
    board: Board, start: Solution, *, current: Mapping[Key, Place], seconds: float, on_progress: OnProgress
) -> Solution:
    """A solution at least as good as `start`, found in about that time; sooner when it is proved to be the best."""
    if not any(board.choices):
        return start
    return _Search(board, Model.of(board, start, current), current, seconds, on_progress, start).run()


@dataclass
class _Search:
    """One aim after the other; what was reached of one is a condition for the next."""

    board: Board
    model: Model
    current: Mapping[Key, Place]
    seconds: float
    on_progress: OnProgress
    best: Solution

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        self.bound = self.best.bound
        self.optimal = self.model.is_whole

    def run(self) -> Solution:
        start, model = self.best, self.model
        model.hint(start.placed)
        ran = not self.current or self._reach(model.changed(self.current))
        ran = ran and self._reach(model.unplaced(), places=True)
        ran = ran and self._reach(model.ranks())
        if ran:
            spread = model.spread()
            model.hint(self.best.placed)
            ran = self._reach(spread, share=1.0)
        found = start if self.best.score < start.score else self.best
        return solution(self.board, found.placed, bound=self.bound, optimal=self.optimal and ran, current=self.current)

    def _reach(self, aim: cp_model.LinearExprT, *, share: float = SHARE, places: bool = False) -> bool:
        """Come as near to it as a share of the time left allows, and hold on to that. False: nothing was found in it.

        `places`: this aim is to leave as few as possible without a place.
        """
        model = self.model
        model.model.minimize(aim)
        solver, status = self._solve(share, counts=len(model.missed) if places else 0)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return False
        reached, least = round(solver.objective_value), max(0, ceil(solver.best_objective_bound - 1e-6))
        self.optimal = self.optimal and reached == least
        if places and model.is_whole:
            self.bound = len(model.missed) - least
        model.model.add(aim <= reached)
        found = model.places(solver)
        model.hint(found)
        self.best = solution(self.board, found, bound=self.bound, optimal=False, current=self.current)
        return True

    def _solve(self, share: float, *, counts: int) -> tuple[cp_model.CpSolver, cp_model.CpSolverStatus]:
        """`counts`: how many there are to place, where placing is the aim."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = WORKERS
        solver.parameters.max_time_in_seconds = max(0.5, (self.seconds - self._gone()) * share)
        seen = _Seen(len(self.best.placed), counts)
        with ThreadPoolExecutor(1) as pool:
            work = pool.submit(solver.solve, self.model.model, seen)
            try:
                while not wait([work], timeout=LOOK_EVERY).done:
                    self.on_progress(Progress(min(self._gone() / self.seconds, 0.99), seen.placed, self.bound))
            except BaseException:
                seen.is_given_up = True
                solver.stop_search()
                raise
            return solver, work.result()

    def _gone(self) -> float:
        return time.monotonic() - self.began


class _Seen(cp_model.CpSolverSolutionCallback):
    """What was found so far, while the search goes on."""

    def __init__(self, placed: int, counts: int) -> None:
        super().__init__()
        self.placed, self.counts, self.is_given_up = placed, counts, False

    def on_solution_callback(self) -> None:
        if self.counts:
            self.placed = max(self.placed, self.counts - round(self.objective_value))
        if self.is_given_up or self.objective_value < 0.5:  # no aim can be below nothing, which presolve may not see
            self.stop_search()
