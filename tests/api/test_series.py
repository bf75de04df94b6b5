"""Classes that repeat, over the API: previewed, put on the timetable, and extended by the worker."""

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
    buy_seat,
    new_course,
    new_instructor,
    new_resource,
    new_school,
    new_student,
    new_token,
)
from invariants import broken
from schoolbell.catalogue.actions import qualify
from schoolbell.catalogue.models import Course
from schoolbell.diary.closures import add_closure
from schoolbell.kit.time import UTC, Stretch
from schoolbell.planning.tasks import Nightly
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2027, 3, 15, 12, tzinfo=UTC)  # a Monday; in London the clocks go forward on the 28th


@pytest.fixture(autouse=True)
def _a_monday_in_march() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def london() -> School:
    return new_school("courses", timezone="Europe/London", weekly_ahead_days=21)


@pytest.fixture
def owner(london: School) -> Api:
    return Api(london.slug, new_token(london, Role.OWNER))


def a_body(school: School, **values: object) -> dict[str, object]:
    """Mondays and Thursdays at six."""
    course = new_course(school, name="Choir", capacity=12)
    return {"course": str(course.pk), "weekdays": [4, 1], "starts": "18:00", "first_day": "2027-03-16"} | values


def days(lessons: list[dict]) -> list[str]:
    return [one["occurrence_on"] for one in lessons]


def test_a_series_is_previewed_and_made_around_closed_days_and_clashes(london, owner, rows):
    ida, hall = new_instructor(london, hours=False), new_resource(london, capacity=8)
    add_closure(london, dt.date(2027, 3, 22), dt.date(2027, 3, 22), "Works", by=OWNER)
    six = dt.datetime(2027, 3, 25, 18, tzinfo=UTC)
    be_busy(hall.diary_id, london, Stretch(six, six + dt.timedelta(minutes=30)))
    body = a_body(london, instructors=[str(ida.pk)], resource=str(hall.pk))
    before = rows()
    preview = owner.post("/series", body | {"dry_run": True})
    assert (preview.status, rows()) == (200, before)
    lessons = preview.json["lessons"]
    assert [(one["occurrence_on"], one["reason"]) for one in lessons] == [
        ("2027-03-18", None),
        ("2027-03-22", "closure"),
        ("2027-03-25", "clash"),
        ("2027-03-29", None),
        ("2027-04-01", None),
        ("2027-04-05", None),
    ]
    assert [one["who"] for one in lessons[2]["taken"]] == ["Hall"]

    made = owner.made("/series", body)
    assert (made["rule"], made["capacity"], made["first_day"], made["last_day"], made["publishes"]) == (
        "FREQ=WEEKLY;BYDAY=MO,TH", 8, "2027-03-16", None, True,
    )  # fmt: skip
    assert (made["instructors"], made["resource"]) == (
        [{"id": str(ida.pk), "name": "Ida Teacher"}], {"id": str(hall.pk), "name": "Hall"},
    )  # fmt: skip
    assert [(one["occurrence_on"], one["starts_at"]) for one in made["sessions"]] == [
        ("2027-03-18", "2027-03-18T18:00:00Z"),
        ("2027-03-29", "2027-03-29T17:00:00Z"),
        ("2027-04-01", "2027-04-01T17:00:00Z"),
        ("2027-04-05", "2027-04-05T17:00:00Z"),
    ]
    assert days(made["skipped"]) == ["2027-03-22", "2027-03-25"]
    assert owner.get(f"/series/{made['id']}").json == made
    assert set(Session.objects.of(london).values_list("status", "capacity")) == {("published", 8)}
    assert broken(london) == {}


def test_the_worker_adds_what_comes_later_and_drafts_stay_drafts(london, owner):
    made = owner.made("/series", a_body(london, publishes=False, last_day="2027-04-12"))
    assert days(made["sessions"])[-1] == "2027-04-05"
    with time_machine.travel(NOON + dt.timedelta(days=7), tick=False):
        nightly = Nightly()
        while nightly.extend_next_school():
            pass
        after = owner.get(f"/series/{made['id']}").json["sessions"]
    assert days(after)[-2:] == ["2027-04-08", "2027-04-12"]
    assert {one["status"] for one in after} == {"draft"}


def test_what_cannot_be_is_refused_and_nothing_is_written(london, owner, rows):
    body, ida = a_body(london), new_instructor(london)
    qualify(ida, new_course(london), by=OWNER)
    hall = new_resource(london, capacity=5)
    before = rows()
    for changed, told in (
        ({"weekdays": None}, (422, "invalid_input")),
        ({"rule": "FREQ=DAILY"}, (422, "invalid_input")),
        ({"weekdays": None, "rule": "FREQ=HOURLY"}, (422, "invalid_input")),
        ({"weekdays": None, "rule": "FREQ=DAILY;INTERVAL=0"}, (422, "invalid_input")),
        ({"first_day": "2027-03-14"}, (422, "invalid_input")),
        ({"last_day": "2027-03-15"}, (422, "invalid_input")),
        ({"resource": str(hall.pk), "capacity": 6}, (422, "invalid_input")),
        ({"instructors": [str(ida.pk)]}, (409, "not_qualified")),
        ({"instructors": [str(ida.pk)] * 2}, (422, "invalid_input")),
    ):
        assert owner.post("/series", body | changed).told == told, changed
        assert rows() == before, changed


def test_who_may_see_and_make_series(london, owner):
    made = owner.made("/series", a_body(london))
    ida = new_instructor(london)
    teacher = Api(london.slug, new_token(london, Role.INSTRUCTOR, ida.person))
    assert teacher.get(f"/series/{made['id']}").status == 200
    assert teacher.post("/series", a_body(london)).told == (403, "not_allowed")
    assert Api(london.slug).get("/series").told == (401, "not_signed_in")
    stranger = new_school()
    theirs = Api(stranger.slug, new_token(stranger, Role.OWNER))
    assert theirs.get(f"/series/{made['id']}").told == (404, "not_found")


def test_a_page_of_series_takes_as_many_queries_with_one_as_with_three(london, owner):
    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert owner.get("/series").status == 200
        return len(taken)

    owner.made("/series", a_body(london))
    with_one = queries()
    owner.made("/series", a_body(london))
    owner.made("/series", a_body(london))
    assert queries() == with_one


def test_a_change_is_previewed_with_names_and_made_from_a_day_on(london, owner, rows):
    made = owner.made("/series", a_body(london))
    sam = new_student(london)
    buy_seat(Session.objects.get(series_id=made["id"], occurrence_on="2027-03-25"), sam)
    owner.made(f"/sessions/{made['sessions'][1]['id']}/cancel", {})
    path = f"/series/{made['id']}"
    body = {"first_day": "2027-03-22", "weekdays": [2, 4], "starts": "19:00"}
    before = rows()
    looked = owner.made(f"{path}/change", body | {"dry_run": True})
    assert rows() == before
    assert looked["series"] is None
    told = [(one["occurrence_on"], one["becomes"], one["new_starts_at"], one["students"]) for one in looked["lessons"]]
    assert told == [
        ("2027-03-25", "moved", "2027-03-25T19:00:00Z", [{"id": str(sam.pk), "name": "Sam Learner"}]),
        ("2027-03-29", "moved", "2027-03-30T18:00:00Z", []),
        ("2027-04-01", "moved", "2027-04-01T18:00:00Z", []),
        ("2027-04-05", "moved", "2027-04-06T18:00:00Z", []),
    ]  # fmt: skip
    after = owner.made(f"{path}/change", body)["series"]
    assert (after["follows"], after["rule"], after["starts"]) == (made["id"], "FREQ=WEEKLY;BYDAY=TU,TH", "19:00")
    assert [(one["occurrence_on"], one["status"]) for one in after["sessions"]] == [
        ("2027-03-23", "cancelled"), ("2027-03-25", "published"), ("2027-03-30", "published"),
        ("2027-04-01", "published"), ("2027-04-06", "published"),
    ]  # fmt: skip
    assert owner.get(path).json["last_day"] == "2027-03-21"
    assert broken(london) == {}


def test_what_speaks_against_a_change_is_said_and_the_office_may_go_on(london, owner, rows):
    ida = new_instructor(london, hours=False)
    body = a_body(london)
    qualify(ida, Course.objects.get(id=body["course"]), by=OWNER)
    made = owner.made("/series", body | {"instructors": [str(ida.pk)]})
    be_busy(ida.person.diary_id, london, Stretch(NOON.replace(day=25, hour=19), NOON.replace(day=25, hour=21)))
    path, change = f"/series/{made['id']}", {"starts": "19:30"}
    clashing = [one for one in owner.made(f"{path}/change", change | {"dry_run": True})["lessons"] if one["clashes"]]
    assert [(one["occurrence_on"], one["clashes"][0]["who"]) for one in clashing] == [("2027-03-25", "Ida Teacher")]
    before = rows()
    assert owner.post(f"{path}/change", change).told == (409, "time_taken")
    for wrong in (
        {"capacity": 13},
        {"first_day": "2027-03-14"},
        {"rule": "FREQ=HOURLY"},
        {"weekdays": [1], "rule": "X"},
    ):
        assert owner.post(f"{path}/change", wrong).told == (422, "invalid_input"), wrong
    assert rows() == before
    after = owner.made(f"{path}/change", change | {"leave_clashing": True})["series"]
    assert [one["starts_at"][11:16] for one in after["sessions"]] == [
        "19:30",
        "19:30",
        "18:00",
        "18:30",
        "18:30",
        "18:30",
    ]
    stays = owner.made(f"/series/{after['id']}/change", {"capacity": 5, "dry_run": True})["lessons"]
    assert [one["becomes"] for one in stays] == ["changed", "changed", "kept", "changed", "changed", "changed"]


def test_a_series_ends_with_a_preview_of_who_is_told(london, owner, rows):
    made = owner.made("/series", a_body(london))
    sam = new_student(london)
    booking = buy_seat(Session.objects.get(series_id=made["id"], occurrence_on="2027-04-01"), sam)
    before, path = rows(), f"/series/{made['id']}"
    looked = owner.made(f"{path}/end", {"last_day": "2027-03-28", "dry_run": True})
    assert rows() == before
    assert [[one["name"] for one in lost["students"]] for lost in looked["cancelled"]] == [[], ["Sam Learner"], []]
    ended = owner.made(f"{path}/end", {"last_day": "2027-03-28"})
    assert ended["cancelled"] == looked["cancelled"]
    assert ended["series"]["last_day"] == "2027-03-28"
    booking.refresh_from_db()
    assert (booking.status, booking.settled_at is None) == ("cancelled", False)
    assert owner.post(f"{path}/end", {"last_day": "2027-04-28"}).told == (422, "invalid_input")


def test_one_class_is_cancelled_or_moved_with_names(london, owner, rows):
    made = owner.made("/series", a_body(london))
    buy_seat(Session.objects.get(id=made["sessions"][0]["id"]), new_student(london))
    path, before = f"/sessions/{made['sessions'][0]['id']}", rows()
    assert owner.made(f"{path}/cancel", {"dry_run": True})["students"][0]["name"] == "Sam Learner"
    there = {"slots": [{"starts_at": "2027-03-19T18:00:00Z", "ends_at": "2027-03-19T19:00:00Z"}], "dry_run": True}
    assert owner.made(f"{path}/move", there)["students"][0]["name"] == "Sam Learner"
    assert rows() == before


def test_a_day_far_ahead_is_left_out_and_put_back(london, owner, rows):
    path = f"/series/{owner.made('/series', a_body(london))['id']}"
    day = {"day": "2027-05-06"}
    told = owner.made(f"{path}/leave-out", day)
    assert [(one["occurrence_on"], one["reason"], one["alternatives"]) for one in told["skipped"]] == [
        ("2027-05-06", "cancelled", [])
    ]
    assert owner.get("/skipped-lessons").json["items"] == []  # it waits for nobody
    assert owner.made(f"{path}/put-back", day)["skipped"] == []
    before = rows()
    assert owner.post(f"{path}/put-back", day).told == (409, "not_skipped")
    for wrong in ("2027-05-07", "2027-03-18", "2027-13-01", None):
        assert owner.post(f"{path}/leave-out", {"day": wrong}).told == (422, "invalid_input")
    for body in ({}, day | {"x": 1}):
        assert owner.post(f"{path}/leave-out", body).told == (422, "invalid_input")
    assert rows() == before
