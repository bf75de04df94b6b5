"""Weekly lessons that are wanted, and timetables proposed for them."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, WithJsonSchema

from schoolbell.api.shapes.basis import ClockTime, Named, Page, one_of
from schoolbell.planning.matching_problem import Reason
from schoolbell.planning.models import LessonRequest as LessonRequestRow
from schoolbell.planning.models import Proposal as ProposalRow


class Window(BaseModel):
    weekday: int = Field(ge=1, le=7, description="ISO: 1 is Monday")
    from_: ClockTime = Field(alias="from")
    until: ClockTime = Field(description="00:00 is the end of the day")


class LessonRequest(BaseModel):
    """A weekly lesson that is wanted."""

    id: UUID
    student: Named
    client: Named
    course: UUID
    windows: list[Window]
    timezone: str = Field(description="of the windows")
    instructors: list[Named] = Field(description="the one liked best first; none: anyone")
    starts_on: dt.date
    status: Annotated[str, one_of(LessonRequestRow.Status)]
    enrollment: UUID | None = Field(description="what came of it")


class Proposal(BaseModel):
    """A timetable for all open requests. It takes nobody's time before it is accepted."""

    id: UUID
    status: Annotated[str, one_of(ProposalRow.Status)]
    percent: int = Field(ge=0, le=100)
    asked: int = Field(description="how many requests there were")
    placed: int = Field(description="how many of them have a place, so far")
    bound: int = Field(description="More can certainly not be placed.")
    is_optimal: bool = Field(description="Nothing better exists, and that is proved.")
    method: Annotated[str, one_of(ProposalRow.Method, "")]
    note: str = Field(description="What is amiss, for people: why it failed, or that the better solver is missing.")
    repairs: UUID | None
    created_at: AwareDatetime


class PlaceNow(BaseModel):
    instructor: UUID
    resource: UUID | None
    weekday: int = Field(description="ISO: 1 is Monday")
    starts: ClockTime


class Placement(BaseModel):
    """Where one request has its lessons, every week by the school's clock; or why it has no place."""

    request: UUID
    student: Named
    course: UUID
    instructor: Named | None
    resource: Named | None
    weekday: int | None = Field(description="ISO: 1 is Monday")
    starts: ClockTime | None
    reason: Annotated[str, WithJsonSchema({"type": "string", "enum": ["", *Reason]})]
    clashes: list[dt.date] = Field(description="Days of which it is known that there is no lesson on them.")
    now: PlaceNow | None = Field(description="Of lessons that run, the place that a ready repair may change.")


class WholeProposal(Proposal):
    placements: list[Placement]


class LessonRequests(Page[LessonRequest]):
    pass


class Proposals(Page[Proposal]):
    pass
