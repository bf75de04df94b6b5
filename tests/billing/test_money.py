"""Money: what is asked for, what comes in, what it pays for, and what becomes of it when a booking ends."""

from contextlib import suppress

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from drawing import examples
from factories import (
    OWNER,
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    order_of,
    pay_for,
)
from invariants import broken
from schoolbell.billing.dues import open_amount
from schoolbell.billing.ledger import CLIENT, SALES, TAX, WAIVED, balance
from schoolbell.billing.models import Allocation, LedgerEntry, Payment, PaymentRequest
from schoolbell.billing.payments import confirm_booking_of_order, resolve
from schoolbell.billing.refusals import AmountTooHigh, NothingToPay, PaymentUnderWay
from schoolbell.billing.sales import cancel_and_settle, settle
from schoolbell.bookings.holds import expire_all_overdue_holds
from schoolbell.bookings.models import Booking, PaymentStatus
from schoolbell.bookings.refusals import PaymentRequired
from schoolbell.kit.refusals import InputRefused, NotAllowed, Refusal
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db
PARENT = Actor(Role.CLIENT)


def balances(school: School) -> dict[str, int]:
    """Credits less debits of every account that moved."""
    rows = LedgerEntry.objects.of(school)
    accounts = {account for pair in rows.values_list("debit", "credit") for account in pair}
    return {account: found for account in accounts if (found := balance(account, school_id=school.pk))}


def total(rows) -> int:
    return rows.aggregate(sum=Sum("amount", default=0))["sum"]


def check_books(school: School) -> None:
    """Nothing is made or lost: all accounts add up to nothing, and what came in is allocated or the client's credit."""
    assert broken(school) == {}
    assert sum(balances(school).values()) == 0
    came_in = total(Payment.objects.of(school).filter(status="succeeded"))
    assert total(LedgerEntry.objects.of(school).filter(payment__isnull=False)) == came_in
    assert total(Allocation.objects.of(school)) <= came_in


@pytest.fixture
def taxed(school: School) -> Booking:
    """A seat at 120.00, of which 20.00 is tax."""
    return buy_seat(new_session(new_course(school, price=12000, tax_rate=2000)), new_student(school))


def test_a_payment_comes_in_pays_the_line_confirms_and_is_a_sale_with_its_tax(school, taxed):
    payment = pay_for(taxed)
    taxed.refresh_from_db()
    assert (payment.amount, taxed.status, taxed.payment_status) == (12000, "confirmed", "paid")
    assert balances(school) == {"card": -12000, SALES: 10000, TAX: 2000}
    assert list(Allocation.objects.of(school).values_list("amount", "student_id")) == [(12000, taxed.student_id)]
    assert PaymentRequest.objects.of(school).get().status == "confirmed"
    check_books(school)


def test_a_hold_is_no_sale(school, taxed):
    assert LedgerEntry.objects.of(school).count() == 0
    let_hold_run_out(taxed)
    expire_all_overdue_holds()
    taxed.refresh_from_db()
    assert settle(taxed) is True
    assert LedgerEntry.objects.of(school).count() == 0
    assert PaymentRequest.objects.of(school).get().status == "expired"


def test_parts_are_allocated_until_all_is_paid_and_no_more_is_taken(school, taxed):
    pay_for(taxed, 5000)
    taxed.refresh_from_db()
    assert (taxed.status, taxed.payment_status) == ("pending", "deposit_paid")
    with pytest.raises(AmountTooHigh):
        pay_for(taxed, 7001)
    assert pay_for(taxed).amount == 7000
    with pytest.raises(NothingToPay):
        pay_for(taxed)
    taxed.refresh_from_db()
    assert (taxed.status, taxed.payment_status) == ("confirmed", "paid")
    check_books(school)


class TestADeposit:
    @pytest.fixture
    def school(self, db: None) -> School:
        return new_school("driving", timezone="UTC", notice_minutes=0)

    @pytest.fixture
    def lesson(self, school: School) -> Booking:
        new_instructor(school)
        return buy_lesson(new_lessons(school, price=9000, deposit=2000), new_student(school), at(10))

    def test_confirms_the_lesson_and_leaves_the_rest_owed(self, school, lesson):
        request = PaymentRequest.objects.of(school).get()
        assert (request.kind, request.amount, lesson.due_to_confirm) == ("deposit", 2000, 2000)
        assert pay_for(lesson).amount == 2000
        lesson.refresh_from_db()
        request.refresh_from_db()
        assert (lesson.status, lesson.payment_status, request.status) == ("confirmed", "deposit_paid", "confirmed")
        assert request.matched_at is not None
        assert balance(CLIENT, school_id=school.pk) == -7000
        rest = PaymentRequest.objects.of(school).get(status="pending")
        assert (rest.kind, rest.amount, rest.expires_at) == ("balance", 7000, None)
        assert pay_for(lesson).amount == 7000
        lesson.refresh_from_db()
        rest.refresh_from_db()
        assert (rest.status, PaymentRequest.objects.of(school).count()) == ("confirmed", 2)
        assert (lesson.payment_status, balance(CLIENT, school_id=school.pk)) == ("paid", 0)
        check_books(school)

    def test_that_is_paid_in_part_does_not_confirm(self, school, lesson):
        pay_for(lesson, 1999)
        lesson.refresh_from_db()
        assert lesson.status == "pending"
        with pytest.raises(PaymentRequired):
            confirm_booking_of_order(lesson, by=OWNER, reason="")
        pay_for(lesson, 1)
        lesson.refresh_from_db()
        assert lesson.status == "confirmed"
        check_books(school)

    def test_and_more_leaves_so_much_less_to_ask_for(self, school, lesson):
        pay_for(lesson, 5000)
        rest = PaymentRequest.objects.of(school).get(status="pending")
        assert (rest.kind, rest.amount) == ("balance", 4000)
        assert [pay_for(lesson, 1000).amount, pay_for(lesson).amount] == [1000, 3000]
        assert [one.status for one in PaymentRequest.objects.of(school).order_by("id")] == ["confirmed", "confirmed"]
        check_books(school)

    def test_of_which_a_part_is_waived_is_met_by_the_rest_and_the_balance_is_asked_for(self, school, lesson):
        pay_for(lesson, 500)
        confirm_booking_of_order(lesson, by=OWNER, reason="A regular.")
        asked = PaymentRequest.objects.of(school).order_by("id").values_list("kind", "amount", "status")
        assert list(asked) == [("deposit", 500, "confirmed"), ("balance", 7000, "pending")]

    def test_of_a_course_that_names_none_is_the_whole_price(self, school):
        new_instructor(school)
        booking = buy_lesson(new_lessons(school, price=9000), new_student(school), at(12))
        assert (booking.due_to_confirm, PaymentRequest.objects.of(school).get().kind) == (9000, "full")


class TestAWaiver:
    def test_confirms_what_is_not_paid_for_a_reason_that_is_kept(self, school, taxed):
        pay_for(taxed, 2000)
        confirmed = confirm_booking_of_order(taxed, by=OWNER, reason="A gift.")
        assert (confirmed.status, balances(school)) == (
            "confirmed",
            {"card": -2000, WAIVED: -10000, SALES: 10000, TAX: 2000},
        )
        with pytest.raises(NothingToPay):
            pay_for(taxed)
        check_books(school)

    def test_is_the_schools_to_give(self, taxed):
        with pytest.raises(NotAllowed):
            confirm_booking_of_order(taxed, by=PARENT, reason="Please.")

    def test_needs_a_reason(self, school, taxed):
        with pytest.raises(PaymentRequired):
            confirm_booking_of_order(taxed, by=OWNER, reason="")
        assert LedgerEntry.objects.of(school).count() == 0

    def test_given_twice_is_given_once(self, school, taxed):
        for _ in range(2):
            confirm_booking_of_order(taxed, by=OWNER, reason="A gift.")
        assert balances(school) == {WAIVED: -12000, SALES: 10000, TAX: 2000}

    def test_of_a_deposit_leaves_the_rest_to_pay(self):
        school = new_school("driving", timezone="UTC", notice_minutes=0)
        new_instructor(school)
        lesson = buy_lesson(new_lessons(school, price=9000, deposit=2000), new_student(school), at(10))
        confirm_booking_of_order(lesson, by=OWNER, reason="A regular.")
        assert pay_for(lesson, 7000).status == "succeeded"
        with pytest.raises(NothingToPay):
            pay_for(lesson)
        assert balance(CLIENT, school_id=school.pk) == 0
        check_books(school)


class TestMoneyThatComesLate:
    def test_after_the_hold_ran_out_is_the_clients_credit(self, school, taxed):
        pending = pay_for(taxed, token="stays_pending")
        let_hold_run_out(taxed)
        expire_all_overdue_holds()
        resolve(pending, succeeded=True, by=OWNER)
        taxed.refresh_from_db()
        settle(taxed)
        assert taxed.status == "expired"
        assert balances(school) == {"card": -12000, CLIENT: 12000}
        assert Allocation.objects.of(school).count() == 0
        check_books(school)

    def test_twice_pays_once_and_the_second_is_credit(self, school, taxed):
        attempt = pay_for(taxed, token="stays_pending")
        with pytest.raises(PaymentUnderWay):
            pay_for(taxed, token="stays_pending")
        pay_for(taxed)
        resolve(attempt, succeeded=True, by=OWNER)
        assert balances(school) == {"card": -24000, SALES: 10000, TAX: 2000, CLIENT: 12000}
        assert total(Allocation.objects.of(school)) == 12000
        check_books(school)

    def test_and_is_said_twice_comes_in_once(self, school, taxed):
        pending = pay_for(taxed, token="stays_pending")
        for _ in range(2):
            assert resolve(pending, succeeded=True, by=OWNER).status == "succeeded"
        assert resolve(pending, succeeded=False, by=OWNER).status == "succeeded"
        assert LedgerEntry.objects.of(school).filter(payment__isnull=False).count() == 1
        check_books(school)


def test_a_card_that_fails_changes_nothing_but_is_kept(school, taxed):
    failed = pay_for(taxed, token="fails", by=PARENT)
    taxed.refresh_from_db()
    assert (failed.status, taxed.status, taxed.payment_status) == ("failed", "pending", PaymentStatus.PENDING)
    assert resolve(failed, succeeded=True, by=OWNER).status == "failed"
    assert LedgerEntry.objects.of(school).count() == 0
    check_books(school)


def test_the_desk_is_for_staff_and_no_gateway_takes_nothing(taxed):
    with pytest.raises(NotAllowed):
        pay_for(taxed, by=PARENT)
    with pytest.raises(InputRefused):
        pay_for(taxed, 0)


class TestSettling:
    def test_all_that_was_paid_is_the_clients_again_when_the_school_cancels(self, school, taxed):
        pay_for(taxed)
        cancelled = cancel_and_settle(taxed, by=OWNER)
        assert balances(school) == {"card": -12000, CLIENT: 12000}
        assert (cancelled.status, cancelled.owed_percent) == ("cancelled", 100)
        check_books(school)

    def test_asks_for_the_late_fee_and_its_payment_meets_that(self):
        school = new_school("coaching", free_cancel_hours=24 * 60, late_fee_percent=50)
        booking = buy_seat(new_session(new_course(school, price=12000)), new_student(school))
        cancel_and_settle(booking, by=PARENT)
        assert pay_for(booking).amount == 6000
        asked = PaymentRequest.objects.of(school).order_by("id").values_list("kind", "amount", "status")
        assert list(asked) == [("full", 12000, "expired"), ("balance", 6000, "confirmed")]
        check_books(school)

    def test_is_done_once_however_often_it_is_called(self, school, taxed):
        pay_for(taxed)
        assert settle(taxed) is False
        cancelled = cancel_and_settle(taxed, by=OWNER)
        before = LedgerEntry.objects.of(school).count()
        assert [settle(cancelled), settle(taxed)] == [False, False]
        assert LedgerEntry.objects.of(school).count() == before

    @pytest.mark.parametrize(("fee", "kept"), [(100, 12000), (50, 6000), (33, 3960), (0, 0)])
    def test_keeps_the_late_fee_with_its_tax(self, fee, kept):
        school = new_school(free_cancel_hours=24 * 60, late_fee_percent=fee)
        session = new_session(new_course(school, price=12000, tax_rate=2000), hour_at(30))
        booking = buy_seat(session, new_student(school))
        pay_for(booking)
        cancel_and_settle(booking, by=PARENT)
        sales, tax = (balance(account, school_id=school.pk) for account in (SALES, TAX))
        assert (sales + tax, tax) == (kept, kept // 6)
        assert balance(CLIENT, school_id=school.pk) == 12000 - kept
        check_books(school)


def test_a_booking_that_is_confirmed_at_once_is_owed_at_once():
    school = new_school("coaching")
    booking = buy_seat(new_session(new_course(school, price=12000, tax_rate=1900)), new_student(school))
    assert booking.status == "confirmed"
    assert balances(school) == {CLIENT: -12000, SALES: 10084, TAX: 1916}
    pay_for(booking)
    assert balances(school) == {"card": -12000, SALES: 10084, TAX: 1916}
    check_books(school)


def test_what_costs_nothing_is_confirmed_and_asks_for_nothing(school):
    booking = buy_seat(new_session(new_course(school, price=0)), new_student(school))
    assert (booking.status, booking.payment_status) == ("confirmed", "paid")
    assert PaymentRequest.objects.of(school).count() == LedgerEntry.objects.of(school).count() == 0
    with pytest.raises(NothingToPay):
        pay_for(booking)


def test_the_price_is_the_sessions_own_or_the_trials_or_the_courses_for_each_slot(school):
    def price(course, *, enrollment_type=None, slots=2, **session) -> int:
        stretches = [hour_at(30 + n) for n in range(slots)]
        booking = buy_seat(
            new_session(course, *stretches, **session), new_student(school), enrollment_type=enrollment_type
        )
        assert order_of(booking).total == booking.price
        return booking.price

    by_lesson, whole = new_course(school, price=100, trial_price=30), new_course(school, price=100, price_per="course")
    assert price(by_lesson) == 200
    assert price(whole) == 100
    assert price(by_lesson, price=70) == 70
    assert price(by_lesson, enrollment_type="trial") == 30
    assert price(by_lesson, type="trial") == 30


def check_asking(booking: Booking) -> None:
    """Once it is confirmed all that is open is asked for, before that what confirms it; an ended booking's money is put
    right first."""
    booking.refresh_from_db()
    if booking.status in ("cancelled", "expired") and not booking.settled_at:
        return
    order = order_of(booking)
    asked = total(PaymentRequest.objects.filter(order_id=order.pk, status="pending"))
    still_open = max(open_amount(order, [booking]), 0)
    assert asked >= (still_open if booking.status != "pending" else min(still_open, 1))
    assert still_open or not asked


DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.integers(1, 6000)),
        st.tuples(st.just("start"), st.integers(1, 6000)),
        st.sampled_from(
            [
                ("resolve", True),
                ("resolve", False),
                ("waive", 0),
                ("overdue", 0),
                ("expire", 0),
                ("cancel", OWNER),
                ("cancel", PARENT),
                ("settle", 0),
            ]
        ),
    ),
    max_size=8,
)


def do(deed: str, value: object, booking: Booking, pending: list[Payment]) -> None:
    booking.refresh_from_db()
    if deed == "start":
        pending.append(pay_for(booking, value, token="stays_pending"))
    elif deed == "resolve" and pending:
        resolve(pending.pop(), succeeded=value, by=OWNER)
    elif deed == "overdue" and booking.status == "pending":
        let_hold_run_out(booking)
    elif deed in DOING:
        DOING[deed](booking, value)


DOING = {
    "pay": pay_for,
    "waive": lambda booking, _value: confirm_booking_of_order(booking, by=OWNER, reason="A gift."),
    "expire": lambda _booking, _value: expire_all_overdue_holds(),
    "cancel": lambda booking, value: cancel_and_settle(booking, by=value),
    "settle": lambda booking, _value: settle(booking),
}


@examples(20)
@given(DEEDS, st.sampled_from(["driving", "courses", "coaching"]), st.integers(0, 9999))
def test_whatever_happens_in_whatever_order_the_books_balance(deeds, preset, price):
    with transaction.atomic():
        school = new_school(preset, late_fee_percent=37, free_cancel_hours=24 * 60)
        course = new_course(school, price=price, deposit=price // 3, tax_rate=1900)
        booking, pending = buy_seat(new_session(course), new_student(school)), []
        for deed, value in deeds:
            with suppress(Refusal), transaction.atomic():
                do(deed, value, booking, pending)
            check_books(school)
            check_asking(booking)
        booking.refresh_from_db()
        if booking.status == "confirmed":
            assert sum(balance(account, school_id=school.pk) for account in (SALES, TAX)) == booking.price
        if booking.status == "expired":
            assert balance(SALES, school_id=school.pk) == 0
        transaction.set_rollback(True)
