"""Lessons that cannot stay as they are, and what could become of them."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, WithJsonSchema

from schoolbell.api.shapes.basis import Named, Page, one_of
from schoolbell.api.shapes.reviews import Rating
from schoolbell.planning.models import SubstituteRequest as SubstituteRequestRow


class Substitute(BaseModel):
    """Somebody who might take over. Those who can come first, then the better qualified, then the less busy, then the
    better rated."""

    instructor: Named
    is_possible: bool
    code: str = Field(description="What stands in the way, for programs; empty: nothing does.")
    detail: str = Field(description="What stands in the way, for people.")
    proficiency: int | None = Field(
        description="1 to 5; null: nothing is on file, they may teach every course; or it is for the office."
    )
    minutes_that_week: int | None = Field(description="How long they teach that week as it is. null: for the office")
    rating: Rating | None = Field(description="null: no client said anything yet, or it is for the office")


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


class SubstituteRequest(BaseModel):
    """An instructor asks the office for somebody else to give a session in their place."""

    id: UUID
    session: UUID
    course: Named
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    instructor: Named = Field(description="who asks")
    wanted: Named | None = Field(description="whom they would like")
    reason: str
    status: Annotated[str, one_of(SubstituteRequestRow.Status)]
    decided_at: AwareDatetime | None


class SubstituteRequests(Page[SubstituteRequest]):
    pass
