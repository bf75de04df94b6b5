"""This floor's part of `schoolbell check`."""

from schoolbell.billing.credit import OVERDRAWN_SQL
from schoolbell.kit.checks import Check

CHECKS = (
    Check(
        "A payment is in the ledger, whole, once it succeeded, and not before.",
        """SELECT payment.school_id, payment.id, payment.status
           FROM billing_payment AS payment
           LEFT JOIN billing_ledgerentry AS entry
               ON entry.school_id = payment.school_id AND entry.payment_id = payment.id
           GROUP BY payment.school_id, payment.id, payment.status, payment.amount
           HAVING coalesce(sum(entry.amount), 0)
                  <> CASE payment.status WHEN 'succeeded' THEN payment.amount ELSE 0 END""",
    ),
    Check(
        "A payment pays for no more than came in.",
        """SELECT payment.school_id, payment.id, ''
           FROM billing_payment AS payment
           JOIN billing_allocation AS allocation
               ON allocation.school_id = payment.school_id AND allocation.payment_id = payment.id
           GROUP BY payment.school_id, payment.id, payment.status, payment.amount
           HAVING sum(allocation.amount) > payment.amount OR payment.status <> 'succeeded'""",
    ),
    Check(
        "A line is paid no more than once.",
        """SELECT line.school_id, line.id, ''
           FROM billing_orderline AS line
           JOIN billing_allocation AS allocation
               ON allocation.school_id = line.school_id AND allocation.line_id = line.id
           GROUP BY line.school_id, line.id, line.total HAVING sum(allocation.amount) > line.total""",
    ),
    Check(
        "Nobody pays what was waived for them.",
        """SELECT line.school_id, line.id, ''
           FROM billing_orderline AS line
           WHERE (SELECT coalesce(sum(amount), 0) FROM billing_allocation AS allocation
                  WHERE allocation.school_id = line.school_id AND allocation.line_id = line.id)
               + (SELECT coalesce(sum(amount), 0) FROM billing_ledgerentry AS entry
                  WHERE entry.school_id = line.school_id AND entry.booking_id = line.booking_id
                    AND entry.debit = 'waived') > line.total""",
    ),
    Check(
        "An order is as much as its lines.",
        """SELECT placed.school_id, placed.id, ''
           FROM billing_order AS placed
           WHERE placed.total <> (SELECT coalesce(sum(total), 0) FROM billing_orderline
                                  WHERE school_id = placed.school_id AND order_id = placed.id)
                               + (SELECT coalesce(sum(total), 0) FROM billing_productline
                                  WHERE school_id = placed.school_id AND order_id = placed.id)""",
    ),
    Check(
        "A product that was sold is paid whole and in the ledger once; no other is.",
        """SELECT line.school_id, line.id, line.status
           FROM billing_productline AS line
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(CASE 'client' WHEN debit THEN amount WHEN credit THEN -amount END), 0) AS amount
               FROM billing_ledgerentry WHERE school_id = line.school_id AND product_line_id = line.id
           ) AS sold
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(amount), 0) AS amount
               FROM billing_allocation WHERE school_id = line.school_id AND product_line_id = line.id
           ) AS paid
           WHERE sold.amount <> CASE WHEN line.status IN ('paid', 'handed_over') THEN line.total ELSE 0 END
              OR line.status IN ('paid', 'handed_over') AND paid.amount <> line.total
              OR line.status = 'ordered' AND paid.amount <> 0""",
    ),
    Check(
        "What was ordered with seats, and not paid, went with them within the hour when all of their holds ran out.",
        """SELECT line.school_id, line.id, line.status
           FROM billing_productline AS line
           CROSS JOIN LATERAL (
               SELECT bool_and(booking.status = 'expired' AND booking.ended_at < now() - interval '1 hour') AS ran_out
               FROM billing_orderline AS seat
               JOIN bookings_booking AS booking
                   ON booking.school_id = seat.school_id AND booking.id = seat.booking_id
               WHERE seat.school_id = line.school_id AND seat.order_id = line.order_id
           ) AS seats
           WHERE line.status = 'ordered' AND seats.ran_out""",
    ),
    Check(
        "A booking costs what its line says.",
        """SELECT booking.school_id, booking.id, ''
           FROM bookings_booking AS booking
           LEFT JOIN billing_orderline AS line
               ON line.school_id = booking.school_id AND line.booking_id = booking.id
           WHERE booking.settled_by = 'order' AND line.total IS DISTINCT FROM booking.price
              OR booking.settled_by <> 'order' AND line.id IS NOT NULL""",
    ),
    Check(
        "What was confirmed was sold, once.",
        """SELECT booking.school_id, booking.id, booking.status
           FROM bookings_booking AS booking
           LEFT JOIN billing_ledgerentry AS entry
               ON entry.school_id = booking.school_id AND entry.booking_id = booking.id AND entry.debit = 'client'
           WHERE booking.status NOT IN ('cancelled', 'expired') AND booking.settled_by = 'order'
           GROUP BY booking.school_id, booking.id, booking.status, booking.price
           HAVING coalesce(sum(entry.amount), 0) <> CASE booking.status WHEN 'pending' THEN 0 ELSE booking.price END""",
    ),
    Check(
        "The money of a booking that ended was put right within the hour.",
        """SELECT school_id, id, status FROM bookings_booking
           WHERE status IN ('cancelled', 'expired') AND settled_at IS NULL AND ended_at < now() - interval '1 hour'""",
    ),
    Check(
        "Nobody used more credit than they had.",
        OVERDRAWN_SQL,
    ),
)
