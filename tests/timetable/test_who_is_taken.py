"""Who or what is in the way of a session, by name; and the slots of a stretch of time."""

import datetime as dt

from factories import (
    OWNER,
    be_busy,
    hour_at,
    new_course,
    new_instructor,
    new_resource,
    new_school,
    new_session,
    slots_of,
)  # fmt: skip
from schoolbell.bookings.sessions import cancel_session
from schoolbell.kit.time import Stretch
from schoolbell.schools.models import School
from schoolbell.timetable.queries import sessions, slots_within, who_is_taken


def test_those_who_are_taken_are_named_with_when(school: School):
    course, ida, bo = new_course(school), new_instructor(school), new_instructor(school, name="Bo Teacher")
    hall = new_resource(school, name="Hall")
    new_session(course, hour_at(5, 10), instructors=[ida], resource=hall)
    be_busy(bo.person.diary_id, school, hour_at(5, 12))
    asked = [hour_at(5, 10, 30), hour_at(5, 12)]
    assert who_is_taken([ida, bo], hall, asked) == [
        ("Ida Teacher", hour_at(5, 10)),
        ("Hall", hour_at(5, 10)),
        ("Bo Teacher", hour_at(5, 12)),
    ] or who_is_taken([ida, bo], hall, asked) == [
        ("Hall", hour_at(5, 10)),
        ("Ida Teacher", hour_at(5, 10)),
        ("Bo Teacher", hour_at(5, 12)),
    ]
    assert who_is_taken([ida], None, [hour_at(5, 11)]) == []
    assert who_is_taken([], None, asked) == []


def test_the_slots_of_a_stretch_are_those_that_meet_it(school: School):
    course = new_course(school)
    days = new_session(course, hour_at(5), hour_at(6), hour_at(7))
    off = new_session(course, hour_at(6, 12))
    cancel_session(off, by=OWNER)
    new_session(new_course(new_school()), hour_at(6))
    day = Stretch(hour_at(6, 0).starts_at, hour_at(6, 0).starts_at + dt.timedelta(days=1))
    assert [one.id for one in slots_within(school, day)] == [slots_of(days)[1].pk, *(one.pk for one in slots_of(off))]
    until = Stretch(hour_at(5, 9).starts_at, hour_at(5, 10).starts_at)
    assert slots_within(school, until) == []


def test_sessions_are_filtered_by_who_teaches_where_and_status(school: School):
    course, ida, hall = new_course(school), new_instructor(school), new_resource(school)
    taught = new_session(course, hour_at(5), instructors=[ida])
    placed = new_session(course, hour_at(6), resource=hall)
    draft = new_session(course, hour_at(7), publish=False)

    def found(**by: object) -> list[object]:
        return list(sessions(school, seen_by=OWNER, **by).order_by("starts_at"))

    assert found() == [taught, placed, draft]
    assert found(instructor_id=ida.pk) == [taught]
    assert found(resource_id=hall.pk) == [placed]
    assert found(status="draft") == [draft]
