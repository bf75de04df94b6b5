"""A coach's slots in the coaching design's words: AVAILABLE or UNAVAILABLE, deletable while nobody has booked them."""

import datetime as dt

import pytest
import time_machine

from factories import (
    OWNER,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
)
from invariants import broken
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import SlotUnavailable
from schoolbell.bookings.sessions import cancel_session
from schoolbell.bookings.slots import delete_slot, find_slot, seen_as_slots, slots_of
from schoolbell.diary.models import Claim
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import NotFound
from schoolbell.kit.time import now
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Slot, Staffing

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice() -> School:
    return new_school("coaching")


@pytest.fixture
def coach(practice: School) -> Instructor:
    return new_instructor(practice, hours=False)


def slot_of(session: Session) -> Slot:
    return Slot.objects.select_related("session").get(session_id=session.pk)


def seen(school: School, coach: Instructor) -> list[tuple[str, str, bool]]:
    slots = list(slots_of(school, coach.pk).order_by("starts_at"))
    return [(one.state, one.booking_state or "", one.is_deletable) for one in seen_as_slots(slots)]


def test_a_slot_is_available_until_it_is_booked_and_its_booking_goes_through_the_designs_states(practice, coach):
    course = new_lessons(practice)
    open_, booked, called_off = (new_session(course, hour_at(day), instructors=[coach]) for day in (5, 6, 7))
    buy_seat(booked, new_student(practice))
    cancel_booking(buy_seat(called_off, new_student(practice)), by=OWNER)
    assert seen(practice, coach) == [
        ("AVAILABLE", "", True),
        ("UNAVAILABLE", "ACTIVE", False),
        ("UNAVAILABLE", "CANCELLED", False),
    ]
    for status, state in (("in_progress", "ACTIVE"), ("completed", "COMPLETED"), ("no_show", "NO_SHOW")):
        Booking.objects.filter(session_id=booked.pk).update(status=status)
        assert seen(practice, coach)[1] == ("UNAVAILABLE", state, False)
    cancel_session(open_, by=OWNER)
    assert seen(practice, coach)[0] == ("UNAVAILABLE", "", False)


def test_what_is_over_is_unavailable_and_drafts_classes_and_lessons_on_demand_are_no_slots(practice, coach):
    course = new_lessons(practice)
    new_session(course, hour_at(5), instructors=[coach])
    new_session(course, hour_at(6), instructors=[coach], publish=False)
    new_session(course, hour_at(7), hour_at(8), instructors=[coach])
    new_session(course, hour_at(9), instructors=[new_instructor(practice)])
    assert seen(practice, coach) == [("AVAILABLE", "", True)]
    with time_machine.travel(now() + dt.timedelta(days=6), tick=False):
        assert seen(practice, coach) == [("UNAVAILABLE", "", False)]


def test_a_slot_that_nobody_booked_is_deleted_and_its_time_is_free(practice, coach, rows):
    course = new_lessons(practice)
    before = rows()
    session = new_session(course, hour_at(5), instructors=[coach])
    slot = slot_of(session)
    delete_slot(slot, by=OWNER)
    assert not Session.objects.of(practice).exists()
    assert not Staffing.objects.of(practice).exists()
    assert not Claim.objects.of(practice).filter(diary_id=coach.person.diary_id).exists()
    changed = {table: count - before[table] for table, count in rows().items() if count != before[table]}
    assert changed == {"journal_record": 2, "journal_outbox": 1}
    record = Record.objects.get(name="slot.deleted")
    assert (record.subject_id, record.who, record.old["slot"]) == (session.pk, OWNER.who, str(slot.pk))
    new_session(course, hour_at(5), instructors=[coach])
    with pytest.raises(NotFound):
        delete_slot(slot, by=OWNER)


def test_a_slot_that_was_ever_booked_or_is_held_or_over_stays(practice, coach, rows):
    held = new_school("coding")
    ida, course = new_instructor(held), new_lessons(held, price=4500)
    session = new_session(course, hour_at(5), instructors=[ida])
    hold = buy_seat(session, new_student(held))
    before = rows()
    with pytest.raises(SlotUnavailable):
        delete_slot(slot_of(session), by=OWNER)
    let_hold_run_out(hold)
    assert seen(held, ida) == [("AVAILABLE", "ACTIVE", False)]
    with pytest.raises(SlotUnavailable):
        delete_slot(slot_of(session), by=OWNER)
    unbooked = new_session(course, hour_at(6), instructors=[ida])
    with time_machine.travel(now() + dt.timedelta(days=7), tick=False), pytest.raises(SlotUnavailable):
        delete_slot(slot_of(unbooked), by=OWNER)
    assert rows()["timetable_session"] == before["timetable_session"] + 1
    assert broken(held) == {}


def test_only_a_slot_of_this_school_is_found(practice, coach):
    session = new_session(new_lessons(practice), hour_at(5), instructors=[coach])
    assert find_slot(practice, slot_of(session).pk).session_id == session.pk
    with pytest.raises(NotFound):
        find_slot(new_school(), slot_of(session).pk)
