"""Weekly lessons over the API: previewed, enrolled, paused, resumed and ended."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api_client import Api
from factories import (
    OWNER,
    be_busy,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_student,
    new_token,
    payer_of,
)
from schoolbell.kit.time import UTC, Stretch
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db

TUESDAY = dt.date(2027, 2, 16)


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


def a_body(school: School, **values: object) -> dict[str, object]:
    """Tuesdays at four, for a child of this school."""
    return {
        "type": "weekly_recurring",
        "student": str(new_student(school, "Leo Marsh").pk),
        "course": str(new_lessons(school, price=4500).pk),
        "instructor": str(new_instructor(school).pk),
        "weekday": 2,
        "starts": "16:00",
        "starts_on": TUESDAY.isoformat(),
    } | values


def four_o_clock(week: int) -> Stretch:
    starts_at = dt.datetime(2027, 2, 16, 16, tzinfo=UTC) + dt.timedelta(weeks=week)
    return Stretch(starts_at, starts_at + dt.timedelta(hours=1))


def days(lessons: list[dict]) -> list[str]:
    return [one["occurrence_on"] for one in lessons]


def test_every_lesson_is_previewed_and_what_clashes_comes_with_alternatives(coding, owner, rows):
    ida = new_instructor(coding)
    be_busy(ida.person.diary_id, coding, four_o_clock(1))
    body = a_body(coding, instructor=str(ida.pk))
    before = rows()
    preview = owner.post("/enrollments", body | {"dry_run": True})
    assert preview.status == 200
    assert rows() == before
    lessons = preview.json["lessons"]
    assert days(lessons) == ["2027-02-16", "2027-02-23", "2027-03-02", "2027-03-09"]
    assert [one["reason"] for one in lessons] == [None, "clash", None, None]
    assert lessons[1]["taken"] == [
        {"who": "Ida Teacher", "starts_at": "2027-02-23T16:00:00Z", "ends_at": "2027-02-23T17:00:00Z"}
    ]
    assert {one["starts_at"] for one in lessons[1]["alternatives"]} >= {
        "2027-02-23T15:00:00Z", "2027-02-23T17:00:00Z",
    }  # fmt: skip

    made = owner.post("/enrollments", body)
    assert made.status == 201
    told = made.json
    assert (told["type"], told["status"], told["price"], told["starts_on"], told["ends_on"]) == (
        "weekly_recurring", "active", {"amount": 4500, "currency": coding.currency}, "2027-02-16", None,
    )  # fmt: skip
    assert told["student"]["name"] == "Leo Marsh"
    assert (told["weekly"]["rule"], told["weekly"]["starts"], told["weekly"]["instructors"][0]["name"]) == (
        "FREQ=WEEKLY;BYDAY=TU", "16:00", "Ida Teacher",
    )  # fmt: skip
    assert days(told["lessons"]) == ["2027-02-16", "2027-03-02", "2027-03-09"]
    assert {one["status"] for one in told["lessons"]} == {"confirmed"}
    assert days(told["skipped"]) == ["2027-02-23"]
    assert told["skipped"][0] == lessons[1]
    assert owner.get(f"/enrollments/{told['id']}").json == told


def test_lessons_pause_go_on_and_end(coding, owner):
    made = owner.made("/enrollments", a_body(coding))
    path = f"/enrollments/{made['id']}"

    def live(told: dict) -> list[str]:
        return days([one for one in told["lessons"] if one["status"] == "confirmed"])

    paused = owner.made(f"{path}/pause", {"from_day": "2027-02-22"})
    assert (paused["status"], live(paused)) == ("paused", ["2027-02-16"])
    assert owner.post(f"{path}/pause", {"from_day": "2027-02-22"}).told == (409, "wrong_status")
    resumed = owner.made(f"{path}/resume", {"on": "2027-03-01"})
    assert (resumed["status"], live(resumed)) == ("active", ["2027-02-16", "2027-03-02", "2027-03-09"])
    assert resumed["weekly"]["series"] != made["weekly"]["series"]
    ended = owner.made(f"{path}/end", {"last_day": "2027-03-02"})
    assert (ended["status"], ended["ends_on"], live(ended)) == ("ended", "2027-03-02", ["2027-02-16", "2027-03-02"])
    assert owner.post(f"{path}/resume", {"on": "2027-03-09"}).told == (409, "wrong_status")


def test_one_lesson_far_ahead_is_left_out_and_put_back(coding, owner):
    path = f"/enrollments/{owner.made('/enrollments', a_body(coding))['id']}"
    day = {"day": "2027-04-06"}
    told = owner.made(f"{path}/leave-out", day)
    assert [(one["occurrence_on"], one["reason"]) for one in told["skipped"]] == [("2027-04-06", "cancelled")]
    assert owner.made(f"{path}/put-back", day)["skipped"] == []
    assert owner.post(f"{path}/leave-out", {"day": "2027-02-23"}).json["errors"] == {
        "day": ["It is on the timetable already. Cancel it there, so that everybody is told."]
    }


def test_a_family_sees_its_own_and_changes_nothing(coding, owner):
    made = owner.made("/enrollments", a_body(coding))
    owner.made("/enrollments", a_body(coding))
    child = new_student(coding)
    parent = payer_of(child)
    mine = owner.made("/enrollments", a_body(coding, student=str(child.pk)))
    family = Api(coding.slug, new_token(coding, Role.CLIENT, parent.person))
    assert [one["id"] for one in family.get("/enrollments").json["items"]] == [mine["id"]]
    assert family.get(f"/enrollments/{mine['id']}").status == 200
    assert family.get(f"/enrollments/{made['id']}").told == (404, "not_found")
    assert family.post(f"/enrollments/{mine['id']}/end", {"last_day": "2027-03-02"}).told == (403, "not_allowed")
    assert Api(coding.slug).get("/enrollments").told == (401, "not_signed_in")
    assert len(owner.get("/enrollments", student=str(child.pk)).json["items"]) == 1


def test_what_cannot_be_is_refused_and_nothing_is_written(coding, owner, rows):
    group = new_lessons(coding, format="group", name="Club")
    full = new_instructor(coding)
    for week in range(4):
        be_busy(full.person.diary_id, coding, four_o_clock(week))
    body, stranger = a_body(coding), str(new_student(new_school()).pk)
    before = rows()
    for changed, told in (
        ({"course": str(group.pk)}, (409, "not_on_demand")),
        ({"instructor": str(full.pk)}, (409, "time_taken")),
        ({"weekday": 8}, (422, "invalid_input")),
        ({"every": 0}, (422, "invalid_input")),
        ({"every": 5}, (422, "invalid_input")),
        ({"every": "2"}, (422, "invalid_input")),
        ({"starts_on": "2027-02-14"}, (422, "invalid_input")),
        ({"ends_on": "2027-02-15"}, (422, "invalid_input")),
        ({"student": stranger}, (404, "not_found")),
    ):
        assert owner.post("/enrollments", body | changed).told == told, changed
        assert rows() == before, changed


def test_a_page_of_enrollments_takes_as_many_queries_with_one_as_with_three(coding, owner):
    course, room = new_lessons(coding, resource_kind="online_room"), new_resource(coding, kind="online_room")
    ida = new_instructor(coding)

    def enroll(hour: int) -> None:
        student = new_student(coding)
        plan = WeeklyPlan(student, payer_of(student), course, ida, 2, dt.time(hour), TUESDAY, resource=room)
        enroll_weekly(plan, by=OWNER)

    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert owner.get("/enrollments").status == 200
        return len(taken)

    enroll(9)
    with_one = queries()
    enroll(10)
    enroll(11)
    assert queries() == with_one


def test_a_change_of_weekly_lessons_is_previewed_and_made(coding, owner, rows):
    made = owner.made("/enrollments", a_body(coding))
    path, body = f"/enrollments/{made['id']}", {"first_day": "2027-02-22", "weekday": 4, "starts": "17:00"}
    before = rows()
    looked = owner.made(f"{path}/change", body | {"dry_run": True})
    assert rows() == before
    assert [(one["becomes"], one["new_starts_at"], one["students"][0]["name"]) for one in looked["lessons"]] == [
        ("moved", "2027-02-25T17:00:00Z", "Leo Marsh"),
        ("moved", "2027-03-04T17:00:00Z", "Leo Marsh"),
        ("moved", "2027-03-11T17:00:00Z", "Leo Marsh"),
    ]
    changed = owner.made(f"{path}/change", body)["enrollment"]
    assert changed["weekly"]["rule"] == "FREQ=WEEKLY;BYDAY=TH"
    assert days(changed["lessons"]) == ["2027-02-16", "2027-02-25", "2027-03-04", "2027-03-11"]
    assert [one["booking"] for one in changed["lessons"]] == [one["booking"] for one in made["lessons"]]


def test_lessons_every_second_week_stay_so_when_their_weekday_changes(coding, owner):
    body = a_body(coding, every=2)
    assert days(owner.post("/enrollments", body | {"dry_run": True}).json["lessons"]) == ["2027-02-16", "2027-03-02"]
    made = owner.made("/enrollments", body)
    assert (made["weekly"]["every"], days(made["lessons"])) == (2, ["2027-02-16", "2027-03-02"])
    change = {"first_day": "2027-02-22", "weekday": 4}
    changed = owner.made(f"/enrollments/{made['id']}/change", change)["enrollment"]
    assert (changed["weekly"]["rule"], changed["weekly"]["every"]) == ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", 2)
    assert days(changed["lessons"]) == ["2027-02-16", "2027-03-04"]
    change = {"first_day": "2027-02-22", "starts": "17:00"}
    later = owner.made(f"/enrollments/{made['id']}/change", change)["enrollment"]
    assert (later["weekly"]["every"], days(later["lessons"])) == (2, ["2027-02-16", "2027-03-04"])
    assert owner.made("/enrollments", a_body(coding))["weekly"]["every"] == 1


def test_how_often_lessons_are_changes_from_the_next_one_on(coding, owner, rows):
    made = owner.made("/enrollments", a_body(coding))
    path, body = f"/enrollments/{made['id']}/change", {"first_day": "2027-02-22", "every": 2}
    before = rows()
    looked = owner.made(path, body | {"dry_run": True})
    assert rows() == before
    assert [one["becomes"] for one in looked["lessons"]] == ["same", "cancelled", "same"]
    assert (looked["first_on"], looked["enrollment"]) == ("2027-02-23", None)
    changed = owner.made(path, body)
    assert changed["first_on"] is None
    assert (changed["enrollment"]["weekly"]["every"], [one["status"] for one in changed["enrollment"]["lessons"]]) == (
        2, ["confirmed", "confirmed", "cancelled", "confirmed"]
    )  # fmt: skip
    for every in (0, 5, "2"):
        assert owner.post(path, body | {"every": every}).told == (422, "invalid_input")


def test_pauses_and_ends_are_previewed(coding, owner, rows):
    made = owner.made("/enrollments", a_body(coding))
    path, before = f"/enrollments/{made['id']}", rows()
    pause = {"from_day": "2027-02-22", "until": "2027-03-01"}
    paused = owner.made(f"{path}/pause", pause | {"dry_run": True})
    assert (days(paused["cancelled"]), paused["lessons"]) == (["2027-02-23"], [])
    ended = owner.made(f"{path}/end", {"last_day": "2027-02-28", "dry_run": True})
    assert days(ended["cancelled"]) == ["2027-03-02", "2027-03-09"]
    assert rows() == before
    whole = owner.made(f"{path}/pause", pause)
    assert (whole["status"], days(whole["lessons"])) == ("active", days(made["lessons"]))
    assert [one["status"] for one in whole["lessons"]] == ["confirmed", "cancelled", "confirmed", "confirmed"]
    owner.made(f"{path}/pause", {"from_day": "2027-03-02"})
    resumed = owner.made(f"{path}/resume", {"on": "2027-03-08", "dry_run": True})
    assert (resumed["cancelled"], days(resumed["lessons"])) == ([], ["2027-03-09"])


@pytest.mark.parametrize("kind", ["trial", "one_off"])
def test_what_only_weekly_lessons_have_is_refused_of_others(coding: School, owner: Api, kind: str):
    course = new_lessons(coding, price=4500, trial_price=0)
    new_instructor(coding)
    made = owner.made(
        "/bookings",
        {
            "course": str(course.pk),
            "starts_at": "2027-02-16T16:00:00Z",
            "student": str(new_student(coding).pk),
            "enrollment_type": kind,
        },
    )
    enrollment = f"/enrollments/{made['enrollment']}"
    day = TUESDAY.isoformat()
    asked: dict[str, dict[str, object]] = {
        "leave-out": {"day": day},
        "put-back": {"day": day},
        "change": {"weekday": 3},
        "pause": {"from_day": day},
        "resume": {"on": day},
        "end": {"last_day": day},
    }
    before = owner.get(enrollment).json
    for act, body in asked.items():
        for more in ({},) if act in ("leave-out", "put-back") else ({}, {"dry_run": True}):
            answer = owner.post(f"{enrollment}/{act}", body | more)
            assert answer.told == (409, "wrong_status"), act
            assert answer.json["detail"] == "This is no enrollment in weekly lessons."
    assert owner.get(enrollment).json == before


def test_a_lesson_that_its_enrollment_pays_for_is_confirmed_already(coding: School, owner: Api):
    made = owner.made("/enrollments", a_body(coding))
    lesson = made["lessons"][0]
    before = owner.get(f"/bookings/{lesson['booking']}").json
    for body in (None, {"waive_reason": "a friend"}):
        again = owner.post(f"/bookings/{lesson['booking']}/confirm", body)
        assert (again.status, again.json) == (200, before)
    assert owner.post(f"/bookings/{lesson['booking']}/cancel").status == 200
    assert owner.post(f"/bookings/{lesson['booking']}/confirm").told == (409, "wrong_status")
