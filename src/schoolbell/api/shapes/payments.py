"""What is asked for, and what was paid."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from schoolbell.api.shapes.basis import Money, Page, one_of
from schoolbell.billing.models import Payment as PaymentRow
from schoolbell.billing.models import PaymentRequest


class AskedPayment(BaseModel):
    """What to do to pay."""

    id: UUID
    kind: Annotated[str, one_of(PaymentRequest.Kind)]
    reference: str
    amount: Money
    status: Annotated[str, one_of(PaymentRequest.Status)]
    expires_at: AwareDatetime | None
    pay_at: Literal["payments"] = Field(description="Where to POST it: `/payments`, naming the order.")


class Payment(BaseModel):
    id: UUID
    order: UUID
    client: UUID
    gateway: str
    method: str
    amount: Money
    status: Annotated[str, one_of(PaymentRow.Status)]
    failure_reason: str
    succeeded_at: AwareDatetime | None


class Payments(Page[Payment]):
    pass
