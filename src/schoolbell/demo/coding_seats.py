"""Children of the coding school who have a seat in one of its clubs every week, as the actions would have given it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

from schoolbell.bookings.models import Enrollment, Seating
from schoolbell.demo.coding_weekly import PlannedClub, Repeating
from schoolbell.demo.plan import Ending, Learner, PlannedBooking, PlannedSession

DAY: Final = dt.timedelta(days=1)
MINUTE: Final = dt.timedelta(minutes=1)
IN_EACH: Final = 2  # beside the one who pauses
PAUSE: Final = (9, 30)  # its first day, and that of going on, from today
Pause = tuple[dt.date, dt.date]


@dataclass(slots=True)
class ClubSeats:
    """`repeating` knows the clubs, with whoever booked their sessions one by one."""

    repeating: Repeating

    def give(self, children: Sequence[Learner]) -> None:
        """To the first of them who are old enough, each in one club; in the first club one more pauses."""
        waiting = list(children)
        for number, club in enumerate(self.repeating.clubs):
            wanted = IN_EACH + (number == 0)
            chosen = list(islice((one for one in waiting if self.repeating.is_of_age(one, club.course)), wanted))
            for place, learner in enumerate(chosen):
                waiting.remove(learner)
                self._join(learner, club, self._pause if place == IN_EACH else None)

    @property
    def _pause(self) -> Pause:
        first, back_on = (self.repeating.house.weeks.today + days * DAY for days in PAUSE)
        return first, back_on

    def _join(self, learner: Learner, club: PlannedClub, pause: Pause | None) -> None:
        house = self.repeating.house
        at, first_day = house.fates.lately(), house.weeks.today + DAY
        enrollment_id = house.sheets.add(
            Enrollment,
            at,
            student_id=learner.id,
            client_id=learner.payer.id,
            course_id=club.course.pk,
            type=Enrollment.Type.WEEKLY_RECURRING,
            status=Enrollment.Status.ACTIVE,
            series_id=club.series_id,
            in_class=True,
            price=club.course.price,
            starts_on=first_day,
            away_from=pause[0] if pause else None,
            away_until=pause[1] if pause else None,
        )
        seated: dict[dt.date, PlannedBooking] = {}
        left_out: dict[dt.date, str] = {}
        for day, session in club.from_day(first_day):
            reason = self._why_not(session, learner)
            if reason:
                left_out[day] = reason
            else:
                seated[day] = house.weekly_seat(session, learner, placed_at=at, enrollment_id=enrollment_id)
        going = [one for day, one in seated.items() if pause and pause[0] <= day < pause[1]]
        for booking in going:
            booking.ending, booking.ended_at = Ending.BY_SCHOOL, at + MINUTE
        for day, session in club.from_day(first_day):
            if day in left_out or not seated[day].has_ended:
                reason = left_out.get(day, "")
                house.sheets.add(Seating, at, enrollment_id=enrollment_id, session_id=session.id, reason=reason)
        self._note("enrollment.seated", enrollment_id, learner, at, days=_said(seated))
        if left_out:
            self._note("enrollment.left_out", enrollment_id, learner, at, days=_said(left_out))
        new: dict[str, Any] = {"series": str(club.series_id), "price": club.course.price}
        self._note("enrollment.created", enrollment_id, learner, at, **new)
        if pause:
            new = {"from": pause[0].isoformat(), "until": pause[1].isoformat(), "cancelled": len(going)}
            self._note("enrollment.paused", enrollment_id, learner, at + MINUTE, **new)

    def _why_not(self, session: PlannedSession, learner: Learner) -> str:
        """ "" where there is a seat for them."""
        if any(one.learner is learner and not one.has_ended for one in session.bookings):
            return Seating.Reason.BOOKED
        if session.seats_left <= 0:
            return Seating.Reason.FULL
        return Seating.Reason.CLASH if any(self._at_the_same_time(session, learner)) else ""

    def _at_the_same_time(self, session: PlannedSession, learner: Learner) -> Iterator[PlannedBooking]:
        for other in self.repeating.house.sessions:
            if any(one.overlaps(session.slots[0]) for one in other.slots):
                yield from (one for one in other.bookings if one.learner is learner and not one.has_ended)

    def _note(self, name: str, enrollment_id: UUID, learner: Learner, at: dt.datetime, **new: Any) -> None:
        """Nobody is told of seats that they expect."""
        self.repeating.note(name, enrollment_id, learner, at, is_told=name != "enrollment.seated", **new)


def _said(days: dict[dt.date, Any]) -> list[str]:
    return [day.isoformat() for day in days]
