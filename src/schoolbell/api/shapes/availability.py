"""Free times."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from schoolbell.api.shapes.basis import Named, Page


class FreeTime(BaseModel):
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    instructor: Named | None
    resource: Named | None
    session: UUID | None = Field(description="null: a lesson on demand, made when it is booked")
    seats_left: int


class FreeTimes(Page[FreeTime]):
    pass
