"""The office and the instructor change one lesson at the same moment: neither undoes the other unseen."""

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest
from django.db import connection

from factories import (
    OWNER,
    as_instructor,
    at,
    hour_at,
    new_course,
    new_instructor,
    new_school,
    new_session,
    slots_of,
)
from invariants import broken, deadlocks
from races.people import Race, all_have_looked
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary.models import Claim
from schoolbell.kit.refusals import Refusal
from schoolbell.people.models import Instructor
from schoolbell.planning import moving, own_lessons, substitute_requests, substitutes
from schoolbell.planning.models import SubstituteRequest
from schoolbell.planning.moves import as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.own_lessons import ask_for_substitute, move_own_lesson
from schoolbell.planning.substitutes import substitute
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import staff_of
from servers import race


def outcome_of(act, *args, **kwargs) -> str:
    try:
        act(*args, **kwargs)
    except Refusal as refusal:
        return refusal.code
    return "done"


def let_own(school: School) -> None:
    school.stored_policies |= {"own_lessons": "all", "own_lessons_notice_hours": 0}
    school.save()


def moves_of_both(session: Session, ida: Instructor, number: int) -> str:
    """Even: the office; odd: the instructor. All have seen it where it began, and each wants a time of their own."""
    during = hour_at(20 + number)
    if number % 2:
        return outcome_of(move_own_lesson, session, [during], by=as_instructor(ida), was=at(10))
    (there,) = as_it_is([Session.objects.select_related("course__school", "resource").get(id=session.pk)])
    move = moving.Move(there.session, (during,), there.instructors, None, was=at(10))
    return outcome_of(move_sessions, [move], by=OWNER)


def test_of_two_who_move_one_lesson_one_is_told_that_it_has_moved(race_in: Race):
    school, before = race_in.school, deadlocks()
    let_own(school)
    ida = new_instructor(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    done = race(lambda number: moves_of_both(session, ida, number), range(8))
    assert Counter(done) == {"done": 1, "lessons_changed": 7}
    assert Session.objects.get(id=session.pk).starts_at == at(20 + done.index("done"))
    assert broken(school) == {}
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch")
def test_control_without_asking_where_it_was_seen_one_undoes_the_other(monkeypatch):
    school = new_school()
    let_own(school)
    ida = new_instructor(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    monkeypatch.setattr(moving, "_require_where_seen", lambda *_args: None)
    assert race(lambda number: moves_of_both(session, ida, number), range(2)) == ["done", "done"]


def test_whoever_is_replaced_does_not_come_back_by_moving_it(race_in: Race):
    school, before = race_in.school, deadlocks()
    let_own(school)
    ida, course = new_instructor(school), new_course(school)
    takers = [new_instructor(school, name=f"Taker {number}") for number in range(6)]
    sessions = [new_session(course, hour_at(day), instructors=[ida]) for day in range(10, 16)]

    def act(number: int) -> str:
        session, taker = sessions[number // 2], takers[number // 2]
        if number % 2:
            return outcome_of(move_own_lesson, session, [hour_at(30 + number)], by=as_instructor(ida))
        return outcome_of(substitute, session, taker, by=OWNER)

    done = race(act, range(12))
    assert set(done[::2]) == {"done"}
    assert set(done[1::2]) <= {"done", "not_allowed"}
    staff = staff_of(sessions)
    assert [staff[session.pk] for session in sessions] == [[taker] for taker in takers]
    for number, session in enumerate(sessions):  # who moved it first moved it, whoever gives it then
        went = done[2 * number + 1] == "done"
        assert Session.objects.get(id=session.pk).starts_at == (at(31 + 2 * number) if went else at(10 + number))
    assert broken(school) == {}
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch")
def test_control_without_the_lock_whoever_is_replaced_comes_back(monkeypatch):
    school = new_school()
    let_own(school)
    ida, tom = new_instructor(school), new_instructor(school, name="Tom T")
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    whole = Session.objects.select_related("course__school", "resource")
    monkeypatch.setattr(own_lessons, "locked_session", lambda _session: whole.get(id=session.pk))
    stands = own_lessons.own_lesson

    def looked(session: Session, *, by: Actor) -> own_lessons.OwnLesson:
        found = stands(session, by=by)
        assert race(lambda taker: outcome_of(substitute, session, taker, by=OWNER), [tom]) == ["done"]
        return found

    monkeypatch.setattr(own_lessons, "own_lesson", looked)
    assert outcome_of(move_own_lesson, session, [hour_at(30)], by=as_instructor(ida)) == "done"
    assert staff_of([session])[session.pk] == [ida]


def hand_over_at_once(session: Session, ida: Instructor, takers: list[Instructor]) -> list[str]:
    return race(lambda taker: outcome_of(substitute, session, taker, instead_of=ida, by=OWNER), takers)


def test_of_many_who_hand_over_one_lesson_one_does_and_the_others_are_told(race_in: Race):
    school, before = race_in.school, deadlocks()
    ida = new_instructor(school)
    takers = [new_instructor(school, name=f"Taker {number}") for number in range(6)]
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    done = hand_over_at_once(session, ida, takers)
    assert Counter(done) == {"done": 1, "lessons_changed": 5}
    assert staff_of([session])[session.pk] == [takers[done.index("done")]]
    assert Claim.objects.filter(source__in=[slot.pk for slot in slots_of(session)]).count() == 1
    assert broken(school) == {}
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch")
def test_control_without_asking_who_gives_it_all_do(monkeypatch):
    school = new_school()
    ida, takers = new_instructor(school), [new_instructor(school, name=f"Taker {number}") for number in range(2)]
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    monkeypatch.setattr(substitutes, "_require_gives", lambda *_args: None)
    assert hand_over_at_once(session, ida, takers) == ["done", "done"]
    assert set(staff_of([session])[session.pk]) == set(takers)


def stale_moves(session: Session, ida: Instructor, tom: Instructor) -> list[str]:
    """The office moves what it saw Ida give, while a colleague there hands it to Tom."""
    (there,) = as_it_is([Session.objects.select_related("course__school", "resource").get(id=session.pk)])
    move = replace(there, slots=(hour_at(20),), was_given_by=(ida.pk,))
    acts = [partial(move_sessions, [move], by=OWNER), partial(substitute, session, tom, instead_of=ida, by=OWNER)]
    return race(outcome_of, acts)


def test_whoever_was_replaced_does_not_come_back_when_the_office_moves_what_it_saw(race_in: Race):
    school = race_in.school
    ida, tom = new_instructor(school), new_instructor(school, name="Tom T")
    for hour in range(8, 16):
        session = new_session(new_course(school), hour_at(10, hour), instructors=[ida])
        moved, handed_over = stale_moves(session, ida, tom)
        assert (moved in ("done", "lessons_changed"), handed_over) == (True, "done")
        assert staff_of([session])[session.pk] == [tom]
        cancel_session(session, by=OWNER)
    assert broken(school) == {}


@pytest.mark.usefixtures("scratch")
def test_control_without_asking_who_gave_it_they_come_back(monkeypatch):
    school = new_school()
    ida, tom = new_instructor(school), new_instructor(school, name="Tom T")
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    (there,) = as_it_is([Session.objects.select_related("course__school", "resource").get(id=session.pk)])
    move = replace(there, slots=(hour_at(20),), was_given_by=(ida.pk,))
    monkeypatch.setattr(moving, "_require_where_seen", lambda *_args: None)
    assert race(lambda taker: outcome_of(substitute, session, taker, by=OWNER), [tom]) == ["done"]
    assert outcome_of(move_sessions, [move], by=OWNER) == "done"
    assert staff_of([session])[session.pk] == [ida]


def test_a_substitute_is_asked_for_once(race_in: Race):
    school = race_in.school
    ida = new_instructor(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    done = race(lambda _number: outcome_of(ask_for_substitute, session, by=as_instructor(ida)), range(8))
    assert Counter(done) == {"done": 1, "substitute_asked": 7}
    assert SubstituteRequest.objects.filter(session_id=session.pk).count() == 1


@pytest.mark.usefixtures("scratch")
def test_control_without_the_constraint_it_is_asked_for_twice(monkeypatch):
    school = new_school()
    ida = new_instructor(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX substituterequest_once")
    whole = Session.objects.select_related("course__school", "resource")
    monkeypatch.setattr(own_lessons, "locked_session", lambda _session: whole.get(id=session.pk))
    write = all_have_looked(2, substitute_requests.write_request)
    monkeypatch.setattr(own_lessons, "write_request", write)
    assert race(lambda _number: outcome_of(ask_for_substitute, session, by=as_instructor(ida)), range(2)) == [
        "done",
        "done",
    ]
