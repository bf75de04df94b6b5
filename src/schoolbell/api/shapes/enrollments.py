"""Enrollments."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, RootModel

from schoolbell.api.shapes.basis import ClockTime, Money, Named, Page, one_of
from schoolbell.api.shapes.lessons import ChangedLesson, PlannedLesson, WeeklyPreview
from schoolbell.bookings.models import Booking as BookingRow
from schoolbell.bookings.models import Enrollment as EnrollmentRow
from schoolbell.bookings.models import PaymentStatus


class Weekly(BaseModel):
    """A lesson every week, or every few, at the same time by the clocks of `timezone`."""

    series: UUID
    rule: str = Field(description="RFC 5545's RRULE")
    every: int | None = Field(description="weeks from a lesson to the next; null: its rule names no weekdays")
    starts: ClockTime
    timezone: str
    duration_minutes: int
    instructors: list[Named] = Field(description="the leading one first")
    resource: Named | None


class Enrollment(BaseModel):
    id: UUID
    student: Named
    client: UUID
    course: Named
    type: Annotated[str, one_of(EnrollmentRow.Type)]
    status: Annotated[str, one_of(EnrollmentRow.Status)]
    payment_status: Annotated[str, one_of(PaymentStatus)]
    price: Money | None = Field(description="Agreed per lesson. null: its one booking has its own.")
    starts_on: dt.date
    ends_on: dt.date | None
    in_class: bool = Field(description="a seat in a class that others have seats in")
    away_from: dt.date | None = Field(description="of a class: the first day of a pause")
    away_until: dt.date | None = Field(description="the day from which they come again; null: until it is resumed")
    weekly: Weekly | None = Field(description="null: it has one booking")


class EnrolledLesson(BaseModel):
    booking: UUID
    reference: str
    status: Annotated[str, one_of(BookingRow.Status)]
    session: UUID
    occurrence_on: dt.date | None
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class WholeEnrollment(Enrollment):
    lessons: list[EnrolledLesson]
    skipped: list[PlannedLesson] = Field(description="Those ahead that found no place.")


class EnrollmentChanged(BaseModel):
    lessons: list[ChangedLesson] = Field(description="Of a dry run: every lesson that lies ahead.")
    added: list[PlannedLesson] = Field(description="Of a dry run: what there will be besides.")
    first_on: dt.date | None = Field(description="Of a dry run: the day of the first one from then on.")
    enrollment: WholeEnrollment | None = Field(description="null: a dry run")


class EnrollmentPreview(BaseModel):
    dry_run: Literal[True]
    cancelled: list[EnrolledLesson] = Field(description="The lessons that would be cancelled.")
    lessons: list[PlannedLesson] = Field(description="The lessons that there would be, when they go on.")


class EnrollmentOrPreview(RootModel[WholeEnrollment | EnrollmentPreview]):
    pass


class EnrolledOrPreview(RootModel[WholeEnrollment | WeeklyPreview]):
    """A preview where one was asked for."""


class Enrollments(Page[Enrollment]):
    pass
