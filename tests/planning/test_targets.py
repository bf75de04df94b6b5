"""Where a booking could go."""

import pytest

from factories import (
    OWNER,
    at,
    be_busy,
    buy_lesson,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    slots_of,
)
from invariants import broken
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import SessionFull
from schoolbell.kit.time import Stretch
from schoolbell.planning.refusals import NotAsManyLessons
from schoolbell.planning.rescheduling import Target, reschedule_booking
from schoolbell.planning.targets import targets_of
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db


def loaded(booking: Booking) -> Booking:
    return Booking.objects.select_related("session__course__school", "student__person").get(id=booking.pk)


def test_a_lesson_can_go_to_the_free_times_of_whoever_teaches_it_by_the_same_one_if_they_can():
    school = new_school(start_grid_minutes=60)
    course = new_lessons(school)
    ida, ben = new_instructor(school), new_instructor(school, name="Ben Other")
    sam = new_student(school)
    booking = buy_lesson(course, sam, at(3, 10), instructor_id=ida.pk)
    be_busy(sam.person.diary_id, school, hour_at(3, 12))
    be_busy(ida.person.diary_id, school, hour_at(3, 13))
    found = targets_of(loaded(booking), Stretch(at(3, 9), at(3, 15))).times
    said = [(free.during.starts_at, free.instructor and free.instructor.pk) for free in found]
    # Not when it is now, and not when the student has something else.
    assert said == [(at(3, 9), ida.pk), (at(3, 11), ida.pk), (at(3, 13), ben.pk), (at(3, 14), ida.pk)]
    for free in found:
        moved = reschedule_booking(
            booking, Target(free.during.starts_at, free.instructor and free.instructor.pk), by=OWNER
        )
        assert loaded(moved).session.starts_at == free.during.starts_at


def test_a_seat_can_go_to_the_sessions_of_its_course_that_have_one_and_suit_the_student():
    school = new_school()
    course, sam = new_course(school), new_student(school)
    booking = buy_seat(new_session(course, hour_at(5)), sam)
    open_, full = new_session(course, hour_at(6)), new_session(course, hour_at(7), capacity=1)
    buy_seat(full, new_student(school, "Kim Alone"))
    new_session(course, hour_at(8))
    be_busy(sam.person.diary_id, school, hour_at(8))
    new_session(new_course(school, name="Another"), hour_at(9))
    (free,) = targets_of(loaded(booking), hour_at(1)).times
    assert (free.session and free.session.pk, free.during) == (open_.pk, hour_at(6))


def chosen_lessons() -> tuple[Booking, list[Session]]:
    """The first and the third of four lessons; and sessions of four, of three with one full, of two, and of two that
    are booked whole."""
    school = new_school()
    course, sam = new_course(school, capacity=2), new_student(school)
    old, four, three, two, whole = (
        new_session(course, *(hour_at(first + day) for day in range(days)), choose_slots=chosen)
        for first, days, chosen in ((5, 4, True), (10, 4, True), (15, 3, True), (20, 2, True), (25, 2, False))
    )
    booking = buy_seat(old, sam, slot_ids=[slots_of(old)[place].pk for place in (0, 2)])
    for name in ("Kim Other", "Lou Other"):
        buy_seat(three, new_student(school, name), slot_ids=[slots_of(three)[2].pk])
    return booking, [old, four, three, two, whole]


def test_whoever_chose_two_lessons_is_offered_two():
    booking, (_old, four, _three, _two, whole) = chosen_lessons()
    found = targets_of(loaded(booking), hour_at(1)).times
    assert [(free.session and free.session.pk, free.during.starts_at, free.during.ends_at) for free in found] == [
        (four.pk, at(10), at(12, 11)),
        (whole.pk, at(25), at(26, 11)),
    ]


def test_whoever_chose_two_lessons_has_two_wherever_they_go():
    booking, (old, four, three, two, whole) = chosen_lessons()
    for session, refusal in ((two, NotAsManyLessons), (three, SessionFull)):
        with pytest.raises(refusal):
            reschedule_booking(booking, Target(session=session), by=OWNER)
    moved = reschedule_booking(booking, Target(session=four), by=OWNER)
    assert [[slot.seats_taken for slot in slots_of(one)] for one in (old, four)] == [[0] * 4, [1, 0, 1, 0]]
    moved = reschedule_booking(moved, Target(session=whole), by=OWNER)
    assert [[slot.seats_taken for slot in slots_of(one)] for one in (four, whole)] == [[0] * 4, [1, 1]]
    assert (moved.session_id, moved.price) == (whole.pk, booking.price)
    assert broken(booking.school) == {}
