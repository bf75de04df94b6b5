"""What a client owes for what was confirmed, and what becomes of it when that ends."""

from django.db import transaction

from schoolbell.billing.dues import ask_for_less, ask_for_rest, lock_order, open_for, price_returned
from schoolbell.billing.ledger import CLIENT, SALES, TAX, WAIVED, Movement, balance, post
from schoolbell.billing.models import Order, OrderLine, PaymentRequest
from schoolbell.billing.products import let_products_fall, lock_products
from schoolbell.bookings.actions import cancel_booking, confirm_booking, locked_booking
from schoolbell.bookings.models import Booking, Enrollment, PaymentStatus
from schoolbell.bookings.sessions import cancel_session
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import NotAllowed
from schoolbell.kit.time import now
from schoolbell.pricing.price import tax_within
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Session


def book_sale(booking: Booking, line: OrderLine) -> None:
    """The booking is confirmed: the client owes its price. Done once."""
    if balance(CLIENT, school_id=booking.school_id, booking_id=booking.pk):
        return
    post(
        [Movement(CLIENT, SALES, line.total - line.tax), Movement(CLIENT, TAX, line.tax)],
        school_id=booking.school_id,
        client_id=booking.client_id,
        booking_id=booking.pk,
    )


@transaction.atomic
def confirm_with_waiver(booking: Booking, *, by: Actor, paid: int, reason: str) -> Booking:
    """Staff confirm a booking: what is missing of the amount that confirms it is waived, for a reason that is kept.

    Without a reason the booking must be paid. Raises: NotAllowed, TransitionRefused, PaymentRequired.
    """
    if not by.is_staff:
        raise NotAllowed(booking.pk)
    was_pending = locked_booking(booking).status == Booking.Status.PENDING
    confirmed = confirm_booking(booking, by=by, paid=paid, waived=bool(reason))
    if not was_pending:
        return confirmed
    line = OrderLine.objects.select_related("order").get(school_id=booking.school_id, booking_id=booking.pk)
    book_sale(confirmed, line)
    missing = max(confirmed.due_to_confirm - paid, 0)
    if missing:
        post(
            [Movement(WAIVED, CLIENT, missing)],
            school_id=booking.school_id,
            client_id=booking.client_id,
            booking_id=booking.pk,
        )
        record(
            "payment.waived",
            confirmed,
            by=by,
            student_id=confirmed.student_id,
            client_id=confirmed.client_id,
            new={"amount": missing, "reason": reason},
        )
        lock_order(line.order)
        ask_for_less(line.order_id, school_id=line.school_id, by=missing)
        if not open_for(confirmed, line):
            write_payment_status(confirmed, PaymentStatus.PAID)
    return confirmed


def write_payment_status(booking: Booking, status: PaymentStatus) -> None:
    """On the booking and, where it came with an enrollment, there too."""
    booking.payment_status = status
    booking.save()
    if booking.enrollment_id:
        Enrollment.objects.filter(school_id=booking.school_id, id=booking.enrollment_id).update(
            payment_status=status, updated_at=now()
        )


def cancel_and_settle(booking: Booking, *, by: Actor) -> Booking:
    """Cancel, and put the money right at once. Raises: LessonBegun, TransitionRefused."""
    cancelled = cancel_booking(booking, by=by)
    settle(cancelled)
    return cancelled


def cancel_session_and_settle(session: Session, *, by: Actor, because: str = "") -> Session:
    """Take a session off, then put the money of every booking in it right. Raises: SessionNotOpen, InputRefused."""
    cancelled = cancel_session(session, by=by, because=because)
    settle_session(cancelled)
    return cancelled


def settle_session(session: Session) -> None:
    """Put the money of its ended bookings right, each in a transaction of its own: nobody waits for all of them."""
    ended = Booking.objects.filter(
        school_id=session.school_id, session_id=session.pk, status=Booking.Status.CANCELLED, settled_at__isnull=True
    )
    for booking in ended.order_by("id"):
        settle(booking)


@transaction.atomic
def settle(booking: Booking) -> bool:
    """Put the money of an ended booking right: `owed_percent` of its price is taken back from sales and is the client's
    again, and nothing more is asked for. Products that were ordered with it fall with the last hold that ran out. Done
    once, however often it is called. False: it was settled, or lives.

    Locks: the booking, then the order's products in id order, then the order.
    """
    current = locked_booking(booking)
    if current.settled_at or current.status not in (Booking.Status.CANCELLED, Booking.Status.EXPIRED):
        return False
    line = OrderLine.objects.filter(school_id=current.school_id, booking_id=current.pk).select_related("order").first()
    if line:
        lock_products(line.order)
        lock_order(line.order)
        back = price_returned(current, percent=current.owed_percent or 0)
        tax = tax_within(back, line.tax_rate)
        post(
            [Movement(SALES, CLIENT, back - tax), Movement(TAX, CLIENT, tax)],
            school_id=current.school_id,
            client_id=current.client_id,
            booking_id=current.pk,
        )
        own = current.due_to_confirm if _asks_for_deposit(line) else line.total
        ask_for_less(line.order_id, school_id=line.school_id, by=own)
    current.settled_at = now()
    current.save()
    if line:
        let_products_fall(line.order, _bookings_of(line.order))
        ask_for_rest(line.order)
    return True


def _bookings_of(order: Order) -> list[Booking]:
    """As they stand. Of two that end at the same moment the one that is seen to later finds both ended."""
    return list(Booking.objects.filter(school_id=order.school_id, order_lines__order_id=order.pk))


def _asks_for_deposit(line: OrderLine) -> bool:
    return PaymentRequest.objects.filter(
        school_id=line.school_id,
        order_id=line.order_id,
        status=PaymentRequest.Status.PENDING,
        kind=PaymentRequest.Kind.DEPOSIT,
    ).exists()
