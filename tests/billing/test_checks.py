"""The rules of `schoolbell check` about money: each is found broken by the damage that it is there for, and alone."""

from collections.abc import Callable
from typing import Final

import pytest
from django.db.models import F

from damage import found
from factories import (
    OWNER,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_school,
    new_session,
    new_student,
    order_of,
    pay_for,
    payer_of,
)
from schoolbell.billing.ledger import Movement, post
from schoolbell.billing.models import Allocation, LedgerEntry, Order, OrderLine, Payment, PaymentRequest, ProductLine
from schoolbell.billing.payments import Attempt, confirm_booking_of_order, pay
from schoolbell.billing.products import cancel_product, hand_over, order_products
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.kit.ids import new_reference
from schoolbell.kit.time import now
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db

PAID: Final = "A booking is as much paid as its money says."
ENROLLED: Final = "An enrollment with one booking is as much paid as that."
ASKED: Final = "What was asked for is confirmed when the money for it is there, then and only then."
ONCE: Final = "An order is asked for once at a time, and for no more than it costs."
IDLE: Final = "What came in for an order pays for its lessons as long as one is open."
SHARED: Final = "A payment pays for what was ordered with it, for who learns by it."
ORDERED: Final = "Whoever ordered has booked, and pays."
MOVED: Final = "Money moves between the accounts of what it is for, in its direction, and is that client's."
TAXED: Final = "The tax of a line is as much as its rate says."


@pytest.fixture
def school(db: None) -> School:
    return new_school("driving", confirm_on="deposit")


def seat(school: School, *, deposit: int = 2000, **purchase: object) -> Booking:
    """For 8800, of which 800 are tax; held until its deposit is paid."""
    course = new_course(school, price=8800, deposit=deposit, tax_rate=1000, capacity=4, trial_price=8800)
    return buy_seat(new_session(course, hour_at(10)), new_student(school), **purchase)


def of(booking: Booking) -> Booking:
    return Booking.objects.get(id=booking.pk)


def request_of(booking: Booking, kind: str = "deposit") -> PaymentRequest:
    return PaymentRequest.objects.get(order=order_of(booking), kind=kind)


def test_sound_money_breaks_nothing(school: School) -> None:
    held, deposit, whole, waived, late, free = (seat(school) for _ in range(6))
    pay_for(deposit)
    pay_for(whole, 8800)
    confirm_booking_of_order(waived, by=OWNER, reason="A friend.")
    pay_for(late)
    cancel_and_settle(late, by=OWNER)
    pay_for(free)
    sold, gone = product(school), product(school)
    pay(sold.order, Attempt("desk", "cash"), by=OWNER)
    hand_over(sold, by=OWNER)
    cancel_product(gone, by=OWNER)
    assert found() == []
    assert [of(one).payment_status for one in (held, deposit, whole, waived, late)] == [
        *("pending", "deposit_paid", "paid", "pending", "deposit_paid")
    ]


def product(school: School) -> ProductLine:
    sam = new_student(school)
    wish = ProductWish(add_product(school, ProductValues("Book", 1210, tax_rate=1000), by=OWNER))
    order = order_products([wish], school=school, student=sam, client=payer_of(sam), pay_with=None, by=OWNER)
    return ProductLine.objects.select_related("order").get(order=order)


@pytest.mark.parametrize(
    ("paid", "status"),
    [
        (0, "paid"),
        (0, "deposit_paid"),
        (2000, "pending"),
        (2000, "paid"),
        (8800, "deposit_paid"),
        (8800, "pending"),
        (8800, "failed"),
    ],
)
@pytest.mark.parametrize("ended", [False, True])
def test_a_payment_status_that_the_money_contradicts(school: School, paid: int, status: str, *, ended: bool) -> None:
    booking = seat(school)
    if paid:
        pay_for(booking, paid)
    if ended:
        school.stored_policies |= {"late_fee_percent": 100}
        cancel_and_settle(Booking.objects.select_related("session__course__school").get(id=booking.pk), by=OWNER)
    Booking.objects.filter(id=booking.pk).update(payment_status=status)
    if (paid, status, ended) == (2000, "paid", True):  # there is no fee to be paid
        assert found() == []
    else:
        assert found() == [(PAID, booking.pk)]


def test_what_was_waived_whole_is_paid_and_so_is_its_enrollment(school: School) -> None:
    booking = seat(school, deposit=0, enrollment_type="trial")
    confirmed = confirm_booking_of_order(booking, by=OWNER, reason="A friend.")
    enrollment = Enrollment.objects.get(id=confirmed.enrollment_id)
    assert (confirmed.payment_status, enrollment.payment_status, found()) == ("paid", "paid", [])
    Booking.objects.filter(id=booking.pk).update(payment_status="pending")
    Enrollment.objects.filter(id=enrollment.pk).update(payment_status="pending")
    assert found() == [(PAID, booking.pk)]
    Booking.objects.filter(id=booking.pk).update(payment_status="paid")
    assert found() == [(ENROLLED, enrollment.pk)]


def unmatched(booking: Booking) -> PaymentRequest:
    """A request that waits though its money came, or was met without any."""
    pay_for(booking)
    PaymentRequest.objects.filter(order=order_of(booking), kind="balance").delete()
    PaymentRequest.objects.filter(order=order_of(booking)).update(status="pending", matched_at=None)
    return request_of(booking)


def met_by_nothing(booking: Booking) -> PaymentRequest:
    PaymentRequest.objects.filter(order=order_of(booking)).update(status="confirmed", matched_at=now())
    return request_of(booking)


def met_by_less(booking: Booking) -> PaymentRequest:
    pay_for(booking)
    PaymentRequest.objects.filter(order=order_of(booking), kind="deposit").update(amount=2001)
    return request_of(booking)


def met_at_no_time(booking: Booking) -> PaymentRequest:
    pay_for(booking)
    PaymentRequest.objects.filter(order=order_of(booking), kind="deposit").update(matched_at=None)
    return request_of(booking)


def waits_for_what_is_paid(booking: Booking) -> PaymentRequest:
    pay_for(booking)
    pay_for(booking)
    PaymentRequest.objects.filter(order=order_of(booking), kind="balance").update(status="pending", matched_at=None)
    return request_of(booking, "balance")


@pytest.mark.parametrize("spoil", [unmatched, met_by_nothing, met_by_less, met_at_no_time, waits_for_what_is_paid])
def test_a_request_that_the_money_contradicts(school: School, spoil: Callable[[Booking], PaymentRequest]) -> None:
    assert spoil(seat(school)).pk == found()[0][1]
    assert [rule for rule, _row in found()] == [ASKED]


def test_a_request_for_more_than_the_order_costs_and_one_beside_another(school: School) -> None:
    request = request_of(seat(school))
    PaymentRequest.objects.filter(id=request.pk).update(amount=8801)
    assert found() == [(ONCE, request.pk)]
    PaymentRequest.objects.filter(id=request.pk).update(amount=2000)
    second = PaymentRequest(
        school=school, order_id=request.order_id, kind="balance", reference=new_reference(), amount=6800
    )
    second.save(force_insert=True)
    assert found() == [(ONCE, second.pk)]


def test_a_payment_that_pays_for_nothing_though_a_lesson_is_open(school: School) -> None:
    booking = seat(school)
    pay_for(booking)
    Allocation.objects.all().delete()
    Booking.objects.filter(id=booking.pk).update(payment_status="pending")
    assert found() == [(IDLE, order_of(booking).pk)]


def test_a_payment_of_which_a_part_pays_for_nothing(school: School) -> None:
    booking = seat(school)
    pay_for(booking, 8800)
    Allocation.objects.update(amount=8700)
    Booking.objects.filter(id=booking.pk).update(payment_status="deposit_paid")
    assert found() == [(IDLE, order_of(booking).pk)]


def test_an_allocation_for_somebody_else(school: School) -> None:
    booking, other = seat(school), new_student(school)
    pay_for(booking)
    allocation = Allocation.objects.get()
    Allocation.objects.update(student=other)
    assert found() == [(SHARED, allocation.pk)]


def test_an_allocation_for_another_order(school: School) -> None:
    line, other = product(school), product(school)
    pay(line.order, Attempt("desk", "cash"), by=OWNER)
    allocation = Allocation.objects.get()
    ProductLine.objects.filter(id=line.pk).update(order=other.order)
    Order.objects.filter(id=other.order_id).update(total=F("total") * 2)
    Order.objects.filter(id=line.order_id).update(total=0)
    LedgerEntry.objects.filter(product_line=line).update(client=other.order.client)
    PaymentRequest.objects.filter(order=line.order).delete()
    ProductLine.objects.filter(id=line.pk).update(student=other.student)
    Allocation.objects.update(student=other.student)
    assert found() == [(SHARED, allocation.pk)]


def test_an_order_of_somebody_else_than_who_booked(school: School) -> None:
    order = order_of(seat(school))
    Order.objects.filter(id=order.pk).update(client=new_client(school))
    assert found() == [(ORDERED, order.pk)]


def test_a_payment_of_somebody_else_than_who_ordered(school: School) -> None:
    booking, other = seat(school), new_client(school)
    payment = pay_for(booking)
    Payment.objects.filter(id=payment.pk).update(client=other)
    LedgerEntry.objects.filter(payment=payment).update(client=other)
    assert found() == [(ORDERED, order_of(booking).pk)]


@pytest.mark.parametrize("of_what", ["payment", "booking", "product_line"])
def test_a_movement_of_another_client(school: School, of_what: str) -> None:
    pay_for(seat(school), 8800)
    pay(product(school).order, Attempt("desk", "cash"), by=OWNER)
    entry = LedgerEntry.objects.filter(**{f"{of_what}__isnull": False}).order_by("id").first()
    LedgerEntry.objects.filter(id=entry.pk).update(client=new_client(school))
    assert found() == [(MOVED, entry.pk)]


def test_a_payment_that_moves_the_other_way_or_by_another_way_of_paying(school: School) -> None:
    payment = pay_for(seat(school))
    entry = LedgerEntry.objects.get(payment=payment)
    for debit, credit in (("client", "card"), ("cash", "client"), ("card", "sales")):
        LedgerEntry.objects.filter(id=entry.pk).update(debit=debit, credit=credit)
        assert found() == [(MOVED, entry.pk)]
    LedgerEntry.objects.filter(id=entry.pk).update(debit="card", credit="client")
    assert found() == []


def test_a_movement_between_accounts_of_something_else(school: School) -> None:
    line = product(school)
    pay(line.order, Attempt("desk", "cash"), by=OWNER)
    own = {"school_id": school.pk, "client_id": line.order.client_id}
    for movement, ids in (
        (Movement("waived", "client", 5), {"product_line_id": line.pk}),
        (Movement("card", "client", 5), {}),
    ):
        before = {one.pk for one in LedgerEntry.objects.all()}
        if ids:  # what it takes away is given back, so that the product is sold as it was
            LedgerEntry.objects.filter(product_line=line, credit="sales").update(amount=F("amount") + 5)
        post([movement], **own, **ids)
        (entry,) = (one for one in LedgerEntry.objects.all() if one.pk not in before)
        assert found() == [(MOVED, entry.pk)]
        entry.delete()
        LedgerEntry.objects.filter(product_line=line, credit="sales").update(amount=line.total - line.tax)
        assert found() == []


def test_tax_that_is_not_as_its_rate_says(school: School) -> None:
    line, book = OrderLine.objects.get(booking=seat(school)), product(school)
    assert (line.tax, book.tax) == (800, 110)
    OrderLine.objects.filter(id=line.pk).update(tax=801)
    assert found() == [(TAXED, line.pk)]
    OrderLine.objects.filter(id=line.pk).update(tax=800)
    ProductLine.objects.filter(id=book.pk).update(tax=109)
    assert found() == [(TAXED, book.pk)]


def test_tax_is_rounded_half_up(school: School) -> None:
    """3 at 20 % holds 0.5."""
    course = new_course(school, price=3, tax_rate=2000)
    line = OrderLine.objects.get(booking=buy_seat(new_session(course), new_student(school)))
    assert (line.tax, found()) == (1, [])
    OrderLine.objects.filter(id=line.pk).update(tax=0)
    assert found() == [(TAXED, line.pk)]


def test_the_ledger_of_credit_that_was_used_is_sound(school: School) -> None:
    booking = seat(school)
    pay_for(booking, 8800)
    cancel_and_settle(Booking.objects.select_related("session__course__school").get(id=booking.pk), by=OWNER)
    again = buy_seat(
        new_session(new_course(school, price=8800, capacity=4), hour_at(11)), booking.student, client=booking.client
    )
    pay(order_of(again), Attempt("credit", "credit"), by=OWNER)
    assert found() == []
