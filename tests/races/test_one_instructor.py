"""Nobody teaches two lessons at once, and nothing is used for two."""

import datetime as dt
import random
import time
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from factories import (
    at,
    be_busy,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
)
from invariants import broken, deadlocks
from races.people import Race, told
from schoolbell.bookings.models import Booking
from schoolbell.diary.claims import Wanted, claim_time
from schoolbell.diary.models import Claim
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch
from schoolbell.timetable.models import Session
from servers import race, rfc3339


def lesson(course, student, starts_at, **more):
    return {"course": str(course.pk), "starts_at": rfc3339(starts_at), "student": str(student.pk)} | more


def test_forty_lessons_for_one_instructor_at_one_time_are_one(race_in: Race):
    course = new_lessons(race_in.school)
    new_instructor(race_in.school)
    answers = race_in.book([lesson(course, student, at(10)) for student in race_in.students(40)])
    assert told(answers) == {(201, ""): 1, (409, "time_taken"): 39}
    assert Session.objects.of(race_in.school).count() == Booking.objects.of(race_in.school).count() == 1
    assert broken(race_in.school) == {}


def test_a_lesson_that_overlaps_without_being_equal_is_refused(race_in: Race):
    course = new_lessons(race_in.school)
    new_instructor(race_in.school)
    first, second, third = race_in.students(3)
    assert told(race_in.book([lesson(course, first, at(10, 10))])) == {(201, ""): 1}
    assert told(race_in.book([lesson(course, second, at(10, 10, 30))])) == {(409, "time_taken"): 1}
    assert told(race_in.book([lesson(course, third, at(10, 11))])) == {(201, ""): 1}


def test_lessons_that_overlap_race_to_one_of_each_pair(race_in: Race):
    """Starts at 10:00, 10:15, … 10:45 all overlap: whoever is first is the only one."""
    course = new_lessons(race_in.school)
    new_instructor(race_in.school)
    answers = race_in.book(
        [lesson(course, student, at(10, 10, 15 * (n % 4))) for n, student in enumerate(race_in.students(24))]
    )
    assert told(answers) == {(201, ""): 1, (409, "time_taken"): 23}
    assert broken(race_in.school) == {}


def test_one_room_holds_one_lesson_whoever_teaches_it(race_in: Race):
    course = new_lessons(race_in.school, resource_kind="venue")
    new_resource(race_in.school)
    for _ in range(4):
        new_instructor(race_in.school)
    answers = race_in.book([lesson(course, student, at(10)) for student in race_in.students(16)])
    assert told(answers) == {(201, ""): 1, (409, "time_taken"): 15}
    assert broken(race_in.school) == {}


def test_as_many_lessons_as_there_are_rooms_and_instructors_are_given_and_no_buyer_is_sent_away_for_nothing(
    race_in: Race,
):
    course = new_lessons(race_in.school, resource_kind="venue")
    for _ in range(6):
        new_instructor(race_in.school)
        new_resource(race_in.school)
    answers = race_in.book([lesson(course, student, at(10)) for student in race_in.students(6)])
    assert told(answers) == {(201, ""): 6}
    assert broken(race_in.school) == {}


def test_a_published_session_and_a_lesson_on_demand_do_not_share_an_instructor(race_in: Race):
    instructor = new_instructor(race_in.school)
    course, group = new_lessons(race_in.school), new_course(race_in.school)
    session = {
        "course": str(group.pk),
        "instructors": [str(instructor.pk)],
        "slots": [{"starts_at": rfc3339(at(10, 9, 30)), "ends_at": rfc3339(at(10, 11))}],
    }
    bodies = [("/sessions", session)] * 4 + [
        ("/bookings", lesson(course, student, at(10))) for student in race_in.students(4)
    ]
    answers = race(lambda one: race_in.post(one[0], [one[1]])[0], bodies)
    assert told(answers) == {(201, ""): 1, (409, "time_taken"): 7}
    assert broken(race_in.school) == {}


def test_thirty_two_racers_on_one_diary_neither_deadlock_nor_wait(race_in: Race):
    """Overlapping times in shuffled order, in a room each needs too. Whoever waits for over a second collides."""
    course = new_lessons(race_in.school, resource_kind="venue")
    new_instructor(race_in.school)
    new_resource(race_in.school)
    students = race_in.students(32)
    before, collisions = deadlocks(), race_in.servers.collisions()
    shuffled = random.Random(2)
    for day in range(10, 15):
        starts = [at(day, 10) + dt.timedelta(minutes=15 * (n % 16)) for n in range(32)]
        shuffled.shuffle(starts)
        answers = race_in.book([lesson(course, *pair) for pair in zip(students, starts, strict=True)])
        assert {(answer.status_code, answer.json().get("code", "")) for answer in answers} == {
            (201, ""),
            (409, "time_taken"),
        }
        # Whatever was refused clashes with what was given; nothing else could have been added.
        given = [starts[n] for n, answer in enumerate(answers) if answer.status_code == 201]
        assert all(any(abs(start - one) < dt.timedelta(hours=1) for one in given) for start in starts)
    assert (deadlocks(), race_in.servers.collisions()) == (before, collisions)
    assert broken(race_in.school) == {}


def test_sessions_with_several_instructors_in_any_order_do_not_deadlock(race_in: Race):
    course = new_course(race_in.school)
    staff = [str(new_instructor(race_in.school, hours=False).pk) for _ in range(4)]
    shuffled = random.Random(3)
    before = deadlocks()
    bodies = []
    for _ in range(32):
        names = staff[:]
        shuffled.shuffle(names)
        slots = [(at(20, 9 + hour), at(20, 10 + hour)) for hour in range(4)]
        bodies.append(
            {
                "course": str(course.pk),
                "instructors": names,
                "slots": [{"starts_at": rfc3339(start), "ends_at": rfc3339(end)} for start, end in slots],
            }
        )
    assert told(race_in.post("/sessions", bodies)) == {(201, ""): 1, (409, "time_taken"): 31}
    assert deadlocks() == before
    assert broken(race_in.school) == {}


@pytest.mark.usefixtures("scratch")
def test_control_without_the_exclusion_forty_lessons_share_one_instructor():
    school = new_school()
    diary_id = new_instructor(school).person.diary_id
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE diary_claim DROP CONSTRAINT claim_lessons_exclude")
    race(lambda source: claim_time(school.pk, [Wanted(diary_id, hour_at(10), source)]), [new_id() for _ in range(40)])
    assert Claim.objects.of(school).count() == 40
    assert len(broken(school)["nobody is in two lessons at once"]) == 40 * 39 / 2


@pytest.mark.usefixtures("scratch")
def test_control_without_the_exclusion_of_kinds_a_lesson_falls_into_time_off():
    school = new_school()
    diary_id = new_instructor(school).person.diary_id
    be_busy(diary_id, school, hour_at(10))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE diary_claim DROP CONSTRAINT claim_kinds_exclude")
    claim_time(school.pk, [Wanted(diary_id, hour_at(10, 10, 30), new_id())])
    assert len(broken(school)["nobody is in two lessons at once"]) == 1


@pytest.mark.usefixtures("scratch")
def test_control_plain_inserts_in_any_order_deadlock():
    school = new_school()
    diaries = [new_instructor(school).person.diary_id for _ in range(2)]
    before = deadlocks()
    both_have_one = Barrier(2)

    def claim(order: list) -> str:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for place, diary_id in enumerate(order):
                    be_busy_for_a_lesson(cursor, school, diary_id, hour_at(10))
                    if place == 0:
                        both_have_one.wait()
        except DatabaseError as failure:
            return type(failure.__cause__).__name__
        return "claimed"

    outcomes = race(claim, [diaries, diaries[::-1]])
    assert set(outcomes) <= {"claimed", "DeadlockDetected", "ExclusionViolation"}
    assert "DeadlockDetected" in outcomes
    while deadlocks() == before:  # counted when the connection that met it is quite gone
        time.sleep(0.05)
    assert deadlocks() == before + 1


def be_busy_for_a_lesson(cursor, school, diary_id, during: Stretch) -> None:
    cursor.execute(
        "INSERT INTO diary_claim (id, school_id, diary_id, kind, during, source, waived)"
        " VALUES (%s, %s, %s, 'lesson', tstzrange(%s, %s), %s, false)",
        [new_id(), school.pk, diary_id, during.starts_at, during.ends_at, new_id()],
    )
