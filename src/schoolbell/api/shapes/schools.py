"""A school, and what it decides."""

from pydantic import BaseModel, RootModel

from schoolbell.schools.policies import ConfirmOn, HoldMinutes, PayWith, Policies, RefundTo


class PublicPolicies(BaseModel):
    """The policies that a client must know. A course may have its own in their place."""

    confirm_on: ConfirmOn
    hold_minutes: HoldMinutes
    ways_to_pay: list[PayWith]
    start_grid_minutes: int
    notice_minutes: int
    furthest_ahead_days: int
    free_cancel_hours: int
    late_fee_percent: int
    refund_to: RefundTo
    guests: bool


class Profile(BaseModel):
    slug: str
    name: str
    tagline: str
    timezone: str
    currency: str
    country: str
    language: str
    email: str
    phone: str
    address: str
    bank_details: str
    terms: str


class School(Profile):
    policies: PublicPolicies


class OwnSchool(Profile):
    """As staff see it, with everything that it decides."""

    about: str
    colour: str
    policies: Policies


class SeenSchool(RootModel[OwnSchool | School]):
    """Whole for staff, in part for everybody else."""
