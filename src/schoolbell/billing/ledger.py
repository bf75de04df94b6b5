"""The ledger: every movement of money is one row, written once. Balances are sums."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, Sum

from schoolbell.billing.models import LedgerEntry
from schoolbell.kit.ids import new_id

CLIENT = "client"
SALES = "sales"
TAX = "tax"
WAIVED = "waived"
CREDIT = "credit"  # what left a client’s credit and came in again for an order: always nothing in the end


@dataclass(frozen=True, slots=True)
class Movement:
    """`amount` minor units leave `credit` for `debit`."""

    debit: str
    credit: str
    amount: int


def post(
    movements: list[Movement],
    *,
    school_id: UUID,
    client_id: UUID,
    booking_id: UUID | None = None,
    product_line_id: UUID | None = None,
    payment_id: UUID | None = None,
) -> None:
    """Write the movements of one event. Those of nothing are left out."""
    event = new_id()
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            school_id=school_id,
            transaction_id=event,
            debit=movement.debit,
            credit=movement.credit,
            amount=movement.amount,
            client_id=client_id,
            booking_id=booking_id,
            product_line_id=product_line_id,
            payment_id=payment_id,
        )
        for movement in movements
        if movement.amount
    )


def balance(account: str, *, school_id: UUID, client_id: UUID | None = None, booking_id: UUID | None = None) -> int:
    """Credits less debits of an account. For `client`: what they have with the school; below nothing, what they owe."""
    rows = LedgerEntry.objects.filter(school_id=school_id)
    if client_id:
        rows = rows.filter(client_id=client_id)
    if booking_id:
        rows = rows.filter(booking_id=booking_id)
    sums = rows.aggregate(
        credits=Sum("amount", filter=Q(credit=account), default=0),
        debits=Sum("amount", filter=Q(debit=account), default=0),
    )
    return int(sums["credits"] - sums["debits"])
