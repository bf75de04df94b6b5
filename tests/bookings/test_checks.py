"""The rules of `schoolbell check` about bookings: each is found broken by the damage that it is there for."""

from typing import Final

import pytest

from damage import found
from factories import buy_seat, new_client, new_course, new_school, new_session, new_student, pay_for
from schoolbell.bookings.models import Attendance, Booking, Enrollment
from schoolbell.diary.models import Claim
from schoolbell.journal.models import Record
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db

WHO: Final = "Whoever is booked is who has the seats of it, and who is enrolled by it."
WAITS: Final = "An enrollment with one booking waits as long as that does."
WRITTEN: Final = "What was booked apart was written down when it was."


@pytest.fixture
def school(db: None) -> School:
    return new_school()


@pytest.fixture
def booking(school: School) -> Booking:
    session = new_session(new_course(school, trial_price=1000))
    return buy_seat(session, new_student(school), enrollment_type="trial")


def test_an_enrollment_of_another_student_or_client(school: School, booking: Booking) -> None:
    assert found() == []
    own = Enrollment.objects.filter(id=booking.enrollment_id)
    own.update(student=new_student(school))
    assert found() == [(WHO, booking.pk)]
    own.update(student=booking.student, client=new_client(school))
    assert found() == [(WHO, booking.pk)]
    own.update(client=booking.client)
    assert found() == []


def test_a_seat_of_another_student_who_has_the_time_for_it_too(school: School, booking: Booking) -> None:
    other, seat = new_student(school), Attendance.objects.get(booking=booking)
    Attendance.objects.filter(id=seat.pk).update(student=other)
    Claim.objects.filter(source=seat.pk).update(diary=other.person.diary_id)
    assert found() == [(WHO, booking.pk)]


def test_an_enrollment_that_waits_though_its_booking_does_not(booking: Booking) -> None:
    Enrollment.objects.filter(id=booking.enrollment_id).update(status="active")
    assert found() == [(WAITS, booking.enrollment_id)]
    pay_for(booking)
    assert found() == []
    Enrollment.objects.filter(id=booking.enrollment_id).update(status="pending")
    assert found() == [(WAITS, booking.enrollment_id)]


def test_a_booking_that_was_never_written_down(booking: Booking) -> None:
    Record.objects.filter(subject_id=booking.pk).delete()
    assert found() == [(WRITTEN, booking.pk)]
