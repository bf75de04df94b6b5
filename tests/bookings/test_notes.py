"""What whoever books wants the school to know: said on the form or over the API, read by who teaches."""

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
    slots_of,
)
from schoolbell.bookings.models import MOST_LETTERS_OF_NOTES, Booking
from schoolbell.kit.refusals import InputRefused
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from web.instructor.conftest import browser_of
from web.pages import text_of
from web.public.visitors import Visitor

pytestmark = pytest.mark.django_db
NOTES = "An allergy: <b>nuts</b>.\nPlease ring at the gate."


def test_they_are_sent_with_a_booking_and_read_by_everybody_who_is_part_of_it(school: School, api: Api, guest: Api):
    ida, anna = new_instructor(school), new_client(school)
    sam = new_student(school, guardian=anna)
    session = new_session(new_course(school), instructors=[ida])
    made = api.made("/bookings", {"session": str(session.pk), "student": str(sam.pk), "notes": f"  {NOTES} "})
    assert made["notes"] == NOTES
    for role, person in ((Role.INSTRUCTOR, ida.person), (Role.CLIENT, anna.person), (Role.STUDENT, sam.person)):
        seen = Api(school.slug, new_token(school, role, person)).get(f"/bookings/{made['id']}").json
        assert seen["notes"] == NOTES
    lesson = guest.made(
        "/bookings",
        {"course": str(new_lessons(school).pk), "starts_at": at(12).isoformat(), "notes": NOTES}
        | {"student": {"name": "Bo"}, "client": {"name": "Ann", "email": "a@b.example"}},
    )
    assert Booking.objects.get(id=lesson["id"]).notes == NOTES


def test_they_are_not_long(school: School, api: Api):
    session, sam = new_session(new_course(school)), new_student(school)
    body = {"session": str(session.pk), "student": str(sam.pk), "notes": "a" * (MOST_LETTERS_OF_NOTES + 1)}
    assert list(api.post("/bookings", body).json["errors"]) == ["notes"]
    with pytest.raises(InputRefused) as refused:
        buy_seat(session, sam, notes=body["notes"])
    assert list(refused.value.errors) == ["notes"]
    assert Booking.objects.of(school).count() == 0


def test_the_pages_show_them_as_text(school: School):
    ida, anna = new_instructor(school), new_client(school)
    sam = new_student(school, guardian=anna)
    session = new_session(new_course(school), hour_at(5), instructors=[ida])
    booking = buy_seat(session, sam, notes=NOTES)
    assert buy_lesson(new_lessons(school), sam, at(12), notes="Late").notes == "Late"
    hers, family = browser_of(ida.person), browser_of(anna.person)
    for page in (
        hers.get(f"/s/{school.slug}/teach/lessons/{slots_of(session)[0].pk}/"),
        family.get(f"/s/{school.slug}/my/bookings/{booking.pk}/"),
    ):
        assert "An allergy: <b>nuts</b>. Please ring at the gate." in text_of(page)
        assert "An allergy: &lt;b&gt;nuts&lt;/b&gt;." in page.content.decode()
    assert booking.client == anna


def test_a_guest_types_them_on_the_form_for_every_seat(school: School):
    session = new_session(new_course(school, price=4500))
    visitor = Visitor()
    path = f"/s/{school.slug}/book/?session={session.pk}"
    visitor.send(path, visitor.fill(path, notes="a" * (MOST_LETTERS_OF_NOTES + 1)), status=422)
    visitor.book(path, notes=NOTES)
    assert Booking.objects.of(school).get().notes.replace("\r\n", "\n") == NOTES
