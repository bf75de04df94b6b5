"""Rules between neighbours: buffers, travel, lessons a day, hours a week.

No constraint can hold them, so whoever takes time locks the diaries first (`claims.lock_diaries`) and asks here then.
The search for free times asks without a lock, and what it offers is asked about again when it is booked.
"""

import datetime as dt
import json
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from schoolbell.catalogue.models import ResourceKind
from schoolbell.diary.refusals import TimeTaken
from schoolbell.kit.database.statements import multirange, read
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch, day_starts, local_day
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.schools.policies import Policies
from schoolbell.timetable.models import Resource
from schoolbell.timetable.refusals import DayFull, TooClose, TravelTimeNeeded, WeekFull

DAY: Final = dt.timedelta(days=1)
LONGEST_PAUSE: Final = dt.timedelta(minutes=2 * 240)  # two buffers, each as long as the policies allow
_BUFFERS: Final = ("buffer_before_minutes", "buffer_after_minutes")


@dataclass(frozen=True, slots=True)
class Planned:
    """A lesson that is about to be put somewhere. `place_id` is its venue, if it has one: elsewhere nobody travels."""

    during: Stretch
    course_id: UUID
    place_id: UUID | None = None


def place_of(resource: Resource | None) -> UUID | None:
    """Where people have to go: a venue. Rooms online and vehicles are wherever one is."""
    return resource.pk if resource is not None and resource.kind == ResourceKind.VENUE else None


@dataclass(frozen=True, slots=True)
class Rules:
    """What a school and its courses say about neighbours."""

    school: School
    by_course: Mapping[UUID, Policies]  # of the courses that have some of their own
    travel: Mapping[frozenset[UUID], int]

    def of(self, course_id: UUID) -> Policies:
        return self.by_course.get(course_id, self.school.policies)

    def cap_hours_of(self, instructors: Iterable[Instructor]) -> bool:
        """Is there a most that any of them may teach in a week?"""
        all_policies = (self.school.policies, *self.by_course.values())
        return any(one.max_hours_per_week for one in instructors) or any(one.max_hours_per_week for one in all_policies)

    def matter_to(self, instructors: Iterable[Instructor]) -> bool:
        """Is there any such rule? Mostly there is none, and nothing needs to be read or locked."""
        return (
            bool(self.travel)
            or any(one.max_hours_per_week for one in instructors)
            or any(
                any(getattr(policies, name) for name in (*_BUFFERS, "travel_minutes"))
                or policies.most_lessons_a_day
                or policies.max_hours_per_week
                for policies in (self.school.policies, *self.by_course.values())
            )
        )

    @property
    def reach(self) -> dt.timedelta:
        """How far apart two lessons can be for a rule to ask for more time between them."""
        all_policies = (self.school.policies, *self.by_course.values())
        before, after = (max(getattr(one, name) for one in all_policies) for name in _BUFFERS)
        ways = (*self.travel.values(), *(one.travel_minutes for one in all_policies))
        return dt.timedelta(minutes=max(before + after, *ways))

    def travel_between(self, one: UUID | None, other: UUID | None, policies: Policies) -> int:
        if one is None or other is None or one == other:
            return 0
        return self.travel.get(frozenset((one, other)), policies.travel_minutes)


def rules_of(school: School) -> Rules:
    """Two small queries."""
    own = read(
        "SELECT id, overrides FROM catalogue_course WHERE school_id = %(school_id)s AND overrides <> '{}'",
        {"school_id": school.pk},
    )
    ways = read(
        "SELECT one_id, other_id, minutes FROM timetable_travel WHERE school_id = %(school_id)s",
        {"school_id": school.pk},
    )
    return Rules(
        school,
        {course_id: school.policies_for(json.loads(overrides)) for course_id, overrides in own},
        {frozenset((one, other)): minutes for one, other, minutes in ways},
    )


@dataclass(slots=True)
class Neighbours:
    """The lessons around, in one diary, in order of time. Lessons that are planned in one go are added as they come."""

    rules: Rules
    instructor: Instructor | None  # whose diary it is; None: a resource's, which has buffers alone
    lessons: list[Planned] = field(default_factory=list)
    _starts: list[dt.datetime] = field(default_factory=list)  # theirs, in which a place among them is found fast
    _minutes_in_week: dict[dt.date, int] = field(default_factory=dict)  # by its Monday, as far as they are known

    def add(self, lesson: Planned) -> None:
        at = bisect_left(self._starts, lesson.during.starts_at)
        self.lessons.insert(at, lesson)
        self._starts.insert(at, lesson.during.starts_at)
        monday = _monday(local_day(lesson.during.starts_at, self._zone)) if self._minutes_in_week else None
        if monday in self._minutes_in_week:
            self._minutes_in_week[monday] += lesson.during.minutes

    def copied(self) -> "Neighbours":
        """One to which more lessons can be added."""
        known = self._minutes_in_week.copy()
        return Neighbours(self.rules, self.instructor, self.lessons.copy(), self._starts.copy(), known)

    def know_minutes(self, by_monday: Mapping[dt.date, int]) -> None:
        """How long is taught in these weeks, whichever of their lessons are here."""
        self._minutes_in_week.update(by_monday)

    @property
    def _zone(self) -> ZoneInfo:
        return self.rules.school.zone

    def objection(self, to: Planned) -> Refusal | None:
        """What speaks against a lesson there, or nothing."""
        at = bisect_right(self._starts, to.during.starts_at)
        if any(self._too_close(earlier, later, of=to) for earlier, later in self._around(to, at)):
            return TooClose(to.during)
        if self.instructor is None:
            return None
        return TravelTimeNeeded(to.during) if self._too_far(to, at) else self._too_much(to)

    def overlaps(self, during: Stretch) -> bool:
        return any(one.during.overlaps(during) for one in self.lessons)

    def _around(self, to: Planned, at: int) -> Iterator[tuple[Planned, Planned]]:
        """It, with each lesson that any pause could reach: a short one between does not shorten another's."""
        for before in map(self.lessons.__getitem__, range(at - 1, -1, -1)):
            if to.during.starts_at - before.during.ends_at >= LONGEST_PAUSE:
                break
            yield before, to
        for after in islice(self.lessons, at, None):
            if after.during.starts_at - to.during.ends_at >= LONGEST_PAUSE:
                break
            yield to, after

    def _too_close(self, earlier: Planned, later: Planned, *, of: Planned) -> bool:
        after = self.rules.of(earlier.course_id).buffer_after_minutes
        before = self.rules.of(later.course_id).buffer_before_minutes
        policies = self.rules.of(of.course_id)
        buffer = max(after, before) if policies.buffers_shared else after + before
        return later.during.starts_at - earlier.during.ends_at < dt.timedelta(minutes=buffer)

    def _too_far(self, to: Planned, at: int) -> bool:
        """From where the instructor was last before it, or to where they are next. A lesson without a place is given
        wherever one is, also on the way: it neither begins a way nor ends one."""
        if to.place_id is None:
            return False
        before = next((one for one in reversed(self.lessons[:at]) if one.place_id), None)
        after = next((one for one in self.lessons[at:] if one.place_id), None)
        return any(
            later.during.starts_at - earlier.during.ends_at < dt.timedelta(minutes=self._way(earlier, later, of=to))
            for earlier, later in ((before, to), (to, after))
            if earlier and later
        )

    def _way(self, earlier: Planned, later: Planned, *, of: Planned) -> int:
        return self.rules.travel_between(earlier.place_id, later.place_id, self.rules.of(of.course_id))

    def _too_much(self, to: Planned) -> Refusal | None:
        policies = self.rules.of(to.course_id)
        day = local_day(to.during.starts_at, self._zone)
        if policies.most_lessons_a_day and len(self._on(day)) >= policies.most_lessons_a_day:
            return DayFull(to.during)
        own = self.instructor.max_hours_per_week if self.instructor else None
        most = own or policies.max_hours_per_week
        if most and self._minutes(_monday(day)) + to.during.minutes > most * 60:
            return WeekFull(to.during)
        return None

    def _minutes(self, monday: dt.date) -> int:
        if monday not in self._minutes_in_week:
            week = self._on(monday, monday + 6 * DAY)
            self._minutes_in_week[monday] = sum(lesson.during.minutes for lesson in week)
        return self._minutes_in_week[monday]

    def _on(self, first: dt.date, last: dt.date | None = None) -> Sequence[Planned]:
        """Those that begin on that day, or on one of these."""
        after = day_starts((last or first) + DAY, self._zone)
        return self.lessons[bisect_left(self._starts, day_starts(first, self._zone)) : bisect_left(self._starts, after)]


def neighbours(
    rules: Rules,
    within: Stretch,
    *,
    instructors: Sequence[Instructor] = (),
    resources: Sequence[Resource] = (),
    apart_from: Collection[UUID] = (),
) -> dict[UUID, Neighbours]:
    """Per diary of these instructors (with their persons) and resources, its lessons in all weeks that the stretch
    touches. `apart_from` are the slots that do not count: overdue ones, or those that are about to be moved."""
    found = {one.person.diary_id: Neighbours(rules, one) for one in instructors}
    found |= {one.diary_id: Neighbours(rules, None) for one in resources}
    weeks = whole_weeks(within, rules.school.zone)
    _read_lessons(found, rules.school, [weeks], apart_from)
    return found


def neighbours_of(
    rules: Rules,
    times: Collection[Stretch],
    *,
    instructors: Sequence[Instructor] = (),
    resources: Sequence[Resource] = (),
    apart_from: Collection[UUID] = (),
) -> dict[UUID, Neighbours]:
    """As `neighbours`, but to be asked about lessons at these times alone. For many months of one hour a week: only
    what is near is read, and of the weeks how long is taught in each."""
    found = {one.person.diary_id: Neighbours(rules, one) for one in instructors}
    found |= {one.diary_id: Neighbours(rules, None) for one in resources}
    near = [_near(during, rules.reach, rules.school.zone) for during in times]
    _read_lessons(found, rules.school, near, apart_from)
    if rules.cap_hours_of(instructors):
        span = Stretch(min(one.starts_at for one in times), max(one.ends_at for one in times))
        _read_minutes(found, rules.school, whole_weeks(span, rules.school.zone), apart_from)
    return found


def _read_lessons(
    found: Mapping[UUID, Neighbours], school: School, within: Sequence[Stretch], apart_from: Collection[UUID]
) -> None:
    values = {"school_id": school.pk, "diaries": list(found), "apart_from": list(apart_from)}
    rows = read(_LESSONS_SQL, values | {"within": multirange(within)}, prepared=False)
    for diary_id, starts_at, ends_at, course_id, place_id in rows:
        found[diary_id].add(Planned(Stretch.known(starts_at, ends_at), course_id, place_id))


def _read_minutes(
    found: Mapping[UUID, Neighbours], school: School, within: Stretch, apart_from: Collection[UUID]
) -> None:
    """Of every instructor, for all of these weeks."""
    first, last = (local_day(at, school.zone) for at in within)
    mondays = [first + n * DAY for n in range(0, (last - first).days, 7)]
    own = {diary_id: one for diary_id, one in found.items() if one.instructor}
    for one in own.values():
        one.know_minutes(dict.fromkeys(mondays, 0))
    rows = read(
        _MINUTES_SQL,
        {
            "school_id": school.pk,
            "diaries": list(own),
            "mondays": [day_starts(monday, school.zone) for monday in mondays],
            "from": within.starts_at,
            "until": within.ends_at,
            "apart_from": list(apart_from),
        },
        prepared=False,
    )
    for diary_id, place, minutes in rows:
        if place:  # what began before these weeks reaches into them
            own[diary_id].know_minutes({mondays[place - 1]: minutes})


def require_spaced(
    rules: Rules,
    lessons: Sequence[Planned],
    *,
    instructors: Sequence[Instructor],
    resource: Resource | None,
    apart_from: Collection[UUID] = (),
) -> None:
    """Whoever takes this time asks here, after `claims.lock_diaries` of all of them. Raises: AgainstRules; TimeTaken
    where a lesson lies over another, which no word of the office helps against."""
    if not rules.matter_to(instructors):
        return
    span = Stretch(min(one.during.starts_at for one in lessons), max(one.during.ends_at for one in lessons))
    around = neighbours(
        rules, span, instructors=instructors, resources=[resource] if resource else (), apart_from=apart_from
    )
    for lesson in lessons:
        for one in around.values():
            if one.overlaps(lesson.during):
                raise TimeTaken(lesson.during)
            if refusal := one.objection(lesson):
                raise refusal
            one.add(lesson)


# "Not waived" is true of every lesson here, a student's alone can be; saying it lets the exclusion's index be used.
# Each diary is looked into by itself (`OFFSET 0`): that index knows no "any of these", and would go through the time of
# the whole school. What the lessons are of is looked up one by one, by their keys: while a first night fills empty
# tables, the planner knows too little of them to choose a way of joining.
_LESSONS_SQL = """
    WITH claim AS MATERIALIZED (
        SELECT own.diary_id, starts_at, ends_at, source
        FROM unnest(%(diaries)s::uuid[]) AS own(diary_id)
        CROSS JOIN LATERAL (
            SELECT lower(during) AS starts_at, upper(during) AS ends_at, source FROM diary_claim
            WHERE school_id = %(school_id)s AND diary_id = own.diary_id AND kind = 'lesson' AND NOT waived
              AND during && %(within)s::tstzmultirange AND source <> ALL(%(apart_from)s::uuid[])
            OFFSET 0
        ) AS theirs
    )
    SELECT claim.diary_id, claim.starts_at, claim.ends_at, session.course_id,
           (SELECT id FROM timetable_resource
            WHERE school_id = %(school_id)s AND id = session.resource_id AND kind = 'venue')
    FROM claim
    CROSS JOIN LATERAL (
        SELECT session_id FROM timetable_slot WHERE school_id = %(school_id)s AND id = claim.source LIMIT 1
    ) AS slot
    CROSS JOIN LATERAL (
        SELECT course_id, resource_id FROM timetable_session
        WHERE school_id = %(school_id)s AND id = slot.session_id LIMIT 1
    ) AS session
    ORDER BY 2
"""
# A lesson is of the week in which it begins.
_MINUTES_SQL = """
    SELECT own.diary_id, width_bucket(starts_at, %(mondays)s::timestamptz[]), sum(minutes)::int
    FROM unnest(%(diaries)s::uuid[]) AS own(diary_id)
    CROSS JOIN LATERAL (
        SELECT lower(during) AS starts_at, extract(epoch FROM upper(during) - lower(during))::int / 60 AS minutes
        FROM diary_claim
        WHERE school_id = %(school_id)s AND diary_id = own.diary_id AND kind = 'lesson' AND NOT waived
          AND during && tstzrange(%(from)s, %(until)s) AND source <> ALL(%(apart_from)s::uuid[])
        OFFSET 0
    ) AS theirs
    GROUP BY 1, 2
"""


def _near(during: Stretch, reach: dt.timedelta, where: ZoneInfo) -> Stretch:
    """Its day, and as far as rules reach."""
    day = local_day(during.starts_at, where)
    return Stretch(
        min(day_starts(day, where), during.starts_at - reach), max(day_starts(day + DAY, where), during.ends_at + reach)
    )


def whole_weeks(within: Stretch, where: ZoneInfo) -> Stretch:
    """All weeks that it touches, and a day more at both sides is in them too: as far as rules look."""
    first = _monday(local_day(within.starts_at, where) - DAY)
    last = _monday(local_day(within.ends_at, where) + DAY) + 7 * DAY
    return Stretch(day_starts(first, where), day_starts(last, where))


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
