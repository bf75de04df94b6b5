"""Series of classes."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, RootModel

from schoolbell.api.shapes.basis import ClockTime, Money, Named, Page, one_of
from schoolbell.api.shapes.lessons import ChangedLesson, LostLesson, PlannedLesson, WeeklyPreview
from schoolbell.timetable.models import Session as SessionRow


class Series(BaseModel):
    """A class on every day that the rule names, at `starts` by the clocks of `timezone`."""

    id: UUID
    course: Named
    instructors: list[Named] = Field(description="the leading one first")
    resource: Named | None
    rule: str = Field(description="RFC 5545's RRULE")
    starts: ClockTime
    timezone: str
    duration_minutes: int
    first_day: dt.date
    last_day: dt.date | None
    capacity: int
    price: Money | None = Field(description="null: the course's")
    publishes: bool
    follows: UUID | None = Field(description="the series that it took over from")


class OccurringSession(BaseModel):
    id: UUID
    occurrence_on: dt.date | None
    status: Annotated[str, one_of(SessionRow.Status)]
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class WholeSeries(Series):
    sessions: list[OccurringSession]
    skipped: list[PlannedLesson] = Field(description="Days ahead that it leaves out.")


class SeriesOrPreview(RootModel[WholeSeries | WeeklyPreview]):
    """A preview where one was asked for."""


class SeriesChanged(BaseModel):
    lessons: list[ChangedLesson] = Field(description="Of a dry run: every class that lies ahead.")
    added: list[PlannedLesson] = Field(description="Of a dry run: what the new rule names besides.")
    first_on: dt.date | None = Field(description="Of a dry run: the day of the first one from then on.")
    series: WholeSeries | None = Field(description="The one that takes over. null: a dry run")


class SeriesEnded(BaseModel):
    cancelled: list[LostLesson]
    series: WholeSeries | None = Field(description="null: a dry run")


class SeriesList(Page[Series]):
    pass
