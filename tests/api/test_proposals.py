"""Weekly lessons are asked for, proposed and accepted over the API."""

import datetime as dt

from api_client import Api
from factories import new_instructor, new_lessons, new_student, payer_of
from planning.asking import opened
from schoolbell.bookings.models import Enrollment
from schoolbell.kit.time import now
from schoolbell.planning.solving import work_out_waiting
from schoolbell.schools.models import School


def test_a_request_becomes_weekly_lessons(school: School, api: Api):
    course, sam = new_lessons(school), new_student(school, "Sam Learner")
    ida = opened(new_instructor(school, hours=False), 2, 15, 18)
    starts_on = (now().date() + dt.timedelta(days=7)).isoformat()
    windows = [{"weekday": 2, "from": "16:00", "until": "17:00"}, {"weekday": 3, "from": "09:00", "until": "00:00"}]
    body = {"student": str(sam.pk), "course": str(course.pk), "windows": windows, "starts_on": starts_on}
    made = api.made("/lesson-requests", body | {"instructors": [str(ida.pk)]})
    assert made == {
        "id": made["id"],
        "student": {"id": str(sam.pk), "name": "Sam Learner"},
        "client": {"id": str(payer_of(sam).pk), "name": "Sam Learner"},
        "course": str(course.pk),
        "windows": windows,
        "timezone": "UTC",
        "instructors": [{"id": str(ida.pk), "name": "Ida Teacher"}],
        "starts_on": starts_on,
        "status": "open",
        "enrollment": None,
    }
    asked = api.made("/timetable-proposals", {"seconds": 5})
    assert (asked["status"], asked["percent"], asked["asked"], asked["placements"]) == ("queued", 0, 1, [])
    assert api.post("/timetable-proposals", {}).told == (409, "proposal_under_way")
    assert api.post(f"/timetable-proposals/{asked['id']}/accept").told == (409, "proposal_not_ready")
    assert work_out_waiting() == 1
    ready = api.get(f"/timetable-proposals/{asked['id']}").json
    assert ready == asked | {
        "status": "ready",
        "percent": 100,
        "placed": 1,
        "bound": 1,
        "is_optimal": True,
        "method": "solver",
        "placements": [
            {
                "request": made["id"],
                "student": {"id": str(sam.pk), "name": "Sam Learner"},
                "course": str(course.pk),
                "instructor": {"id": str(ida.pk), "name": "Ida Teacher"},
                "resource": None,
                "weekday": 2,
                "starts": "16:00",
                "reason": "",
                "clashes": [],
                "now": None,
            }
        ],
    }
    accepted = api.made(f"/timetable-proposals/{asked['id']}/accept")
    assert accepted["status"] == "accepted"
    placed = api.get(f"/lesson-requests/{made['id']}").json
    assert (placed["status"], placed["enrollment"]) == ("placed", str(Enrollment.objects.of(school).get().pk))
    assert api.get("/lesson-requests", state="open").json["items"] == []
    assert api.post(f"/lesson-requests/{made['id']}/withdraw").told == (409, "request_not_open")
    assert api.post("/timetable-proposals", {}).told == (409, "nothing_to_place")


def test_what_is_malformed_is_told_by_field(school: School, api: Api):
    course, sam = new_lessons(school), new_student(school)
    body = {"student": str(sam.pk), "course": str(course.pk), "starts_on": "2100-01-01"}
    short = [{"weekday": 2, "from": "16:00", "until": "16:30"}]
    reply = api.post("/lesson-requests", body | {"windows": short})
    assert (reply.status, reply.json["errors"]) == (
        422,
        {"windows": ["Each time has room for a lesson of 60 minutes."]},
    )
    reply = api.post("/lesson-requests", body | {"windows": [short[0] | {"weekday": 8}]})
    assert list(reply.json["errors"]) == ["windows.0.weekday"]
    assert api.post("/timetable-proposals", {"seconds": 0}).status == 422
    stranger = str(new_student(school).pk)
    assert api.post("/lesson-requests", body | {"windows": short, "student": course.pk}).told == (404, "not_found")
    assert api.post("/lesson-requests", body | {"windows": short, "client": stranger}).told == (404, "not_found")
