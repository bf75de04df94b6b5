"""Seats are never sold twice, and nobody sits in a session twice."""

from collections import Counter
from threading import Barrier

import pytest
from django.db import connection

from factories import buy_seat, hour_at, new_course, new_school, new_session, new_student, new_students, slots_of
from invariants import broken
from races.people import Race, told
from schoolbell.bookings.models import Attendance, Booking
from servers import race


def test_forty_clients_for_twelve_seats_get_exactly_twelve(race_in: Race):
    session = new_session(new_course(race_in.school, capacity=12))
    students = race_in.students(40)
    answers = race_in.book([{"session": str(session.pk), "student": str(student.pk)} for student in students])
    assert told(answers) == {(201, ""): 12, (409, "session_full"): 28}
    assert [slot.seats_taken for slot in slots_of(session)] == [12]
    winners = {answer.json()["student"] for answer in answers if answer.status_code == 201}
    assert {str(booking.student_id) for booking in Booking.objects.of(race_in.school)} == winners
    assert broken(race_in.school) == {}


def test_a_course_of_three_days_is_sold_whole_or_not_at_all(race_in: Race):
    """Half of the buyers want the last day alone, so that it fills before the others."""
    course = new_course(race_in.school, capacity=6)
    session = new_session(course, hour_at(30), hour_at(31), hour_at(32), choose_slots=True)
    last = slots_of(session)[-1]
    whole, part = race_in.students(20), race_in.students(20)
    answers = race_in.book(
        [
            {"session": str(session.pk), "student": str(student.pk)} | wish
            for pair in zip(whole, part, strict=True)
            for student, wish in zip(pair, ({}, {"slots": [str(last.pk)]}), strict=True)
        ]
    )
    assert told(answers) == {(201, ""): 6, (409, "session_full"): 34}
    of_whole = sum(len(answer.json()["slots"]) == 3 for answer in answers if answer.status_code == 201)
    assert [slot.seats_taken for slot in slots_of(session)] == [of_whole, of_whole, 6]
    assert broken(race_in.school) == {}


def test_one_student_gets_one_seat_however_often_they_ask_at_once(race_in: Race):
    session = new_session(new_course(race_in.school))
    student = new_student(race_in.school)
    answers = race_in.book([{"session": str(session.pk), "student": str(student.pk)}] * 16)
    assert told(answers) == {(201, ""): 1, (409, "already_booked"): 15}
    assert [slot.seats_taken for slot in slots_of(session)] == [1]
    assert broken(race_in.school) == {}


def test_one_student_gets_one_of_two_sessions_at_the_same_time(race_in: Race):
    course = new_course(race_in.school)
    sessions = [new_session(course), new_session(course, hour_at(30, 10, 30))]
    student = new_student(race_in.school)
    answers = race_in.book([{"session": str(session.pk), "student": str(student.pk)} for session in sessions])
    assert told(answers) == {(201, ""): 1, (409, "time_taken"): 1}
    assert sorted(slots_of(session)[0].seats_taken for session in sessions) == [0, 1]
    assert broken(race_in.school) == {}


def test_a_trial_is_had_once_whichever_session_it_is_in(race_in: Race):
    course = new_course(race_in.school, trial_price=0)
    sessions = [new_session(course, hour_at(day)) for day in range(30, 42)]
    student = new_student(race_in.school)
    answers = race_in.book(
        [{"session": str(session.pk), "student": str(student.pk), "enrollment_type": "trial"} for session in sessions]
    )
    assert told(answers) == {(201, ""): 1, (409, "trial_already_taken"): 11}
    assert sum(slots_of(session)[0].seats_taken for session in sessions) == 1
    assert broken(race_in.school) == {}


@pytest.mark.usefixtures("scratch")
def test_control_reading_first_and_writing_then_oversells():
    school = new_school()
    session = new_session(new_course(school, capacity=12))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE timetable_slot DROP CONSTRAINT slot_not_oversold")
    slot = slots_of(session)[0]
    bookings = [buy_seat(session, student) for student in new_students(school, 10)]
    all_have_read = Barrier(10)

    def sell(booking: Booking) -> int:
        """As somebody writes it who has not thought of the others."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT seats_taken, capacity FROM timetable_slot WHERE id = %s", [slot.pk])
            taken, capacity = cursor.fetchone()
            all_have_read.wait()
            if taken < capacity:
                cursor.execute("UPDATE timetable_slot SET seats_taken = %s WHERE id = %s", [taken + 1, slot.pk])
                student = new_student(school)
                Attendance(school=school, booking=booking, slot=slot, student=student).save(force_insert=True)
        return taken

    assert Counter(race(sell, bookings)) == {10: 10}
    rules = broken(school)
    assert rules["no slot is oversold"] == [(slot.pk,)]
    assert rules["seats_taken is the number of bookings that hold a seat"] == [(slot.pk, 11, 20)]


@pytest.mark.usefixtures("scratch")
def test_control_without_its_unique_key_a_student_sits_in_a_session_twice():
    school = new_school()
    session = new_session(new_course(school))
    student = new_student(school)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX attendance_once")
        cursor.execute("ALTER TABLE diary_claim DROP CONSTRAINT claim_lessons_exclude")
    for _ in range(2):
        buy_seat(session, student)
    rules = broken(school)
    assert rules["a student sits in a session once"] == [(student.pk, slots_of(session)[0].pk)]
    assert len(rules["nobody is in two lessons at once"]) == 1


@pytest.mark.usefixtures("scratch")
def test_control_without_its_unique_key_a_trial_is_had_twice():
    school = new_school()
    course = new_course(school, trial_price=0)
    student = new_student(school)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX enrollment_one_trial")
    for day in (30, 31):
        buy_seat(new_session(course, hour_at(day)), student, enrollment_type="trial")
    assert broken(school) == {"a student tries a course once": [(student.pk, course.pk)]}
