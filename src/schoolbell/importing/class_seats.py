"""Seats in classes every week from a file of series. What is on file already is not changed by one."""

from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from schoolbell.bookings.models import Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.importing.lines import Line, Problems
from schoolbell.importing.onfile import OnFile
from schoolbell.importing.series_on_file import SEAT
from schoolbell.importing.things import Thing, new_thing
from schoolbell.importing.writing import Writing
from schoolbell.kit.time import now, zone

CELLS: Final = ("enrollment_status", "price", "enrolled_on", "enrolled_until", "away_from", "away_until")
ON: Final = (Enrollment.Status.ACTIVE, Enrollment.Status.PAUSED)


class ClassSeats:
    """What the lines make of seats in classes every week. `told`: each with its series."""

    def __init__(self, on_file: OnFile, problems: Problems) -> None:
        self.on_file = on_file
        self.problems = problems
        self.told: dict[Thing, Thing] = {}

    def is_of_one(self, line: Line, named: dict[str, Any]) -> bool:
        """Is the line's student to have a seat in a class? Else these are lessons of their own."""
        if "student_id" not in named:
            return False
        own = line.get("on_demand")
        known = self.on_file.series.keyed(line.get("key", ""))
        if own is None and known is not None:
            own = known.now("on_demand")
        if own is None:
            own = self.on_file.courses.by_id[named["course_id"]].now("format") == Course.Format.ONE_TO_ONE
        return not own

    def read(self, line: Line, series: Thing, named: dict[str, Any]) -> None:
        said: dict[str, Any] = {name: line.values[name] for name in CELLS if name in line.values}
        if "paused_at" in line.values:
            said["paused_at"] = line.values["paused_at"].at(zone(series.now("timezone")))
        if "client_id" in named:
            said["client_id"] = named["client_id"]
        seat = self._which(series, named["student_id"], said)
        if seat is None:
            values = dict.fromkeys(SEAT) | {"series_id": series.id, "student_id": named["student_id"]}
            seat = self.on_file.series.add_seat(new_thing(values, line))
        seat.line = line.number
        self.told[seat] = series
        for name, value in said.items():
            seat.tell(name, value, line, column="client" if name == "client_id" else name)

    def _which(self, series: Thing, student_id: UUID, said: dict[str, Any]) -> Thing | None:
        """One that no line has spoken of. Who left and came again has several: the one that is as the line says goes
        before one of that first day that is on, or over, as the line says, and before any other of that day."""
        mine = [
            one
            for one in self.on_file.series.seats_in(series.id, student_id)
            if one not in self.told and said.get("enrolled_on") in (None, one.now("enrolled_on"))
        ]
        is_on = said.get("enrollment_status", "active") in ON

        def unlike(seat: Thing) -> tuple[bool, bool]:
            differs = any(seat.now(name) != value for name, value in said.items())
            return differs, (seat.now("enrollment_status") in ON) != is_on

        return min(mine, key=unlike, default=None)

    def complete(self) -> None:
        for seat, series in self.told.items():
            if seat.is_new:
                self._complete_new(seat, series)
            else:
                for name in seat.changed:
                    self._bad(seat, name, _("is otherwise on file; what repeats is changed in the office"))
        self._require_one_each()

    def _complete_new(self, seat: Thing, series: Thing) -> None:
        usual = {
            "client_id": self.on_file.payer_of(self.on_file.students.by_id[seat.now("student_id")]),
            "enrollment_status": "active",
            "price": series.now("session_price"),
            "enrolled_on": series.now("starts_on"),
        }
        if usual["price"] is None:
            usual["price"] = self.on_file.courses.by_id[series.now("course_id")].now("price")
        seat.values |= {name: value for name, value in usual.items() if seat.now(name) is None}
        if seat.now("client_id") is None:
            self._bad(seat, "client_id", _("is empty, and nobody answers for the student"))
        self._require_days(seat)

    def _require_days(self, seat: Thing) -> None:
        status, until = seat.now("enrollment_status"), seat.now("enrolled_until")
        away_from, away_until = seat.now("away_from"), seat.now("away_until")
        if status == Enrollment.Status.PENDING:
            self._bad(seat, "enrollment_status", _("is pending; seats in a class every week are taken at once"))
        if status == Enrollment.Status.ENDED and until is None:
            self._bad(seat, "enrolled_until", _("is empty, though the seat is given up; say until when"))
        if until is not None and until < seat.now("enrolled_on"):
            self._bad(seat, "enrolled_until", _("is before enrolled_on"))
        if status == Enrollment.Status.PAUSED:
            if away_from is None:
                self._bad(seat, "away_from", _("is empty, though the seat is paused; say since when"))
            if seat.now("paused_at") is None:
                seat.values["paused_at"] = now().replace(microsecond=0)
        elif seat.now("paused_at"):
            self._bad(seat, "paused_at", _("is for lessons that are paused"))
        if away_until is not None and (away_from is None or away_until <= away_from):
            self._bad(seat, "away_until", _("is not after away_from"))

    def _require_one_each(self) -> None:
        """Nobody has two seats in a class every week."""
        for seat, series in self.told.items():
            others = self.on_file.series.seats_in(series.id, seat.now("student_id"))
            on = [one for one in others if one.now("enrollment_status") in ON]
            if seat.is_new and seat in on and seat is not on[0]:
                self._bad(seat, "student_id", _("has a seat in this class every week already"))

    def _bad(self, seat: Thing, name: str, reason: str) -> None:
        self.problems.add(seat.line, {"student_id": "student", "client_id": "client"}.get(name, name), reason)


def write_seats(seats: ClassSeats, writing: Writing) -> None:
    for seat, series in seats.told.items():
        if not seat.is_new:
            continue
        writing.line = seat.line
        values = {column: seat.now(name) for name, column in SEAT.items()}
        writing.add(
            Enrollment,
            id=seat.id,
            course_id=series.now("course_id"),
            type=Enrollment.Type.WEEKLY_RECURRING,
            in_class=True,
            **values,
        )
        writing.record(
            "enrollment.created",
            seat.id,
            student_id=values["student_id"],
            client_id=values["client_id"],
            new={"series": str(series.id), "price": values["price"]},
        )
