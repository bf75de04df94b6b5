"""The course that is meant where none is named is opened once."""

from threading import Barrier

import pytest

from factories import OWNER, at, new_course, new_instructor, new_school, new_token
from races.people import told
from schoolbell.catalogue.actions import default_course
from schoolbell.catalogue.models import Course
from schoolbell.schools.actor import Role
from servers import race, rfc3339


def test_eight_sessions_at_once_of_no_named_course_are_all_of_one(served):
    school = new_school("coaching", timezone="UTC")
    coaches = [new_instructor(school, hours=False) for _ in range(8)]
    slots = [{"starts_at": rfc3339(at(20)), "ends_at": rfc3339(at(20, 11))}]
    bodies = [{"instructors": [str(coach.pk)], "slots": slots} for coach in coaches]
    answers = served.post_all(f"/api/v1/{school.slug}/sessions", bodies, tokens=[new_token(school, Role.OWNER)] * 8)
    assert told(answers) == {(201, ""): 8}
    (course,) = Course.objects.of(school)
    assert {answer.json()["course"] for answer in answers} == {str(course.pk)}


@pytest.mark.usefixtures("scratch")
def test_it_is_the_same_however_often_and_however_many_ask():
    school = new_school("coaching")
    assert len({course.pk for course in race(lambda _: default_course(school, by=OWNER), range(8))}) == 1
    assert default_course(school, by=OWNER).name == "Call"


@pytest.mark.usefixtures("scratch")
def test_control_looking_and_adding_without_a_lock_opens_eight():
    school = new_school("coaching")
    all_have_looked = Barrier(8)

    def open_one(_place: int) -> None:
        missing = not Course.objects.of(school).filter(name="Call").exists()
        all_have_looked.wait()
        if missing:
            new_course(school, name="Call")

    race(open_one, range(8))
    assert Course.objects.of(school).count() == 8
