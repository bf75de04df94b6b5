"""The OpenAPI document: sound, complete, true of what is answered; and what schemathesis makes of it fails nowhere."""

import datetime as dt
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import hypothesis
import jsonschema_rs
import orjson
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError
from django.urls import get_resolver
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from api_client import Api, Reply
from factories import (
    OWNER,
    as_instructor,
    at,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_instructor,
    new_resource,
    new_school,
    new_session,
    new_student,
    new_token,
    open_daily,
    order_of,
    pay_for,
    payer_of,
    slots_of,
)
from planning.asking import ask, proposed, window
from schoolbell.api.app import api as ninja_api
from schoolbell.api.types import shown
from schoolbell.billing.models import Order, ProductLine
from schoolbell.billing.payments import Attempt, pay
from schoolbell.billing.products import order_products
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import add_closure
from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.diary.outside import subscribe_calendar
from schoolbell.diary.school_hours import school_diary
from schoolbell.diary.time_off import ask_for_time_off
from schoolbell.kit.time import now
from schoolbell.people.actions import add_placeholder
from schoolbell.people.models import Student
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.models import LessonRequest, Proposal
from schoolbell.planning.own_lessons import ask_for_substitute
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import SkippedOccurrence
from servers import rfc3339

DOCUMENT = "/api/openapi.json"
METHODS = ("get", "post", "put", "patch", "delete")
# What is done to a thing that is there: it answers 200.
ACTS = (
    *("mark", "name"),
    "move",
    *("arrange", "substitute", "change"),
    "reschedule",
    *("publish", "cancel", "confirm", "resolve"),
    *("keep", "close", "follow", "approve", "decline", "withdraw", "fetch", "accept", "discard"),
    *("pause", "resume", "end", "place", "leave_out", "put_back"),
    "set",
    "hand",
)
PREVIEWING = ("create_slots", "create_enrollment", "create_series")  # with `dry_run` they answer 200
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
HOURS = {"weekday": 1, "starts": "09:00", "ends": "12:00"}
LESSON = {"starts_at": "2100-01-01T10:00:00Z", "ends_at": "2100-01-01T11:00:00Z"}
WEEKLY = {"windows": [{"weekday": 1, "from": "09:00", "until": "00:00"}], "starts_on": "2100-01-01"}
PERSON = {"name": "Ann Marsh", "email": "ann@example.com", "birth_date": "1990-02-28", "timezone": "Europe/London"}


@pytest.fixture
def document(client):
    return client.get(DOCUMENT).json()


@dataclass(frozen=True)
class Operation:
    """One address and method of the document."""

    method: str
    path: str
    told: dict[str, Any]
    document: dict[str, Any]

    @property
    def id(self) -> str:
        return self.told["operationId"]

    @property
    def needs_token(self) -> bool:
        return {} not in self.told["security"]

    def answer(self, status: int) -> dict[str, Any]:
        """What is documented under that status."""
        found = self.told["responses"][str(status)]
        name = found.get("$ref", "").rpartition("/")[2]
        return self.document["components"]["responses"][name] if name else found

    def check(self, reply: Reply) -> None:
        """The answer is what the document says, field by field, and has nothing besides."""
        assert str(reply.status) in self.told["responses"], (self.id, reply.status, reply.body)
        ((content_type, content),) = self.answer(reply.status)["content"].items()
        assert reply.headers["Content-Type"].partition(";")[0] == content_type
        whole = content["schema"] | {"components": {"schemas": closed(self.document["components"]["schemas"])}}
        validator = jsonschema_rs.validator_for(whole, validate_formats=True)
        wrong = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(reply.json)]
        assert not wrong, (self.id, wrong)


def closed(schema: Any) -> Any:
    """The same with every object's fields named: what is open to come later must be documented when it comes."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(value) for name, value in schema.items()}
    return {"additionalProperties": False} | inner if isinstance(schema.get("properties"), dict) else inner


def lines_of(order: Order) -> str:
    """The id of its one product."""
    return str(ProductLine.objects.get(order=order).pk)


def operations_of(document: dict[str, Any]) -> dict[str, Operation]:
    found = [
        Operation(method, path, item[method], document)
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]
    return {operation.id: operation for operation in found}


@dataclass(frozen=True)
class Call:
    path: str
    body: Any = None
    query: str = ""
    as_: Api | None = None  # where it is not the owner who may

    def by(self, api: Api, operation: Operation) -> Reply:
        if operation.method == "patch":
            return api.send("PATCH", self.path, content=orjson.dumps(self.body))
        if operation.method == "delete":
            return api.send("DELETE", self.path)
        if operation.method == "post":
            return api.post(self.path, self.body)
        return api.get(self.path + self.query)


def open_at(diary: Diary, weekday: int) -> OpeningHours:
    OpeningHours.objects.filter(diary_id=diary.pk, weekday=weekday).delete()
    return add_opening_hours(
        diary, weekday=weekday, starts=dt.time(9), ends=dt.time(12), timezone="Europe/London", by=OWNER
    )


def calls(school: School) -> dict[str, list[Call]]:
    """By operation: requests that owners get an answer to, and to the reads that need no token guests as well."""
    course, bare = new_course(school, overrides={"free_cancel_hours": 5}), new_course(school, price=0)
    lessons = new_course(school, format="one_to_one", trial_price=0)
    instructor, idle, room = new_instructor(school), new_instructor(school, hours=False), new_resource(school)
    child = new_student(school)
    session = new_session(course, hour_at(30), hour_at(31), instructors=[instructor], resource=room)
    drafts = [new_session(course, hour_at(day), publish=False) for day in (32, 33)]
    free = new_session(bare, hour_at(20))
    booked, paid, waived, kept = (buy_seat(session, new_student(school)) for _ in range(4))
    payment, pending = pay_for(paid), pay_for(kept, 100, token="stays_pending")
    buy_seat(free, child)
    guests = {"student": {"name": "Sam Marsh"}, "client": PERSON}
    own_hours = open_at(instructor.person.diary, 2)
    room_hours = [open_at(room.diary, day) for day in (3, 4)]
    open_daily(school_diary(school), school)
    once = add_opening_hours(
        school_diary(school), date=dt.date(2100, 2, 1), starts=dt.time(9), ends=dt.time(12), timezone="UTC", by=OWNER
    )
    half_term = add_closure(school, hour_at(30).starts_at.date(), hour_at(33).starts_at.date(), "Half term", by=OWNER)
    times_off = [ask_for_time_off(instructor.person.diary, hour_at(day), by=OWNER) for day in (30, 31, 32)]
    coach = new_instructor(school, hours=False)
    own_slots = [new_session(lessons, hour_at(day), instructors=[coach]) for day in (50, 51)]
    buy_seat(own_slots[1], new_student(school))
    taught, other = new_session(course, hour_at(50), instructors=[new_instructor(school)]), new_instructor(school)
    shut = add_closure(school, hour_at(60).starts_at.date(), hour_at(60).starts_at.date(), "Works", by=OWNER)
    new_session(course, hour_at(60), publish=False, despite_closed=True)
    calendar = subscribe_calendar(
        instructor.person.diary, name="Mine", url="http://127.0.0.1:1/", timezone="UTC", by=OWNER
    )
    tomorrow = hour_at(1).starts_at.date()
    classes, other_classes = (
        create_series(NewSeries(course, "FREQ=DAILY", dt.time(4), tomorrow, resource=new_resource(school)), by=OWNER)
        for _ in range(2)
    )
    far = tomorrow + dt.timedelta(days=700)
    far_friday = far + dt.timedelta(days=(5 - far.isoweekday()) % 7)
    learners = [new_student(school) for _ in range(2)]
    enrolled = [
        enroll_weekly(
            WeeklyPlan(one, payer_of(one), lessons, instructor, 5, dt.time(hour), tomorrow, timezone="UTC"), by=OWNER
        )
        for hour, one in enumerate(learners, start=14)
    ]
    left_out = [skipped_of(one) for one in enrolled]
    over = buy_seat(free, new_student(school))
    unnamed = buy_seat(taught, add_placeholder(over.client, by=OWNER, relationship="employer"))
    Booking.objects.filter(id=over.pk).update(status="completed")
    its_client = Api(school.slug, new_token(school, Role.CLIENT, over.client.person))
    teaches = Api(school.slug, new_token(school, Role.INSTRUCTOR, instructor.person))
    lacking = [new_session(course, hour_at(day), instructors=[instructor]) for day in (70, 71, 72)]
    asked_for = [ask_for_substitute(one, by=as_instructor(instructor)) for one in lacking[1:]]
    kit = add_product(school, ProductValues("Kit", 700), by=OWNER)
    ordered = [
        order_products(
            [ProductWish(kit)], school=school, student=child, client=payer_of(child), pay_with="desk", by=OWNER
        )
        for _ in range(2)
    ]
    pay(ordered[0], Attempt("desk", "cash"), by=OWNER)
    pages = ("", "?limit=1")
    ready, open_requests = proposed_timetable(school, lessons, child)
    return {
        "get_school": [Call("")],
        "change_school": [Call("", {"tagline": "Ready", "policies": {"notice_minutes": 60}})],
        "change_instructor": [Call(f"/instructors/{idle.pk}", {"max_hours_per_week": 12, "email": None})],
        "set_travel": [
            Call("/travel", {"one": str(room.pk), "other": str(new_resource(school).pk), "minutes": minutes})
            for minutes in (None, 25)
        ],
        "list_travel": [Call("/travel")],
        "list_courses": [Call("/courses", query=query) for query in pages],
        "get_course": [Call(f"/courses/{one.pk}") for one in (course, bare, lessons)],
        "create_course": [Call("/courses", {"name": "A", "duration_minutes": 60, "trial_price": 100, "age_min": 8})],
        "list_instructors": [Call("/instructors", query=query) for query in pages],
        "get_instructor": [Call(f"/instructors/{instructor.pk}")],
        "create_instructor": [Call("/instructors", PERSON | {"hourly_rate": 3000, "max_hours_per_week": 20})],
        "create_qualification": [
            Call(f"/instructors/{one.pk}/qualifications", {"course": str(lessons.pk), "certified_on": day})
            for one, day in ((instructor, "2024-02-29"), (idle, None))
        ],
        "list_instructor_opening_hours": [Call(f"/instructors/{instructor.pk}/opening-hours")],
        "create_instructor_opening_hours": [
            Call(f"/instructors/{idle.pk}/opening-hours", body)
            for body in (HOURS, {"date": "2100-03-01", "starts": "00:00", "ends": "00:00"})
        ],
        "list_resources": [Call("/resources", query=query) for query in pages],
        "get_resource": [Call(f"/resources/{room.pk}")],
        "create_resource": [Call("/resources", {"kind": "venue", "name": "Hall", "facilities": {"tea": True}})],
        "change_resource": [
            Call(f"/resources/{room.pk}", body)
            for body in ({"is_active": True}, {"name": "Big hall", "capacity": 50, "meeting_url": "", "city": "Leeds"})
        ],
        "create_resource_opening_hours": [
            Call(f"/resources/{room.pk}/opening-hours", HOURS | {"valid_from": "2024-01-01"})
        ],
        "list_resource_opening_hours": [Call(f"/resources/{room.pk}/opening-hours")],
        "list_school_opening_hours": [Call("/opening-hours")],
        "create_school_opening_hours": [
            Call("/opening-hours", {"date": "2100-03-01", "starts": "00:00", "ends": "00:00", "closes": True})
        ],
        "delete_instructor_opening_hours": [Call(f"/instructors/{instructor.pk}/opening-hours/{own_hours.pk}")],
        "delete_resource_opening_hours": [Call(f"/resources/{room.pk}/opening-hours/{room_hours[1].pk}")],
        "delete_school_opening_hours": [Call(f"/opening-hours/{once.pk}")],
        "list_closures": [Call("/closures", query=query) for query in pages],
        "get_closure": [Call(f"/closures/{half_term.pk}")],
        "create_closure": [Call("/closures", {"first_day": "2100-03-01", "name": "Works"})],
        "list_closure_lessons": [Call(f"/closures/{half_term.pk}/lessons")],
        "keep_closure_open": [Call(f"/closures/{half_term.pk}/keep-open")],
        "close_closure_again": [Call(f"/closures/{half_term.pk}/close-again")],
        "delete_closure": [Call(f"/closures/{half_term.pk}")],
        "get_holidays": [Call("/closures/holidays")],
        "follow_holidays": [Call("/closures/holidays", {"country": "GB", "subdivision": "ENG"})],
        "delete_holidays": [Call("/closures/holidays"), Call("/closures/holidays")],
        "list_times_off": [Call("/time-off", query=query) for query in (*pages, "?state=requested")],
        "list_instructor_times_off": [Call(f"/instructors/{instructor.pk}/time-off", query=query) for query in pages],
        "create_time_off": [
            Call(
                f"/instructors/{instructor.pk}/time-off",
                {"starts_at": rfc3339(at(400)), "ends_at": rfc3339(at(400, 11)), "reason": "Choir"},
            )
        ],
        "approve_time_off": [Call(f"/time-off/{times_off[0].pk}/approve")],
        "decline_time_off": [Call(f"/time-off/{times_off[1].pk}/decline")],
        "withdraw_time_off": [Call(f"/time-off/{times_off[2].pk}/withdraw")],
        "list_slots": [Call(f"/instructors/{coach.pk}/slots", query=query) for query in pages],
        "create_slots": [
            Call(
                f"/instructors/{coach.pk}/slots",
                {"course": str(lessons.pk), "weekdays": [1], "starts": "09:00", "ends": "12:00"}
                | {"first_day": "2100-05-03", "weeks": 1, "dry_run": dry_run},
            )
            for dry_run in (True, False)
        ],
        "delete_slot": [Call(f"/slots/{slots_of(own_slots[0])[0].pk}")],
        "list_calendars": [Call(f"/instructors/{instructor.pk}/calendars", query=query) for query in pages],
        "create_calendar": [Call(f"/instructors/{instructor.pk}/calendars", {"url": "https://example.org/2.ics"})],
        "fetch_calendar": [Call(f"/instructors/{instructor.pk}/calendars/{calendar.pk}/fetch")],
        "delete_calendar": [Call(f"/instructors/{instructor.pk}/calendars/{calendar.pk}")],
        "list_students": [Call("/students", query=query) for query in pages],
        "get_student": [Call(f"/students/{child.pk}")],
        "create_student": [Call("/students", PERSON)],
        "list_clients": [Call("/clients", query=query) for query in pages],
        "get_client": [Call(f"/clients/{booked.client_id}")],
        "create_client": [Call("/clients", PERSON)],
        "list_sessions": [Call("/sessions", query=query) for query in (*pages, "?open=true&from=2024-01-01")],
        "get_session": [Call(f"/sessions/{session.pk}")],
        "create_session": [
            Call("/sessions", {"course": str(course.pk), "slots": [LESSON]}),
            Call(
                "/sessions",
                {"course": str(lessons.pk), "slots": [LESSON], "price": 100, "instructors": [str(instructor.pk)]},
            ),
        ],
        "list_other_times": [Call(f"/sessions/{lacking[0].pk}/other-times")],
        "create_substitute_request": [
            Call(f"/sessions/{lacking[0].pk}/substitute-requests", {"wanted": str(other.pk)}, as_=teaches)
        ],
        "list_substitute_requests": [Call("/substitute-requests", query=query) for query in (*pages, "?open=true")],
        "decline_substitute_request": [Call(f"/substitute-requests/{asked_for[0].pk}/decline")],
        "withdraw_substitute_request": [Call(f"/substitute-requests/{asked_for[1].pk}/withdraw")],
        "publish_session": [Call(f"/sessions/{drafts[0].pk}/publish", {"despite_closed": True})],
        "change_course": [
            Call(f"/courses/{lessons.pk}", body | {"duration_minutes": 45, "price": 5000})
            for body in (
                {"dry_run": True, "name": "Other"},
                {"enrollments_follow": True, "overrides": {"notice_minutes": 5}},
                {"name": "Lessons", "deposit": 100, "trial_price": None, "age_min": None, "is_active": True},
            )
        ],
        "list_substitutes": [Call(f"/sessions/{taught.pk}/substitutes")],
        "substitute_instructor": [Call(f"/sessions/{taught.pk}/substitute", {"instructor": str(other.pk)})],
        "arrange_absence": [
            Call(
                f"/instructors/{other.pk}/absence",
                {"starts_at": hour_at(50).starts_at.isoformat(), "ends_at": hour_at(50).ends_at.isoformat()} | more,
            )
            for more in ({"dry_run": True}, {})
        ],
        "arrange_closure_lessons": [
            Call(f"/closures/{shut.pk}/lessons", body) for body in ({"dry_run": True}, {"prefer": ["cancel"]})
        ],
        "move_session": [
            Call(f"/sessions/{drafts[1].pk}/move", {"dry_run": True, "slots": [LESSON]}),
            Call(f"/sessions/{drafts[1].pk}/move", {"slots": [LESSON], "waive_students": True}),
        ],
        "mark_attendance": [
            Call(f"/bookings/{paid.pk}/attendance", {"slot": str(slots_of(session)[0].pk), "status": "excused"})
        ],
        "list_qualifications": [Call(f"/instructors/{instructor.pk}/qualifications")],
        "cancel_session": [
            Call(f"/sessions/{drafts[1].pk}/cancel", body) for body in ({"dry_run": True}, {"dry_run": False})
        ],
        "list_free_times": [Call("/availability", query=f"?course={one.pk}") for one in (lessons, bare)],
        "create_booking": [Call("/bookings", guests | {"session": str(one.pk)}) for one in (session, free)]
        + [Call("/bookings", {"student": {"named_later": True}, "client": PERSON, "session": str(session.pk)})],
        "list_products": [Call("/products", query=query) for query in pages],
        "get_product": [Call(f"/products/{kit.pk}")],
        "create_product": [Call("/products", {"name": "Workbook", "price": 900, "tax_rate": 500})],
        "change_product": [Call(f"/products/{kit.pk}", {"price": 800})],
        "list_orders": [Call("/orders", query=query) for query in pages],
        "get_order": [Call(f"/orders/{ordered[0].pk}")],
        "create_order": [
            Call("/orders", {"student": {"name": "Sam Marsh"}, "products": [{"product": str(kit.pk), "quantity": 2}]})
        ],
        "hand_over_product": [Call(f"/orders/{ordered[0].pk}/products/{lines_of(ordered[0])}/hand-over")],
        "cancel_product": [Call(f"/orders/{ordered[1].pk}/products/{lines_of(ordered[1])}/cancel")],
        "list_bookings": [Call("/bookings", query=query) for query in (*pages, "?status=pending")],
        "get_booking": [Call(f"/bookings/{one.pk}") for one in (booked, paid)],
        "confirm_booking": [Call(f"/bookings/{waived.pk}/confirm", {"waive_reason": "A gift."})],
        "reschedule_booking": [
            Call(f"/bookings/{paid.pk}/reschedule", {"session": str(new_session(course, hour_at(34)).pk)})
        ],
        "cancel_booking": [Call(f"/bookings/{paid.pk}/cancel")],
        "change_booking": [Call(f"/bookings/{paid.pk}", {"notes": words}) for words in ("An allergy: nuts.", "")],
        "name_student": [Call(f"/bookings/{unnamed.pk}/name-student", {"student": {"name": "Kim Stone"}})],
        "create_review": [Call(f"/bookings/{over.pk}/review", {"rating": 5, "comment": "Good."}, as_=its_client)],
        "list_skipped_lessons": [Call("/skipped-lessons", query=query) for query in pages],
        "place_skipped_lesson": [
            Call(f"/skipped-lessons/{left_out[0].pk}/place", {"starts_at": shown(hour_at(41, 3).starts_at)})
        ],
        "list_series": [Call("/series", query=query) for query in pages],
        "get_series": [Call(f"/series/{classes.pk}")],
        "create_series": [
            Call(
                "/series",
                {"course": str(course.pk), "weekdays": [6], "starts": "05:00", "first_day": tomorrow.isoformat()}
                | {"price": 100, "dry_run": dry_run},
            )
            for dry_run in (True, False)
        ],
        "leave_out_day": [Call(f"/series/{classes.pk}/leave-out", {"day": far.isoformat()})],
        "put_back_day": [Call(f"/series/{classes.pk}/put-back", {"day": far.isoformat()})],
        "leave_out_lesson": [Call(f"/enrollments/{enrolled[0].pk}/leave-out", {"day": far_friday.isoformat()})],
        "put_back_lesson": [Call(f"/enrollments/{enrolled[0].pk}/put-back", {"day": far_friday.isoformat()})],
        "change_series": [
            Call(f"/series/{classes.pk}/change", {"starts": "06:00", "leave_clashing": True, "dry_run": dry_run})
            for dry_run in (True, False)
        ],
        "end_series": [
            Call(f"/series/{other_classes.pk}/end", {"last_day": tomorrow.isoformat(), "dry_run": dry_run})
            for dry_run in (True, False)
        ],
        "list_enrollments": [Call("/enrollments", query=query) for query in pages],
        "get_enrollment": [Call(f"/enrollments/{enrolled[0].pk}")],
        "create_enrollment": [
            Call(
                "/enrollments",
                {"type": "weekly_recurring", "student": str(child.pk), "course": str(lessons.pk), "starts": "16:00"}
                | {"instructor": str(instructor.pk), "weekday": 1, "starts_on": tomorrow.isoformat()}
                | {"dry_run": dry_run},
            )
            for dry_run in (True, False)
        ],
        "change_enrollment": [
            Call(
                f"/enrollments/{enrolled[1].pk}/change",
                {"first_day": tomorrow.isoformat(), "starts": "07:00", "despite_rules": True}
                | {"leave_clashing": True, "dry_run": dry_run},
            )
            for dry_run in (True, False)
        ],
        "pause_enrollment": [
            Call(f"/enrollments/{enrolled[0].pk}/pause", {"from_day": tomorrow.isoformat(), "dry_run": dry_run})
            for dry_run in (True, False)
        ],
        "resume_enrollment": [
            Call(
                f"/enrollments/{enrolled[0].pk}/resume",
                {"on": (tomorrow + dt.timedelta(days=7)).isoformat(), "dry_run": dry_run},
            )
            for dry_run in (True, False)
        ],
        "end_enrollment": [
            Call(f"/enrollments/{enrolled[1].pk}/end", {"last_day": tomorrow.isoformat(), "dry_run": dry_run})
            for dry_run in (True, False)
        ],
        "list_payments": [Call("/payments", query=query) for query in pages],
        "get_payment": [Call(f"/payments/{one.pk}") for one in (payment, pending)],
        "create_payment": [
            Call("/payments", {"order": str(order_of(booked).pk), "amount": 100, "gateway": "demo", "token": token})
            for token in ("fails", "succeeds")
        ],
        "list_lesson_requests": [Call("/lesson-requests", query=query) for query in (*pages, "?state=open")],
        "get_lesson_request": [Call(f"/lesson-requests/{one.pk}") for one in open_requests],
        "create_lesson_request": [
            Call("/lesson-requests", {"student": str(child.pk), "course": str(lessons.pk)} | WEEKLY)
        ],
        "withdraw_lesson_request": [Call(f"/lesson-requests/{open_requests[1].pk}/withdraw")],
        "list_timetable_proposals": [Call("/timetable-proposals", query=query) for query in pages],
        "get_timetable_proposal": [Call(f"/timetable-proposals/{ready[0].pk}")],
        "create_timetable_proposal": [Call("/timetable-proposals", {"seconds": 1, "repairs": str(ready[0].pk)})],
        "accept_timetable_proposal": [Call(f"/timetable-proposals/{ready[0].pk}/accept")],
        "discard_timetable_proposal": [Call(f"/timetable-proposals/{ready[1].pk}/discard")],
        "resolve_payment": [Call(f"/payments/{pending.pk}/resolve", {"outcome": "succeeds"})],
    }


def skipped_of(enrollment: Enrollment) -> SkippedOccurrence:
    day = hour_at(40).starts_at.date()
    day += dt.timedelta(days=day.isoweekday() == 5)  # none of its own days
    row = SkippedOccurrence(school_id=enrollment.school_id, series=enrollment.series, occurrence_on=day, reason="clash")
    row.save(force_insert=True)
    return row


def proposed_timetable(school: School, course: Course, student: Student) -> tuple[list[Proposal], list[LessonRequest]]:
    """Two proposals that are ready, in which the second request has no place, and open requests."""
    starts_on = now().date() + dt.timedelta(days=7)
    requests = [
        ask(course, window(1, 9, 12), student=student, starts_on=starts_on),
        ask(course, student=student, starts_on=starts_on, instructors=[new_instructor(school, hours=False)]),
    ]
    return [proposed(school) for _ in range(2)], requests


def test_the_document_is_openapi_3_1_and_its_schemas_are_sound(document):
    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)
    body = document["paths"]["/api/v1/{school}/bookings"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    jsonschema_rs.meta.validate(schema)
    assert jsonschema_rs.is_valid(
        schema, {"session": "01a1f8c3-36f5-7533-aa28-379aa35149e0", "student": {"name": "Ann"}}
    )
    assert not jsonschema_rs.is_valid(schema, {"student": 17})


def test_every_address_is_in_the_document_under_a_name_of_its_own(document):
    documented = {(path, method) for path, item in document["paths"].items() for method in item if method in METHODS}
    served = set()
    for pattern in get_resolver().url_patterns:
        if getattr(pattern, "namespace", None) == "api":
            for view in ninja_api._routers:
                for path, operations in view[1].path_operations.items():
                    prefix = "/api" + view[0].rstrip("/")
                    for operation in operations.operations:
                        served |= {((prefix + path).replace("//", "/"), method.lower()) for method in operation.methods}
    assert {(path.rstrip("/"), method) for path, method in served} == documented
    assert len(documented) >= 30
    names = [item[method]["operationId"] for item in document["paths"].values() for method in item if method in METHODS]
    assert len(set(names)) == len(names)
    assert all(item[method]["summary"] for item in document["paths"].values() for method in item if method in METHODS)


def test_every_operation_has_a_name_that_says_what_it_does_and_its_parameters_are_explained(document):
    for name, operation in operations_of(document).items():
        assert re.fullmatch(f"(list|get|create|delete|{'|'.join(ACTS)})(_[a-z]+)+", name)
        parameters = {(one["in"], one["name"]): one for one in operation.told["parameters"]}
        assert all(one["description"] for one in parameters.values()), name
        assert (("header", "Idempotency-Key") in parameters) == (operation.method == "post"), name


def test_every_operation_says_what_it_answers_and_what_it_refuses(document):
    for name, operation in operations_of(document).items():
        done = sorted(status for status in operation.told["responses"] if status < "300")
        makes = operation.method == "post" and not name.startswith(ACTS)
        assert done == [*(["200"] if name in PREVIEWING or not makes else []), *(["201"] if makes else [])], name
        for status in operation.told["responses"]:
            ((content_type, content),) = operation.answer(status)["content"].items()
            assert content_type == ("application/json" if status in done else "application/problem+json")
            assert content["schema"]["$ref"].rpartition("/")[2] in document["components"]["schemas"]
        refused = {int(status) for status in operation.told["responses"]} - {int(one) for one in done}
        assert refused >= {401, 404, 500}
        assert operation.method == "get" or refused >= {403, 409, 413, 422}, name
        assert (429 in refused) == (name == "create_booking")
        assert not operation.needs_token or 403 in refused


@pytest.mark.parametrize("who", ["owner", "guest"])
def test_what_is_answered_is_what_the_document_says(document, api, guest, school, who):
    operations, made = operations_of(document), calls(school)
    assert set(made) == set(operations)
    for name, wanted in made.items():
        operation = operations[name]
        for call in wanted:
            reply = call.by((call.as_ or api) if who == "owner" else guest, operation)
            operation.check(reply)
            refused = who == "guest" and operation.needs_token
            assert reply.status == 401 if refused else reply.status in (200, 201), (name, reply.body)
            assert refused or not name.startswith("list_") or reply.json["items"], name


def test_nobody_is_let_in_but_the_roles_that_the_document_names(document, school):
    people = ((Role.INSTRUCTOR, new_instructor), (Role.CLIENT, new_client), (Role.STUDENT, new_student))
    apis = {role: Api(school.slug, new_token(school, role, new(school).person)) for role, new in people}
    apis[Role.GUEST] = Api(school.slug)
    operations, made = operations_of(document), calls(school)
    for name, operation in operations.items():
        named = operation.told["x-roles"]
        assert {"owner", "admin"} <= set(named) <= {"owner", "admin", *apis}, name
        assert (Role.GUEST in named) == (not operation.needs_token), name
        for role in apis.keys() - set(named):
            told = made[name][0].by(apis[role], operation).told
            assert told == ((401, "not_signed_in") if role == Role.GUEST else (403, "not_allowed")), (name, role)


def test_the_document_names_every_code_that_a_refusal_may_have(document):
    codes = {name: set(told["x-codes"]) for name, told in document["components"]["responses"].items()}
    assert all(codes.values())
    assert codes["CONFLICT"] >= {"session_full", "time_taken", "idempotency_key_reused", "school_closed", "seats_taken"}
    assert codes["UNAUTHORIZED"] == {"not_signed_in", "order_key_invalid"}
    assert codes["UNPROCESSABLE_ENTITY"] == {"invalid_input", "malformed_json"}
    assert codes["INTERNAL_SERVER_ERROR"] == {"internal_error"}
    # These are refused on pages and on the command line alone.
    assert not codes["CONFLICT"] & {"slug_taken", "last_owner", "email_taken", "several_go_by", "refused"}


def database_away(*asked: object) -> None:
    raise OperationalError


def test_what_is_refused_is_told_as_the_document_says(document, api, guest, school, monkeypatch):
    operations = operations_of(document)
    course, student, client = new_course(school, capacity=1), new_student(school), new_client(school)
    full, *more = (new_session(course, hour_at(day)) for day in range(30, 35))
    buy_seat(full, new_student(school))
    clients = Api(school.slug, new_token(school, Role.CLIENT, client.person))
    seat = {"session": str(full.pk), "student": str(student.pk)}
    nobody = {"student": {"name": "Sam Marsh"}, "client": PERSON}
    replies = [
        ("create_booking", 401, guest.post("/bookings", seat)),
        ("create_client", 403, clients.post("/clients", PERSON)),
        ("list_resources", 403, clients.get("/resources")),
        ("get_course", 404, guest.get(f"/courses/{student.pk}")),
        ("get_school", 404, Api("no-such-school").get()),
        ("get_school", 401, Api(school.slug, "nonsense").get()),
        ("create_booking", 409, api.post("/bookings", seat)),
        ("create_client", 413, api.post("/clients", raw=b" " * (1024 * 1024 + 1))),
        ("create_booking", 422, api.post("/bookings", seat | {"slots": 17})),
        ("create_booking", 422, api.post("/bookings", raw=b"{")),
        ("create_client", 422, api.post("/clients", PERSON, key="é")),
        ("list_sessions", 422, guest.get("/sessions?from=yesterday")),
        *(("create_booking", 201, guest.post("/bookings", nobody | {"session": str(one.pk)})) for one in more[:3]),
        ("create_booking", 429, guest.post("/bookings", nobody | {"session": str(more[3].pk)})),
    ]
    body_in_chunks = {"wsgi.input": BytesIO(b"{}")}
    in_chunks = api.client.generic(
        "POST", f"/api/v1/{school.slug}/clients", headers={"transfer-encoding": "chunked"}, **body_in_chunks
    )
    replies.append(("create_client", 411, Reply(in_chunks.status_code, in_chunks.headers, in_chunks.content)))
    monkeypatch.setattr("schoolbell.api.courses.find_course", database_away)
    replies.append(("get_course", 503, guest.get(f"/courses/{course.pk}")))
    monkeypatch.setattr("schoolbell.api.clients.add_client", None)
    replies.append(("create_client", 500, api.post("/clients", PERSON)))
    for name, status, reply in replies:
        assert reply.status == status, (name, reply.body)
        operations[name].check(reply)


def test_the_check_finds_what_is_missing_what_is_more_and_what_is_of_another_type(document, api, guest, school):
    """Without this, a check that lets everything through would pass as well."""
    operation, path = operations_of(document)["get_course"], f"/courses/{new_course(school).pk}"
    reply = guest.get(path)
    operation.check(reply)
    for change in (
        {"name": 17},
        {"id": "17"},
        {"price": {"amount": 1}},
        {"format": "circus"},
        {"more": 1},
        {"name": ...},
    ):
        altered = {name: value for name, value in (reply.json | change).items() if value is not ...}
        with pytest.raises(AssertionError):
            operation.check(Reply(reply.status, reply.headers, orjson.dumps(altered)))
    with pytest.raises(AssertionError):
        operation.check(Reply(201, reply.headers, reply.body))


def test_the_document_says_how_a_token_is_sent(document):
    assert document["components"]["securitySchemes"]["token"].items() >= {"type": "http", "scheme": "bearer"}.items()
    assert all({"token": []} in operation.told["security"] for operation in operations_of(document).values())


def test_the_docs_page_shows_the_document(client):
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert DOCUMENT in page.content.decode()


@pytest.mark.usefixtures("scratch")
def test_nothing_that_schemathesis_thinks_of_makes_the_server_fail():
    school = new_school()
    course, instructor, student = new_course(school), new_instructor(school), new_student(school)
    session = new_session(course, instructors=[instructor], resource=new_resource(school))
    lessons, pupil = new_course(school, format="one_to_one"), new_student(school)
    enrolled = enroll_weekly(
        WeeklyPlan(pupil, payer_of(pupil), lessons, instructor, 5, dt.time(14), hour_at(1).starts_at.date()), by=OWNER
    )
    booking = buy_seat(session, student)
    payment = pay_for(booking, 100)
    token = new_token(school, Role.OWNER)
    known = {
        "course": course.pk,
        "instructor": instructor.pk,
        "resource": session.resource_id,
        "student": student.pk,
        "client": booking.client_id,
        "enrollment": enrolled.pk,
        "series": enrolled.series_id,
        "session": session.pk,
        "slot": slots_of(session)[0].pk,
        "booking": booking.pk,
        "payment": payment.pk,
        "skipped": skipped_of(enrolled).pk,
    }
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, get_wsgi_application())
    operations = [result.ok() for result in schema.get_all_operations()]
    reached = set()
    for operation in operations:

        @hypothesis.settings(max_examples=5, parent=hypothesis.settings.get_profile("schoolbell"))
        @hypothesis.given(case=operation.as_strategy())
        def try_it(case: schemathesis.Case) -> None:
            case.path_parameters = {**(case.path_parameters or {}), "school": school.slug} | {
                name: str(value) for name, value in known.items() if "{" + name + "}" in case.path
            }
            answer = case.call(headers={"Authorization": f"Bearer {token}"})
            case.validate_response(answer, checks=CHECKS)
            assert answer.status_code != 401
            reached.add((case.method, case.path, answer.status_code < 300))

        try_it()
    assert len({(method, path) for method, path, _ in reached}) == len(operations)
