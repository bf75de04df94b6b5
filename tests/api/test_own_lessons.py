"""Instructors move, cancel and hand over lessons of their own over the API."""

import pytest

from api_client import Api
from factories import (
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_session,
    new_student,
    new_token,
    pay_for,
)
from schoolbell.bookings.models import Booking
from schoolbell.diary.models import TimeOff
from schoolbell.people.models import Instructor
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from servers import rfc3339

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(school: School) -> School:
    school.stored_policies |= {"own_lessons": "move_and_cancel", "own_lessons_notice_hours": 24}
    school.save()
    return school


@pytest.fixture
def ida(school: School) -> Instructor:
    return new_instructor(school)


@pytest.fixture
def hers(school: School, ida: Instructor) -> Api:
    return Api(school.slug, new_token(school, Role.INSTRUCTOR, ida.person))


def slots(*days: int, hour: int = 10) -> list[dict[str, str]]:
    return [{"starts_at": rfc3339(at(day, hour)), "ends_at": rfc3339(at(day, hour + 1))} for day in days]


def test_she_looks_what_clashes_and_moves_it(school: School, ida: Instructor, hers: Api):
    sam = new_student(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    buy_seat(session, sam)
    buy_seat(new_session(new_course(school), hour_at(12)), sam)
    path = f"/sessions/{session.pk}/move"
    looked = hers.made(path, {"slots": slots(12), "dry_run": True})
    assert looked["students"] == [{"id": str(sam.pk), "name": "Sam Learner"}]
    assert [(one["who"], one["student"], one["code"]) for one in looked["clashes"]] == [
        ("Sam Learner", str(sam.pk), "time_taken")
    ]
    assert hers.post(path, {"slots": slots(12)}).told == (409, "time_taken")
    moved = hers.made(path, {"slots": slots(13), "was": rfc3339(at(10))})
    assert moved["session"]["starts_at"] == rfc3339(at(13))
    assert hers.post(path, {"slots": slots(14), "was": rfc3339(at(10))}).told == (409, "lessons_changed")


@pytest.mark.parametrize(
    "more",
    [
        {"waive_students": True},
        {"despite_rules": True},
        {"despite_closed": True},
        {"instructors": []},
        {"resource": "01890000-0000-7000-8000-000000000000"},
    ],
)
def test_what_the_office_alone_does_is_refused(school: School, ida: Instructor, hers: Api, more: dict):
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    answer = hers.post(f"/sessions/{session.pk}/move", {"slots": slots(11)} | more)
    assert answer.told == (403, "not_allowed")
    assert answer.json["detail"].startswith("Only the office changes who gives it or where")
    assert Session.objects.get(id=session.pk).starts_at == at(10)


def test_other_times_suit_everybody(school: School, api: Api, ida: Instructor, hers: Api):
    sam, course = new_student(school), new_lessons(school)
    session = buy_lesson(course, sam, at(10), instructor_id=ida.pk).session
    new_session(new_course(school), hour_at(10, 11), instructors=[ida])
    found = hers.get(f"/sessions/{session.pk}/other-times").json["items"]
    assert [one["slots"][0]["starts_at"] for one in found[:2]] == [rfc3339(at(10, 9, 45)), rfc3339(at(10, 8, 45))]
    assert found[0]["resource"] is None
    assert api.get(f"/sessions/{session.pk}/other-times").json["items"] == found


def test_she_cancels_with_a_reason_that_the_family_reads(school: School, ida: Instructor, hers: Api, guest: Api):
    anna = new_client(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    booking = buy_seat(session, new_student(school, guardian=anna))
    pay_for(booking)
    path = f"/sessions/{session.pk}/cancel"
    assert hers.made(path, {"dry_run": True})["students"][0]["name"] == "Sam Learner"
    assert list(hers.post(path, {}).json["errors"]) == ["reason"]
    made = hers.made(path, {"reason": "I am <b>ill</b>."})
    assert (made["status"], made["cancelled_because"]) == ("cancelled", "I am <b>ill</b>.")
    assert Booking.objects.get(id=booking.pk).settled_at is not None
    family = Api(school.slug, new_token(school, Role.CLIENT, anna.person))
    seen = family.get(f"/bookings/{booking.pk}").json
    assert (seen["status"], seen["cancelled_because"]) == ("cancelled", "I am <b>ill</b>.")
    assert family.get("/bookings").json["items"] == [seen]


def test_the_office_may_say_why_too(school: School, api: Api, guest: Api):
    session = new_session(new_course(school), hour_at(10))
    assert api.made(f"/sessions/{session.pk}/cancel", {"reason": "Boiler"})["cancelled_because"] == "Boiler"
    other = new_session(new_course(school), hour_at(10))
    assert api.made(f"/sessions/{other.pk}/cancel")["cancelled_because"] == ""
    assert guest.get(f"/sessions/{new_session(new_course(school)).pk}").json["cancelled_because"] is None


def test_colleagues_are_ranked_and_nothing_is_told_of_them(school: School, api: Api, ida: Instructor, hers: Api):
    course = new_course(school)
    tom = new_instructor(school, name="Tom T")
    new_instructor(school, name="Zoe T")
    session = new_session(course, hour_at(10), instructors=[ida])
    new_session(course, hour_at(10), instructors=[tom])
    nothing = {"proficiency": None, "minutes_that_week": None, "rating": None}
    path = f"/sessions/{session.pk}/substitutes"
    seen = hers.get(path).json["items"]
    assert [(one["instructor"]["name"], one["is_possible"]) for one in seen] == [("Zoe T", True), ("Tom T", False)]
    assert all(one | nothing == one for one in seen)
    assert [one["minutes_that_week"] for one in api.get(path).json["items"]] == [0, 60]
    assert hers.get(f"{path}?instead_of={tom.pk}").told == (403, "not_allowed")


def test_without_leave_to_hand_over_she_asks_and_the_office_hands_over(
    school: School, api: Api, ida: Instructor, hers: Api
):
    tom = new_instructor(school, name="Tom T")
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    assert hers.post(f"/sessions/{session.pk}/substitute", {"instructor": str(tom.pk)}).told == (403, "not_allowed")
    body = {"wanted": str(tom.pk), "reason": "A wedding"}
    made = hers.made(f"/sessions/{session.pk}/substitute-requests", body)
    assert made == {
        "id": made["id"],
        "session": str(session.pk),
        "course": {"id": str(session.course_id), "name": "First aid"},
        "starts_at": rfc3339(at(10)),
        "ends_at": rfc3339(at(10, 11)),
        "instructor": {"id": str(ida.pk), "name": "Ida Teacher"},
        "wanted": {"id": str(tom.pk), "name": "Tom T"},
        "reason": "A wedding",
        "status": "requested",
        "decided_at": None,
    }
    again = hers.post(f"/sessions/{session.pk}/substitute-requests", body)
    assert again.told == (409, "substitute_asked")
    assert api.get("/substitute-requests?open=true").json == {"items": [made], "next": None}
    api.made(f"/sessions/{session.pk}/substitute", {"instructor": str(tom.pk)})
    assert api.get("/substitute-requests?open=true").json["items"] == []
    (settled,) = hers.get("/substitute-requests").json["items"]
    assert settled["status"] == "settled"
    assert hers.post(f"/substitute-requests/{made['id']}/withdraw").told == (409, "request_not_open")


def test_a_school_that_lets_them_do_nothing(school: School, ida: Instructor, hers: Api):
    school.stored_policies |= {"own_lessons": "none"}
    school.save()
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    for path, body in (("move", {"slots": slots(12)}), ("cancel", {"reason": "Ill"}), ("cancel", {"dry_run": True})):
        answer = hers.post(f"/sessions/{session.pk}/{path}", body)
        assert (answer.told, answer.json["detail"]) == (
            (403, "not_allowed"),
            "At this school the office does that. Ask it.",
        )
    assert hers.get(f"/sessions/{session.pk}/other-times").told == (403, "not_allowed")


def test_anothers_lesson_is_not_there_or_not_hers(school: School, ida: Instructor, hers: Api):
    other = new_instructor(school, name="Tom T")
    private = buy_lesson(new_lessons(school), new_student(school), at(10), instructor_id=other.pk).session
    public = new_session(new_course(school), hour_at(12), instructors=[other])
    for session, told in ((private, (404, "not_found")), (public, (403, "not_allowed"))):
        for path, body in (("move", {"slots": slots(20)}), ("cancel", {"reason": "Ill"}), ("substitute-requests", {})):
            assert hers.post(f"/sessions/{session.pk}/{path}", body).told == told
    assert set(Session.objects.of(school).values_list("status", flat=True)) == {"published"}


def test_what_has_begun_stays(school: School, ida: Instructor, hers: Api):
    session = new_session(new_course(school), hour_at(-1), instructors=[ida], publish=False)
    for path, body in (("move", {"slots": slots(20)}), ("cancel", {"reason": "Ill"}), ("substitute-requests", {})):
        assert hers.post(f"/sessions/{session.pk}/{path}", body).told == (409, "lesson_begun")


def test_she_sees_what_her_absence_meets_and_the_office_settles_it(
    school: School, api: Api, ida: Instructor, hers: Api
):
    new_instructor(school, name="Tom T")
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    body = {"starts_at": rfc3339(at(10, 8)), "ends_at": rfc3339(at(10, 20))}
    path = f"/instructors/{ida.pk}/absence"
    (met,) = hers.made(path, body | {"dry_run": True})["lessons"]
    assert (met["session"], met["proposed"]["way"]) == (str(session.pk), "substitute")
    assert [one["rating"] for one in met["substitutes"]] == [None]
    assert hers.post(path, body).told == (403, "not_allowed")
    asked = hers.made(f"/instructors/{ida.pk}/time-off", body)
    assert [one["session"] for one in asked["lessons"]] == [str(session.pk)]
    assert api.made(path, {"time_off": asked["id"]})["done"]["substituted"] == [str(session.pk)]
    (decided,) = hers.get(f"/instructors/{ida.pk}/time-off").json["items"]
    assert (decided["status"], decided["lessons"]) == ("approved", [])
    assert TimeOff.objects.of(school).count() == 1
