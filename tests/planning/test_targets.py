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
)
from schoolbell.bookings.models import Booking
from schoolbell.kit.time import Stretch
from schoolbell.planning.rescheduling import Target, reschedule_booking
from schoolbell.planning.targets import targets_of

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
