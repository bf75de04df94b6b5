"""One key, one deed, one answer, however often and wherever it is asked at once."""

from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Sum

from factories import (
    at,
    buy_seat,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    order_of,
)
from invariants import broken
from races.people import Race, told
from schoolbell.access.answers import Answer, AskedOnce, answer_once
from schoolbell.access.models import KeptAnswer
from schoolbell.billing.models import Allocation, OrderLine, Payment
from schoolbell.bookings.models import Booking
from schoolbell.people.models import Client
from servers import race, rfc3339

KEY = "the-same-key"


def test_eight_posts_with_one_key_make_one_booking_and_get_one_answer(race_in: Race):
    session = new_session(new_course(race_in.school))
    body = {"session": str(session.pk), "student": str(new_student(race_in.school).pk)}
    answers = race_in.book([body] * 8, keys=[KEY] * 8)
    assert told(answers) == {(201, ""): 8}
    assert len({answer.content for answer in answers}) == 1
    assert [str(booking.pk) for booking in Booking.objects.of(race_in.school)] == [answers[0].json()["id"]]
    assert broken(race_in.school) == {}


def test_eight_posts_with_one_key_make_one_lesson_on_demand(race_in: Race):
    course = new_lessons(race_in.school)
    for _ in range(8):
        new_instructor(race_in.school)
    body = {"course": str(course.pk), "starts_at": rfc3339(at(10)), "student": str(new_student(race_in.school).pk)}
    answers = race_in.book([body] * 8, keys=[KEY] * 8)
    assert told(answers) == {(201, ""): 8}
    assert len({answer.content for answer in answers}) == 1
    assert Booking.objects.of(race_in.school).count() == 1
    assert broken(race_in.school) == {}


def test_eight_posts_with_one_key_add_one_client(race_in: Race):
    answers = race_in.post("/clients", [{"name": "Clara Parent"}] * 8, keys=[KEY] * 8)
    assert told(answers) == {(201, ""): 8}
    assert len({answer.content for answer in answers}) == 1
    assert Client.objects.of(race_in.school).count() == 1


def test_of_two_different_bodies_under_one_key_one_is_done_and_the_other_refused(race_in: Race):
    session = new_session(new_course(race_in.school))
    bodies = [{"session": str(session.pk), "student": str(student.pk)} for student in race_in.students(2)]
    answers = race_in.book(bodies * 4, keys=[KEY] * 8)
    assert told(answers) == {(201, ""): 4, (409, "idempotency_key_reused"): 4}
    assert Booking.objects.of(race_in.school).count() == 1
    assert broken(race_in.school) == {}


def test_a_key_whose_first_request_was_refused_is_free_for_the_next(race_in: Race):
    session = new_session(new_course(race_in.school, capacity=1))
    first, second = race_in.students(2)
    taken = race_in.book([{"session": str(session.pk), "student": str(first.pk)}])[0].json()
    body = {"session": str(session.pk), "student": str(second.pk)}
    assert told(race_in.book([body] * 4, keys=[KEY] * 4)) == {(409, "session_full"): 4}
    race_in.post(f"/bookings/{taken['id']}/cancel", [None])
    assert told(race_in.book([body] * 4, keys=[KEY] * 4)) == {(201, ""): 4}
    assert Booking.objects.of(race_in.school).filter(status="pending").count() == 1
    assert broken(race_in.school) == {}


def test_eight_payments_of_one_order_at_once_bring_the_amount_due_in_once(race_in: Race):
    session = new_session(new_course(race_in.school, price=4500))
    body = {"session": str(session.pk), "student": str(new_student(race_in.school).pk)}
    order = race_in.book([body])[0].json()["order"]
    answers = race_in.post("/payments", [{"order": order, "gateway": "desk", "method": "card"}] * 8)
    assert told(answers) == {(201, ""): 1, (409, "nothing_to_pay"): 7}
    assert list(Payment.objects.of(race_in.school).values_list("amount", "status")) == [(4500, "succeeded")]
    assert [one.status for one in Booking.objects.of(race_in.school)] == ["confirmed"]
    assert broken(race_in.school) == {}


def test_parts_of_an_amount_that_race_never_add_up_to_more_than_it(race_in: Race):
    session = new_session(new_course(race_in.school, price=4500))
    body = {"session": str(session.pk), "student": str(new_student(race_in.school).pk)}
    order = race_in.book([body])[0].json()["order"]
    part = {"order": order, "gateway": "demo", "token": "succeeds", "amount": 1500}
    answers = race_in.post("/payments", [part] * 8)
    assert told(answers) == {(201, ""): 3, (409, "nothing_to_pay"): 5}
    assert sum(Payment.objects.of(race_in.school).values_list("amount", flat=True)) == 4500
    assert broken(race_in.school) == {}


def test_a_pending_payment_that_is_resolved_eight_times_at_once_comes_in_once(race_in: Race):
    session = new_session(new_course(race_in.school, price=4500))
    body = {"session": str(session.pk), "student": str(new_student(race_in.school).pk)}
    order = race_in.book([body])[0].json()["order"]
    pending = race_in.post("/payments", [{"order": order, "gateway": "demo", "token": "stays_pending"}])[0].json()
    words = [{"outcome": outcome} for outcome in ("succeeds", "succeeds", "fails", "fails")] * 2
    answers = race_in.post(f"/payments/{pending['id']}/resolve", words)
    assert told(answers) == {(200, ""): 8}
    statuses = {answer.json()["status"] for answer in answers}
    payment = Payment.objects.of(race_in.school).get()
    assert statuses == {payment.status}
    assert [one.status for one in Booking.objects.of(race_in.school)] == [
        "confirmed" if payment.status == "succeeded" else "pending"
    ]
    assert broken(race_in.school) == {}


@pytest.mark.usefixtures("scratch")
def test_control_without_its_unique_key_eight_requests_are_eight_deeds():
    school = new_school()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE access_keptanswer DROP CONSTRAINT keptanswer_key")
    all_are_at_it = Barrier(8)

    def ask(place: int) -> bytes:
        asked = AskedOnce.of(KEY, principal="who", method="POST", path="/", body=b"{}")

        def act() -> Answer:
            all_are_at_it.wait()
            return Answer(201, b"%d" % place)

        return answer_once(school.pk, asked, act).body

    assert len(set(race(ask, range(8)))) == 8
    assert KeptAnswer.objects.of(school).count() == 8


@pytest.mark.usefixtures("scratch")
def test_control_reading_what_came_in_without_a_lock_takes_the_money_eight_times():
    school = new_school()
    student = new_student(school)
    booking = buy_seat(new_session(new_course(school, price=4500)), student)
    order, line = order_of(booking), OrderLine.objects.get(booking_id=booking.pk)
    all_have_read = Barrier(8)

    def take(_place: int) -> None:
        received = Allocation.objects.filter(line_id=line.pk).aggregate(sum=Sum("amount", default=0))["sum"]
        all_have_read.wait()
        payment = Payment(school=school, client_id=order.client_id, order=order, gateway="desk", method="card")
        payment.amount = 4500 - received
        payment.save(force_insert=True)
        Allocation(school=school, payment=payment, line=line, student=student, amount=payment.amount).save()

    race(take, range(8))
    assert broken(school)["a line is paid no more than once"] == [(line.pk,)]
