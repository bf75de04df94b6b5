"""What a client has in credit, and what becomes of it when it pays for an order."""

import pytest

from factories import (
    OWNER,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_session,
    new_student,
    order_of,
    pay_for,
)
from invariants import broken
from schoolbell.billing.credit import unused_credit
from schoolbell.billing.ledger import CLIENT, CREDIT, balance
from schoolbell.billing.models import LedgerEntry, Payment
from schoolbell.billing.payments import Attempt, pay
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.holds import expire_all_overdue_holds
from schoolbell.bookings.models import Booking
from schoolbell.kit.refusals import NotAllowed
from schoolbell.people.models import Client
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db


@pytest.fixture
def clara(school: School) -> Client:
    return new_client(school)


def seat(client: Client, price: int, day: int = 30, **course: object) -> Booking:
    student = new_student(client.school, guardian=client)
    return buy_seat(new_session(new_course(client.school, price=price, **course), hour_at(day)), student)


def has_in_credit(client: Client, amount: int) -> None:
    """They paid for something that the school then took off."""
    booking = seat(client, amount)
    pay_for(booking)
    cancel_and_settle(Booking.objects.get(id=booking.pk), by=OWNER)
    assert unused_credit(client) == amount


def use(booking: Booking, amount: int | None = None, *, by: Actor = OWNER) -> Payment:
    return pay(order_of(booking), Attempt("credit", "credit", amount), by=by)


def test_credit_pays_for_the_next_booking_and_is_less_by_that(clara):
    has_in_credit(clara, 10000)
    booking = seat(clara, 4000)
    me = Actor(Role.CLIENT, person_id=clara.person_id)
    assert (use(booking, by=me).status, unused_credit(clara)) == ("succeeded", 6000)
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("confirmed", "paid")
    own = {"school_id": clara.school_id}
    assert (balance(CLIENT, **own), balance(CREDIT, **own)) == (6000, 0)
    assert broken(clara.school) == {}
    cancel_and_settle(booking, by=OWNER)
    assert unused_credit(clara) == 10000
    assert broken(clara.school) == {}


def test_more_than_there_is_fails_and_a_part_can_be_used(clara):
    has_in_credit(clara, 3000)
    booking = seat(clara, 4000)
    failed = use(booking)
    assert (failed.status, failed.failure_reason, unused_credit(clara)) == (
        "failed",
        "There is not so much credit.",
        3000,
    )
    use(booking, 3000)
    booking.refresh_from_db()
    assert (booking.status, unused_credit(clara)) == ("pending", 0)  # it is tied to this booking now
    let_hold_run_out(booking)
    expire_all_overdue_holds()
    assert unused_credit(clara) == 3000  # and free again
    assert broken(clara.school) == {}


def test_a_debt_goes_before_something_new_and_is_paid_by_credit(clara):
    has_in_credit(clara, 5000)
    owed = seat(clara, 4000, overrides={"confirm_on": "booking"})
    assert unused_credit(clara) == 1000
    assert unused_credit(clara, order=order_of(owed)) == 5000
    assert use(owed).status == "succeeded"
    assert unused_credit(clara) == 1000
    assert broken(clara.school) == {}


def test_nobody_else_pays_with_it(clara):
    has_in_credit(clara, 5000)
    booking = seat(clara, 4000)
    before = LedgerEntry.objects.count()
    for other in (Actor(Role.CLIENT, person_id=new_client(clara.school, "Otto Other").person_id), Actor(Role.GUEST)):
        with pytest.raises(NotAllowed):
            use(booking, by=other)
    assert LedgerEntry.objects.count() == before
