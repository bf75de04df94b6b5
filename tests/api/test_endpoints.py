"""What each address answers, to the last field."""

import datetime as dt
import json
from typing import Any

import orjson
import pytest

from api_client import Api
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
)
from schoolbell.access.models import ApiToken
from schoolbell.api.types import shown
from schoolbell.kit.time import now
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource

PERSON = {
    "name": "Ann Lee Marsh",
    "first_name": "Ann Lee",
    "last_name": "Marsh",
    "organisation": "",
    "email": "ann@example.com",
    "phone": "+44 20 7946 0000",
    "address": "1 High Street\nLeeds",
    "birth_date": "1990-02-28",
    "timezone": "Europe/London",
}
SENT = {key: PERSON[key] for key in ("name", "email", "phone", "address", "birth_date", "timezone")}


@pytest.fixture
def school(db: None) -> School:
    return new_school("first-aid", timezone="Europe/London")


def test_a_schools_profile(guest, school):
    assert guest.get().json == {
        "slug": school.slug,
        "name": school.name,
        "tagline": "",
        "timezone": "Europe/London",
        "currency": "GBP",
        "country": "GB",
        "language": "en",
        "email": "",
        "phone": "",
        "address": "",
        "bank_details": "",
        "terms": "",
        "policies": {
            "confirm_on": "payment",
            "hold_minutes": {"card": 15, "desk": 2880, "transfer": 4320},
            "ways_to_pay": ["card", "transfer", "desk"],
            "start_grid_minutes": 15,
            "notice_minutes": 120,
            "furthest_ahead_days": 180,
            "free_cancel_hours": 168,
            "late_fee_percent": 100,
            "refund_to": "credit",
            "guests": True,
        },
    }


def test_a_course(api, guest):
    sent = {"name": " Emergency first aid ", "type": "EFAW", "duration_minutes": 360, "price": 7500, "tax_rate": 2000}
    made = api.made("/courses", sent)
    assert made == {
        "id": made["id"],
        "name": "Emergency first aid",
        "description": "",
        "type": "EFAW",
        "format": "group",
        "delivery": "at_venue",
        "resource_kind": "",
        "duration_minutes": 360,
        "price": {"amount": 7500, "currency": "GBP"},
        "price_per": "lesson",
        "trial_price": None,
        "deposit": {"amount": 0, "currency": "GBP"},
        "tax_rate": 2000,
        "total_minutes": None,
        "capacity": 12,
        "min_students": None,
        "age_min": None,
        "age_max": None,
        "difficulty": "",
        "certification_validity_years": 3,  # as usual at schools of first aid
        "overrides": {},
        "is_active": True,
    }
    assert guest.get(f"/courses/{made['id']}").json == made
    assert guest.get("/courses").json == {"items": [made], "next": None}


def test_what_is_taught_no_more_and_what_is_used_no_more(api, guest, school):
    course = api.made(
        "/courses",
        {"name": "A", "type": "FAW", "duration_minutes": 60, "min_students": 4, "total_minutes": 1080}
        | {"certification_validity_years": None},
    )
    assert (course["min_students"], course["total_minutes"], course["certification_validity_years"]) == (4, 1080, None)
    for change, field in (({"capacity": 3}, "capacity"), ({"duration_minutes": 1081}, "duration_minutes")):
        reply = api.send("PATCH", f"/courses/{course['id']}", content=orjson.dumps(change))
        assert (reply.status, list(reply.json["errors"])) == (422, [field])
    room = api.made("/resources", {"kind": "venue", "name": "Hall"})
    for is_active in (False, True):
        body = orjson.dumps({"is_active": is_active})
        told = api.send("PATCH", f"/courses/{course['id']}", content=body).json["course"]
        assert told == course | {"is_active": is_active}
        assert guest.get("/courses").json["items"] == ([told] if is_active else [])
        assert api.send("PATCH", f"/resources/{room['id']}", content=body).json == room | {"is_active": is_active}
        assert api.get(f"/resources/{room['id']}").json["is_active"] == is_active


def test_a_client(api):
    made = api.made("/clients", SENT)
    assert made == {"id": made["id"], **PERSON}
    assert api.get(f"/clients/{made['id']}").json == made
    assert api.get("/clients").json == {"items": [made], "next": None}


def test_a_student_with_a_guardian_and_one_without(api):
    client = api.made("/clients", SENT)
    child = api.made("/students", {"name": "Sam Marsh", "client": client["id"], "skill_level": "new"})
    assert child == {
        "id": child["id"],
        **dict.fromkeys(("organisation", "email", "phone", "address"), ""),
        "name": "Sam Marsh",
        "first_name": "Sam",
        "last_name": "Marsh",
        "birth_date": None,
        "timezone": None,
        "status": "active",
        "skill_level": "new",
        "age_group": "",
        "clients": [{"id": client["id"], "relationship": "parent", "is_primary": True, "is_billing": True}],
    }
    adult = api.made("/students", SENT)
    assert (adult["age_group"], [bond["relationship"] for bond in adult["clients"]]) == ("adult", ["self"])
    assert api.get(f"/students/{child['id']}").json == child
    assert api.get("/students").json == {"items": [child, adult], "next": None}


def test_an_instructor_is_shown_whole_to_staff_and_in_part_to_others(api, guest):
    course = api.made("/courses", {"name": "A", "type": "FAW", "duration_minutes": 60})
    made = api.made("/instructors", {**SENT, "about": "Kind.", "hourly_rate": 3000, "courses": [course["id"]] * 2})
    public = {"id": made["id"], "name": "Ann Lee Marsh", "about": "Kind.", "status": "active"}
    assert made == public | PERSON | {
        "hourly_rate": {"amount": 3000, "currency": "GBP"},
        "max_hours_per_week": None,
    }
    assert guest.get(f"/instructors/{made['id']}").json == public
    assert guest.get("/instructors").json == {"items": [public], "next": None}
    assert api.get("/instructors").json == {"items": [made], "next": None}


def test_what_an_instructor_may_teach(api, school):
    course, instructor = new_course(school, type="FAW"), new_instructor(school)
    path, body = (
        f"/instructors/{instructor.pk}/qualifications",
        {"course": str(course.pk), "certified_on": "2024-02-29"},
    )
    made = api.made(path, body)
    assert made == {
        "id": made["id"],
        "instructor": str(instructor.pk),
        "course": str(course.pk),
        "proficiency": 3,
        "certified_on": "2024-02-29",
    }
    assert api.post(path, body).told == (409, "already_qualified")
    assert api.get(path).json == {"items": [made], "next": None}


def test_opening_hours(api, school):
    instructor = new_instructor(school, hours=False)
    path = f"/instructors/{instructor.pk}/opening-hours"
    weekly = api.made(path, {"weekday": 2, "starts": "16:00", "ends": "00:00", "valid_until": "2100-12-31"})
    assert weekly == {
        "id": weekly["id"],
        "weekday": 2,
        "date": None,
        "closes": False,
        "starts": "16:00",
        "ends": "00:00",
        "timezone": "Europe/London",
        "valid_from": None,
        "valid_until": "2100-12-31",
    }
    whole_day = api.made(path, {"date": "2100-03-01", "starts": "00:00", "ends": "00:00", "timezone": "Asia/Tokyo"})
    assert (whole_day["date"], whole_day["timezone"]) == ("2100-03-01", "Asia/Tokyo")
    assert api.get(path).json == {"items": [weekly, whole_day], "next": None}
    resource = new_resource(school)
    made = api.made(f"/resources/{resource.pk}/opening-hours", {"weekday": 1, "starts": "08:00", "ends": "18:30"})
    assert (made["starts"], made["ends"]) == ("08:00", "18:30")


def test_a_resource(api):
    sent = {"kind": "online_room", "name": "Room 1", "capacity": 30, "meeting_url": "https://meet.example/1"}
    made = api.made("/resources", sent)
    assert made == {
        "id": made["id"],
        **sent,
        **dict.fromkeys(
            ("address_line1", "address_line2", "city", "postcode", "parking_info", "meeting_id", "passcode"), ""
        ),
        "facilities": {},
        "is_active": True,
    }
    assert api.get(f"/resources/{made['id']}").json == made
    assert api.get("/resources").json == {"items": [made], "next": None}


def test_a_number_too_long_for_other_readers_is_refused_and_one_that_is_there_is_read(api, school):
    body = {"kind": "venue", "name": "Hall"}
    for number in ("18446744073709551616", "-9223372036854775809", "9007199254740993", "1e300"):
        raw = b'{"kind": "venue", "name": "Hall", "facilities": {"area": %s}}' % number.encode()
        refused = api.post("/resources", raw=raw)
        assert refused.status == 422, number
        assert list(refused.json["errors"]) == ["facilities"]
    hall = api.made("/resources", body | {"facilities": {"area": 2**53, "depth": -1.5}})
    assert hall["facilities"] == {"area": 2**53, "depth": -1.5}
    Resource.objects.filter(id=hall["id"]).update(facilities={"area": 2**64, "name": "Saal „1“"})
    for answer in (api.get(f"/resources/{hall['id']}"), api.send("PATCH", f"/resources/{hall['id']}", content=b"{}")):
        assert answer.status == 200
        assert json.loads(answer.body)["facilities"] == {"area": 2**64, "name": "Saal „1“"}
    assert api.get("/resources").status == 200


def test_a_session_from_draft_to_cancelled(api, guest, school):
    course, instructor, resource = new_course(school, type="FAW"), new_instructor(school), new_resource(school)
    made = api.made(
        "/sessions",
        {
            "course": str(course.pk),
            "instructors": [str(instructor.pk)],
            "resource": str(resource.pk),
            "notes": "Bring mats",
            "slots": [
                {"starts_at": "2100-07-01T10:00:00+01:00", "ends_at": "2100-07-01T12:00:00+01:00"},
                {"starts_at": "2100-07-02T09:00:00Z", "ends_at": "2100-07-02T11:00:00Z"},
            ],
        },
    )
    assert made == {
        "id": made["id"],
        "course": str(course.pk),
        "instructors": [{"id": str(instructor.pk), "name": "Ida Teacher"}],
        "resource": str(resource.pk),
        "status": "draft",
        "type": "regular",
        "on_demand": False,
        "capacity": 12,
        "is_full": False,
        "in_progress": False,
        "price": None,
        "choose_slots": False,
        "despite_closed": False,
        "closed": [],
        "starts_at": "2100-07-01T09:00:00Z",
        "ends_at": "2100-07-02T11:00:00Z",
        "timezone": "Europe/London",
        "notes": "Bring mats",
        "cancelled_because": "",
        "created_by": str(ApiToken.objects.of(school).get().pk),
        "slots": [
            {
                "id": slot["id"],
                "starts_at": f"2100-07-{day}T09:00:00Z",
                "ends_at": f"2100-07-{day}T11:00:00Z",
                "capacity": 12,
                "seats_taken": 0,
            }
            for day, slot in zip(("01", "02"), made["slots"], strict=True)
        ],
    }
    path = f"/sessions/{made['id']}"
    assert guest.get(path).told == (404, "not_found")
    assert api.made(path + "/publish") == made | {"status": "published"}
    assert api.made(path + "/publish") == made | {"status": "published"}
    to_anybody = {"notes": None, "created_by": None, "closed": None, "cancelled_because": None}
    assert guest.get(path).json == made | {"status": "published"} | to_anybody
    assert guest.get("/sessions", open_="true", course=str(course.pk)).json["items"] == [guest.get(path).json]
    assert guest.get("/sessions", from_="2100-07-01", to="2100-07-01").json["items"] == [guest.get(path).json]
    assert guest.get("/sessions", from_="2100-07-02").json["items"] == []
    assert api.made(path + "/cancel") == made | {"status": "cancelled"}
    assert api.made(path + "/cancel") == made | {"status": "cancelled"}
    assert api.post(path + "/publish").told == (409, "session_not_open")
    assert guest.get(path).told == (404, "not_found")


def test_what_is_open_is_what_the_asker_can_book(api, guest, school):
    """A day is closed after its sessions were published: a coach's slot waits for one student, and nobody but the
    office books it any more; the class was put there for all. A page goes on until it is full."""
    ida, course, lessons = new_instructor(school), new_course(school, type="FAW"), new_lessons(school, type="FAW")
    slots = [new_session(lessons, hour_at(day, hour), instructors=[ida]) for day in (20, 21) for hour in (8, 9, 10)]
    klass = new_session(course, hour_at(20, 12))
    open_then = [str(one.pk) for one in (klass, *slots[3:])]
    api.made("/closures", {"first_day": at(20).date().isoformat(), "name": "Away"})
    pages = {limit: guest.get("/sessions", open_="true", limit=limit).json for limit in (1, 2, 50)}
    for limit, first in pages.items():
        assert [one["id"] for one in first["items"]] == open_then[:limit]
    rest = guest.get("/sessions", open_="true", limit=3, after=pages[1]["next"]).json
    assert [one["id"] for one in rest["items"]] == open_then[1:]
    assert rest["next"] is None
    assert len(api.get("/sessions", open_="true").json["items"]) == 7


def test_a_seat_from_held_to_paid_to_cancelled(api, school):
    session = new_session(new_course(school, type="FAW", price=4500))
    student = new_student(school)
    before = now()
    made = api.made("/bookings", {"session": str(session.pk), "student": str(student.pk), "pay_with": "card"})
    ends = dt.datetime.fromisoformat(made["hold_expires_at"])
    assert before + dt.timedelta(minutes=15) <= ends <= now() + dt.timedelta(minutes=15)
    (slot,) = api.get(f"/sessions/{session.pk}").json["slots"]
    amount = {"amount": 4500, "currency": "GBP"}
    assert (made.pop("order_key"), made.pop("products")) == (None, [])
    assert made == {
        "id": made["id"],
        "reference": made["reference"],
        "status": "pending",
        "payment_status": "pending",
        "amount": amount,
        "hold_expires_at": made["hold_expires_at"],
        "session": str(session.pk),
        "student": str(student.pk),
        "client": made["client"],
        "enrollment": None,
        "slots": [{"id": slot["id"], "starts_at": shown(session.starts_at), "ends_at": shown(session.ends_at)}],
        "notes": "",
        "order": made["order"],
        "payment": {
            "id": made["payment"]["id"],
            "kind": "full",
            "reference": made["payment"]["reference"],
            "amount": amount,
            "status": "pending",
            "expires_at": made["hold_expires_at"],
            "pay_at": "payments",
        },
    }
    path = f"/bookings/{made['id']}"
    unsaid = {"attendance": "", "feedback": "", "tutor_notes": ""}
    also = {"paid": {"amount": 0, "currency": "GBP"}, "state": "ACTIVE", "settled_by": "order", "named_later": False}
    also["cancelled_because"] = ""
    shown_later = made | also
    shown_later["slots"] = [one | unsaid for one in made["slots"]]
    assert api.get(path).json == shown_later
    for typed in (made["reference"], made["reference"].lower().replace("-", ""), f" {made['reference']} "):
        assert api.get("/bookings", reference=typed).json == {"items": [shown_later], "next": None}
    assert api.post(path + "/confirm").told == (409, "payment_required")

    payment = api.made("/payments", {"order": made["order"], "method": "cash"})
    assert payment == {
        "id": payment["id"],
        "order": made["order"],
        "client": made["client"],
        "gateway": "desk",
        "method": "cash",
        "amount": amount,
        "status": "succeeded",
        "failure_reason": "",
        "succeeded_at": payment["succeeded_at"],
    }
    assert api.get(f"/payments/{payment['id']}").json == payment
    assert api.get("/payments", order=made["order"]).json == {"items": [payment], "next": None}
    paid = api.get(path).json
    assert (paid["status"], paid["payment_status"], paid["paid"]) == ("confirmed", "paid", amount)
    assert (paid["hold_expires_at"], paid["payment"]["status"]) == (None, "confirmed")
    assert api.made(path + "/confirm") == paid
    assert api.made(path + "/cancel") == paid | {"status": "cancelled", "state": "CANCELLED"}
    assert api.post(path + "/cancel").told == (409, "wrong_status")
    assert api.post("/payments", {"order": made["order"]}).told == (409, "nothing_to_pay")


def test_a_pretend_card_fails_stays_pending_and_is_resolved(api, school):
    session = new_session(new_course(school, type="FAW", price=4500))
    order = api.made("/bookings", {"session": str(session.pk), "student": str(new_student(school).pk)})["order"]
    card = {"order": order, "gateway": "demo"}
    failed = api.made("/payments", {**card, "token": "fails"})
    assert (failed["status"], failed["failure_reason"]) == ("failed", "The card was declined.")
    pending = api.made("/payments", {**card, "token": "stays_pending"})
    assert (pending["status"], pending["succeeded_at"]) == ("pending", None)
    path = f"/payments/{pending['id']}/resolve"
    done = api.made(path, {"outcome": "succeeds"})
    assert done["status"] == "succeeded"
    assert api.made(path, {"outcome": "fails"}) == done
    assert api.made(f"/payments/{failed['id']}/resolve", {"outcome": "succeeds"}) == failed


def test_a_waiver_confirms_without_money_and_leaves_nothing_to_pay(api, school):
    session = new_session(new_course(school, type="FAW", price=4500))
    made = api.made("/bookings", {"session": str(session.pk), "student": str(new_student(school).pk)})
    confirmed = api.made(f"/bookings/{made['id']}/confirm", {"waive_reason": "A gift."})
    assert (confirmed["status"], confirmed["paid"]["amount"]) == ("confirmed", 0)
    assert api.post("/payments", {"order": made["order"]}).told == (409, "nothing_to_pay")


@pytest.mark.django_db
def test_free_times_and_the_lesson_made_of_one():
    school = new_school(timezone="UTC", notice_minutes=0)
    api, guest = Api(school.slug, new_token(school, Role.OWNER)), Api(school.slug)
    instructor, room = new_instructor(school), new_resource(school, "online_room", name="Room 1")
    course = new_course(school, name="Piano", format="one_to_one", resource_kind="online_room", trial_price=0)
    day = at(10).date().isoformat()
    free = guest.get("/availability", course=str(course.pk), from_=day, to=day).json
    assert len(free["items"]) == 96
    assert free["next"] is None
    assert free["items"][40] == {
        "starts_at": shown(at(10)),
        "ends_at": shown(at(10, 11)),
        "instructor": {"id": str(instructor.pk), "name": "Ida Teacher"},
        "resource": {"id": str(room.pk), "name": "Room 1"},
        "session": None,
        "seats_left": 1,
    }
    student = new_student(school)
    body = {
        "course": str(course.pk),
        "starts_at": shown(at(10)),
        "student": str(student.pk),
        "enrollment_type": "trial",
    }
    made = api.made("/bookings", body)
    assert (made["status"], made["payment_status"], made["payment"]) == ("confirmed", "paid", None)
    assert made["enrollment"] is not None
    lesson = api.get(f"/sessions/{made['session']}").json
    assert (lesson["on_demand"], lesson["type"], lesson["is_full"]) == (True, "trial", True)
    assert (lesson["resource"], lesson["instructors"][0]["id"]) == (str(room.pk), str(instructor.pk))
    assert guest.get(f"/sessions/{made['session']}").told == (404, "not_found")
    left = guest.get("/availability", course=str(course.pk), from_=day, to=day).json["items"]
    assert len(left) == 96 - 7  # whatever starts less than an hour before or after
    assert api.made(f"/bookings/{made['id']}/cancel")["status"] == "cancelled"
    assert len(guest.get("/availability", course=str(course.pk), from_=day, to=day).json["items"]) == 96


def test_free_times_for_a_student_leave_out_when_they_have_something_else(guest, api, school, other_school):
    piano, class_ = new_lessons(school, type="FAW"), new_course(school, type="FAW")
    new_instructor(school)
    sam = new_student(school)
    buy_seat(new_session(class_, hour_at(10, 12)), sam)
    day = at(10).date().isoformat()

    def starts(**query: Any) -> list[str]:
        items = api.get("/availability", course=str(piano.pk), from_=day, to=day, **query).json["items"]
        return [item["starts_at"] for item in items]

    meeting = {shown(at(10, 11) + dt.timedelta(minutes=15 * step)) for step in range(1, 8)}
    assert set(starts()) - set(starts(student=str(sam.pk))) == meeting
    assert len(starts(student=str(sam.pk))) == 96 - 7
    stranger = str(new_student(other_school).pk)
    asked = {"course": str(piano.pk), "from_": day}
    assert api.get("/availability", student=stranger, **asked).told == (404, "not_found")
    assert guest.get("/availability", student=str(sam.pk), **asked).told == (401, "not_signed_in")


def test_a_published_session_is_offered_with_the_seats_it_has_left(guest, api, school):
    course = new_course(school, type="FAW", capacity=2)
    instructor = new_instructor(school)
    session = new_session(course, hour_at(10), instructors=[instructor])
    query = {"course": str(course.pk), "from_": at(10).date().isoformat(), "to": at(10).date().isoformat()}
    offered = {
        "starts_at": shown(at(10)),
        "ends_at": shown(at(10, 11)),
        "instructor": {"id": str(instructor.pk), "name": "Ida Teacher"},
        "resource": None,
        "session": str(session.pk),
        "seats_left": 2,
    }
    assert guest.get("/availability", **query).json == {"items": [offered], "next": None}
    for left in (1, 0):
        api.made("/bookings", {"session": str(session.pk), "student": str(new_student(school).pk)})
        items = guest.get("/availability", **query).json["items"]
        assert items == ([offered | {"seats_left": 1}] if left else [])


def test_a_guest_books_for_a_child_and_holds_no_more_seats_than_the_school_allows(guest, school):
    course = new_course(school, type="FAW")
    sessions = [new_session(course, hour_at(day)) for day in range(30, 34)]
    body = {"student": {"name": "Sam Marsh"}, "client": SENT}
    answers = [guest.post("/bookings", {**body, "session": str(session.pk)}) for session in sessions]
    assert [answer.told for answer in answers] == [(201, "")] * 3 + [(429, "too_many_holds")]
    assert answers[0].json["status"] == "pending"


def test_addresses_and_methods_that_are_not_there_are_told_as_problems(api):
    assert api.get("/nonsense").told == (404, "not_found")
    reply = api.send("PUT", "/clients")
    assert reply.told == (405, "method_not_allowed")
    assert set(reply.headers["Allow"].split(", ")) == {"GET", "POST"}
    assert Api("no-such-school", api.token).get("/clients").told == (404, "not_found")
