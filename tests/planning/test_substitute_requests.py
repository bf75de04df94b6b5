"""Instructors ask the office for somebody else to give a session in their place."""

import pytest
import time_machine

from factories import OWNER, as_instructor, at, hour_at, new_course, new_instructor, new_session
from schoolbell.bookings.refusals import LessonBegun
from schoolbell.bookings.sessions import cancel_session
from schoolbell.journal.models import Outbox
from schoolbell.kit.refusals import InputRefused, NotAllowed
from schoolbell.people.models import Instructor
from schoolbell.planning.models import SubstituteRequest
from schoolbell.planning.own_lessons import ask_for_substitute
from schoolbell.planning.refusals import RequestNotOpen, SubstituteAsked
from schoolbell.planning.substitute_requests import decline_request, substitute_requests, waiting, withdraw_request
from schoolbell.planning.substitutes import substitute
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(school: School) -> Instructor:
    return new_instructor(school)


def test_she_asks_the_office_and_a_substitute_settles_it(school: School, ida: Instructor):
    tom = new_instructor(school, name="Tom T")
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    asked = ask_for_substitute(session, by=as_instructor(ida), wanted=tom, reason=" A wedding ")
    assert (asked.status, asked.wanted, asked.reason) == ("requested", tom, "A wedding")
    with pytest.raises(SubstituteAsked):
        ask_for_substitute(session, by=as_instructor(ida))
    with pytest.raises(InputRefused):
        ask_for_substitute(new_session(new_course(school), instructors=[ida]), by=as_instructor(ida), wanted=ida)
    assert list(waiting(substitute_requests(school, seen_by=OWNER))) == [asked]
    assert list(substitute_requests(school, seen_by=as_instructor(tom))) == []
    substitute(session, tom, by=OWNER)
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == ("settled", OWNER.who)
    with pytest.raises(RequestNotOpen):
        decline_request(asked, by=OWNER)


def test_it_is_declined_or_taken_back_and_may_be_asked_again(school: School, ida: Instructor):
    session = new_session(new_course(school), hour_at(10), instructors=[ida])
    first = ask_for_substitute(session, by=as_instructor(ida))
    with pytest.raises(NotAllowed):
        decline_request(first, by=as_instructor(ida))
    assert decline_request(first, by=OWNER).status == "declined"
    assert Outbox.objects.of(school).filter(name="substitute_request.declined", subject_id=first.pk).count() == 1
    second = ask_for_substitute(session, by=as_instructor(ida))
    with pytest.raises(NotAllowed):
        withdraw_request(second, by=as_instructor(new_instructor(school)))
    assert withdraw_request(second, by=as_instructor(ida)).status == "withdrawn"
    with pytest.raises(RequestNotOpen):
        withdraw_request(second, by=as_instructor(ida))
    assert waiting(substitute_requests(school, seen_by=OWNER)).count() == 0


def test_what_is_cancelled_or_has_begun_waits_for_nobody(school: School, ida: Instructor):
    course = new_course(school)
    off, begun = (new_session(course, hour_at(day), instructors=[ida]) for day in (10, 11))
    for session in (off, begun):
        ask_for_substitute(session, by=as_instructor(ida))
    cancel_session(off, by=OWNER)
    rows = substitute_requests(school, seen_by=OWNER)
    assert [one.session_id for one in waiting(rows)] == [begun.pk]
    with time_machine.travel(at(11, 10, 1), tick=False):
        assert waiting(rows).count() == 0
        with pytest.raises(LessonBegun):
            ask_for_substitute(begun, by=as_instructor(ida))
    assert SubstituteRequest.objects.of(school).filter(status="requested").count() == 2
