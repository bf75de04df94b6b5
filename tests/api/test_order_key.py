"""A guest's way back: the key that came with the booking opens its order, and nothing else."""

import dataclasses

import pytest

from api_client import Api
from factories import buy_seat, hour_at, new_course, new_school, new_session, new_student, order_of
from invariants import broken
from schoolbell.access.models import KeptAnswer
from schoolbell.access.order_keys import order_key, signature_of
from schoolbell.bookings.models import Booking
from schoolbell.kit.ids import new_id

CARD = {"gateway": "demo", "token": "succeeds"}


def with_key(api: Api, key: str) -> Api:
    return dataclasses.replace(api, order_key=key)


@pytest.fixture
def session(school):
    return new_session(new_course(school, price=4500))


@pytest.fixture
def booked(guest, session):
    """What a guest was answered."""
    body = {"session": str(session.pk), "student": {"name": "Sam"}, "client": {"name": "Ann", "email": "a@b.example"}}
    return guest.made("/bookings", body)


@pytest.fixture
def back(guest, booked) -> Api:
    """The guest, come back with the key."""
    return with_key(guest, booked["order_key"])


def test_it_shows_the_booking_as_it_was_answered(back, booked):
    shown = back.get(f"/bookings/{booked['id']}").json
    assert shown == {name: value for name, value in booked.items() if name not in ("order_key", "products")} | {
        "paid": {"amount": 0, "currency": "INR"},
        "state": "ACTIVE",
        "settled_by": "order",
        "named_later": False,
        "cancelled_because": "",
        "slots": [one | {"attendance": "", "feedback": "", "tutor_notes": None} for one in booked["slots"]],
    }
    assert back.get("/bookings").json == {"items": [shown], "next": None}
    assert back.get("/payments").json == {"items": [], "next": None}


def test_it_pays_and_the_booking_is_confirmed(back, booked, school):
    paid = back.made("/payments", CARD | {"order": booked["order"]})
    assert (paid["status"], paid["amount"]["amount"]) == ("succeeded", 4500)
    assert back.get(f"/payments/{paid['id']}").json == paid
    assert back.get(f"/bookings/{booked['id']}").json["status"] == "confirmed"
    assert back.post("/payments", {"order": booked["order"], "gateway": "desk"}).told == (403, "not_allowed")
    assert broken(school) == {}


def test_it_cancels_with_the_clients_own_late_fee(guest):
    school = new_school(free_cancel_hours=24 * 60, late_fee_percent=50)
    session = str(new_session(new_course(school, price=4500)).pk)
    guest = Api(school.slug)
    booked = guest.made("/bookings", {"session": session, "student": {"name": "Sam"}, "client": {"name": "Ann"}})
    back = with_key(guest, booked["order_key"])
    back.made("/payments", CARD | {"order": booked["order"]})
    assert back.made(f"/bookings/{booked['id']}/cancel")["status"] == "cancelled"
    assert Booking.objects.get(id=booked["id"]).owed_percent == 50
    assert broken(school) == {}


def test_it_opens_no_other_order_and_nothing_that_staff_do(back, booked, session, school, rows):
    other = buy_seat(session, new_student(school))
    before = rows()
    for reply in (
        back.get(f"/bookings/{other.pk}"),
        back.post(f"/bookings/{other.pk}/cancel"),
        back.post("/payments", CARD | {"order": str(order_of(other).pk)}),
    ):
        assert reply.told == (404, "not_found")
    for reply in (
        back.post(f"/bookings/{booked['id']}/confirm", {"waive_reason": "Please."}),
        back.get("/students"),
        back.get("/clients"),
        back.post("/clients", {"name": "Ann"}),
        back.post(f"/sessions/{session.pk}/cancel"),
    ):
        assert reply.told == (401, "not_signed_in")
    assert rows() == before


def test_it_opens_nothing_in_another_school(back, booked):
    elsewhere = dataclasses.replace(back, slug=new_school().slug)
    assert elsewhere.get(f"/bookings/{booked['id']}").told == (404, "not_found")
    assert elsewhere.get("/bookings").json["items"] == []
    assert elsewhere.post("/payments", CARD | {"order": booked["order"]}).told == (404, "not_found")


def test_one_that_was_changed_or_made_up_is_refused(guest, booked, school, session):
    key, other = booked["order_key"], order_of(buy_seat(session, new_student(school)))
    order, signature = key.split(".")
    for wrong in (
        key[:-1],
        key + "A",
        order,
        f"{other.pk}.{signature}",
        f"{order}.{signature_of(other.pk)}",
        "nonsense",
        ".",
        "Ü.Ü",
        "0" * 10_000,
    ):
        for reply in (
            with_key(guest, wrong).get(f"/bookings/{booked['id']}"),
            with_key(guest, wrong).post(f"/bookings/{booked['id']}/cancel"),
        ):
            assert reply.told == (401, "order_key_invalid")
            assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert Booking.objects.get(id=booked["id"]).status == "pending"
    assert with_key(guest, order_key(new_id())).get(f"/bookings/{booked['id']}").told == (404, "not_found")


def test_without_it_a_guest_sees_nothing(guest, booked):
    assert guest.get(f"/bookings/{booked['id']}").told == (401, "not_signed_in")
    assert guest.post("/payments", CARD | {"order": booked["order"]}).told == (401, "not_signed_in")


def test_a_token_goes_before_it(api, back, booked, school):
    signed_in = with_key(api, "nonsense")
    assert signed_in.get(f"/bookings/{booked['id']}").status == 200
    assert dataclasses.replace(back, token="nonsense").get(f"/bookings/{booked['id']}").told == (401, "not_signed_in")


def test_it_is_told_again_with_the_same_answer_and_is_not_kept(guest, session, school):
    body = {"session": str(session.pk), "student": {"name": "Sam"}, "client": {"name": "Ann"}}
    first, again = (guest.made("/bookings", body, key="key") for _ in range(2))
    assert (first == again, first["order_key"]) == (True, order_key(order_of(Booking.objects.get()).pk))
    assert b'"order_key":null' in bytes(KeptAnswer.objects.of(school).get().body)


def test_whoever_is_signed_in_gets_none(api, session, school):
    made = api.made("/bookings", {"session": str(session.pk), "student": str(new_student(school).pk)})
    assert made["order_key"] is None


def test_one_idempotency_key_under_two_order_keys_is_two_requests(guest, school):
    backs = []
    for day in (30, 31):
        body = {"session": str(new_session(new_course(school), hour_at(day)).pk), "student": {"name": "Sam"}}
        booked = guest.made("/bookings", body | {"client": {"name": "Ann"}})
        backs.append((with_key(guest, booked["order_key"]), booked))
    paid = [back.made("/payments", CARD | {"order": one["order"]}, key="key") for back, one in backs]
    assert [one["order"] for one in paid] == [booked["order"] for _back, booked in backs]
    back, booked = backs[0]
    assert back.made("/payments", CARD | {"order": booked["order"]}, key="key") == paid[0]
