"""A booking of some of a session's times begins and ends with its own, whatever else its session has."""

import datetime as dt

import pytest
import time_machine

from api_client import Api
from factories import (
    buy_seat,
    hour_at,
    new_course,
    new_school,
    new_session,
    new_student,
    new_token,
    pay_for,
    payer_of,
    slots_of,
)
from schoolbell.bookings.cancelling import free_until, may_cancel
from schoolbell.bookings.lessons import to_come
from schoolbell.bookings.models import Booking
from schoolbell.bookings.times import begins_at, during_of, read_times
from schoolbell.kit.time import Stretch, now
from schoolbell.planning.rescheduling import may_move
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School

A_DAY, AN_HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
PERSON = {"name": "Ann Lee", "email": "ann@example.com", "birth_date": "1990-02-28"}


@pytest.fixture
def school(db) -> School:
    return new_school("courses", free_cancel_hours=24, late_fee_percent=100)


def in_hours(hours: int) -> Stretch:
    starts_at = now().replace(microsecond=0) + hours * AN_HOUR
    return Stretch(starts_at, starts_at + AN_HOUR)


def in_part(school: School, *during: Stretch, place: int, **course: object) -> Booking:
    """Of a session of these times, a paid seat in one of them."""
    session = new_session(new_course(school, **course), *during, choose_slots=True)
    booked = buy_seat(session, new_student(school), slot_ids=(slots_of(session)[place].pk,))
    pay_for(booked)
    return in_full(booked)


def in_full(booking: Booking) -> Booking:
    return Booking.objects.select_related("session__course__school").get(id=booking.pk)


def client_of(booking: Booking) -> Actor:
    return Actor(Role.CLIENT, person_id=payer_of(booking.student).person_id)


def caller(booking: Booking) -> Api:
    school = booking.session.course.school
    return Api(school.slug, new_token(school, Role.CLIENT, payer_of(booking.student).person))


def test_it_is_cancelled_free_of_charge_until_the_hours_before_its_own_first_time(school: School):
    soon, later = in_hours(6), in_hours(60 * 24)
    booking = in_part(school, soon, later, place=1)
    assert during_of(booking) == later
    assert free_until(booking) == later.starts_at - A_DAY
    assert caller(booking).post(f"/bookings/{booking.pk}/cancel").status == 200
    assert Booking.objects.get(id=booking.pk).owed_percent == 100


def test_its_own_first_time_is_what_makes_it_late(school: School):
    booking = in_part(school, in_hours(6), in_hours(60 * 24), place=0)
    assert caller(booking).post(f"/bookings/{booking.pk}/cancel").status == 200
    assert Booking.objects.get(id=booking.pk).owed_percent == 0


def test_what_has_begun_for_others_only_is_cancelled_and_moved(school: School):
    soon, later = in_hours(1), in_hours(60 * 24)
    booking = in_part(school, soon, later, place=1)
    other = new_session(booking.session.course, hour_at(40), hour_at(70), choose_slots=True)
    with time_machine.travel(soon.starts_at + AN_HOUR / 2, tick=False):
        assert may_cancel(booking, by=client_of(booking))
        assert may_move(booking, by=client_of(booking))
        moved = caller(booking).post(f"/bookings/{booking.pk}/reschedule", {"session": str(other.pk)})
        assert moved.status == 200, moved.body
        assert during_of(in_full(booking)) == hour_at(70)
        assert caller(booking).post(f"/bookings/{booking.pk}/cancel").status == 200
    assert Booking.objects.get(id=booking.pk).owed_percent == 100


def test_what_has_begun_for_them_is_neither(school: School):
    soon, later = in_hours(1), in_hours(60 * 24)
    booking = in_part(school, soon, later, place=0)
    with time_machine.travel(soon.starts_at, tick=False):
        cancelled = caller(booking).post(f"/bookings/{booking.pk}/cancel")
        assert cancelled.told == (409, "lesson_begun")
        assert not may_move(booking, by=client_of(booking))


def test_a_guest_cancels_a_time_ahead_of_a_session_that_has_begun(school: School):
    session = new_session(new_course(school, price=0), in_hours(1), in_hours(60 * 24), choose_slots=True)
    _begun, ahead = slots_of(session)
    with time_machine.travel(in_hours(2).starts_at, tick=False):
        guest = Api(school.slug)
        made = guest.post(
            "/bookings", {"session": str(session.pk), "slots": [str(ahead.pk)], "client": PERSON, "student": PERSON}
        )
        assert made.status == 201, made.body
        booking = in_full(Booking.objects.get(id=made.json["id"]))
        assert may_cancel(booking, by=Actor(Role.CLIENT, person_id=booking.client.person_id))
        key = made.json["order_key"]
        cancelled = Api(school.slug, order_key=key).post(f"/bookings/{booking.pk}/cancel")
        assert (cancelled.status, cancelled.json["status"]) == (200, "cancelled")


def test_what_was_given_back_is_still_said_to_have_been_then(school: School):
    booking = in_part(school, in_hours(6), in_hours(60 * 24), place=1)
    there = during_of(booking)
    caller(booking).made(f"/bookings/{booking.pk}/cancel")
    assert during_of(in_full(booking)) == there


def test_whose_own_times_are_over_has_nothing_to_come(school: School):
    soon, later = in_hours(1), in_hours(60 * 24)
    first = in_part(school, soon, later, place=0)
    second = buy_seat(first.session, new_student(school), slot_ids=(slots_of(first.session)[1].pk,))
    pay_for(second)
    whole = buy_seat(new_session(new_course(school), in_hours(48)), new_student(school))
    pay_for(whole)
    with time_machine.travel(in_hours(3).starts_at, tick=False):
        coming = to_come(Booking.objects.of(school)).order_by(begins_at(), "id")
        assert [one.pk for one in coming] == [whole.pk, second.pk]


def test_the_times_of_many_are_read_at_once(school: School, django_assert_num_queries):
    session = new_session(new_course(school), in_hours(6), in_hours(60 * 24), choose_slots=True)
    ahead = slots_of(session)[1]
    for _ in range(3):
        buy_seat(session, new_student(school), slot_ids=(ahead.pk,))
    buy_seat(new_session(new_course(school), hour_at(5)), new_student(school))
    bookings = list(Booking.objects.of(school).select_related("session").order_by("id"))
    with django_assert_num_queries(1):
        read_times(bookings)
    with django_assert_num_queries(0):
        found = [during_of(one) for one in bookings]
    assert found == [*[Stretch(ahead.starts_at, ahead.ends_at)] * 3, hour_at(5)]
    with django_assert_num_queries(0):
        read_times(bookings[3:])
