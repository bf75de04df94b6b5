"""`Idempotency-Key`: one deed and one answer to one key, for 48 hours, and for nobody else.

That every address keeps it: test_every_address.
"""

import datetime as dt

import pytest

from api_client import Api
from factories import (
    let_hold_run_out,
    new_course,
    new_session,
    new_student,
    new_token,
)
from schoolbell.access.answers import forget_old_answers
from schoolbell.access.models import ApiToken, KeptAnswer
from schoolbell.bookings.models import Booking
from schoolbell.kit.time import now
from schoolbell.people.models import Client, Person
from schoolbell.schools.actor import Role
from schoolbell.timetable.models import Session

KEY = "key"


def let_answers_age(hours: float) -> None:
    KeptAnswer.objects.update(created_at=now() - dt.timedelta(hours=hours))


def test_the_answer_stays_the_same_when_the_row_has_changed(api, school):
    body = {"session": str(new_session(new_course(school)).pk), "student": str(new_student(school).pk)}
    first = api.post("/bookings", body, key=KEY)
    api.made(f"/bookings/{first.json['id']}/cancel")
    assert api.post("/bookings", body, key=KEY).body == first.body
    client = api.post("/clients", {"name": "Ann"}, key="another")
    Person.objects.of(school).update(first_name="Changed")
    assert api.post("/clients", {"name": "Ann"}, key="another").body == client.body


@pytest.mark.parametrize("other", ["body", "path"])
def test_another_request_under_a_used_key_is_refused(api, school, other):
    api.made("/clients", {"name": "Ann"}, key=KEY)
    path, name = ("/clients", "Bob") if other == "body" else ("/students", "Ann")
    assert api.post(path, {"name": name}, key=KEY).told == (409, "idempotency_key_reused")
    assert Client.objects.of(school).count() == 1


def test_another_booking_under_a_used_key_is_refused(api, school):
    session = str(new_session(new_course(school)).pk)
    first, second = (str(new_student(school).pk) for _ in range(2))
    api.made("/bookings", {"session": session, "student": first}, key=KEY)
    assert api.post("/bookings", {"session": session, "student": second}, key=KEY).told == (
        409,
        "idempotency_key_reused",
    )
    assert Booking.objects.of(school).count() == 1


def test_what_was_refused_runs_again(api, school):
    session, first, second = new_session(new_course(school, capacity=1)), new_student(school), new_student(school)
    held = api.made("/bookings", {"session": str(session.pk), "student": str(first.pk)})
    body = {"session": str(session.pk), "student": str(second.pk)}
    assert api.post("/bookings", body, key=KEY).told == (409, "session_full")
    assert KeptAnswer.objects.of(school).count() == 0
    let_hold_run_out(Booking.objects.get(id=held["id"]))
    assert api.post("/bookings", body, key=KEY).status == 201


def test_a_key_belongs_to_whoever_used_it(api, school):
    mine = api.made("/clients", {"name": "Ann"}, key=KEY)
    another = Api(school.slug, new_token(school, Role.ADMIN))
    theirs = another.made("/clients", {"name": "Ann"}, key=KEY)
    assert theirs["id"] != mine["id"]
    assert another.post("/clients", {"name": "Bob"}, key=KEY).told == (409, "idempotency_key_reused")


def test_a_guests_answer_is_not_told_to_one_who_is_signed_in(api, guest, school):
    session = str(new_session(new_course(school)).pk)
    body = {"session": session, "student": {"name": "Sam"}, "client": {"name": "Ann"}}
    first = guest.made("/bookings", body, key=KEY)
    assert guest.made("/bookings", body, key=KEY) == first
    assert api.made("/bookings", body, key=KEY)["id"] != first["id"]


def test_a_kept_answer_is_not_told_to_a_token_that_was_revoked(api, school):
    api.made("/clients", {"name": "Ann"}, key=KEY)
    ApiToken.objects.of(school).update(revoked_at=now())
    assert api.post("/clients", {"name": "Ann"}, key=KEY).told == (401, "not_signed_in")


def test_answers_are_kept_for_48_hours_and_then_forgotten(api, school):
    session = new_session(new_course(school, capacity=3))
    student = new_student(school)
    asked = {"/clients": {"name": "Ann"}, "/bookings": {"session": str(session.pk), "student": str(student.pk)}}
    first = {path: api.made(path, body, key=KEY + path) for path, body in asked.items()}
    let_answers_age(47.9)
    assert {path: api.made(path, body, key=KEY + path) for path, body in asked.items()} == first
    assert forget_old_answers() == 0
    let_answers_age(48.1)
    assert api.made("/clients", asked["/clients"], key=KEY + "/clients")["id"] != first["/clients"]["id"]
    assert api.post("/bookings", asked["/bookings"], key=KEY + "/bookings").told == (409, "already_booked")
    assert Session.objects.of(school).get().pk == session.pk
    let_answers_age(48.1)
    assert forget_old_answers() == 1


def test_an_old_key_takes_a_new_booking(api, school):
    session = str(new_session(new_course(school)).pk)
    body = {"session": session, "student": str(new_student(school).pk)}
    first = api.made("/bookings", body, key=KEY)
    api.made(f"/bookings/{first['id']}/cancel")
    let_answers_age(48.1)
    second = api.made("/bookings", body, key=KEY)
    assert second["id"] != first["id"]
    assert api.made("/bookings", body, key=KEY) == second
