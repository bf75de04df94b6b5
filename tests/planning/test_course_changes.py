"""A course changes: what lies ahead follows after a preview, what is over and what was agreed stays."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    OWNER,
    at,
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
    payer_of,
)
from invariants import broken
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch
from schoolbell.planning.course_changes import CourseChange, change_course, preview_change
from schoolbell.planning.generation import extend_series
from schoolbell.planning.moves import as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.refusals import LessonsChanged, MoveClashes, SeatsTaken
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session

pytestmark = pytest.mark.django_db


def minutes_of(session: Session) -> int:
    now = Session.objects.get(id=session.pk)
    return Stretch(now.starts_at, now.ends_at).minutes


def weekly(school: School, course: Course) -> Enrollment:
    sam, day = new_student(school), at(3).date()
    instructor = new_instructor(school, name="Tom Weekly")
    plan = WeeklyPlan(sam, payer_of(sam), course, instructor, day.isoweekday(), dt.time(15), day)
    return enroll_weekly(plan, by=OWNER)


def test_longer_lessons_reach_what_lies_ahead_and_as_long_as_lessons_were():
    school = new_school()
    course = new_course(school)
    ida = new_instructor(school)
    with time_machine.travel(at(-20), tick=False):
        past = new_session(course, hour_at(3), instructors=[ida])
    ahead = new_session(course, hour_at(10), instructors=[ida])
    own = new_session(course, hour_at(11, minutes=45), instructors=[ida])
    booking = buy_seat(ahead, new_student(school))
    change = CourseChange(duration_minutes=90)
    reached = preview_change(course, change)
    assert ([one.pk for one in reached.sessions], reached.students, reached.clashes) == ([ahead.pk], 1, ())
    assert minutes_of(ahead) == 60
    changed = change_course(course, change, by=OWNER)
    assert changed.duration_minutes == Course.objects.get(id=course.pk).duration_minutes == 90
    assert [minutes_of(one) for one in (past, ahead, own)] == [60, 90, 45]
    booking.refresh_from_db()
    assert (booking.price, booking.moved_at is not None) == (4500, True)
    assert Record.objects.get(name="course.changed").old == {"duration_minutes": 60}
    assert broken(school) == {}


def test_a_longer_lesson_that_meets_the_next_is_named_and_nothing_changes_unless_it_is_left():
    school = new_school()
    course, other = new_course(school), new_course(school)
    ida = new_instructor(school)
    tight = new_session(course, hour_at(10), instructors=[ida])
    new_session(other, hour_at(10, 11), instructors=[ida])
    free = new_session(course, hour_at(12), instructors=[ida])
    change = CourseChange(duration_minutes=90)
    assert [(one.session.pk, one.who, one.during) for one in preview_change(course, change).clashes] == [
        (tight.pk, "Ida Teacher", hour_at(10, 11))
    ]
    with pytest.raises(MoveClashes):
        change_course(course, change, by=OWNER)
    assert [minutes_of(one) for one in (tight, free)] == [60, 60]
    assert Course.objects.get(id=course.pk).duration_minutes == 60
    change_course(course, CourseChange(duration_minutes=90, leave_clashing=True), by=OWNER)
    assert [minutes_of(one) for one in (tight, free)] == [60, 90]
    assert broken(school) == {}


def test_weekly_lessons_and_those_still_to_be_made_are_longer():
    school = new_school()
    course = new_lessons(school)
    enrollment = weekly(school, course)
    reached = preview_change(course, CourseChange(duration_minutes=45))
    assert [one.pk for one in reached.series] == [enrollment.series_id]
    change_course(course, CourseChange(duration_minutes=45), by=OWNER)
    series = Series.objects.select_related("course__school").get(id=enrollment.series_id)
    assert series.duration_minutes == 45
    added = extend_series(series, until=series.generated_until + dt.timedelta(days=14)).added
    assert added == 2
    rows = Session.objects.filter(series_id=series.pk)
    assert {minutes_of(one) for one in rows} == {45}
    assert broken(school) == {}


def test_a_price_is_for_what_is_bought_from_now_on():
    school = new_school()
    course = new_lessons(school)
    new_instructor(school)
    booking = buy_lesson(course, new_student(school), at(10))
    enrollment = weekly(school, course)
    assert [one.pk for one in preview_change(course, CourseChange(price=5000)).enrollments] == [enrollment.pk]
    change_course(course, CourseChange(price=5000), by=OWNER)
    enrollment.refresh_from_db()
    prices = set(Booking.objects.filter(enrollment_id=enrollment.pk).values_list("price", flat=True))
    assert (Course.objects.get(id=course.pk).price, enrollment.price, prices) == (5000, 4500, {4500})
    assert Booking.objects.get(id=booking.pk).price == 4500


def test_enrollments_pay_the_new_price_where_the_office_says_so_and_a_price_of_ones_own_stays():
    school = new_school()
    course = new_lessons(school)
    enrollment, special = weekly(school, course), None
    sam, day = new_student(school, "Sam Special"), at(4).date()
    special = enroll_weekly(
        WeeklyPlan(sam, payer_of(sam), course, new_instructor(school), day.isoweekday(), dt.time(15), day, price=3000),
        by=OWNER,
    )
    booking = buy_lesson(course, new_student(school), at(10, 10))
    first = Booking.objects.filter(enrollment_id=enrollment.pk).order_by("session__starts_at")[0]
    Booking.objects.filter(id=first.pk).update(status="completed")
    change_course(course, CourseChange(price=5000, enrollments_follow=True), by=OWNER)
    enrollment.refresh_from_db()
    special.refresh_from_db()
    assert (enrollment.price, special.price) == (5000, 3000)
    prices = list(
        Booking.objects.filter(enrollment_id=enrollment.pk)
        .order_by("session__starts_at")
        .values_list("price", flat=True)
    )
    assert prices == [4500, *[5000] * (len(prices) - 1)]
    assert Booking.objects.get(id=booking.pk).price == 4500
    assert Record.objects.filter(name="enrollment.repriced").count() == 1


def test_seats_follow_but_never_below_those_that_are_taken():
    school = new_school()
    course = new_course(school, capacity=4)
    hall = new_resource(school, capacity=6)
    full, own, placed = new_session(course), new_session(course, capacity=2), new_session(course, resource=hall)
    for _ in range(3):
        buy_seat(full, new_student(school))
    reached = preview_change(course, CourseChange(capacity=2))
    assert [one.pk for one in reached.crowded] == [full.pk]
    with pytest.raises(SeatsTaken) as refused:
        change_course(course, CourseChange(capacity=2), by=OWNER)
    assert [one.pk for one in refused.value.subject] == [full.pk]
    change_course(course, CourseChange(capacity=8), by=OWNER)
    assert [Session.objects.get(id=one.pk).capacity for one in (full, own, placed)] == [8, 2, 6]
    change_course(Course.objects.get(id=course.pk), CourseChange(capacity=3), by=OWNER)
    assert [Session.objects.get(id=one.pk).capacity for one in (full, own, placed)] == [3, 2, 3]
    assert [slot.capacity for slot in full.slots.all()] == [3]
    assert broken(school) == {}


def test_another_kind_of_place_is_found_for_what_lies_ahead():
    school = new_school()
    course = new_lessons(school, resource_kind="venue")
    new_instructor(school)
    hall = new_resource(school)
    cars = [new_resource(school, kind="vehicle", name=name) for name in ("Red", "Blue")]
    one = buy_lesson(course, new_student(school), at(10))
    new_session(new_course(school), hour_at(11), resource=cars[0])
    two = buy_lesson(course, new_student(school), at(11))
    change_course(course, CourseChange(resource_kind="vehicle"), by=OWNER)
    found = [Session.objects.get(id=booking.session_id).resource_id for booking in (one, two)]
    assert found == [cars[0].pk, cars[1].pk]
    assert not hall.sessions.exists()
    with pytest.raises(InputRefused):
        change_course(Course.objects.get(id=course.pk), CourseChange(resource_kind="online_room"), by=OWNER)
    change_course(Course.objects.get(id=course.pk), CourseChange(resource_kind=""), by=OWNER)
    assert Session.objects.get(id=one.session_id).resource_id is None
    assert broken(school) == {}


def test_what_makes_no_sense_is_refused():
    school = new_school()
    course = new_course(school, deposit=1000)
    for wrong in (
        CourseChange(duration_minutes=2),
        CourseChange(price=500),
        CourseChange(capacity=0),
        CourseChange(resource_kind="ship"),
    ):
        with pytest.raises(InputRefused):
            preview_change(course, wrong)
    with pytest.raises(InputRefused):
        preview_change(new_lessons(school), CourseChange(capacity=2))


def test_as_many_queries_for_three_sessions_as_for_one():
    school = new_school()
    ida, counts = new_instructor(school), []
    for first, number in ((10, 1), (20, 3)):
        course = new_course(school)
        for day in range(first, first + number):
            buy_seat(new_session(course, hour_at(day), instructors=[ida]), new_student(school))
        with CaptureQueriesContext(connection) as queries:
            preview_change(course, CourseChange(duration_minutes=90, price=5000, capacity=20))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_session_that_moved_since_the_preview_is_noticed():
    """It is the same session, and no clash speaks against it: only its time is another."""
    school = new_school()
    course = new_course(school)
    ahead = new_session(course, hour_at(10), instructors=[new_instructor(school)])
    seen = preview_change(course, CourseChange(duration_minutes=90)).seen
    (move,) = as_it_is([ahead])
    move_sessions([replace(move, slots=(hour_at(10, 15),))], by=OWNER)
    with pytest.raises(LessonsChanged):
        change_course(course, CourseChange(duration_minutes=90, seen=seen), by=OWNER)
    assert minutes_of(ahead) == 60
    again = preview_change(course, CourseChange(duration_minutes=90)).seen
    assert again != seen
    change_course(course, CourseChange(duration_minutes=90, seen=again), by=OWNER)
    assert minutes_of(ahead) == 90


def test_an_enrollment_that_came_since_the_preview_does_not_follow_unseen():
    school = new_school(weekly_ahead_days=20)
    course = new_lessons(school, price=4500)
    weekly(school, course)
    change = CourseChange(price=5000, enrollments_follow=True)
    seen = preview_change(course, change).seen
    later = enroll_weekly(
        WeeklyPlan(
            student := new_student(school),
            payer_of(student),
            course,
            new_instructor(school),
            1,
            dt.time(10),
            at(3).date(),
        ),
        by=OWNER,
    )
    with pytest.raises(LessonsChanged):
        change_course(course, replace(change, seen=seen), by=OWNER)
    later.refresh_from_db()
    assert later.price == 4500
    change_course(course, replace(change, seen=preview_change(course, change).seen), by=OWNER)
    later.refresh_from_db()
    assert later.price == 5000
