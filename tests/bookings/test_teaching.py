"""What an instructor teaches and what learners have ahead."""

import datetime as dt

import pytest

from factories import (
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    pay_for,
    slots_of,
)  # fmt: skip
from schoolbell.bookings.lessons import lessons_ahead, lessons_by_seat, lessons_of, seats_ahead, with_staff
from schoolbell.bookings.sessions import cancel_session
from schoolbell.bookings.teaching import next_taught, taught, taught_slot, to_call
from schoolbell.kit.refusals import NotFound
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import SYSTEM, Actor, Role
from schoolbell.schools.models import School

MONTH = Stretch(at(0, 0), at(40, 0))


def acting(instructor: Instructor) -> Actor:
    return Actor(Role.INSTRUCTOR, person_id=instructor.person_id)


@pytest.fixture
def ida(school: School) -> Instructor:
    return new_instructor(school, name="Ida Teacher")


def test_their_slots_in_order_with_those_who_are_expected(school: School, ida: Instructor):
    course = new_course(school)
    three_days = new_session(course, hour_at(5), hour_at(6), hour_at(7), instructors=[ida])
    earlier = new_session(course, hour_at(3), instructors=[ida], publish=False)
    off = new_session(course, hour_at(4), instructors=[ida])
    cancel_session(off, by=SYSTEM)
    new_session(course, hour_at(3), instructors=[new_instructor(school)])
    zoe, ann, overdue = (buy_seat(three_days, new_student(school, name)) for name in ("Zoe Z", "Ann A", "Over Due"))
    pay_for(zoe)
    let_hold_run_out(overdue)

    found = taught(acting(ida), school, MONTH)
    assert [one.slot for one in found] == [*slots_of(earlier), *slots_of(three_days)]
    assert [[seat.student.person.name for seat in one.seats] for one in found] == [[], *[["Ann A", "Zoe Z"]] * 3]
    assert [seat.booking for seat in found[1].seats] == [ann, zoe]
    assert taught(acting(ida), school, Stretch(at(6, 0), at(7, 0)))[0].slot == slots_of(three_days)[1]
    assert next_taught(acting(ida), school).slot == slots_of(earlier)[0]


def test_a_lesson_on_demand_goes_with_its_hold(school: School, ida: Instructor):
    course = new_lessons(school)
    held, later = (buy_lesson(course, new_student(school), at(day)) for day in (3, 4))
    assert [one.session.pk for one in taught(acting(ida), school, MONTH)] == [held.session_id, later.session_id]
    let_hold_run_out(held)
    assert [one.session.pk for one in taught(acting(ida), school, MONTH)] == [later.session_id]
    assert next_taught(acting(ida), school).session.pk == later.session_id


def test_only_their_own_slot_is_found(school: School, other_school: School, ida: Instructor):
    (own,) = slots_of(new_session(new_course(school), instructors=[ida]))
    (anothers,) = slots_of(new_session(new_course(school), instructors=[new_instructor(school)]))
    assert taught_slot(acting(ida), school, own.pk).slot == own
    for wrong_school, slot in ((school, anothers), (other_school, own)):
        with pytest.raises(NotFound):
            taught_slot(acting(ida), wrong_school, slot.pk)


def test_whom_to_call(school: School, ida: Instructor):
    parent = new_client(school, "Clara Parent")
    session = new_session(new_course(school), instructors=[ida])
    child, adult = new_student(school, "Leo Parent", guardian=parent), new_student(school, "Ada Adult")
    for student in (child, adult):
        buy_seat(session, student)
    found = to_call(taught(acting(ida), school, MONTH)[0].seats)
    assert {found[child.pk].client.person.name, found[adult.pk].client.person.name} == {"Clara Parent", "Ada Adult"}


def test_lessons_ahead_for_parent_and_student(school: School, ida: Instructor):
    parent = new_client(school)
    leo, mila = (new_student(school, name, guardian=parent) for name in ("Leo P", "Mila P"))
    course = new_course(school)
    days = new_session(course, hour_at(5), hour_at(8), instructors=[ida])
    soon = new_session(course, hour_at(3))
    of_leo, of_mila = buy_seat(days, leo), buy_seat(soon, mila)
    let_hold_run_out(buy_seat(soon, leo))
    buy_seat(days, new_student(school, "Somebody Else"))

    by = Actor(Role.CLIENT, person_id=parent.person_id)
    ahead = with_staff(list(lessons_ahead(by, school)))
    assert [(one.booking, one.during.starts_at) for one in ahead] == [
        (of_mila, at(3)), (of_leo, at(5)), (of_leo, at(8)),
    ]  # fmt: skip
    assert [one.instructors for one in ahead] == [(), (ida,), (ida,)]
    assert seats_ahead(by, school) == [(one.seat.pk, one.seat.student_id) for one in ahead]
    assert [student_id for _seat, student_id in seats_ahead(by, school)] == [mila.pk, leo.pk, leo.pk]
    (_first, second, _third) = ahead
    assert lessons_by_seat(school, [second.seat.pk]) == {second.seat.pk: second}
    as_leo = Actor(Role.STUDENT, person_id=leo.person_id)
    assert [seat.booking for seat in lessons_ahead(as_leo, school)] == [of_leo, of_leo]
    assert [one.during.starts_at for one in lessons_of(of_leo)] == [at(5), at(8)]


@pytest.mark.parametrize(
    ("minutes", "is_paid", "opens"),
    [(-16, True, False), (-15, True, True), (59, True, True), (60, True, False), (-5, False, False)],
)
def test_a_room_opens_a_quarter_of_an_hour_before_to_those_who_are_confirmed(
    db, minutes: int, is_paid: bool, opens: bool
):
    school = new_school()
    room = new_resource(school, kind="online_room", meeting_url="https://meet.example.org/1")
    booking = buy_seat(new_session(new_course(school), hour_at(3), resource=room), new_student(school))
    if is_paid:
        pay_for(booking)
    (lesson,) = lessons_of(booking)
    assert (lesson.room_at(at(3) + dt.timedelta(minutes=minutes)) != "") is opens
