"""Two people take the same file in at the same moment: everything is there once."""

from collections import Counter
from threading import Barrier

import pytest

from factories import new_school
from importing.files import counts, sheet, take_in_one
from schoolbell.catalogue.models import Course
from schoolbell.importing.onfile import OnFile
from schoolbell.importing.plans import File
from schoolbell.importing.reading import compare, read_file
from schoolbell.importing.writing import Writing
from schoolbell.schools.actor import SYSTEM
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")
LINES = 200
COURSES = sheet(*({"name": f"Course {number}", "duration_minutes": "45"} for number in range(LINES)))


def test_one_adds_and_the_other_changes_nothing():
    school = new_school()
    done = race(lambda _place: counts(take_in_one(school, COURSES))["course"], range(2))
    assert Counter(tuple(one.items()) for one in done) == {(("added", LINES),): 1, (("unchanged", LINES),): 1}
    assert Course.objects.of(school).count() == LINES


def test_control_comparing_without_waiting_adds_everything_twice():
    school = new_school()
    both_have_looked = Barrier(2)

    def take(_place: int) -> None:
        compared = compare(read_file(File("a.csv", COURSES.encode()), school), OnFile(school), lock=True)
        both_have_looked.wait()
        writing = Writing(school, by=SYSTEM)
        compared.gather(writing)
        writing.write()

    race(take, range(2))
    assert Course.objects.of(school).count() == 2 * LINES
