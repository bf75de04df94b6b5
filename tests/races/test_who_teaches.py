"""Two of the office say in the same moment who teaches a course: each adds one, and both do."""

from collections.abc import Callable
from unittest import mock

import pytest

from factories import OWNER, new_course, new_instructor, new_school
from invariants import deadlocks
from races.people import all_have_looked
from schoolbell.catalogue.qualifications import let_teach, teach_only
from schoolbell.people.models import Instructor
from schoolbell.web.office import course_instructors
from servers import race
from web.office.conftest import as_staff
from web.pages import as_shown

pytestmark = pytest.mark.usefixtures("scratch")


def two_add_one_each() -> list[str]:
    """Who teaches it then."""
    school = new_school()
    course, other = new_course(school), new_course(school, name="Bows")
    staff = [new_instructor(school, name=name) for name in ("Ida Ash", "Tom Oak")]
    for one in staff:
        teach_only(one, [other], by=OWNER)
    page = f"/s/{school.slug}/office/courses/{course.pk}/instructors/"
    browsers = [as_staff(school) for _ in staff]
    shown = [as_shown(browser.get(page)) for browser in browsers]

    def add(place: int) -> int:
        return browsers[place].post(page, shown[place] | {"instructors": [str(staff[place].pk)]}).status_code

    assert race(add, range(2)) == [302, 302]
    taught = Instructor.objects.filter(school_id=school.pk, qualifications__course=course).order_by("id")
    return [one.person.name for one in taught]


def test_both_are_kept():
    before = deadlocks()
    for _ in range(3):
        assert two_add_one_each() == ["Ida Ash", "Tom Oak"]
    assert deadlocks() == before


def test_control_without_a_lock_before_one_looks_the_second_takes_the_first_away():
    meet: Callable[..., None] = all_have_looked(2, let_teach)
    with (
        mock.patch.object(course_instructors, "lock_teachers"),
        mock.patch.object(course_instructors, "let_teach", meet),
    ):
        assert len(two_add_one_each()) == 1
