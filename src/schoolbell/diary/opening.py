"""Is this time open? No closure, within the school's own hours and within those of who and what is needed.

Everything that takes time asks here: the search, lessons on demand, generation, slots, sessions and moves. Whoever asks
in order to write keeps the hours still first (`keeping.keep_hours`).
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from uuid import UUID

from schoolbell.diary.closures import closed_stretches
from schoolbell.diary.hours import Rule, open_stretches
from schoolbell.diary.refusals import OutsideOpeningHours, PlaceClosed, SchoolClosed
from schoolbell.kit.database.statements import read
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch, common, covered, less
from schoolbell.schools.models import School

# Theirs, and the school's own.
_HOURS_SQL = f"""
    SELECT diary_id, {", ".join(Rule._fields)} FROM diary_openinghours
    WHERE school_id = %(school_id)s AND (diary_id = ANY(%(diaries)s) OR diary_id IN (
        SELECT diary_id FROM diary_schooldiary WHERE school_id = %(school_id)s
    ))
"""


class Opening:
    """When a school is open, and these diaries are, within a stretch of time. Two queries.

    Of people (instructors) only what their hours open is open; places without hours are open all the time.
    """

    def __init__(
        self, school: School, within: Stretch, *, places: Collection[UUID] = (), people: Collection[UUID] = ()
    ) -> None:
        self.within = within
        self.closures = closed_stretches(school, within)
        rules: dict[UUID | None, list[Rule]] = {diary_id: [] for diary_id in (*places, *people)}
        for diary_id, *values in read(_HOURS_SQL, {"school_id": school.pk, "diaries": list(rules)}):
            rules.setdefault(diary_id if diary_id in rules else None, []).append(Rule._make(values))
        self.school_hours = open_stretches(rules[None], within, always_open=True) if None in rules else None
        self._places = {
            diary_id: open_stretches(rules[diary_id], within, always_open=True)
            for diary_id in places
            if rules[diary_id]
        }
        self._people = {diary_id: open_stretches(rules[diary_id], within) for diary_id in people}

    def is_school_closed(self, during: Stretch) -> bool:
        """Is it, by a closure or by its own hours, at any moment of that time?"""
        return self.is_closure(during) or (self.school_hours is not None and not covered(during, self.school_hours))

    def is_closure(self, during: Stretch) -> bool:
        return any(one.overlaps(during) for one in self.closures)

    def while_open(self, starts: list[dt.datetime], lasts: dt.timedelta) -> list[dt.datetime]:
        """Those of the starts, which are in order, from which the school is open to the end."""
        if not starts or (not self.closures and self.school_hours is None):
            return starts
        whole = [Stretch(starts[0], starts[-1] + lasts)]
        open_ = less(whole if self.school_hours is None else self.school_hours, self.closures)
        found: list[dt.datetime] = []
        for one in open_:
            found += starts[bisect_left(starts, one.starts_at) : bisect_right(starts, one.ends_at - lasts)]
        return found

    def times(self, diaries: Iterable[UUID] = ()) -> list[Stretch]:
        """When the school is open, and so is whoever and whatever has these diaries: in order and apart."""
        found = less([self.within] if self.school_hours is None else self.school_hours, self.closures)
        for diary_id in diaries:
            opened = self.own_times(diary_id)
            found = found if opened is None else common(found, opened)
        return found

    def obstacle(self, during: Stretch, diaries: Iterable[UUID] = ()) -> Refusal | None:
        """Why it cannot be then; None: the school is open, and so is whoever and whatever has these diaries."""
        if self.is_school_closed(during):
            return SchoolClosed(during)
        return next(filter(None, (self.own_obstacle(during, diary_id) for diary_id in diaries)), None)

    def own_obstacle(self, during: Stretch, diary_id: UUID) -> Refusal | None:
        """The same of one person or place alone, whatever the school says."""
        opened = self.own_times(diary_id)
        if opened is None or covered(during, opened):
            return None
        return OutsideOpeningHours(during) if diary_id in self._people else PlaceClosed(during)

    def own_times(self, diary_id: UUID) -> list[Stretch] | None:
        """When whoever or whatever has this diary is open, whatever the school says. None: all the time."""
        return self._people.get(diary_id, self._places.get(diary_id))
