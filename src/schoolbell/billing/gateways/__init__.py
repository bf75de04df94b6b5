"""Ways of paying. A gateway says what became of an attempt, not what that means for order and booking."""

from dataclasses import dataclass
from typing import Protocol

from schoolbell.billing.models import Payment


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt to take money."""

    status: Payment.Status
    failure_reason: str = ""


class Gateway(Protocol):
    """`methods`: what it can take, each an account of the ledger. `staff_only`: not for clients."""

    @property
    def name(self) -> str: ...

    @property
    def methods(self) -> tuple[str, ...]: ...

    @property
    def staff_only(self) -> bool: ...

    def attempt(self, payment: Payment, *, token: str) -> Outcome:
        """Try to take the payment's amount. `token` is what the gateway gave the payer to hand over."""
        ...
