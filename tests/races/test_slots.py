"""A slot that is deleted in the moment in which it is booked; and plans that are published at once."""

from collections import Counter
from datetime import time, timedelta
from functools import partial
from threading import Event
from unittest import mock

import pytest
from django.db import IntegrityError, transaction

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
    slots_of,
)
from invariants import broken, deadlocks
from races.people import Race, all_have_looked, let_lessons_overlap, told
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import SlotUnavailable
from schoolbell.bookings.slots import delete_slot, find_slot_now
from schoolbell.diary.freeing import free_time
from schoolbell.kit.time import local_day, now
from schoolbell.planning import slots
from schoolbell.planning.slot_plans import SlotsPlan
from schoolbell.planning.slots import publish_slots
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Slot
from servers import race


def test_a_slot_is_booked_or_deleted_never_both(race_in: Race):
    course, coach = new_lessons(race_in.school), new_instructor(race_in.school)
    before = deadlocks()
    students = race_in.students(3)
    outcomes: Counter[str] = Counter()
    for day in range(10, 26):
        session = new_session(course, hour_at(day), instructors=[coach])
        slot = slots_of(session)[0]

        def delete(slot: Slot = slot) -> str:
            try:
                delete_slot(slot, by=OWNER)
            except SlotUnavailable:
                return "stays"
            return "deleted"

        books = [partial(race_in.book, [{"session": str(session.pk), "student": str(one.pk)}]) for one in students]
        *booked, deleted = race(lambda act: act(), [*books, delete])
        answers = told([answer for one in booked for answer in one])
        outcomes[deleted] += 1
        there = Session.objects.filter(id=session.pk).exists()
        taken = Booking.objects.filter(session_id=session.pk).count()
        if deleted == "deleted":
            assert (there, taken, answers[201, ""]) == (False, 0, 0)
            assert set(answers) <= {(404, "not_found"), (409, "session_not_open")}
        else:
            assert (there, taken, answers) == (True, 1, Counter({(201, ""): 1, (409, "session_full"): 2}))
    assert sum(outcomes.values()) == 16
    assert deadlocks() == before
    assert broken(race_in.school) == {}


@pytest.mark.usefixtures("scratch")
def test_control_without_the_lock_a_booking_comes_between_the_look_and_the_deletion():
    school = new_school()
    session = new_session(new_course(school, capacity=1), hour_at(10), instructors=[new_instructor(school)])
    slot = Slot.objects.select_related("session").get(session_id=session.pk)
    looked, booked = Event(), Event()

    def act(what: str) -> str:
        if what == "book":
            looked.wait()
            buy_seat(session, student)
            booked.set()
            return "booked"
        with transaction.atomic():
            assert find_slot_now(slot).is_deletable
            looked.set()
            booked.wait()
            free_time(school.pk, [slot.pk])
            try:
                Slot.objects.filter(id=slot.pk)._raw_delete("default")
            except IntegrityError:
                return "broke"
        return "deleted"

    student = new_student(school)
    assert race(act, ["delete", "book"]) == ["broke", "booked"]


def two_weeks_of_slots(school: School) -> SlotsPlan:
    today = local_day(now(), school.zone)
    return SlotsPlan(
        instructor=new_instructor(school),
        course=new_lessons(school),
        weekdays=frozenset(range(1, 8)),
        starts=time(9),
        ends=time(12),
        first_day=today + timedelta(days=1),
        last_day=today + timedelta(days=14),
        minutes=45,
        pause=15,
    )


def publish(plan: SlotsPlan) -> int:
    return publish_slots(plan, by=OWNER, skip_clashing=False).added


def test_one_plan_that_is_published_eight_times_at_once_is_published_once(race_in: Race):
    plan, before = two_weeks_of_slots(race_in.school), deadlocks()
    assert Counter(race(publish, [plan] * 8)) == {42: 1, 0: 7}
    assert Session.objects.of(race_in.school).count() == 42
    assert deadlocks() == before
    assert broken(race_in.school) == {}


@pytest.mark.usefixtures("scratch")
def test_control_without_lock_and_constraint_it_is_published_by_each():
    school = new_school()
    plan = two_weeks_of_slots(school)
    let_lessons_overlap()
    with mock.patch.object(slots, "lock_diaries"), mock.patch.object(slots, "_write", all_have_looked(2, slots._write)):
        assert race(publish, [plan] * 2) == [42, 42]
    assert len(broken(school)["nobody is in two lessons at once"]) == 42
