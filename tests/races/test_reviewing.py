"""Reviews at the same moment: a booking has one, and the stats of an instructor count every one."""

from collections import Counter
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Count

from factories import buy_seat, hour_at, new_course, new_instructor, new_school, new_session, new_student
from invariants import deadlocks
from schoolbell.bookings.models import Booking
from schoolbell.kit.refusals import Refusal
from schoolbell.learning.models import Review
from schoolbell.learning.reviews import review_booking, review_of
from schoolbell.learning.stats import refresh_stats
from schoolbell.people.models import Instructor, InstructorStats
from schoolbell.schools.actor import Actor, Role
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")
RATINGS = (5, 4, 5, 3, 1, 2, 5, 4)


def bookings_of(instructor: Instructor, number: int) -> list[Booking]:
    school = instructor.person.school
    session = new_session(new_course(school), hour_at(10), instructors=[instructor])
    made = [buy_seat(session, new_student(school, f"Student {place}")) for place in range(number)]
    Booking.objects.filter(school_id=school.pk).update(status="completed")
    return [Booking.objects.select_related("client").get(id=one.pk) for one in made]


def say(booking: Booking, rating: int) -> str:
    try:
        review_booking(booking, rating=rating, by=Actor(Role.CLIENT, person_id=booking.client.person_id))
    except Refusal as refusal:
        return refusal.code
    return "said"


def test_two_reviews_of_one_booking_are_one():
    ida, before = new_instructor(new_school()), deadlocks()
    (booking,) = bookings_of(ida, 1)
    assert Counter(race(lambda rating: say(booking, rating), RATINGS)) == {"said": 1, "already_reviewed": 7}
    assert InstructorStats.objects.get(instructor=ida).ratings == Review.objects.count() == 1
    assert deadlocks() == before


def test_control_without_the_lock_both_find_none_and_one_of_them_breaks():
    ida = new_instructor(new_school())
    (booking,) = bookings_of(ida, 1)
    looked = Barrier(2)

    def act(rating: int) -> str:
        try:
            with transaction.atomic():
                assert review_of(booking) is None
                looked.wait()
                values = {"booking": booking, "client": booking.client, "instructor": ida, "rating": rating}
                Review(school_id=booking.school_id, **values).save(force_insert=True)
        except IntegrityError:
            return "broke"
        return "said"

    assert sorted(race(act, (4, 5))) == ["broke", "said"]


def test_eight_reviews_at_once_are_all_counted():
    ida, before = new_instructor(new_school()), deadlocks()
    bookings = bookings_of(ida, 8)
    assert race(lambda place: say(bookings[place], RATINGS[place]), range(8)) == ["said"] * 8
    stats = InstructorStats.objects.get(instructor=ida)
    assert (stats.ratings, stats.average_rating) == (8, Decimal("3.63"))  # 29 / 8 is 3.625
    assert (stats.total_calls, stats.completed_slots) == (8, 1)
    assert deadlocks() == before


def test_control_counting_before_the_other_has_written_loses_one():
    ida = new_instructor(new_school())
    bookings = bookings_of(ida, 2)
    refresh_stats(ida)
    written = Barrier(2)

    def act(place: int) -> None:
        with transaction.atomic():
            booking = bookings[place]
            values = {"booking": booking, "client": booking.client, "instructor": ida, "rating": 4}
            Review(school_id=ida.school_id, **values).save(force_insert=True)
            number = Review.objects.filter(instructor=ida).aggregate(number=Count("id"))["number"]
            written.wait()
            InstructorStats.objects.filter(instructor=ida).update(ratings=number, average_rating=4)

    race(act, (0, 1))
    assert (InstructorStats.objects.get(instructor=ida).ratings, Review.objects.count()) == (1, 2)
