"""Orders of several lines: all or none, paid together, and limited for those who are not signed in."""

import datetime as dt

import pytest

from factories import (
    OWNER,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    slots_of,
)
from invariants import broken
from schoolbell.billing.checkout import Party, Wish, check_out, order_again
from schoolbell.billing.dues import open_amount
from schoolbell.billing.models import Allocation, Order, PaymentRequest
from schoolbell.billing.payments import Attempt, pay
from schoolbell.billing.refusals import NothingToPay, NothingToRepeat, PaymentUnderWay
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.models import Booking
from schoolbell.bookings.notes import change_notes
from schoolbell.bookings.refusals import AlreadyBooked, NotThisClients, SessionFull, TooManyHolds
from schoolbell.kit.refusals import NotSignedIn
from schoolbell.kit.time import now
from schoolbell.people.actions import NewPerson
from schoolbell.people.models import Client, Guardianship, Student
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db

SAMIRA = NewPerson(first_name="Samira", last_name="Hartley", email="Samira@hartley.example", phone="020 7946 0000")
NAMES = ("Marek Nowak", "Tom Baker", "Ann Bell")


def guest(ip: str = "192.0.2.7") -> Actor:
    return Actor(Role.GUEST, ip=ip)


def staff_of_hartley(number: int = 3) -> Party:
    people = [NewPerson(first_name=name.split()[0], last_name=name.split()[1]) for name in NAMES[:number]]
    return Party(SAMIRA, people, relationship="employer")


def wish_for(school: School, *, capacity: int = 12, **course: object) -> Wish:
    taught = new_course(school, **{"price": 22000, "price_per": "course", "tax_rate": 2000, "capacity": 12} | course)
    session = new_session(taught, hour_at(14), hour_at(15), hour_at(16), capacity=capacity)
    return Wish(school, taught, session, slots_of(session))


def bookings_of(order: Order) -> list[Booking]:
    return list(Booking.objects.filter(school_id=order.school_id, order_lines__order_id=order.pk).order_by("id"))


def test_an_employer_books_three_seats_in_one_order(school: School):
    wish = wish_for(school)
    order = check_out(wish, staff_of_hartley(), pay_with="card", by=guest())
    order.refresh_from_db()
    assert (order.total, order.placed_from) == (66000, "192.0.2.7")
    request = PaymentRequest.objects.get(order_id=order.pk)
    assert (request.kind, request.amount, request.status) == ("full", 66000, "pending")
    bookings = bookings_of(order)
    assert request.expires_at == bookings[0].hold_expires_at
    assert [(one.status, one.price, one.student.person.name) for one in bookings] == [
        ("pending", 22000, name) for name in NAMES
    ]
    assert [slot.seats_taken for slot in slots_of(wish.session)] == [3, 3, 3]
    assert Client.objects.of(school).get().person.name == "Samira Hartley"
    assert set(Guardianship.objects.of(school).values_list("relationship", flat=True)) == {"employer"}
    pay(order, Attempt("demo", "card", token="succeeds", request_id=request.pk), by=guest())
    assert [(one.status, one.payment_status) for one in bookings_of(order)] == [("confirmed", "paid")] * 3
    assert broken(school) == {}


def test_without_seats_for_all_nobody_is_booked_or_added(school: School):
    wish = wish_for(school, capacity=2)
    with pytest.raises(SessionFull):
        check_out(wish, staff_of_hartley(), pay_with="card", by=guest())
    assert (Order.objects.of(school).count(), Student.objects.of(school).count()) == (0, 0)
    assert [slot.seats_taken for slot in slots_of(wish.session)] == [0, 0, 0]


def test_a_payment_of_the_deposits_confirms_every_line_before_it_pays_any_in_full():
    school = new_school("driving", timezone="UTC")
    order = check_out(wish_for(school, deposit=6000), staff_of_hartley(), pay_with="card", by=guest())
    request = PaymentRequest.objects.get(order_id=order.pk)
    assert (request.kind, request.amount) == ("deposit", 18000)
    pay(order, Attempt("demo", "card", token="succeeds"), by=guest())
    assert [(one.status, one.payment_status) for one in bookings_of(order)] == [("confirmed", "deposit_paid")] * 3
    assert list(Allocation.objects.of(school).values_list("amount", flat=True)) == [6000] * 3
    assert open_amount(order, bookings_of(order)) == 48000
    pay(order, Attempt("demo", "card", token="succeeds"), by=guest())
    assert [one.payment_status for one in bookings_of(order)] == ["paid"] * 3
    assert broken(school) == {}


def test_a_request_that_two_windows_show_is_paid_once():
    school = new_school("driving", timezone="UTC")
    order = check_out(wish_for(school, deposit=6000), staff_of_hartley(1), pay_with="card", by=guest())
    request = PaymentRequest.objects.get(order_id=order.pk)
    pay(order, Attempt("demo", "card", token="succeeds", request_id=request.pk), by=guest())
    with pytest.raises(NothingToPay):  # though the balance is open
        pay(order, Attempt("demo", "card", token="succeeds", request_id=request.pk), by=guest())
    assert open_amount(order, bookings_of(order)) == 16000


def test_nobody_pays_again_while_the_bank_has_not_answered(school: School):
    order = check_out(wish_for(school), staff_of_hartley(1), pay_with="card", by=guest())
    pay(order, Attempt("demo", "card", token="stays_pending"), by=guest())
    with pytest.raises(PaymentUnderWay):
        pay(order, Attempt("demo", "card", token="succeeds"), by=guest())
    assert pay(order, Attempt("desk", "cash"), by=OWNER).status == "succeeded"


def test_one_of_three_cancelled_before_paying_leaves_two_to_pay(school: School):
    order = check_out(wish_for(school), staff_of_hartley(), pay_with="card", by=guest())
    cancel_and_settle(bookings_of(order)[0], by=OWNER)
    request = PaymentRequest.objects.get(order_id=order.pk)
    assert (request.status, request.amount) == ("pending", 44000)
    assert pay(order, Attempt("demo", "card", token="succeeds"), by=guest()).amount == 44000
    assert [one.status for one in bookings_of(order)] == ["cancelled", "confirmed", "confirmed"]
    assert broken(school) == {}


def test_money_for_a_line_that_was_cancelled_does_not_pay_for_another():
    school = new_school("driving", timezone="UTC")
    order = check_out(wish_for(school, deposit=6000), staff_of_hartley(2), pay_with="card", by=guest())
    pay(order, Attempt("demo", "card", token="succeeds"), by=guest())
    cancel_and_settle(bookings_of(order)[0], by=OWNER)
    assert open_amount(order, bookings_of(order)) == 16000  # the deposit of the cancelled one is the client's credit
    assert broken(school) == {}


def test_a_guest_has_so_many_unpaid_orders_by_address_and_by_email(school: School):
    for number in range(3):
        check_out(wish_for(school), staff_of_hartley(2), pay_with="card", by=guest(f"192.0.2.{number}"))
    with pytest.raises(TooManyHolds):
        check_out(wish_for(school), staff_of_hartley(1), pay_with="card", by=guest("192.0.2.99"))
    other = Party(NewPerson(first_name="Kim", last_name="Roe", email="kim@example.org"))
    check_out(wish_for(school), other, pay_with="card", by=guest("192.0.2.99"))
    for booking in Booking.objects.of(school).filter(client__person__email="Samira@hartley.example"):
        let_hold_run_out(booking)
    check_out(wish_for(school), staff_of_hartley(1), pay_with="card", by=guest("192.0.2.99"))


def test_guests_are_let_in_by_policy():
    school = new_school(guests=False)
    with pytest.raises(NotSignedIn):
        check_out(wish_for(school), Party(SAMIRA), pay_with="card", by=guest())


def test_whoever_pays_may_be_the_one_who_learns(school: School):
    order = check_out(wish_for(school), Party(SAMIRA), pay_with="card", by=guest())
    (booking,) = bookings_of(order)
    assert booking.student.person_id == booking.client.person_id
    assert Guardianship.objects.of(school).get().relationship == "self"


def test_a_client_books_for_their_own_students_only(school: School):
    clara, other = new_client(school), new_student(school, "Sam Learner")
    ada = new_student(school, "Ada Parent", guardian=clara)
    by = Actor(Role.CLIENT, person_id=clara.person_id)
    with pytest.raises(NotThisClients):
        check_out(wish_for(school), Party(clara, [ada, other]), pay_with="card", by=by)
    wish = wish_for(school)
    order = check_out(wish, Party(clara, [ada, NewPerson(first_name="Ben")]), pay_with="card", by=by)
    assert [one.student.person.name for one in bookings_of(order)] == ["Ada Parent", "Ben"]
    with pytest.raises(AlreadyBooked):
        check_out(wish, Party(clara, [ada]), pay_with="card", by=by)


def test_what_ran_out_can_be_ordered_again_in_one_go(school: School):
    wish = wish_for(school)
    order = check_out(wish, staff_of_hartley(2), pay_with="card", by=guest())
    with pytest.raises(NothingToRepeat):
        order_again(order, by=guest())
    for booking in bookings_of(order):
        change_notes(booking, f"Of {booking.student.person.name}", by=OWNER)
        let_hold_run_out(booking)
    again = order_again(order, by=guest())
    assert [one.notes for one in bookings_of(again)] == [f"Of {name}" for name in NAMES[:2]]
    assert [one.status for one in bookings_of(order)] == ["expired", "expired"]
    assert [(one.status, one.student.person.name) for one in bookings_of(again)] == [
        ("pending", name) for name in NAMES[:2]
    ]
    assert [slot.seats_taken for slot in slots_of(wish.session)] == [2, 2, 2]


def test_a_lesson_whose_hold_ran_out_is_ordered_again_with_the_same_teacher(school: School):
    piano, ida = new_lessons(school), new_instructor(school)
    starts_at = hour_at(3).starts_at
    wish = Wish(school, piano, starts_at=starts_at, instructor_id=ida.pk)
    order = check_out(wish, Party(SAMIRA), pay_with="card", by=guest())
    let_hold_run_out(bookings_of(order)[0])
    (booking,) = bookings_of(order_again(order, by=guest()))
    assert booking.session.starts_at == starts_at
    assert booking.session.staffing.get().instructor_id == ida.pk
    assert bookings_of(order)[0].session.status == "cancelled"


@pytest.mark.parametrize(
    ("ways", "takes_cards", "held_for"),
    [
        (("transfer", "desk"), True, 300),
        (("card", "desk"), True, 15),
        (("card", "desk"), False, 200),
    ],
)
def test_ordered_again_it_holds_as_for_the_first_way_of_paying_that_there_is(settings, ways, takes_cards, held_for):
    settings.PRETEND_CARD = takes_cards
    school = new_school(ways_to_pay=ways, hold_minutes={"card": 15, "desk": 200, "transfer": 300})
    order = check_out(wish_for(school), Party(SAMIRA), pay_with="desk", by=guest())
    let_hold_run_out(bookings_of(order)[0])
    before = now()
    (booking,) = bookings_of(order_again(order, by=guest()))
    length = dt.timedelta(minutes=held_for)
    assert before + length <= booking.hold_expires_at <= now() + length
