"""`/bookings/{id}/attendance`: who came."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Router
from pydantic import Field, StringConstraints

from schoolbell.api import shapes
from schoolbell.api.bookings import find_booking, show_booking
from schoolbell.api.document import answers
from schoolbell.api.entry import TEACHING, enter
from schoolbell.api.types import Input
from schoolbell.bookings.attendance import MOST_LETTERS, Mark, mark_attendance
from schoolbell.bookings.models import Attendance, Booking
from schoolbell.bookings.queries import attendances_of
from schoolbell.kit.refusals import InputRefused

router = Router(tags=["bookings"])
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST_LETTERS)]


class AttendanceIn(Input):
    slot: UUID | None = Field(None, description="Which of the booking's; not given: its only one.")
    status: Literal["present", "late", "absent", "excused"]
    tutor_notes: Words | None = Field(None, description="For the office and who teaches it. null: as it was.")
    feedback: Words | None = Field(None, description="For the student and the family. null: as it was.")


@router.post("/{booking}/attendance", operation_id="mark_attendance", summary="Say whether the student came")
@answers(shapes.Booking, to=TEACHING)
def mark(request: HttpRequest, school: Path[str], booking: UUID, body: AttendanceIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        found = find_booking(visit, booking)
        said = Mark(body.status, body.tutor_notes, body.feedback)
        mark_attendance(_seat(found, body.slot), said, by=visit.actor)
        return show_booking(found, visit)

    return visit.answer(act, status=200)


def _seat(booking: Booking, slot_id: UUID | None) -> Attendance:
    seats = [seat for seat in attendances_of([booking])[booking.pk] if slot_id in (None, seat.slot_id)]
    if len(seats) != 1:
        raise InputRefused.of("slot", _("Name one slot of this booking."))
    seats[0].booking = booking
    return seats[0]
