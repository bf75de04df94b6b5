"""Seats that are named later, over the API."""

import pytest

from api_client import Api
from factories import hour_at, new_client, new_course, new_lessons, new_session, new_student, new_token
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db
LATER = {"named_later": True}


def test_an_employer_books_a_seat_and_names_its_student(school: School):
    acme = new_client(school, "Acme Works")
    client = Api(school.slug, new_token(school, Role.CLIENT, acme.person))
    session = new_session(new_course(school))
    made = client.made("/bookings", {"session": str(session.pk), "student": LATER})
    path = f"/bookings/{made['id']}"
    assert client.get(path).json["named_later"] is True
    assert client.get("/students").json["items"] == []
    again = client.post("/bookings", {"session": str(new_session(new_course(school)).pk), "student": made["student"]})
    assert again.told == (409, "must_be_named")
    kim = new_student(school, "Kim Stone", guardian=acme)
    named = client.post(f"{path}/name-student", {"student": str(kim.pk)}).json
    assert (named["student"], named["named_later"]) == (str(kim.pk), False)
    assert client.post(f"{path}/name-student", {"student": {"name": "Lou"}}).told == (409, "named_already")


def test_the_office_says_for_whom_and_a_guest_names_somebody_new_with_the_order_s_key(
    api: Api, guest: Api, school: School
):
    session = new_session(new_course(school))
    wish = {"session": str(session.pk), "student": LATER}
    assert api.post("/bookings", wish).json["errors"] == {"client": ["Say who pays, and names the student later."]}
    assert api.post("/bookings", wish | {"student": {"named_later": False}}).status == 422
    assert api.post("/bookings", {**wish, "session": None, "course": str(new_lessons(school).pk),
                                  "starts_at": hour_at(9).starts_at.isoformat(),
                                  "client": {"name": "Acme"}}).told == (409, "must_be_named")  # fmt: skip
    api.made("/bookings", wish | {"client": str(new_client(school).pk)})
    made = guest.made("/bookings", wish | {"client": {"organisation": "Acme Works"}})
    keyed = Api(school.slug, order_key=made["order_key"])
    path = f"/bookings/{made['id']}/name-student"
    assert keyed.post(path, {"student": str(new_student(school).pk)}).told == (404, "not_found")
    assert guest.post(path, {"student": {"name": "Kim"}}).told == (401, "not_signed_in")
    assert keyed.post(path, {"student": {"name": "Kim Stone"}}).json["named_later"] is False
