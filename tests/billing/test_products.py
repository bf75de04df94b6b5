"""Products: ordered, paid whole, handed over; or given up."""

import datetime as dt

import pytest

from factories import OWNER, new_client, new_school, new_student
from invariants import broken
from schoolbell.billing.ledger import CLIENT, SALES, TAX, balance
from schoolbell.billing.models import Allocation, Order, Payment, PaymentRequest, ProductLine
from schoolbell.billing.payments import Attempt, pay, resolve
from schoolbell.billing.product_orders import product_orders_of
from schoolbell.billing.products import cancel_overdue_products, cancel_product, hand_over, order_products
from schoolbell.billing.refusals import AmountTooHigh, NothingToPay, ProductNotOnSale, ProductNotPaid, ProductOver
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.refusals import TooManyHolds
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import ProductValues, add_product, change_product
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.refusals import InputRefused, NotAllowed
from schoolbell.kit.time import now
from schoolbell.people.models import Client, Student
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db


@pytest.fixture
def clara(school: School) -> Client:
    return new_client(school)


@pytest.fixture
def sam(clara: Client) -> Student:
    return new_student(clara.school, guardian=clara)


@pytest.fixture
def kit(school: School) -> Product:
    return add_product(school, ProductValues("Clay kit", 120_000, "Two kilos.", tax_rate=1800), by=OWNER)


@pytest.fixture
def book(school: School) -> Product:
    return add_product(school, ProductValues("Workbook", 45_000), by=OWNER)


def order(sam: Student, clara: Client, *wishes: ProductWish, by: Actor = OWNER) -> Order:
    return order_products(wishes, school=clara.school, student=sam, client=clara, pay_with=None, by=by)


def me(clara: Client) -> Actor:
    return Actor(Role.CLIENT, person_id=clara.person_id)


def states(placed: Order) -> list[str]:
    return list(ProductLine.objects.filter(order=placed).order_by("id").values_list("status", flat=True))


def line_of(placed: Order) -> ProductLine:
    return ProductLine.objects.select_related("order").filter(order=placed).order_by("id")[0]


def in_the_ledger(clara: Client) -> dict[str, int]:
    return {account: balance(account, school_id=clara.school_id) for account in (CLIENT, SALES, TAX, "cash", "card")}


def paid(placed: Order, method: str = "cash") -> Payment:
    return pay(placed, Attempt("desk", method), by=OWNER)


def test_an_order_is_as_much_as_its_lines_and_owes_nothing_before_it_is_paid(sam, clara, kit, book):
    placed = order(sam, clara, ProductWish(kit, 2), ProductWish(book))
    assert (placed.total, states(placed)) == (285_000, ["ordered", "ordered"])
    lines = ProductLine.objects.filter(order=placed).order_by("id")
    assert [(one.quantity, one.unit_price, one.total, one.tax, one.tax_rate) for one in lines] == [
        (2, 120_000, 240_000, 36_610, 1800),
        (1, 45_000, 45_000, 0, 0),
    ]
    (request,) = PaymentRequest.objects.filter(order=placed)
    assert (request.kind, request.amount, request.status, request.expires_at) == ("full", 285_000, "pending", None)
    assert in_the_ledger(clara) == {CLIENT: 0, SALES: 0, TAX: 0, "cash": 0, "card": 0}
    assert Record.objects.filter(name="product.ordered", student_id=sam.pk, client_id=clara.pk).count() == 2
    assert Outbox.objects.filter(name="product.ordered").count() == 2
    assert broken(clara.school) == {}


def test_paid_whole_it_is_sold_and_each_payment_says_for_whom(sam, clara, kit, book):
    placed = order(sam, clara, ProductWish(kit, 2), ProductWish(book))
    payment = paid(placed)
    assert (payment.status, payment.amount, states(placed)) == ("succeeded", 285_000, ["paid", "paid"])
    assert in_the_ledger(clara) == {CLIENT: 0, SALES: 248_390, TAX: 36_610, "cash": -285_000, "card": 0}
    allocated = Allocation.objects.filter(payment=payment).order_by("id")
    assert [(one.line_id, one.product_line_id is None, one.student_id, one.amount) for one in allocated] == [
        (None, False, sam.pk, 240_000),
        (None, False, sam.pk, 45_000),
    ]
    assert [one.status for one in PaymentRequest.objects.filter(order=placed)] == ["confirmed"]
    with pytest.raises(NothingToPay):
        paid(placed)
    assert broken(clara.school) == {}


def test_a_part_is_not_taken_nor_more_than_is_asked(sam, clara, kit):
    placed = order(sam, clara, ProductWish(kit))
    with pytest.raises(InputRefused) as refused:
        pay(placed, Attempt("desk", "cash", 60_000), by=OWNER)
    assert refused.value.errors == {"amount": ["What is not a lesson is paid whole."]}
    with pytest.raises(AmountTooHigh):
        pay(placed, Attempt("desk", "cash", 120_001), by=OWNER)
    assert (states(placed), Payment.objects.filter(order=placed).count()) == (["ordered"], 0)


def test_what_is_paid_is_handed_over_once_and_nothing_else_is(sam, clara, kit):
    placed = order(sam, clara, ProductWish(kit))
    with pytest.raises(ProductNotPaid):
        hand_over(line_of(placed), by=OWNER)
    paid(placed)
    with pytest.raises(NotAllowed):
        hand_over(line_of(placed), by=me(clara))
    handed = hand_over(line_of(placed), by=OWNER)
    assert (handed.status, handed.handed_over_at is None) == ("handed_over", False)
    for act in (hand_over, cancel_product):
        with pytest.raises(ProductOver):
            act(line_of(placed), by=OWNER)


def test_cancelled_before_it_was_paid_nothing_is_asked_for_any_more(sam, clara, kit, book):
    placed = order(sam, clara, ProductWish(kit), ProductWish(book), by=me(clara))
    cancel_product(line_of(placed), by=me(clara))
    assert states(placed) == ["cancelled", "ordered"]
    assert [(one.amount, one.status) for one in PaymentRequest.objects.filter(order=placed)] == [(45_000, "pending")]
    assert paid(placed).amount == 45_000
    assert states(placed) == ["cancelled", "paid"]
    with pytest.raises(NotAllowed):  # paid: the school decides
        cancel_product(ProductLine.objects.get(order=placed, status="paid"), by=me(clara))
    assert broken(clara.school) == {}


def test_cancelled_after_it_was_paid_the_money_is_the_clients_credit(sam, clara, kit):
    placed = order(sam, clara, ProductWish(kit))
    paid(placed, "card")
    cancel_product(line_of(placed), by=OWNER)
    assert in_the_ledger(clara) == {CLIENT: 120_000, SALES: 0, TAX: 0, "cash": 0, "card": -120_000}
    again = order(sam, clara, ProductWish(kit), by=me(clara))
    assert pay(again, Attempt("credit", "credit"), by=me(clara)).status == "succeeded"
    assert balance(CLIENT, school_id=clara.school_id) == 0
    assert broken(clara.school) == {}


def test_money_that_comes_after_it_was_given_up_is_credit_too(sam, clara, kit):
    placed = order(sam, clara, ProductWish(kit), by=me(clara))
    payment = pay(placed, Attempt("demo", "card", token="stays_pending"), by=me(clara))
    cancel_product(line_of(placed), by=me(clara))
    resolve(payment, succeeded=True, by=OWNER)
    assert (states(placed), balance(CLIENT, school_id=clara.school_id)) == (["cancelled"], 120_000)
    assert broken(clara.school) == {}


def test_whoever_does_not_pay_in_time_has_ordered_nothing(sam, clara, kit):
    placed = order(sam, clara, ProductWish(kit), by=me(clara))
    (request,) = PaymentRequest.objects.filter(order=placed)
    assert request.expires_at > now()
    assert (cancel_overdue_products(), states(placed)) == (0, ["ordered"])
    PaymentRequest.objects.filter(id=request.pk).update(expires_at=now() - dt.timedelta(seconds=1))
    assert (cancel_overdue_products(), cancel_overdue_products(), states(placed)) == (1, 0, ["cancelled"])
    assert [one.status for one in PaymentRequest.objects.filter(order=placed)] == ["expired"]


def test_while_a_bank_has_not_answered_it_is_not_given_up(sam, clara, kit):
    placed = order(sam, clara, ProductWish(kit), by=me(clara))
    pay(placed, Attempt("demo", "card", token="stays_pending"), by=me(clara))
    PaymentRequest.objects.filter(order=placed).update(expires_at=now() - dt.timedelta(seconds=1))
    assert (cancel_overdue_products(), states(placed)) == (0, ["ordered"])


def test_an_order_that_was_agreed_keeps_its_price(sam, clara, kit):
    placed = order(sam, clara, ProductWish(kit))
    change_product(kit, ProductValues("Clay kit, large", 200_000, is_active=False), by=OWNER)
    assert (line_of(placed).total, placed.total) == (120_000, 120_000)
    kit.refresh_from_db()
    with pytest.raises(ProductNotOnSale):
        order(sam, clara, ProductWish(kit))


@pytest.mark.parametrize(
    ("quantities", "field"), [([], "products"), ([1, 1], "products"), ([0], "quantity"), ([1001], "quantity")]
)
def test_what_cannot_be_ordered(sam, clara, kit, quantities, field):
    with pytest.raises(InputRefused) as refused:
        order(sam, clara, *(ProductWish(kit, quantity) for quantity in quantities))
    assert list(refused.value.errors) == [field]
    assert Order.objects.of(clara.school).count() == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (ProductValues(" ", 1), "name"),
        (ProductValues("Kit", 0), "price"),
        (ProductValues("Kit", 1, tax_rate=10_001), "tax_rate"),
    ],
)
def test_what_cannot_be_a_product(school, values, field):
    with pytest.raises(InputRefused) as refused:
        add_product(school, values, by=OWNER)
    assert list(refused.value.errors) == [field]


def test_nobody_but_staff_has_more_unpaid_orders_than_the_school_allows():
    school = new_school(client_open_holds=1)
    clara = new_client(school)
    sam = new_student(school, guardian=clara)
    kit = add_product(school, ProductValues("Kit", 100), by=OWNER)
    placed = order(sam, clara, ProductWish(kit), by=me(clara))
    with pytest.raises(TooManyHolds):
        order(sam, clara, ProductWish(kit), by=me(clara))
    cancel_product(line_of(placed), by=me(clara))
    order(sam, clara, ProductWish(kit), by=me(clara))


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_often_however_long_it_is(sam, clara, kit, number, django_assert_num_queries):
    placed = [order(sam, clara, ProductWish(kit)) for _ in range(number)]
    with django_assert_num_queries(5):
        found = product_orders_of(placed)
    assert [one.still_open for one in found] == [120_000] * number
