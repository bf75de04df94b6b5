"""Instructors move, cancel and hand over lessons of their own, as far as their school lets them."""

import pytest
import time_machine

from factories import (
    OWNER,
    as_instructor,
    at,
    be_busy,
    buy_lesson,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    pay_for,
    slots_of,
)
from invariants import broken
from schoolbell.billing.rearranging import cancel_own_lesson_and_settle
from schoolbell.bookings.models import Booking
from schoolbell.bookings.refusals import LessonBegun, SessionNotOpen
from schoolbell.bookings.sessions import cancel_session
from schoolbell.catalogue.actions import qualify
from schoolbell.catalogue.overrides import change_overrides
from schoolbell.diary.refusals import OutsideOpeningHours
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.refusals import InputRefused, NotAllowed
from schoolbell.people.models import Instructor
from schoolbell.planning.own_lessons import (
    Act,
    cancel_own_lesson,
    hand_over_own_lesson,
    move_own_lesson,
    moved_to,
    other_times,
    own_lesson,
)
from schoolbell.planning.refusals import (
    LessonsChanged,
    MoveClashes,
    NotQualified,
    TooLateToMove,
)
from schoolbell.planning.substitutes import substitute
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import staff_of

pytestmark = pytest.mark.django_db


def loaded(session: Session) -> Session:
    return Session.objects.select_related("course__school", "resource").get(id=session.pk)


@pytest.fixture
def school() -> School:
    return new_school(own_lessons="all", own_lessons_notice_hours=24)


@pytest.fixture
def ida(school: School) -> Instructor:
    return new_instructor(school)


def acts_of(session: Session, instructor: Instructor) -> set[str]:
    lesson = own_lesson(loaded(session), by=as_instructor(instructor))
    return {act.value for act in Act if lesson.objection(act) is None}


@pytest.mark.parametrize(
    ("preset", "may"),
    [
        ("coaching", {"ask", "move", "cancel", "hand_over"}),
        ("coding", {"ask", "move", "cancel"}),
        ("driving", {"ask", "move", "cancel"}),
        ("courses", {"ask"}),
        ("first-aid", {"ask"}),
    ],
)
def test_what_each_kind_of_school_lets_them(preset: str, may: set[str]):
    school = new_school(preset)
    ida = new_instructor(school)
    course = new_course(school, type="EFAW" if preset == "first-aid" else "")
    assert acts_of(new_session(course, instructors=[ida]), ida) == may


def test_a_course_decides_for_itself(school: School, ida: Instructor):
    course = new_course(school)
    change_overrides(course, {"own_lessons": "none"}, by=OWNER)
    assert acts_of(new_session(course, instructors=[ida]), ida) == {"ask"}


def test_who_gives_it_with_her_can_be_replaced_and_no_more(school: School, ida: Instructor):
    tom, zoe = new_instructor(school, name="Tom T"), new_instructor(school, name="Zoe Z")
    session = new_session(new_course(school), instructors=[ida, tom])
    assert acts_of(session, tom) == {"ask", "hand_over"}
    with pytest.raises(NotAllowed, match="Whoever leads this lesson"):
        move_own_lesson(session, [hour_at(31)], by=as_instructor(tom))
    with pytest.raises(NotAllowed, match="Whoever leads this lesson"):
        cancel_own_lesson(session, "Ill", by=as_instructor(tom))
    hand_over_own_lesson(session, zoe, by=as_instructor(tom))
    assert staff_of([session])[session.pk] == [ida, zoe]


def test_it_goes_with_everybody_who_is_booked_and_they_may_cancel_for_free(school: School, ida: Instructor):
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    booking = buy_seat(session, new_student(school))
    moved = move_own_lesson(session, [hour_at(12, 15)], by=as_instructor(ida), was=at(10))
    assert (moved.starts_at, moved.ends_at) == (at(12, 15), at(12, 16))
    assert Booking.objects.get(id=booking.pk).moved_at is not None
    assert Outbox.objects.of(school).filter(name="booking.moved", subject_id=booking.pk).count() == 1
    told = Record.objects.of(school).get(name="session.moved")
    assert (told.role, told.who) == ("instructor", ida.pk)
    assert broken(school) == {}


def test_nothing_is_overruled(school: School, ida: Instructor):
    sam, course = new_student(school), new_lessons(school)
    session = new_session(course, hour_at(10), instructors=[ida])
    buy_seat(session, sam)
    buy_seat(new_session(new_course(school), hour_at(12)), sam)
    with pytest.raises(MoveClashes) as refused:
        move_own_lesson(session, [hour_at(12)], by=as_instructor(ida))
    assert [clash.kind for clash in refused.value.clashes] == ["student"]
    be_busy(ida.person.diary_id, school, hour_at(13))
    with pytest.raises(MoveClashes) as refused:
        move_own_lesson(session, [hour_at(13)], by=as_instructor(ida))
    assert [clash.kind for clash in refused.value.clashes] == ["taken"]
    assert loaded(session).starts_at == at(10)


def test_what_was_moved_or_handed_over_since_she_looked_is_not_moved_again(school: School, ida: Instructor):
    tom = new_instructor(school, name="Tom T")
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    move_own_lesson(session, [hour_at(11)], by=as_instructor(ida), was=at(10))
    with pytest.raises(LessonsChanged):
        move_own_lesson(session, [hour_at(12)], by=as_instructor(ida), was=at(10))
    substitute(session, tom, by=OWNER)
    with pytest.raises(NotAllowed, match="Somebody else gives this"):
        move_own_lesson(session, [hour_at(12)], by=as_instructor(ida))
    assert staff_of([session])[session.pk] == [tom]


def test_neither_what_starts_soon_nor_to_where_it_would(school: School, ida: Instructor):
    with time_machine.travel(at(0, 9), tick=False):
        soon = new_session(new_course(school), hour_at(1, 8), instructors=[ida])
        later = new_session(new_course(school), hour_at(1, 10), instructors=[ida])
        assert acts_of(soon, ida) == {"ask", "cancel", "hand_over"}
        with pytest.raises(TooLateToMove):
            move_own_lesson(soon, [hour_at(5)], by=as_instructor(ida))
        with pytest.raises(InputRefused) as refused:
            move_own_lesson(later, [hour_at(1, 8, 59)], by=as_instructor(ida))
        assert refused.value.errors == {"slots": ["Choose a time that is at least 24 hours ahead, or ask the office."]}
        move_own_lesson(later, [hour_at(1, 11)], by=as_instructor(ida))
    with time_machine.travel(at(1, 8), tick=False):
        lesson = own_lesson(loaded(soon), by=as_instructor(ida))
        assert {type(lesson.objection(act)) for act in Act} == {LessonBegun}


def test_a_session_of_several_days_goes_as_a_whole(school: School, ida: Instructor):
    session = new_session(new_course(school), hour_at(10), hour_at(11), instructors=[ida])
    with pytest.raises(InputRefused):
        move_own_lesson(session, [hour_at(20)], by=as_instructor(ida))
    move_own_lesson(session, [hour_at(20), hour_at(22)], by=as_instructor(ida))
    assert [slot.starts_at for slot in slots_of(session)] == [at(20), at(22)]


def test_the_place_is_another_of_its_kind_where_its_own_is_taken(school: School, ida: Instructor):
    course = new_course(school)
    blue, red = (new_resource(school, name=name) for name in ("Blue", "Red"))
    session = new_session(course, hour_at(10), instructors=[ida], resource=blue)
    new_session(course, hour_at(12), resource=blue)
    moved = move_own_lesson(session, [hour_at(12)], by=as_instructor(ida))
    assert moved.resource_id == red.pk
    assert moved_to(own_lesson(loaded(session), by=as_instructor(ida)), [hour_at(10)]).resource == red  # free: it stays


def test_the_times_offered_suit_her_the_students_and_the_notice(school: School, ida: Instructor):
    with time_machine.travel(at(0, 9), tick=False):
        sam, course = new_student(school), new_lessons(school)
        session = new_session(course, hour_at(2), instructors=[ida])
        buy_seat(session, sam)
        buy_seat(new_session(new_course(school), hour_at(2, 11)), sam)
        be_busy(ida.person.diary_id, school, hour_at(2, 7, minutes=120))
        found = other_times(own_lesson(loaded(session), by=as_instructor(ida)), most=4)
        assert [one.slots[0].starts_at for one in found] == [
            at(2, 9, 45), at(2, 12), at(2, 13), at(1, 23, 45),
        ]  # fmt: skip
        be_busy(ida.person.diary_id, school, hour_at(1, 10, minutes=23 * 60))
        be_busy(ida.person.diary_id, school, hour_at(2, 12, minutes=24 * 60 * 20))
        few = other_times(own_lesson(loaded(session), by=as_instructor(ida)))
        assert [one.slots[0].starts_at for one in few] == [at(2, 9, 45), at(1, 9)]  # a day ahead, no sooner


def test_she_cancels_and_says_why_and_the_client_owes_nothing(school: School, ida: Instructor):
    session = new_session(new_course(school), hour_at(1, 23), instructors=[ida])
    booking = buy_seat(session, new_student(school))
    pay_for(booking)
    for nothing in ("", "  "):
        with pytest.raises(InputRefused) as refused:
            cancel_own_lesson(session, nothing, by=as_instructor(ida))
        assert list(refused.value.errors) == ["reason"]
    cancelled = cancel_own_lesson_and_settle(session, " I am ill. ", by=as_instructor(ida))
    assert (cancelled.status, cancelled.cancelled_because) == ("cancelled", "I am ill.")
    ended = Booking.objects.get(id=booking.pk)
    assert (ended.status, ended.owed_percent, ended.settled_at is not None) == ("cancelled", 100, True)
    assert Outbox.objects.of(school).filter(name="booking.cancelled", subject_id=booking.pk).count() == 1
    again = cancel_own_lesson(session, "Twice", by=as_instructor(ida))
    assert again.cancelled_because == "I am ill."
    with pytest.raises(SessionNotOpen):
        move_own_lesson(session, [hour_at(9)], by=as_instructor(ida))
    assert broken(school) == {}


def test_why_a_lesson_on_demand_was_cancelled_is_kept(school: School, ida: Instructor):
    booking = buy_lesson(new_lessons(school), new_student(school), at(10), instructor_id=ida.pk)
    cancel_own_lesson_and_settle(booking.session, "I am ill", by=as_instructor(ida))
    session = Session.objects.get(id=booking.session_id)
    assert (session.status, session.cancelled_because) == ("cancelled", "I am ill")
    assert Booking.objects.get(id=booking.pk).owed_percent == 100


def test_a_reason_is_short(school: School):
    with pytest.raises(InputRefused) as refused:
        cancel_session(new_session(new_course(school)), by=OWNER, because="a" * 301)
    assert list(refused.value.errors) == ["reason"]


def test_a_lesson_on_demand_keeps_to_her_hours(school: School):
    shut = new_instructor(school, hours=False)
    ida, course, sam = new_instructor(school, name="Ida I"), new_lessons(school), new_student(school)
    booking = buy_lesson(course, sam, at(10), instructor_id=ida.pk)
    session = loaded(booking.session)
    with pytest.raises(OutsideOpeningHours):
        hand_over_own_lesson(session, shut, by=as_instructor(ida))
    moved = move_own_lesson(session, [hour_at(11, 9)], by=as_instructor(ida))
    assert moved.starts_at == at(11, 9)


def test_she_hands_it_to_who_is_free_and_teaches_it(school: School, ida: Instructor):
    course = new_course(school)
    tom, zoe, mia = (new_instructor(school, name=f"{name} T") for name in ("Tom", "Zoe", "Mia"))
    qualify(mia, new_lessons(school), by=OWNER)
    new_session(course, hour_at(10), instructors=[zoe])
    session = new_session(course, hour_at(10), instructors=[ida])
    with pytest.raises(NotQualified):
        hand_over_own_lesson(session, mia, by=as_instructor(ida))
    with pytest.raises(InputRefused):
        hand_over_own_lesson(session, ida, by=as_instructor(ida))
    hand_over_own_lesson(session, tom, by=as_instructor(ida))
    assert staff_of([session])[session.pk] == [tom]
    told = Outbox.objects.of(school).filter(about_id=session.pk).values_list("name", "subject_id")
    assert set(told) == {("instructor.released", ida.pk), ("instructor.assigned", tom.pk)}
    with pytest.raises(NotAllowed):
        hand_over_own_lesson(session, ida, by=as_instructor(ida))


def test_a_hand_over_keeps_the_time_that_it_has_by_then(school: School, ida: Instructor):
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    stale = loaded(session)
    move_own_lesson(session, [hour_at(12)], by=as_instructor(ida))
    assert substitute(stale, new_instructor(school, name="Tom T"), by=OWNER).starts_at == at(12)
