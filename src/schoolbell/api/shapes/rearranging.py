"""Lessons that cannot stay as they are, and what could become of them."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, WithJsonSchema

from schoolbell.api.shapes.basis import Named, Page
from schoolbell.api.shapes.reviews import Rating


class Substitute(BaseModel):
    """Somebody who might take over. Those who can come first, then the better qualified, then the less busy, then the
    better rated."""

    instructor: Named
    is_possible: bool
    code: str = Field(description="What stands in the way, for programs; empty: nothing does.")
    detail: str = Field(description="What stands in the way, for people.")
    proficiency: int | None = Field(description="1 to 5; null: nothing is on file, they may teach every course.")
    minutes_that_week: int = Field(description="How long they teach that week as it is.")
    rating: Rating | None = Field(description="null: no client said anything yet")


class Substitutes(Page[Substitute]):
    pass


class Step(BaseModel):
    """What becomes of a lesson."""

    way: Annotated[str, WithJsonSchema({"type": "string", "enum": ["substitute", "move", "cancel", "keep"]})]
    instructor: UUID | None = Field(description="who takes over, of a substitute")
    starts_at: AwareDatetime | None = Field(description="where it goes, of a move")


class AffectedLesson(BaseModel):
    """A lesson that cannot stay as it is, with what could become of it. What is proposed of all fits together."""

    session: UUID
    course: Named
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    students: list[Named]
    proposed: Step
    substitutes: list[Substitute]
    other_times: list[AwareDatetime] = Field(description="The nearest that suit everybody who is in it.")


class Arranged(BaseModel):
    """Sessions by what became of them."""

    substituted: list[UUID]
    moved: list[UUID]
    cancelled: list[UUID]
    kept: list[UUID]


class Rearranged(BaseModel):
    lessons: list[AffectedLesson] = Field(description="Of a dry run: every lesson that is affected.")
    done: Arranged | None = Field(description="null: a dry run")
