"""A coach's slots."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from schoolbell.api.shapes.basis import Named, Page
from schoolbell.api.shapes.sessions import BookedSlot
from schoolbell.bookings.slots import BookingState, SlotState
from schoolbell.planning.slots import InTheWay


class SlotBooking(BaseModel):
    id: UUID
    reference: str
    state: BookingState = Field(description="The coaching design's word for the booking's status.")
    student: Named


class CoachSlot(BookedSlot):
    """A session with one seat and one stretch of time: book it as its `session`."""

    session: UUID
    course: Named
    resource: UUID | None
    timezone: str
    state: SlotState = Field(description="AVAILABLE: its seat can be had.")
    deletable: bool = Field(description="Nobody ever booked it.")
    booking: SlotBooking | None = Field(description="The one that holds the seat, or else the last that did.")


class PlannedSlot(BaseModel):
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: InTheWay | None = Field(description="Why it is not published; null: nothing stands in its way.")
    detail: str = Field(description="The reason as a sentence.")
    slot: UUID | None = Field(description="null: it is not there")
    session: UUID | None


class PlannedSlots(BaseModel):
    dry_run: bool
    published: int = Field(description="How many are new.")
    slots: list[PlannedSlot]


class Slots(Page[CoachSlot]):
    pass
