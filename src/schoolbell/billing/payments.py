"""Taking money, and what it then pays for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.billing.dues import ask_for_rest, lock_bookings, open_amount, open_for, open_for_products, paid_for
from schoolbell.billing.gateways import Gateway
from schoolbell.billing.gateways.credit import Credit
from schoolbell.billing.gateways.demo import Demo
from schoolbell.billing.gateways.desk import Desk
from schoolbell.billing.ledger import CLIENT, Movement, post
from schoolbell.billing.models import Allocation, Order, OrderLine, Payment, PaymentRequest
from schoolbell.billing.products import let_products_fall, lock_products, sell_products
from schoolbell.billing.refusals import AmountTooHigh, NothingToPay, PaidMeanwhile, PaymentUnderWay
from schoolbell.billing.sales import book_sale, confirm_with_waiver, write_payment_status
from schoolbell.billing.shares import shares_of
from schoolbell.bookings.actions import confirm_booking
from schoolbell.bookings.models import Booking, PaymentStatus
from schoolbell.journal.actions import record, tell
from schoolbell.kit.refusals import InputRefused, NotAllowed
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor
from schoolbell.schools.policies import PayWith


def gateways() -> dict[str, Gateway]:
    """The ways of paying of this installation. The pretend card only where it was asked for: in the demo."""
    offered: list[Gateway] = [Desk(), Credit(), *([Demo()] if settings.PRETEND_CARD else [])]
    return {gateway.name: gateway for gateway in offered}


def takes_cards() -> bool:
    """Is there a gateway with which a client pays by card?"""
    return any("card" in one.methods and not one.staff_only for one in gateways().values())


def usable(offered: Sequence[PayWith]) -> Sequence[PayWith]:
    """Of the ways that a school offers those that there are: no card where nobody takes one, unless it is the only
    way."""
    others = [one for one in offered if one != PayWith.CARD]
    return offered if takes_cards() or not others else others


@dataclass(frozen=True, slots=True)
class Attempt:
    """How somebody wants to pay. `amount` None: what is asked for now. `request_id`: the request that they saw;
    `open_seen`: how much was open when they looked."""

    gateway: str
    method: str
    amount: int | None = None
    token: str = ""
    request_id: UUID | None = None
    open_seen: int | None = None


@transaction.atomic
def pay(order: Order, attempt: Attempt, *, by: Actor) -> Payment:
    """Try to take money for an order. A payment that fails is kept, and changes nothing else.

    What was asked for is paid once, in however many windows it is shown; while a payment is under way nothing but the
    desk takes another. Products are paid whole, all of an order's at once. Locks: the order's bookings, in id order,
    then its products, likewise; for credit the client.
    Raises: InputRefused, NotAllowed, NothingToPay, PaidMeanwhile, PaymentUnderWay, AmountTooHigh.
    """
    gateway = _allowed_gateway(order, attempt, by=by)
    bookings = lock_bookings(order)
    lock_products(order)
    let_products_fall(order, bookings)
    still_open = open_amount(order, bookings)
    if still_open <= 0 or (attempt.request_id and not is_asked_for(order, attempt.request_id)):
        raise NothingToPay(order.pk)
    if attempt.open_seen not in (None, still_open):
        raise PaidMeanwhile(order.pk)
    if is_under_way(order) and not gateway.staff_only:
        raise PaymentUnderWay(order.pk)
    amount = asked_now(order, still_open) if attempt.amount is None else attempt.amount
    if amount < 1:
        raise InputRefused.of("amount", _("The amount must be more than zero."))
    if amount > still_open:
        raise AmountTooHigh(order.pk)
    if amount < still_open and open_for_products(order) and _leaves_a_rest(amount, order, bookings):
        raise InputRefused.of("amount", _("What is not a lesson is paid whole."))
    payment = Payment(
        school_id=order.school_id,
        client_id=order.client_id,
        order=order,
        gateway=gateway.name,
        method=attempt.method,
        amount=amount,
    )
    payment.save(force_insert=True)
    outcome = gateway.attempt(payment, token=attempt.token)
    payment.status, payment.failure_reason = outcome.status, outcome.failure_reason
    if outcome.status == Payment.Status.SUCCEEDED:
        return receive(payment, by=by)
    payment.save()
    record(f"payment.{payment.status}", payment, by=by, client_id=order.client_id, new={"amount": amount})
    return payment


def _leaves_a_rest(amount: int, order: Order, bookings: Sequence[Booking]) -> bool:
    """It would pay for a part of the products."""
    return bool(shares_of(amount, order, {one.pk: one for one in bookings}, lock_products(order)).rest)


def _allowed_gateway(order: Order, attempt: Attempt, *, by: Actor) -> Gateway:
    gateway = gateways().get(attempt.gateway)
    if gateway is None:
        raise InputRefused.of("gateway", _("Choose one of: %s.") % ", ".join(gateways()))
    if gateway.staff_only and not by.is_staff:
        raise NotAllowed(gateway.name)
    if attempt.method not in gateway.methods:
        raise InputRefused.of("method", _("Choose one of: %s.") % ", ".join(gateway.methods))
    if gateway.name == Credit.name and not by.is_staff and by.me != order.client.person_id:
        raise NotAllowed(gateway.name)  # whoever has an order's link, or learns, pays with what is their own
    return gateway


def is_asked_for(order: Order, request_id: UUID) -> bool:
    return PaymentRequest.objects.filter(
        school_id=order.school_id, order_id=order.pk, id=request_id, status=PaymentRequest.Status.PENDING
    ).exists()


def is_under_way(order: Order) -> bool:
    """Somebody pays for it at this moment: their bank has not answered yet."""
    return Payment.objects.filter(school_id=order.school_id, order_id=order.pk, status=Payment.Status.PENDING).exists()


@transaction.atomic
def receive(payment: Payment, *, by: Actor) -> Payment:
    """The money is there: it is kept in the ledger, pays for the order's lines, and confirms what waited for it.

    Money that comes after what it was for ended is the client's credit. Receiving it twice changes nothing, nor does
    receiving what has failed. Locks: the order's bookings, in id order, its products, likewise, then the payment.
    """
    order = payment.order
    bookings = {booking.pk: booking for booking in lock_bookings(order)}
    let_products_fall(order, list(bookings.values()))
    products = lock_products(order)
    current = Payment.objects.select_for_update(no_key=True).get(school_id=payment.school_id, id=payment.pk)
    if current.status in (Payment.Status.SUCCEEDED, Payment.Status.FAILED):
        return current
    current.status, current.failure_reason, current.succeeded_at = Payment.Status.SUCCEEDED, "", now()
    current.save()
    post(
        [Movement(current.method, CLIENT, current.amount)],
        school_id=order.school_id,
        client_id=order.client_id,
        payment_id=current.pk,
    )
    record("payment.succeeded", current, by=by, client_id=order.client_id, new={"amount": current.amount})
    tell("payment.succeeded", current)
    shares = shares_of(current.amount, order, bookings, products)
    for line, share in shares.lessons:
        booking = bookings[line.booking_id]
        Allocation(
            school_id=order.school_id, payment=current, line=line, student_id=booking.student_id, amount=share
        ).save(force_insert=True)
        _paid(booking, line, by=by)
    sell_products(shares.products, current, by=by)
    ask_for_rest(order)
    return current


def _paid(booking: Booking, line: OrderLine, *, by: Actor) -> None:
    paid = paid_for(line)
    write_payment_status(booking, PaymentStatus.DEPOSIT_PAID if open_for(booking, line) else PaymentStatus.PAID)
    if booking.status == Booking.Status.PENDING and paid >= booking.due_to_confirm:
        book_sale(confirm_booking(booking, by=by, paid=paid), line)


@transaction.atomic
def fail(payment: Payment, *, reason: str, by: Actor) -> Payment:
    """A payment that was pending came to nothing."""
    current = Payment.objects.select_for_update(no_key=True).get(school_id=payment.school_id, id=payment.pk)
    if current.status in (Payment.Status.SUCCEEDED, Payment.Status.FAILED):
        return current
    current.status, current.failure_reason = Payment.Status.FAILED, reason
    current.save()
    record("payment.failed", current, by=by, client_id=current.client_id)
    return current


def asked_now(order: Order, still_open: int) -> int:
    """What the order's open request asks for; without one, all that is open."""
    request = (
        PaymentRequest.objects.filter(
            school_id=order.school_id, order_id=order.pk, status=PaymentRequest.Status.PENDING
        )
        .order_by("id")
        .first()
    )
    return min(request.amount, still_open) if request else still_open


def resolve(payment: Payment, *, succeeded: bool, by: Actor) -> Payment:
    """The word that a pending payment waited for. A payment that has its outcome keeps it."""
    if succeeded:
        return receive(payment, by=by)
    return fail(payment, reason=str(_("The payment was declined.")), by=by)


@transaction.atomic
def confirm_booking_of_order(booking: Booking, *, by: Actor, reason: str) -> Booking:
    """Staff confirm a booking with what its line has received; `reason` waives what is missing.

    What an enrollment pays for is confirmed from the start, and has no line.
    Locks: the order's bookings, in id order; so no payment comes in between. Raises: NotAllowed, TransitionRefused,
    PaymentRequired.
    """
    if not booking.is_paid_apart:
        return confirm_with_waiver(booking, by=by, paid=0, reason=reason)
    line = OrderLine.objects.select_related("order").get(school_id=booking.school_id, booking_id=booking.pk)
    lock_bookings(line.order)
    confirmed = confirm_with_waiver(booking, by=by, paid=paid_for(line), reason=reason)
    ask_for_rest(line.order)
    return confirmed
