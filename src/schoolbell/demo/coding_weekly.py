"""What repeats at the coding school: its clubs are series, and some children are enrolled for lessons week by week."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from uuid import UUID

from schoolbell.bookings.models import Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.demo.coding_staff import TUTORS, Club, Tutor
from schoolbell.demo.house import House
from schoolbell.demo.plan import Learner, Place, PlannedSession, Teacher
from schoolbell.demo.weeks import AHEAD, clock
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.time import Stretch
from schoolbell.timetable.models import Series, SeriesStaffing, SkippedOccurrence
from schoolbell.timetable.recurrence import weekly_on

DAY: Final = dt.timedelta(days=1)
ENROLLED: Final = 8
GOOD: Final = 4  # of the lessons that are looked at, more than so many must have their time
Reason = SkippedOccurrence.Reason


@dataclass(frozen=True, slots=True)
class WeeklyHour:
    """A child's lesson with a tutor at an hour of the week, in the tutor's room. `taken`: per day, who is taken by
    something else."""

    course: Course
    tutor: Tutor
    teacher: Teacher
    room: Place
    learner: Learner
    weekday: int
    hour: int
    days: dict[dt.date, Stretch]
    off: Sequence[dt.date]
    taken: dict[dt.date, list[tuple[UUID, Stretch]]]

    @property
    def free(self) -> list[dt.date]:
        return [day for day in self.days if day not in self.off and not self.taken[day]]


@dataclass(slots=True)
class PlannedClub:
    """A club with its series, and its sessions in order of time."""

    series_id: UUID
    course: Course
    sessions: list[PlannedSession] = field(default_factory=list)

    def from_day(self, first: dt.date) -> Iterator[tuple[dt.date, PlannedSession]]:
        """Those that take place and can be booked."""
        for session in self.sessions:
            day = session.occurrence_on
            if day and day >= first and not session.is_draft and session.cancelled_at is None:
                yield day, session


@dataclass(slots=True)
class Repeating:
    """Writes what repeats as the actions would have, around what is planned already."""

    house: House
    courses: dict[str, Course]
    teachers: dict[str, Teacher]
    rooms: dict[str, Place]
    enrolled: list[tuple[WeeklyHour, UUID]] = field(default_factory=list)  # with the enrollment
    clubs: list[PlannedClub] = field(default_factory=list)

    def club(self, club: Club, days: Sequence[dt.date]) -> PlannedClub:
        """With the series of a club that has met, and will, on these days."""
        course = self.courses[club.course]
        series_id = self._series(
            course,
            self.teachers[club.tutor],
            self.house.opened_at,
            starts_on=days[0],
            starts=dt.time.fromisoformat(club.starts),
            rule=weekly_on(club.weekday),
            resource_id=self.rooms[club.tutor].id,
            capacity=course.capacity,
            generated_until=days[-1],
        )
        self.clubs.append(PlannedClub(series_id, course))
        return self.clubs[-1]

    def skip(self, series_id: UUID, day: dt.date, taken: Sequence[tuple[UUID, Stretch]] = ()) -> None:
        """It has no lesson on that day: the school is closed, or this is taken."""
        self.house.sheets.add(
            SkippedOccurrence,
            self.house.weeks.ago(1),
            series_id=series_id,
            occurrence_on=day,
            reason=Reason.CLASH if taken else Reason.CLOSURE,
            taken=[
                {"diary": str(diary), "starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat()}
                for diary, one in taken
            ],
        )

    def enroll_some(self, children: Sequence[Learner]) -> None:
        """Children whose lessons the office plans: each at an hour that their tutor has free in most of the weeks."""
        good = (hour for hour in self._hours(list(children)) if len(hour.free) > GOOD)
        for hour in islice(good, ENROLLED):
            self._enroll(hour)

    def _hours(self, waiting: list[Learner]) -> Iterator[WeeklyHour]:
        """One for each of a few children and tutors, until somebody has seen enough."""
        ahead = self.house.school.policies.weekly_ahead_days
        for tutor in TUTORS:
            for weekday, hour in tutor.starts[::5]:
                course = self.courses[tutor.courses[0]]
                learner = next((one for one in waiting if self.is_of_age(one, course)), None)
                if learner is None:
                    break
                waiting.remove(learner)
                yield self.hour(learner, course, tutor, weekday, hour, days=ahead)

    def is_of_age(self, learner: Learner, course: Course) -> bool:
        """Tomorrow, and all through the weeks that are planned."""
        first, last = (learner.age_on(self.house.weeks.today + number * DAY) for number in (1, 7 * AHEAD))
        return (course.age_min or 0) <= first and last < (course.age_max or 99)

    def hour(self, learner: Learner, course: Course, tutor: Tutor, weekday: int, hour: int, *, days: int) -> WeeklyHour:
        """From tomorrow on, so many days ahead."""
        weeks, teacher, room = self.house.weeks, self.teachers[tutor.name], self.rooms[tutor.name]
        ahead = [weeks.today + number * DAY for number in range(1, days + 1)]
        times = {day: weeks.at(day, clock(hour * 60), 60) for day in ahead if day.isoweekday() == weekday}
        diaries = (teacher.diary_id, room.diary_id, learner.diary_id)
        return WeeklyHour(
            course,
            tutor,
            teacher,
            room,
            learner,
            weekday,
            hour,
            times,
            [day for day in times if self.house.is_off(day)],
            {day: self.house.taken.in_the_way(diaries, during) for day, during in times.items()},
        )

    def _enroll(self, hour: WeeklyHour) -> None:
        house, learner, free = self.house, hour.learner, hour.free
        at = house.fates.lately()
        until = house.weeks.today + house.school.policies.weekly_ahead_days * DAY
        series_id = self._series(
            hour.course,
            hour.teacher,
            at,
            resource_id=hour.room.id,
            starts_on=house.weeks.today + DAY,
            starts=dt.time(hour.hour),
            rule=weekly_on(hour.weekday),
            capacity=1,
            on_demand=True,
            generated_until=until,
        )
        enrollment_id = house.sheets.add(
            Enrollment,
            at,
            student_id=learner.id,
            client_id=learner.payer.id,
            course_id=hour.course.pk,
            type=Enrollment.Type.WEEKLY_RECURRING,
            status=Enrollment.Status.ACTIVE,
            series_id=series_id,
            price=hour.course.price,
            starts_on=house.weeks.today + DAY,
        )
        for day in free:
            house.weekly_lesson(
                hour.course,
                hour.days[day],
                hour.teacher,
                learner,
                placed_at=at,
                place=hour.room,
                series_id=series_id,
                occurrence_on=day,
                enrollment_id=enrollment_id,
            )
        left_out = [day for day in hour.days if day not in free]
        for day in left_out:
            self.skip(series_id, day, () if day in hour.off else hour.taken[day])
        clashes = [day.isoformat() for day in left_out if day not in hour.off]
        self.note("series.extended", series_id, learner, at, sessions=len(free), until=until.isoformat())
        if clashes:
            self.note("series.skipped", series_id, learner, at, days=clashes)
        self.note("enrollment.created", enrollment_id, learner, at, series=str(series_id), price=hour.course.price)
        self.enrolled.append((hour, enrollment_id))

    def _series(self, course: Course, teacher: Teacher, at: dt.datetime, **columns: Any) -> UUID:
        sheets = self.house.sheets
        series_id = sheets.add(
            Series,
            at,
            course_id=course.pk,
            timezone=self.house.school.timezone,
            duration_minutes=course.duration_minutes,
            **columns,
        )
        sheets.add(SeriesStaffing, at, series_id=series_id, instructor_id=teacher.id, leads=True)
        return series_id

    def note(
        self, name: str, subject_id: UUID, learner: Learner, at: dt.datetime, *, is_told: bool = True, **new: Any
    ) -> None:
        """Written down, and where somebody is told passed on by the worker a second later."""
        of = {"student_id": learner.id, "client_id": learner.payer.id}
        self.house.sheets.add(Record, at, name=name, subject_id=subject_id, role="admin", new=new, **of)
        if is_told:
            handled_at = at + dt.timedelta(seconds=1)
            self.house.sheets.add(Outbox, at, name=name, subject_id=subject_id, handled_at=handled_at)
