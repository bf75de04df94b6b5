"""Who and what has time, read once for many lessons. What is planned in one go is put there as it comes, and can be
lifted again, so that plans never count on one hour twice."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from schoolbell.bookings.holds import overdue_sources
from schoolbell.diary.models import Claim
from schoolbell.diary.opening import Opening
from schoolbell.diary.refusals import SchoolClosed, TimeTaken
from schoolbell.kit.database.statements import read
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch, cut, day_starts, less, local_day, union
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.moves import Move
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource
from schoolbell.timetable.spacing import Neighbours, Planned, neighbours, place_of, rules_of

WEEK = dt.timedelta(days=7)


@dataclass(slots=True)
class _Diary:
    """What is known of one diary: its stretches in order of time, and what was planned on top."""

    taken: list[Stretch] = field(default_factory=list)
    lessons: list[Stretch] = field(default_factory=list)  # those of `taken` that are lessons
    longest: dt.timedelta = dt.timedelta()
    around: Neighbours | None = None
    planned: dict[UUID, list[Planned]] = field(default_factory=dict)  # per session or series
    _joined: list[Stretch] | None = None
    _with_planned: Neighbours | None = None

    def plan(self, key: UUID, lessons: list[Planned]) -> None:
        self.planned[key] = lessons
        self._with_planned = None

    def lift(self, key: UUID) -> None:
        if self.planned.pop(key, None) is not None:
            self._with_planned = None

    def taken_within(self, within: Stretch) -> list[Stretch]:
        """What is claimed then, and everything that is planned."""
        if self._joined is None:
            self._joined = union(self.taken)
        return cut(self._joined, within) + [one.during for lessons in self.planned.values() for one in lessons]

    @property
    def neighbours(self) -> Neighbours | None:
        """With what is planned: put together once for as long as that stays."""
        if self.around is None or not self.planned:
            return self.around
        if self._with_planned is None:
            self._with_planned = self.around.copied()
            for lessons in self.planned.values():
                for one in lessons:
                    self._with_planned.add(one)
        return self._with_planned


class SpareTime:
    """The time of these instructors (with their persons), places and students, in whole weeks around `within`.

    `apart_from` are sources of claims that do not count, because what they stand for is about to go elsewhere.
    Ten queries at most, however many they are.
    """

    def __init__(
        self,
        school: School,
        within: Stretch,
        *,
        instructors: Sequence[Instructor] = (),
        resources: Sequence[Resource] = (),
        students: Iterable[Student] = (),
        apart_from: Collection[UUID] = (),
    ) -> None:
        self.school = school
        self.within = self._whole_weeks(within)
        ignored = [*overdue_sources(school.pk), *apart_from]
        people = [*(one.person for one in instructors), *(one.person for one in students)]
        self._diaries = {one.diary_id: _Diary() for one in (*people, *resources)}
        self._open: dict[frozenset[UUID], list[Stretch]] = {}
        self._opening = Opening(
            school,
            self.within,
            places=[one.diary_id for one in resources],
            people=[one.person.diary_id for one in instructors],
        )
        self._read_claims(ignored)
        self._rules = rules_of(school)
        if self._rules.matter_to(instructors):
            for diary_id, around in neighbours(
                self._rules, self.within, instructors=instructors, resources=resources, apart_from=ignored
            ).items():
                self._diaries[diary_id].around = around

    def _whole_weeks(self, within: Stretch) -> Stretch:
        return Stretch(self._week_of(within.starts_at).starts_at, self._week_of(within.ends_at).ends_at)

    def _week_of(self, moment: dt.datetime) -> Stretch:
        day = local_day(moment, self.school.zone)
        monday = day - dt.timedelta(days=day.weekday())
        return Stretch(day_starts(monday, self.school.zone), day_starts(monday + WEEK, self.school.zone))

    def _read_claims(self, ignored: Collection[UUID]) -> None:
        values = {
            "school_id": self.school.pk,
            "diaries": list(self._diaries),
            "from": self.within.starts_at,
            "until": self.within.ends_at,
            "ignored": list(ignored),
        }
        for diary_id, kind, starts_at, ends_at in read(_CLAIMS_SQL, values):
            own, during = self._diaries[diary_id], Stretch(starts_at, ends_at)
            own.taken.append(during)
            own.longest = max(own.longest, during.ends_at - during.starts_at)
            if kind == Claim.Kind.LESSON:
                own.lessons.append(during)

    def put(self, move: Move, *, students: Iterable[Student] = (), without: Instructor | None = None) -> None:
        """From now on everybody in it is taken then, save who is away."""
        lessons = [Planned(during, move.session.course_id, place_of(move.resource)) for during in move.slots]
        diaries = [one.person.diary_id for one in move.instructors if without is None or one.pk != without.pk]
        diaries += [move.resource.diary_id] if move.resource else []
        for diary_id in (*diaries, *(one.person.diary_id for one in students)):
            if diary_id in self._diaries:
                self._diaries[diary_id].plan(move.session.pk, lessons)

    def hold(self, key: UUID, diary_id: UUID, lessons: Sequence[Planned]) -> None:
        """Whoever has this diary is taken by these lessons of `key`, a series that has yet to make them."""
        self._diaries[diary_id].plan(key, list(lessons))

    def lift(self, session_id: UUID) -> None:
        """Nobody is taken by that session any more."""
        for own in self._diaries.values():
            own.lift(session_id)

    def is_free(self, diary_id: UUID, during: Stretch) -> bool:
        """Neither claimed nor planned for then. Hours are apart: see `obstacle`."""
        own = self._diaries[diary_id]
        # Of those that begin early enough to reach into it, busy times may overlap: all are looked at.
        first = bisect_left(own.taken, during.starts_at - own.longest, key=_start)
        before = bisect_left(own.taken, during.ends_at, key=_start)
        return not any(one.overlaps(during) for one in own.taken[first:before]) and not any(
            lesson.during.overlaps(during) for lessons in own.planned.values() for lesson in lessons
        )

    def is_school_open(self, during: Stretch) -> bool:
        return not self._opening.is_school_closed(during)

    def free(self, within: Stretch, diaries: Collection[UUID], *, students: Iterable[Student] = ()) -> list[Stretch]:
        """When the school is open and so is everybody and everything that has these diaries, and none of them is taken,
        nor any of the students. In order, and apart."""
        asked = frozenset(diaries)
        if asked not in self._open:
            self._open[asked] = self._opening.times(asked)
        everybody = (*asked, *(one.person.diary_id for one in students))
        taken = (one for diary_id in everybody for one in self._diaries[diary_id].taken_within(within))
        return less(cut(self._open[asked], within), taken)

    def obstacle(self, diary_id: UUID, lessons: Sequence[Planned], *, despite_closed: bool = False) -> Refusal | None:
        """Why whoever has this diary, an instructor or a place, cannot be in all of these lessons; None: they can.

        With `despite_closed` the lessons are meant to be, also where the school is closed.
        """
        for lesson in lessons:
            if not despite_closed and not self.is_school_open(lesson.during):
                return SchoolClosed(lesson.during)
            if not self.is_free(diary_id, lesson.during):
                return TimeTaken(lesson.during)
        if refusal := self.objection(diary_id, lessons):
            return refusal
        shut = (self._opening.own_obstacle(one.during, diary_id) for one in lessons)
        return next(filter(None, shut), None)

    def objection(self, diary_id: UUID, lessons: Sequence[Planned]) -> Refusal | None:
        """What the rules between neighbours say against all of these lessons, or nothing."""
        around = self._diaries[diary_id].neighbours
        if around is None:
            return None
        if len(lessons) > 1:
            around = around.copied()
        for lesson in lessons:
            if refusal := around.objection(lesson):
                return refusal
            if len(lessons) > 1:
                around.add(lesson)
        return None

    def minutes_in_week(self, diary_id: UUID, of: dt.datetime) -> int:
        """How long they teach in the week of that moment, by what is on the timetable now."""
        week = self._week_of(of)
        return sum(one.minutes for one in self._diaries[diary_id].lessons if one.overlaps(week))


def _start(stretch: Stretch) -> dt.datetime:
    return stretch.starts_at


_CLAIMS_SQL = """
    SELECT own.diary_id, kind, starts_at, ends_at
    FROM unnest(%(diaries)s::uuid[]) AS own(diary_id)
    CROSS JOIN LATERAL (
        SELECT kind, lower(during) AS starts_at, upper(during) AS ends_at FROM diary_claim
        WHERE school_id = %(school_id)s AND diary_id = own.diary_id AND NOT waived
          AND during && tstzrange(%(from)s, %(until)s) AND source <> ALL(%(ignored)s::uuid[])
        OFFSET 0  -- each diary by itself: its index knows no "any of these"
    ) AS claim
    ORDER BY 3
"""
