"""The matching of weekly lessons as plain values: what is wanted, who is open, which rooms there are, what came of it.

Times are minutes of the week by the school's clock: 0 is Monday 00:00, 10,080 the end of Sunday. Nothing here knows the
database, so that a solution can be held against every other one of a small problem.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum

DAY = 24 * 60
WEEK = 7 * DAY
Key = Hashable


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `starts`, included, to `ends`, excluded."""

    starts: int
    ends: int

    def __post_init__(self) -> None:
        if not 0 <= self.starts < self.ends <= WEEK:
            raise ValueError(f"{self.starts}–{self.ends} is no stretch of a week")


@dataclass(frozen=True, slots=True)
class Wish:
    """One weekly lesson that is wanted, to start at a multiple of `grid` minutes. `instructors` are who may give it;
    `ranked`: the first is liked best.

    `before` and `after` are minutes that its instructor and its resource keep free around it; they may lie outside of
    opening hours. `travel`: minutes that its instructor alone needs after it, in which they may rest, too.
    """

    key: Key
    student: Key
    minutes: int
    windows: tuple[Span, ...]
    instructors: tuple[Key, ...]
    ranked: bool = False
    resource_kind: str = ""
    before: int = 0
    after: int = 0
    travel: int = 0
    grid: int = 15


@dataclass(frozen=True, slots=True)
class InstructorWeek:
    """When somebody is open, and what of it is taken already.

    `minutes_left` are left of their hours a week, `lessons_left` of their lessons a day, Monday first; None: any
    number. `minutes_taught` is what they teach already, for the spreading of load.
    """

    key: Key
    open: tuple[Span, ...]
    taken: tuple[Span, ...] = ()
    minutes_left: int | None = None
    lessons_left: tuple[int, ...] | None = None
    minutes_taught: int = 0


@dataclass(frozen=True, slots=True)
class ResourceWeek:
    """When a resource of that kind is open, and what of it is taken already."""

    key: Key
    kind: str
    open: tuple[Span, ...]
    taken: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """This wish is given by this instructor, weekly from that minute, in that resource if it needs one."""

    wish: Key
    instructor: Key
    starts: int
    resource: Key | None = None


class Reason(StrEnum):
    """Why a wish has no place."""

    NOBODY_TEACHES = "nobody_teaches"  # none of those it may be given by teaches at present
    NOBODY_OPEN = "nobody_open"  # nobody of them is open in its windows for long enough
    ALL_TAKEN = "all_taken"  # somebody is open then, but taken, or at the end of their hours
    NO_RESOURCE = "no_resource"  # somebody is free then, but no resource is
    OTHERS_FIRST = "others_first"  # it had a place if others had none


@dataclass(frozen=True, slots=True)
class Problem:
    wishes: tuple[Wish, ...]
    instructors: tuple[InstructorWeek, ...]
    resources: tuple[ResourceWeek, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """How good a solution is: the first difference decides. Of `kept` and `placed` more is better, else less."""

    kept: int
    placed: int
    ranks: int  # the sum of how far down its list each wish was given its instructor
    spread: int  # the sum of the squares of everybody's minutes: the less, the more even

    def __lt__(self, other: "Score") -> bool:
        return self._order < other._order

    @property
    def _order(self) -> tuple[int, int, int, int]:
        return (self.kept, self.placed, -self.ranks, -self.spread)


@dataclass(frozen=True, slots=True)
class Solution:
    """`bound`: more can certainly not be placed. `optimal`: nothing better exists in any respect; it is proved."""

    placed: tuple[Place, ...]
    unplaced: Mapping[Key, Reason]
    score: Score
    bound: int
    optimal: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work has come: `share` from 0 to 1, how many are placed so far, and how many at most can be."""

    share: float
    placed: int
    bound: int
