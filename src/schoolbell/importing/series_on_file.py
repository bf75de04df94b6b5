"""Series on file: classes that repeat, and the weekly lessons of one student with the enrollment behind them."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from schoolbell.bookings.models import Enrollment
from schoolbell.importing.bookings_on_file import whole_second
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


class SeriesRegister(Register):
    """`successors`: per series the one that took over from it."""

    def __init__(self, things: Iterable[Thing] = ()) -> None:
        super().__init__("series")
        self.successors: dict[UUID, Thing] = {}
        for thing in things:
            self.add(thing)

    def add(self, thing: Thing) -> Thing:
        if before := thing.now("follows_id"):
            self.successors[before] = thing
        return super().add(thing)

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
    return SeriesRegister(
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
