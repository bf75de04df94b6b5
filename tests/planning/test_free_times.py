"""When a course can be taken, and why it cannot."""

import datetime as dt

import pytest
import time_machine

from factories import (
    OWNER,
    at,
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
    slots_of,
)
from schoolbell.bookings.queries import attendances_of
from schoolbell.bookings.refusals import TooFarAhead, TooLateToBook
from schoolbell.catalogue.actions import qualify
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.refusals import OutsideOpeningHours, TimeTaken
from schoolbell.kit.ids import new_id
from schoolbell.kit.refusals import NotFound
from schoolbell.kit.time import UTC, Stretch, now
from schoolbell.people.models import Instructor
from schoolbell.planning.free_times import FreeTimes, free_times
from schoolbell.planning.grid import grid
from schoolbell.planning.offers import next_offers
from schoolbell.planning.refusals import NotOnDemand, NotQualified, OffGrid
from schoolbell.timetable.models import Session, Slot

pytestmark = pytest.mark.django_db
DAY = Stretch(at(10, 0), at(11, 0))


def starts(school, course, within=DAY, **more) -> list[dt.datetime]:
    return [free.during.starts_at for free in free_times(school, course, within, **more)]


def free_starts(school, course, within=DAY, **more) -> list[dt.datetime]:
    return FreeTimes(school, course, within, **more).starts(within)


def test_a_lesson_keeps_the_notice_and_the_horizon_of_the_school():
    school = new_school(notice_minutes=60 * 24 * 10, furthest_ahead_days=20)
    course, student = new_lessons(school), new_student(school)
    new_instructor(school)
    with pytest.raises(TooLateToBook):
        buy_lesson(course, student, at(9))
    with pytest.raises(TooFarAhead):
        buy_lesson(course, student, at(21))
    assert starts(school, course, Stretch(at(8, 0), at(9, 0))) == []
    assert starts(school, course, Stretch(at(22, 0), at(23, 0))) == []
    assert buy_lesson(course, student, at(15)).status == "pending"


def test_a_courses_own_policies_go_before_the_schools():
    school = new_school(start_grid_minutes=15)
    course = new_lessons(school, overrides={"start_grid_minutes": 240})
    new_instructor(school)
    assert starts(school, course) == [at(10, hour) for hour in range(0, 24, 4)]
    with pytest.raises(OffGrid):
        buy_lesson(course, new_student(school), at(10, 5))


def test_the_grid_counts_from_midnight_by_the_schools_own_clock():
    school = new_school(timezone="Asia/Kathmandu", start_grid_minutes=60)  # 5 h 45 min ahead
    course = new_lessons(school)
    assert [moment.minute for moment in grid(Stretch(at(10, 0), at(10, 3)), course)] == [15, 15, 15]


@pytest.mark.parametrize(
    ("timezone", "noon", "expected"),
    [
        # The clocks go from 01:00 to 02:00, from 02:00 to 01:00, and from Thursday's end to Saturday's beginning.
        ("Europe/London", dt.datetime(2027, 3, 27, 12, tzinfo=UTC), [12, 16, 20, 0, 3, 7, 11]),
        ("Europe/London", dt.datetime(2027, 10, 30, 12, tzinfo=UTC), [15, 19, 23, 4, 8]),
        ("Pacific/Apia", dt.datetime(2011, 12, 29, 12, tzinfo=UTC), [14, 18, 22, 2, 6, 10]),
    ],
)
def test_the_grid_goes_by_the_clock_when_the_clocks_change(timezone: str, noon: dt.datetime, expected: list[int]):
    course = new_lessons(new_school(timezone=timezone, start_grid_minutes=240))
    assert [moment.hour for moment in grid(Stretch(noon, noon + dt.timedelta(days=1)), course)] == expected


def test_only_who_may_teach_it_is_offered_and_asked(school):
    course, other = new_lessons(school), new_lessons(school)
    qualified, unqualified, of_all = (new_instructor(school) for _ in range(3))
    qualify(qualified, course, by=OWNER)
    qualify(unqualified, other, by=OWNER)
    offered = {free.instructor.pk for free in free_times(school, course, DAY)}
    assert offered == {qualified.pk, of_all.pk}
    student = new_student(school)
    with pytest.raises(NotQualified):
        buy_lesson(course, student, at(10), instructor_id=unqualified.pk)
    with pytest.raises(NotFound):
        buy_lesson(course, student, at(10), instructor_id=new_id())
    Instructor.objects.filter(id=of_all.pk).update(status="on_leave")
    assert {free.instructor.pk for free in free_times(school, course, DAY)} == {qualified.pk}


def test_a_group_course_is_taught_at_published_times_only(school):
    course = new_course(school)
    new_instructor(school)
    assert starts(school, course) == []
    with pytest.raises(NotOnDemand):
        buy_lesson(course, new_student(school), at(10))


def test_why_a_lesson_cannot_be_is_said_by_the_reason_that_counts_most(school):
    course = new_lessons(school)
    instructor = new_instructor(school, hours=False)
    day = at(10).date()
    hours = {"starts": dt.time(10), "ends": dt.time(14), "timezone": "UTC", "by": OWNER}
    add_opening_hours(instructor.person.diary, date=day, **hours)
    student = new_student(school)
    buy_lesson(course, student, at(10, 10))
    for starts_at, refusal in (
        (at(10, 10), TimeTaken),
        (at(10, 10, 30), TimeTaken),
        (at(10, 11, 7), OffGrid),
        (at(10, 9), OutsideOpeningHours),
        (at(10, 13, 30), OutsideOpeningHours),
        (at(11, 10), OutsideOpeningHours),
    ):
        with pytest.raises(refusal):
            buy_lesson(course, new_student(school), starts_at)
    assert starts(school, course) == [at(10, 11) + dt.timedelta(minutes=15 * n) for n in range(9)]
    with pytest.raises(TimeTaken):  # the student is in another lesson
        buy_lesson(new_lessons(school), student, at(10, 10, 30), instructor_id=new_instructor(school).pk)


def test_a_lesson_that_needs_a_room_is_offered_while_one_is_free(school):
    course = new_lessons(school, resource_kind="vehicle")
    for _ in range(3):
        new_instructor(school)
    new_resource(school, "venue")
    assert starts(school, course) == []
    for _ in range(2):
        new_resource(school, "vehicle")
    rooms = {buy_lesson(course, new_student(school), at(10)).session.resource_id for _ in range(2)}
    assert len(rooms) == 2
    assert at(10) not in starts(school, course)
    assert at(10, 11) in starts(school, course)
    with pytest.raises(TimeTaken):
        buy_lesson(course, new_student(school), at(10))


def test_a_session_whose_slots_are_chosen_is_offered_while_one_of_them_can_be_had(school):
    course = new_course(school, capacity=2)
    session = new_session(course, hour_at(10), hour_at(10, 14), choose_slots=True)
    first, second = slots_of(session)
    for _ in range(2):
        buy_seat(session, new_student(school), slot_ids=[first.pk])
    buy_seat(session, new_student(school), slot_ids=[second.pk])
    assert [free.seats_left for free in free_times(school, course, DAY)] == [1]
    held = buy_seat(session, new_student(school), slot_ids=[second.pk])
    assert free_times(school, course, DAY) == []
    let_hold_run_out(held)
    assert [free.seats_left for free in free_times(school, course, DAY)] == [1]


def test_what_is_left_of_a_session_whose_slots_are_chosen_is_offered_after_it_began(school):
    course = new_course(school, capacity=2)
    session = new_session(course, hour_at(10, 10), hour_at(10, 14), hour_at(11, 10), choose_slots=True)
    whole = new_session(course, hour_at(10, 10), hour_at(11, 10))
    left, later = Stretch(at(10, 14), at(11, 11)), Stretch(at(10, 15), at(12))
    during_the_second_day = at(11, 10, 30)
    with time_machine.travel(at(10, 11), tick=False):
        (found,) = free_times(school, course, DAY)
        assert (found.session, found.during) == (session, left)
        assert free_starts(school, course, DAY) == [left.starts_at]
        assert free_times(school, course, later) == []  # it is on the list of its day
        assert [one.session for one in next_offers(school, limit=5)] == [session]
        # None named: all that lie ahead.
        booking = buy_seat(session, new_student(school))
        assert [one.slot for one in attendances_of([booking])[booking.pk]] == slots_of(session)[1:]
        with pytest.raises(TooLateToBook):
            buy_seat(whole, new_student(school))
    with time_machine.travel(during_the_second_day, tick=False):  # the last of them has begun
        assert free_times(school, course, later) == []
        assert next_offers(school, limit=5) == []
        with pytest.raises(TooLateToBook):
            buy_seat(session, new_student(school))


def test_a_student_who_has_something_else_is_offered_other_times(school):
    piano = new_lessons(school, duration_minutes=45)
    new_instructor(school)
    sam, free = new_student(school), new_student(school)
    buy_seat(new_session(new_course(school), hour_at(10, 6)), sam)
    held = buy_lesson(piano, sam, at(10, 2), instructor_id=new_instructor(school).pk)
    for student, taken in ((free, []), (sam, [hour_at(10, 6), Stretch(at(10, 2), at(10, 2, 45))])):
        found = starts(school, piano, student=student)
        assert free_starts(school, piano, DAY, student=student) == sorted(set(found))
        assert [one for one in sorted(set(starts(school, piano))) if one not in found] == [
            one
            for one in sorted(set(starts(school, piano)))
            if any(Stretch(one, one + dt.timedelta(minutes=45)).overlaps(during) for during in taken)
        ]
    let_hold_run_out(held)
    assert at(10, 2) in free_starts(school, piano, DAY, student=sam)


def test_a_student_is_offered_sessions_they_have_time_for(school):
    course = new_course(school)
    whole = new_session(course, hour_at(10, 10), hour_at(10, 14))
    chosen = new_session(course, hour_at(10, 10), hour_at(10, 14), choose_slots=True)
    sam = new_student(school)
    assert {free.session for free in free_times(school, course, DAY, student=sam)} == {whole, chosen}
    buy_seat(new_session(new_course(school), hour_at(10, 14)), sam)
    assert [free.session for free in free_times(school, course, DAY, student=sam)] == [chosen]
    buy_seat(new_session(new_course(school), hour_at(10, 10)), sam)
    assert free_times(school, course, DAY, student=sam) == []
    assert free_starts(school, course, DAY, student=sam) == []
    assert free_starts(school, course, DAY) == [at(10)]


def test_a_lesson_whose_hold_ran_out_is_offered_as_a_new_lesson_and_not_as_a_session(school):
    course = new_lessons(school)
    new_instructor(school)
    let_hold_run_out(buy_lesson(course, new_student(school), at(10)))
    offered = [free for free in free_times(school, course, DAY) if free.during.starts_at == at(10)]
    assert [free.session for free in offered] == [None]


def test_what_has_begun_is_neither_offered_nor_sold(school):
    course = new_course(school)
    begun = Stretch(now() - dt.timedelta(minutes=1), now() + dt.timedelta(minutes=59))
    later = Stretch(begun.starts_at + dt.timedelta(days=1), begun.ends_at + dt.timedelta(days=1))
    session = new_session(course, later)
    for moved in (Session.objects.filter(id=session.pk), Slot.objects.filter(session_id=session.pk)):
        moved.update(starts_at=begun.starts_at, ends_at=begun.ends_at)
    session.refresh_from_db()
    assert free_times(school, course, Stretch(begun.starts_at, now() + dt.timedelta(days=1))) == []
    with pytest.raises(TooLateToBook):
        buy_seat(session, new_student(school))
