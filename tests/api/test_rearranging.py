"""Substitutes, absences and closed days over the API: a dry run first, then all of it in one step."""

from decimal import Decimal

import pytest

from api_client import Api
from factories import (
    OWNER,
    at,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_session,
    new_student,
    pay_for,
)
from schoolbell.billing.models import OrderLine
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.actions import qualify
from schoolbell.diary.closures import add_closure
from schoolbell.diary.models import TimeOff
from schoolbell.diary.time_off import ask_for_time_off
from schoolbell.kit.time import Stretch
from schoolbell.people.models import InstructorStats
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db


def shown(days: int, hour: int = 10) -> str:
    return f"{at(days).date().isoformat()}T{hour:02}:00:00Z"


def test_a_students_clash_is_waived_for_a_closed_day(api: Api, school: School):
    sam, course = new_student(school), new_course(school)
    session = new_session(course, hour_at(10))
    buy_seat(session, sam)
    buy_seat(new_session(course, hour_at(12)), sam)
    closure = add_closure(school, at(10).date(), at(10).date(), "Boiler", by=OWNER)
    path = f"/closures/{closure.pk}/lessons"
    step = {"session": str(session.pk), "way": "move", "starts_at": shown(12)}
    assert api.post(path, {"prefer": [], "lessons": [step]}).told == (409, "time_taken")
    assert api.post(path, {"prefer": [], "lessons": [step], "waive_students": True}).status == 200
    assert Session.objects.get(id=session.pk).starts_at == at(12)


def test_who_could_take_over_and_then_does(api: Api, school: School):
    course = new_course(school)
    ida, tom, zoe = (new_instructor(school, name=f"{name} T") for name in ("Ida", "Tom", "Zoe"))
    qualify(tom, course, proficiency=4, by=OWNER)
    rated = {"average_rating": Decimal("4.25"), "ratings": 8, "last_updated": at(0)}
    InstructorStats(school_id=school.pk, instructor=tom, **rated).save(force_insert=True)
    session = new_session(course, hour_at(10), instructors=[ida])
    new_session(course, hour_at(10, 9, minutes=90), instructors=[zoe])
    assert api.get(f"/sessions/{session.pk}/substitutes").json == {
        "items": [
            {
                "instructor": {"id": str(tom.pk), "name": "Tom T"},
                "is_possible": True,
                "code": "",
                "detail": "",
                "proficiency": 4,
                "minutes_that_week": 0,
                "rating": {"average": 4.25, "ratings": 8},
            },
            {
                "instructor": {"id": str(zoe.pk), "name": "Zoe T"},
                "is_possible": False,
                "code": "time_taken",
                "detail": "That time is taken. Choose another one.",
                "proficiency": None,
                "minutes_that_week": 90,
                "rating": None,
            },
        ],
        "next": None,
    }
    made = api.made(f"/sessions/{session.pk}/substitute", {"instructor": str(tom.pk)})
    assert made["instructors"] == [{"id": str(tom.pk), "name": "Tom T"}]
    assert api.post(f"/sessions/{session.pk}/substitute", {"instructor": str(zoe.pk)}).told == (409, "time_taken")


def test_an_absence_is_looked_at_and_then_arranged(api: Api, school: School):
    course = new_course(school)
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Other")
    sam = new_student(school)
    one, two = (new_session(course, hour_at(10, hour), instructors=[ida]) for hour in (10, 12))
    buy_seat(one, sam)
    new_session(course, hour_at(10, 12), instructors=[tom])
    path, body = f"/instructors/{ida.pk}/absence", {"starts_at": shown(10, 8), "ends_at": shown(10, 20)}
    looked = api.made(path, body | {"dry_run": True, "prefer": ["substitute", "cancel"]})
    assert looked["done"] is None
    first, second = looked["lessons"]
    assert first["session"] == str(one.pk)
    assert first["students"] == [{"id": str(sam.pk), "name": "Sam Learner"}]
    assert first["proposed"] == {"way": "substitute", "instructor": str(tom.pk), "starts_at": None}
    assert first["other_times"] == [f"{at(10).date().isoformat()}T{clock}:00Z" for clock in ("07:00", "06:45", "06:30")]
    assert second["proposed"] == {"way": "cancel", "instructor": None, "starts_at": None}
    assert TimeOff.objects.of(school).count() == 0

    assert api.post(path, body | {"prefer": []}).told == (409, "lessons_changed")
    step = {"session": str(two.pk), "way": "move", "starts_at": shown(11, 12)}
    assert api.made(path, body | {"prefer": ["substitute"], "lessons": [step], "reason": "Flu"}) == {
        "lessons": [],
        "done": {"substituted": [str(one.pk)], "moved": [str(two.pk)], "cancelled": [], "kept": []},
    }
    assert [(off.status, off.reason) for off in TimeOff.objects.of(school)] == [("approved", "Flu")]
    assert Session.objects.get(id=two.pk).starts_at == at(11, 12)


def test_a_day_within_time_off_that_is_asked_for_is_refused_already_when_looked_at(api: Api, school: School):
    ida = new_instructor(school)
    ask_for_time_off(ida.person.diary, Stretch(at(8, 0), at(38, 0)), by=OWNER)
    path, body = f"/instructors/{ida.pk}/absence", {"starts_at": shown(10, 8), "ends_at": shown(10, 20)}
    assert api.post(path, body | {"dry_run": True}).told == (409, "time_off_asked")
    assert api.post(path, body).told == (409, "time_off_asked")


def test_time_off_that_was_asked_for_says_when(api: Api, school: School):
    ida = new_instructor(school)
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    asked = ask_for_time_off(ida.person.diary, hour_at(10), by=OWNER)
    path = f"/instructors/{ida.pk}/absence"
    assert api.post(path, {}).told == (422, "invalid_input")
    assert api.post(path, {"starts_at": shown(10), "ends_at": shown(10)}).told == (422, "invalid_input")
    done = api.made(path, {"time_off": str(asked.pk), "prefer": ["cancel"]})
    assert done["done"]["cancelled"] == [str(session.pk)]
    asked.refresh_from_db()
    assert asked.status == "approved"


def test_a_closed_day_is_moved_to_another_and_what_is_cancelled_is_settled(api: Api, school: School):
    course = new_course(school)
    one, two = (new_session(course, hour_at(10, hour)) for hour in (10, 12))
    booking = buy_seat(two, new_student(school))
    pay_for(booking)
    closure = add_closure(school, at(10).date(), at(10).date(), "Boiler", by=OWNER)
    path, body = f"/closures/{closure.pk}/lessons", {"to_day": at(12).date().isoformat()}
    looked = api.made(path, body | {"dry_run": True})
    assert [one["proposed"]["starts_at"] for one in looked["lessons"]] == [shown(12, 10), shown(12, 12)]
    done = api.made(path, body | {"lessons": [{"session": str(two.pk), "way": "cancel"}]})
    assert done["done"] == {"substituted": [], "moved": [str(one.pk)], "cancelled": [str(two.pk)], "kept": []}
    booking = Booking.objects.get(id=booking.pk)
    assert (booking.status, booking.owed_percent, booking.settled_at is not None) == ("cancelled", 100, True)
    assert OrderLine.objects.get(booking_id=booking.pk).order.total == 4500
    assert api.post(path, {"to_day": at(10).date().isoformat()}).told == (200, "")  # nothing is left to move
