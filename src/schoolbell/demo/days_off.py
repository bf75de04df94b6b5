"""Days that go otherwise in the demo: closed days, time off, and hours of one date."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from schoolbell.demo.plan import PlannedSession, Teacher
from schoolbell.demo.session_rows import range_of
from schoolbell.demo.sheets import Sheets
from schoolbell.demo.weeks import TakenTimes, Weeks
from schoolbell.diary.models import Claim, Closure, Diary, HolidayRegion, OpeningHours, SchoolDiary, TimeOff
from schoolbell.diary.public_holidays import YEARS_AHEAD, holidays_of
from schoolbell.journal.models import Record
from schoolbell.kit.time import Stretch, day_starts, local_day
from schoolbell.planning.models import SubstituteRequest
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolModel

DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DaysOff:
    """What was planned is known: days are looked for around it."""

    school: School
    sheets: Sheets
    weeks: Weeks
    sessions: Sequence[PlannedSession]
    taken: TakenTimes

    def follow(self, country: str, subdivision: str) -> set[dt.date]:
        """The public holidays of that region, of this year and the next two, and a break at Christmas. Those of the
        year before are named too."""
        region = HolidayRegion(school=self.school, country=country, subdivision=subdivision)
        self.sheets.add_row(region, self.weeks.ago(30))
        this_year = self.weeks.today.year
        days = holidays_of(region, range(this_year - 1, this_year + YEARS_AHEAD + 1), language="en")
        for day, name in days.items():
            if day.year >= this_year:
                self._add(Closure, self.weeks.ago(30), first_day=day, last_day=day, name=name, holiday=region.code)
        for year in (this_year, this_year + 1):
            first, last = dt.date(year, 12, 24), dt.date(year, 12, 26)
            self._add(Closure, self.weeks.ago(30), first_day=first, last_day=last, name="Christmas break")
        return set(days)

    def open_school(self, hours: Sequence[tuple[int, str, str]]) -> None:
        """The school's own hours: weekday, from, until."""
        at = self.weeks.ago(30)
        diary_id = self._add(Diary, at)
        self._add(SchoolDiary, at, diary_id=diary_id)
        for weekday, starts, ends in hours:
            clocks = {"starts": dt.time.fromisoformat(starts), "ends": dt.time.fromisoformat(ends)}
            self._add(OpeningHours, at, diary_id=diary_id, weekday=weekday, timezone=self.school.timezone, **clocks)

    def close(self, name: str, *, days_ahead: int, with_lessons: bool) -> None:
        """The first such day on which something is planned, or nothing: then nothing has to move."""
        for day in self._days_from(days_ahead):
            if bool(self._on(day)) == with_lessons:
                closure = self._add(Closure, self.weeks.ago(1), first_day=day, last_day=day, name=name)
                self._note("closure.added", closure, first_day=day.isoformat(), last_day=day.isoformat())
                return

    def ask(self, reason: str, *, days_ahead: int) -> None:
        """Somebody asks for a day on which they teach; nobody has decided."""
        for day in self._days_from(days_ahead):
            for session in self._on(day):
                self._time_off(session.staff[0], self._whole(day), TimeOff.Status.REQUESTED, reason)
                return

    def ask_for_substitute(self, reason: str, *, days_ahead: int) -> None:
        """Somebody asks for another to give a lesson of theirs; nobody has decided."""
        for day in self._days_from(days_ahead):
            for session in self._on(day):
                if session.closed_at is None and not session.is_draft:
                    at, asks = self.weeks.ago(0.1), session.staff[0].id
                    row = self._add(
                        SubstituteRequest,
                        at,
                        session_id=session.id,
                        instructor_id=asks,
                        reason=reason,
                        status=SubstituteRequest.Status.REQUESTED,
                    )
                    said = {"session": str(session.id), "instructor": str(asks), "wanted": ""}
                    self._note("substitute_request.requested", row, **said)
                    return

    def grant(self, teacher: Teacher, reason: str, *, days_ahead: int) -> None:
        """Somebody has the first day off on which they teach nothing."""
        for day in self._days_from(days_ahead):
            if self.taken.take([teacher.diary_id], [self._whole(day)]):
                row = self._time_off(teacher, self._whole(day), TimeOff.Status.APPROVED, reason)
                during = self._whole(day)
                self._add(
                    Claim,
                    self.weeks.ago(1),
                    diary_id=teacher.diary_id,
                    kind=Claim.Kind.BUSY,
                    during=range_of(during),
                    source=row,
                )
                return

    def change_hours(self, teacher: Teacher, *, days_ahead: int, starts: str, ends: str, closes: bool) -> None:
        """Open as well on one date, or closed on it; closed only where nothing is planned."""
        clocks = [dt.time.fromisoformat(wall) for wall in (starts, ends)]
        for day in self._days_from(days_ahead):
            if closes and any(teacher in one.staff for one in self._on(day)):
                continue
            values = {"date": day, "closes": closes, "starts": clocks[0], "ends": clocks[1]}
            self._add(
                OpeningHours,
                self.weeks.ago(1),
                diary_id=teacher.diary_id,
                timezone=self.school.timezone,
                **values,
            )
            return

    def _time_off(self, teacher: Teacher, during: Stretch, status: str, reason: str) -> UUID:
        at = self.weeks.ago(1)
        row = self._add(
            TimeOff,
            at,
            diary_id=teacher.diary_id,
            starts_at=during.starts_at,
            ends_at=during.ends_at,
            reason=reason,
            status=status,
            decided_at=at if status == TimeOff.Status.APPROVED else None,
        )
        self._note(f"time_off.{status}", row, diary=str(teacher.diary_id), status=status)
        return row

    def _days_from(self, ahead: int) -> Iterator[dt.date]:
        """Workdays, six weeks of them."""
        days = (self.weeks.today + (ahead + number) * DAY for number in range(42))
        return (day for day in days if day.isoweekday() <= 5)

    def _on(self, day: dt.date) -> list[PlannedSession]:
        return [
            one
            for one in self.sessions
            if one.cancelled_at is None
            and one.staff
            and any(local_day(during.starts_at, self.weeks.where) == day for during in one.slots)
        ]

    def _whole(self, day: dt.date) -> Stretch:
        return Stretch(day_starts(day, self.weeks.where), day_starts(day + DAY, self.weeks.where))

    def _add(self, model: type[SchoolModel], at: dt.datetime, **columns: Any) -> UUID:
        return self.sheets.add(model, at, **columns)

    def _note(self, name: str, subject_id: UUID, **new: Any) -> None:
        self.sheets.add(Record, self.weeks.ago(1), name=name, subject_id=subject_id, role="owner", new=new)
