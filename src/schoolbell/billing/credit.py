"""What a client has with the school and has not used: it can pay for their orders."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from schoolbell.billing.ledger import CLIENT, CREDIT, Movement, post
from schoolbell.billing.models import Order
from schoolbell.kit.database.statements import execute
from schoolbell.people.models import Client
from schoolbell.schools.models import School

# The balance, less what was paid in advance for what is not confirmed yet; a debt of this order, which lowers the
# balance, is what it may pay. Debts of other orders go first. One statement, so that nothing is confirmed in between.
_UNUSED_SQL: Final = """
    SELECT (SELECT coalesce(sum(CASE 'client' WHEN credit THEN amount WHEN debit THEN -amount END), 0)
            FROM billing_ledgerentry WHERE school_id = %(school_id)s AND client_id = %(client_id)s)
         - (SELECT coalesce(sum(allocation.amount), 0)
            FROM bookings_booking AS booking
            JOIN billing_orderline AS line ON line.school_id = booking.school_id AND line.booking_id = booking.id
            JOIN billing_allocation AS allocation
                ON allocation.school_id = line.school_id AND allocation.line_id = line.id
            WHERE booking.school_id = %(school_id)s AND booking.client_id = %(client_id)s
              AND booking.status = 'pending')
         + (SELECT coalesce(sum(greatest(borne.sold - paid.amount, 0)), 0)
            FROM billing_orderline AS line
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(CASE 'client' WHEN debit THEN amount WHEN credit THEN -amount END), 0) AS sold
                FROM billing_ledgerentry WHERE school_id = line.school_id AND booking_id = line.booking_id
            ) AS borne
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(amount), 0) AS amount
                FROM billing_allocation WHERE school_id = line.school_id AND line_id = line.id
            ) AS paid
            WHERE line.school_id = %(school_id)s AND line.order_id = %(order_id)s)
"""
# Whoever used credit owes no more than what is open: (school, client, '').
OVERDRAWN_SQL: Final = """
    SELECT entry.school_id, entry.client_id, ''
    FROM billing_ledgerentry AS entry
    LEFT JOIN LATERAL (
        SELECT sum(line_open) AS amount FROM (
            SELECT CASE booking.status WHEN 'pending' THEN -paid.amount
                   ELSE greatest(borne.sold - paid.amount, 0) END AS line_open
            FROM bookings_booking AS booking
            JOIN billing_orderline AS line
                ON line.school_id = booking.school_id AND line.booking_id = booking.id
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(CASE 'client' WHEN debit THEN amount WHEN credit THEN -amount END), 0)
                           AS sold
                FROM billing_ledgerentry WHERE school_id = line.school_id AND booking_id = line.booking_id
            ) AS borne
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(amount), 0) AS amount
                FROM billing_allocation WHERE school_id = line.school_id AND line_id = line.id
            ) AS paid
            WHERE booking.school_id = entry.school_id AND booking.client_id = entry.client_id
        ) AS lines
    ) AS still ON true
    WHERE EXISTS (SELECT FROM billing_ledgerentry AS used
                  WHERE used.school_id = entry.school_id AND used.client_id = entry.client_id
                    AND used.credit = 'credit')
    GROUP BY entry.school_id, entry.client_id, still.amount
    HAVING sum(CASE 'client' WHEN entry.credit THEN entry.amount WHEN entry.debit THEN -entry.amount ELSE 0 END)
           + coalesce(still.amount, 0) < 0
"""
_OVERDRAWN_AMONG_SQL: Final = f"""
    SELECT client_id FROM ({OVERDRAWN_SQL}) AS found (school_id, client_id, detail)
    WHERE school_id = %(school_id)s AND client_id = ANY(%(client_ids)s)
"""


def unused_credit(client: Client, *, order: Order | None = None) -> int:
    """So much of what the client has with the school can pay for something new, or for this order. Minor units."""
    values: dict[str, Any] = {"school_id": client.school_id, "client_id": client.pk}
    ((unused,),) = execute(_UNUSED_SQL, values | {"order_id": order.pk if order else None})
    return max(int(unused), 0)


def use_credit(client: Client, amount: int, *, order: Order) -> bool:
    """Take it from what the client has, for a payment of it to bring it in again for this order. False: there is not so
    much. Locks: the client, so that nobody uses the same twice.
    """
    Client.objects.select_for_update(no_key=True).get(school_id=client.school_id, id=client.pk)
    if amount > unused_credit(client, order=order):
        return False
    post([Movement(CLIENT, CREDIT, amount)], school_id=client.school_id, client_id=client.pk)
    return True


def overdrawn(school: School, client_ids: Collection[UUID]) -> list[UUID]:
    """Who of them used more than they had. Locks them, so that nobody uses any meanwhile."""
    clients = Client.objects.of(school).filter(id__in=client_ids).order_by("id").select_for_update(no_key=True)
    own = {"school_id": school.pk, "client_ids": [one.pk for one in clients]}
    return [client_id for (client_id,) in execute(_OVERDRAWN_AMONG_SQL, own)] if own["client_ids"] else []
