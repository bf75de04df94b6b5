"""Moving over the API: by the office with whoever is booked, by a client within what the school allows."""

import pytest

from api_client import Api
from factories import (
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_session,
    new_student,
    new_token,
    payer_of,
)
from schoolbell.diary.models import Claim
from schoolbell.schools.actor import Role
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db


def slot(days: int, hour: int = 10, minute: int = 0) -> dict[str, str]:
    stretch = hour_at(days, hour, minute)
    return {"starts_at": stretch.starts_at.isoformat(), "ends_at": stretch.ends_at.isoformat()}


def test_a_dry_run_says_what_speaks_against_it_and_moves_nothing(api, school):
    course, sam = new_course(school), new_student(school, "Sam Learner")
    session = new_session(course, hour_at(10))
    buy_seat(session, sam)
    buy_seat(new_session(course, hour_at(11)), sam)
    path = f"/sessions/{session.pk}/move"
    body = {"slots": [slot(11, 10, 30)]}
    said = api.made(path, body | {"dry_run": True})
    assert said["session"] is None
    (clash,) = said["clashes"]
    day = at(11).date().isoformat()
    assert clash == {
        "session": str(session.pk),
        "who": "Sam Learner",
        "student": str(sam.pk),
        "starts_at": f"{day}T10:00:00Z",
        "ends_at": f"{day}T11:00:00Z",
        "code": "time_taken",
        "detail": f"Sam Learner is taken on {day} from 10:00 to 11:00.",
    }
    refused = api.post(path, body)
    assert refused.told == (409, "time_taken")
    assert refused.json["errors"] == {"clashes": [clash["detail"]]}
    moved = api.made(path, body | {"waive_students": True})
    assert moved["clashes"] == [clash]
    assert moved["session"]["starts_at"] == f"{day}T10:30:00Z"


def test_a_place_is_left_where_none_is_named_and_stays_where_nothing_is_said(api, school):
    hall = new_resource(school)
    path = f"/sessions/{new_session(new_course(school), hour_at(10), resource=hall).pk}/move"
    assert api.made(path, {"slots": [slot(11)]})["session"]["resource"] == str(hall.pk)
    assert api.made(path, {"resource": None})["session"]["resource"] is None
    assert not Claim.objects.filter(diary_id=hall.diary_id).exists()
    assert api.made(path, {"resource": str(hall.pk)})["session"]["resource"] == str(hall.pk)
    assert api.post(path, {"resource": ""}).told == (422, "invalid_input")


def test_whoever_was_replaced_since_the_office_looked_does_not_come_back(api, school):
    ida, tom, zoe = (new_instructor(school, name=f"{name} T") for name in ("Ida", "Tom", "Zoe"))
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    hand_over, move = (f"/sessions/{session.pk}/{act}" for act in ("substitute", "move"))
    api.made(hand_over, {"instructor": str(tom.pk), "instead_of": str(ida.pk)})
    again = api.post(hand_over, {"instructor": str(zoe.pk), "instead_of": str(ida.pk)})
    assert again.told == (409, "lessons_changed")
    assert again.json["detail"] == "Ida T does not give this any more. Nothing was done: look who gives it now."
    seen = {"instructors": [str(ida.pk)], "was_given_by": [str(ida.pk)]}
    assert api.post(move, {"slots": [slot(11)]} | seen).told == (409, "lessons_changed")
    assert api.post(move, {"slots": [slot(11)], "was_given_by": []}).told == (409, "lessons_changed")
    moved = api.made(move, {"slots": [slot(11)], "was_given_by": [str(tom.pk)]})
    assert [one["id"] for one in moved["session"]["instructors"]] == [str(tom.pk)]


def test_what_is_named_changes_and_the_rest_stays(api, school):
    course, ida, tom = new_course(school), new_instructor(school), new_instructor(school, name="Tom Other")
    session = new_session(course, hour_at(10), instructors=[ida])
    moved = api.made(f"/sessions/{session.pk}/move", {"instructors": [str(tom.pk)]})["session"]
    assert [one["name"] for one in moved["instructors"]] == ["Tom Other"]
    assert Session.objects.get(id=session.pk).starts_at == at(10)


def test_nonsense_is_refused(api, school):
    session = new_session(new_course(school), hour_at(10))
    path = f"/sessions/{session.pk}/move"
    backwards = {"starts_at": slot(11)["ends_at"], "ends_at": slot(11)["starts_at"]}
    for body, told in (
        ({"slots": [slot(11), slot(12)]}, (422, "invalid_input")),
        ({"slots": [backwards]}, (422, "invalid_input")),
        ({"slots": [slot(-1)]}, (422, "invalid_input")),
        ({"slots": []}, (422, "invalid_input")),
        ({"when": "later"}, (422, "invalid_input")),
    ):
        assert api.post(path, body).told == told
    booking = buy_seat(session, new_student(school))
    path = f"/bookings/{booking.pk}/reschedule"
    assert api.post(path, {}).told == (422, "invalid_input")
    assert api.post(path, {"starts_at": slot(9)["starts_at"]}).told == (409, "not_the_same_course")
    assert api.post(path, {"starts_at": "2100-01-01T10:00:00"}).told == (422, "invalid_input")


def test_a_client_moves_their_own_lesson(school):
    sam = new_student(school)
    course = new_lessons(school)
    new_instructor(school)
    booking = buy_lesson(course, sam, at(10))
    client = Api(school.slug, new_token(school, Role.CLIENT, payer_of(sam).person))
    path = f"/bookings/{booking.pk}/reschedule"
    moved = client.made(path, {"starts_at": at(12).isoformat()})
    assert (moved["id"], moved["status"]) == (str(booking.pk), "pending")
    client.made(path, {"starts_at": at(13).isoformat()})
    assert client.post(path, {"starts_at": at(14).isoformat()}).told == (409, "too_often_moved")
