"""Moving sessions with everybody who is booked: whole, or not at all."""

import datetime as dt
from dataclasses import replace

import pytest

from factories import (
    OWNER,
    at,
    be_busy,
    buy_lesson,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    pay_for,
    payer_of,
    slots_of,
)
from invariants import broken
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.cancelling import free_until
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import LessonBegun, SessionFull, SessionNotOpen
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary.models import Claim
from schoolbell.diary.refusals import TimeTaken
from schoolbell.diary.time_off import enter_time_off
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch
from schoolbell.planning.move_clashes import clashes_of
from schoolbell.planning.moves import Move, as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.refusals import (
    LessonsChanged,
    MoveClashes,
    NotQualified,
    NotTheSameCourse,
    TooLateToMove,
    TooOftenMoved,
)
from schoolbell.planning.rescheduling import Target, reschedule_booking
from schoolbell.schools.actor import Actor, Role
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db


def loaded(*sessions: Session) -> list[Session]:
    rows = Session.objects.select_related("course__school", "resource")
    return [rows.get(id=session.pk) for session in sessions]


def to(session: Session, *slots: Stretch, **changes: object) -> Move:
    (move,) = as_it_is(loaded(session))
    return replace(move, slots=slots or move.slots, **changes)


def busy_at(diary_id: object) -> list[tuple[dt.datetime, dt.datetime]]:
    rows = Claim.objects.filter(diary_id=diary_id, waived=False).order_by("during")
    return [(claim.during.lower, claim.during.upper) for claim in rows]


def test_everybody_moves_along():
    school = new_school()
    ida, hall, sam = new_instructor(school), new_resource(school), new_student(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida], resource=hall)
    booking = buy_seat(session, sam)
    (moved,) = move_sessions([to(session, hour_at(10, 10, 30))], by=OWNER)
    assert (moved.starts_at, moved.ends_at) == (at(10, 10, 30), at(10, 11, 30))
    assert [(slot.starts_at, slot.ends_at) for slot in slots_of(session)] == [(at(10, 10, 30), at(10, 11, 30))]
    for diary_id in (ida.person.diary_id, hall.diary_id, sam.person.diary_id):
        assert busy_at(diary_id) == [(at(10, 10, 30), at(10, 11, 30))]
    booking.refresh_from_db()
    assert free_until(Booking.objects.select_related("session__course__school").get(id=booking.pk)) == moved.starts_at
    assert Record.objects.filter(name="booking.moved", student_id=sam.pk).count() == 1
    assert broken(school) == {}


def test_who_is_taken_is_named_and_nothing_moves():
    school = new_school()
    ida, hall, sam = new_instructor(school), new_resource(school, name="Hall"), new_student(school, "Sam Learner")
    course = new_course(school)
    session = new_session(course, hour_at(10), instructors=[ida], resource=hall)
    buy_seat(session, sam)
    buy_seat(new_session(course, hour_at(11)), sam)
    new_session(course, hour_at(11), instructors=[ida])
    move = to(session, hour_at(11, 10, 30))
    assert [(one.who, one.during, one.student is not None) for one in clashes_of([move])] == [
        ("Ida Teacher", hour_at(11), False), ("Sam Learner", hour_at(11), True)
    ]  # fmt: skip
    with pytest.raises(MoveClashes) as refused:
        move_sessions([move], by=OWNER)
    assert [clash.who for clash in refused.value.clashes] == ["Ida Teacher", "Sam Learner"]
    with pytest.raises(MoveClashes):
        move_sessions([move], by=OWNER, waive_students=True)  # only a student's clash can be waived
    assert busy_at(hall.diary_id) == [(at(10), at(10, 11))]
    assert broken(school) == {}


def test_a_students_clash_is_waived_and_they_may_cancel_free_of_charge():
    school = new_school(free_cancel_hours=500)
    sam, course = new_student(school), new_course(school)
    session = new_session(course, hour_at(10))
    booking = buy_seat(session, sam)
    pay_for(booking)
    other = buy_seat(new_session(course, hour_at(11)), sam)
    move_sessions([to(session, hour_at(11, 10, 30))], by=OWNER, waive_students=True)
    assert list(Claim.objects.filter(diary_id=sam.person.diary_id).order_by("id").values_list("waived", flat=True)) == [
        False, True
    ]  # fmt: skip
    assert Record.objects.get(name="booking.moved").new["waived"] is True
    booking = Booking.objects.select_related("session__course__school").get(id=booking.pk)
    client = Actor(Role.CLIENT, who=payer_of(sam).person_id)
    assert cancel_booking(booking, by=client).owed_percent == 100
    assert Booking.objects.get(id=other.pk).status == "pending"
    assert broken(school) == {}


def test_a_clash_that_was_let_stand_takes_the_students_time_when_the_other_lesson_is_cancelled():
    school = new_school()
    new_instructor(school)
    sam, course, piano = new_student(school), new_course(school), new_lessons(school)
    session = new_session(course, hour_at(10))
    buy_seat(session, sam)
    lesson = buy_lesson(piano, sam, at(11))
    move_sessions([to(session, hour_at(11))], by=OWNER, waive_students=True)
    cancel_booking(Booking.objects.select_related("session__course__school").get(id=lesson.pk), by=OWNER)
    assert busy_at(sam.person.diary_id) == [(at(11), at(11, 11))]
    with pytest.raises(TimeTaken):
        buy_lesson(piano, sam, at(11))
    assert broken(school) == {}


def test_a_clash_that_was_let_stand_takes_the_students_time_when_their_other_seat_is_changed():
    school = new_school()
    sam, course, other = new_student(school), new_course(school), new_course(school)
    session = new_session(course, hour_at(10))
    buy_seat(session, sam)
    below = buy_seat(new_session(other, hour_at(11)), sam)
    near, far = (new_session(other, during) for during in (hour_at(11, 10, 30), hour_at(13)))
    move_sessions([to(session, hour_at(11))], by=OWNER, waive_students=True)
    with pytest.raises(TimeTaken):  # the class is what they would be in then
        reschedule_booking(below, Target(session=loaded(near)[0]), by=OWNER)
    reschedule_booking(below, Target(session=loaded(far)[0]), by=OWNER)
    assert busy_at(sam.person.diary_id) == [(at(11), at(11, 11)), (at(13), at(13, 11))]
    assert broken(school) == {}


def test_only_the_day_that_clashes_is_waived():
    school = new_school()
    sam, course = new_student(school), new_course(school)
    session = new_session(course, hour_at(10), hour_at(11))
    buy_seat(session, sam)
    buy_seat(new_session(new_course(school), hour_at(12)), sam)
    move_sessions([to(session, hour_at(12, 10, 30), hour_at(13))], by=OWNER, waive_students=True)
    assert busy_at(sam.person.diary_id) == [(at(12), at(12, 11)), (at(13), at(13, 11))]
    assert broken(school) == {}


def test_two_that_are_moved_onto_each_other_take_the_students_time_once():
    school = new_school()
    sam, course = new_student(school), new_course(school)
    sessions = [new_session(course, hour_at(day)) for day in (10, 11)]
    for session in sessions:
        buy_seat(session, sam)
    move_sessions([to(one, hour_at(12)) for one in sessions], by=OWNER, waive_students=True)
    assert busy_at(sam.person.diary_id) == [(at(12), at(12, 11))]
    assert broken(school) == {}


def test_what_lies_below_a_waived_clash_is_moved_and_stays_below_it_or_leaves_it():
    school = new_school()
    sam, course = new_student(school), new_course(school)
    over, below = new_session(course, hour_at(10)), new_session(new_course(school), hour_at(11))
    for session in (over, below):
        buy_seat(session, sam)
    move_sessions([to(over, hour_at(11))], by=OWNER, waive_students=True)
    move_sessions([to(below, hour_at(11, 10, 30))], by=OWNER)
    assert busy_at(sam.person.diary_id) == [(at(11, 10, 30), at(11, 11, 30))]
    move_sessions([to(below, hour_at(12))], by=OWNER)
    assert busy_at(sam.person.diary_id) == [(at(11), at(11, 11)), (at(12), at(12, 11))]
    assert broken(school) == {}


def test_a_clash_that_was_let_stand_is_asked_about_again_where_it_goes_elsewhere():
    school = new_school()
    sam, course = new_student(school, "Sam Learner"), new_course(school)
    session, other = new_session(course, hour_at(10)), new_session(course, hour_at(12))
    for one in (session, other):
        buy_seat(one, sam)
    buy_seat(new_session(new_course(school), hour_at(11)), sam)
    move_sessions([to(session, hour_at(11))], by=OWNER, waive_students=True)
    assert clashes_of([to(session)]) == []
    assert [one.who for one in clashes_of([to(session, hour_at(11, 10, 30))])] == ["Sam Learner"]
    both = [to(session), to(other, hour_at(11, 9, 30))]  # what stays is in the way of what comes
    assert {one.session.pk for one in clashes_of(both)} == {other.pk}
    with pytest.raises(MoveClashes):
        move_sessions(both, by=OWNER)
    assert broken(school) == {}


def test_only_what_changes_is_held_against_the_rules_also_by_what_stays():
    school = new_school()
    course, hall, room = new_course(school), new_resource(school, name="Hall"), new_resource(school, name="Room")
    ida, tom, zoe = (new_instructor(school, name=f"{name} T") for name in ("Ida", "Tom", "Zoe"))
    session = new_session(course, hour_at(10), instructors=[ida, tom], resource=hall)
    new_session(course, hour_at(10, 11), instructors=[ida, zoe], resource=hall)
    late = new_session(course, hour_at(10, 14), instructors=[tom])
    school.stored_policies |= {"buffer_after_minutes": 15}
    school.save()
    assert [one.who for one in clashes_of([to(session, instructors=(ida, zoe))])] == ["Zoe T"]
    assert [one.who for one in clashes_of([to(session, resource=room)])] == ["Ida T"]
    assert [one.who for one in clashes_of([to(session, hour_at(10, minutes=59))])] == ["Ida T", "Hall"]
    moves = [to(late, hour_at(10, 9)), to(session)]  # it comes too close to what stays, whichever is named first
    for given in (moves, moves[::-1]):
        assert [(one.session.pk, one.who) for one in clashes_of(given)] == [(late.pk, "Tom T")]


def test_two_sessions_change_places():
    school = new_school()
    ida, course = new_instructor(school), new_course(school)
    one = new_session(course, hour_at(10), instructors=[ida])
    two = new_session(course, hour_at(10, 11), instructors=[ida])
    move_sessions([to(one, hour_at(10, 11)), to(two, hour_at(10))], by=OWNER)
    assert [Session.objects.get(id=pk).starts_at for pk in (one.pk, two.pk)] == [at(10, 11), at(10)]
    with pytest.raises(MoveClashes):
        move_sessions([to(one, hour_at(12)), to(two, hour_at(12, 10, 30))], by=OWNER)
    assert broken(school) == {}


def test_another_instructor_takes_over():
    school = new_school()
    course = new_course(school)
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    session = new_session(course, hour_at(10), instructors=[ida])
    booking = buy_seat(session, new_student(school))
    move_sessions([to(session, instructors=(tom,))], by=OWNER)
    assert (busy_at(ida.person.diary_id), busy_at(tom.person.diary_id)) == ([], [(at(10), at(10, 11))])
    booking.refresh_from_db()
    assert booking.moved_at is None  # the same time: terms stand
    assert Record.objects.filter(name="booking.changed").count() == 1
    assert broken(school) == {}


def test_a_hold_that_ran_out_within_reach_of_a_rule_cannot_be_paid_any_more():
    school = new_school("coding", buffer_after_minutes=30)
    ida, course = new_instructor(school), new_lessons(school)
    hold = buy_lesson(course, new_student(school), at(10, 9))
    lesson = buy_lesson(course, new_student(school, "Kim Other"), at(12, 10)).session
    with pytest.raises(MoveClashes):
        move_sessions([to(lesson, hour_at(10, 10))], by=OWNER)
    let_hold_run_out(hold)
    move_sessions([to(lesson, hour_at(11, 10))], by=OWNER, despite_rules=True)
    hold.refresh_from_db()
    assert hold.status == "pending"  # whoever overrules the rules needs none of it
    (moved,) = move_sessions([to(lesson, hour_at(10, 10))], by=OWNER)
    hold.refresh_from_db()
    assert (moved.starts_at, hold.status) == (at(10, 10), "expired")
    assert busy_at(ida.person.diary_id) == [(at(10, 10), at(10, 11))]
    assert broken(school) == {}


def test_a_seat_whose_hold_ran_out_goes_along_with_its_class():
    school = new_school("coding", buffer_after_minutes=30)
    ida, sam = new_instructor(school), new_student(school)
    lesson = new_session(new_course(school), hour_at(10, 9), instructors=[ida])
    booking = buy_seat(lesson, sam)
    let_hold_run_out(booking)
    move_sessions([to(lesson, hour_at(10, 9, 30))], by=OWNER)
    booking.refresh_from_db()
    assert booking.status == "pending"
    assert busy_at(sam.person.diary_id) == busy_at(ida.person.diary_id) == [(at(10, 9, 30), at(10, 10, 30))]
    assert broken(school) == {}


def test_whoever_was_replaced_since_somebody_looked_does_not_come_back_with_their_move():
    school = new_school()
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    seen = to(session, hour_at(11), was=at(10), was_given_by=(ida.pk,))
    move_sessions([to(session, instructors=(tom,))], by=OWNER)
    with pytest.raises(LessonsChanged):
        move_sessions([seen], by=OWNER)
    assert (busy_at(ida.person.diary_id), busy_at(tom.person.diary_id)) == ([], [(at(10), at(10, 11))])
    move_sessions([to(session, hour_at(11), was_given_by=(tom.pk,))], by=OWNER)
    assert busy_at(tom.person.diary_id) == [(at(11), at(11, 11))]
    assert broken(school) == {}


def test_word_is_left_of_a_session_in_which_nobody_has_a_seat():
    school = new_school()
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    move_sessions([to(session, hour_at(11))], by=OWNER)
    told = Outbox.objects.of(school).order_by("id").values_list("name", "subject_id")
    assert list(told) == [("session.moved", session.pk)]
    move_sessions([to(session, instructors=(tom,))], by=OWNER)
    assert list(told.all())[1:] == [
        ("instructor.released", ida.pk),
        ("instructor.assigned", tom.pk),
        ("session.changed", session.pk),
    ]


def test_what_cannot_be_moved():
    school, other = new_school(), new_school()
    course = new_course(school)
    session = new_session(course, hour_at(10), capacity=5)
    with pytest.raises(InputRefused):
        move_sessions([to(session, hour_at(10), hour_at(11))], by=OWNER)
    with pytest.raises(InputRefused):
        move_sessions([to(session, hour_at(-1))], by=OWNER)
    with pytest.raises(InputRefused):
        move_sessions([to(session, resource=new_resource(school, capacity=2))], by=OWNER)
    with pytest.raises(NotQualified):
        move_sessions([to(session, instructors=(new_instructor(other),))], by=OWNER)
    cancel_session(session, by=OWNER)
    with pytest.raises(SessionNotOpen):
        move_sessions([to(session, hour_at(11))], by=OWNER)


def test_a_client_moves_a_lesson_over_its_own_time():
    school = new_school(free_cancel_hours=24, most_reschedules=1)
    sam, course = new_student(school), new_lessons(school)
    ida = new_instructor(school)
    booking = buy_lesson(course, sam, at(10))
    client = Actor(Role.CLIENT, who=payer_of(sam).person_id)
    moved = reschedule_booking(booking, Target(at(10, 10, 30)), by=client)
    assert (moved.status, moved.reschedules, moved.moved_at) == ("pending", 1, None)
    assert busy_at(ida.person.diary_id) == [(at(10, 10, 30), at(10, 11, 30))]
    with pytest.raises(TooOftenMoved):
        reschedule_booking(moved, Target(at(11)), by=client)
    be_busy(ida.person.diary_id, school, hour_at(12))
    with pytest.raises(TimeTaken):
        reschedule_booking(moved, Target(at(12)), by=OWNER)
    assert busy_at(ida.person.diary_id)[0] == (at(10, 10, 30), at(10, 11, 30))
    with pytest.raises(NotTheSameCourse):
        reschedule_booking(moved, Target(session=new_session(course, hour_at(14))), by=OWNER)
    assert broken(school) == {}


def test_what_the_school_moved_over_a_clash_the_client_may_always_change_or_cancel_free_of_charge():
    school = new_school(free_cancel_hours=24 * 20, most_reschedules=0, late_fee_percent=50)
    sam, course = new_student(school), new_lessons(school)
    new_instructor(school)
    client = Actor(Role.CLIENT, who=payer_of(sam).person_id)
    bookings = [buy_lesson(course, sam, at(day)) for day in (10, 12)]
    other = new_session(new_course(school), hour_at(11), hour_at(13), instructors=[new_instructor(school)])
    buy_seat(other, sam)
    for booking, day in zip(bookings, (11, 13), strict=True):
        session = Session.objects.get(id=booking.session_id)
        move_sessions([to(session, hour_at(day))], by=OWNER, waive_students=True)
        booking.refresh_from_db()
    changed = reschedule_booking(bookings[0], Target(at(14)), by=client)
    assert (changed.reschedules, busy_at(sam.person.diary_id)[-1]) == (0, (at(14), at(14, 11)))
    cancelled = cancel_booking(bookings[1], by=client)
    assert (cancelled.status, cancelled.owed_percent) == ("cancelled", 100)
    assert broken(school) == {}


def test_a_client_is_too_late_the_office_is_not():
    school = new_school(free_cancel_hours=24 * 20)
    sam, course = new_student(school), new_lessons(school)
    new_instructor(school)
    booking = buy_lesson(course, sam, at(10))
    with pytest.raises(TooLateToMove):
        reschedule_booking(booking, Target(at(11)), by=Actor(Role.CLIENT, who=payer_of(sam).person_id))
    assert reschedule_booking(booking, Target(at(11)), by=OWNER).reschedules == 0


def test_a_seat_is_changed_for_another():
    school = new_school()
    sam, course = new_student(school), new_course(school)
    first = new_session(course, hour_at(10), hour_at(11))
    second, full = new_session(course, hour_at(12), capacity=1), new_session(course, hour_at(13), capacity=1)
    buy_seat(full, new_student(school))
    booking = buy_seat(first, sam)
    with pytest.raises(SessionFull):
        reschedule_booking(booking, Target(session=loaded(full)[0]), by=OWNER)
    moved = reschedule_booking(booking, Target(session=loaded(second)[0]), by=OWNER)
    assert (moved.session_id, moved.price) == (second.pk, booking.price)
    assert [slot.seats_taken for slot in (*slots_of(first), *slots_of(second))] == [0, 0, 1]
    assert busy_at(sam.person.diary_id) == [(at(12), at(12, 11))]
    with pytest.raises(NotTheSameCourse):
        reschedule_booking(moved, Target(session=loaded(new_session(new_course(school)))[0]), by=OWNER)
    assert broken(school) == {}


def test_what_has_begun_stays():
    school = new_school()
    session = new_session(new_course(school), hour_at(10))
    Session.objects.filter(id=session.pk).update(starts_at=at(-1))
    with pytest.raises(LessonBegun):
        move_sessions([to(session, hour_at(11))], by=OWNER)


def test_a_lesson_inside_of_its_instructors_busy_time_can_go_to_another_room(school):
    """A calendar elsewhere that mirrors the lesson, say: her time stays taken, and the room changes."""
    ida, course = new_instructor(school), new_course(school)
    here, there = new_resource(school, name="Here"), new_resource(school, name="There")
    session = new_session(course, hour_at(5, 10), instructors=[ida], resource=here)
    enter_time_off(ida.person.diary, Stretch(at(5, 9), at(5, 12)), by=OWNER)
    (moved,) = move_sessions([to(session, resource=there)], by=OWNER)
    assert moved.resource_id == there.pk
    assert (busy_at(here.diary_id), busy_at(there.diary_id)) == ([], [(at(5, 10), at(5, 11))])
    assert [(at(5, 9), at(5, 10)), (at(5, 10), at(5, 11)), (at(5, 11), at(5, 12))] == busy_at(ida.person.diary_id)
    assert broken(school) == {}


def test_a_slot_lasts_a_day_at_most_wherever_it_goes(school):
    session = new_session(new_course(school), hour_at(5, 10), instructors=[new_instructor(school)])
    with pytest.raises(InputRefused) as told:
        move_sessions([to(session, Stretch(at(5, 10), at(6, 11)))], by=OWNER)
    assert told.value.errors == {"slots": ["A slot lasts a day at most."]}
