"""Places, and the way between them."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from schoolbell.api.shapes.basis import Page, one_of
from schoolbell.catalogue.models import ResourceKind


class Resource(BaseModel):
    id: UUID
    kind: Annotated[str, one_of(ResourceKind)]
    name: str
    capacity: int
    address_line1: str
    address_line2: str
    city: str
    postcode: str
    facilities: dict[str, Any]
    parking_info: str
    meeting_url: str
    meeting_id: str
    passcode: str | None = Field(description="null: it is not yours to enter")
    is_active: bool


class TravelTime(BaseModel):
    one: UUID
    other: UUID
    minutes: int | None = Field(description="null: as the policy says")


class TravelTimes(Page[TravelTime]):
    pass


class Resources(Page[Resource]):
    pass
