"""Weekly lessons that families of the coding school ask for, and the timetable that was worked out for them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

from schoolbell.catalogue.models import Course
from schoolbell.demo.coding_staff import TUTORS
from schoolbell.demo.coding_weekly import Repeating, WeeklyHour
from schoolbell.demo.plan import Learner
from schoolbell.demo.weeks import AHEAD
from schoolbell.journal.models import Record
from schoolbell.planning.matching_problem import Reason
from schoolbell.planning.models import LessonRequest, Placement, Proposal, Window

WANTED: Final = 5  # that find a place
SUNDAY: Final = 7  # on which nobody teaches


@dataclass(slots=True)
class Wishes:
    """`repeating` knows who has which hour free."""

    repeating: Repeating

    def ask(self, children: Sequence[Learner]) -> None:
        """Some ask and are placed in a proposal that nobody has accepted yet; one has no place, one has had hers."""
        hours = list(islice(self._free_hours(list(children)), WANTED))
        used = {hour.learner for hour in hours}
        last = next(
            (one for one in children if one not in used and self.repeating.is_of_age(one, self._first_course)), None
        )
        if self.repeating.enrolled:
            hour, enrollment_id = self.repeating.enrolled[0]
            self._request(hour.learner, hour.course, _around(hour), status="placed", enrollment_id=enrollment_id)
        requests = [(self._request(hour.learner, hour.course, _around(hour), hour), hour) for hour in hours]
        lonely = None
        if last:
            lonely = self._request(last, self._first_course, [Window(SUNDAY, dt.time(9), dt.time(12))])
        if requests:
            self._propose(requests, lonely)

    @property
    def _first_course(self) -> Course:
        return self.repeating.courses[TUTORS[2].courses[0]]

    def _free_hours(self, waiting: list[Learner]) -> Iterator[WeeklyHour]:
        """Of tutors who are there all the time, at hours that nothing is in the way of, as far as anybody planned."""
        for tutor in TUTORS[2:]:
            course = self.repeating.courses[tutor.courses[0]]
            learner = next((one for one in waiting if self.repeating.is_of_age(one, course)), None)
            if learner is None:
                continue
            hours = (
                self.repeating.hour(learner, course, tutor, weekday, hour, days=7 * AHEAD)
                for weekday, hour in tutor.starts
            )
            found = next((hour for hour in hours if not any(hour.taken.values())), None)
            if found:
                waiting.remove(learner)
                yield found

    def _request(
        self,
        learner: Learner,
        course: Course,
        windows: Sequence[Window],
        hour: WeeklyHour | None = None,
        *,
        status: str = "open",
        enrollment_id: UUID | None = None,
    ) -> UUID:
        house = self.repeating.house
        at = house.fates.lately()
        request_id = house.sheets.add(
            LessonRequest,
            at,
            student_id=learner.id,
            client_id=learner.payer.id,
            course_id=course.pk,
            windows=[one.as_json() for one in windows],
            timezone=house.school.timezone,
            instructors=[str(hour.teacher.id)] if hour and hour.hour % 2 else [],
            starts_on=house.weeks.today + dt.timedelta(days=3),
            status=status,
            enrollment_id=enrollment_id,
        )
        self._note("lesson_request.added", request_id, at, learner)
        if enrollment_id:
            self._note("lesson_request.placed", request_id, at, learner, enrollment=str(enrollment_id))
        return request_id

    def _propose(self, requests: Sequence[tuple[UUID, WeeklyHour]], lonely: UUID | None) -> None:
        sheets, at = self.repeating.house.sheets, self.repeating.house.weeks.ago(0.01)
        asked = len(requests) + (lonely is not None)
        proposal_id = sheets.add(
            Proposal,
            at,
            status=Proposal.Status.READY,
            seconds=60,
            percent=100,
            asked=asked,
            placed=len(requests),
            bound=len(requests),
            is_optimal=True,
            method=Proposal.Method.SOLVER,
            attempts=1,
        )
        for request_id, hour in requests:
            sheets.add(
                Placement,
                at,
                proposal_id=proposal_id,
                request_id=request_id,
                instructor_id=hour.teacher.id,
                resource_id=hour.room.id,
                weekday=hour.weekday,
                starts=dt.time(hour.hour),
            )
        if lonely:
            sheets.add(Placement, at, proposal_id=proposal_id, request_id=lonely, reason=Reason.NOBODY_OPEN)
        self._note("proposal.asked", proposal_id, at, requests=asked, seconds=60)
        self._note("proposal.ready", proposal_id, at, placed=len(requests), asked=asked, bound=len(requests))

    def _note(
        self, name: str, subject_id: UUID, at: dt.datetime, learner: Learner | None = None, **new: int | str
    ) -> None:
        of = {"student_id": learner.id, "client_id": learner.payer.id} if learner else {}
        role = "system" if name == "proposal.ready" else "admin"
        self.repeating.house.sheets.add(Record, at, name=name, subject_id=subject_id, role=role, new=new, **of)


def _around(hour: WeeklyHour) -> list[Window]:
    """From an hour before to two hours after, and the same on another day."""
    starts, ends = dt.time(hour.hour - 1), dt.time(hour.hour + 2)
    other = hour.weekday % 5 + 1
    return [Window(day, starts, ends) for day in sorted({hour.weekday, other})]
