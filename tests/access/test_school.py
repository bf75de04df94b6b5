"""A school changes who it is and its policies; what was agreed before stays."""

import datetime as dt

import pytest
import time_machine

from factories import OWNER, buy_seat, hour_at, new_course, new_school, new_session, new_student, pay_for, payer_of
from schoolbell.access.school import change_policies, change_school
from schoolbell.bookings.cancelling import free_until, owed_percent
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.overrides import change_overrides
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School

HOUR = dt.timedelta(hours=1)


def told(school: School, name: str) -> list:
    rows = Record.objects.of(school).filter(name=name).order_by("id")
    return [(one.subject_id, one.role, one.old, one.new) for one in rows]


def booked(course: Course) -> Booking:
    booking = buy_seat(new_session(course, hour_at(10)), new_student(course.school))
    pay_for(booking)
    return Booking.objects.select_related("session__course__school").get(id=booking.pk)


def test_policies_change_in_part_and_the_record_has_old_and_new(school: School):
    changed = change_policies(school, {"notice_minutes": 45, "hold_minutes": {"card": 20}}, by=OWNER)
    assert (changed.policies.notice_minutes, changed.policies.hold_minutes.card) == (45, 20)
    assert changed.policies.hold_minutes.desk == school.policies.hold_minutes.desk
    assert told(school, "school.policies_changed") == [
        (
            school.pk,
            "owner",
            {"notice_minutes": 0, "hold_minutes": {"card": 15, "desk": 2880, "transfer": 4320}},
            {"notice_minutes": 45, "hold_minutes": {"card": 20, "desk": 2880, "transfer": 4320}},
        )
    ]
    change_policies(school, {"notice_minutes": 45}, by=OWNER)
    assert len(told(school, "school.policies_changed")) == 1


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"notice_minutes": -1, "buffers_shared": "perhaps"}, ["buffers_shared", "notice_minutes"]),
        ({"hold_minutes": {"card": 0}}, ["hold_minutes.card"]),
        ({"hold_minutes": 5}, ["hold_minutes"]),
        ({"ways_to_pay": []}, ["ways_to_pay"]),
        ({"no_such_thing": 1}, ["no_such_thing"]),
    ],
)
def test_nonsense_is_refused_by_name_and_changes_nothing(school: School, values: dict, names: list[str]):
    with pytest.raises(InputRefused) as refused:
        change_policies(school, values, by=OWNER)
    assert sorted(refused.value.errors) == names
    assert School.objects.get(id=school.pk).policies == school.policies
    course = new_course(school)
    with pytest.raises(InputRefused) as refused:
        change_overrides(course, values, by=OWNER)
    assert sorted(refused.value.errors) == [f"overrides.{name}" for name in names]


@pytest.mark.django_db
def test_who_booked_before_keeps_the_terms_of_then():
    school = new_school(free_cancel_hours=24, late_fee_percent=40)
    course = new_course(school)
    first = booked(course)
    with time_machine.travel(now() + HOUR, tick=False):
        change_policies(school, {"free_cancel_hours": 72, "late_fee_percent": 100}, by=OWNER)
    with time_machine.travel(now() + 2 * HOUR, tick=False):
        change_overrides(course, {"late_fee_percent": 50}, by=OWNER)
    with time_machine.travel(now() + 3 * HOUR, tick=False):
        change_policies(school, {"free_cancel_hours": 48}, by=OWNER)
    first = Booking.objects.select_related("session__course__school").get(id=first.pk)
    starts_at = first.session.starts_at
    course = first.session.course
    terms = [
        (agreed.free_cancel_hours, agreed.late_fee_percent)
        for agreed in (course.policies_as_of(now() + hours * HOUR) for hours in (0, 1.5, 2.5, 3.5))
    ]
    assert terms == [(24, 40), (72, 100), (72, 50), (48, 50)]
    assert (course.policies.free_cancel_hours, course.policies.late_fee_percent) == (48, 50)
    client = Actor(Role.CLIENT, person_id=payer_of(first.student).person_id)
    assert free_until(first) == starts_at - 24 * HOUR
    with time_machine.travel(starts_at - HOUR, tick=False):
        assert owed_percent(first, by=client) == 60


def test_a_course_decides_for_itself_and_the_record_says_so(school: School):
    course = new_course(school, overrides={"notice_minutes": 5})
    changed = change_overrides(course, {"buffer_after_minutes": 10}, by=OWNER)
    assert (changed.policies.notice_minutes, changed.policies.buffer_after_minutes) == (0, 10)
    assert told(school, "course.overrides_changed") == [
        (course.pk, "owner", {"overrides": {"notice_minutes": 5}}, {"overrides": {"buffer_after_minutes": 10}})
    ]
    change_overrides(course, {"buffer_after_minutes": 10}, by=OWNER)
    assert len(told(school, "course.overrides_changed")) == 1


def test_who_the_school_is(school: School):
    values = {"name": " Northlight ", "colour": "#123abc", "country": "GB", "timezone": "Europe/London"}
    changed = change_school(school, values, by=OWNER)
    assert (changed.name, changed.colour, changed.country, changed.timezone) == (
        "Northlight", "#123abc", "GB", "Europe/London",
    )  # fmt: skip
    assert (changed.zone.key, changed.slug, changed.currency) == ("Europe/London", school.slug, school.currency)
    ((subject_id, _role, old, new),) = told(school, "school.changed")
    assert (subject_id, old["name"], new["name"]) == (school.pk, school.name, "Northlight")
    change_school(school, {"name": "Northlight"}, by=OWNER)
    assert len(told(school, "school.changed")) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", " "), ("colour", "red"), ("country", "Britain"), ("timezone", "Mars/Olympus"), ("language", "English"),
     ("slug", "other"), ("currency", "EUR")],
)  # fmt: skip
def test_what_a_school_cannot_be(school: School, name: str, value: str):
    with pytest.raises(InputRefused) as refused:
        change_school(school, {name: value}, by=OWNER)
    assert list(refused.value.errors) == [name]
    assert told(school, "school.changed") == []
