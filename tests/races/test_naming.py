"""A seat is named once, and nobody is named for a time that is taken in the same moment."""

from collections import Counter
from contextlib import ExitStack
from unittest import mock

import pytest

from billing.test_naming import seat_for
from factories import OWNER, buy_seat, hour_at, new_client, new_course, new_school, new_session, new_student
from invariants import broken, deadlocks
from races.people import Race, all_have_looked, let_lessons_overlap
from races.test_moving import outcome_of
from schoolbell.billing import naming
from schoolbell.billing.naming import name_student
from schoolbell.bookings.ending import Held
from schoolbell.bookings.models import Booking
from schoolbell.journal.models import Record
from schoolbell.people.actions import NamedLater, NewPerson
from schoolbell.people.models import Person, Student
from servers import race


def test_two_name_one_seat(race_in: Race):
    school, before = race_in.school, deadlocks()
    acme = new_client(school, "Acme Works")
    (seat,) = seat_for(acme, new_session(new_course(school)), NamedLater())
    known = [new_student(school, f"Student {number}", guardian=acme) for number in range(4)]
    who = [*known, *(NewPerson(first_name=f"Kim {number}") for number in range(4))]
    done = race(lambda one: outcome_of(name_student, seat, one, by=OWNER), who)
    assert Counter(done) == {"done": 1, "named_already": 7}
    assert Record.objects.filter(school=school, name="booking.student_named").count() == 1
    assert broken(school) == {}
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch")
def test_control_without_its_locks_a_seat_is_named_twice():
    school = new_school(timezone="UTC")
    (seat,) = seat_for(new_client(school, "Acme Works"), new_session(new_course(school)), NamedLater())
    with ExitStack() as unguarded:
        for name, act in (
            ("lock_seats", lambda booking: Held(Booking.objects.get(id=booking.pk), [])),
            ("_locked", lambda person_id, _of: Person.objects.get(id=person_id)),
            ("name_placeholder", all_have_looked(2, naming.name_placeholder)),
        ):
            unguarded.enter_context(mock.patch.object(naming, name, act))
        names = [NewPerson(first_name=name) for name in ("Kim", "Lou")]
        done = race(lambda one: outcome_of(name_student, seat, one, by=OWNER), names)
    assert done == ["done", "done"]


def _seat_and_rival(school):
    """A seat to be named, and the student who could take it or be booked elsewhere at that time."""
    acme = new_client(school, "Acme Works")
    (seat,) = seat_for(acme, new_session(new_course(school), hour_at(20)), NamedLater())
    rivals = [new_session(new_course(school), hour_at(20, 10, 30)) for _ in range(4)]
    kim = new_student(school, "Kim Stone", guardian=acme)
    return seat, rivals, Student.objects.select_related("person").get(id=kim.pk)


def test_naming_against_a_booking_of_the_student_s_time(race_in: Race):
    school, before = race_in.school, deadlocks()
    seat, rivals, kim = _seat_and_rival(school)

    def act(rival) -> str:
        if rival is None:
            return outcome_of(name_student, seat, kim, by=OWNER)
        return outcome_of(buy_seat, rival, kim)

    assert Counter(race(act, [None, *rivals])) == {"done": 1, "time_taken": 4}
    assert broken(school) == {}
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch")
def test_control_without_the_constraint_the_student_is_in_two_places():
    school = new_school(timezone="UTC")
    seat, rivals, kim = _seat_and_rival(school)
    let_lessons_overlap()
    buy_seat(rivals[0], kim)
    name_student(seat, kim, by=OWNER)
    assert len(broken(school)["nobody is in two lessons at once"]) == 1
