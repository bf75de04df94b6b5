"""The school is closed on days with lessons: all are moved, or cancelled, in one step."""

import datetime as dt

import pytest
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
    pay_for,
)
from invariants import broken
from schoolbell.billing.rearranging import arrange_closure_and_settle
from schoolbell.bookings.models import Booking
from schoolbell.diary.closures import add_closure, keep_open
from schoolbell.diary.models import Closure
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, instant, local_day
from schoolbell.planning.absence import Absence, preview_absence
from schoolbell.planning.closed_ahead import lessons_on_each
from schoolbell.planning.closed_days import USUAL, arrange_closure, clashes_on, lessons_on, preview_closure
from schoolbell.planning.rearranging import Step, Way
from schoolbell.planning.refusals import LessonsChanged
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db


def close(school: School, number: int, *, days: int = 1) -> Closure:
    first = at(number).date()
    return add_closure(school, first, first + dt.timedelta(days=days - 1), "Boiler", by=OWNER)


def starts_of(school: School) -> list[dt.datetime]:
    rows = Session.objects.of(school).filter(status="published")
    return list(rows.order_by("starts_at").values_list("starts_at", flat=True))


def test_all_lessons_go_to_the_same_times_on_another_day():
    school = new_school()
    course, lessons = new_course(school), new_lessons(school)
    ida, hall = new_instructor(school), new_resource(school)
    bookings = [
        buy_seat(new_session(course, hour_at(10), instructors=[ida], resource=hall), new_student(school)),
        buy_lesson(lessons, new_student(school), at(10, 11)),
    ]
    new_session(course, hour_at(11), instructors=[ida])  # another day: it stays
    closure = close(school, 10)
    assert lessons_on(school, closure) == 2
    found = preview_closure(school, closure, to_day=at(12).date())
    assert [(one.proposed.way, one.proposed.starts_at) for one in found] == [(Way.MOVE, at(12)), (Way.MOVE, at(12, 11))]
    done = arrange_closure(school, closure, [one.proposed for one in found], by=OWNER)
    assert done.counts == {"substituted": 0, "moved": 2, "cancelled": 0, "kept": 0}
    assert starts_of(school) == [at(11), at(12), at(12, 11)]
    told = Outbox.objects.filter(name="booking.moved").values_list("subject_id", flat=True)
    assert sorted(told) == sorted(one.pk for one in bookings)
    assert Record.objects.get(name="closure.arranged").new == done.counts
    assert lessons_on(school, closure) == 0
    assert broken(school) == {}


def test_one_that_cannot_go_to_that_day_goes_to_its_nearest_time_and_the_reason_is_named():
    school = new_school()
    course = new_course(school)
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    new_session(course, hour_at(10), instructors=[ida])
    new_session(course, hour_at(10), instructors=[tom])
    new_session(course, hour_at(12, 10, 30), instructors=[tom])
    closure = close(school, 10)
    assert [(one.who, one.during) for one in clashes_on(school, closure, at(12).date())] == [
        ("Tom Other", hour_at(12, 10, 30))
    ]
    arrange_closure(school, closure, prefer=USUAL, to_day=at(12).date(), by=OWNER)
    # The nearest of all is the last hour before the day: nobody has said that lessons end at night.
    assert starts_of(school) == [at(9, 23), at(12), at(12, 10, 30)]
    assert broken(school) == {}


def test_each_goes_to_its_nearest_free_time_on_a_day_that_is_open():
    school = new_school()
    course = new_course(school)
    ida = new_instructor(school)
    sam = new_student(school)
    buy_seat(new_session(course, hour_at(11), instructors=[ida]), sam)
    close(school, 9, days=2)
    add_closure(school, at(12).date(), at(12).date(), "Inset", by=OWNER)
    closure = close(school, 11)
    (found,) = preview_closure(school, closure)
    assert found.proposed == Step(found.session.pk, Way.MOVE, starts_at=at(13, 0))
    assert found.substitutes == ()


def test_all_are_cancelled_and_what_was_paid_is_owed_back():
    school = new_school()
    session = new_session(new_course(school), hour_at(10))
    booking = buy_seat(session, new_student(school))
    pay_for(booking)
    done = arrange_closure_and_settle(school, close(school, 10), prefer=[Way.CANCEL], by=OWNER)
    assert done.counts["cancelled"] == 1
    booking = Booking.objects.get(id=booking.pk)
    assert (booking.status, booking.owed_percent, booking.settled_at is not None) == ("cancelled", 100, True)
    assert broken(school) == {}


def test_days_of_a_longer_closure_move_as_one_and_keep_their_clock_when_the_clocks_change():
    school = new_school(timezone="Europe/London")
    course = new_course(school)
    where = school.zone
    # A Friday, Saturday and Sunday whose Sunday is two weeks before the clocks change.
    last = max(day for day in range(25, 32) if dt.date(2035, 3, day).isoweekday() == 7)
    sunday = dt.date(2035, 3, last) - dt.timedelta(days=7)
    friday = sunday - dt.timedelta(days=2)
    for day in (friday, sunday):
        starts_at = instant(day, dt.time(10), where)
        new_session(course, Stretch(starts_at, starts_at + dt.timedelta(hours=1)))
    closure = add_closure(school, friday, sunday, "Flood", by=OWNER)
    arrange_closure(school, closure, prefer=USUAL, to_day=friday + dt.timedelta(days=7), by=OWNER)
    assert [(local_day(one, where), one.astimezone(where).hour, one.hour) for one in starts_of(school)] == [
        (friday + dt.timedelta(days=7), 10, 10),
        (sunday + dt.timedelta(days=7), 10, 9),
    ]


def test_what_the_office_means_to_give_is_in_nobodys_way_until_its_instructor_is_away():
    school = new_school()
    course, ida = new_course(school), new_instructor(school)
    closure = close(school, 10)
    meant = new_session(course, hour_at(10), instructors=[ida], despite_closed=True)
    assert (lessons_on(school, closure), lessons_on_each(school, [closure])) == (0, {closure.pk: 0})
    assert preview_closure(school, closure) == []
    assert arrange_closure(school, closure, prefer=USUAL, by=OWNER).counts["moved"] == 0
    (affected,) = preview_absence(Absence(school, ida, Stretch(at(10, 0), at(11, 0))))
    assert affected.session == meant


def test_what_is_kept_by_name_takes_place_and_what_found_no_other_time_stays_on_the_list():
    school = new_school()
    course = new_course(school)
    kept, stuck = new_session(course, hour_at(10)), new_session(course, hour_at(10, 12))
    closure = close(school, 10)
    steps = [Step(kept.pk, Way.KEEP), Step(stuck.pk, Way.KEEP)]
    assert arrange_closure(school, closure, prefer=[Way.KEEP], by=OWNER).counts["kept"] == 2
    assert lessons_on(school, closure) == 2
    assert not Record.objects.filter(name="session.meant").exists()
    assert arrange_closure(school, closure, steps[:1], prefer=[Way.KEEP], by=OWNER).counts["kept"] == 2
    assert [one.session for one in preview_closure(school, closure)] == [stuck]
    assert lessons_on_each(school, [closure]) == {closure.pk: 1}
    assert Session.objects.get(id=kept.pk).despite_closed
    assert [one.subject_id for one in Record.objects.filter(name="session.meant")] == [kept.pk]
    assert broken(school) == {}


def test_a_day_that_will_not_do():
    school = new_school()
    new_session(new_course(school), hour_at(10))
    closure = close(school, 10)
    close(school, 12)
    for wrong in (at(12).date(), at(-3).date(), at(10).date()):
        with pytest.raises(InputRefused):
            preview_closure(school, closure, to_day=wrong)
    with pytest.raises(LessonsChanged):
        arrange_closure(school, closure, [], by=OWNER)
    with pytest.raises(InputRefused):
        preview_closure(school, keep_open(closure, by=OWNER))


def test_as_many_queries_for_three_lessons_as_for_one():
    school = new_school()
    course = new_course(school)
    ida, hall = new_instructor(school), new_resource(school)
    for number, hours in ((10, (10,)), (20, (10, 12, 14))):
        for hour in hours:
            buy_seat(new_session(course, hour_at(number, hour), instructors=[ida], resource=hall), new_student(school))
    counts = []
    for closure in (close(school, 10), close(school, 20)):
        with CaptureQueriesContext(connection) as queries:
            assert preview_closure(school, closure, to_day=closure.first_day + dt.timedelta(days=1))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 32
