"""Rules between neighbours hold when everybody books at once; without the diaries' locks they would not."""

from collections import Counter
from unittest import mock

from factories import at, buy_lesson, new_instructor, new_lessons, new_student
from invariants import broken, deadlocks
from races.people import Race
from schoolbell.diary.models import Claim
from schoolbell.kit.refusals import Refusal
from schoolbell.planning import lessons
from servers import race

HOURS = (6, 8, 10, 12, 14, 16, 18, 20)


def outcomes(race_in: Race) -> Counter[str]:
    """Eight students want eight different hours of one day from one instructor."""
    school = race_in.school
    course = new_lessons(school)
    students = [new_student(school, f"Student {hour}") for hour in HOURS]

    def book(place: int) -> str:
        try:
            buy_lesson(course, students[place], at(10, HOURS[place]))
        except Refusal as refusal:
            return refusal.code
        return "booked"

    return Counter(race(book, range(len(HOURS))))


def an_instructor_of_three_hours_a_week(race_in: Race) -> Claim:
    instructor = new_instructor(race_in.school)
    instructor.max_hours_per_week = 3
    instructor.save()
    return Claim.objects.filter(diary_id=instructor.person.diary_id)


def test_eight_racers_get_the_three_hours_that_are_left_in_the_week(race_in: Race):
    claims, before = an_instructor_of_three_hours_a_week(race_in), deadlocks()
    assert outcomes(race_in) == {"booked": 3, "week_full": 5}
    assert claims.count() == 3
    assert broken(race_in.school) == {}
    assert deadlocks() == before


def test_control_without_the_lock_more_are_given_than_there_are(race_in: Race):
    claims = an_instructor_of_three_hours_a_week(race_in)
    with mock.patch.object(lessons, "lock_diaries"):
        assert outcomes(race_in)["booked"] > 3
    assert claims.count() > 3
