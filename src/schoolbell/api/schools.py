"""`/api/v1/{school}`: what anybody may know of a school, and what it decides for itself."""

from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic import Field, StringConstraints

from schoolbell.access.school import PROFILE, change_policies, change_school
from schoolbell.api import shapes
from schoolbell.api.document import answers
from schoolbell.api.entry import ANYBODY, STAFF, enter
from schoolbell.api.types import Input, Line, Text, Zone, example
from schoolbell.schools.models import School
from schoolbell.schools.policies import PolicyChange

router = Router(tags=["school"])


class SchoolChangeIn(Input):
    """What is not named stays."""

    model_config = example(tagline="Calm lessons, all over town", policies={"notice_minutes": 240})

    name: Line | None = None
    tagline: Line | None = None
    about: Text | None = None
    email: Line | None = None
    phone: Line | None = None
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] | None = None
    bank_details: Text | None = Field(None, description="Where a transfer goes, in the words that a client needs.")
    terms: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)] | None = Field(
        None, description="What clients accept on the booking form."
    )
    colour: Annotated[str, StringConstraints(pattern="^#[0-9a-f]{6}$")] | None = None
    timezone: Zone | None = None
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] | None = None
    language: Annotated[str, StringConstraints(pattern="^[a-z]{2,3}(-[a-z0-9]{2,6})?$")] | None = None
    policies: PolicyChange = Field(
        default_factory=PolicyChange, description="Those that change; they hold for what is booked from now on."
    )


def show_school(school: School, *, whole: bool) -> dict[str, Any]:
    """Staff see all policies, everybody else those that a client must know."""
    public = set(shapes.PublicPolicies.model_fields)
    return {
        "slug": school.slug,
        "name": school.name,
        "tagline": school.tagline,
        "timezone": school.timezone,
        "currency": school.currency,
        "country": school.country,
        "language": school.language,
        "email": school.email,
        "phone": school.phone,
        "address": school.address,
        "bank_details": school.bank_details,
        "terms": school.terms,
        "policies": school.policies.model_dump(mode="json", include=None if whole else public),
    } | ({"about": school.about, "colour": school.colour} if whole else {})


@router.get("", operation_id="get_school", summary="A school's public profile; for staff with all its policies")
@answers(shapes.SeenSchool, to=ANYBODY)
def profile(request: HttpRequest, school: Path[str]) -> dict[str, Any]:
    visit = enter(request, school)
    return show_school(visit.school, whole=visit.actor.is_staff)


@router.patch("", operation_id="change_school", summary="Change who the school is, or its policies")
@answers(shapes.OwnSchool, to=STAFF)
def change(request: HttpRequest, school: Path[str], body: SchoolChangeIn) -> HttpResponse:
    visit = enter(request, school)
    values = {name: getattr(body, name) for name in PROFILE if getattr(body, name) is not None}

    def act() -> dict[str, Any]:
        change_school(visit.school, values, by=visit.actor)
        return show_school(change_policies(visit.school, body.policies.said, by=visit.actor), whole=True)

    return visit.answer(act, status=HTTPStatus.OK)
