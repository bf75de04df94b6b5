"""`/bookings/{booking}/review`: what the client says of it."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic import Field

from schoolbell.api import shapes
from schoolbell.api.bookings import find_booking
from schoolbell.api.document import answers
from schoolbell.api.entry import SIGNED_IN, enter
from schoolbell.api.types import Input, Text, example
from schoolbell.learning.models import Review
from schoolbell.learning.reviews import review_booking

router = Router(tags=["bookings"])


class ReviewIn(Input):
    model_config = example(rating=5, comment="Patient and clear.")

    rating: Annotated[int, Field(strict=True, ge=Review.LOWEST, le=Review.HIGHEST, description="1 to 5, the best")]
    comment: Annotated[Text, Field(max_length=Review.LONGEST)] = ""


@router.post(
    "/{booking}/review", operation_id="create_review", summary="Its client says how it was, once, when it is over"
)
@answers(shapes.Review, HTTPStatus.CREATED, to=SIGNED_IN)
def review(request: HttpRequest, school: Path[str], booking: UUID, body: ReviewIn) -> HttpResponse:
    visit = enter(request, school)

    def act() -> dict[str, Any]:
        found = find_booking(visit, booking)
        made = review_booking(found, rating=body.rating, comment=body.comment, by=visit.actor)
        return {
            "id": str(made.pk),
            "booking": str(made.booking_id),
            "instructor": str(made.instructor_id) if made.instructor_id else None,
            "rating": made.rating,
            "comment": made.comment,
        }

    return visit.answer(act)
