"""Who could take a lesson over: ranked, each with why or why not, in as many queries for many lessons as for one."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    OWNER,
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
)
from invariants import broken
from schoolbell.catalogue.actions import qualify
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import add_closure
from schoolbell.journal.models import Outbox
from schoolbell.people.models import Instructor, InstructorStats
from schoolbell.planning.refusals import LessonsChanged, MoveClashes, NotQualified
from schoolbell.planning.substitutes import substitute, substitutes_for
from schoolbell.timetable.models import Session, Staffing
from schoolbell.timetable.queries import staff_of

pytestmark = pytest.mark.django_db


def loaded(*sessions: Session) -> list[Session]:
    rows = Session.objects.select_related("course__school", "resource")
    return [rows.get(id=session.pk) for session in sessions]


def told(session: Session, **more: object) -> list[tuple[str, str]]:
    """Per candidate, in order, the name and the code of what stands in the way."""
    found = substitutes_for(loaded(session), **more)[session.pk]
    return [(one.instructor.person.first_name, one.obstacle.code if one.obstacle else "") for one in found]


def test_those_who_can_come_first_by_proficiency_then_by_how_little_they_teach():
    school = new_school()
    course = new_course(school)
    ida, able, best, idle = (new_instructor(school, name=f"{name} T") for name in ("Ida", "Able", "Best", "Idle"))
    for one, level in ((ida, 3), (able, 3), (best, 5), (idle, 3)):
        qualify(one, course, proficiency=level, by=OWNER)
    new_session(course, hour_at(10, 15), instructors=[able])
    session = new_session(course, hour_at(10), instructors=[ida])
    assert told(session) == [("Best", ""), ("Idle", ""), ("Able", "")]
    found = {one.instructor.pk: one for one in substitutes_for(loaded(session))[session.pk]}
    assert found[best.pk].proficiency == 5
    assert (found[able.pk].minutes_that_week, found[idle.pk].minutes_that_week) == (60, 0)


def test_of_two_who_teach_as_little_the_better_rated_comes_first():
    school = new_school()
    ida, new, liked, loved = (new_instructor(school, name=f"{name} T") for name in ("Ida", "New", "Liked", "Loved"))
    for one, rating in ((liked, "4.20"), (loved, "4.75")):
        values = {"average_rating": Decimal(rating), "ratings": 4, "last_updated": at(0)}
        InstructorStats(school_id=school.pk, instructor=one, **values).save(force_insert=True)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    assert told(session) == [("Loved", ""), ("Liked", ""), ("New", "")]
    new_session(new_course(school), hour_at(10, 15), instructors=[loved])
    assert told(session) == [("Liked", ""), ("New", ""), ("Loved", "")]
    stats = {one.instructor.pk: one.stats for one in substitutes_for(loaded(session))[session.pk]}
    assert (stats[new.pk], stats[liked.pk].ratings) == (None, 4)


def test_each_who_cannot_says_why():
    school = new_school(most_lessons_a_day=1)
    course = new_course(school)
    names = ("Ida", "Taught", "Off", "Closed", "Full", "Other", "Free")
    ida, taught, off, closed, full, other, _free = (
        new_instructor(school, name=f"{name} T", hours=name != "Closed") for name in names
    )
    add_opening_hours(
        closed.person.diary, weekday=at(10).isoweekday(), starts=dt.time(8), ends=dt.time(10), timezone="UTC", by=OWNER
    )
    new_session(course, hour_at(10, 10, 30), instructors=[taught])
    new_session(course, hour_at(10, 18), instructors=[full])
    be_busy(off.person.diary_id, school, hour_at(10, 9, minutes=90))
    qualify(other, new_course(school), by=OWNER)
    session = new_session(course, hour_at(10), instructors=[ida])
    assert told(session)[0] == ("Free", "")
    assert dict(told(session)) == {
        "Free": "",
        "Taught": "time_taken",
        "Off": "time_taken",
        "Closed": "outside_opening_hours",
        "Full": "day_full",
        "Other": "not_qualified",
    }
    Instructor.objects.filter(id=taught.pk).update(status="left")
    assert "Taught" not in dict(told(session))
    add_closure(school, at(10).date(), at(10).date(), "Inset day", by=OWNER)
    assert dict(told(session))["Free"] == "school_closed"


def test_the_co_teacher_is_no_substitute_and_stays():
    school = new_school()
    course = new_course(school)
    ida, tom, zoe = (new_instructor(school, name=f"{name} T") for name in ("Ida", "Tom", "Zoe"))
    session = new_session(course, hour_at(10), hour_at(11), instructors=[ida, tom])
    assert told(session) == [("Zoe", "")]
    substitute(loaded(session)[0], zoe, instead_of=tom, by=OWNER)
    staff = Staffing.objects.filter(session_id=session.pk).order_by("-leads")
    assert [(one.instructor_id, one.leads) for one in staff] == [(ida.pk, True), (zoe.pk, False)]
    assert broken(school) == {}


def test_all_days_of_a_session_count():
    school = new_school()
    course = new_course(school)
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    session = new_session(course, hour_at(10), hour_at(20), instructors=[ida])
    new_session(course, hour_at(20), instructors=[tom])
    assert told(session) == [("Tom", "time_taken")]


def test_it_is_handed_over_and_the_students_are_told():
    school = new_school()
    course = new_lessons(school)
    ida = new_instructor(school)
    booking = buy_lesson(course, new_student(school), at(10))
    tom = new_instructor(school, name="Tom Other")
    (session,) = loaded(booking.session)
    substitute(session, tom, by=OWNER)
    assert list(Staffing.objects.filter(session_id=session.pk).values_list("instructor_id", flat=True)) == [tom.pk]
    assert list(Outbox.objects.filter(name="booking.changed").values_list("subject_id", flat=True)) == [booking.pk]
    told = Outbox.objects.filter(name__startswith="instructor.").order_by("id")
    assert list(told.values_list("name", "subject_id", "about_id")) == [
        ("instructor.released", ida.pk, session.pk),
        ("instructor.assigned", tom.pk, session.pk),
    ]
    booking.refresh_from_db()
    assert (booking.status, booking.moved_at) == ("pending", None)
    buy_lesson(course, new_student(school), at(10), instructor_id=ida.pk)  # her time is free again
    assert broken(school) == {}


def test_whoever_was_replaced_already_is_not_replaced_again():
    school = new_school()
    ida, tom, zoe = (new_instructor(school, name=f"{name} T") for name in ("Ida", "Tom", "Zoe"))
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    substitute(session, tom, instead_of=ida, by=OWNER)
    with pytest.raises(LessonsChanged):
        substitute(session, zoe, instead_of=ida, by=OWNER)
    with pytest.raises(LessonsChanged):
        substitute(session, zoe, by=OWNER, was_given_by=[ida.pk])
    assert staff_of([session])[session.pk] == [tom]
    substitute(session, zoe, by=OWNER, was_given_by=[tom.pk])
    assert staff_of([session])[session.pk] == [zoe]
    assert broken(school) == {}


def test_somebody_gives_what_nobody_gave():
    school = new_school()
    tom, zoe = (new_instructor(school, name=f"{name} T") for name in ("Tom", "Zoe"))
    session = new_session(new_course(school), hour_at(10))
    substitute(session, tom, by=OWNER, was_given_by=())
    with pytest.raises(LessonsChanged):
        substitute(session, zoe, by=OWNER, was_given_by=())
    assert staff_of([session])[session.pk] == [tom]


def test_somebody_taken_or_not_qualified_does_not_take_over():
    school = new_school()
    course = new_course(school)
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    session = new_session(course, hour_at(10), instructors=[ida])
    other = new_session(course, hour_at(10), instructors=[tom])
    with pytest.raises(MoveClashes):
        substitute(loaded(session)[0], tom, by=OWNER)
    qualify(tom, new_course(school), by=OWNER)
    Session.objects.filter(id=other.pk).delete()
    with pytest.raises(NotQualified):
        substitute(loaded(session)[0], tom, by=OWNER)


def test_as_many_queries_for_three_lessons_as_for_one():
    school = new_school(buffer_after_minutes=5)
    course = new_course(school)
    ida, hall = new_instructor(school), new_resource(school)
    new_instructor(school, name="Tom Other")
    sessions = [new_session(course, hour_at(day), instructors=[ida], resource=hall) for day in (10, 11, 12)]
    buy_seat(sessions[0], new_student(school))
    counts = []
    for number in (1, 3):
        rows = loaded(*sessions[:number])
        with CaptureQueriesContext(connection) as queries:
            substitutes_for(rows)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14
