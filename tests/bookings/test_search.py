"""Finding bookings as an office looks for them."""

import datetime as dt

import pytest

from factories import (
    OWNER,
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    pay_for,
    slots_of,
)  # fmt: skip
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.models import Booking
from schoolbell.bookings.search import (
    Attended,
    Sought,
    attended_within,
    bookings_about,
    bookings_found,
    bookings_of,
    confirmed_but_unpaid,
    holds_ending,
    seats_in,
    seats_sold,
)
from schoolbell.bookings.sessions import cancel_session
from schoolbell.kit.time import Stretch, now
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session


@pytest.fixture
def group(school: School) -> Session:
    return new_session(new_course(school, price=9000, capacity=6))


def found(school: School, **sought: object) -> list[Booking]:
    return list(bookings_found(Sought(**sought), school=school, seen_by=OWNER).order_by("id"))


def test_a_booking_is_found_by_its_reference_however_it_is_typed(school: School, group: Session):
    booking, _other = (buy_seat(group, new_student(school)) for _ in range(2))
    Booking.objects.filter(school_id=school.pk, id=booking.pk).update(reference="K7F3-0MQ2")
    for text in ("K7F3-0MQ2", "k7f3 0mq2", "K7F30MQ2", "k7f3-0", "7f3", "0mq"):
        assert found(school, text=text) == [booking], text
    assert found(school, text="K7F3-0MQ3") == []


def test_a_whole_reference_is_found_alone_and_a_name_of_that_length_by_who_it_is(school: School, group: Session):
    one, margaret, third = (
        buy_seat(group, new_student(school, name)) for name in ("Ann One", "Margaret Ash", "Bo Two")
    )
    assert found(school, text="margaret") == [margaret]
    assert found(school, text="margaret", ordered=[third.pk]) == [third]
    Booking.objects.filter(school_id=school.pk, id=one.pk).update(reference="MARG-ARET")
    assert found(school, text="margaret") == [one]
    assert found(school, text="margare") == [one, margaret]


def test_a_booking_is_found_by_who_learns_and_by_who_pays(school: School, group: Session):
    clara = new_client(school, "Clara Parent")
    booking = buy_seat(group, new_student(school, "Sam Learner", guardian=clara, phone="0412 555 019"))
    buy_seat(group, new_student(school, "Kim Other"))
    for text in ("sam l", "clara", "0412555"):
        assert found(school, text=text) == [booking], text


def test_filters_are_all_kept_at_once(school: School, group: Session):
    later = new_session(new_course(school, name="Later", price=9000), hour_at(60))
    held, paid, off, other = (buy_seat(session, new_student(school)) for session in (group, group, group, later))
    pay_for(paid)
    cancel_booking(off, by=OWNER)
    starts_at = group.starts_at
    month = Stretch(starts_at, starts_at + dt.timedelta(days=20))
    assert found(school, status="pending") == [held, other]
    assert found(school, payment_status="paid") == [paid]
    assert found(school, unpaid=True) == [held, other]
    assert found(school, course_id=later.course_id) == [other]
    assert found(school, within=month) == [held, paid, off]
    assert found(school, within=Stretch(starts_at - dt.timedelta(days=1), starts_at)) == []
    assert found(school, within=month, unpaid=True) == [held]
    assert found(new_school()) == []


def test_a_booking_is_of_the_days_on_which_its_own_lessons_begin(school: School):
    days = new_session(new_course(school, capacity=6), hour_at(30), hour_at(31), hour_at(32), choose_slots=True)
    first, _second, third = slots_of(days)
    whole = buy_seat(days, new_student(school))
    late = buy_seat(days, new_student(school), slot_ids=[third.pk])

    def on(number: int) -> list[Booking]:
        starts_at = at(number, 0)
        return found(school, within=Stretch(starts_at, starts_at + dt.timedelta(days=1)))

    assert [on(number) for number in (29, 30, 31, 32, 33)] == [[], [whole], [whole], [whole, late], []]
    assert found(school, within=Stretch(first.starts_at, third.ends_at)) == [whole, late]


def test_holds_that_end_in_time_come_by_when_they_end(school: School, group: Session):
    first, second, paid, gone = (buy_seat(group, new_student(school)) for _ in range(4))
    pay_for(paid)
    ends = {first: 2, second: 1, gone: 30}
    for booking, hours in ends.items():
        Booking.objects.filter(school_id=school.pk, id=booking.pk).update(
            hold_expires_at=now() + dt.timedelta(hours=hours)
        )
    assert list(holds_ending(school, Stretch(now(), now() + dt.timedelta(hours=24)))) == [second, first]


def test_confirmed_and_unpaid_are_those_who_come_without_having_paid_whole(db: None):
    school = new_school("driving")
    course = new_course(school, price=9000, deposit=3000)
    deposit, whole, held = (buy_seat(new_session(course), new_student(school)) for _ in range(3))
    pay_for(deposit)
    pay_for(whole, 9000)
    assert list(confirmed_but_unpaid(school)) == [deposit]
    assert held.status == "pending"


def test_seats_sold_are_those_that_were_confirmed_then_and_are_kept(db: None):
    school = new_school(confirm_on="booking")
    group = new_session(new_course(school))
    kept, off = (buy_seat(group, new_student(school)) for _ in range(2))
    cancel_booking(off, by=OWNER)
    hour = dt.timedelta(hours=1)
    past, coming = Stretch(now() - hour, now() + hour), Stretch(now() + hour, now() + 2 * hour)
    assert seats_sold(school, past, coming) == [1, 0]
    assert seats_sold(school, coming) == [0]
    assert kept.holds_seat


def test_a_seat_that_is_held_is_sold_when_it_is_confirmed(db: None):
    school = new_school("driving")
    held = buy_seat(new_session(new_course(school, price=9000)), new_student(school))
    day = dt.timedelta(days=1)
    Booking.objects.of(school).filter(id=held.pk).update(created_at=now() - 2 * day)
    before, today = Stretch(now() - 3 * day, now() - day), Stretch(now() - day, now() + day)
    assert (held.status, seats_sold(school, before, today)) == ("pending", [0, 0])
    pay_for(held, 9000)
    assert seats_sold(school, before, today) == [0, 1]


def test_a_sessions_bookings_have_those_who_may_come_first(school: School, group: Session):
    off, kept = (buy_seat(group, new_student(school)) for _ in range(2))
    cancel_booking(off, by=OWNER)
    assert list(bookings_of(group)) == [kept, off]


def test_seats_are_of_those_who_are_expected_and_of_a_cancelled_session_of_those_who_were(
    school: School, group: Session, django_assert_num_queries
):
    kept, off, overdue = (buy_seat(group, new_student(school)) for _ in range(3))
    cancel_booking(off, by=OWNER)
    let_hold_run_out(overdue)
    (slot,) = slots_of(group)
    assert [seat.booking_id for seat in seats_in(school, [slot.pk])[slot.pk]] == [kept.pk]
    cancel_session(group, by=OWNER)
    (slot,) = slots_of(group)
    assert {seat.booking_id for seat in seats_in(school, [slot.pk])[slot.pk]} == {kept.pk, off.pk, overdue.pk}


def test_what_is_booked_about_somebody_comes_latest_lesson_first(school: School):
    course = new_lessons(school)
    new_instructor(school)
    clara = new_client(school)
    sam, kim = (new_student(school, name, guardian=clara) for name in ("Sam Learner", "Kim Learner"))
    early, late = buy_lesson(course, sam, hour_at(10).starts_at), buy_lesson(course, kim, hour_at(20).starts_at)
    assert list(bookings_about(school, client_id=clara.pk)) == [late, early]
    assert list(bookings_about(school, student_ids=[sam.pk])) == [early]
    assert list(bookings_about(school)) == []


def test_a_week_at_a_glance_has_what_somebody_is_expected_in(school: School):
    course = new_course(school, price=9000, capacity=6)
    firm, held, overdue, off, _empty = (new_session(course, hour_at(10, at)) for at in (8, 10, 12, 14, 16))
    buy_seat(firm, new_student(school))
    pay_for(buy_seat(firm, new_student(school)))
    buy_seat(held, new_student(school))
    let_hold_run_out(buy_seat(overdue, new_student(school)))
    buy_seat(off, new_student(school))
    cancel_session(off, by=OWNER)
    elsewhere = new_session(new_course(new_school()), hour_at(10, 9))
    buy_seat(elsewhere, new_student(elsewhere.course.school))
    day = Stretch(hour_at(10, 0).starts_at, hour_at(11, 0).starts_at)
    assert attended_within(school, day) == [
        Attended(firm.starts_at, firm.ends_at, "published", is_held=False),
        Attended(held.starts_at, held.ends_at, "published", is_held=True),
    ]
    assert attended_within(school, hour_at(10, 9)) == []
