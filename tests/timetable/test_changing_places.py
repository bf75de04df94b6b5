"""A place's details are changed; what is planned there stays."""

import pytest

from factories import OWNER, hour_at, new_course, new_resource, new_session
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.schools.models import School
from schoolbell.timetable.actions import change_resource
from schoolbell.timetable.models import Resource

pytestmark = pytest.mark.django_db


def test_details_become_others_and_the_record_tells_no_passcode(school: School):
    room = new_resource(school, "online_room", passcode="old")
    change_resource(
        room, name=" Room 2 ", capacity=25, passcode="new", facilities={"captions": True}, is_active=False, by=OWNER
    )
    kept = Resource.objects.get(id=room.pk)
    assert (kept.name, kept.capacity, kept.passcode, kept.facilities, kept.is_active) == (
        "Room 2", 25, "new", {"captions": True}, False,
    )  # fmt: skip
    told = Record.objects.get(school=school, name="resource.changed")
    assert told.old == {"capacity": 20, "is_active": True}
    assert told.new == {"capacity": 25, "is_active": False, "changed": ["name", "passcode", "facilities"]}


def test_changing_nothing_records_nothing(school: School, rows):
    room = new_resource(school)
    before = rows()
    change_resource(room, name="Hall", capacity=20, by=OWNER)
    assert rows() == before


def test_seats_are_no_fewer_than_those_of_a_session_there(school: School, rows):
    hall = new_resource(school)
    new_session(new_course(school), hour_at(3), resource=hall)
    before = rows()
    for wrong in ({"capacity": 11}, {"name": "\u200b"}, {"kind": "vehicle"}):
        with pytest.raises(InputRefused) as refused:
            change_resource(hall, by=OWNER, **wrong)
        assert list(refused.value.errors) == list(wrong)
    assert rows() == before
    assert change_resource(hall, capacity=12, by=OWNER).capacity == 12
