"""This floor's part of `schoolbell check`."""

from schoolbell.billing.credit import OVERDRAWN_SQL
from schoolbell.kit.checks import Check

# Per line of a booking: `owed` while that lives, `sold` by the ledger, `paid`, and `open` as `dues.open_for` has it.
# Per order what came in, what of it pays for something, and `open` as `dues.open_amount` has it; `at_rest`: all that
# ended is settled.
_MONEY_SQL = """
    WITH paid AS (
        SELECT school_id, line_id, sum(amount) AS amount FROM billing_allocation
        WHERE line_id IS NOT NULL GROUP BY school_id, line_id
    ),
    borne AS (
        SELECT school_id, booking_id,
               sum(CASE 'waived' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END) AS waived,
               sum(CASE 'client' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END) AS sold
        FROM billing_ledgerentry WHERE booking_id IS NOT NULL GROUP BY school_id, booking_id
    ),
    line AS (
        SELECT *, greatest(CASE WHEN NOT ended THEN owed WHEN is_settled THEN sold
                                ELSE sold - (2 * sold * owed_percent + 100) / 200 END - paid, 0) AS open
        FROM (
            SELECT line.school_id, line.id, line.order_id, line.booking_id, booking.payment_status,
                   booking.status IN ('cancelled', 'expired') AS ended, booking.settled_at IS NOT NULL AS is_settled,
                   coalesce(booking.owed_percent, 0) AS owed_percent, coalesce(borne.sold, 0) AS sold,
                   booking.price - coalesce(borne.waived, 0) AS owed, coalesce(paid.amount, 0) AS paid
            FROM billing_orderline AS line
            JOIN bookings_booking AS booking ON booking.school_id = line.school_id AND booking.id = line.booking_id
            LEFT JOIN borne ON borne.school_id = line.school_id AND borne.booking_id = line.booking_id
            LEFT JOIN paid ON paid.school_id = line.school_id AND paid.line_id = line.id
        ) AS line
    ),
    placed AS (
        SELECT placed.school_id, placed.id, placed.total, coalesce(received.amount, 0) AS received,
               coalesce(shared.amount, 0) AS shared, coalesce(lessons.open, 0) AS open_for_lessons,
               coalesce(lessons.open, 0) + coalesce(products.open, 0)
                   - (coalesce(received.amount, 0) - coalesce(shared.amount, 0)) AS open,
               coalesce(lessons.at_rest, true) AS at_rest
        FROM billing_order AS placed
        LEFT JOIN (SELECT school_id, order_id, sum(amount) AS amount FROM billing_payment
                   WHERE status = 'succeeded' GROUP BY school_id, order_id) AS received
            ON received.school_id = placed.school_id AND received.order_id = placed.id
        LEFT JOIN (SELECT payment.school_id, payment.order_id, sum(allocation.amount) AS amount
                   FROM billing_allocation AS allocation
                   JOIN billing_payment AS payment
                       ON payment.school_id = allocation.school_id AND payment.id = allocation.payment_id
                   GROUP BY payment.school_id, payment.order_id) AS shared
            ON shared.school_id = placed.school_id AND shared.order_id = placed.id
        LEFT JOIN (SELECT school_id, order_id, sum(open) AS open, bool_and(is_settled OR NOT ended) AS at_rest
                   FROM line GROUP BY school_id, order_id) AS lessons
            ON lessons.school_id = placed.school_id AND lessons.order_id = placed.id
        LEFT JOIN (SELECT school_id, order_id, sum(total) AS open FROM billing_productline
                   WHERE status = 'ordered' GROUP BY school_id, order_id) AS products
            ON products.school_id = placed.school_id AND products.order_id = placed.id
    )
"""

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
    Check(
        "A booking is as much paid as its money says.",
        # Once it has ended it stays as it was, unless its late fee is paid.
        f"""{_MONEY_SQL}
            SELECT school_id, booking_id, payment_status FROM line
            WHERE NOT CASE payment_status
                          WHEN 'paid' THEN paid >= owed OR ended AND paid > 0 AND (paid >= sold OR NOT is_settled)
                          WHEN 'deposit_paid' THEN paid > 0 AND paid < owed
                          ELSE payment_status = 'pending' AND paid = 0 AND owed > 0 END
            UNION ALL
            SELECT school_id, id, payment_status FROM bookings_booking
            WHERE settled_by = 'enrollment' AND payment_status <> 'pending' AND price > 0""",
    ),
    Check(
        "An enrollment with one booking is as much paid as that.",
        """SELECT enrollment.school_id, enrollment.id,
                  enrollment.payment_status || ' here, ' || booking.payment_status || ' there'
           FROM bookings_enrollment AS enrollment
           JOIN bookings_booking AS booking
               ON booking.school_id = enrollment.school_id AND booking.enrollment_id = enrollment.id
           WHERE enrollment.type <> 'weekly_recurring' AND enrollment.payment_status <> booking.payment_status""",
    ),
    Check(
        "What was asked for is confirmed when the money for it is there, then and only then.",
        f"""{_MONEY_SQL}
            SELECT request.school_id, request.id, request.status
            FROM billing_paymentrequest AS request
            JOIN placed ON placed.school_id = request.school_id AND placed.id = request.order_id
            WHERE (request.status = 'confirmed') <> (request.matched_at IS NOT NULL)
               OR request.status = 'confirmed' AND request.amount > placed.received
               OR request.status = 'pending' AND placed.at_rest
                  AND (placed.open <= 0 OR request.kind = 'deposit' AND request.amount <= placed.received)""",
    ),
    Check(
        "An order is asked for once at a time, and for no more than it costs.",
        """SELECT request.school_id, request.id, request.status
           FROM billing_paymentrequest AS request
           JOIN billing_order AS placed ON placed.school_id = request.school_id AND placed.id = request.order_id
           WHERE request.amount > placed.total
              OR request.status = 'pending'
                 AND EXISTS (SELECT FROM billing_paymentrequest AS other
                             WHERE other.school_id = request.school_id AND other.order_id = request.order_id
                               AND other.status = 'pending' AND other.id < request.id)""",
    ),
    Check(
        "What came in for an order pays for its lessons as long as one is open.",
        f"""{_MONEY_SQL}
            SELECT school_id, id, received - shared || ' pays for nothing' FROM placed
            WHERE received > shared AND open_for_lessons > 0""",
    ),
    Check(
        "A payment pays for what was ordered with it, for who learns by it.",
        """SELECT allocation.school_id, allocation.id, ''
           FROM billing_allocation AS allocation
           JOIN billing_payment AS payment
               ON payment.school_id = allocation.school_id AND payment.id = allocation.payment_id
           LEFT JOIN billing_orderline AS line
               ON line.school_id = allocation.school_id AND line.id = allocation.line_id
           LEFT JOIN bookings_booking AS booking
               ON booking.school_id = line.school_id AND booking.id = line.booking_id
           LEFT JOIN billing_productline AS product
               ON product.school_id = allocation.school_id AND product.id = allocation.product_line_id
           WHERE coalesce(line.order_id, product.order_id) <> payment.order_id
              OR coalesce(booking.student_id, product.student_id) <> allocation.student_id""",
    ),
    Check(
        "Whoever ordered has booked, and pays.",
        """SELECT placed.school_id, placed.id, ''
           FROM billing_order AS placed
           WHERE EXISTS (SELECT FROM billing_orderline AS line
                         JOIN bookings_booking AS booking
                             ON booking.school_id = line.school_id AND booking.id = line.booking_id
                         WHERE line.school_id = placed.school_id AND line.order_id = placed.id
                           AND booking.client_id <> placed.client_id)
              OR EXISTS (SELECT FROM billing_payment AS payment
                         WHERE payment.school_id = placed.school_id AND payment.order_id = placed.id
                           AND payment.client_id <> placed.client_id)""",
    ),
    Check(
        "Money moves between the accounts of what it is for, in its direction, and is that client's.",
        """SELECT entry.school_id, entry.id, entry.debit || ' to ' || entry.credit
           FROM billing_ledgerentry AS entry
           LEFT JOIN billing_payment AS payment
               ON payment.school_id = entry.school_id AND payment.id = entry.payment_id
           LEFT JOIN bookings_booking AS booking
               ON booking.school_id = entry.school_id AND booking.id = entry.booking_id
           LEFT JOIN billing_productline AS product
               ON product.school_id = entry.school_id AND product.id = entry.product_line_id
           LEFT JOIN billing_order AS placed
               ON placed.school_id = product.school_id AND placed.id = product.order_id
           WHERE coalesce(payment.client_id, booking.client_id, placed.client_id, entry.client_id) <> entry.client_id
              OR num_nonnulls(entry.payment_id, entry.booking_id, entry.product_line_id) > 1
              OR NOT CASE
                  WHEN entry.payment_id IS NOT NULL THEN (entry.debit, entry.credit) = (payment.method, 'client')
                  WHEN entry.booking_id IS NOT NULL OR entry.product_line_id IS NOT NULL
                      THEN (entry.debit, entry.credit) IN (('client', 'sales'), ('client', 'tax'),
                                                           ('sales', 'client'), ('tax', 'client'))
                           OR entry.booking_id IS NOT NULL AND (entry.debit, entry.credit) = ('waived', 'client')
                  ELSE (entry.debit, entry.credit) = ('client', 'credit') END""",
    ),
    Check(
        "The tax of a line is as much as its rate says.",
        # As `pricing.price.tax_within` rounds it.
        """SELECT school_id, id, tax || ' at ' || tax_rate
           FROM (SELECT school_id, id, tax, tax_rate, total FROM billing_orderline
                 UNION ALL SELECT school_id, id, tax, tax_rate, total FROM billing_productline) AS line
           WHERE tax <> (2 * total::bigint * tax_rate + 10000 + tax_rate) / (2 * (10000 + tax_rate))""",
    ),
)
