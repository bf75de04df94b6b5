"""Two of the office have looked at what a change of one course or one class comes to, and agree in the same moment."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from factories import OWNER, at, new_course, new_school
from invariants import deadlocks
from schoolbell.catalogue.models import Course
from schoolbell.kit.refusals import Refusal
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.course_changes import CourseChange, change_course
from schoolbell.planning.course_changes import preview_change as preview_course
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.series import change_series, preview_change
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")
RACERS = 4


@pytest.fixture
def course() -> Course:
    school: School = new_school("courses", timezone="UTC")
    return Course.objects.select_related("school").get(id=new_course(school, price=4500).pk)


def said(act: Callable[[], object]) -> str:
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return "changed"


def prices(course: Course, *, seen: str) -> Counter[str]:
    """Each with a price of its own."""
    wanted = [CourseChange(price=5000 + number, seen=seen) for number in range(RACERS)]
    return Counter(race(lambda change: said(lambda: change_course(course, change, by=OWNER)), wanted))


def test_of_four_prices_of_a_course_one_is_taken_and_the_others_are_looked_at_again(course: Course):
    before = deadlocks()
    assert prices(course, seen=preview_course(course, CourseChange(price=5000)).seen) == {
        "changed": 1, "lessons_changed": RACERS - 1,
    }  # fmt: skip
    assert deadlocks() == before


def test_control_without_what_was_seen_each_undoes_the_one_before(course: Course):
    assert prices(course, seen="") == {"changed": RACERS}


def test_of_four_changes_of_a_class_one_is_made(course: Course):
    day, before = at(7).date(), deadlocks()
    rule = f"FREQ=WEEKLY;BYDAY={day:%a}"[:-1].upper()
    series = create_series(NewSeries(course, rule, dt.time(18), day), by=OWNER)
    wanted = [SeriesChange(price=5000 + number) for number in range(RACERS)]
    seen = preview_change(series, first_day=day, change=wanted[0]).seen

    def agree(change: SeriesChange) -> str:
        return said(lambda: change_series(series, first_day=day, change=replace(change, seen=seen), by=OWNER))

    assert Counter(race(agree, wanted)) == {"changed": 1, "lessons_changed": RACERS - 1}
    assert Series.objects.filter(follows_id=series.pk).count() == 1
    assert deadlocks() == before
