"""Time off against lessons that are booked and cancelled in the same moment: no minute is both, none is neither."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from factories import (
    OWNER,
    at,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
)
from invariants import broken, deadlocks
from races.people import Race, told
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary.busy import cover
from schoolbell.diary.claims import Wanted, claim_time
from schoolbell.diary.models import Claim
from schoolbell.diary.time_off import approve_time_off, ask_for_time_off, lessons_in_the_way, withdraw_time_off
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch, less, union
from servers import race, rfc3339


def do(act: Callable[[], Any]) -> Any:
    return act()


def claimed(diary_id, kind: str) -> list[Stretch]:
    claims = Claim.objects.filter(diary_id=diary_id, kind=kind, waived=False)
    return union(Stretch(claim.during.lower, claim.during.upper) for claim in claims)


def test_time_off_is_approved_while_lessons_are_booked_in_it(race_in: Race):
    course = new_lessons(race_in.school)
    diary = new_instructor(race_in.school).person.diary
    students = race_in.students(12)
    before = deadlocks()
    for day in range(10, 16):
        asked = ask_for_time_off(diary, Stretch(at(day, 8), at(day, 22)), by=OWNER)
        starts = [at(day, 9) + dt.timedelta(hours=n) for n in range(12)]
        lessons = [
            partial(
                race_in.book,
                [{"course": str(course.pk), "student": str(one.pk), "starts_at": rfc3339(starts_at)}],
            )
            for one, starts_at in zip(students, starts, strict=True)
        ]
        answers = race(do, [*lessons[:6], partial(approve_time_off, asked, by=OWNER), *lessons[6:]])
        booked = told([answer for one in answers if isinstance(one, list) for answer in one])
        assert set(booked) <= {(201, ""), (409, "time_taken")}
        assert len(lessons_in_the_way(asked)) == booked[201, ""]
        lesson_time = [one for one in claimed(diary.pk, "lesson") if one.overlaps(asked.during)]
        assert [one for one in claimed(diary.pk, "busy") if one.overlaps(asked.during)] == less(
            [asked.during], lesson_time
        )
    assert deadlocks() == before
    assert broken(race_in.school) == {}


def test_time_off_is_approved_and_withdrawn_while_lessons_in_it_are_cancelled(race_in: Race):
    course = new_course(race_in.school)
    instructor = new_instructor(race_in.school)
    diary = instructor.person.diary
    before = deadlocks()
    for day in range(10, 18):
        sessions = [new_session(course, hour_at(day, hour), instructors=[instructor]) for hour in range(9, 17)]
        asked = ask_for_time_off(diary, Stretch(at(day, 8), at(day, 22)), by=OWNER)
        cancelled = [partial(cancel_session, one, by=OWNER) for one in sessions]
        race(do, [*cancelled[:2], partial(approve_time_off, asked, by=OWNER), *cancelled[2:4]])
        taught = [hour_at(day, hour) for hour in range(13, 17)]
        assert [one for one in claimed(diary.pk, "busy") if one.overlaps(asked.during)] == less([asked.during], taught)
        race(do, [*cancelled[4:6], partial(withdraw_time_off, asked, by=OWNER), *cancelled[6:]])
    assert claimed(diary.pk, "busy") == []
    assert claimed(diary.pk, "lesson") == []
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch")
def test_control_without_the_exclusion_of_kinds_time_off_lies_over_a_lesson_that_it_could_not_see():
    school = new_school()
    diary = new_instructor(school).person.diary
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE diary_claim DROP CONSTRAINT claim_kinds_exclude")
    claimed_it, covered = Event(), Event()

    def act(kind: str) -> None:
        if kind == "busy":
            claimed_it.wait()
            cover(school.pk, diary.pk, new_id(), [hour_at(10)])
            covered.set()
            return
        with transaction.atomic():
            claim_time(school.pk, [Wanted(diary.pk, hour_at(10), new_id())])
            claimed_it.set()
            covered.wait()

    race(act, ["busy", "lesson"])
    assert claimed(diary.pk, "lesson") == claimed(diary.pk, "busy") == [hour_at(10)]
    assert len(broken(school)["nobody is in two lessons at once"]) == 1
