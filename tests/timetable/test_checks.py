"""The rules of `schoolbell check` about sessions: each is found broken by the damage that it is there for."""

import datetime as dt
from typing import Final

import pytest

from damage import found
from factories import hour_at, new_course, new_resource, new_school, new_session, slots_of
from schoolbell.catalogue.models import Course
from schoolbell.kit.time import now
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Slot

pytestmark = pytest.mark.django_db

AS_ITS_SESSION: Final = "A slot has as many seats as its session."
AS_ITS_COURSE: Final = "A session that lies ahead has no more seats than its course."
AS_ITS_RESOURCE: Final = "A session has no more seats than its resource."
CLOCKS: Final = "Sessions and series keep the clocks of a time zone that IANA names."


@pytest.fixture
def school(db: None) -> School:
    return new_school()


def test_a_slot_with_other_seats_than_its_session(school: School) -> None:
    session = new_session(new_course(school), hour_at(10), hour_at(11))
    first, _second = slots_of(session)
    for seats in (13, 11):
        Slot.objects.filter(id=first.pk).update(capacity=seats)
        assert found() == [(AS_ITS_SESSION, first.pk)]


def test_a_session_with_more_seats_than_its_course_or_its_place(school: School) -> None:
    course = new_course(school, capacity=12)
    session = new_session(course, resource=new_resource(school, capacity=12))
    for model, own in ((Session, {"id": session.pk}), (Slot, {"session": session})):
        model.objects.filter(**own).update(capacity=13)
    assert found() == [(AS_ITS_RESOURCE, session.pk), (AS_ITS_COURSE, session.pk)]
    Course.objects.filter(id=course.pk).update(capacity=13)
    assert found() == [(AS_ITS_RESOURCE, session.pk)]


def test_what_is_over_keeps_the_seats_that_it_had(school: School) -> None:
    course = new_course(school, capacity=12)
    session = new_session(course)
    Course.objects.filter(id=course.pk).update(capacity=11)
    assert found() == [(AS_ITS_COURSE, session.pk)]
    times = {"starts_at": now() - dt.timedelta(hours=2), "ends_at": now() - dt.timedelta(hours=1)}
    Slot.objects.filter(session=session).update(**times)
    Session.objects.filter(id=session.pk).update(**times)
    assert found() == []


def test_a_session_by_clocks_that_are_nowhere(school: School) -> None:
    session = new_session(new_course(school))
    for name in ("Europe/Atlantis", "europe/london", "localtime"):
        Session.objects.filter(id=session.pk).update(timezone=name)
        assert found() == [(CLOCKS, session.pk)]
    Session.objects.filter(id=session.pk).update(timezone="Asia/Kolkata")
    assert found() == []
