"""The usual course is renamed while its school changes: nobody waits in a ring, and the school means what it meant."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Event
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError, transaction

from factories import OWNER, at, new_lessons, new_school
from invariants import deadlocks
from schoolbell.access.school import change_policies
from schoolbell.catalogue import details
from schoolbell.catalogue.actions import default_course
from schoolbell.catalogue.details import DETAILS, change_details, lock_to_change
from schoolbell.catalogue.models import Course
from schoolbell.diary.closures import add_closure
from schoolbell.kit.database.collisions import is_collision
from schoolbell.planning.course_changes import CourseChange, change_course
from schoolbell.schools.models import School
from schoolbell.schools.queries import lock_school
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")
ROUNDS = 5


@pytest.fixture
def school() -> School:
    return new_school("coaching", timezone="UTC")


def with_school(course: Course) -> Course:
    return Course.objects.select_related("school").get(id=course.pk)


def usual(school: School) -> str:
    return str(School.objects.get(id=school.pk).policies.default_course)


@transaction.atomic
def by_form(course: Course, name: str) -> None:
    """As the office's form does it: it looks at what is on file, and then writes."""
    change_details(lock_to_change(course, DETAILS), name=name, deposit=0, by=OWNER)


def do(act: Callable[[], Any]) -> Any:
    return act()


def test_renaming_it_closing_the_school_and_changing_its_rules_wait_for_each_other_in_no_ring(school: School):
    call, before = with_school(default_course(school, by=OWNER)), deadlocks()
    for number in range(ROUNDS):
        day = at(30 + number).date()
        race(do, [
            partial(by_form, with_school(call), f"Talk {number}"),
            partial(change_course, with_school(call), CourseChange(), name=f"Chat {number}", by=OWNER),
            partial(change_course, with_school(call), CourseChange(price=100 + number), by=OWNER),
            partial(add_closure, school, day, day, "Away", by=OWNER),
            partial(change_policies, school, {"notice_minutes": number}, by=OWNER),
        ])  # fmt: skip
        assert usual(school) == Course.objects.get(id=call.pk).name
    assert deadlocks() == before


def test_control_the_course_before_its_school_is_a_ring(school: School):
    call = with_school(default_course(school, by=OWNER))
    both_hold_one = Barrier(2)

    def other_way_round() -> None:
        with transaction.atomic():
            Course.objects.select_for_update(no_key=True).get(id=call.pk)
            both_hold_one.wait()
            lock_school(school.pk)

    def as_it_is() -> None:
        lock_school(school.pk)
        both_hold_one.wait()
        change_details(call, name="Talk", by=OWNER)

    def met(act: Callable[[], None]) -> bool:
        try:
            transaction.atomic(act)()
        except OperationalError as error:
            return is_collision(error)
        return False

    assert sorted(race(met, [other_way_round, as_it_is])) == [False, True]


def name_another_and_rename(school: School) -> str:
    """“Violin” becomes the usual course in the moment in which “Call” is renamed. Which one the school means then."""
    call = with_school(default_course(school, by=OWNER))
    new_lessons(school, name="Violin")
    looked, named = Event(), Event()

    def act(what: str) -> None:
        if what == "rename":
            looked.set()
            named.wait()
            change_details(call, name="Talk", by=OWNER)
        else:
            looked.wait()
            change_policies(school, {"default_course": "Violin"}, by=OWNER)
            named.set()

    race(act, ["rename", "name another"])
    return usual(school)


def test_a_course_that_is_the_usual_one_no_more_is_renamed_alone(school: School):
    assert name_another_and_rename(school) == "Violin"


def test_control_who_goes_by_what_he_looked_at_names_it_again(school: School):
    with mock.patch.object(details, "lock_to_change", lambda course, _details: course):
        assert name_another_and_rename(school) == "Talk"
