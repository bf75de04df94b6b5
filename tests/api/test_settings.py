"""What a school decides for itself, over the API."""

import orjson
import pytest

from api_client import Api, Reply
from factories import new_course, new_instructor, new_resource, new_school, new_token
from schoolbell.catalogue.models import Course
from schoolbell.journal.models import Record
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Travel


def patch(api: Api, path: str, **body: object) -> Reply:
    return api.send("PATCH", path, content=orjson.dumps(body))


def test_the_office_changes_the_schools_policies_and_profile(api: Api, guest: Api, school: School):
    answer = patch(api, "", tagline="Learn", policies={"notice_minutes": 90, "most_lessons_a_day": 6})
    assert answer.status == 200
    told = answer.json
    assert (told["tagline"], told["policies"]["notice_minutes"], told["policies"]["most_lessons_a_day"]) == (
        "Learn", 90, 6,
    )  # fmt: skip
    assert api.get().json == told
    assert guest.get().json["policies"]["notice_minutes"] == 90
    assert "most_lessons_a_day" not in guest.get().json["policies"]
    refused = patch(api, "", name="Other", policies={"notice_minutes": -1})
    assert (refused.status, list(refused.json["errors"])) == (422, ["policies.notice_minutes"])
    assert School.objects.get(id=school.pk).name == school.name
    assert patch(api, "", currency="EUR").status == 422


def test_only_owners_and_admins_change_the_school(guest: Api, school: School):
    teacher = new_instructor(school)
    taught = Api(school.slug, new_token(school, Role.INSTRUCTOR, teacher.person))
    elsewhere = Api(school.slug, new_token(new_school(), Role.OWNER))
    for path in ("", f"/instructors/{teacher.pk}"):
        assert [patch(one, path).told for one in (guest, taught, elsewhere)] == [
            (401, "not_signed_in"), (403, "not_allowed"), (401, "not_signed_in"),
        ]  # fmt: skip
        assert patch(Api(school.slug, new_token(school, Role.ADMIN)), path).status == 200


def test_an_instructor_is_changed_in_part(api: Api, school: School):
    made = api.made("/instructors", {"name": "Ann Lee Marsh", "email": "ann@example.com", "max_hours_per_week": 20})
    path = f"/instructors/{made['id']}"
    told = patch(api, path, max_hours_per_week=12, hourly_rate=3000, status="on_leave", last_name="Moss").json
    assert told == made | {
        "max_hours_per_week": 12,
        "hourly_rate": {"amount": 3000, "currency": school.currency},
        "status": "on_leave",
        "last_name": "Moss",
        "name": "Ann Lee Moss",
    }
    assert patch(api, path, max_hours_per_week=None, email=None).json["max_hours_per_week"] is None
    found = Instructor.objects.of(school).select_related("person").get(id=made["id"])
    assert (found.person.email, found.hourly_rate) == ("", 3000)
    records = Record.objects.of(school).filter(name="instructor.changed").order_by("id")
    assert [(one.old, one.new) for one in records] == [
        (
            {"status": "active", "hourly_rate": None, "max_hours_per_week": 20},
            {"status": "on_leave", "hourly_rate": 3000, "max_hours_per_week": 12}
            | {"changed": ["status", "hourly_rate", "max_hours_per_week"]},
        ),
        ({"max_hours_per_week": 12}, {"max_hours_per_week": None, "changed": ["max_hours_per_week"]}),
    ]
    for body in ({"max_hours_per_week": 0}, {"status": "away"}, {"first_name": "", "last_name": ""}):
        assert patch(api, path, **body).status == 422
    assert patch(api, f"/instructors/{new_instructor(new_school()).pk}", status="left").status == 404


def test_a_course_gets_policies_of_its_own(api: Api, school: School):
    course = new_course(school, overrides={"notice_minutes": 5})
    path = f"/courses/{course.pk}"
    assert patch(api, path, overrides={"travel_minutes": 30}, dry_run=True).json["course"]["overrides"] == {
        "notice_minutes": 5
    }
    told = patch(api, path, overrides={"travel_minutes": 30}, price=5000).json["course"]
    assert (told["overrides"], told["price"]["amount"]) == ({"travel_minutes": 30}, 5000)
    refused = patch(api, path, overrides={"travel_minutes": -1}, price=6000)
    assert (refused.status, list(refused.json["errors"])) == (422, ["overrides.travel_minutes"])
    assert Course.objects.get(id=course.pk).price == 5000
    assert patch(api, path, price=5000).json["course"]["overrides"] == {"travel_minutes": 30}


def test_the_way_between_two_venues(api: Api, school: School):
    hall, barn = new_resource(school), new_resource(school)
    car = new_resource(school, kind="vehicle")
    said = {"one": str(barn.pk), "other": str(hall.pk), "minutes": 25}
    assert api.made("/travel", said) == said
    assert api.get("/travel").json == {"items": [said | {"one": str(hall.pk), "other": str(barn.pk)}], "next": None}
    api.made("/travel", said | {"minutes": 40})
    assert list(Travel.objects.of(school).values_list("minutes", flat=True)) == [40]
    api.made("/travel", said | {"minutes": None})
    assert api.get("/travel").json["items"] == []
    records = Record.objects.of(school).filter(name="travel.set").order_by("id")
    assert [(one.old["minutes"], one.new["minutes"]) for one in records] == [(None, 25), (25, 40), (40, None)]
    assert api.post("/travel", said | {"other": str(car.pk)}).status == 422
    assert api.post("/travel", said | {"other": str(new_resource(new_school()).pk)}).status == 404
    assert api.post("/travel", said | {"minutes": 1441}).status == 422


@pytest.mark.parametrize(
    "types",
    [
        [f"Type {number}" for number in range(101)],
        ["EFAW", "EFAW"],
        ["EFAW", " EFAW "],
        ["a" * 51],
        [""],
        ["\u200b"],
        ["two\nlines"],
        ["bell\u0007"],
        [5],
        "EFAW",
    ],
)
def test_types_of_course_are_a_few_short_names(api: Api, school: School, types: object):
    refused = patch(api, "", policies={"course_types": types})
    assert refused.status == 422
    assert all(name.startswith("policies.course_types") for name in refused.json["errors"])
    assert School.objects.get(id=school.pk).policies.course_types == school.policies.course_types


def test_a_hundred_types_fit_and_what_was_named_before_is_read(api: Api, school: School):
    most = [f"{number:02} ".ljust(50, "x") for number in range(100)]
    assert patch(api, "", policies={"course_types": [f" {most[0]}", *most[1:]]}).status == 200
    assert School.objects.get(id=school.pk).policies.course_types == tuple(most)
    School.objects.filter(id=school.pk).update(stored_policies={"course_types": ["a" * 9000, "b\n"]})
    assert patch(api, "", policies={"notice_minutes": 30}).json["policies"]["course_types"] == ["a" * 9000, "b\n"]


def test_the_usual_course_is_named_in_one_line(api: Api):
    assert patch(api, "", policies={"default_course": "a\nb"}).status == 422
    assert patch(api, "", policies={"default_course": ""}).status == 200
