"""Who may teach what is chosen anew; what is planned stays."""

import pytest

from factories import OWNER, hour_at, new_course, new_instructor, new_session
from schoolbell.catalogue.actions import qualify
from schoolbell.catalogue.models import Course, Qualification
from schoolbell.catalogue.qualifications import let_teach, teach_only
from schoolbell.catalogue.queries import courses_taught_by, instructors_of
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Staffing

pytestmark = pytest.mark.django_db


def taught(instructor: Instructor) -> list[str]:
    return list(courses_taught_by(instructor).order_by("name").values_list("name", flat=True))


@pytest.fixture
def aid(school: School) -> Course:
    return new_course(school, name="Aid")


@pytest.fixture
def bows(school: School) -> Course:
    return new_course(school, name="Bows")


def test_what_was_known_keeps_its_proficiency_and_what_is_planned_its_teacher(
    school: School, aid: Course, bows: Course
):
    ida = new_instructor(school)
    new_course(school, name="Cup")
    qualify(ida, aid, by=OWNER, proficiency=5)
    new_session(aid, hour_at(3), instructors=[ida])
    teach_only(ida, [aid, bows], by=OWNER)
    assert taught(ida) == ["Aid", "Bows"]
    assert Qualification.objects.get(instructor=ida, course=aid).proficiency == 5
    teach_only(ida, [bows], by=OWNER)
    assert taught(ida) == ["Bows"]
    assert Staffing.objects.of(school).get().instructor_id == ida.pk
    told = Record.objects.of(school).get(name="qualification.removed")
    assert told.old == {"instructor": str(ida.pk), "course": str(aid.pk), "proficiency": 5}


def test_none_at_all_is_every_course(school: School, aid: Course, bows: Course):
    ida = new_instructor(school)
    teach_only(ida, [aid], by=OWNER)
    teach_only(ida, [], by=OWNER)
    assert taught(ida) == ["Aid", "Bows"]


def test_choosing_the_same_records_nothing(school: School, aid: Course, rows):
    ida = new_instructor(school)
    teach_only(ida, [aid], by=OWNER)
    before = rows()
    teach_only(ida, [aid], by=OWNER)
    let_teach(aid, [ida], of=[ida], by=OWNER)
    assert rows() == before


def test_a_course_gets_and_loses_its_teachers(school: School, aid: Course, bows: Course):
    ida, bo, cy = (new_instructor(school, name=name) for name in ("Ida Ash", "Bo Birch", "Cy Oak"))
    teach_only(ida, [aid, bows], by=OWNER)
    teach_only(bo, [bows], by=OWNER)
    let_teach(aid, [bo], of=[ida, bo], by=OWNER)
    assert [taught(one) for one in (ida, bo, cy)] == [["Bows"], ["Aid", "Bows"], ["Aid", "Bows"]]
    assert {one.pk for one in instructors_of(aid)} == {bo.pk, cy.pk}


def test_nobody_loses_their_last_course_in_passing(school: School, aid: Course, bows: Course, rows):
    ida, bo = (new_instructor(school, name=name) for name in ("Ida Ash", "Bo Birch"))
    teach_only(ida, [aid], by=OWNER)
    teach_only(bo, [bows], by=OWNER)
    before = rows()
    with pytest.raises(InputRefused) as refused:
        let_teach(aid, [bo], of=[ida, bo], by=OWNER)
    words = "Ida Ash: nothing else is chosen, and with nothing chosen they would teach every course."
    assert refused.value.errors == {"instructors": [words]}
    assert rows() == before
