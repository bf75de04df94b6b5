"""Series on file: classes that repeat with those who have a seat every week, and the weekly lessons of one student."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from schoolbell.bookings.models import Enrollment
from schoolbell.importing.bookings_on_file import ENDED, whole_second
from schoolbell.importing.things import Register, Thing
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, SeriesStaffing, SkippedOccurrence

# By what files call it, the column of a series' row.
SERIES: Final = {
    "course_id": "course_id",
    "resource_id": "resource_id",
    "follows_id": "follows_id",
    "repeats": "rule",
    "starts": "starts",
    "timezone": "timezone",
    "starts_on": "starts_on",
    "ends_on": "ends_on",
    "duration_minutes": "duration_minutes",
    "capacity": "capacity",
    "session_price": "price",
    "publishes": "publishes",
    "on_demand": "on_demand",
    "looked_until": "generated_until",
}
# The same of its enrollment. Nothing of it is there where it goes on with another series.
ENROLLED: Final = {
    "student_id": "student_id",
    "client_id": "client_id",
    "enrollment_status": "status",
    "price": "price",
    "enrolled_on": "starts_on",
    "enrolled_until": "ends_on",
    "paused_at": "paused_at",
}
# The same of a seat in a class every week.
SEAT: Final = ENROLLED | {"series_id": "series_id", "away_from": "away_from", "away_until": "away_until"}


class SeriesRegister(Register):
    """`successors`: per series the one that took over from it. `seats`: in classes every week, per student."""

    def __init__(self, things: Iterable[Thing] = ()) -> None:
        super().__init__("series")
        self.successors: dict[UUID, Thing] = {}
        self.seats: dict[UUID, list[Thing]] = {}
        for thing in things:
            self.add(thing)

    def add(self, thing: Thing) -> Thing:
        if before := thing.now("follows_id"):
            self.successors[before] = thing
        return super().add(thing)

    def add_seat(self, seat: Thing) -> Thing:
        self.seats.setdefault(seat.now("student_id"), []).append(seat)
        return seat

    def seats_in(self, series_id: UUID, student_id: UUID) -> list[Thing]:
        return [one for one in self.seats.get(student_id, []) if one.now("series_id") == series_id]

    def seat_of(self, booking: Thing, session: Thing, day: dt.date) -> Thing | None:
        """That a booking of this session belongs to: of its class, else of one of its course, from which it was moved
        here. Who left and came again has several: the last that wants that day, else the last that began by then. What
        was cancelled is told by its price first: it may be of the one that went."""
        student_id, price = booking.values["student_id"], booking.now("price")
        by_price = booking.now("status") in ENDED and price is not None
        seats = self.seats_in(session.now("series_id"), student_id) or [
            one
            for one in self.seats.get(student_id, [])
            if self.by_id[one.now("series_id")].now("course_id") == session.now("course_id")
        ]

        def fit(seat: Thing) -> tuple[Any, ...]:
            since = seat.now("enrolled_on")
            return by_price and seat.now("price") == price, wants(seat, day), since <= day, since

        return max(seats, key=fit, default=None)

    def enrolled(self, series: Thing) -> Thing | None:
        """The series, it or one that took over from it, with which the student's enrollment goes on now."""
        seen = set()
        at: Thing | None = series
        while at is not None and at.now("student_id") is None:
            if at.id in seen:
                return None
            seen.add(at.id)
            at = self.successors.get(at.id)
        return at

    def student_of(self, series: Thing) -> UUID | None:
        enrolled = self.enrolled(series)
        return enrolled.now("student_id") if enrolled is not None else None

    def known_by(self, series: Thing) -> tuple[Any, ...]:
        """What a series without a key is known by."""
        said = tuple(series.now(name) for name in ("course_id", "repeats", "starts", "starts_on"))
        return (*said, self.student_of(series), frozenset(series.now("instructors")))


def wants(seat: Thing, day: dt.date) -> bool:
    names = {name: column for name, column in SEAT.items() if name not in ("paused_at", "price")}
    return Enrollment(**{column: seat.now(name) for name, column in names.items()}).wants(day)


def load_series(school: School, keys: dict[UUID, str]) -> SeriesRegister:
    staff: dict[UUID, list[UUID]] = {}
    for series_id, instructor_id in (
        SeriesStaffing.objects.of(school).order_by("-leads", "id").values_list("series_id", "instructor_id")
    ):
        staff.setdefault(series_id, []).append(instructor_id)
    skipped: dict[UUID, list[tuple[Any, str]]] = {}
    for series_id, day, reason in (
        SkippedOccurrence.objects.of(school)
        .order_by("occurrence_on")
        .values_list("series_id", "occurrence_on", "reason")
    ):
        skipped.setdefault(series_id, []).append((day, reason))
    enrolled = {
        row[1]: {"enrollment_id": row[0], **dict(zip(ENROLLED, row[2:], strict=True))}
        for row in Enrollment.objects.of(school)
        .filter(series__isnull=False, in_class=False)
        .values_list("id", "series_id", *ENROLLED.values())
    }
    for values in enrolled.values():
        values["paused_at"] = whole_second(values["paused_at"]) if values["enrollment_status"] == "paused" else None
    nobody = dict.fromkeys(("enrollment_id", *ENROLLED))
    register = SeriesRegister(
        Thing(
            row[0],
            {
                **dict(zip(SERIES, row[1:], strict=True)),
                "instructors": tuple(staff.get(row[0], ())),
                "skipped": tuple(skipped.get(row[0], ())),
                **enrolled.get(row[0], nobody),
            },
            keys.get(row[0], ""),
        )
        for row in Series.objects.of(school).values_list("id", *SERIES.values())
    )
    rows = Enrollment.objects.of(school).filter(in_class=True).order_by("id")
    for seat_id, *own in rows.values_list("id", *SEAT.values()):
        seat = Thing(seat_id, dict(zip(SEAT, own, strict=True)))
        paused = seat.values["enrollment_status"] == Enrollment.Status.PAUSED
        seat.values["paused_at"] = whole_second(seat.values["paused_at"]) if paused else None
        register.add_seat(seat)
    return register
