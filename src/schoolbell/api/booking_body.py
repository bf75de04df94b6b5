"""What is sent to book: a seat in a session, or a lesson on demand."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from schoolbell.api.orders import MOST_WISHES, Quantity
from schoolbell.api.people import PersonIn
from schoolbell.api.types import AN_ID, Input, Instant, Name, example
from schoolbell.bookings.models import MOST_LETTERS_OF_NOTES
from schoolbell.bookings.parties import Named
from schoolbell.people.actions import NamedLater

Notes = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MOST_LETTERS_OF_NOTES),
    Field(description="What the school and whoever teaches should know."),
]


class NewStudentIn(PersonIn):
    skill_level: Annotated[str, Field(max_length=50)] = ""
    relationship: Annotated[Name, Field(max_length=30)] = "parent"


class NamedLaterIn(Input):
    """A seat for somebody whom the client names later: `POST /bookings/{id}/name-student`."""

    named_later: Literal[True]


def _shape_of_student(sent: object) -> str:
    """Which shape is meant, so that what is wrong is told of that one alone."""
    if isinstance(sent, NamedLaterIn) or (isinstance(sent, dict) and "named_later" in sent):
        return NamedLaterIn.__name__
    return NewStudentIn.__name__ if isinstance(sent, dict | NewStudentIn) else "uuid"


class BesideIn(Input):
    """A product in the same order. `student` not given: for whoever takes the seat."""

    product: UUID
    quantity: Quantity = 1
    student: UUID | PersonIn | None = None


class BookingIn(Input):
    model_config = example(session=AN_ID, student=AN_ID)

    session: UUID | None = None
    slots: list[UUID] = Field(default_factory=list, max_length=100)
    course: UUID | None = None
    starts_at: Instant | None = None
    instructor: UUID | None = None
    student: Annotated[
        Annotated[UUID, Tag("uuid")]
        | Annotated[NewStudentIn, Tag(NewStudentIn.__name__)]
        | Annotated[NamedLaterIn, Tag(NamedLaterIn.__name__)],
        Discriminator(_shape_of_student),
    ]
    client: UUID | PersonIn | None = None
    enrollment_type: Literal["trial", "one_off"] | None = None
    pay_with: Literal["card", "desk", "transfer"] | None = None
    products: Annotated[list[BesideIn], Field(max_length=MOST_WISHES)] = Field(default_factory=list)
    notes: Notes = ""

    @model_validator(mode="after")
    def _one_way(self) -> "BookingIn":
        if (self.session is None) == (self.course is None):
            raise ValueError("name a session, or a course with starts_at")
        if self.course is not None and self.starts_at is None:
            raise ValueError("a lesson of a course needs starts_at")
        if self.session is not None and (self.starts_at or self.instructor):
            raise ValueError("a session has its time and instructor already")
        return self

    def named(self) -> Named:
        client = self.client.new_person() if isinstance(self.client, PersonIn) else self.client
        if isinstance(self.student, UUID):
            return Named(self.student, client)
        if isinstance(self.student, NamedLaterIn):
            return Named(NamedLater(), client, relationship="employer")
        new = self.student
        return Named(new.new_person(), client, new.skill_level, new.relationship)


def inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """A JSON schema that stands by itself: each reference replaced by what it refers to."""
    if isinstance(schema, list):
        return [inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return inlined(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    return {name: inlined(value, definitions) for name, value in schema.items() if name != "$defs"}


_SCHEMA = BookingIn.model_json_schema()
BODY_SCHEMA = inlined(_SCHEMA, _SCHEMA["$defs"])
