"""Sessions, and what moving or cancelling one means."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, RootModel

from schoolbell.api.shapes.basis import Money, Named, Page, Stretch, one_of
from schoolbell.timetable.models import Session as SessionRow


class BookedSlot(BaseModel):
    id: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Slot(BookedSlot):
    capacity: int
    seats_taken: int


class ClosedThen(BaseModel):
    kind: Literal["closure", "hours", "place"] = Field(description="hours: the school's own")
    name: str = Field(description="the closure's, or the place's")
    closure: UUID | None


class Session(BaseModel):
    id: UUID
    course: UUID
    instructors: list[Named]
    resource: UUID | None
    status: Annotated[str, one_of(SessionRow.Status)]
    type: Annotated[str, one_of(SessionRow.Type)]
    on_demand: bool
    capacity: int
    is_full: bool = Field(description="No seat can be had: a hold that ran out counts as a free one.")
    in_progress: bool = Field(description="It has begun and is not over.")
    price: Money | None = Field(description="null: the course's")
    choose_slots: bool
    despite_closed: bool = Field(
        description="It lies where the school or the place is closed, and the office means it."
    )
    closed: list[ClosedThen] | None = Field(
        description="What is closed then of what it is meant against, as things are now. null: for the office"
    )
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    timezone: str
    notes: str | None = Field(description="null: for the office and who teaches it")
    cancelled_because: str | None = Field(
        description="What those who were booked read. null: for the office and who teaches it"
    )
    created_by: UUID | None = Field(description="Who put it on the timetable. null: nobody known, or for the office")
    slots: list[Slot]


class MoveClash(BaseModel):
    session: UUID = Field(description="what would go there")
    who: str = Field(description="the person or place that is taken, or that a rule between lessons is about")
    student: UUID | None = Field(description="set where the office may waive it")
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    code: str
    detail: str


class OtherTime(BaseModel):
    """Where it could go."""

    slots: list[Stretch]
    resource: Named | None = Field(description="its own place, or another of its kind that is free then")


class OtherTimes(Page[OtherTime]):
    pass


class CancelPreview(BaseModel):
    dry_run: Literal[True]
    students: list[Named] = Field(description="Whose booking would be cancelled with it.")


class CancelledOrPreview(RootModel[Session | CancelPreview]):
    pass


class Moved(BaseModel):
    students: list[Named] = Field(description="Who is booked.")
    clashes: list[MoveClash] = Field(description="Of a dry run, all; else those of students that were waived.")
    session: Session | None = Field(description="null: a dry run")


class Sessions(Page[Session]):
    pass
