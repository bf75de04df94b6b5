"""Who or what is in the way of a session, by name; and the slots of a stretch of time."""

import datetime as dt

import pytest

from factories import (
    OWNER,
    be_busy,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_resource,
    new_school,
    new_session,
    new_student,
    slots_of,
)  # fmt: skip
from schoolbell.bookings.models import Attendance
from schoolbell.bookings.sessions import cancel_session
from schoolbell.kit.time import Stretch
from schoolbell.schools.models import School
from schoolbell.timetable.models import Slot
from schoolbell.timetable.queries import meeting, sessions, slots_within, who_is_taken


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


@pytest.mark.parametrize(
    ("begins", "ends", "meets"),
    [
        (-24 * 60, 0, False),  # over as the stretch begins
        (-24 * 60 + 1, 1, True),  # nothing lasts longer
        (-1, 1, True),
        (10, 20, True),
        (59, 24 * 60, True),
        (60, 61, False),  # begins as the stretch ends
    ],
)
def test_what_meets_a_stretch(school: School, begins: int, ends: int, meets: bool):
    hour = hour_at(6)
    minutes = [hour.starts_at + dt.timedelta(minutes=number) for number in (begins, ends)]
    (slot,) = slots_of(new_session(new_course(school), Stretch(*minutes)))
    assert Slot.objects.of(school).filter(meeting(hour)).exists() is meets
    seats = Attendance.objects.of(school).filter(meeting(hour, "slot__"))
    buy_seat(slot.session, new_student(school))
    assert seats.exists() is meets


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
