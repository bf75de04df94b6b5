"""A lesson with something to take home: ticked on the booking form, on one order, paid once; without JavaScript."""

import re
from typing import Any

import pytest

from billing.test_credit import has_in_credit
from billing.test_one_order import lessons, products, run_out, standing
from factories import OWNER, hour_at, new_client, new_course, new_school, new_session, new_student
from invariants import broken
from schoolbell.accounts.actions import create_user
from schoolbell.billing.models import Order, Payment
from schoolbell.billing.products import hand_over
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import ProductValues, add_product, change_product
from schoolbell.kit.ids import new_id
from schoolbell.people.actions import link_user
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from web.public.visitors import Visitor, links, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def driving() -> School:
    """It confirms on a deposit; prices are in Australian dollars."""
    return new_school("driving", timezone="Australia/Sydney")


@pytest.fixture
def session(driving: School) -> Session:
    course = new_course(driving, price=8900, deposit=3000, price_per="course", tax_rate=1000, capacity=8)
    return new_session(course, hour_at(14))


@pytest.fixture
def book(driving: School) -> Product:
    return add_product(driving, ProductValues("Road <b>book</b>", 2200, "All signs.", tax_rate=1000), by=OWNER)


@pytest.fixture
def mirror(driving: School) -> Product:
    return add_product(driving, ProductValues("Mirror", 1500), by=OWNER)


def form_of(session: Session) -> str:
    return f"/s/{session.school.slug}/book/?session={session.pk}"


def wanted(product: Product, quantity: object = 1) -> dict[str, Any]:
    return {f"product-{product.pk}": "on", f"quantity-{product.pk}": str(quantity)}


def the_order(school: School) -> Order:
    order = Order.objects.of(school).order_by("-id").first()
    assert order is not None
    return order


def test_what_is_ticked_is_on_the_order_and_one_payment_pays_for_both(visitor, driving, session, book, mirror):
    said = text(visitor.get(form_of(session)))
    assert "To take home If you like: it comes on the same order and is paid with it." in said
    assert "Road <b>book</b> A$22.00 All signs. How many? Road <b>book</b> Mirror A$15.00" in said
    where = visitor.book(form_of(session), pay_with="deposit", **wanted(book, 2), **{f"quantity-{mirror.pk}": "7"})
    order = the_order(driving)
    assert (order.total, standing(order)) == (8900 + 4400, (["pending"], ["ordered"]))
    said = text(visitor.get(where))
    assert "The deposit, and what you take home A$74.00 The rest by the lesson." in said
    assert "First aid A$89.00 2 × Road <b>book</b> A$44.00 Before GST A$120.91 GST 10% A$12.09 Total A$133.00" in said
    here = visitor.pay(where, amount="deposit")
    said = text(visitor.get(here))
    assert "Deposit received, thank you One seat is yours." in said
    assert f"Your reference {order.reference}" in said
    assert "To take home 2 × Road <b>book</b> Ready for you" in said
    assert "Fetch what you take home whenever it suits you 2 × Road <b>book</b>" in said
    assert "Total A$133.00 Before GST A$120.91 GST 10% A$12.09 Paid −A$74.00 Still to pay A$59.00" in said
    assert standing(order) == (["confirmed"], ["paid"])
    assert [one.amount for one in Payment.objects.filter(order=order)] == [7400]
    assert broken(driving) == {}


def test_counted_in_before_anything_is_sent_and_what_was_typed_stays(visitor, driving, session, book, mirror):
    values = visitor.fill(form_of(session), do="count", name="Ada", pay_with="deposit", **wanted(book, 3))
    html = visitor.send(form_of(session), values, status=200)
    said = text(html)
    assert "Your order, A$155.00" in said
    assert "3 × Road <b>book</b> A$66.00" in said
    assert "Deposit by card A$96.00 now The other A$59.00 is due by the lesson." in said
    assert "Deposit, and what you take home, by card, now A$96.00 By the lesson A$59.00" in said
    assert re.search(rf'name="product-{book.pk}"[^>]* checked', html)
    assert not re.search(rf'name="product-{mirror.pk}"[^>]* checked', html)
    assert re.search(rf'name="quantity-{book.pk}"[^>]* value="3"', html)
    assert 'value="Ada"' in html
    assert Order.objects.of(driving).count() == 0


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("0", "Order at least one."),
        ("21", "Order at most 20 here. For more, write to the school."),
        ("lots", "Write a number, such as 2."),
        ("", "Say how many."),
        ("999999999999999999999999", "Order at most 20 here."),
    ],
)
def test_a_number_that_makes_no_sense_is_told_and_nothing_is_booked(
    visitor, driving, session, book, quantity, words, rows
):
    values = visitor.fill(form_of(session), **wanted(book, quantity))
    before = rows()
    assert words in text(visitor.send(form_of(session), values, status=422))
    assert (rows(), Order.objects.of(driving).count()) == (before, 0)


def test_what_was_taken_off_sale_or_is_anothers_counts_for_nothing(visitor, driving, session, book, mirror):
    theirs = add_product(new_school(), ProductValues("Theirs", 100), by=OWNER)
    values = visitor.fill(form_of(session), **wanted(book), **wanted(theirs), **wanted(mirror))
    change_product(book, ProductValues("Road book", 2200, is_active=False), by=OWNER)
    visitor.send(form_of(session), values)
    assert [one.product_id for one in products(the_order(driving))] == [mirror.pk]


def test_without_products_the_form_says_nothing_of_them(visitor, driving, session):
    assert "To take home" not in text(visitor.get(form_of(session)))


@pytest.mark.parametrize("number", [3, 4])
def test_more_than_three_are_folded_until_one_is_wanted(visitor, driving, session, number):
    made = [add_product(driving, ProductValues(f"Book {place}", 100), by=OWNER) for place in range(number)]
    folded = r"<details>\s*<summary[^>]*>.{0,400}To take home"
    assert bool(re.search(folded, visitor.get(form_of(session)), flags=re.S)) is (number == 4)
    html = visitor.send(form_of(session), visitor.fill(form_of(session), do="count", **wanted(made[0])), status=200)
    assert re.search(folded, html, flags=re.S) is None


def test_the_form_sent_twice_is_one_order(visitor, driving, session, book):
    values = visitor.fill(form_of(session), **wanted(book))
    where = visitor.send(form_of(session), values)
    assert visitor.send(form_of(session), values) == where
    visitor.send(form_of(session), values | wanted(book, 2), status=409)
    assert (Order.objects.of(driving).count(), len(products(the_order(driving)))) == (1, 1)


def test_left_out_again_before_it_is_paid_the_lesson_stays(visitor, driving, session, book):
    where = visitor.book(form_of(session), pay_with="desk", **wanted(book))
    order = the_order(driving)
    assert "Leave it out Road <b>book</b>" in text(visitor.get(where))
    assert visitor.send(f"{where}cancel-products", {"line": str(products(order)[0].pk)}) == where
    said = text(visitor.get(where))
    assert "1 × Road <b>book</b> Cancelled" in said
    assert "Total A$89.00" in said
    assert standing(order) == (["pending"], ["cancelled"])


def test_the_lesson_cancelled_what_was_bought_with_it_stays(visitor, driving, session, book):
    here = visitor.pay(visitor.book(form_of(session), **wanted(book)))
    order = the_order(driving)
    cancel_and_settle(lessons(order)[0], by=OWNER)
    said = text(visitor.get(here))
    assert "Thank you, it is yours" in said
    assert "What was booked with it, First aid, is cancelled. What you take home stays." in said
    hand_over(products(order)[0], by=OWNER)
    assert "You have it" in text(visitor.get(here))


def test_the_lesson_cancelled_before_it_was_paid_the_product_is_paid_by_itself(visitor, driving, session, book):
    where = visitor.book(form_of(session), pay_with="desk", **wanted(book))
    order = the_order(driving)
    cancel_and_settle(lessons(order)[0], by=OWNER)
    assert "Pay A$22.00" in text(visitor.get(where))
    key = visitor.fill(where)["key"]
    visitor.send(f"{where}pay-products", {"key": key, "card": "succeeds"})
    assert (standing(order), "Thank you, it is yours" in text(visitor.get(where))) == ((["cancelled"], ["paid"]), True)
    assert broken(driving) == {}


def test_when_the_hold_ran_out_both_can_be_ordered_again(visitor, driving, session, book):
    here = visitor.book(form_of(session), **wanted(book, 2)).split("pay")[0]
    run_out(the_order(driving))
    assert "The hold has ended" in text(visitor.get(here))
    visitor.send(f"{here}again", {})
    again = the_order(driving)
    assert ([one.quantity for one in products(again)], again.total) == ([2], 8900 + 4400)


def test_credit_pays_no_part_of_a_product(driving, book):
    session = new_session(new_course(driving, price=8900, capacity=8))
    clara = new_client(driving)
    new_student(driving, "Ada Parent", guardian=clara)
    has_in_credit(clara, 9500)
    user = create_user(f"{new_id().hex}@example.org", "a-long-way-home")
    link_user(clara.person, user, by=SYSTEM)
    visitor = Visitor()
    visitor.client.force_login(user)
    html = visitor.get(form_of(session))
    student = re.search(r'name="students" value="([^"]+)"', html)
    assert student is not None
    where = visitor.book(form_of(session), students=student[1], pay_with="card", **wanted(book))
    assert "Your credit A$89.00" in text(visitor.get(where))
    where = visitor.pay(where, card="credit")
    order = the_order(driving)
    assert standing(order) == (["confirmed"], ["ordered"])
    assert "Pay A$22.00" in text(visitor.get(where))
    visitor.pay(where)
    assert standing(order) == (["confirmed"], ["paid"])
    assert broken(driving) == {}
    said = text(visitor.get(f"/s/{driving.slug}/my/orders/"))
    assert [one for one in ("First aid", "1 × Road <b>book</b>", "A$111.00") if one not in said] == []


def test_links_to_pay_are_one(visitor, driving, session, book):
    where = visitor.book(form_of(session), pay_with="desk", **wanted(book))
    assert [name for name in links(visitor.get(where)) if name.startswith("Pay")] == ["Pay by card now"]
