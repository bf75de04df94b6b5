"""Records are read the latest first."""

from factories import OWNER, buy_seat, new_course, new_school, new_session, new_student, pay_for
from schoolbell.bookings.actions import cancel_booking
from schoolbell.journal.queries import records_about, records_of
from schoolbell.schools.models import School


def test_what_happened_to_a_booking_and_about_a_student_comes_latest_first(school: School):
    student = new_student(school)
    booking = buy_seat(new_session(new_course(school)), student)
    payment = pay_for(booking)
    cancel_booking(booking, by=OWNER)
    names = [record.name for record in records_of(school, [booking.pk, payment.pk])]
    assert names[0] == "booking.cancelled"
    assert names[-1] == "booking.created"
    assert sorted(names[1:-1]) == ["booking.confirmed", "payment.succeeded"]
    about = [record.name for record in records_about(school, student_ids=[student.pk])]
    assert about == ["booking.cancelled", "booking.confirmed", "booking.created", "student.added"]
    assert list(records_of(new_school(), [booking.pk])) == []
    assert list(records_about(school)) == []
