"""The lessons of a series: planned, changed, skipped, lost."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, WithJsonSchema

from schoolbell.api.shapes.basis import Named, Page, Stretch
from schoolbell.api.shapes.sessions import MoveClash
from schoolbell.bookings.models import Seating
from schoolbell.planning.occurrences import Becomes
from schoolbell.timetable.models import SkippedOccurrence

WHY_NOT = sorted({*SkippedOccurrence.Reason.values, *Seating.Reason.values})


class TakenThen(Stretch):
    who: str = Field(description="the person or place that is taken")


class PlannedLesson(Stretch):
    """A lesson that is wanted, and what stands in its way."""

    occurrence_on: dt.date
    reason: Annotated[str | None, WithJsonSchema({"enum": [None, *WHY_NOT]})] = Field(
        description="null: nothing stands in its way. full, booked: of a class, it has no seat, or they have one"
    )
    taken: list[TakenThen]
    alternatives: list[Stretch] = Field(
        description="When the same instructor could give it, or another class has a seat, the nearest first."
    )


class SkippedLesson(Stretch):
    """A lesson of a series that found no time; `starts_at` and `ends_at` are those that its rule names."""

    id: UUID
    series: UUID
    enrollment: UUID | None = Field(description="null: a class")
    course: Named
    student: Named | None
    occurrence_on: dt.date
    reason: Annotated[str, WithJsonSchema({"enum": list(SkippedOccurrence.Reason.values)})]
    taken: list[TakenThen]
    alternatives: list[Stretch] = Field(description="When else it could be given, the nearest first.")


class SkippedLessons(Page[SkippedLesson]):
    pass


class ChangedLesson(Stretch):
    """A lesson that is there, and what becomes of it."""

    session: UUID
    occurrence_on: dt.date | None
    becomes: Annotated[str, WithJsonSchema({"enum": list(Becomes)})] = Field(
        description="kept: at a time of its own. cancelled: the new rule has fewer days."
    )
    new_occurrence_on: dt.date | None = Field(description="null: it is cancelled")
    new_starts_at: AwareDatetime | None
    new_ends_at: AwareDatetime | None
    students: list[Named] = Field(description="Who is booked.")
    is_crowded: bool = Field(description="More seats are taken than there would be.")
    clashes: list[MoveClash] = Field(description="What speaks against it.")


class LostLesson(Stretch):
    session: UUID
    students: list[Named] = Field(description="Who is booked.")


class WeeklyPreview(BaseModel):
    dry_run: Literal[True]
    lessons: list[PlannedLesson]
