"""The rules of `schoolbell check` about policies: what the model refuses is found, by the names of what it refuses."""

import pytest

from damage import found
from factories import new_course, new_school
from schoolbell.catalogue.checks import CHECKS as CATALOGUE
from schoolbell.catalogue.models import Course
from schoolbell.kit.checks import broken
from schoolbell.schools.checks import CHECKS
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db

OF_SCHOOLS, _ZONES = CHECKS
(OF_COURSES,) = CATALOGUE


@pytest.mark.parametrize(
    ("stored", "refused"),
    [
        ({"notice_minutes": "120"}, "notice_minutes"),
        ({"notice_minutes": -1, "guests": "yes"}, "guests, notice_minutes"),
        ({"hold_minutes": {"card": 0}}, "hold_minutes.card"),
        ({"ways_to_pay": ["card", "card"]}, "ways_to_pay"),
        ({"confirm_on": "whim"}, "confirm_on"),
        ({"no_such_policy": 1}, "no_such_policy"),
        ([], "no policies"),
        ("policies", "no policies"),
    ],
)
def test_policies_of_a_school_that_it_cannot_have(stored: object, refused: str) -> None:
    school = new_school()
    School.objects.filter(id=school.pk).update(stored_policies={"notice_minutes": 60})
    assert found() == []
    School.objects.filter(id=school.pk).update(stored_policies=stored)
    assert found() == [(OF_SCHOOLS.rule, school.pk)]
    assert list(broken(OF_SCHOOLS)) == [(school.pk, school.pk, refused)]


@pytest.mark.parametrize(
    ("stored", "refused"),
    [
        ({"free_cancel_hours": 5.5}, "free_cancel_hours"),
        ({"guests": True}, "guests"),  # a school's alone
        ({"hold_minutes": {"cash": 5}}, "hold_minutes.cash"),
        ([1], "no policies"),
    ],
)
def test_overrides_that_a_course_cannot_have(stored: object, refused: str) -> None:
    school = new_school()
    new_course(school)
    course = new_course(school)
    Course.objects.filter(id=course.pk).update(overrides={"hold_minutes": {"card": 5}})
    assert found() == []
    Course.objects.filter(id=course.pk).update(overrides=stored)
    assert found() == [(OF_COURSES.rule, course.pk)]
    assert list(broken(OF_COURSES)) == [(school.pk, course.pk, refused)]
