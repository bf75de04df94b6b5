"""The passcode of an online room: encrypted where it is kept, told to those who may enter and to nobody else."""

import datetime as dt

import pytest
from django.db import connection

from api_client import Api
from factories import (
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_resource,
    new_session,
    new_student,
    new_token,
    pay_for,
)
from schoolbell.bookings.lessons import lessons_of
from schoolbell.bookings.models import Booking
from schoolbell.bookings.sessions import cancel_session
from schoolbell.journal.models import Record
from schoolbell.kit.sealed import seal, unseal
from schoolbell.schools.actor import SYSTEM, Role
from schoolbell.timetable.models import Resource, Session

pytestmark = pytest.mark.django_db
CODE = "schnürsenkel 42"


@pytest.fixture
def room(school) -> Resource:
    return new_resource(school, "online_room", meeting_url="https://meet.example.org/1", passcode=CODE)


def kept(room: Resource) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT passcode FROM timetable_resource WHERE id = %s", [room.pk])
        return cursor.fetchone()[0]


def test_the_database_cannot_read_it_and_we_can(school, room):
    assert CODE not in kept(room)
    assert "senkel" not in kept(room)
    assert Resource.objects.get(id=room.pk).passcode == CODE
    assert all(CODE not in str(record.new) for record in Record.objects.of(school))


def test_it_stays_itself_when_its_room_is_saved_and_is_sealed_anew_when_it_changes(room):
    again = Resource.objects.get(id=room.pk)
    again.name = "Room two"
    again.save()
    assert Resource.objects.get(id=room.pk).passcode == CODE
    Resource.objects.filter(id=room.pk).update(passcode="other")
    assert (Resource.objects.get(id=room.pk).passcode, "other" in kept(room)) == ("other", False)


def test_a_room_without_one_keeps_nothing(school):
    assert kept(new_resource(school)) == ""


def test_the_same_passcode_looks_different_each_time():
    assert seal(CODE) != seal(CODE)
    assert (unseal(seal(CODE)), seal(""), unseal("")) == (CODE, "", "")


def test_after_the_secret_key_has_changed_the_old_one_opens_it_and_without_it_nothing_does(room, settings):
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    assert Resource.objects.get(id=room.pk).passcode == ""
    settings.SECRET_KEY_FALLBACKS = [old]
    assert Resource.objects.get(id=room.pk).passcode == CODE


@pytest.mark.parametrize("nonsense", ["nonsense", "gAAAAA", "é", "x" * 1000])
def test_what_was_tampered_with_opens_to_nothing(nonsense):
    assert unseal(nonsense) == ""


class TestOverHttp:
    def seen(self, api: Api, room: Resource) -> str | None:
        listed = {one["id"]: one["passcode"] for one in api.get("/resources").json["items"]}
        assert listed[str(room.pk)] == api.get(f"/resources/{room.pk}").json["passcode"]
        return listed[str(room.pk)]

    def test_the_office_sees_it(self, api, room):
        assert self.seen(api, room) == CODE
        sent = {"kind": "online_room", "name": "Room", "passcode": "1234"}
        assert api.made("/resources", sent, key="key")["passcode"] == "1234"

    def test_an_instructor_sees_that_of_a_room_they_will_teach_in(self, school, room):
        ida, other = new_instructor(school), new_instructor(school)
        session = new_session(new_course(school), instructors=[ida], resource=room)
        of_ida, of_other = (Api(school.slug, new_token(school, Role.INSTRUCTOR, one.person)) for one in (ida, other))
        assert (self.seen(of_ida, room), self.seen(of_other, room)) == (CODE, None)
        Session.objects.of(school).update(starts_at=hour_at(-2).starts_at, ends_at=hour_at(-2).ends_at)
        assert self.seen(of_ida, room) is None
        Session.objects.of(school).update(starts_at=session.starts_at, ends_at=session.ends_at)
        cancel_session(session, by=SYSTEM)
        assert self.seen(of_ida, room) is None

    def test_clients_and_guests_see_no_rooms(self, school, room, guest):
        student = new_student(school)
        api = Api(school.slug, new_token(school, Role.STUDENT, student.person))
        assert [one.get(f"/resources/{room.pk}").status for one in (api, guest)] == [403, 401]


def test_a_participant_reads_it_while_the_room_is_open_and_only_once_confirmed(school, room):
    session = new_session(new_course(school), resource=room)
    booking = buy_seat(session, new_student(school))
    minute = dt.timedelta(minutes=1)

    def read() -> list[str]:
        (lesson,) = lessons_of(Booking.objects.select_related("session__resource").get(id=booking.pk))
        starts_at, ends_at = lesson.during.starts_at, lesson.during.ends_at
        moments = (starts_at - 16 * minute, starts_at - 15 * minute, ends_at - minute, ends_at)
        return [lesson.passcode_at(moment) for moment in moments]

    assert read() == ["", "", "", ""]
    pay_for(booking)
    assert read() == ["", CODE, CODE, ""]
