"""A day is left out, and put back, while the nights' worker puts it on the timetable."""

from collections import Counter
from threading import Event
from unittest import mock

import pytest

from factories import OWNER, at, new_school
from invariants import broken, deadlocks
from races.test_series import FIRST, WEEKS, classes, outcome_of, unlocked
from schoolbell.planning import days_out
from schoolbell.planning.days_out import leave_out, put_back
from schoolbell.planning.generation import extend_series
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, Session, SkippedOccurrence
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")
DAY = at(FIRST + 7 * WEEKS).date()  # the first that nobody has put on the timetable yet
UNTIL = at(FIRST + 7 * (WEEKS + 1) - 1).date()


@pytest.fixture
def school() -> School:
    return new_school(timezone="UTC", weekly_ahead_days=FIRST + 7 * WEEKS - 1)


def stands(series: Series) -> tuple[int, int]:
    """How many sessions and how many skipped rows there are of that day."""
    of_day = {"series_id": series.pk, "occurrence_on": DAY}
    return Session.objects.filter(**of_day).count(), SkippedOccurrence.objects.filter(**of_day).count()


def test_a_day_is_on_the_timetable_or_left_out_and_never_both(school: School):
    before = deadlocks()
    for _round in range(4):
        series = classes(school)

        def act(place: int, series: Series = series) -> str:
            if place == 0:
                return outcome_of(leave_out, series, DAY, by=OWNER)
            return outcome_of(extend_series, series, until=UNTIL)

        told, *extended = race(act, range(4))
        assert extended == ["done"] * 3
        assert stands(series) == ((0, 1) if told == "done" else (1, 0))
    assert broken(school) == {}
    assert deadlocks() == before


def test_control_without_its_lock_a_day_is_left_out_and_on_the_timetable(school: School):
    series = classes(school)
    looked, made = Event(), Event()
    require = days_out._require_ahead

    def look(*given: object) -> None:
        require(*given)
        looked.set()
        made.wait()

    def act(what: str) -> str:
        if what == "leave":
            return outcome_of(leave_out, series, DAY, by=OWNER)
        looked.wait()
        try:
            return outcome_of(extend_series, series, until=UNTIL)
        finally:
            made.set()

    with (
        mock.patch.object(days_out, "locked_series", lambda one: unlocked([one])[0]),
        mock.patch.object(days_out, "_require_ahead", look),
    ):
        assert race(act, ["leave", "extend"]) == ["done", "done"]
    assert stands(series) == (1, 1)


def test_a_day_is_put_back_once(school: School):
    series, before = classes(school), deadlocks()
    leave_out(series, DAY, by=OWNER)
    extend_series(series, until=UNTIL)
    acts = (
        *(lambda: outcome_of(put_back, series, DAY, by=OWNER) for _ in range(3)),
        *(lambda: outcome_of(extend_series, series, until=UNTIL) for _ in range(3)),
    )
    done = race(lambda act: act(), acts)
    assert Counter(done[:3]) == {"done": 1, "not_skipped": 2}
    assert done[3:] == ["done"] * 3
    assert stands(series) == (1, 0)
    assert broken(school) == {}
    assert deadlocks() == before
