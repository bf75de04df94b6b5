"""A booking against what would end it in the same moment: a cancelled session, a hold that runs out, a payment."""

import random

import pytest
from django.db import connection
from django.db.models import Sum

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
    new_resource,
    new_school,
    new_session,
    new_student,
    order_of,
    pay_for,
    slots_of,
)
from invariants import broken, deadlocks
from races.people import Race, told
from schoolbell.billing.checks import CHECKS
from schoolbell.billing.dues import paid_for
from schoolbell.billing.ledger import CLIENT, WAIVED, Movement, post
from schoolbell.billing.models import LedgerEntry, OrderLine
from schoolbell.bookings.holds import expire_all_overdue_holds
from schoolbell.bookings.models import Booking
from schoolbell.bookings.sessions import cancel_session
from schoolbell.kit.checks import broken as breaches
from schoolbell.timetable.models import Session, Slot
from servers import race, rfc3339

(NOT_PAID_AND_WAIVED,) = (check for check in CHECKS if check.rule == "Nobody pays what was waived for them.")


def test_no_booking_lives_in_a_session_that_was_cancelled_in_the_same_moment(race_in: Race):
    course = new_course(race_in.school, capacity=20)
    students = race_in.students(15)
    for day in range(30, 34):
        session = new_session(course, hour_at(day), hour_at(day, 14))
        bodies = [("/bookings", {"session": str(session.pk), "student": str(one.pk)}) for one in students]
        bodies.insert(random.Random(day).randrange(15), (f"/sessions/{session.pk}/cancel", None))
        answers = race(lambda one: race_in.post(one[0], [one[1]])[0], bodies)
        assert set(told(answers)) <= {(201, ""), (200, ""), (409, "session_not_open")}
        assert Session.objects.get(id=session.pk).status == "cancelled"
        assert set(Booking.objects.filter(session_id=session.pk).values_list("status", flat=True)) <= {"cancelled"}
        assert [slot.seats_taken for slot in slots_of(session)] == [0, 0]
    assert broken(race_in.school) == {}


def test_publishing_and_cancelling_at_once_do_not_wait_for_each_other_in_a_ring(race_in: Race):
    course = new_course(race_in.school)
    before = deadlocks()
    for day in range(30, 36):
        session = new_session(course, *(hour_at(day, hour) for hour in range(8, 20)), publish=False)
        answers = race(
            lambda path: race_in.post(path, [None])[0],
            [f"/sessions/{session.pk}/publish", f"/sessions/{session.pk}/cancel"] * 6,
        )
        assert set(told(answers)) <= {(200, ""), (409, "session_not_open")}
        assert Session.objects.get(id=session.pk).status == "cancelled"
    assert deadlocks() == before
    assert broken(race_in.school) == {}


def test_a_hold_that_ran_out_gives_its_seat_to_one_of_eight_buyers_while_the_worker_clears_it_too(race_in: Race):
    course = new_course(race_in.school, capacity=1)
    students = race_in.students(9)
    for day in range(30, 34):
        session = new_session(course, hour_at(day))
        held = buy_seat(session, students[-1])
        let_hold_run_out(held)
        bodies = [{"session": str(session.pk), "student": str(one.pk)} for one in students[:-1]]
        answers = race(
            lambda body: race_in.book([body])[0] if body else expire_all_overdue_holds(), [*bodies, None, None]
        )
        assert told([answer for answer in answers if not isinstance(answer, int)]) == {
            (201, ""): 1,
            (409, "session_full"): 7,
        }
        held.refresh_from_db()
        assert held.status == "expired"
    assert broken(race_in.school) == {}


def test_a_hold_that_ran_out_is_either_paid_or_its_time_goes_to_another(race_in: Race):
    """Its payment, the worker and another buyer all come at once: the seat goes to one of the two clients."""
    course = new_lessons(race_in.school)
    new_instructor(race_in.school)
    holder, buyer = race_in.students(2)
    outcomes = set()
    for day in range(10, 18):
        held = buy_lesson(course, holder, at(day))
        let_hold_run_out(held)
        pay = ("/payments", {"order": str(order_of(held).pk)})
        book = ("/bookings", {"course": str(course.pk), "starts_at": rfc3339(at(day)), "student": str(buyer.pk)})
        entrants = [pay, book, None]
        random.Random(day).shuffle(entrants)
        answers = race(lambda one: race_in.post(one[0], [one[1]])[0] if one else expire_all_overdue_holds(), entrants)
        paid, booked = (answers[entrants.index(one)].status_code == 201 for one in (pay, book))
        held.refresh_from_db()
        outcomes.add((paid, booked, held.status))
    assert outcomes <= {(True, False, "confirmed"), (False, True, "expired"), (False, False, "expired")}
    assert broken(race_in.school) == {}


def test_overdue_holds_of_several_days_are_cleared_by_many_at_once_without_a_deadlock(race_in: Race):
    """Every buyer has several holds in the way, and locks slots of several days while clearing them."""
    course = new_course(race_in.school, capacity=2)
    session = new_session(course, *(hour_at(day) for day in (30, 31, 32, 33)), choose_slots=True)
    slots = slots_of(session)
    holders = race_in.students(8)
    shuffled = random.Random(5)
    before = deadlocks()
    for holder, slot in zip(holders, shuffled.sample(slots * 2, 8), strict=True):
        let_hold_run_out(buy_seat(session, holder, slot_ids=[slot.pk]))
    answers = race_in.book(
        [
            {
                "session": str(session.pk),
                "slots": [str(slot.pk) for slot in shuffled.sample(slots, 4)],
                "student": {"name": f"New {place}"},
            }
            for place in range(16)
        ]
    )
    assert told(answers) == {(201, ""): 2, (409, "session_full"): 14}
    assert deadlocks() == before
    assert broken(race_in.school) == {}


def test_many_who_want_the_room_of_an_overdue_hold_for_another_instructor_do_not_wait_in_a_ring(race_in: Race):
    """Whoever clears the hold frees the room, and then wants the instructor whom the others have and wait with."""
    course = new_lessons(race_in.school, resource_kind="venue")
    first, second = (new_instructor(race_in.school) for _ in range(2))
    new_resource(race_in.school)
    holder, *students = race_in.students(17)
    before = deadlocks()
    for day in range(10, 16):
        let_hold_run_out(buy_lesson(course, holder, at(day), instructor_id=first.pk))
        wish = {"course": str(course.pk), "starts_at": rfc3339(at(day)), "instructor": str(second.pk)}
        answers = race_in.book([wish | {"student": str(student.pk)} for student in students])
        assert told(answers) == {(201, ""): 1, (409, "time_taken"): 15}
    assert deadlocks() == before
    assert broken(race_in.school) == {}


def test_cancelling_one_booking_eight_times_at_once_gives_its_seat_back_once(race_in: Race):
    session = new_session(new_course(race_in.school, capacity=2))
    first, second = (buy_seat(session, student) for student in race_in.students(2))
    answers = race_in.post(f"/bookings/{first.pk}/cancel", [None] * 8)
    assert told(answers) == {(200, ""): 1, (409, "wrong_status"): 7}
    assert [slot.seats_taken for slot in slots_of(session)] == [1]
    second.refresh_from_db()
    assert second.status == "pending"
    assert broken(race_in.school) == {}


def test_paying_and_cancelling_at_once_leave_the_money_where_it_belongs(race_in: Race):
    course = new_course(race_in.school, price=4500)
    for day, student in enumerate(race_in.students(6), start=30):
        booking = buy_seat(new_session(course, hour_at(day)), student)
        pay_for(booking, 1000)
        answers = race(
            lambda one: race_in.post(one[0], [one[1]])[0],
            [("/payments", {"order": str(order_of(booking).pk)}), (f"/bookings/{booking.pk}/cancel", None)],
        )
        assert set(told(answers)) <= {(201, ""), (200, ""), (409, "nothing_to_pay")}
        booking.refresh_from_db()
        assert (booking.status, booking.holds_seat, booking.settled_at is not None) == ("cancelled", False, True)
    assert broken(race_in.school) == {}


def test_a_waiver_and_a_payment_at_once_leave_nothing_paid_that_was_waived(race_in: Race):
    course = new_course(race_in.school, price=4500)
    for day, student in enumerate(race_in.students(6), start=30):
        booking = buy_seat(new_session(course, hour_at(day)), student)
        waive = (f"/bookings/{booking.pk}/confirm", {"waive_reason": "A gift."})
        pay = ("/payments", {"order": str(order_of(booking).pk)})
        waived, paid = race(lambda one: race_in.post(one[0], [one[1]])[0], [waive, pay])
        assert (waived.status_code, paid.status_code) in {(200, 201), (200, 409)}
        booking.refresh_from_db()
        assert (booking.status, booking.payment_status) == ("confirmed", "paid")
        borne = LedgerEntry.objects.filter(booking_id=booking.pk, debit="waived").aggregate(sum=Sum("amount"))["sum"]
        assert borne == (4500 if paid.status_code == 409 else None)
    assert broken(race_in.school) == {}
    assert list(breaches(NOT_PAID_AND_WAIVED)) == []


@pytest.mark.usefixtures("scratch")
def test_control_a_waiver_of_what_was_open_a_moment_ago_is_paid_as_well():
    """Read: nothing is paid. Meanwhile all of it is. Written: all of it is waived."""
    school = new_school()
    booking = buy_seat(new_session(new_course(school, price=4500)), new_student(school))
    line = OrderLine.objects.get(booking_id=booking.pk)
    paid = paid_for(line)
    pay_for(booking)
    post(
        [Movement(WAIVED, CLIENT, booking.price - paid)],
        school_id=school.pk,
        client_id=booking.client_id,
        booking_id=booking.pk,
    )
    assert list(breaches(NOT_PAID_AND_WAIVED)) == [(school.pk, line.pk, "")]


@pytest.mark.usefixtures("scratch")
def test_control_without_the_slots_own_word_a_booking_survives_in_a_cancelled_session():
    """The buyer has read the session before it was cancelled, and here its slots forgot to close."""
    school = new_school()
    session = new_session(new_course(school))
    student = new_student(school)
    cancel_session(session, by=OWNER)
    Slot.objects.of(school).update(is_open=True)
    Session.objects.of(school).update(status="published")
    booking = buy_seat(session, student)
    Session.objects.of(school).update(status="cancelled")
    assert broken(school) == {
        "nobody is booked into a cancelled session": [(booking.pk,)],
        "a slot is open as its session is published": [(slots_of(session)[0].pk,)],
    }


@pytest.mark.usefixtures("scratch")
def test_control_expiring_what_was_read_before_ends_a_booking_that_was_paid():
    """Read: it is overdue. Meanwhile it is paid. Written: it has expired."""
    school = new_school()
    session = new_session(new_course(school, capacity=1))
    booking = buy_seat(session, new_student(school))
    let_hold_run_out(booking)
    overdue = Booking.objects.filter(status="pending").values_list("id", flat=True)[:]
    overdue = list(overdue)
    pay_for(booking)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bookings_booking SET status = 'expired', holds_seat = false WHERE id = ANY(%s)", [overdue]
        )
        cursor.execute("UPDATE timetable_slot SET seats_taken = seats_taken - 1")
    assert set(broken(school)) == {
        "an attendance is live as its booking holds a seat",
        "every booking that happened or may still happen has its student's time",
        "seats_taken is the number of bookings that hold a seat",
    }
