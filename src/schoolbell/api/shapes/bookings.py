"""Bookings."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from schoolbell.api.shapes.basis import Money, Page, one_of
from schoolbell.api.shapes.payments import AskedPayment
from schoolbell.api.shapes.products import ProductLine
from schoolbell.api.shapes.sessions import BookedSlot
from schoolbell.bookings.models import Attendance as AttendanceRow
from schoolbell.bookings.models import Booking as BookingRow
from schoolbell.bookings.models import PaymentStatus
from schoolbell.bookings.slots import BookingState


class _Booking(BaseModel):
    id: UUID
    reference: str
    status: Annotated[str, one_of(BookingRow.Status)]
    payment_status: Annotated[str, one_of(PaymentStatus)]
    amount: Money
    hold_expires_at: AwareDatetime | None = Field(description="Until then the seat is held. null: it is not pending.")
    session: UUID
    student: UUID
    client: UUID
    enrollment: UUID | None
    slots: list[BookedSlot]
    notes: str = Field(description="What whoever booked wants the school and whoever teaches to know.")
    order: UUID | None
    payment: AskedPayment | None = Field(description="null: nothing is asked for")


class NewBooking(_Booking):
    products: list[ProductLine] = Field(description="ordered beside it, in the same order; `payment` is for all of it")
    order_key: str | None = Field(
        description="For guests, to see, pay or cancel what was ordered: send it as `Order-Key`. null: signed in."
    )


class AttendedSlot(BookedSlot):
    attendance: Annotated[str, one_of(AttendanceRow.Status, "")] = Field(description="empty: nobody has said yet")
    feedback: str = Field(description="of who teaches it, for the student and the family")
    tutor_notes: str | None = Field(description="null: for the office and who teaches it")


class Booking(_Booking):
    slots: list[AttendedSlot]  # type: ignore[assignment]
    settled_by: Annotated[str, one_of(BookingRow.SettledBy)] = Field(
        description="order: it is paid by its order. enrollment: it is paid for with the others of its enrollment, "
        "and its payment_status waits for nothing."
    )
    state: BookingState = Field(description="The coaching design's word for the status.")
    paid: Money
    cancelled_because: str = Field(
        description="Why the school cancelled its session. Empty: it did not, or did not say."
    )
    named_later: bool = Field(description="Its student is not known yet: `POST …/name-student` says who it is.")


class Bookings(Page[Booking]):
    pass
