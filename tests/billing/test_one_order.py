"""Lessons and products in one order: one price, one request, one reference; and each line its own way afterwards."""

import datetime as dt

import pytest

from factories import (
    OWNER,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_school,
    new_session,
    new_student,
    slots_of,
)
from invariants import broken
from schoolbell.billing.checkout import Party, Wish, check_out, order_again
from schoolbell.billing.dues import open_amount
from schoolbell.billing.ledger import CLIENT, SALES, TAX, balance
from schoolbell.billing.models import Allocation, Order, OrderLine, Payment, PaymentRequest, ProductLine
from schoolbell.billing.naming import name_student
from schoolbell.billing.owing import open_orders
from schoolbell.billing.payments import Attempt, confirm_booking_of_order, pay, resolve
from schoolbell.billing.product_orders import product_orders_of
from schoolbell.billing.products import cancel_overdue_products, cancel_product, hand_over
from schoolbell.billing.refusals import NothingToPay, ProductNotOnSale
from schoolbell.billing.sales import cancel_and_settle, settle
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.holds import expire_all_overdue_holds
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import SessionFull, TooManyHolds
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import ProductValues, add_product, change_product
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import now
from schoolbell.people.actions import NamedLater, NewPerson
from schoolbell.people.models import Client, Student
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db


@pytest.fixture
def driving() -> School:
    """It confirms on a deposit."""
    return new_school("driving", free_cancel_hours=24, late_fee_percent=50)


@pytest.fixture
def clara(driving: School) -> Client:
    return new_client(driving)


@pytest.fixture
def sam(clara: Client) -> Student:
    return new_student(clara.school, guardian=clara)


@pytest.fixture
def kit(driving: School) -> Product:
    return add_product(driving, ProductValues("Clay kit", 1200, tax_rate=2000), by=OWNER)


@pytest.fixture
def book(driving: School) -> Product:
    return add_product(driving, ProductValues("Workbook", 450), by=OWNER)


def me(clara: Client) -> Actor:
    return Actor(Role.CLIENT, person_id=clara.person_id)


def a_wish(school: School, *, price: int = 8000, deposit: int = 3000, **course: object) -> Wish:
    taught = new_course(school, **{"price": price, "deposit": deposit, "tax_rate": 1000, "capacity": 12} | course)
    session = new_session(taught, hour_at(30))
    return Wish(school, taught, session, slots_of(session))


def ordered(clara: Client, learners: list, *wishes: ProductWish, by: Actor | None = None, **course: object) -> Order:
    wish = a_wish(clara.school, **course)
    return check_out(wish, Party(clara, learners), pay_with="card", by=by or me(clara), products=wishes)


def lessons(order: Order) -> list[Booking]:
    rows = Booking.objects.select_related("session__course__school", "client")
    return list(rows.filter(order_lines__order_id=order.pk).order_by("id"))


def products(order: Order) -> list[ProductLine]:
    return list(ProductLine.objects.select_related("order").filter(order=order).order_by("id"))


def standing(order: Order) -> tuple[list[str], list[str]]:
    return [one.status for one in lessons(order)], [one.status for one in products(order)]


def asked(order: Order) -> list[tuple[str, int, str]]:
    return list(PaymentRequest.objects.filter(order=order).order_by("id").values_list("kind", "amount", "status"))


def is_open(order: Order) -> int:
    return open_amount(order, lessons(order))


def by_card(order: Order, amount: int | None = None, *, by: Actor, token: str = "succeeds") -> Payment:
    return pay(order, Attempt("demo", "card", amount, token), by=by)


def over_the_desk(order: Order, amount: int | None = None) -> Payment:
    return pay(order, Attempt("desk", "cash", amount), by=OWNER)


def run_out(order: Order, *, seen_to: bool = True) -> None:
    """The hold and the time to pay are over, and the worker has been."""
    for booking in lessons(order):
        let_hold_run_out(booking)
    PaymentRequest.objects.filter(order=order).update(expires_at=now() - dt.timedelta(seconds=1))
    if seen_to:
        cancel_overdue_products()
        expire_all_overdue_holds()
        for booking in lessons(order):
            settle(booking)


def accounts(clara: Client) -> dict[str, int]:
    return {name: balance(name, school_id=clara.school_id) for name in (CLIENT, SALES, TAX, "cash", "card")}


def test_both_are_one_order_with_one_request_for_the_deposit_and_the_products_whole(clara, sam, kit, book):
    order = ordered(clara, [sam], ProductWish(kit, 2), ProductWish(book))
    assert (order.total, standing(order)) == (8000 + 2400 + 450, (["pending"], ["ordered", "ordered"]))
    (request,) = PaymentRequest.objects.filter(order=order)
    assert (request.kind, request.amount, request.reference) == ("deposit", 3000 + 2850, order.reference)
    assert request.expires_at == lessons(order)[0].hold_expires_at
    assert [(one.quantity, one.total, one.tax, one.student_id) for one in products(order)] == [
        (2, 2400, 400, sam.pk),
        (1, 450, 0, sam.pk),
    ]
    assert accounts(clara) == {CLIENT: 0, SALES: 0, TAX: 0, "cash": 0, "card": 0}
    payment = by_card(order, by=me(clara))
    assert (payment.amount, standing(order)) == (5850, (["confirmed"], ["paid", "paid"]))
    shares = Allocation.objects.filter(payment=payment).order_by("id").values_list("product_line_id", "amount")
    assert list(shares) == [(None, 3000), (products(order)[0].pk, 2400), (products(order)[1].pk, 450)]
    assert asked(order) == [("deposit", 5850, "confirmed"), ("balance", 5000, "pending")]
    assert is_open(order) == 5000
    by_card(order, by=me(clara))
    assert [one.payment_status for one in lessons(order)] == ["paid"]
    assert accounts(clara) == {CLIENT: 0, SALES: 10850 - 727 - 400, TAX: 1127, "cash": 0, "card": -10850}
    assert broken(clara.school) == {}


def test_what_is_for_nobody_in_particular_is_shared_out_among_who_comes(clara, sam, kit, book):
    ben = new_student(clara.school, "Ben Parent", guardian=clara)
    order = ordered(clara, [sam, ben], ProductWish(kit, 3), ProductWish(book), ProductWish(kit, 1, ben))
    assert [(one.product.name, one.quantity, one.student_id) for one in products(order)] == [
        ("Clay kit", 2, sam.pk),
        ("Clay kit", 1, ben.pk),
        ("Workbook", 1, sam.pk),
        ("Clay kit", 1, ben.pk),
    ]
    assert order.total == 16000 + 4 * 1200 + 450


def test_a_free_lesson_is_confirmed_and_its_products_wait_as_long_as_products_do(clara, sam, kit):
    order = ordered(clara, [sam], ProductWish(kit), price=0, deposit=0)
    assert (standing(order), asked(order)) == ((["confirmed"], ["ordered"]), [("full", 1200, "pending")])
    assert PaymentRequest.objects.get(order=order).expires_at > now()
    PaymentRequest.objects.filter(order=order).update(expires_at=now() - dt.timedelta(seconds=1))
    assert cancel_overdue_products() == 1
    assert (standing(order), asked(order)) == ((["confirmed"], ["cancelled"]), [("full", 1200, "expired")])
    assert broken(clara.school) == {}


def test_where_a_booking_is_confirmed_at_once_products_wait_with_it_for_the_money():
    school = new_school(confirm_on="booking")
    clara = new_client(school)
    sam = new_student(school, guardian=clara)
    kit = add_product(school, ProductValues("Kit", 1200), by=OWNER)
    order = ordered(clara, [sam], ProductWish(kit), deposit=0)
    (request,) = PaymentRequest.objects.filter(order=order)
    assert (standing(order), request.kind, request.amount, request.expires_at) == (
        (["confirmed"], ["ordered"]),
        "full",
        9200,
        None,
    )
    by_card(order, by=me(clara))
    assert (standing(order), is_open(order)) == ((["confirmed"], ["paid"]), 0)
    assert broken(school) == {}


def test_when_the_hold_runs_out_the_products_fall_with_it(clara, sam, kit):
    order = ordered(clara, [sam], ProductWish(kit))
    run_out(order)
    assert (standing(order), asked(order)) == ((["expired"], ["cancelled"]), [("deposit", 1200, "expired")])
    with pytest.raises(NothingToPay):
        over_the_desk(order)
    assert broken(clara.school) == {}


def test_they_do_not_fall_before_the_hold_is_taken_from_somebody(clara, sam, kit):
    """A hold that ran out may still be paid while nobody wants the seat; then it is paid with its products."""
    order = ordered(clara, [sam], ProductWish(kit))
    run_out(order, seen_to=False)
    assert cancel_overdue_products() == 0
    by_card(order, by=me(clara))
    assert standing(order) == (["confirmed"], ["paid"])
    assert broken(clara.school) == {}


def test_money_that_comes_after_the_hold_ran_out_buys_nothing_and_is_credit(clara, sam, kit):
    order = ordered(clara, [sam], ProductWish(kit))
    payment = by_card(order, by=me(clara), token="stays_pending")
    for booking in lessons(order):
        let_hold_run_out(booking)
    expire_all_overdue_holds()  # and nobody has seen to its money yet
    assert [one.status for one in products(order)] == ["ordered"]
    resolve(payment, succeeded=True, by=OWNER)
    assert standing(order) == (["expired"], ["cancelled"])
    for booking in lessons(order):
        settle(booking)
    assert accounts(clara)[CLIENT] == 4200
    assert open_orders(Order.objects.of(clara.school)) == []
    assert broken(clara.school) == {}


def test_of_two_seats_one_that_lives_keeps_the_products(clara, sam, kit):
    ben = new_student(clara.school, "Ben Parent", guardian=clara)
    order = ordered(clara, [sam, ben], ProductWish(kit))
    confirm_booking_of_order(lessons(order)[0], by=OWNER, reason="A present.")
    let_hold_run_out(lessons(order)[1])
    expire_all_overdue_holds()
    settle(lessons(order)[1])
    assert standing(order) == (["confirmed", "expired"], ["ordered"])
    assert over_the_desk(order, 1200 + 5000).amount == 6200
    assert (standing(order)[1], is_open(order)) == (["paid"], 0)
    assert broken(clara.school) == {}


@pytest.mark.parametrize("is_paid", [True, False])
def test_the_lesson_alone_is_cancelled_and_the_product_stays(clara, sam, kit, is_paid):
    order = ordered(clara, [sam], ProductWish(kit))
    if is_paid:
        by_card(order, by=me(clara))
    cancel_and_settle(lessons(order)[0], by=me(clara))
    assert standing(order) == (["cancelled"], ["paid" if is_paid else "ordered"])
    assert is_open(order) == (0 if is_paid else 1200)
    assert accounts(clara)[CLIENT] == (3000 if is_paid else 0)
    if not is_paid:
        assert asked(order) == [("deposit", 1200, "pending")]
        assert by_card(order, by=me(clara)).amount == 1200
    assert [hand_over(one, by=OWNER).status for one in products(order)] == ["handed_over"]
    assert broken(clara.school) == {}


@pytest.mark.parametrize("is_paid", [True, False])
def test_the_product_alone_is_given_up_and_the_lesson_stays(clara, sam, kit, book, is_paid):
    order = ordered(clara, [sam], ProductWish(kit), ProductWish(book))
    if is_paid:
        by_card(order, by=me(clara))
    cancel_product(products(order)[0], by=OWNER)
    assert standing(order) == (
        (["confirmed"], ["cancelled", "paid"]) if is_paid else (["pending"], ["cancelled", "ordered"])
    )
    assert is_open(order) == (5000 if is_paid else 8450)
    if is_paid:
        assert accounts(clara)[CLIENT] == 1200 - 5000  # credit for the kit, the rest of the lesson owed
    else:
        assert asked(order) == [("deposit", 3450, "pending")]
        assert by_card(order, by=me(clara)).amount == 3450
        assert standing(order) == (["confirmed"], ["cancelled", "paid"])
    assert broken(clara.school) == {}


def test_the_last_product_given_up_after_the_deposit_leaves_the_rest_of_the_lesson_to_pay(clara, sam, kit):
    order = ordered(clara, [sam], ProductWish(kit))
    over_the_desk(order, 3000)
    assert (standing(order), asked(order)) == ((["confirmed"], ["ordered"]), [("deposit", 4200, "pending")])
    cancel_product(products(order)[0], by=OWNER)
    assert asked(order) == [("deposit", 3000, "confirmed"), ("balance", 5000, "pending")]
    assert broken(clara.school) == {}


@pytest.mark.parametrize(
    ("amount", "then"),
    [
        (2000, (["pending"], ["ordered", "ordered"])),  # a part of the deposit
        (3000, (["confirmed"], ["ordered", "ordered"])),
        (4650, (["confirmed"], ["paid", "paid"])),
        (4000, (["confirmed"], ["ordered", "ordered"])),  # too little for the products: it pays for the lesson
        (8000, (["confirmed"], ["paid", "paid"])),
        (9650, (["confirmed"], ["paid", "paid"])),
    ],
)
def test_a_part_pays_first_what_confirms_then_the_products_then_the_rest(clara, sam, kit, book, amount, then):
    order = ordered(clara, [sam], ProductWish(kit), ProductWish(book))
    over_the_desk(order, amount)
    assert (standing(order), is_open(order)) == (then, 9650 - amount)
    if amount < 9650:
        over_the_desk(order, is_open(order))
    assert (standing(order), is_open(order)) == ((["confirmed"], ["paid", "paid"]), 0)
    assert broken(clara.school) == {}


@pytest.mark.parametrize("amount", [8001, 9649, 8450])
def test_what_would_pay_for_a_part_of_the_products_is_not_taken(clara, sam, kit, book, amount):
    order = ordered(clara, [sam], ProductWish(kit), ProductWish(book), deposit=0)
    with pytest.raises(InputRefused) as refused:
        over_the_desk(order, amount)
    assert refused.value.errors == {"amount": ["What is not a lesson is paid whole."]}
    assert Payment.objects.filter(order=order).count() == 0


def test_a_waiver_waives_the_lesson_and_not_the_book(clara, sam, book):
    order = ordered(clara, [sam], ProductWish(book), deposit=0)
    confirm_booking_of_order(lessons(order)[0], by=OWNER, reason="A present.")
    assert (asked(order), is_open(order)) == ([("full", 450, "pending")], 450)
    over_the_desk(order)
    assert (standing(order), is_open(order)) == ((["confirmed"], ["paid"]), 0)
    assert broken(clara.school) == {}


def test_ordered_again_the_products_come_along_unless_they_were_given_up_or_are_not_sold(clara, sam, kit, book):
    cards = add_product(clara.school, ProductValues("Cards", 300), by=OWNER)
    order = ordered(clara, [sam], ProductWish(kit), ProductWish(book, 2), ProductWish(cards))
    cancel_product(products(order)[0], by=me(clara))
    change_product(cards, ProductValues("Cards", 300, is_active=False), by=OWNER)
    run_out(order)
    again = order_again(order, by=me(clara))
    assert [(one.product.name, one.quantity, one.status) for one in products(again)] == [("Workbook", 2, "ordered")]
    assert again.total == 8900


def test_a_seat_named_later_gives_what_was_ordered_with_it_to_whoever_comes(clara, sam, book):
    order = ordered(clara, [NamedLater()], ProductWish(book))
    by_card(order, by=me(clara))
    (line,) = products(order)
    assert line.student_id == lessons(order)[0].student_id != sam.pk
    name_student(lessons(order)[0], sam, by=me(clara))
    (line,) = products(order)
    assert (line.student_id, set(Allocation.objects.values_list("student_id", flat=True))) == (sam.pk, {sam.pk})
    assert broken(clara.school) == {}


@pytest.mark.parametrize("quantity", [0, 1001])
def test_what_cannot_be_ordered_books_no_seat_either(clara, sam, kit, quantity):
    with pytest.raises(InputRefused):
        ordered(clara, [sam], ProductWish(kit, quantity))
    assert (Order.objects.count(), Booking.objects.count(), ProductLine.objects.count()) == (0, 0, 0)


def test_what_is_not_on_sale_books_no_seat_and_a_full_session_sells_no_book(clara, sam, kit):
    with pytest.raises(ProductNotOnSale):
        ordered(clara, [sam], ProductWish(change_product(kit, ProductValues("Kit", 1200, is_active=False), by=OWNER)))
    book = add_product(clara.school, ProductValues("Workbook", 450), by=OWNER)
    with pytest.raises(SessionFull):
        ordered(clara, [sam, NewPerson(first_name="Ben")], ProductWish(book), capacity=1)
    assert (Order.objects.count(), Booking.objects.count(), ProductLine.objects.count()) == (0, 0, 0)


def test_together_they_are_one_of_the_orders_that_one_may_have_unpaid():
    school = new_school("driving", client_open_holds=1)
    clara = new_client(school)
    sam = new_student(school, guardian=clara)
    kit = add_product(school, ProductValues("Kit", 1200), by=OWNER)
    order = ordered(clara, [sam], ProductWish(kit))
    with pytest.raises(TooManyHolds):
        ordered(clara, [new_student(school, "Ben", guardian=clara)], ProductWish(kit))
    run_out(order)
    ordered(clara, [new_student(school, "Kim", guardian=clara)], ProductWish(kit))


def test_what_is_owed_counts_both_until_the_hold_runs_out(clara, sam, kit):
    order = ordered(clara, [sam], ProductWish(kit))
    (owed,) = open_orders(Order.objects.of(clara.school))
    assert (owed.due_now, owed.still_open, len(owed.lines), len(owed.products)) == (4200, 9200, 1, 1)
    over_the_desk(order, 4200)
    (owed,) = open_orders(Order.objects.of(clara.school))
    assert (owed.due_now, owed.still_open, len(owed.lines), len(owed.products)) == (5000, 5000, 1, 0)
    other = ordered(clara, [new_student(clara.school, "Ben", guardian=clara)], ProductWish(kit))
    run_out(other, seen_to=False)
    assert [one.order for one in open_orders(Order.objects.of(clara.school))] == [order]


@pytest.mark.parametrize("number", [1, 3])
def test_lists_ask_as_often_however_long_they_are(clara, sam, kit, number, django_assert_num_queries):
    rows = [ordered(clara, [sam], ProductWish(kit), by=OWNER) for _ in range(1)]
    rows += [
        ordered(clara, [new_student(clara.school, f"Ben {one}", guardian=clara)], ProductWish(kit), by=OWNER)
        for one in range(number - 1)
    ]
    with django_assert_num_queries(5):
        found = product_orders_of(rows)
    assert [(one.left, one.due_now, len(one.lessons), len(one.lines)) for one in found] == [(9200, 4200, 1, 1)] * number
    with django_assert_num_queries(5):
        assert len(open_orders(Order.objects.of(clara.school))) == number
    assert OrderLine.objects.count() == number
