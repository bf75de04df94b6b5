"""A client says how it was, once, when it is over; the instructor's stats know it at once."""

from decimal import Decimal

import pytest

from factories import (
    OWNER,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    payer_of,
)
from schoolbell.bookings.models import Booking
from schoolbell.journal.actions import tell
from schoolbell.journal.models import Outbox, Record
from schoolbell.journal.outbox import handle_waiting
from schoolbell.kit.checks import broken
from schoolbell.kit.refusals import InputRefused, NotAllowed
from schoolbell.learning.checks import CHECKS
from schoolbell.learning.models import Review
from schoolbell.learning.refusals import AlreadyReviewed, NotOverYet
from schoolbell.learning.reviews import review_booking
from schoolbell.learning.stats import rebuild_stats, refresh_stats
from schoolbell.learning.tasks import HANDLERS
from schoolbell.people.models import Instructor, InstructorStats
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db


def client_of(booking: Booking) -> Actor:
    return Actor(Role.CLIENT, person_id=booking.client.person_id)


def over(instructor: Instructor, *, status: str = "completed", day: int = 10) -> Booking:
    """A booking of theirs that came to its end: no flow writes that yet, so the row is changed here."""
    school = School.objects.get(id=instructor.school_id)
    booking = buy_seat(new_session(new_course(school), hour_at(day), instructors=[instructor]), new_student(school))
    Booking.objects.filter(id=booking.pk).update(status=status)
    return Booking.objects.get(id=booking.pk)


def stats_of(instructor: Instructor) -> InstructorStats:
    return InstructorStats.objects.get(school_id=instructor.school_id, instructor_id=instructor.pk)


def broken_rules() -> list[object]:
    return [(check.rule, row) for check in CHECKS for row in broken(check)]


def test_a_review_is_kept_and_counted():
    ida = new_instructor(new_school())
    one, two, three = (over(ida, day=day, status=status) for day, status in ((10, "completed"), (11, "no_show"),
                                                                             (12, "completed")))  # fmt: skip
    review = review_booking(one, rating=5, comment="  Good. ", by=client_of(one))
    assert (review.instructor, review.client_id, review.comment) == (ida, one.client_id, "Good.")
    assert (stats_of(ida).average_rating, stats_of(ida).ratings) == (Decimal("5.00"), 1)
    review_booking(two, rating=3, by=client_of(two))
    review_booking(three, rating=5, by=client_of(three))
    stats = stats_of(ida)
    assert (stats.average_rating, stats.ratings) == (Decimal("4.33"), 3)
    assert (stats.total_calls, stats.total_slots, stats.completed_slots) == (2, 3, 2)
    noted = Record.objects.filter(name="review.given").order_by("id").first()
    assert (noted.student_id, noted.new) == (one.student_id, {"booking": str(one.pk), "rating": 5})
    assert Outbox.objects.filter(name="review.given").count() == 3
    assert broken_rules() == []


def test_what_is_refused():
    ida = new_instructor(new_school())
    booking = over(ida, status="confirmed")
    with pytest.raises(NotOverYet):
        review_booking(booking, rating=4, by=client_of(booking))
    for status in ("expired", "pending", "in_progress"):
        Booking.objects.filter(id=booking.pk).update(status=status)
        with pytest.raises(NotOverYet):
            review_booking(booking, rating=4, by=client_of(booking))
    Booking.objects.filter(id=booking.pk).update(status="cancelled")
    for wrong in (0, 6):
        with pytest.raises(InputRefused):
            review_booking(booking, rating=wrong, by=client_of(booking))
    with pytest.raises(InputRefused):
        review_booking(booking, rating=4, comment="a" * 2001, by=client_of(booking))
    somebody = payer_of(new_student(School.objects.get(id=ida.school_id)))
    for by in (OWNER, Actor(Role.CLIENT, person_id=somebody.person_id), Actor(Role.GUEST)):
        with pytest.raises(NotAllowed):
            review_booking(booking, rating=4, by=by)
    review_booking(booking, rating=4, by=client_of(booking))
    with pytest.raises(AlreadyReviewed):
        review_booking(booking, rating=1, by=client_of(booking))
    assert Review.objects.get().rating == 4


def test_it_counts_for_who_led_and_for_nobody_where_nobody_taught():
    school = new_school()
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    together = new_session(new_course(school), hour_at(10), instructors=[ida, tom])
    alone = new_session(new_lessons(school), hour_at(11))
    for session in (together, alone):
        booking = buy_seat(session, new_student(school))
        Booking.objects.filter(id=booking.pk).update(status="completed")
        review_booking(booking, rating=2, by=client_of(booking))
    assert [stats_of(ida).ratings, InstructorStats.objects.filter(instructor=tom).count()] == [1, 0]
    assert broken_rules() == []


def test_the_check_finds_what_is_not_so_and_it_is_put_right():
    school = new_school()
    ida, new = new_instructor(school), new_instructor(school, name="Noa New")
    booking = over(ida)
    review_booking(booking, rating=2, by=client_of(booking))
    InstructorStats.objects.filter(instructor=ida).update(average_rating=Decimal("4.00"))
    assert [row[1:] for _rule, row in broken_rules()] == [(ida.pk, "4.00 kept, 2.00")]
    assert rebuild_stats(school) == 2
    assert broken_rules() == []
    assert (stats_of(new).average_rating, stats_of(new).ratings) == (None, 0)


def test_the_worker_counts_a_booking_that_was_completed():
    ida = new_instructor(new_school())
    refresh_stats(ida)
    booking = over(ida)
    assert stats_of(ida).total_calls == 0
    tell("booking.completed", booking)
    handle_waiting(HANDLERS)
    assert (stats_of(ida).total_calls, stats_of(ida).completed_slots) == (1, 1)
