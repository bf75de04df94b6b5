"""What cannot be understood is refused with the right 4xx and its code, and nothing at all is written."""

import base64
import datetime as dt
import re
from collections.abc import Callable
from copy import copy
from typing import Any

import orjson
import pytest

from api_client import Api, Reply
from databases import row_counts
from factories import (
    at,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    new_token,
    order_of,
)
from schoolbell.api.app import api as ninja_api
from schoolbell.catalogue.models import Course
from schoolbell.kit.ids import new_id
from schoolbell.people.models import Instructor, Person, Student
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Session

START, END = "2100-03-01T10:00:00Z", "2100-03-01T11:00:00Z"
FIRST, LAST = "0001-01-01T00:00:00+11:00", "9999-12-31T23:59:59-11:00"
DEEP = {"a": {"b": {"c": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}}}
PLAN = {"course": "<course>", "weekdays": [1], "starts": "09:00", "ends": "10:00"} | {
    "first_day": "2100-03-01",
    "weeks": 1,
}
SLOT = {"starts_at": START, "ends_at": END}
MALFORMED, INVALID = (422, "malformed_json"), (422, "invalid_input")


class Place:
    """A school with one of each, to aim bad input at."""

    def __init__(self, school: School) -> None:
        self.course: Course = new_course(school, capacity=8)
        self.lessons: Course = new_lessons(school)
        self.instructor: Instructor = new_instructor(school)
        self.resource: Resource = new_resource(school, capacity=5)
        self.student: Student = new_student(school)
        self.session: Session = new_session(self.course)
        self.booking = buy_seat(self.session, new_student(school))
        self.order = order_of(self.booking)

    def path(self, template: str) -> str:
        """What is not here is named by an id that nobody has: what is sent is looked at first."""
        return re.sub(
            r"\{(\w+)\}", lambda name: str(getattr(self, name[1]).pk if hasattr(self, name[1]) else new_id()), template
        )

    def body(self, value: Any) -> Any:
        """With the names in braces replaced by ids."""
        if isinstance(value, dict):
            return {name: self.body(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.body(inner) for inner in value]
        if isinstance(value, str) and value.startswith("<"):
            return str(getattr(self, value.strip("<>")).pk)
        return value


@pytest.fixture(scope="module")
def the_school(committed: None) -> School:
    return new_school()


@pytest.fixture(scope="module")
def the_place(the_school: School) -> Place:
    return Place(the_school)


@pytest.fixture
def school(the_school: School, db: None) -> School:
    return copy(the_school)


@pytest.fixture
def place(the_place: Place, school: School) -> Place:
    return copy(the_place)


@pytest.fixture
def refused(api: Api, place: Place, rows: Callable[[], dict[str, int]]) -> Callable[..., Reply]:
    """POST, and see that no table has a row more or less."""

    def post(path: str, body: Any = None, **more: Any) -> Reply:
        before = rows()
        reply = api.post(place.path(path), place.body(body), **more)
        assert rows() == before
        return reply

    return post


def posts() -> dict[str, dict[str, Any]]:
    """Every address of the document that takes a POST, with its body as it is told there."""
    document = ninja_api.get_openapi_schema()
    found = {path: item["post"] for path, item in document["paths"].items() if "post" in item}
    return {
        path.removeprefix("/api/v1/{school}"): told["requestBody"] | document["components"]
        for path, told in found.items()
    }


POSTS = posts()
NOTHING = [path for path, body in POSTS.items() if "Nothing" in str(body["content"])]


def wants_something(body: dict[str, Any]) -> bool:
    """Whether an empty object is not enough."""
    schema = body["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = body["schemas"][schema["$ref"].rpartition("/")[2]]
    return bool(schema.get("required"))


BODIES = {
    b"{": MALFORMED,
    b'{"name": "Ann",}': MALFORMED,
    b"{'name': 'Ann'}": MALFORMED,
    b'{"name": NaN}': MALFORMED,
    b'{"name": 1e999}': MALFORMED,
    b'{"name": "\xff"}': MALFORMED,
    b'{"name": "\\ud800"}': MALFORMED,
    b'{"name": "An\\u0000n"}': MALFORMED,
    b"[" * 5000 + b"]" * 5000: MALFORMED,
    b"null": INVALID,
    b"[]": INVALID,
    b'"Ann"': INVALID,
    b"17": INVALID,
    b"{}": INVALID,
    b'{"colour": "red"}': INVALID,
    b'{"name": {"first": "Ann"}}': INVALID,
}


@pytest.mark.parametrize("path", POSTS)
def test_a_body_that_is_not_what_the_address_takes_is_told_so(api, place, rows, path):
    before = rows()
    for body, told in BODIES.items():
        if (body == b"{}" and not wants_something(POSTS[path])) or (body == b"null" and not POSTS[path]["required"]):
            continue
        reply = api.post(place.path(path), raw=body)
        assert reply.told == told, body
        assert set(reply.json) == {"type", "title", "status", "detail", "code", "errors"}
        assert reply.json["title"] == "Unprocessable Entity"
        assert reply.headers["Content-Type"] == "application/problem+json"
    assert rows() == before


def test_an_act_that_there_is_nothing_to_say_about_takes_no_body_or_an_empty_one(api, school):
    assert len(NOTHING) >= 12
    session = new_session(new_course(school), publish=False)
    path = f"/sessions/{session.pk}/publish"
    assert api.post(path, raw=b'{"zzz": 1}').json["errors"] == {"zzz": ["Extra inputs are not permitted"]}
    session.refresh_from_db()
    assert session.status == "draft"
    assert api.post(path, raw=b"{}").status == 200
    assert api.post(f"/sessions/{session.pk}/cancel").status == 200


def test_ten_megabytes_are_too_much_for_every_address(api, place):
    for path in POSTS:
        reply = api.post(place.path(path), raw=b'{"name": "' + b"a" * 10_000_000 + b'"}')
        assert reply.told == (413, "body_too_large")


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "text/json"]
)
def test_a_body_that_does_not_say_it_is_json_is_not_read(api, guest, place, rows, kind):
    """Another site's page can make a visitor's browser send any of these, and not JSON."""
    before = rows()
    body = orjson.dumps(place.body({"session": "<session>", "student": {"name": "Sam"}, "client": {"name": "Ann"}}))
    assert guest.send("POST", "/bookings", content=body, kind=kind).told == (415, "unsupported_media_type")
    assert api.send("POST", "/clients", content=b'{"name": "Ann"}', kind=kind).told == (415, "unsupported_media_type")
    assert rows() == before
    assert guest.send("POST", "/bookings", content=body, kind="application/json; charset=utf-8").status == 201


def test_head_is_answered_as_get_without_the_body(api, school):
    new_course(school)
    for path in ("", "/courses", "/clients", "/courses/17"):
        head, whole = api.send("HEAD", path), api.get(path)
        assert (head.status, head.headers["Content-Type"]) == (whole.status, whole.headers["Content-Type"])
        assert head.body == b""


def test_what_is_wrong_is_named_as_it_was_sent(api, place):
    """Not by the names that the framework has for the shapes it tried."""
    body = place.body({"session": "<session>", "student": {"name": "Sam", "birth_date": "yesterday", "colour": 1}})
    errors = api.post("/bookings", body).json["errors"]
    assert set(errors) == {"student.birth_date", "student.colour"}
    assert set(api.post("/bookings", body | {"student": {"name": ""}}).json["errors"]) == {"student"}
    for later in ({"named_later": False}, {"named_later": True, "name": "Sam"}):
        errors = api.post("/bookings", body | {"student": later}).json["errors"]
        assert set(errors) == {"student.named_later" if len(later) == 1 else "student.name"}


BAD = {
    "/clients": [
        ({"name": "Ann", "colour": "red"}, "colour"),
        ({"name": 17}, "name"),
        ({"name": ""}, "body"),
        ({"name": "   "}, "body"),
        ({"name": "\u200b\u200d"}, "name"),
        ({"name": "Ann \u202egpj.exe"}, "name"),
        ({"name": "Ann \u2066Lee\u2069"}, "name"),
        ({"first_name": "\u2060", "last_name": "\u3164"}, "first_name"),
        ({"name": "Ann\nMarsh"}, "name"),
        ({"name": "Ann", "organisation": "A\tB"}, "organisation"),
        ({"name": "Ann\u2028Marsh"}, "name"),
        ({"name": "a" * 101}, "body"),
        ({"first_name": "a" * 101}, "first_name"),
        ({"name": "a" * 201}, "name"),
        ({"name": "Ann", "phone": "1" * 33}, "phone"),
        ({"name": "Ann", "phone": "12"}, "phone"),
        ({"name": "Ann", "phone": "abc"}, "phone"),
        ({"name": "Ann", "email": "not an address"}, "email"),
        ({"name": "Ann", "birth_date": "2015-02-30"}, "birth_date"),
        ({"name": "Ann", "birth_date": "9999-01-01"}, "birth_date"),
        ({"name": "Ann", "birth_date": "2199-01-01"}, "birth_date"),
        ({"name": "Ann", "birth_date": 20150101}, "birth_date"),
        ({"name": "Ann", "timezone": "Mars/Base"}, "timezone"),
        ({"name": "Ann", "timezone": "../../etc/passwd"}, "timezone"),
        ({"name": "Ann", "timezone": "Europe"}, "timezone"),
        ({"name": "Ann", "timezone": ""}, "timezone"),
    ],
    "/students": [
        ({"name": "Ann", "client": "17"}, "client"),
        ({"name": "Ann", "skill_level": "a" * 51}, "skill_level"),
        ({"name": "Ann", "relationship": "a" * 31}, "relationship"),
    ],
    "/courses": [
        ({"name": "A", "duration_minutes": 60, "capacity": -1}, "capacity"),
        ({"name": "A", "duration_minutes": 60, "capacity": 0}, "capacity"),
        ({"name": "A", "duration_minutes": 60, "capacity": True}, "capacity"),
        ({"name": "A", "duration_minutes": 60, "capacity": "12"}, "capacity"),
        ({"name": "A", "duration_minutes": 60, "capacity": 1.5}, "capacity"),
        ({"name": "A", "duration_minutes": 60, "format": "one_to_one", "capacity": 5}, "capacity"),
        ({"name": "\u200b", "duration_minutes": 60}, "name"),
        ({"name": "A", "duration_minutes": 4}, "duration_minutes"),
        ({"name": "A", "duration_minutes": 10**18}, "duration_minutes"),
        ({"name": "A", "duration_minutes": 60, "price": -1}, "price"),
        ({"name": "A", "duration_minutes": 60, "price": 10**12}, "price"),
        ({"name": "A", "duration_minutes": 60, "price": 100, "deposit": 101}, "deposit"),
        ({"name": "A", "duration_minutes": 60, "tax_rate": 10_001}, "tax_rate"),
        ({"name": "A", "duration_minutes": 60, "min_students": 13}, "min_students"),
        ({"name": "A", "duration_minutes": 60, "total_minutes": 59}, "total_minutes"),
        ({"name": "A", "duration_minutes": 60, "age_min": 12, "age_max": 11}, "age_max"),
        ({"name": "A", "duration_minutes": 60, "format": "duel"}, "format"),
        ({"name": "A", "duration_minutes": 60, "difficulty": "a" * 51}, "difficulty"),
        ({"name": "A", "duration_minutes": 60, "type": "a" * 51}, "type"),
        ({"name": " ", "duration_minutes": 60}, "name"),
        ({"name": "A", "duration_minutes": 60, "overrides": None}, "overrides"),
        ({"name": "A", "duration_minutes": 60, "overrides": []}, "overrides"),
        *(
            ({"name": "A", "duration_minutes": 60, "overrides": {name: value}}, f"overrides.{name}")
            for name, value in (
                ("colour", "red"),
                ("notice_minutes", -1),
                ("notice_minutes", True),
                ("notice_minutes", "5"),
                ("notice_minutes", 5.0),
                ("notice_minutes", None),
                ("buffers_shared", "yes"),
                ("buffers_shared", 1),
                ("confirm_on", "whim"),
                ("ways_to_pay", []),
                ("ways_to_pay", ["card", "card"]),
                ("ways_to_pay", "card"),
                ("hold_minutes", None),
                ("hold_minutes", []),
                ("hold_minutes", 5),
                ("hold_minutes", "x"),
                ("hold_minutes", {"card": "15"}),
                ("hold_minutes", {"shells": 15}),
                # For the whole school, never for one course.
                ("weekly_ahead_days", 7),
                ("guests", False),
                ("guest_open_holds", 1),
                ("client_open_holds", 1),
                ("course_types", ["EFAW"]),
                ("default_course", "A"),
            )
        ),
    ],
    "/instructors": [
        ({"name": "Ida", "hourly_rate": -1}, "hourly_rate"),
        ({"name": "Ida", "max_hours_per_week": 169}, "max_hours_per_week"),
        ({"name": "Ida", "courses": ["17"]}, "courses.0"),
    ],
    "/instructors/{instructor}/qualifications": [
        ({"course": "<course>", "proficiency": 0}, "proficiency"),
        ({"course": "<course>", "proficiency": 6}, "proficiency"),
        ({"course": "<course>", "certified_on": "2025-13-01"}, "certified_on"),
    ],
    "/instructors/{instructor}/opening-hours": [
        ({"starts": "09:00", "ends": "12:00"}, "weekday"),
        ({"weekday": 1, "date": "2100-03-01", "starts": "09:00", "ends": "12:00"}, "weekday"),
        ({"weekday": 0, "starts": "09:00", "ends": "12:00"}, "weekday"),
        ({"weekday": 8, "starts": "09:00", "ends": "12:00"}, "weekday"),
        ({"weekday": 1, "starts": "09:00Z", "ends": "12:00"}, "starts"),
        ({"weekday": 1, "starts": "09:00:30", "ends": "12:00"}, "starts"),
        ({"weekday": 1, "starts": "32400", "ends": "12:00"}, "starts"),
        ({"weekday": 1, "starts": 32400, "ends": "12:00"}, "starts"),
        ({"weekday": 1, "starts": "25:00", "ends": "12:00"}, "starts"),
        ({"date": "2100-03-01", "starts": "12:00", "ends": "09:00"}, "ends"),
        ({"date": "2100-03-01", "starts": "12:00", "ends": "12:00"}, "ends"),
        ({"weekday": 1, "starts": "09:00", "ends": "12:00"}, "starts"),  # overlaps those that the factory gave
        (
            {"weekday": 1, "starts": "09:00", "ends": "12:00", "valid_from": "2100-02-02", "valid_until": "2100-02-01"},
            "valid_until",
        ),
        ({"date": "2100-03-01", "starts": "09:00", "ends": "12:00", "valid_from": "2100-02-02"}, "valid_from"),
        ({"weekday": 1, "starts": "09:00", "ends": "12:00", "timezone": "Mars/Base"}, "timezone"),
        ({"weekday": 1, "starts": "09:00", "ends": "12:00", "closes": True}, "closes"),
        ({"date": "2100-03-01", "starts": "09:00", "ends": "12:00", "closes": "yes"}, "closes"),
        ({"date": "2011-12-30", "starts": "09:00", "ends": "12:00", "timezone": "Pacific/Apia"}, "date"),
    ],
    "/closures": [
        ({"first_day": "2100-03-02", "last_day": "2100-03-01", "name": "Works"}, "last_day"),
        ({"first_day": "2100-03-02", "last_day": "2105-03-01", "name": "Works"}, "last_day"),
        ({"first_day": "2100-03-02", "name": " "}, "name"),
        ({"first_day": "2100-03-02", "name": "a" * 201}, "name"),
        ({"name": "Works"}, "first_day"),
    ],
    "/closures/holidays": [
        ({"country": "XX"}, "country"),
        ({"country": "GBR"}, "country"),
        ({"country": "GB", "subdivision": "BY"}, "subdivision"),
    ],
    "/instructors/{instructor}/calendars": [
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "mine.ics"}, "url"),
        ({"url": "https://example.org/" + "a" * 2000}, "url"),
        ({"url": "https://example.org/a.ics", "timezone": "Mars/Base"}, "timezone"),
    ],
    "/instructors/{instructor}/time-off": [
        ({"starts_at": START, "ends_at": START}, "ends_at"),
        ({"starts_at": END, "ends_at": START}, "ends_at"),
        ({"starts_at": START, "ends_at": END}, "starts_at"),
        ({"starts_at": "2020-03-01T10:00:00Z", "ends_at": "2020-03-01T11:00:00Z"}, "ends_at"),
        ({"starts_at": "2026-03-01T10:00:00", "ends_at": END}, "starts_at"),
        ({"starts_at": START, "ends_at": END, "reason": "a" * 201}, "reason"),
    ],
    "/instructors/{instructor}/slots": [
        (PLAN | {"weekdays": []}, "weekdays"),
        (PLAN | {"weekdays": [8]}, "weekdays.0"),
        (PLAN | {"ends": "08:00"}, "ends"),
        (PLAN | {"ends": "09:30"}, "ends"),
        (PLAN | {"minutes": 4}, "minutes"),
        (PLAN | {"pause": -1}, "pause"),
        (PLAN | {"last_day": "2100-03-01"}, "weeks"),
        (PLAN | {"weeks": None}, "weeks"),
        (PLAN | {"weeks": None, "last_day": "2100-02-01"}, "last_day"),
        (PLAN | {"weeks": 53}, "weeks"),
        (PLAN | {"timezone": "Mars/Base"}, "timezone"),
        (PLAN | {"clashing": "force"}, "clashing"),
        (PLAN | {"dry_run": "yes"}, "dry_run"),
    ],
    "/resources": [
        ({"kind": "castle", "name": "Hall"}, "kind"),
        ({"kind": "venue", "name": "Hall", "capacity": -1}, "capacity"),
        ({"kind": "online_room", "name": "Room", "meeting_url": "javascript:alert(1)"}, "meeting_url"),
        ({"kind": "online_room", "name": "Room", "meeting_url": "https://a.example/" + "a" * 200}, "meeting_url"),
        (
            {"kind": "venue", "name": "Hall", "facilities": {"a": {"b": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}}},
            "facilities",
        ),
        *(
            ({"kind": "venue", "name": "Hall", "facilities": {"area": [{"m2": number}]}}, "facilities")
            for number in (2**53 + 1, -(2**53) - 1, 2**64 - 1, 1e300, -1e19)
        ),
    ],
    "/sessions": [
        ({"course": "<course>", "slots": []}, "slots"),
        ({"course": "<course>", "slots": [SLOT], "capacity": -1}, "capacity"),
        ({"course": "<course>", "slots": [SLOT], "capacity": 9}, "capacity"),  # of the course: 8
        ({"course": "<course>", "slots": [SLOT], "capacity": 6, "resource": "<resource>"}, "capacity"),  # it holds 5
        ({"course": "<course>", "slots": [{"starts_at": END, "ends_at": START}]}, "slots"),
        ({"course": "<course>", "slots": [{"starts_at": START, "ends_at": START}]}, "slots"),
        ({"course": "<course>", "slots": [SLOT, SLOT]}, "slots"),
        ({"course": "<course>", "slots": [{"starts_at": START, "ends_at": "2100-03-01T10:00:59Z"}]}, "slots"),
        ({"course": "<course>", "slots": [SLOT], "instructors": ["<instructor>", "<instructor>"]}, "instructors"),
        ({"course": "<course>", "slots": [{"starts_at": START[:-1], "ends_at": END}]}, "slots.0.starts_at"),
        ({"course": "<course>", "slots": [{"starts_at": START, "ends_at": "2100-02-30T10:00:00Z"}]}, "slots.0.ends_at"),
        (
            {"course": "<course>", "slots": [{"starts_at": START, "ends_at": "9999-12-31T23:59:59-11:00"}]},
            "slots.0.ends_at",
        ),
        (
            {"course": "<course>", "slots": [{"starts_at": "0001-01-01T00:00:00+11:00", "ends_at": END}]},
            "slots.0.starts_at",
        ),
        ({"course": "<course>", "slots": [{"starts_at": "4107578400", "ends_at": END}]}, "slots.0.starts_at"),
        ({"course": "<course>", "slots": [{"starts_at": 4107578400, "ends_at": END}]}, "slots.0.starts_at"),
        ({"course": "<course>", "slots": [SLOT], "choose_slots": "yes"}, "choose_slots"),
        ({"course": "<course>", "slots": [SLOT], "status": "cancelled"}, "status"),
        ({"slots": [SLOT]}, "course"),
    ],
    "/bookings": [
        ({"session": "<session>"}, "student"),
        ({"student": "<student>"}, "body"),
        ({"session": "<session>", "course": "<lessons>", "student": "<student>"}, "body"),
        ({"course": "<lessons>", "student": "<student>"}, "body"),
        ({"session": "<session>", "starts_at": START, "student": "<student>"}, "body"),
        ({"course": "<lessons>", "starts_at": START[:-1], "student": "<student>"}, "starts_at"),
        ({"session": "<session>", "student": "<student>", "enrollment_type": "forever"}, "enrollment_type"),
        ({"session": "<session>", "student": "<student>", "pay_with": "shells"}, "pay_with"),
        ({"session": "<session>", "student": "<student>", "slots": [str(new_id())]}, "slots"),
        ({"session": "17", "student": "<student>"}, "session"),
    ],
    "/payments": [
        ({"order": "<order>", "amount": -1}, "amount"),
        ({"order": "<order>", "amount": 0}, "amount"),
        ({"order": "<order>", "amount": 45.5}, "amount"),
        ({"order": "<order>", "amount": {"amount": 4500, "currency": "GBP"}}, "amount"),
        ({"order": "<order>", "gateway": "shells"}, "gateway"),
        ({"order": "<order>", "gateway": "demo", "method": "cash"}, "method"),
    ],
}


@pytest.mark.parametrize(("path", "body", "field"), [(path, *one) for path, many in BAD.items() for one in many])
def test_a_bad_value_is_refused_under_its_own_name(refused, path, body, field):
    reply = refused(path, body)
    assert reply.told == INVALID
    named = reply.json["errors"]
    assert [name for name in named if name == field or name.startswith(field + ".")], named
    assert all(sentences and all(sentences) for sentences in named.values())


@pytest.mark.parametrize("key", ["", "é", "a" * 201, "a\tb"])
def test_a_key_that_is_no_key_is_refused(refused, key):
    reply = refused("/clients", {"name": "Ann"}, key=key)
    assert reply.told == INVALID
    assert list(reply.json["errors"]) == ["Idempotency-Key"]


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/clients", {"after": "é"}),
        ("/clients", {"after": ""}),
        ("/clients", {"after": cursor("17")}),
        ("/clients", {"limit": 0}),
        ("/clients", {"limit": 201}),
        ("/clients", {"limit": "many"}),
        ("/sessions", {"after": cursor(f"2100-01-01T00:00:00|{new_id()}")}),
        ("/sessions", {"after": cursor(f"9999-12-31T23:59:59-23:59|{new_id()}")}),
        ("/sessions", {"after": cursor(f"0001-01-01T00:00:00+23:59|{new_id()}")}),
        ("/sessions", {"after": cursor("2100-01-01T00:00:00Z|17")}),
        ("/sessions", {"from": "2100-01-01T00:00:00"}),
        ("/sessions", {"from": "2100-02-30"}),
        ("/sessions", {"to": "9999-12-31"}),
        ("/sessions", {"to": "\0"}),
        ("/sessions", {"course": "17"}),
        ("/bookings", {"status": "\0"}),
        ("/bookings", {"status": "lost"}),
        ("/bookings", {"reference": "\0"}),
        ("/bookings", {"reference": "AB12\0CD34"}),
        ("/bookings", {"reference": " - "}),
        ("/sessions", {"from": "2100-01-02", "to": "2100-01-01"}),
        ("/sessions", {"from": "2100-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}),
        ("/availability", {}),
        ("/availability", {"course": str(new_id()), "from": "2100-01-01", "to": "2100-04-01"}),
        ("/availability", {"course": str(new_id()), "from": "2100-01-02", "to": "2100-01-01"}),
        ("/availability", {"course": str(new_id()), "teacher": str(new_id())}),
        ("/courses", {"nmae": "Piano"}),
        ("", {"pretty": "1"}),
    ],
)
def test_a_bad_question_is_refused(api, path, query):
    assert api.get(path, **query).told == INVALID


def test_a_parameter_that_is_not_known_is_named_with_those_that_are(api):
    reply = api.get("/students", after="x", sort="name", limt="5")
    known = ["There is no such parameter here. There are: after, limit."]
    assert (reply.told, reply.json["errors"]) == (INVALID, {"sort": known, "limt": known})
    assert api.get("", pretty="1").json["errors"] == {"pretty": ["This address takes no parameters."]}


def test_a_school_whose_name_the_database_cannot_even_hold_is_not_found(api):
    for path in ("", "/courses", "/sessions"):
        assert Api("a%00b", api.token).get(path).told == (404, "not_found")
    assert Api("a%00b", api.token).post("/bookings", {}).told == (404, "not_found")


NASTY = [
    "Robert'); DROP TABLE people_student;--",
    "<script>alert('Ann')</script>",
    "{{ settings.SECRET_KEY }} %(name)s %s {0}",
    "Zoë 👩‍🏫 עברית \u200f",
    "back\\u0000slash",
]


@pytest.mark.parametrize("name", NASTY)
def test_whatever_a_name_looks_like_it_is_kept_and_shown_as_it_is(api, school, name):
    made = api.made("/students", {"first_name": name, "last_name": "O'Hara"})
    assert (made["first_name"], made["name"]) == (name, f"{name} O'Hara")
    assert api.get(f"/students/{made['id']}").json == made
    assert Person.objects.of(school).filter(first_name=name).count() == 1


@pytest.mark.django_db
def test_a_child_is_of_age_from_their_birthday_on_by_the_local_day_of_the_lesson():
    """When the lesson begins it is already the next day in Auckland."""
    school = new_school(timezone="Pacific/Auckland")
    api = Api(school.slug, new_token(school, Role.OWNER))
    course = new_course(school, age_min=8, age_max=9)
    # On a day that every year has, so that every birthday below exists.
    session = new_session(course, hour_at(30 if (at(30, 22) + dt.timedelta(hours=13)).day <= 28 else 34, 22))
    there = session.starts_at.astimezone(school.zone).date()
    assert there == session.starts_at.date() + dt.timedelta(days=1)

    def born(years: int, *, days: int = 0) -> str:
        return (there.replace(year=there.year - years) + dt.timedelta(days=days)).isoformat()

    def book(birth_date: str | None) -> tuple[int, str]:
        student = api.made("/students", {"name": "Kid", "birth_date": birth_date})
        before = row_counts()
        reply = api.post("/bookings", {"session": str(session.pk), "student": student["id"]})
        assert reply.status == 201 or row_counts() == before
        return reply.told

    assert book(born(8)) == (201, "")
    assert book(born(8, days=1)) == (409, "age_not_allowed")
    assert book(born(10, days=1)) == (201, "")
    assert book(born(10)) == (409, "age_not_allowed")
    assert book(None) == (409, "age_not_allowed")
