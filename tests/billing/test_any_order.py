"""Whatever is done to an order of lessons and products, and in whatever order: lines, payments and ledger agree."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from drawing import examples
from factories import OWNER, hour_at, let_hold_run_out, new_client, new_course, new_school, new_session, slots_of
from invariants import broken
from schoolbell.billing.checkout import Party, Wish, check_out
from schoolbell.billing.checks import CHECKS
from schoolbell.billing.dues import open_amount
from schoolbell.billing.ledger import CLIENT, SALES, TAX, balance
from schoolbell.billing.models import Allocation, Order, OrderLine, Payment, PaymentRequest, ProductLine
from schoolbell.billing.owing import left_to_pay
from schoolbell.billing.payments import Attempt, confirm_booking_of_order, pay, resolve
from schoolbell.billing.products import cancel_overdue_products, cancel_product, hand_over
from schoolbell.billing.sales import cancel_and_settle, settle
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.holds import expire_all_overdue_holds
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.kit.checks import broken as breaches
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import now
from schoolbell.people.actions import NewPerson
from schoolbell.schools.actor import Actor, Role

pytestmark = pytest.mark.django_db

SOLD: Final = ("paid", "handed_over")
PRICES: Final = (1200, 450)


class Shop:
    """One order of one or two seats and one or two products, and all that may be done to it."""

    def __init__(self, *, seats: int, products: int, deposit: int, confirm_on: str) -> None:
        # Whoever cancels by themselves is late, and bears the half.
        school = new_school("driving", confirm_on=confirm_on, free_cancel_hours=1440, late_fee_percent=50)
        clara = new_client(school)
        course = new_course(school, price=8000, deposit=deposit, tax_rate=1000, capacity=12)
        session = new_session(course, hour_at(30))
        values = [ProductValues(f"Product {price}", price, tax_rate=2000) for price in PRICES[:products]]
        wishes = [ProductWish(add_product(school, one, by=OWNER), 2) for one in values]
        party = Party(clara, [NewPerson(first_name=f"Learner {number}") for number in range(seats)])
        self.school, self.clara = school, clara
        self.me = Actor(Role.CLIENT, person_id=clara.person_id)
        wish = Wish(school, course, session, slots_of(session))
        self.order = check_out(wish, party, pay_with="card", by=self.me, products=wishes)

    @property
    def lessons(self) -> list[Booking]:
        rows = Booking.objects.select_related("session__course__school")
        return list(rows.filter(order_lines__order=self.order).order_by("id"))

    @property
    def products(self) -> list[ProductLine]:
        return list(ProductLine.objects.filter(order=self.order).select_related("order").order_by("id"))

    @property
    def is_open(self) -> int:
        return open_amount(self.order, self.lessons)

    def pay_what_is_asked(self, _number: int) -> None:
        pay(self.order, Attempt("desk", "cash"), by=OWNER)

    def pay_all(self, _number: int) -> None:
        pay(self.order, Attempt("desk", "card", max(self.is_open, 1)), by=OWNER)

    def pay_some(self, number: int) -> None:
        pay(self.order, Attempt("desk", "cash", number), by=OWNER)

    def pay_from_credit(self, _number: int) -> None:
        pay(self.order, Attempt("credit", "credit"), by=self.me)

    def go_to_the_bank(self, number: int) -> None:
        amount = None if number % 2 else max(self.is_open, 1)
        pay(self.order, Attempt("demo", "card", amount, "stays_pending"), by=self.me)

    def hear_from_the_bank(self, number: int) -> None:
        for payment in Payment.objects.filter(order=self.order, status="pending").select_related("order"):
            resolve(payment, succeeded=bool(number % 3), by=OWNER)

    def cancel_a_lesson(self, number: int) -> None:
        cancel_and_settle(self.lessons[number % len(self.lessons)], by=self.me if number % 3 else OWNER)

    def confirm_without_payment(self, number: int) -> None:
        confirm_booking_of_order(self.lessons[number % len(self.lessons)], by=OWNER, reason="Friends.")

    def give_up_a_product(self, number: int) -> None:
        cancel_product(self.products[number % len(self.products)], by=OWNER)

    def hand_over_a_product(self, number: int) -> None:
        hand_over(self.products[number % len(self.products)], by=OWNER)

    def let_time_pass(self, _number: int) -> None:
        for booking in self.lessons:
            if booking.status == Booking.Status.PENDING:
                let_hold_run_out(booking)
        late = PaymentRequest.objects.filter(order=self.order, expires_at__isnull=False)
        late.update(expires_at=now() - dt.timedelta(seconds=1))

    def expire(self, _number: int) -> None:
        expire_all_overdue_holds()

    def let_the_worker_come(self, _number: int) -> None:
        expire_all_overdue_holds()
        cancel_overdue_products()
        for booking in self.lessons:
            settle(booking)


DEEDS: Final[tuple[Callable[[Shop, int], None], ...]] = (
    Shop.pay_what_is_asked,
    Shop.pay_all,
    Shop.pay_some,
    Shop.pay_from_credit,
    Shop.go_to_the_bank,
    Shop.hear_from_the_bank,
    Shop.cancel_a_lesson,
    Shop.confirm_without_payment,
    Shop.give_up_a_product,
    Shop.hand_over_a_product,
    Shop.let_time_pass,
    Shop.expire,
    Shop.let_the_worker_come,
)
SHOPS = st.fixed_dictionaries(
    {
        "seats": st.integers(1, 2),
        "products": st.integers(1, 2),
        "deposit": st.sampled_from((0, 3000)),
        "confirm_on": st.sampled_from(("deposit", "payment", "booking")),
    }
)
STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(1, 12_000)), max_size=9)


def total(rows: object, of: str = "amount") -> int:
    return sum(rows.values_list(of, flat=True))  # type: ignore[attr-defined]


def require_sound(shop: Shop) -> None:
    order = Order.objects.get(id=shop.order.pk)
    lines = OrderLine.objects.filter(order=order)
    assert order.total == total(lines, "total") + total(ProductLine.objects.filter(order=order), "total")
    # What the client has: all that came in, less what they bear for lessons and what they bought.
    came_in = total(Payment.objects.filter(order=order, status="succeeded").exclude(method="credit"))
    bears = sum(-balance(CLIENT, school_id=order.school_id, booking_id=one.pk) for one in shop.lessons)
    bought = total(ProductLine.objects.filter(order=order, status__in=SOLD), "total")
    accounts = {name: balance(name, school_id=order.school_id) for name in (CLIENT, SALES, TAX)}
    assert accounts[CLIENT] == came_in - bears - bought
    waived = -balance("waived", school_id=order.school_id)
    assert accounts[SALES] + accounts[TAX] == bears + bought + waived
    # What is open, asked twice: of the rows, and of the lists' own statement.
    assert left_to_pay([order.pk], order.school_id)[0][order.pk] in (shop.is_open, *overdue(shop))
    assert total(Allocation.objects.filter(payment__order=order)) <= total(
        Payment.objects.filter(order=order, status="succeeded")
    )
    assert broken(shop.school) == {}
    assert [one for check in CHECKS for one in breaches(check) if one[0] == order.school_id] == []


def overdue(shop: Shop) -> list[int]:
    """Lists leave out what ran out and nobody has cleared away; whoever pays it all the same is let."""
    ran_out = {one.pk for one in shop.lessons if one.is_overdue(now())}
    if not ran_out and not all(one.status == Booking.Status.EXPIRED for one in shop.lessons):
        return []
    left, _lines = left_to_pay([shop.order.pk], shop.order.school_id)
    return [left[shop.order.pk]]


@examples(12)
@given(SHOPS, STEPS)
def test_lines_payments_and_ledger_agree(shop: dict, steps: list) -> None:
    with transaction.atomic():
        it = Shop(**shop)
        for deed, number in steps:
            with suppress(Refusal):
                deed(it, number)
            require_sound(it)
        # What is asked for can be paid, until nothing is.
        for _ in range(6):
            it.let_the_worker_come(0)
            if it.is_open > 0:
                it.pay_what_is_asked(0)
            require_sound(it)
        assert it.is_open <= 0
        assert {one.status for one in it.products} <= {"paid", "handed_over", "cancelled"}
        transaction.set_rollback(True)
