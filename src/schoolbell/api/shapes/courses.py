"""Courses, and what a change of one reaches."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from schoolbell.api.shapes.basis import Money, Named, Page, one_of
from schoolbell.api.shapes.sessions import MoveClash
from schoolbell.catalogue.models import Course as CourseRow
from schoolbell.catalogue.models import ResourceKind
from schoolbell.schools.policies import Overrides


class Course(BaseModel):
    id: UUID
    name: str
    description: str
    type: str
    format: Annotated[str, one_of(CourseRow.Format)]
    delivery: Annotated[str, one_of(CourseRow.Delivery)]
    resource_kind: Annotated[str, one_of(ResourceKind, "")]
    duration_minutes: int
    price: Money
    price_per: Annotated[str, one_of(CourseRow.PricePer)]
    trial_price: Money | None
    deposit: Money
    tax_rate: int = Field(description="hundredths of a percent")
    total_minutes: int | None = Field(description="of all its lessons together")
    capacity: int
    min_students: int | None = Field(description="below so many the school would not hold it")
    age_min: int | None
    age_max: int | None
    difficulty: str
    certification_validity_years: int | None
    overrides: Overrides = Field(description="policies that differ from the school's")
    is_active: bool


class SeriesPlace(BaseModel):
    """Where a series goes when its course needs another kind of place."""

    series: UUID
    resource: Named | None
    elsewhere: int = Field(description="How many of its next lessons cannot be there.")


class SeriesAhead(BaseModel):
    """A series of whose next lessons some cannot be given any more."""

    series: UUID
    lessons: int = Field(description="its next, after those on the timetable")
    left_out: int = Field(description="how many of them")


class ChangedCourse(BaseModel):
    """What a change of a course reaches: what lies ahead. `course` is as it is now, of a dry run unchanged."""

    dry_run: bool
    course: Course
    sessions: list[UUID] = Field(description="Those whose times, seats or place become others.")
    series: list[UUID]
    places: list[SeriesPlace] = Field(description="Of series, where the kind of place changes.")
    enrollments: list[UUID] = Field(description="Weekly ones that pay the course's price.")
    students: int = Field(description="How many are booked in those sessions.")
    seen: str = Field(description="Names all that is reached, with the times at which sessions are.")
    crowded: list[UUID] = Field(description="Sessions in which more is taken than there would be seats.")
    left_out: list[SeriesAhead]
    clashes: list[MoveClash]


class Courses(Page[Course]):
    pass
