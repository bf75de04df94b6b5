"""What the school should know, said anew: by whoever booked while a lesson lies ahead, by the office at any time."""

import dataclasses
import datetime as dt

import orjson
import pytest
import time_machine

from api_client import Api, Reply
from billing.test_naming import seat_for
from factories import (
    OWNER,
    as_instructor,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_school,
    new_session,
    new_student,
    new_token,
    order_of,
    slots_of,
)
from invariants import broken
from schoolbell.access.order_keys import order_key
from schoolbell.bookings.actions import cancel_booking
from schoolbell.bookings.models import MOST_LETTERS_OF_NOTES, Booking
from schoolbell.bookings.notes import change_notes, with_notes_to_change
from schoolbell.bookings.refusals import LessonBegun, TransitionRefused
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.refusals import InputRefused, NotAllowed
from schoolbell.kit.time import now
from schoolbell.people.models import Client
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from web.office.conftest import as_person, as_staff
from web.pages import links_of, queries_for, text_of
from web.public.visitors import Visitor, text

pytestmark = pytest.mark.django_db
NUTS = "An allergy: <b>nuts</b>."


@pytest.fixture
def anna(school: School) -> Client:
    return new_client(school, "Anna Hill")


@pytest.fixture
def booking(school: School, anna: Client) -> Booking:
    session = new_session(new_course(school, price=0), hour_at(5), instructors=[new_instructor(school)])
    return buy_seat(session, new_student(school, guardian=anna), notes="Shy.")


def as_client(client: Client) -> Actor:
    return Actor(Role.CLIENT, person_id=client.person_id)


def noted(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.notes


def of_notes(booking: Booking) -> list[tuple[str, dict, dict]]:
    rows = Record.objects.filter(name="booking.notes_changed", subject_id=booking.pk).order_by("id")
    return [(one.role, one.old, one.new) for one in rows]


def patch(api: Api, booking: Booking, notes: object) -> Reply:
    return api.send("PATCH", f"/bookings/{booking.pk}", content=orjson.dumps({"notes": notes}))


def test_they_are_written_anew_and_the_record_does_not_say_them(school: School, anna: Client, booking: Booking):
    change_notes(booking, f"  {NUTS}\r\nRing the bell.\r", by=as_client(anna))
    assert noted(booking) == f"{NUTS}\nRing the bell."
    change_notes(booking, f"{NUTS}\r\nRing the bell.", by=OWNER)  # as it was, as a browser sends it
    change_notes(booking, "", by=OWNER)
    assert noted(booking) == ""
    assert of_notes(booking) == [
        ("client", {"has_notes": True}, {"has_notes": True}),
        ("owner", {"has_notes": True}, {"has_notes": False}),
    ]
    kept = Record.objects.filter(name="booking.notes_changed")
    assert set(kept.values_list("student_id", "client_id")) == {(booking.student_id, anna.pk)}
    assert Outbox.objects.filter(name="booking.notes_changed", subject_id=booking.pk).count() == 2
    assert broken(school) == {}


def test_what_is_too_long_is_not_written(booking: Booking):
    with pytest.raises(InputRefused) as refused:
        change_notes(booking, "a" * (MOST_LETTERS_OF_NOTES + 1), by=OWNER)
    assert list(refused.value.errors) == ["notes"]
    lines = "a\r\n" * (MOST_LETTERS_OF_NOTES // 2 - 1) + "ab"  # a break is one letter
    assert len(change_notes(booking, lines, by=OWNER).notes) == MOST_LETTERS_OF_NOTES


def test_who_teaches_reads_them_and_writes_none(school: School, booking: Booking):
    ida = new_instructor(school)
    with pytest.raises(NotAllowed):
        change_notes(booking, NUTS, by=as_instructor(ida))
    assert with_notes_to_change([booking], by=as_instructor(ida)) == set()
    assert noted(booking) == "Shy."


def test_whoever_booked_until_the_last_lesson_begins_and_the_office_afterwards(school: School, anna: Client):
    first, second = hour_at(5), hour_at(6)
    days = new_session(new_course(school, price=0), first, second)
    booking, by = buy_seat(days, new_student(school, guardian=anna)), as_client(anna)
    with time_machine.travel(first.ends_at, tick=False):
        assert with_notes_to_change([booking], by=by) == {booking.pk}
        change_notes(booking, "On the second day an hour later.", by=by)
    with time_machine.travel(second.starts_at, tick=False):
        assert with_notes_to_change([booking], by=by) == set()
        with pytest.raises(LessonBegun) as refused:
            change_notes(booking, "Too late.", by=by)
        assert "cancelled" not in str(refused.value)
        assert with_notes_to_change([booking], by=OWNER) == {booking.pk}
        change_notes(booking, "Was late.", by=OWNER)
    assert noted(booking) == "Was late."


def test_of_a_seat_that_was_given_back_the_office_alone(school: School, anna: Client, booking: Booking):
    cancel_booking(Booking.objects.select_related("session__course__school").get(id=booking.pk), by=OWNER)
    held = buy_seat(new_session(new_course(school, price=4500)), new_student(school, guardian=anna))
    let_hold_run_out(held)
    for one in (booking, held):
        one.refresh_from_db()
        assert with_notes_to_change([one], by=as_client(anna)) == set()
        with pytest.raises(TransitionRefused):
            change_notes(one, NUTS, by=as_client(anna))
        change_notes(one, NUTS, by=OWNER)
        assert noted(one) == NUTS


def test_over_the_api_by_those_who_may(school: School, api: Api, guest: Api, anna: Client, booking: Booking):
    for role, person, told in (
        (Role.CLIENT, anna.person, 200),
        (Role.STUDENT, booking.student.person, 200),
        (Role.INSTRUCTOR, new_instructor(school).person, 403),
        (Role.CLIENT, new_client(school).person, 404),
        (Role.STUDENT, new_student(school).person, 404),
    ):
        reply = patch(Api(school.slug, new_token(school, role, person)), booking, f"{NUTS} {role} {told}")
        assert reply.status == told
        assert (reply.json.get("notes") == f"{NUTS} {role} {told}") == (told == 200)
    assert noted(booking) == f"{NUTS} student 200"
    assert patch(guest, booking, NUTS).status == 401
    keyed = dataclasses.replace(guest, order_key=order_key(order_of(booking).pk))
    assert patch(keyed, booking, NUTS).json["notes"] == NUTS
    other = buy_seat(new_session(new_course(school)), new_student(school))
    assert patch(keyed, other, NUTS).status == 404
    assert patch(Api((far := new_school()).slug, new_token(far, Role.OWNER)), booking, "Ours.").status == 404
    assert list(patch(api, booking, "a" * (MOST_LETTERS_OF_NOTES + 1)).json["errors"]) == ["notes"]
    for body in (b"{}", b'{"notes": null}', b'{"notes": "a", "price": 1}'):
        assert api.send("PATCH", f"/bookings/{booking.pk}", content=body).status == 422
    assert noted(booking) == NUTS
    with time_machine.travel(hour_at(5).starts_at, tick=False):
        assert patch(keyed, booking, "Late.").told == (409, "lesson_begun")
        assert patch(api, booking, "Late.").status == 200


def test_a_guest_on_the_page_of_their_own_order(school: School):
    session, visitor = new_session(new_course(school, price=0), hour_at(5)), Visitor()
    path = f"/s/{school.slug}/book/?session={session.pk}"
    seats = {"for_whom": "child", "seats": "2", "seat-1-name": "Kim Stone", "seat-2-name": "Lou Stone"}
    page = visitor.book(path, **seats, notes="").removesuffix("pay")
    assert "Tell the school something" in text(visitor.get(page))
    form = visitor.get(f"{page}notes")
    assert "Kim Stone: Anything the school should know?" in text(form)
    kim, lou = Booking.objects.of(school).order_by("id")
    typed = {f"notes-{kim.pk}": NUTS, f"notes-{lou.pk}": "Plays \r\nleft-handed."}
    long = visitor.send(f"{page}notes", typed | {f"notes-{kim.pk}": "a" * (MOST_LETTERS_OF_NOTES + 1)}, status=422)
    assert "at most 1000 letters" in text(long)
    assert "left-handed." in long
    assert (noted(kim), noted(lou)) == ("", "")
    assert visitor.send(f"{page}notes", typed) == page
    assert (noted(kim), noted(lou)) == (NUTS, "Plays \nleft-handed.")
    shown = visitor.get(page)
    assert "Thank you: the school knows." in text(shown)
    assert "An allergy: &lt;b&gt;nuts&lt;/b&gt;." in shown
    assert "Change what the school was told" in text(shown)
    assert {one.role for one in Record.objects.filter(name="booking.notes_changed")} == {"guest"}
    Visitor().get(f"{page}notes", status=404)
    Visitor().send(f"{page}notes", typed, status=404)
    strangers = buy_seat(session, new_student(school))
    assert visitor.send(f"{page}notes", {f"notes-{strangers.pk}": "Mine."}) == page
    assert noted(strangers) == ""
    with time_machine.travel(slots_of(session)[0].starts_at, tick=False):
        assert visitor.client.get(f"{page}notes")["Location"] == page
        assert "Tell the school" not in text(visitor.get(page))
        late = visitor.send(f"{page}notes", typed | {f"notes-{lou.pk}": "Late."}, status=422)
        assert "This has begun. What there is to say now, tell the school itself." in text(late)
    assert noted(lou) == "Plays \nleft-handed."


def test_the_order_s_page_takes_as_many_queries_for_three_seats_as_for_one(school: School, anna: Client):
    session, office = new_session(new_course(school)), as_person(anna.person)
    one = order_of(seat_for(anna, session, new_student(school, guardian=anna))[0])
    three = order_of(seat_for(anna, session, *(new_student(school, guardian=anna) for _ in range(3)))[0])
    for page in ("", "notes"):
        paths = [f"/s/{school.slug}/orders/{order.pk}/{page}" for order in (one, three)]
        queries_for(office, paths[0])
        assert queries_for(office, paths[0]) == queries_for(office, paths[1])


def test_a_family_in_the_portal(school: School, anna: Client, booking: Booking):
    browser, page = as_person(anna.person), f"/s/{school.slug}/my/bookings/{booking.pk}/"
    assert "notes" in links_of(browser.get(page))
    form = browser.get(f"{page}notes")
    assert f'name="notes-{booking.pk}"' in form.content.decode()
    assert "Shy." in text_of(form)
    field = f"notes-{booking.pk}"
    long = browser.post(f"{page}notes", {field: "a" * (MOST_LETTERS_OF_NOTES + 1)})
    assert (long.status_code, noted(booking)) == (422, "Shy.")
    assert browser.post(f"{page}notes", {field: NUTS})["Location"] == page
    shown = browser.get(page)
    assert "Thank you: the school knows." in shown.content.decode()
    assert "What the school was told An allergy: <b>nuts</b>." in text_of(shown)
    assert "&lt;b&gt;nuts" in shown.content.decode()
    assert as_person(new_client(school).person).post(f"{page}notes", {field: "Ours."}).status_code == 404
    far = new_school()
    elsewhere = page.replace(school.slug, far.slug)
    assert as_person(new_client(far).person).post(f"{elsewhere}notes", {field: "Ours."}).status_code == 404
    with time_machine.travel(hour_at(5).starts_at + dt.timedelta(minutes=1), tick=False):
        assert "notes" not in links_of(browser.get(page))
        assert browser.get(f"{page}notes")["Location"] == page
        assert browser.post(f"{page}notes", {field: "Late."}).status_code == 422
    assert noted(booking) == NUTS


def test_the_office_at_any_time_and_who_teaches_reads_it(school: School, booking: Booking):
    browser, page = as_staff(school), f"/s/{school.slug}/office/bookings/{booking.pk}/"
    field, ida = f"notes-{booking.pk}", booking.session.staffing.get().instructor
    assert "Change the notes" in text_of(browser.get(page))
    with time_machine.travel(hour_at(9).starts_at):
        assert browser.post(f"{page}notes", {field: NUTS})["Location"] == page
        shown = browser.get(page)
        assert "Notes An allergy: <b>nuts</b>." in text_of(shown)
        assert "Notes changed" in text_of(shown)
    lesson = f"/s/{school.slug}/teach/lessons/{slots_of(booking.session)[0].pk}/"
    assert "An allergy: &lt;b&gt;nuts&lt;/b&gt;." in as_person(ida.person).get(lesson).content.decode()
    assert browser.post(f"{page}notes", {field: " "})["Location"] == page
    assert (noted(booking), "Add notes" in text_of(browser.get(page))) == ("", True)
    assert as_person(ida.person).get(lesson).content.decode().count("allergy") == 0
    assert browser.post(f"{page}notes", {field: "a" * (MOST_LETTERS_OF_NOTES + 1)}).status_code == 422
    assert now() < hour_at(5).starts_at
