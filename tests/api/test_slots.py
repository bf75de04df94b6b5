"""A coach's slots over the API: previewed, published, listed and deleted in the coaching design's words."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api_client import Api
from factories import (
    OWNER,
    be_busy,
    buy_seat,
    hour_at,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    new_token,
    slots_of,
)
from schoolbell.bookings.actions import cancel_booking
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

NEW_YEAR = dt.date(2100, 3, 1)  # a Monday


@pytest.fixture
def practice(db: None) -> School:
    return new_school("coaching")


@pytest.fixture
def coach(practice: School) -> Instructor:
    return new_instructor(practice, hours=False)


@pytest.fixture
def herself(practice: School, coach: Instructor) -> Api:
    return Api(practice.slug, new_token(practice, Role.INSTRUCTOR, coach.person))


def a_plan(school: School, **values: object) -> dict[str, object]:
    """Mondays from nine to eleven, an hour each, for two weeks."""
    return {
        "course": str(new_lessons(school, name="Call").pk),
        "weekdays": [1],
        "starts": "09:00",
        "ends": "11:00",
        "first_day": NEW_YEAR.isoformat(),
        "weeks": 2,
    } | values


def monday(week: int, hour: int) -> Stretch:
    starts_at = dt.datetime.combine(NEW_YEAR, dt.time(hour), tzinfo=UTC) + dt.timedelta(weeks=week)
    return Stretch(starts_at, starts_at + dt.timedelta(hours=1))


def test_a_coach_previews_publishes_and_publishes_again(practice, coach, herself, rows):
    be_busy(coach.person.diary_id, practice, monday(1, 9))
    plan, path = a_plan(practice), f"/instructors/{coach.pk}/slots"
    before = rows()
    preview = herself.post(path, plan | {"dry_run": True})
    assert preview.status == 200
    assert preview.json == {
        "dry_run": True,
        "published": 0,
        "slots": [
            {"starts_at": f"2100-03-{day}T{hour}:00:00Z", "ends_at": f"2100-03-{day}T{ends}:00:00Z", "slot": None}
            | {"session": None, "reason": reason, "detail": detail}
            for day, hour, ends, reason, detail in (
                ("01", "09", "10", None, ""),
                ("01", "10", "11", None, ""),
                ("08", "09", "10", "clash", "Ida Teacher is busy then, 09:00–10:00."),
                ("08", "10", "11", None, ""),
            )
        ],
    }
    assert herself.post(path, plan).told == (409, "slots_clash")
    assert rows() == before
    published = herself.post(path, plan | {"clashing": "skip"})
    assert (published.status, published.json["published"]) == (201, 3)
    made = [one["session"] for one in published.json["slots"]]
    assert made == [None if week else str(one) for week, one in zip(
        (0, 0, 1, 0), _in_order(Session.objects.of(practice).order_by("starts_at"), gap=2), strict=True
    )]  # fmt: skip
    again = herself.post(path, plan | {"clashing": "skip"}).json
    assert (again["published"], [one["reason"] for one in again["slots"]]) == (0, ["there", "there", "clash", "there"])
    assert [one["session"] for one in again["slots"]] == made


def _in_order(sessions, *, gap: int) -> list[object]:
    ids = [one.pk for one in sessions]
    return [*ids[:gap], None, *ids[gap:]]


def test_slots_are_listed_with_their_state_and_booking_and_deleted_while_nobody_booked_them(practice, coach, herself):
    course = new_lessons(practice, name="Call")
    open_, booked, called_off = (new_session(course, hour_at(day), instructors=[coach]) for day in (5, 6, 7))
    booking = buy_seat(booked, new_student(practice, "Theo Bach"))
    cancel_booking(buy_seat(called_off, new_student(practice)), by=OWNER)
    items = herself.get(f"/instructors/{coach.pk}/slots").json["items"]
    assert [(one["state"], one["deletable"]) for one in items] == [
        ("AVAILABLE", True), ("UNAVAILABLE", False), ("UNAVAILABLE", False),
    ]  # fmt: skip
    assert items[0]["id"] == str(slots_of(open_)[0].pk)
    assert (items[0]["session"], items[0]["course"], items[0]["booking"]) == (
        str(open_.pk), {"id": str(course.pk), "name": "Call"}, None,
    )  # fmt: skip
    assert items[1]["booking"] == {
        "id": str(booking.pk),
        "reference": booking.reference,
        "state": "ACTIVE",
        "student": {"id": str(booking.student_id), "name": "Theo Bach"},
    }
    assert items[2]["booking"]["state"] == "CANCELLED"
    states = {one["id"]: one["state"] for one in herself.get("/bookings").json["items"]}
    assert states == {items[1]["booking"]["id"]: "ACTIVE", items[2]["booking"]["id"]: "CANCELLED"}

    assert [herself.send("DELETE", f"/slots/{one['id']}").told for one in items[1:]] == [(409, "slot_unavailable")] * 2
    gone = herself.send("DELETE", f"/slots/{items[0]['id']}")
    assert (gone.status, gone.json) == (200, items[0])
    assert herself.send("DELETE", f"/slots/{items[0]['id']}").told == (404, "not_found")
    assert [one["id"] for one in herself.get(f"/instructors/{coach.pk}/slots").json["items"]] == [
        one["id"] for one in items[1:]
    ]


def test_slots_are_deleted_by_their_coach_and_by_staff_of_their_school_only(practice, coach, herself):
    other = new_instructor(practice, hours=False)
    slot = slots_of(new_session(new_lessons(practice), hour_at(5), instructors=[other]))[0]
    stranger = new_school()
    assert herself.send("DELETE", f"/slots/{slot.pk}").told == (404, "not_found")
    assert Api(practice.slug).send("DELETE", f"/slots/{slot.pk}").told == (401, "not_signed_in")
    parent = Api(practice.slug, new_token(practice, Role.CLIENT, new_student(practice).person))
    assert parent.send("DELETE", f"/slots/{slot.pk}").told == (403, "not_allowed")
    theirs = Api(stranger.slug, new_token(stranger, Role.OWNER))
    assert theirs.send("DELETE", f"/slots/{slot.pk}").told == (404, "not_found")
    assert Api(practice.slug, new_token(practice, Role.ADMIN)).send("DELETE", f"/slots/{slot.pk}").status == 200


def test_a_page_of_slots_takes_as_many_queries_with_one_as_with_three(practice, coach, herself):
    course = new_lessons(practice)

    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert herself.get(f"/instructors/{coach.pk}/slots").status == 200
        return len(taken)

    buy_seat(new_session(course, hour_at(5), instructors=[coach]), new_student(practice))
    with_one = queries()
    for day in (6, 7):
        buy_seat(new_session(course, hour_at(day), instructors=[coach]), new_student(practice))
    assert queries() == with_one


def test_slots_are_listed_by_when_they_are_a_page_at_a_time(practice, coach, herself):
    course, path = new_lessons(practice), f"/instructors/{coach.pk}/slots"
    ids = [str(slots_of(new_session(course, hour_at(day), instructors=[coach]))[0].pk) for day in (5, 6, 7)]
    day = hour_at(6).starts_at.date().isoformat()
    assert [one["id"] for one in herself.get(path, from_=day, to=day).json["items"]] == ids[1:2]
    first = herself.get(path, limit=2).json
    assert [one["id"] for one in first["items"]] == ids[:2]
    assert [one["id"] for one in herself.get(path, limit=2, after=first["next"]).json["items"]] == ids[2:]
