"""Matching one wish after the other: quick, without any library, good but seldom the best."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from schoolbell.planning.board import Board, Choice, is_kept, solution
from schoolbell.planning.matching_problem import Key, Place, Problem, Progress, Solution

OnProgress = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """For whoever does not ask how far it is."""


def greedy(problem: Problem, *, on_progress: OnProgress = silent) -> Solution:
    """The wishes with the fewest choices come first; each takes its best place that is left. One that finds none may
    push another one elsewhere."""
    return greedy_on(Board(problem), current={}, on_progress=on_progress)


def greedy_on(board: Board, *, current: Mapping[Key, Place], on_progress: OnProgress) -> Solution:
    """Where there is a `current` timetable, what of it still stands is put down first."""
    table = _Table(board)
    wishes = board.problem.wishes
    order = sorted(range(len(wishes)), key=lambda number: len(board.choices[number]))
    possible = sum(1 for choices in board.choices if choices)
    for number in order:
        before = current.get(wishes[number].key)
        table.put_first(choice for choice in board.choices[number] if is_kept(board.place(choice, None), before))
    for done, number in enumerate(order, 1):
        if number not in table.placed and not table.put_best(number) and not current:
            table.push(number)
        on_progress(Progress(done / len(order), len(table.placed), possible))
    placed = [board.place(choice, resource) for choice, resource in table.placed.values()]
    return solution(board, placed, bound=possible, optimal=possible == 0, current=current)


@dataclass
class _Table:
    """Who and what is taken so far, as bits."""

    board: Board
    placed: dict[int, tuple[Choice, int | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem = self.board.problem
        self.instructors = list(self.board.taken)
        self.minutes = [0] * len(problem.instructors)
        self.students: dict[Key, int] = {wish.student: 0 for wish in problem.wishes}
        self.lessons = Counter[tuple[int, int]]()
        self.resources = list(self.board.resource_taken)

    def put_first(self, choices: Iterable[Choice]) -> bool:
        return any(self._put(choice) for choice in choices)

    def put_best(self, number: int) -> bool:
        taught = self.board.problem.instructors

        def liked(choice: Choice) -> tuple[int, int, int]:
            load = taught[choice.instructor].minutes_taught + self.minutes[choice.instructor]
            return choice.rank, load, choice.starts

        return self.put_first(sorted(self.board.choices[number], key=liked))

    def push(self, number: int) -> bool:
        """Find it a place from which one other wish can be moved elsewhere."""
        for choice in self.board.choices[number]:
            in_the_way = self._in_the_way(choice)
            if len(in_the_way) != 1:
                continue
            (other,) = in_the_way
            before = self._take_off(other)
            if self._put(choice):
                if self.put_best(other):
                    return True
                self._take_off(number)
            self._put(*before)
        return False

    def _in_the_way(self, choice: Choice) -> list[int]:
        student = self.board.problem.wishes[choice.wish].student
        found = []
        for number, (other, _resource) in self.placed.items():
            same_instructor = other.instructor == choice.instructor and other.occupied & choice.occupied
            same_student = self.board.problem.wishes[number].student == student and other.cells & choice.cells
            if same_instructor or same_student:
                found.append(number)
                if len(found) > 1:
                    break
        return found

    def _put(self, choice: Choice, resource: int | None = None) -> bool:
        problem = self.board.problem
        wish, cells = problem.wishes[choice.wish], choice.cells
        left = problem.instructors[choice.instructor].minutes_left
        if self.instructors[choice.instructor] & choice.occupied or self.students[wish.student] & cells:
            return False
        if left is not None and self.minutes[choice.instructor] + wish.minutes > left:
            return False
        lessons, day = problem.instructors[choice.instructor].lessons_left, self._day(choice)
        if lessons is not None and self.lessons[day] >= lessons[day[1]]:
            return False
        if wish.resource_kind and resource is None:
            of_kind = self.board.resources_of.get(wish.resource_kind, ())
            resource = next(
                (
                    number
                    for number in of_kind
                    if not cells & ~self.board.resource_open[number] and not choice.held & self.resources[number]
                ),
                None,
            )
            if resource is None:
                return False
        self.instructors[choice.instructor] |= choice.occupied
        self.minutes[choice.instructor] += wish.minutes
        self.lessons[day] += 1
        self.students[wish.student] |= cells
        if resource is not None:
            self.resources[resource] |= choice.held
        self.placed[choice.wish] = (choice, resource)
        return True

    def _take_off(self, number: int) -> tuple[Choice, int | None]:
        choice, resource = self.placed.pop(number)
        wish = self.board.problem.wishes[number]
        self.instructors[choice.instructor] &= ~choice.occupied
        self.minutes[choice.instructor] -= wish.minutes
        self.lessons[self._day(choice)] -= 1
        self.students[wish.student] &= ~choice.cells
        if resource is not None:
            self.resources[resource] &= ~choice.held
        return choice, resource

    def _day(self, choice: Choice) -> tuple[int, int]:
        """Whose day it is, and which."""
        return choice.instructor, self.board.day_of(choice.starts)
