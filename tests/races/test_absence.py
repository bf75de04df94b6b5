"""An absence against lessons that are booked in the same moment: none is left that nobody sees to."""

from collections import Counter
from threading import Event

import pytest
from django.db import transaction

from factories import (
    OWNER,
    at,
    buy_lesson,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
)
from invariants import broken, deadlocks
from races.people import Race
from schoolbell.diary.models import Claim, TimeOff
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import Stretch
from schoolbell.planning import absence as absences
from schoolbell.planning.absence import USUAL, Absence, arrange_absence
from schoolbell.planning.rearranging import Way
from schoolbell.timetable.models import Session, Staffing
from servers import race


def outcome_of(act, *args, **kwargs) -> str:
    try:
        act(*args, **kwargs)
    except Refusal as refusal:
        return refusal.code
    return "done"


def left_in(absence: Absence) -> int:
    taught = Staffing.objects.filter(instructor_id=absence.instructor.pk).values("session_id")
    rows = Session.objects.filter(id__in=taught, status="published")
    return rows.filter(starts_at__lt=absence.during.ends_at, ends_at__gt=absence.during.starts_at).count()


def busy_minutes(absence: Absence) -> int:
    rows = Claim.objects.filter(diary_id=absence.instructor.person.diary_id, kind="busy")
    return sum(Stretch(one.during.lower, one.during.upper).minutes for one in rows)


def test_absence_against_booking(race_in: Race):
    school, before = race_in.school, deadlocks()
    course = new_lessons(school)
    ida = new_instructor(school)
    students = [new_student(school, f"Student {number}") for number in range(10)]
    for day in (10, 20, 30):
        absence = Absence(school, ida, Stretch(at(day, 8), at(day, 20)))

        def act(number: int, day: int = day, absence: Absence = absence) -> str:
            if number == 5:
                return "absent " + outcome_of(arrange_absence, absence, prefer=[Way.CANCEL], by=OWNER)
            student = students[number if number < 5 else number - 1]
            return outcome_of(buy_lesson, course, student, at(day, 9 + number), instructor_id=ida.pk)

        done = Counter(race(act, range(11)))
        assert set(done) <= {"done", "time_taken", "absent done", "absent lessons_changed"}
        if done["absent lessons_changed"]:  # lessons came faster than one can look
            assert outcome_of(arrange_absence, absence, prefer=[Way.CANCEL], by=OWNER) == "done"
        assert left_in(absence) == 0
        assert TimeOff.objects.filter(diary_id=ida.person.diary_id, status="approved").count() == day // 10
        assert busy_minutes(absence) == day // 10 * 720
    assert deadlocks() == before
    assert broken(school) == {}


def test_two_who_are_away_at_once_do_not_wait_for_each_other_in_a_ring(race_in: Race):
    school, before = race_in.school, deadlocks()
    course = new_course(school)
    ill = [new_instructor(school, name=f"Ill {number}") for number in range(6)]
    for one in ill:
        new_instructor(school, name=f"Well {one.pk.hex[:4]}")
        for hour in (9, 11):
            new_session(course, hour_at(10, hour), instructors=[one])
    done = race(
        lambda one: outcome_of(
            arrange_absence, Absence(school, one, Stretch(at(10, 8), at(10, 20))), prefer=USUAL, by=OWNER
        ),
        ill,
    )
    # Whoever was looked for by two at once went to one of them; the other may be told so, and nothing was done.
    assert set(done) <= {"done", "time_taken"}
    assert TimeOff.objects.of(school).count() == Counter(done)["done"]
    assert deadlocks() == before
    assert broken(school) == {}


@pytest.mark.usefixtures("scratch")
def test_control_without_looking_again_a_lesson_is_left_to_nobody(monkeypatch):
    school = new_school()
    course = new_lessons(school)
    ida = new_instructor(school)
    absence = Absence(school, ida, Stretch(at(10, 8), at(10, 20)))
    looked, booked = Event(), Event()
    take = absences._take

    def take_late(*args, **kwargs):
        looked.set()
        booked.wait()
        return take(*args, **kwargs)

    monkeypatch.setattr(absences, "_take", take_late)
    monkeypatch.setattr(absences, "_require_nothing_left", lambda *_args: None)

    def act(who: str) -> str:
        if who == "office":
            return outcome_of(arrange_absence, absence, prefer=[Way.CANCEL], by=OWNER)
        looked.wait()
        with transaction.atomic():
            told = outcome_of(buy_lesson, course, new_student(school), at(10, 12))
        booked.set()
        return told

    assert race(act, ["office", "client"]) == ["done", "done"]
    assert left_in(absence) == 1
