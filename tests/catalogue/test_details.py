"""What a course says of itself is changed; what is booked stays."""

import pytest

from factories import OWNER, buy_seat, hour_at, new_course, new_lessons, new_school, new_session, new_student
from schoolbell.catalogue.actions import default_course
from schoolbell.catalogue.details import change_details
from schoolbell.catalogue.models import Course
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.planning.course_changes import CourseChange, change_course
from schoolbell.schools.models import School

pytestmark = pytest.mark.django_db


def test_details_become_others_and_the_record_says_which(school: School):
    course = new_course(school, trial_price=1000)
    booking = buy_seat(new_session(course, hour_at(10)), new_student(school))
    change_details(
        course, name=" Aid ", description="Two days", trial_price=None, deposit=500, age_min=16, min_students=4,
        is_active=False, by=OWNER,
    )  # fmt: skip
    changed = Course.objects.get(id=course.pk)
    assert (changed.name, changed.description, changed.trial_price, changed.deposit) == ("Aid", "Two days", None, 500)
    assert (changed.age_min, changed.min_students, changed.is_active) == (16, 4, False)
    told = Record.objects.get(school=school, name="course.changed", subject_id=course.pk)
    assert told.old == {"trial_price": 1000, "deposit": 0, "age_min": None, "min_students": None, "is_active": True}
    assert told.new == {
        "trial_price": None, "deposit": 500, "age_min": 16, "min_students": 4, "is_active": False,
        "changed": ["name", "description"],
    }  # fmt: skip
    booking.refresh_from_db()
    assert (booking.status, booking.price) == ("pending", 4500)


def test_changing_nothing_records_nothing(school: School, rows):
    course = new_course(school)
    before = rows()
    change_details(course, name="First aid ", deposit=0, by=OWNER)
    assert rows() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"deposit": 4501}, "deposit"),
        ({"age_min": 9, "age_max": 8}, "age_max"),
        ({"min_students": 13}, "min_students"),
        ({"price": 1}, "price"),
    ],
)
def test_what_cannot_be_is_refused_by_field(school: School, rows, wrong: dict[str, object], field: str):
    course = new_course(school)
    before = rows()
    with pytest.raises(InputRefused) as refused:
        change_details(course, by=OWNER, **wrong)
    assert list(refused.value.errors) == [field]
    assert rows() == before


def test_details_and_price_change_together_as_they_fit_together(school: School):
    course = new_course(school, deposit=4000)
    lower = change_course(course, CourseChange(price=2000), by=OWNER, deposit=1000)
    assert (lower.price, lower.deposit) == (2000, 1000)
    higher = change_course(course, CourseChange(price=9000, capacity=20), by=OWNER, deposit=8000, min_students=15)
    assert (higher.price, higher.deposit, higher.capacity, higher.min_students) == (9000, 8000, 20, 15)
    with pytest.raises(InputRefused) as refused:
        change_course(course, CourseChange(duration_minutes=90), by=OWNER, deposit=9001)
    assert list(refused.value.errors) == ["deposit"]


def test_the_usual_course_is_still_the_usual_one_by_its_new_name():
    school = new_school("coaching")
    call = default_course(school, by=OWNER)
    change_details(call, name="Coaching", by=OWNER)
    school = School.objects.get(id=school.pk)
    assert school.policies.default_course == "Coaching"
    assert default_course(school, by=OWNER).pk == call.pk
    other = new_lessons(school)
    change_details(Course.objects.select_related("school").get(id=other.pk), name="Violin", by=OWNER)
    assert School.objects.get(id=school.pk).policies.default_course == "Coaching"
