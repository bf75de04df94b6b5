"""A course is changed over the API: a dry run says what it reaches."""

import orjson
import pytest

from api_client import Api, Reply
from factories import (
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
)
from schoolbell.catalogue.models import Course
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db


def patch(api: Api, course: Course, **body: object) -> Reply:
    return api.send("PATCH", f"/courses/{course.pk}", content=orjson.dumps(body))


def test_a_dry_run_says_what_it_reaches_and_then_it_is_done(api: Api, school: School):
    course = new_course(school)
    ida = new_instructor(school)
    one, two = (new_session(course, hour_at(10, hour), instructors=[ida]) for hour in (10, 14))
    buy_seat(one, new_student(school))
    said = patch(api, course, duration_minutes=90, dry_run=True).json
    assert (said["course"]["duration_minutes"], said["sessions"], said["students"], said["clashes"]) == (
        60,
        [str(one.pk), str(two.pk)],
        1,
        [],
    )
    done = patch(api, course, duration_minutes=90, price=5000).json
    assert (done["course"]["duration_minutes"], done["course"]["price"]["amount"]) == (90, 5000)
    assert Course.objects.get(id=course.pk).duration_minutes == 90
    assert patch(api, course, duration_minutes=300).told == (409, "time_taken")
    clash = patch(api, course, duration_minutes=300, dry_run=True).json["clashes"][0]
    assert (clash["who"], clash["session"]) == ("Ida Teacher", str(one.pk))
    new_one = new_session(new_course(school, capacity=2))
    for _ in range(2):
        buy_seat(new_one, new_student(school))
    assert patch(api, Course.objects.get(id=new_one.course_id), capacity=1).told == (409, "seats_taken")
    assert patch(api, course, price=-1).status == 422


def test_details_are_changed_beside_the_rest(api: Api, school: School):
    course = new_course(school, deposit=1000, trial_price=500)
    said = patch(api, course, name="Aid", trial_price=None, min_students=3, price=800, deposit=700).json["course"]
    assert (said["name"], said["trial_price"], said["min_students"]) == ("Aid", None, 3)
    assert (said["price"]["amount"], said["deposit"]["amount"]) == (800, 700)
    assert patch(api, course, deposit=900).json["errors"] == {"deposit": ["The deposit is more than the price."]}
    assert patch(api, course, is_active=False, dry_run=True).json["course"]["is_active"] is True
    assert patch(api, course, is_active=False).json["course"]["is_active"] is False
    assert patch(api, course, name="").told == (422, "invalid_input")
    assert patch(api, course, name=None).told == (422, "invalid_input")


def test_a_place_is_changed(api: Api, school: School):
    room = new_resource(school, "online_room", passcode="1234")
    path = f"/resources/{room.pk}"
    body = orjson.dumps({"meeting_url": "https://meet.example.org/1", "passcode": "9", "capacity": 30})
    said = api.send("PATCH", path, content=body).json
    assert (said["meeting_url"], said["passcode"], said["capacity"]) == ("https://meet.example.org/1", "9", 30)
    new_session(new_course(school), hour_at(10), resource=room)
    reply = api.send("PATCH", path, content=orjson.dumps({"capacity": 2, "is_active": False}))
    assert reply.json["errors"] == {"capacity": ["A session there has 12 seats: give it fewer first."]}
    assert api.get(path).json["is_active"] is True


def test_only_the_office_changes_its_own_courses(api: Api, guest: Api, school: School):
    course = new_course(school)
    assert patch(guest, course, price=1).status == 401
    client = Api(school.slug, new_token(school, Role.CLIENT, new_client(school).person))
    assert patch(client, course, price=1).status == 403
    assert patch(api, new_course(new_school()), price=1).status == 404
