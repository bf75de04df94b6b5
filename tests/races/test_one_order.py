"""An order of a lesson and a product: paid once, and either all of it is had or all of it falls."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest

from factories import OWNER, let_hold_run_out, new_client, new_course, new_school, new_session, new_student, slots_of
from invariants import broken, deadlocks
from schoolbell.billing import payments, sales
from schoolbell.billing.checkout import Party, Wish, check_out
from schoolbell.billing.models import Order, Payment, ProductLine
from schoolbell.billing.products import cancel_product
from schoolbell.billing.refusals import AmountTooHigh, NothingToPay
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.holds import expire_all_overdue_holds
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.kit.refusals import Refusal
from servers import race

RACERS = 8
ROUNDS = 6


def an_order() -> Order:
    school = new_school("driving")
    clara = new_client(school)
    sam = new_student(school, guardian=clara)
    course = new_course(school, price=8000, deposit=3000)
    session = new_session(course)
    wish = Wish(school, course, session, slots_of(session))
    kit = ProductWish(add_product(school, ProductValues("Kit", 1200), by=OWNER))
    return check_out(wish, Party(clara, [sam]), pay_with="desk", by=OWNER, products=[kit])


def standing(order: Order) -> tuple[str, str]:
    booking = Booking.objects.get(order_lines__order=order)
    return booking.status, ProductLine.objects.get(order=order).status


def pay(order: Order) -> str:
    try:
        return payments.pay(order, payments.Attempt("desk", "cash"), by=OWNER).status
    except (NothingToPay, AmountTooHigh) as refusal:
        return refusal.code


def run_out(order: Order) -> str:
    """As the worker does: expire, then put the money right."""
    expire_all_overdue_holds()
    sales.settle(Booking.objects.get(order_lines__order=order))
    return "ran out"


def cancel_lesson(order: Order) -> str:
    booking = Booking.objects.select_related("session__course__school").get(order_lines__order=order)
    sales.settle(cancel_booking(booking, by=OWNER))
    return "lesson cancelled"


def give_up(order: Order) -> str:
    cancel_product(ProductLine.objects.select_related("order").get(order=order), by=OWNER)
    return "given up"


def at_once(*deeds: tuple[Callable[[Order], str], Order]) -> list[str]:
    def done(deed: tuple[Callable[[Order], str], Order]) -> str:
        act, order = deed
        try:
            return act(order)
        except Refusal as refusal:
            return refusal.code

    return race(done, list(deeds))


@pytest.mark.usefixtures("scratch")
def test_eight_desks_take_the_money_of_one_order_once_and_then_its_rest():
    order = an_order()
    assert Counter(race(pay, [order] * RACERS)) == {"succeeded": 2, "nothing_to_pay": RACERS - 2}
    amounts = Payment.objects.filter(order=order).order_by("id").values_list("amount", flat=True)
    assert (list(amounts), standing(order)) == ([4200, 5000], ("confirmed", "paid"))
    assert broken(order.school) == {}


@pytest.mark.usefixtures("scratch")
def test_when_the_hold_runs_out_while_it_is_paid_all_is_had_or_all_falls():
    before = deadlocks()
    for _ in range(ROUNDS):
        order = an_order()
        let_hold_run_out(Booking.objects.get(order_lines__order=order))
        told = Counter(at_once((pay, order), (run_out, order), (run_out, order)))
        had = told["succeeded"] == 1
        assert standing(order) == (("confirmed", "paid") if had else ("expired", "cancelled"))
        assert told == {"succeeded" if had else "nothing_to_pay": 1, "ran out": 2}
        assert broken(order.school) == {}
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch")
def test_a_lesson_cancelled_and_a_product_given_up_and_paid_for_at_once_add_up():
    before = deadlocks()
    for _ in range(ROUNDS):
        order = an_order()
        at_once((cancel_lesson, order), (give_up, order), (pay, order), (give_up, order))
        assert standing(order) == ("cancelled", "cancelled")
        assert broken(order.school) == {}
    assert deadlocks() == before


def unlocked_bookings(order: Order) -> list[Booking]:
    return list(Booking.objects.filter(school_id=order.school_id, order_lines__order=order).order_by("id"))


def unlocked_products(order: Order) -> list[ProductLine]:
    return list(ProductLine.objects.filter(order=order).select_related("order").order_by("id"))


@pytest.mark.usefixtures("scratch")
def test_control_without_the_locks_more_than_two_get_past_the_question(monkeypatch: pytest.MonkeyPatch):
    everybody = threading.Barrier(RACERS)

    def read_and_wait(order: Order) -> list[ProductLine]:
        everybody.wait()
        return unlocked_products(order)

    monkeypatch.setattr(payments, "lock_bookings", unlocked_bookings)
    monkeypatch.setattr(payments, "lock_products", read_and_wait)
    monkeypatch.setattr(payments, "receive", lambda payment, *, by: payment)
    assert Counter(race(pay, [an_order()] * RACERS)) == {"succeeded": RACERS}


@pytest.mark.usefixtures("scratch")
def test_control_without_the_lock_money_is_taken_for_what_has_just_run_out(monkeypatch: pytest.MonkeyPatch):
    order = an_order()
    let_hold_run_out(Booking.objects.get(order_lines__order=order))

    def read_and_let_run_out(of: Order) -> list[Booking]:
        found = unlocked_bookings(of)
        race(run_out, [of])
        return found

    monkeypatch.setattr(payments, "lock_bookings", read_and_let_run_out)
    assert (pay(order), standing(order)) == ("succeeded", ("expired", "cancelled"))
