"""Who gives a lesson when the client leaves it to the school."""

from dataclasses import replace

import pytest

from factories import OWNER, at, buy_lesson, new_instructor, new_lessons, new_school, new_student, payer_of
from schoolbell.catalogue.actions import qualify
from schoolbell.planning.moves import as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.timetable.models import Session, Staffing

pytestmark = pytest.mark.django_db


def teacher_of(booking: object) -> str:
    return Staffing.objects.get(session_id=booking.session_id).instructor.person.first_name


def a_school(choice: str):
    school = new_school(any_instructor=choice)
    course = new_lessons(school)
    people = [new_instructor(school, name=name) for name in ("Ada One", "Bea Two", "Cem Three")]
    for one, level in zip(people, (2, 5, 3), strict=True):
        qualify(one, course, by=OWNER, proficiency=level)
    return school, course, people


def test_the_least_busy_of_that_week():
    school, course, (ada, bea, _cem) = a_school("least_busy")
    for hour in (6, 8):
        buy_lesson(course, new_student(school), at(12, hour), instructor_id=ada.pk)
    buy_lesson(course, new_student(school), at(12, 6), instructor_id=bea.pk)
    booked = [teacher_of(buy_lesson(course, new_student(school), at(12, hour))) for hour in (10, 11, 12, 13)]
    assert booked == ["Cem", "Bea", "Cem", "Ada"]


def test_everybody_in_turn():
    school, course, _people = a_school("round_robin")
    booked = [teacher_of(buy_lesson(course, new_student(school), at(12, hour))) for hour in (6, 7, 8, 9, 10)]
    assert booked == ["Ada", "Bea", "Cem", "Ada", "Bea"]


def test_a_turn_is_not_taken_by_weekly_lessons_or_by_a_lesson_that_moves():
    school, course, (ada, bea, _cem) = a_school("round_robin")
    sam = new_student(school)
    day = at(12).date()
    weekly = WeeklyPlan(sam, payer_of(sam), course, ada, day.isoweekday(), at(12, 20).time(), day)
    enroll_weekly(weekly, by=OWNER)
    first = buy_lesson(course, new_student(school), at(12, 6))
    assert [teacher_of(first), teacher_of(buy_lesson(course, new_student(school), at(12, 7)))] == ["Ada", "Bea"]
    session = Session.objects.select_related("course__school", "resource").get(id=first.session_id)
    for staff in ((ada, bea), (ada,)):
        (move,) = as_it_is([session])
        move_sessions([replace(move, instructors=staff)], by=OWNER)
    assert teacher_of(buy_lesson(course, new_student(school), at(12, 8))) == "Cem"
    assert teacher_of(buy_lesson(course, new_student(school), at(12, 9))) == "Ada"


def test_the_best_qualified_who_is_free():
    school, course, _people = a_school("best_qualified")
    booked = [teacher_of(buy_lesson(course, new_student(school), at(12, 6))) for _ in range(3)]
    assert booked == ["Bea", "Cem", "Ada"]


def test_whom_the_client_names_gives_it():
    school, course, (ada, _bea, _cem) = a_school("best_qualified")
    assert teacher_of(buy_lesson(course, new_student(school), at(12, 6), instructor_id=ada.pk)) == "Ada"
