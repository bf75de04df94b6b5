"""A seat in a class every week over the API: previewed, taken, paused, changed and ended."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from api_client import Api
from factories import buy_seat, new_course, new_instructor, new_school, new_student, new_token
from schoolbell.bookings.models import Enrollment
from schoolbell.kit.time import UTC
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 15, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def coding() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=22)


@pytest.fixture
def owner(coding: School) -> Api:
    return Api(coding.slug, new_token(coding, Role.OWNER))


@pytest.fixture
def tuesdays(coding: School, owner: Api) -> dict:
    return a_class(coding, owner, 2)


def a_class(school: School, owner: Api, weekday: int, course: str = "") -> dict:
    course = course or str(new_course(school, capacity=2, price=2500).pk)
    body = {"course": course, "weekdays": [weekday], "starts": "16:00", "first_day": "2027-02-16", "capacity": 2}
    return owner.made("/series", body | {"instructors": [str(new_instructor(school).pk)]})


def a_body(school: School, series: dict, **more: object) -> dict:
    student = str(new_student(school, "Leo Marsh").pk)
    return {
        "type": "weekly_recurring", "student": student, "series": series["id"], "starts_on": "2027-02-16"
    } | more  # fmt: skip


def days(lessons: list[dict], status: str = "confirmed") -> list[str]:
    return [one["occurrence_on"] for one in lessons if one.get("status", status) == status]


def test_a_seat_every_week_is_previewed_and_taken(coding, owner, tuesdays, rows):
    thursdays = a_class(coding, owner, 4, tuesdays["course"]["id"])
    full = Session.objects.get(series_id=tuesdays["id"], occurrence_on=dt.date(2027, 2, 23))
    for _ in range(2):
        buy_seat(full, new_student(coding))
    body = a_body(coding, tuesdays)
    before = rows()
    seen = owner.post("/enrollments", body | {"dry_run": True}).json
    assert rows() == before
    assert [(one["occurrence_on"], one["reason"]) for one in seen["lessons"]] == [
        ("2027-02-16", None), ("2027-02-23", "full"), ("2027-03-02", None), ("2027-03-09", None)
    ]  # fmt: skip
    assert seen["lessons"][1]["alternatives"][0]["starts_at"] == "2027-02-25T16:00:00Z"
    made = owner.made("/enrollments", body)
    assert (made["in_class"], made["weekly"]["series"], made["price"]["amount"]) == (True, tuesdays["id"], 2500)
    assert days(made["lessons"]) == ["2027-02-16", "2027-03-02", "2027-03-09"]
    assert [(one["occurrence_on"], one["reason"]) for one in made["skipped"]] == [("2027-02-23", "full")]
    assert owner.post("/enrollments", body).told == (409, "already_enrolled")
    found = owner.get(f"/enrollments?series={tuesdays['id']}").json["items"]
    assert [one["id"] for one in found] == [made["id"]]
    assert owner.get(f"/enrollments?series={thursdays['id']}").json["items"] == []


def test_it_pauses_goes_on_and_ends(coding, owner, tuesdays):
    made = owner.made("/enrollments", a_body(coding, tuesdays))
    path = f"/enrollments/{made['id']}"
    seen = owner.made(f"{path}/pause", {"from_day": "2027-02-22", "dry_run": True})
    assert days(seen["cancelled"]) == ["2027-02-23", "2027-03-02", "2027-03-09"]
    paused = owner.made(f"{path}/pause", {"from_day": "2027-02-22"})
    assert (paused["status"], paused["away_from"], days(paused["lessons"])) == ("paused", "2027-02-22", ["2027-02-16"])
    seen = owner.made(f"{path}/resume", {"on": "2027-03-01", "dry_run": True})
    assert days(seen["lessons"]) == ["2027-03-02", "2027-03-09"]
    on = owner.made(f"{path}/resume", {"on": "2027-03-01"})
    assert (on["status"], on["away_until"]) == ("active", "2027-03-01")
    assert days(on["lessons"]) == ["2027-02-16", "2027-03-02", "2027-03-09"]
    ended = owner.made(f"{path}/end", {"last_day": "2027-03-02"})
    assert (ended["status"], days(ended["lessons"])) == ("ended", ["2027-02-16", "2027-03-02"])


def test_it_changes_to_another_class_of_the_course(coding, owner, tuesdays, rows):
    thursdays = a_class(coding, owner, 4, tuesdays["course"]["id"])
    made = owner.made("/enrollments", a_body(coding, tuesdays))
    path, body = f"/enrollments/{made['id']}/change", {"series": thursdays["id"], "first_day": "2027-02-22"}
    before = rows()
    seen = owner.made(path, body | {"dry_run": True})
    assert rows() == before
    assert {one["becomes"] for one in seen["lessons"]} == {"cancelled"}
    assert (days(seen["added"]), seen["first_on"]) == (["2027-02-25", "2027-03-04"], "2027-02-25")
    after = owner.made(path, body)["enrollment"]
    assert (after["weekly"]["series"], days(after["lessons"])) == (thursdays["id"], ["2027-02-25", "2027-03-04"])
    assert Enrollment.objects.get(id=made["id"]).status == "ended"
    assert owner.post(f"/enrollments/{after['id']}/change", {"weekday": 3}).told == (422, "invalid_input")


def test_what_cannot_be_asked_is_refused(coding, owner, tuesdays, rows):
    body = a_body(coding, tuesdays)
    before = rows()
    for changed, told in (
        ({"weekday": 2}, (422, "invalid_input")),
        ({"starts_on": "2027-02-14"}, (422, "invalid_input")),
        ({"series": "01a227de-62b9-769f-b7ee-989604036d31"}, (404, "not_found")),
        ({"series": None}, (422, "invalid_input")),
    ):
        assert owner.post("/enrollments", body | changed).told == told, changed
    assert rows() == before
