"""What the shapes of many nouns are made of."""

from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from django.db.models import TextChoices
from pydantic import AwareDatetime, BaseModel, Field, WithJsonSchema

from schoolbell.api.types import CLOCK

T = TypeVar("T")


def one_of(choices: type[TextChoices], *more: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [*more, *choices.values]})


ClockTime = Annotated[str, Field(pattern=CLOCK, description="as the clock on the wall shows it")]


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None = Field(description="Send it as `after` for the page behind this one; null: this was the last.")


class Problem(BaseModel):
    """What was refused, or went wrong (RFC 9457)."""

    type: Literal["about:blank"]
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="One sentence for people, in the language of the request.")
    code: str = Field(description="For programs. It stays when the sentence changes.", examples=["session_full"])
    errors: dict[str, list[str]] = Field(
        default_factory=dict, description="Of malformed input: what is wrong, per field, such as `slots.0.ends_at`."
    )
    id: str = Field(default_factory=str, description="Of a failure on our side: the log has it under this.")


class Money(BaseModel):
    amount: int = Field(description="minor units: pence, cents")
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["GBP"])


class Named(BaseModel):
    id: UUID
    name: str


class Stretch(BaseModel):
    starts_at: AwareDatetime
    ends_at: AwareDatetime
