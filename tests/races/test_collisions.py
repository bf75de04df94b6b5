"""Transactions that meet in a ring or wait too long: PostgreSQL ends one, and it is done again."""

from threading import Barrier

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from factories import at, let_hold_run_out, new_course, new_instructor, new_lessons, new_school, new_session, slots_of
from invariants import broken, deadlocks
from races.people import Race, told
from schoolbell.access.answers import Answer, AskedOnce, answer_once
from schoolbell.access.models import KeptAnswer
from schoolbell.bookings.models import Booking
from schoolbell.kit.database.collisions import Busy, beforehand, in_one_go, is_collision, tried_again
from schoolbell.schools.models import School
from schoolbell.timetable.models import Slot
from servers import race, rfc3339


class Ring:
    """Two slots, which the one takes in this order and the other in that. On the first try neither goes on before both
    have one."""

    def __init__(self) -> None:
        self.school = new_school()
        session = new_session(new_course(self.school))
        self.slots = [slots_of(session)[0].pk, slots_of(new_session(new_course(self.school)))[0].pk]
        self.both_hold_one = Barrier(2)
        self.tries = [0, 0]

    def run(self, who: int) -> bytes:
        self.tries[who] += 1
        first, second = self.slots if who else reversed(self.slots)
        self.take(first)
        if self.tries[who] == 1:
            self.both_hold_one.wait()
        self.take(second)
        return b"%d" % who

    def take(self, slot_id) -> None:
        Slot.objects.select_for_update(no_key=True).get(school_id=self.school.pk, id=slot_id)


@pytest.mark.usefixtures("scratch")
def test_what_met_in_a_ring_is_done_again_and_answered_once():
    ring = Ring()

    def ask(who: int) -> bytes:
        asked = AskedOnce.of(f"key {who}", principal="who", method="POST", path="/", body=b"{}")
        return answer_once(ring.school.pk, asked, lambda: Answer(201, ring.run(who))).body

    assert race(ask, [0, 1]) == [b"0", b"1"]
    assert sorted(ring.tries) == [1, 2]
    assert sorted(bytes(one.body) for one in KeptAnswer.objects.of(ring.school)) == [b"0", b"1"]


@pytest.mark.usefixtures("scratch")
def test_control_without_another_try_one_of_them_fails():
    ring = Ring()

    def run(who: int) -> str:
        try:
            with transaction.atomic():
                ring.run(who)
        except OperationalError as met:
            return met.__cause__.sqlstate
        return "done"

    assert sorted(race(run, [0, 1])) == ["40P01", "done"]


@pytest.mark.usefixtures("scratch")
def test_money_is_not_asked_for_twice_by_itself():
    ring = Ring()

    def ask(who: int) -> bytes | str:
        try:
            return answer_once(ring.school.pk, None, lambda: Answer(201, ring.run(who)), may_repeat=False).body
        except OperationalError as met:
            return "collided" if is_collision(met) else "failed"

    assert sum(one == "collided" for one in race(ask, [0, 1])) == 1
    assert ring.tries == [1, 1]


@pytest.mark.usefixtures("scratch")
def test_it_is_tried_three_times_and_no_more_and_only_outside_of_a_transaction(scratch):
    slot = slots_of(new_session(new_course(new_school())))[0]
    tries = []

    def act() -> None:
        tries.append(1)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10ms'")
            cursor.execute("SELECT 1 FROM timetable_slot WHERE id = %s FOR UPDATE", [slot.pk])

    with psycopg.connect(scratch) as other:
        other.execute("SELECT 1 FROM timetable_slot WHERE id = %s FOR UPDATE", [slot.pk])
        with pytest.raises(Busy):
            tried_again(act)
        assert len(tries) == 3
        with pytest.raises(OperationalError), transaction.atomic():
            tried_again(act)
        assert len(tries) == 4
    tried_again(act)


@pytest.mark.usefixtures("scratch")
def test_what_is_wanted_beforehand_is_done_outside_of_the_transaction_and_then_it_begins_anew():
    """A client's name is changed within; what is wanted before that finds nothing changed, and stays."""
    school, seen = new_school(), []

    def first() -> None:
        seen.append(("first", connection.in_atomic_block, School.objects.get(id=school.pk).name))
        School.objects.filter(id=school.pk).update(tagline="First")

    @in_one_go
    def act(name: str) -> str:
        School.objects.filter(id=school.pk).update(name=name)
        if School.objects.get(id=school.pk).tagline != "First":
            beforehand(first)
            raise AssertionError("it goes no further")
        seen.append(("act", connection.in_atomic_block, name))
        return name

    assert act("New") == "New"
    assert seen == [("first", False, school.name), ("act", True, "New")]


@pytest.mark.usefixtures("scratch")
def test_what_is_wanted_again_and_again_is_done_within_in_the_end():
    within = []

    @in_one_go
    def act() -> str:
        beforehand(lambda: within.append(connection.in_atomic_block))
        return "done"

    assert act() == "done"
    assert within == [False] * 5 + [True]
    with transaction.atomic():
        assert act() == "done"  # nobody would begin that anew
    assert within == [False] * 5 + [True] * 2


@pytest.mark.usefixtures("scratch")
def test_what_is_no_collision_is_not_tried_again():
    tries = []

    def act() -> None:
        tries.append(1)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '10ms'")
            cursor.execute("SELECT pg_sleep(10)")

    with pytest.raises(OperationalError) as ended:
        tried_again(act)
    assert (len(tries), is_collision(ended.value)) == (1, False)


def test_whoever_waits_too_long_for_a_seat_is_told_to_come_again_and_gets_it_then(race_in: Race):
    session = new_session(new_course(race_in.school))
    body = {"session": str(session.pk), "student": str(race_in.students(1)[0].pk)}
    before = race_in.servers.collisions()
    with psycopg.connect(race_in.servers.database) as other:
        other.execute("SELECT 1 FROM timetable_slot WHERE session_id = %s FOR UPDATE", [session.pk])
        (answer,) = race_in.book([body], keys=["key"])
        assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "busy", "1")
        assert Booking.objects.of(race_in.school).count() == 0
    assert race_in.servers.collisions() == before + 3  # it was tried three times, three seconds each
    assert told(race_in.book([body], keys=["key"])) == {(201, ""): 1}
    assert broken(race_in.school) == {}


def test_holds_that_run_out_while_others_book_the_same_teachers_leave_nobody_with_an_error(race_in: Race):
    """Two lessons overlap two others: whoever clears one hold away wants the time of the next."""
    course = new_lessons(race_in.school)
    teachers = [new_instructor(race_in.school) for _ in range(2)]
    students = race_in.students(16)
    before = deadlocks()
    for day in range(10, 14):
        for student, teacher in zip(students, teachers * 2, strict=False):
            wish = {"course": str(course.pk), "student": str(student.pk), "instructor": str(teacher.pk)}
            starts_at = at(day, 10) if student in students[:2] else at(day, 11)
            made = race_in.book([wish | {"starts_at": rfc3339(starts_at)}])[0].json()
            let_hold_run_out(Booking.objects.get(id=made["id"]))
        bodies = [
            {"course": str(course.pk), "starts_at": rfc3339(at(day, 10, 30)), "student": str(student.pk)}
            for student in students[4:]
        ]
        assert told(race_in.book(bodies)) == {(201, ""): 2, (409, "time_taken"): 10}
    assert deadlocks() == before
    assert broken(race_in.school) == {}
