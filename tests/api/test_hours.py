"""Hours with exceptions, closures, time off: what the addresses answer, and what has changed afterwards."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api_client import Api
from factories import (
    at,
    buy_lesson,
    hour_at,
    let_hold_run_out,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    new_token,
    slots_of,
)
from schoolbell.diary.models import Claim
from schoolbell.diary.opening import Opening
from schoolbell.kit.time import Stretch, now
from schoolbell.schools.actor import Role
from servers import rfc3339

CLOSED = {"date": "2100-03-01", "starts": "00:00", "ends": "00:00", "closes": True}


def shown(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def test_an_instructor_closes_a_date_and_opens_it_again(school):
    ida = new_instructor(school, hours=False)
    herself = Api(school.slug, new_token(school, Role.INSTRUCTOR, ida.person))
    path = f"/instructors/{ida.pk}/opening-hours"
    closed = herself.made(path, CLOSED)
    assert (closed["closes"], closed["date"]) == (True, "2100-03-01")
    clash = herself.post(path, {"date": "2100-03-01", "starts": "09:00", "ends": "10:00", "closes": True})
    assert clash.json["errors"] == {"starts": ["These hours overlap others of that day: 00:00–00:00."]}
    gone = herself.send("DELETE", f"{path}/{closed['id']}")
    assert (gone.status, gone.json) == (200, closed)
    assert herself.get(path).json["items"] == []
    assert herself.send("DELETE", f"{path}/{closed['id']}").told == (404, "not_found")


def test_one_date_opens_no_place_and_no_school_that_is_open_all_the_time(school, api):
    hall = new_resource(school)
    date = {"date": "2100-03-01", "starts": "18:00", "ends": "19:00"}
    for path in (f"/resources/{hall.pk}/opening-hours", "/opening-hours"):
        refused = api.post(path, date)
        assert refused.told == (422, "invalid_input")
        assert refused.json["errors"] == {
            "date": ["It is open all the time as it is. Give it weekly hours first, or close it."]
        }
        assert api.get(path).json["items"] == []
        api.made(path, {"weekday": 1, "starts": "09:00", "ends": "12:00"})
        assert api.made(path, date)["date"] == "2100-03-01"


def test_hours_are_removed_from_whose_they_are_and_by_who_may(school, api):
    ida, bo, hall = new_instructor(school, hours=False), new_instructor(school, hours=False), new_resource(school)
    hours = {"weekday": 1, "starts": "09:00", "ends": "12:00"}
    made = {
        path: api.made(path, hours)["id"]
        for path in (
            f"/instructors/{ida.pk}/opening-hours",
            f"/resources/{hall.pk}/opening-hours",
            "/opening-hours",
        )
    }
    ids = list(made.values())
    teacher = Api(school.slug, new_token(school, Role.INSTRUCTOR, bo.person))
    stranger = new_school()
    for place, (path, own) in enumerate(made.items()):
        assert api.send("DELETE", f"{path}/{ids[place - 1]}").told == (404, "not_found")
        assert teacher.send("DELETE", f"{path}/{own}").told == (403, "not_allowed")
        assert Api(stranger.slug, new_token(stranger, Role.OWNER)).send("DELETE", f"{path}/{own}").status == 404
        assert Api(school.slug).send("DELETE", f"{path}/{own}").told == (401, "not_signed_in")
        assert [item["id"] for item in api.get(path).json["items"]] == [own]
        assert api.send("DELETE", f"{path}/{own}").status == 200
        assert api.get(path).json["items"] == []


def test_the_school_has_hours_of_its_own(school, api, guest):
    week = Stretch(at(700), at(707))
    assert Opening(school, week).school_hours is None
    for weekday in range(1, 8):
        api.made("/opening-hours", {"weekday": weekday, "starts": "09:00", "ends": "10:00", "timezone": "UTC"})
    assert Opening(school, week).school_hours == [hour_at(day, 9) for day in range(701, 708)]
    assert [hours["weekday"] for hours in guest.get("/opening-hours").json["items"]] == [1, 2, 3, 4, 5, 6, 7]


def test_a_closure_its_lessons_and_a_holiday_that_is_kept_open(api, guest, school):
    course = new_course(school)
    inside, draft = new_session(course, hour_at(30), hour_at(60)), new_session(course, hour_at(31, 12), publish=False)
    new_session(course, hour_at(33))
    closed = api.made(
        "/closures",
        {"first_day": str(at(30).date()), "last_day": str(at(31).date()), "name": "Half term"},
    )
    assert closed == {
        "id": closed["id"],
        "first_day": str(at(30).date()),
        "last_day": str(at(31).date()),
        "name": "Half term",
        "holiday": "",
        "kept_open_at": None,
    }
    lessons = api.get(f"/closures/{closed['id']}/lessons").json
    assert lessons == {
        "items": [
            {
                "session": str(session.pk),
                "slot": str(slots_of(session)[0].pk),
                "course": {"id": str(course.pk), "name": "First aid"},
                "starts_at": shown(during.starts_at),
                "ends_at": shown(during.ends_at),
            }
            for session, during in ((inside, hour_at(30)), (draft, hour_at(31, 12)))
        ],
        "next": None,
    }
    assert guest.get("/closures").json["items"] == [closed]
    assert api.send("DELETE", f"/closures/{closed['id']}").json == closed

    assert guest.get("/closures/holidays").json == {"country": "", "subdivision": ""}
    region = {"country": "GB", "subdivision": "SCT"}
    assert api.made("/closures/holidays", region) == region == guest.get("/closures/holidays").json
    listed = guest.get("/closures", limit=200).json["items"]
    assert {one["holiday"] for one in listed} == {"GB-SCT"}
    last = max(listed, key=lambda one: one["first_day"])
    kept = api.made(f"/closures/{last['id']}/keep-open")
    assert kept == last | {"kept_open_at": kept["kept_open_at"]}
    assert kept["kept_open_at"]
    assert api.send("DELETE", f"/closures/{last['id']}").told == (409, "holiday_is_followed")
    assert api.made(f"/closures/{last['id']}/close-again") == last
    assert api.send("DELETE", "/closures/holidays").json == region
    assert all(one["first_day"] < str(now().date()) for one in guest.get("/closures", limit=200).json["items"])


def test_time_off_from_asked_for_to_withdrawn(school, api):
    ida = new_instructor(school)
    herself = Api(school.slug, new_token(school, Role.INSTRUCTOR, ida.person))
    session = new_session(new_course(school), hour_at(30, 11), instructors=[ida])
    path = f"/instructors/{ida.pk}/time-off"
    body = {"starts_at": rfc3339(at(30, 9)), "ends_at": rfc3339(at(30, 17)), "reason": "Dentist"}
    asked = herself.made(path, body)
    lesson = {
        "session": str(session.pk),
        "slot": str(slots_of(session)[0].pk),
        "course": {"id": str(session.course_id), "name": "First aid"},
        "starts_at": shown(at(30, 11)),
        "ends_at": shown(at(30, 12)),
    }
    assert asked == {
        "id": asked["id"],
        "instructor": {"id": str(ida.pk), "name": "Ida Teacher"},
        "starts_at": shown(at(30, 9)),
        "ends_at": shown(at(30, 17)),
        "reason": "Dentist",
        "status": "requested",
        "decided_at": None,
        "lessons": [lesson],
    }
    assert api.get("/time-off", state="requested").json["items"] == [asked] == herself.get(path).json["items"]
    assert herself.post(path, body).told == (409, "time_off_overlaps")
    approved = api.made(f"/time-off/{asked['id']}/approve")
    assert approved == asked | {"status": "approved", "decided_at": approved["decided_at"]}
    assert Claim.objects.filter(kind="busy").count() == 2
    assert api.post(f"/time-off/{asked['id']}/decline").told == (409, "time_off_decided")
    withdrawn = herself.made(f"/time-off/{asked['id']}/withdraw")
    assert (withdrawn["status"], withdrawn["lessons"]) == ("withdrawn", [])
    assert Claim.objects.filter(kind="busy").count() == 0
    entered = api.made(path, body)
    assert (entered["status"], entered["lessons"]) == ("approved", [lesson])
    assert api.get("/time-off", state="requested").json["items"] == []


@pytest.mark.django_db
def test_a_hold_that_ran_out_is_no_lesson_in_the_way():
    school = new_school("driving", timezone="UTC")
    ida = new_instructor(school)
    api = Api(school.slug, new_token(school, Role.OWNER))
    held = buy_lesson(new_lessons(school), new_student(school), at(5, 10))
    let_hold_run_out(held)
    made = api.made(f"/instructors/{ida.pk}/time-off", {"starts_at": rfc3339(at(5, 9)), "ends_at": rfc3339(at(5, 12))})
    assert made["lessons"] == []
    claim = Claim.objects.get(kind="busy")
    assert (claim.during.lower, claim.during.upper) == (at(5, 9), at(5, 12))


@pytest.mark.parametrize("path", ["/time-off", "/closures", "/instructors/{ida}/time-off"])
def test_lists_ask_as_often_for_three_as_for_one(school, api, path):
    ida = new_instructor(school)
    course = new_course(school)
    path = path.format(ida=ida.pk)

    def add(day: int) -> None:
        who = ida if "{" in path or "instructors" in path else new_instructor(school)
        new_session(course, hour_at(day), instructors=[who])
        off = {"starts_at": rfc3339(at(day, 9)), "ends_at": rfc3339(at(day, 17))}
        api.made(f"/instructors/{who.pk}/time-off", off)
        api.made("/closures", {"first_day": str(at(day).date()), "name": "Works"})

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api.get(path).status == 200
        return len(queries)

    add(10)
    one = asked()
    add(11)
    add(12)
    assert asked() == one
