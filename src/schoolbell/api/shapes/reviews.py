"""What clients say of who taught them."""

from uuid import UUID

from pydantic import BaseModel, Field


class Review(BaseModel):
    """What the client said of a booking."""

    id: UUID
    booking: UUID
    instructor: UUID | None = Field(description="whose rating it counts for: who led the session")
    rating: int = Field(description="1 to 5, the best")
    comment: str


class Rating(BaseModel):
    average: float = Field(description="1 to 5, the best; to the hundredth")
    ratings: int = Field(description="how many said")
