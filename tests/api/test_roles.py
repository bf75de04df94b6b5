"""Who may do what, and that nobody sees into another school."""

import datetime as dt
from copy import copy
from dataclasses import dataclass
from typing import Any

import pytest

from api_client import Api
from databases import row_counts
from factories import (
    as_instructor,
    at,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    new_token,
    order_of,
    pay_for,
)
from planning.asking import ask
from schoolbell.access.models import ApiToken
from schoolbell.access.tokens import revoke_token
from schoolbell.diary.closures import add_closure, keep_open
from schoolbell.diary.time_off import ask_for_time_off
from schoolbell.kit.time import now
from schoolbell.people.models import Client, Instructor, Person, Student
from schoolbell.planning.models import Proposal
from schoolbell.planning.own_lessons import ask_for_substitute
from schoolbell.schools.actor import SYSTEM, Role
from schoolbell.schools.models import School
from servers import rfc3339

WHO = ("owner", "admin", "instructor", "client", "student", "guest")


@dataclass
class Cast:
    """A school where everybody has a token, and strangers' rows of the same kind that are not theirs."""

    school: School

    def __post_init__(self) -> None:
        school = self.school
        school.stored_policies |= {"own_lessons": "all", "own_lessons_notice_hours": 0}  # who may not, may not with it
        school.save()
        self.course, self.resource = new_course(school, price=4500), new_resource(school)
        self.far = new_resource(school)
        self.teacher, self.parent = new_instructor(school, hours=False), new_client(school)
        self.child = new_student(school, guardian=self.parent)
        self.own_session = new_session(self.course, hour_at(30), instructors=[self.teacher])
        self.own = buy_seat(self.own_session, self.child)
        self.payment = pay_for(self.own, 100)
        self.third_teacher = new_instructor(school)  # who is open all day
        self.other_teacher, self.stranger = new_instructor(school, hours=False), new_student(school)
        self.draft = new_session(self.course, hour_at(31), publish=False)
        self.other_session = new_session(self.course, hour_at(32), instructors=[self.other_teacher])
        self.others = buy_seat(self.other_session, self.stranger)
        self.others_payment = pay_for(self.others, 100)
        self.closure = add_closure(school, dt.date(2100, 3, 1), dt.date(2100, 3, 1), "Half term", by=SYSTEM)
        self.kept = add_closure(school, dt.date(2100, 3, 2), dt.date(2100, 3, 2), "Works", by=SYSTEM)
        keep_open(self.kept, by=SYSTEM)
        self.asked, self.others_asked = (
            ask_for_time_off(one.person.diary, hour_at(40), by=SYSTEM) for one in (self.teacher, self.other_teacher)
        )
        self.asked_for, self.others_asked_for = (
            ask_for_substitute(
                new_session(self.course, hour_at(day), instructors=[one]),
                by=as_instructor(one),
            )
            for day, one in ((33, self.teacher), (34, self.other_teacher))
        )
        self.lessons = new_lessons(school)
        self.request, self.spare = (ask(self.lessons, student=self.child, starts_on=in_a_week()) for _ in range(2))
        self.proposal, self.unwanted = (Proposal(school=school, seconds=60, status="ready") for _ in range(2))
        for one in (self.proposal, self.unwanted):
            one.save(force_insert=True)
        people = {"instructor": self.teacher, "client": self.parent, "student": self.child}
        self.apis = {
            who: Api(school.slug, new_token(school, Role(who), people[who].person if who in people else None))
            for who in WHO
            if who != "guest"
        } | {"guest": Api(school.slug)}

    def path(self, template: str) -> str:
        values = {name: getattr(value, "pk", None) for name, value in vars(self).items()}
        return template.format(**values)


def in_a_week() -> dt.date:
    return now().date() + dt.timedelta(days=7)


@pytest.fixture(scope="module")
def the_cast(committed: None) -> Cast:
    return Cast(new_school())


@pytest.fixture
def cast(the_cast: Cast, db: None) -> Cast:
    return copy(the_cast)


FORBIDDEN, UNSIGNED, UNSEEN = 403, 401, 404
# Per address, what owner, admin, instructor, client, student and guest are answered.
READING = {
    "": (200,) * 6,
    "/courses": (200,) * 6,
    "/courses/{course}": (200,) * 6,
    "/instructors": (200,) * 6,
    "/instructors/{teacher}": (200,) * 6,
    "/instructors/{teacher}/opening-hours": (200, 200, 200, 403, 403, 401),
    "/instructors/{other_teacher}/opening-hours": (200, 200, 403, 403, 403, 401),
    "/instructors/{teacher}/slots": (200, 200, 200, 403, 403, 401),
    "/instructors/{other_teacher}/slots": (200, 200, 403, 403, 403, 401),
    "/instructors/{teacher}/time-off": (200, 200, 200, 403, 403, 401),
    "/instructors/{other_teacher}/time-off": (200, 200, 403, 403, 403, 401),
    "/instructors/{teacher}/calendars": (200, 200, 200, 403, 403, 401),
    "/instructors/{other_teacher}/calendars": (200, 200, 403, 403, 403, 401),
    "/time-off": (200, 200, 403, 403, 403, 401),
    "/opening-hours": (200,) * 6,
    "/closures": (200,) * 6,
    "/closures/{closure}": (200,) * 6,
    "/closures/{closure}/lessons": (200, 200, 200, 403, 403, 401),
    "/closures/holidays": (200,) * 6,
    "/resources/{resource}/opening-hours": (200, 200, 200, 403, 403, 401),
    "/resources": (200, 200, 200, 403, 403, 401),
    "/resources/{resource}": (200, 200, 200, 403, 403, 401),
    "/travel": (200, 200, 200, 403, 403, 401),
    "/sessions": (200,) * 6,
    "/sessions/{own_session}": (200,) * 6,
    "/sessions/{draft}": (200, 200, 404, 404, 404, 404),
    "/sessions/{own_session}/substitutes": (200, 200, 200, 403, 403, 401),
    "/sessions/{other_session}/substitutes": (200, 200, 403, 403, 403, 401),
    "/sessions/{draft}/substitutes": (200, 200, 404, 403, 403, 401),
    "/sessions/{own_session}/other-times": (200, 200, 200, 403, 403, 401),
    "/sessions/{other_session}/other-times": (200, 200, 403, 403, 403, 401),
    "/substitute-requests": (200, 200, 200, 403, 403, 401),
    "/availability?course={course}": (200,) * 6,
    "/availability?course={course}&student={child}": (200, 200, 200, 200, 200, 401),
    "/availability?course={course}&student={stranger}": (200, 200, 404, 404, 404, 401),
    "/lesson-requests": (200, 200, 403, 403, 403, 401),
    "/lesson-requests/{request}": (200, 200, 403, 403, 403, 401),
    "/timetable-proposals": (200, 200, 403, 403, 403, 401),
    "/timetable-proposals/{proposal}": (200, 200, 403, 403, 403, 401),
    "/students": (200, 200, 200, 200, 200, 401),
    "/students/{child}": (200, 200, 200, 200, 200, 401),
    "/students/{stranger}": (200, 200, 404, 404, 404, 401),
    "/clients": (200, 200, 200, 200, 200, 401),
    "/clients/{parent}": (200, 200, 404, 200, 200, 401),
    "/bookings": (200, 200, 200, 200, 200, 401),
    "/bookings/{own}": (200, 200, 200, 200, 200, 401),
    "/bookings/{others}": (200, 200, 404, 404, 404, 401),
    "/payments": (200, 200, 200, 200, 200, 401),
    "/payments/{payment}": (200, 200, 404, 200, 200, 401),
    "/payments/{others_payment}": (200, 200, 404, 404, 404, 401),
}
CODES = {200: "", 401: "not_signed_in", 403: "not_allowed", 404: "not_found"}


@pytest.mark.parametrize("path", READING)
def test_reading(cast, path):
    answers = [cast.apis[who].get(cast.path(path)) for who in WHO]
    assert [answer.told for answer in answers] == [(status, CODES[status]) for status in READING[path]]
    assert all(("WWW-Authenticate" in answer.headers) == (answer.status == UNSIGNED) for answer in answers)


def ids(api: Api, path: str) -> set[str]:
    return {item["id"] for item in api.get(path).json["items"]}


def test_lists_hold_what_the_asker_may_see_and_no_more(cast):
    seen = {
        path: [len(ids(cast.apis[who], path)) for who in WHO if who != "guest"]
        for path in ("/students", "/clients", "/bookings", "/payments", "/sessions")
    }
    assert seen == {
        "/students": [2, 2, 1, 1, 1],
        "/clients": [2, 2, 0, 1, 1],
        "/bookings": [2, 2, 1, 1, 1],
        "/payments": [2, 2, 0, 1, 1],
        "/sessions": [5, 5, 4, 4, 4],
    }
    assert ids(cast.apis["owner"], "/substitute-requests") == {str(cast.asked_for.pk), str(cast.others_asked_for.pk)}
    assert ids(cast.apis["instructor"], "/substitute-requests") == {str(cast.asked_for.pk)}
    for who in ("instructor", "client", "student"):
        assert ids(cast.apis[who], "/bookings") == {str(cast.own.pk)}
        assert ids(cast.apis[who], "/students") == {str(cast.child.pk)}


PERSON = {"name": "Ann Marsh"}
HOURS = {"weekday": 1, "starts": "09:00", "ends": "12:00"}
OFF = {"starts_at": rfc3339(at(400)), "ends_at": rfc3339(at(400, 11))}
SLOTS = {
    "course": "{course}",
    "weekdays": [1],
    "starts": "09:00",
    "ends": "12:00",
    "first_day": "2100-05-03",
    "last_day": "2100-05-03",
}
CALENDAR = {"url": "https://example.org/mine.ics"}
WINDOWS = [{"weekday": 1, "from": "09:00", "until": "12:00"}]
CARD = {"gateway": "demo", "token": "succeeds"}
WRITING = {
    "/lesson-requests": (
        {"student": "{child}", "course": "{lessons}", "windows": WINDOWS, "starts_on": "2100-01-01"},
        (201, 201, 403, 403, 403, 401),
    ),
    "/lesson-requests/{spare}/withdraw": (None, (200, 200, 403, 403, 403, 401)),
    "/timetable-proposals": ({}, (201, 201, 403, 403, 403, 401)),
    "/timetable-proposals/{proposal}/accept": (None, (200, 200, 403, 403, 403, 401)),
    "/timetable-proposals/{unwanted}/discard": (None, (200, 200, 403, 403, 403, 401)),
    "/courses": ({"name": "A", "duration_minutes": 60}, (201, 201, 403, 403, 403, 401)),
    "/instructors": (PERSON, (201, 201, 403, 403, 403, 401)),
    "/instructors/{other_teacher}/qualifications": ({"course": "{course}"}, (201, 201, 403, 403, 403, 401)),
    "/instructors/{teacher}/opening-hours": (
        HOURS,
        (201, 201, 201, 403, 403, 401),
    ),
    "/instructors/{other_teacher}/opening-hours": (
        HOURS,
        (201, 201, 403, 403, 403, 401),
    ),
    "/resources": ({"kind": "venue", "name": "Hall"}, (201, 201, 403, 403, 403, 401)),
    "/resources/{resource}/opening-hours": (
        HOURS,
        (201, 201, 403, 403, 403, 401),
    ),
    "/travel": ({"one": "{resource}", "other": "{far}", "minutes": 25}, (200, 200, 403, 403, 403, 401)),
    "/opening-hours": (HOURS, (201, 201, 403, 403, 403, 401)),
    "/closures": ({"first_day": "2100-01-01", "name": "Works"}, (201, 201, 403, 403, 403, 401)),
    "/closures/holidays": ({"country": "GB"}, (200, 200, 403, 403, 403, 401)),
    "/closures/{closure}/keep-open": (None, (200, 200, 403, 403, 403, 401)),
    "/closures/{kept}/close-again": (None, (200, 200, 403, 403, 403, 401)),
    "/instructors/{teacher}/time-off": (OFF, (201, 201, 201, 403, 403, 401)),
    "/instructors/{other_teacher}/time-off": (OFF, (201, 201, 403, 403, 403, 401)),
    "/instructors/{teacher}/slots": (SLOTS, (201, 201, 201, 403, 403, 401)),
    "/instructors/{other_teacher}/slots": (SLOTS, (201, 201, 403, 403, 403, 401)),
    "/instructors/{teacher}/calendars": (CALENDAR, (201, 201, 201, 403, 403, 401)),
    "/instructors/{other_teacher}/calendars": (CALENDAR, (201, 201, 403, 403, 403, 401)),
    "/time-off/{asked}/approve": (None, (200, 200, 403, 403, 403, 401)),
    "/time-off/{asked}/decline": (None, (200, 200, 403, 403, 403, 401)),
    "/time-off/{asked}/withdraw": (None, (200, 200, 200, 403, 403, 401)),
    "/time-off/{others_asked}/withdraw": (None, (200, 200, 404, 403, 403, 401)),
    "/clients": (PERSON, (201, 201, 403, 403, 403, 401)),
    "/students": (PERSON, (201, 201, 403, 201, 403, 401)),
    "/sessions": (
        {"course": "{course}", "slots": [{"starts_at": "2100-01-01T10:00:00Z", "ends_at": "2100-01-01T11:00:00Z"}]},
        (201, 201, 403, 403, 403, 401),
    ),
    "/sessions/{draft}/publish": (None, (200, 200, 403, 403, 403, 401)),
    "/sessions/{own_session}/substitute": ({"instructor": "{third_teacher}"}, (200, 200, 200, 403, 403, 401)),
    "/sessions/{other_session}/substitute": ({"instructor": "{third_teacher}"}, (200, 200, 403, 403, 403, 401)),
    "/sessions/{own_session}/substitute-requests": (None, (403, 403, 201, 403, 403, 401)),
    "/sessions/{other_session}/substitute-requests": (None, (403, 403, 403, 403, 403, 401)),
    "/sessions/{draft}/substitute-requests": (None, (403, 403, 404, 403, 403, 401)),
    "/substitute-requests/{asked_for}/decline": (None, (200, 200, 403, 403, 403, 401)),
    "/substitute-requests/{asked_for}/withdraw": (None, (200, 200, 200, 403, 403, 401)),
    "/substitute-requests/{others_asked_for}/withdraw": (None, (200, 200, 404, 403, 403, 401)),
    "/instructors/{teacher}/absence": (OFF, (200, 200, 403, 403, 403, 401)),
    "/closures/{closure}/lessons": ({}, (200, 200, 403, 403, 403, 401)),
    "/sessions/{own_session}/move": ({}, (200, 200, 200, 403, 403, 401)),
    "/sessions/{other_session}/move": ({}, (200, 200, 403, 403, 403, 401)),
    "/sessions/{draft}/move": ({}, (200, 200, 404, 403, 403, 401)),
    "/sessions/{own_session}/cancel": ({"reason": "Ill."}, (200, 200, 200, 403, 403, 401)),
    "/sessions/{other_session}/cancel": ({"reason": "Ill."}, (200, 200, 403, 403, 403, 401)),
    "/sessions/{draft}/cancel": ({"reason": "Ill."}, (200, 200, 404, 403, 403, 401)),
    "/bookings": ({"session": "{other_session}", "student": "{child}"}, (201, 201, 403, 201, 201, 401)),
    "/bookings/{own}/confirm": ({"waive_reason": "A gift."}, (200, 200, 403, 403, 403, 401)),
    "/bookings/{own}/reschedule": ({"session": "{other_session}"}, (200, 200, 403, 200, 200, 401)),
    "/bookings/{others}/reschedule": ({"session": "{own_session}"}, (200, 200, 403, 404, 404, 401)),
    "/bookings/{own}/cancel": (None, (200, 200, 403, 200, 200, 401)),
    "/bookings/{others}/cancel": (None, (200, 200, 403, 404, 404, 401)),
    "/payments": ({"order": "{order}", "gateway": "desk"}, (201, 201, 403, 403, 403, 401)),
    "/payments ": (CARD | {"order": "{order}"}, (201, 201, 403, 201, 201, 401)),
    "/payments  ": (
        CARD | {"order": "{others_order}"},
        (201, 201, 403, 404, 404, 401),
    ),
}


def filled(value: Any, cast: Cast) -> Any:
    if isinstance(value, dict):
        return {name: filled(inner, cast) for name, inner in value.items()}
    return cast.path(value) if isinstance(value, str) else value


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("path", WRITING)
def test_writing(cast, path, who):
    cast.order, cast.others_order = order_of(cast.own), order_of(cast.others)
    body, statuses = WRITING[path]
    status = statuses[WHO.index(who)]
    before = row_counts()
    reply = cast.apis[who].post(cast.path(path).strip(), filled(body, cast))
    assert reply.told == (status, CODES.get(status, ""))
    assert (row_counts() == before) == (status >= 400)


def test_an_instructor_sees_of_a_student_what_teaching_needs_and_the_family_all(cast):
    Person.objects.filter(id=cast.child.person_id).update(
        email="sam@example.org", phone="+44 20 7946 0000", birth_date=now().date() - dt.timedelta(days=365 * 9)
    )
    shown = cast.apis["instructor"].get(f"/students/{cast.child.pk}").json
    assert shown == {
        "id": str(cast.child.pk),
        "name": "Sam Learner",
        "status": "active",
        "skill_level": "",
        "age_group": "child",
    }
    assert cast.apis["instructor"].get("/students").json == {"items": [shown], "next": None}
    for who in ("owner", "admin", "client", "student"):
        whole = cast.apis[who].get(f"/students/{cast.child.pk}").json
        assert (whole["email"], whole["clients"][0]["id"]) == ("sam@example.org", str(cast.parent.pk))


def test_a_client_books_for_their_own_student_only_and_a_student_for_themselves(cast):
    session = {"session": str(cast.other_session.pk)}
    for who in ("client", "student"):
        assert cast.apis[who].post("/bookings", session | {"student": str(cast.stranger.pk)}).status == 404
        to_others_bill = session | {"student": str(cast.child.pk), "client": str(cast.others.client_id)}
        reply = cast.apis[who].post("/bookings", to_others_bill)
        assert reply.told == ((404, "not_found") if who == "client" else (409, "not_your_student"))


def test_a_client_who_adds_a_student_answers_for_them(cast):
    made = cast.apis["client"].made("/students", PERSON)
    assert [bond["id"] for bond in made["clients"]] == [str(cast.parent.pk)]
    assert cast.apis["client"].post("/students", PERSON | {"client": str(cast.others.client_id)}).status == 404


def test_a_guest_may_not_name_people_of_the_school(cast):
    guest, session = cast.apis["guest"], {"session": str(cast.other_session.pk)}
    assert guest.post("/bookings", session | {"student": str(cast.child.pk)}).told == (401, "not_signed_in")
    assert guest.post("/bookings", session | {"student": PERSON, "client": str(cast.parent.pk)}).status == 401


@pytest.mark.django_db
def test_a_school_without_guests_lets_none_book():
    school = new_school(guests=False)
    session = new_session(new_course(school))
    body = {"session": str(session.pk), "student": PERSON, "client": PERSON}
    assert Api(school.slug).post("/bookings", body).told == (401, "not_signed_in")
    assert Client.objects.of(school).count() == Student.objects.of(school).count() == 0


@pytest.mark.parametrize("secret", ["nonsense", "sb_nonsense", "Ünsinn", " ", "a b"])
def test_a_token_that_is_none_opens_nothing_not_even_what_guests_see(cast, secret):
    assert Api(cast.school.slug, secret).get("/courses").told == (401, "not_signed_in")


def test_a_token_is_good_in_its_own_school_until_it_is_revoked(cast):
    owner = cast.apis["owner"]
    assert Api(new_school().slug, owner.token).get("/courses").told == (401, "not_signed_in")
    revoke_token(ApiToken.objects.of(cast.school).get(role="owner"), by=SYSTEM)
    assert owner.get("/clients").told == (401, "not_signed_in")
    session, student = str(cast.other_session.pk), str(cast.child.pk)
    assert owner.post("/bookings", {"session": session, "student": student}).told == (401, "not_signed_in")
    assert ApiToken.objects.of(cast.school).get(role="owner").revoked_at <= now()


def test_no_token_is_kept_in_the_clear(cast):
    secret = cast.apis["owner"].token
    assert all(secret.encode() not in bytes(token.digest) for token in ApiToken.objects.of(cast.school))


OF_ANOTHER_SCHOOL = {
    "/lesson-requests/{request}": None,
    "/timetable-proposals/{proposal}": None,
    "/courses/{course}": None,
    "/instructors/{teacher}": None,
    "/instructors/{teacher}/opening-hours": None,
    "/resources/{resource}": None,
    "/resources/{resource}/opening-hours": None,
    "/instructors/{teacher}/time-off": None,
    "/instructors/{teacher}/slots": None,
    "/instructors/{teacher}/calendars": None,
    "/closures/{closure}": None,
    "/closures/{closure}/lessons": None,
    "/sessions/{own_session}": None,
    "/sessions/{own_session}/substitutes": None,
    "/sessions/{own_session}/other-times": None,
    "/students/{child}": None,
    "/clients/{parent}": None,
    "/bookings/{own}": None,
    "/payments/{payment}": None,
    "/availability?course={course}": None,
}


@pytest.mark.parametrize("path", OF_ANOTHER_SCHOOL)
def test_another_schools_rows_are_not_there_to_read(cast, path):
    other = new_school()
    assert Api(other.slug, new_token(other, Role.OWNER)).get(cast.path(path)).told == (404, "not_found")


WRITING_TO_ANOTHER_SCHOOL = [
    ("/instructors", {"name": "Ida", "courses": ["{course}"]}),
    ("/instructors/{teacher}/qualifications", {"course": "{my_course}"}),
    ("/instructors/{my_teacher}/qualifications", {"course": "{course}"}),
    ("/instructors/{teacher}/opening-hours", HOURS),
    ("/resources/{resource}/opening-hours", HOURS),
    ("/instructors/{teacher}/time-off", OFF),
    ("/instructors/{teacher}/slots", SLOTS | {"course": "{my_course}"}),
    ("/instructors/{my_teacher}/slots", SLOTS),
    ("/instructors/{teacher}/calendars", CALENDAR),
    ("/time-off/{asked}/approve", None),
    ("/time-off/{asked}/decline", None),
    ("/time-off/{asked}/withdraw", None),
    ("/closures/{closure}/keep-open", None),
    ("/closures/{closure}/close-again", None),
    ("/students", {"name": "Ann", "client": "{parent}"}),
    ("/sessions", {"course": "{course}", "slots": "SLOTS"}),
    ("/sessions", {"course": "{my_course}", "slots": "SLOTS", "instructors": ["{teacher}"]}),
    ("/sessions", {"course": "{my_course}", "slots": "SLOTS", "resource": "{resource}"}),
    ("/sessions/{draft}/publish", None),
    ("/sessions/{own_session}/substitute", {"instructor": "{my_teacher}"}),
    ("/sessions/{my_session}/substitute", {"instructor": "{teacher}"}),
    ("/instructors/{teacher}/absence", OFF),
    ("/instructors/{my_teacher}/absence", {"time_off": "{asked}"}),
    ("/closures/{closure}/lessons", {}),
    ("/sessions/{own_session}/move", {"slots": "SLOTS"}),
    ("/sessions/{my_session}/move", {"instructors": ["{teacher}"]}),
    ("/sessions/{my_session}/move", {"resource": "{resource}"}),
    ("/sessions/{own_session}/cancel", None),
    ("/substitute-requests/{asked_for}/decline", None),
    ("/substitute-requests/{asked_for}/withdraw", None),
    ("/bookings", {"session": "{own_session}", "student": "{my_student}"}),
    ("/bookings", {"session": "{my_session}", "student": "{child}"}),
    ("/bookings", {"session": "{my_session}", "student": "{my_student}", "client": "{parent}"}),
    ("/bookings", {"course": "{course}", "starts_at": "2100-01-01T10:00:00Z", "student": "{my_student}"}),
    ("/bookings/{own}/confirm", None),
    ("/bookings/{own}/reschedule", {"session": "{my_session}"}),
    ("/bookings/{own}/cancel", None),
    ("/payments", {"order": "{order}"}),
    ("/payments/{payment}/resolve", {"outcome": "succeeds"}),
]


@pytest.mark.parametrize(("path", "body"), WRITING_TO_ANOTHER_SCHOOL)
def test_another_schools_rows_are_not_there_to_change_or_to_point_at(cast, path, body):
    mine = new_school()
    api = Api(mine.slug, new_token(mine, Role.OWNER))
    cast.order, cast.my_course, cast.my_teacher = order_of(cast.own), new_course(mine), new_instructor(mine)
    cast.my_student, cast.my_session = new_student(mine), new_session(cast.my_course)

    def fill(value: Any) -> Any:
        if isinstance(value, list):
            return [fill(one) for one in value]
        if value == "SLOTS":
            return [{"starts_at": "2100-01-01T10:00:00Z", "ends_at": "2100-01-01T11:00:00Z"}]
        if isinstance(value, dict):
            return {name: fill(inner) for name, inner in value.items()}
        return cast.path(value) if isinstance(value, str) else value

    before = row_counts()
    assert api.post(cast.path(path), fill(body)).told == (404, "not_found")
    assert row_counts() == before
    assert Instructor.objects.of(mine).count() == 1
